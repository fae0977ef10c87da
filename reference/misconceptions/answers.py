"""Last steps that are misunderstood: another sign, a factor, the gradient in place of the update."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from reference.language.dimensions import SCALAR, Shape, Size
from reference.language.expression import Apply, Expression, Name, apply, fold, names
from reference.language.roles import Role, is_derivative, of_and_by, role
from reference.language.shapes import infer, own_shape
from reference.misconceptions.solver import Solver
from reference.network import Network


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
        right = solver.right
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
    """A derivative times the number of examples, or divided by it; a size over which a product sums counts no examples."""
    if not isinstance(answer, Name) or not is_gradient(answer):
        return []
    shapes = solver.network.shapes
    batches = {shapes[name][1] for name in solver.network.inputs} - {1}
    batches -= summed_over(solver.network, of_and_by(answer.name)[0])
    symbols = [Name(one) for one in sorted(map(str, batches)) if shapes.get(one) == SCALAR]
    return [
        wrong
        for one in symbols
        for wrong in (apply("scale", one, answer), apply("divide", answer, one))
    ]


def summed_over(network: Network, quantity: str) -> set[Size]:
    """The sizes over which matrix products sum on the way to a quantity."""
    found: set[Size] = set()

    def visit(node: Expression, args: list[Shape]) -> Shape:
        if isinstance(node, Apply) and node.operation == "matmul":
            found.add(args[0][1])
        return own_shape(node, args, network.shapes)

    for name in network.ancestors(quantity) | {quantity}:
        if name in network.equations:
            fold(network.equations[name], visit)
    return found


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
