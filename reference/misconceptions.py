"""Wrong solvers: what comes out where a network, its derivatives or an answer is misunderstood.

Each is a rewrite of the equations, of the rules by which derivatives are taken, or of the last step. What
it gives is computed, so it can be told from the right answer and named.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping

from msgspec import Struct

from reference.counting import polynomial
from reference.counting.counting import count
from reference.counting.polynomial import Terms
from reference.derivatives.named import in_terms_of, with_derivatives
from reference.derivatives.reverse_mode import RIGHT, Rules
from reference.language.dimensions import SCALAR, Shape
from reference.language.errors import LanguageError
from reference.language.expression import (
    Apply,
    Expression,
    Name,
    apply,
    fold,
    names,
    number,
    parts,
    rebuild,
)
from reference.language.operations import OPERATIONS, Family, Pull, of_family
from reference.language.roles import Role, is_derivative, role
from reference.language.shapes import infer
from reference.network import Network

ACTIVATIONS = of_family(Family.ACTIVATION)
MAX_ALONE = 6  # equations of one kind that are misunderstood one at a time
MAX_PATHS = 4  # of which one alone is taken

Equations = dict[str, Expression]


class Solver(Struct, frozen=True):
    """What is to be solved: a network as it is declared, and what is asked of it.

    ``answers``: name → expression over the network and its derivatives, in order.
    """

    network: Network
    answers: Mapping[str, Expression]

    @property
    def wanted(self) -> list[str]:
        """The derivatives that the answers are made of."""
        return sorted(
            {one for e in self.answers.values() for one in names(e) if is_derivative(one)}
        )

    def solved(self, rules: Rules = RIGHT) -> Network:
        """The network with its derivatives and answers.

        Raises:
            LanguageError: by these rules, the shapes do not fit.
        """
        network = with_derivatives(self.network, self.wanted, rules)
        shapes: dict[str, Shape] = {}
        for name, answer in self.answers.items():
            shapes[name] = infer(answer, {**network.shapes, **shapes})
        return network.extended(self.answers, shapes)


def solver_of(declared: Network, network: Network) -> Solver:
    """What a network asks for beside what was declared; names with a blank in them are no answers."""
    own = {name: network.equations.get(name, e) for name, e in declared.equations.items()}
    asked = {
        name: e
        for name, e in network.equations.items()
        if name not in own and not {*"/ "} & {*name}
    }
    free = {
        n: s
        for n, s in network.shapes.items()
        if n not in network.equations and not is_derivative(n)
    }
    shapes = {**free, **{name: declared.shapes[name] for name in own}}
    inside = Network(shapes, declared.inputs, declared.parameters, own, network.symbols)
    return Solver(inside, asked)


class Wrong(Struct, frozen=True, eq=False):
    """A solver that went wrong: what it misunderstood, what to say of it, and its network."""

    name: str
    message: str
    network: Network


class Misconception(Struct, frozen=True):
    """A row of the table: ``message`` goes on after "it looks like"; ``solvers`` are made wrong by it."""

    name: str
    message: str
    solvers: Callable[[Solver], Iterable[Network]]


def wrong_solvers(solver: Solver) -> list[Wrong]:
    """Every wrong solver that differs in some equation, the most particular misconception first."""
    right = solver.solved().equations
    found: list[Wrong] = []
    for row in MISCONCEPTIONS:
        known: list[Mapping[str, Expression]] = [right]
        for network in attempts(row, solver):
            if network.equations not in known:
                known.append(network.equations)
                found.append(Wrong(row.name, row.message, network))
    return found


def attempts(row: Misconception, solver: Solver) -> Iterator[Network]:
    """As far as the shapes fit, which is as far as a student would get."""
    solvers = iter(row.solvers(solver))
    while True:
        try:
            yield next(solvers)
        except StopIteration:
            return
        except LanguageError:
            return


def changed(wrong: Network, right: Network, target: str) -> dict[str, Expression]:
    """The equations by which a wrong solver comes to a target, as far as the right ones differ."""
    found: dict[str, Expression] = {}
    for name, equation in wrong.pruned([target]).equations.items():
        if right.equations.get(name) != equation or names(equation) & found.keys():
            found[name] = equation
    return found


def expressed(
    wrong: Network, target: str, allowed: Collection[str], defined: Iterable[str]
) -> Expression | None:
    """What a wrong solver gives for a target in allowed names; nothing where it needs others.

    ``defined``: those of the allowed names that stand for other expressions.
    """
    expression = wrong.equations[target]
    if isinstance(expression, Name) and expression.name in wrong.equations:
        expression = wrong.equations[expression.name]
    short = {name: [wrong.equations[name]] for name in defined if name in allowed}
    expression = in_terms_of(wrong, expression, allowed, short)
    return expression if names(expression) <= {*allowed} else None


# Misunderstood equations


def in_equations(
    change: Callable[[Expression, Network], Expression],
) -> Callable[..., Iterator[Network]]:
    """Rewrite what the network computes: everywhere, and in one equation at a time."""

    def solvers(solver: Solver) -> Iterator[Network]:
        own = solver.network.equations
        changed = {name: change(e, solver.network) for name, e in own.items()}
        touched = [name for name, e in changed.items() if e != own[name]]
        if touched:
            yield with_equations(solver, changed).solved()
        for name in touched if 1 < len(touched) <= MAX_ALONE else ():
            yield with_equations(solver, {**own, name: changed[name]}).solved()

    return solvers


def with_equations(solver: Solver, equations: Mapping[str, Expression]) -> Solver:
    network = solver.network
    changed = Network(
        network.shapes, network.inputs, network.parameters, equations, network.symbols
    )
    return Solver(changed, solver.answers)


def without_bias(expression: Expression, network: Network) -> Expression:
    """A sum without the parameters that stand in it by themselves."""

    def visit(node: Expression, args: list[Expression]) -> Expression:
        rebuilt = rebuild(node, args)
        if isinstance(node, Apply) and node.operation == "add":
            shape = infer(rebuilt, network.shapes)
            for kept, dropped in (args, args[::-1]):
                alone = isinstance(dropped, Name) and dropped.name in network.parameters
                if alone and infer(kept, network.shapes) == shape:
                    return kept
        return rebuilt

    return fold(expression, visit)


def without_activation(expression: Expression, network: Network) -> Expression:
    return replaced(
        expression, lambda node, args: args[0] if node.operation in ACTIVATIONS else None
    )


def sum_for_mean(expression: Expression, network: Network) -> Expression:
    return replaced(
        expression, lambda node, args: apply("sum", *args) if node.operation == "mean" else None
    )


def softmax_by_rows(expression: Expression, network: Network) -> Expression:
    """Softmax over the examples of a batch in place of the classes."""

    def change(node: Apply, args: list[Expression]) -> Expression | None:
        if node.operation != "softmax" or infer(node, network.shapes)[1] == 1:
            return None
        return apply("transpose", apply("softmax", apply("transpose", *args)))

    return replaced(expression, change)


def without_shortcut(expression: Expression, network: Network) -> Expression:
    """A sum without the summand from which another summand is computed as well."""

    def change(node: Apply, args: list[Expression]) -> Expression | None:
        if node.operation != "add":
            return None
        for kept, dropped in (args, args[::-1]):
            given = inputs_of(dropped, network) - {*network.parameters}
            if given and goes_deeper(kept, given, network):
                return kept
        return None

    return replaced(expression, change)


def inputs_of(expression: Expression, network: Network) -> frozenset[str]:
    """The inputs and computed quantities in an expression."""
    return names(expression) & {*network.inputs, *network.equations}


def goes_deeper(expression: Expression, given: frozenset[str], network: Network) -> bool:
    """Is everything given also behind a computed quantity of an expression?"""
    behind: set[str] = set()
    for name in names(expression) & network.equations.keys():
        behind |= network.ancestors(name) - {name}
    return given <= behind


def replaced(
    expression: Expression, change: Callable[[Apply, list[Expression]], Expression | None]
) -> Expression:
    """Every operation as ``change`` makes it, which gives nothing for what stays."""

    def visit(node: Expression, args: list[Expression]) -> Expression:
        if isinstance(node, Apply):
            rebuilt = rebuild(node, args)
            assert isinstance(rebuilt, Apply)
            return change(rebuilt, args) or rebuilt
        return node

    return fold(expression, visit)


# Misunderstood derivatives


def by_rules(*several: Mapping[str, tuple[Pull | None, ...]]) -> Callable[..., Iterator[Network]]:
    """Derivatives by other rows of the table, where the network has their operations."""

    def solvers(solver: Solver) -> Iterator[Network]:
        used = {
            node.operation
            for e in solver.network.equations.values()
            for node in parts(e)
            if isinstance(node, Apply)
        }
        for pulls in several:
            if solver.wanted and pulls.keys() & used:
                yield solver.solved(Rules(pulls))

    return solvers


def times(left: Expression, right: Expression) -> Expression:
    return apply("hadamard", left, right)


def one_minus(value: Expression) -> Expression:
    return apply("subtract", number(1), value)


MASK: dict[str, tuple[Pull | None, ...]] = {
    "relu": (lambda g, y, x: g,),
    "leaky_relu": (lambda g, y, x, slope: g, None),
}
SLOPE: dict[str, tuple[Pull | None, ...]] = {
    **dict.fromkeys(("sigmoid", "tanh", "softmax"), (lambda g, y, x: g,)),
    "call1": (None, None, lambda g, y, function, order, x: g),
}
OTHER_MASK: dict[str, tuple[Pull | None, ...]] = {
    "relu": (lambda g, y, x: times(g, apply("gt", g, number(0))),)
}
SIGMOID_PLUS: dict[str, tuple[Pull | None, ...]] = {
    "sigmoid": (lambda g, y, x: times(g, times(y, apply("add", number(1), y))),)
}
AT_ARGUMENT: dict[str, tuple[Pull | None, ...]] = {
    "sigmoid": (lambda g, y, x: times(g, times(x, one_minus(x))),),
    "tanh": (lambda g, y, x: times(g, one_minus(apply("power", x, number(2)))),),
}
AT_VALUE: dict[str, tuple[Pull | None, ...]] = {
    "sigmoid": (
        lambda g, y, x: times(g, times(apply("sigmoid", y), one_minus(apply("sigmoid", y)))),
    ),
    "tanh": (lambda g, y, x: times(g, one_minus(apply("power", apply("tanh", y), number(2)))),),
}
POWER: dict[str, tuple[Pull | None, ...]] = {
    "power": (
        lambda g, y, a, b: times(g, apply("power", a, apply("subtract", b, number(1)))),
        OPERATIONS["power"].pulls[1],
    )
}
UNTRANSPOSED: dict[str, tuple[Pull | None, ...]] = {
    "matmul": (
        lambda g, y, a, b: apply("matmul", g, apply("transpose", b)),
        lambda g, y, a, b: apply("matmul", a, g),
    )
}


def one_path(solver: Solver) -> Iterator[Network]:
    """Of several paths, one alone."""
    if not solver.wanted:
        return
    for place in range(MAX_PATHS):
        yield solver.solved(Rules(paths=lambda terms, at=place: terms[at : at + 1] or terms[:1]))  # type: ignore[misc]


# Misunderstood last steps


def in_answers(
    change: Callable[[Expression, Solver], Iterable[Expression]],
) -> Callable[..., Iterator[Network]]:
    """Every answer rewritten, as often as one of them can be."""

    def solvers(solver: Solver) -> Iterator[Network]:
        changed = {
            name: [*change(answer, solver)]
            for name, answer in solver.answers.items()
            if role(name) is Role.ANSWER
        }
        right = solver.solved()
        for place in range(max(map(len, changed.values()), default=0)):
            several = {name: e[place] for name, e in changed.items() if place < len(e)}
            shapes = {name: infer(e, right.shapes) for name, e in several.items()}
            yield right.extended(several, shapes)

    return solvers


def scaled(*factors: Expression) -> Callable[..., Iterable[Expression]]:
    return lambda answer, solver: [apply("scale", one, answer) for one in factors]


def derivatives_scaled(*factors: Expression) -> Callable[..., Iterable[Expression]]:
    def change(answer: Expression, solver: Solver) -> list[Expression]:
        return [apply("scale", one, answer) for one in factors] if is_gradient(answer) else []

    return change


def is_gradient(answer: Expression) -> bool:
    return isinstance(answer, Name) and is_derivative(answer.name)


def by_batch(answer: Expression, solver: Solver) -> list[Expression]:
    """A derivative times the number of examples, or divided by it."""
    shapes = solver.network.shapes
    batches = {shapes[name][1] for name in solver.network.inputs} - {1}
    symbols = [Name(one) for one in sorted(map(str, batches)) if shapes.get(one) == SCALAR]
    if not is_gradient(answer):
        return []
    return [
        wrong
        for one in symbols
        for wrong in (apply("scale", one, answer), apply("divide", answer, one))
    ]


def step_of(answer: Expression) -> tuple[Name, Expression] | None:
    """The parameter and the step in ``w - α dL/dw``."""
    match answer:
        case Apply("subtract", (Name() as name, step)) if any(map(is_derivative, names(step))):
            return name, step
    return None


def ascending(answer: Expression, solver: Solver) -> list[Expression]:
    found = step_of(answer)
    return [] if found is None else [apply("add", *found)]


def gradient_for_update(answer: Expression, solver: Solver) -> list[Expression]:
    """The gradient, or the step, in place of the updated value."""
    found = step_of(answer)
    if found is None:
        return []
    gradients = [Name(one) for one in sorted(filter(is_derivative, names(found[1])))]
    return [*gradients, found[1]]


def update_for_gradient(answer: Expression, solver: Solver) -> list[Expression]:
    """The updated value in place of the gradient, where the exercise asks for both."""
    return [
        other
        for other in solver.answers.values()
        if is_gradient(answer) and step_of(other) and names(answer) <= names(other)
    ]


MISCONCEPTIONS = (
    Misconception("ascent", "a step up the gradient, where descent subtracts", in_answers(ascending)),
    Misconception("gradient for update", "the gradient or the step, not the updated value", in_answers(gradient_for_update)),
    Misconception("update for gradient", "the updated value, not the gradient", in_answers(update_for_gradient)),
    Misconception("mask", "a derivative without the mask of the ReLU", by_rules(MASK)),
    Misconception("other mask", "a derivative with the mask of the ReLU taken of the gradient, not of its argument", by_rules(OTHER_MASK)),
    Misconception("slope", "a derivative that skips that of an activation", by_rules(SLOPE, SLOPE | MASK)),
    Misconception("sigmoid slope", "s(1 + s) for the derivative of the sigmoid, which is s(1 - s)", by_rules(SIGMOID_PLUS)),
    Misconception("slope at argument", "the derivative of an activation written in its argument where its value belongs", by_rules(AT_ARGUMENT)),
    Misconception("slope at value", "the derivative of an activation taken at its value, not at its argument", by_rules(AT_VALUE)),
    Misconception("path", "a derivative along one path alone, where those along all paths are summed", one_path),
    Misconception("transpose", "a weight matrix that was not transposed", by_rules(UNTRANSPOSED)),
    Misconception("power", "a derivative without the factor that comes down from the exponent", by_rules(POWER)),
    Misconception("bias", "an answer in which a bias was forgotten", in_equations(without_bias)),
    Misconception("shortcut", "an answer in which the shortcut was forgotten", in_equations(without_shortcut)),
    Misconception("activation", "an answer in which an activation was skipped", in_equations(without_activation)),
    Misconception("mean", "a sum where a mean is asked for", in_equations(sum_for_mean)),
    Misconception("softmax axis", "softmax over the examples, not over the classes", in_equations(softmax_by_rows)),
    Misconception("sign", "the other sign", in_answers(scaled(number(-1)))),
    Misconception("factor", "a factor of 2 too many or too few", in_answers(derivatives_scaled(number(2), apply("divide", number(1), number(2))))),
    Misconception("batch", "a factor, the number of examples, too many or too few", in_answers(by_batch)),
)  # fmt: skip


NAMES = (*dict.fromkeys(row.name for row in MISCONCEPTIONS), "layer")


# Misunderstood counts


class WrongCount(Struct, frozen=True):
    """A wrong count of parameters, and what to say of it."""

    name: str
    message: str
    terms: Terms


def wrong_counts(network: Network, counted: Iterable[str]) -> list[WrongCount]:
    """What comes out where some parameters are left out, or the wrong ones are counted."""
    listed = [*counted]
    shapes, equations = network.shapes, network.equations
    right = count(listed, shapes)
    biases = [one for one in listed if any(one in dropped(e, network) for e in equations.values())]
    shortcuts = [one for one in listed if any(one in cut(e, network) for e in equations.values())]
    kept = [one for one in listed if one not in biases]
    wrong = [WrongCount("bias", "a count without the biases", count(kept, shapes))]
    for one in biases if len(biases) > 1 else ():
        rest = [name for name in listed if name != one]
        wrong.append(WrongCount("bias", f"a count without the bias {one}", count(rest, shapes)))
    rest = [one for one in listed if one not in shortcuts]
    wrong.append(
        WrongCount("shortcut", "a count without the weights of the shortcut", count(rest, shapes))
    )
    for size in sorted({str(shapes[name][1]) for name in network.inputs} - {"1"}):
        batch = polynomial.size(int(size) if size.isdigit() else size)
        message = (
            "a count that grows with the number of examples, on which parameters do not depend"
        )
        wrong.append(WrongCount("batch", message, polynomial.multiply(right, batch)))
    wrong += neighbours(network, listed)
    return [one for one in wrong if one.terms not in ({}, right)]


def dropped(expression: Expression, network: Network) -> frozenset[str]:
    """The biases of an equation."""
    return names(expression) - names(without_bias(expression, network))


def cut(expression: Expression, network: Network) -> frozenset[str]:
    """The parameters of the shortcuts of an equation."""
    gone = names(expression) - names(without_shortcut(expression, network))
    return frozenset(gone & {*network.parameters})


def neighbours(network: Network, listed: list[str]) -> Iterator[WrongCount]:
    """The layer before and the one after, where one layer is asked for."""
    layers = [
        [name for name in network.parameters if name in names(e)]
        for e in network.equations.values()
    ]
    layers = [layer for layer in layers if layer]
    if {*listed} not in [{*layer} for layer in layers]:
        return
    place = next(at for at, layer in enumerate(layers) if {*layer} == {*listed})
    for other in (place - 1, place + 1):
        if 0 <= other < len(layers):
            terms = count(layers[other], network.shapes)
            yield WrongCount("layer", "the count of another layer", terms)
