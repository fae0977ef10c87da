"""Indices that are misunderstood: w12 for w21, equal indices for different ones."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator

from reference.language.expression import ONLY, Apply, Expression, Name, apply, fold, rebuild
from reference.language.roles import Role, derivative_name, is_derivative, of_and_by, role
from reference.language.shapes import infer
from reference.misconceptions.equations import in_equations, replaced
from reference.misconceptions.solver import Solver
from reference.network import Network

TWO_INDICES = re.compile(r"(.*?)(\d)(\D*)(\d)")  # w12, w_1_2, w_h1_j2


def swapped_indices(solver: Solver) -> Iterator[Network]:
    """In what is computed, in what is asked for, and in the derivatives alone that it is made of."""
    yield from in_equations(of_weights)(solver)
    other = swapped(solver.network, solver.network.shapes.keys())
    for change in (other, lambda name: other(name) if is_derivative(name) else name):
        asked = {name: renamed(answer, change) for name, answer in solver.answers.items()}
        yield from asking(solver, asked)


def swapped(network: Network, known: Collection[str]) -> Callable[[str], str]:
    """``w21`` for ``w12`` and ``dL/dw21`` for ``dL/dw12``, where both are known and of one shape."""

    def other(name: str) -> str:
        if is_derivative(name):
            of, by = of_and_by(name)
            return derivative_name(of, other(by))
        found = TWO_INDICES.fullmatch(name)
        if found is None:
            return name
        stem, first, between, second = found.groups()
        turned = f"{stem}{second}{between}{first}"
        alike = turned in known and network.shapes[turned] == network.shapes.get(name)
        return turned if alike else name

    return other


def renamed(expression: Expression, other: Callable[[str], str]) -> Expression:
    """Every name replaced, and the two indices of every entry of a matrix swapped."""

    def visit(node: Expression, args: list[Expression]) -> Expression:
        match node:
            case Name(name):
                turned = other(name)
                return node if turned == name else Name(turned)
            case Apply("entry", (_, row, column)) if column is not ONLY:
                return apply("entry", args[0], column, row)
        return rebuild(node, args)

    return fold(expression, visit)


def of_weights(expression: Expression, network: Network) -> Expression:
    """An equation with the weights across the diagonal."""
    one_by_one = renamed(expression, swapped(network, network.parameters))
    return replaced(one_by_one, lambda node, args: transposed_weights(node, args, network))


def transposed_weights(node: Apply, args: list[Expression], network: Network) -> Expression | None:
    """A product with a square matrix of weights, which is transposed."""
    factor = node.args[0]
    if node.operation != "matmul" or not isinstance(factor, Name):
        return None
    rows, columns = infer(factor, network.shapes)
    if factor.name not in network.parameters or rows != columns:
        return None
    return apply("matmul", apply("transpose", factor), args[1])


def other_case(solver: Solver) -> Iterator[Network]:
    """Of an entry's derivative by an entry: the formula for equal indices where they differ, or the other way round."""
    right = solver.right
    cases = {name: [*cases_of(answer, right)] for name, answer in solver.answers.items()}
    for place in range(max(map(len, cases.values()), default=0)):
        other = {name: several[place] for name, several in cases.items() if place < len(several)}
        yield from asking(solver, {**solver.answers, **other})


def cases_of(answer: Expression, network: Network) -> Iterator[Expression]:
    match answer:
        case Apply("entry", (Name(gradient), Name(index), only)) if only is ONLY:
            pass
        case _:
            return
    if not is_derivative(gradient):
        return
    of, by = of_and_by(gradient)
    fixed = {*network.symbols.indices} & network.ancestors(gradient)
    for other in sorted(network.symbols.others(index)):
        if index in fixed or other in fixed:
            yield apply("entry", Name(gradient), Name(other), ONLY)
        if f"[{other}]" in of:
            same = derivative_name(of.replace(f"[{other}]", f"[{index}]"), by)
            yield apply("entry", Name(same), Name(index), ONLY)


def asking(solver: Solver, asked: dict[str, Expression]) -> Iterator[Network]:
    """The right network, of which other things are asked."""
    own = {
        name: asked[name] if role(name) is Role.ANSWER else e for name, e in solver.answers.items()
    }
    if own != {**solver.answers}:
        yield Solver(solver.network, own).solved()
