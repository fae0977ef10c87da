"""Derivatives by their names: what ``dL/dW1``, ``dP[i]/dh`` and ``dz2/da1`` mean in a network."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from reference.derivatives.reverse_mode import RIGHT, Rules, differentiate
from reference.language.dimensions import SCALAR, Shape, describe
from reference.language.errors import ReadingError, ShapeError
from reference.language.expression import (
    ONLY,
    Apply,
    Expression,
    Name,
    apply,
    fold,
    names,
    number,
    substitute,
)
from reference.language.operations import transposed
from reference.language.roles import Role, derivative_name, index_of, of_and_by, role
from reference.language.shapes import infer
from reference.language.simplifying import PRODUCTS, simplify
from reference.network import Network

MAX_PATHS = 20


def with_derivatives(network: Network, wanted: Iterable[str], rules: Rules = RIGHT) -> Network:
    """The network, extended by derivatives of these names.

    Of a scalar it is the gradient; of an entry ``P[i]`` the gradient of that entry; of a vector by a
    vector the Jacobian, in the layout of the numerator, or the column of slopes where it is diagonal.

    Raises:
        ReadingError: a Jacobian that is neither a matrix of the network nor diagonal, or is of a vector by
            itself; a derivative of an entry within a sum over its index.
    """
    gradients: dict[str, list[str]] = {}
    for name in sorted(set(wanted) - network.shapes.keys()):
        of, by = of_and_by(name)
        if "[" in of:
            network = with_entry(network, of)
        if network.shapes[of] == SCALAR:
            gradients.setdefault(of, []).append(by)
        else:
            network = with_jacobian(network, of, by, rules)
    for of, by_names in gradients.items():
        network = differentiate(network, of, by_names, rules)
    return network


def with_entry(network: Network, name: str) -> Network:
    """The network with an entry such as ``P[i]`` or ``W[i,2]`` as a quantity of its own."""
    if name in network.shapes:
        return network
    base, _, places = name.rstrip("]").partition("[")
    for place in places.split(","):
        if role(place) is Role.PLACE:
            shown = index_of(place)
            message = f"the derivative of {base}[{shown}] within a sum over {shown}: write it out"
            raise ReadingError(message)
    row, *column = (
        number(int(place)) if place.isdigit() else Name(place) for place in places.split(",")
    )
    shape = network.shapes[base]
    if not column and 1 not in shape:
        message = f"{base} is {describe(shape)}: an entry of it has two indices"
        raise ShapeError(message, asks=True)
    args: list[Expression] = [row, *(column or [ONLY])]
    if not column and shape[1] != 1:
        args = [number(1), row]
    return network.extended({name: Apply("entry", (Name(base), *args))}, {name: SCALAR})


def at_a_place(network: Network, name: str) -> Expression:
    """The gradient ``dP[j#1]/dh`` of an entry whose place a sum runs over, as an expression of that place.

    Raises:
        ReadingError: the entry is one of a matrix.
    """
    of, by = of_and_by(name)
    base, _, place = of.rstrip("]").partition("[")
    shape = network.shapes[base]
    if "," in place or 1 not in shape:
        raise ReadingError(
            f"the derivative of {base}[{index_of(place)}] within a sum: write it out"
        )
    seed, target = derivative_name(base, base), derivative_name(base, by)
    backward = differentiate(network, base, [by])
    pulled = in_terms_of(backward, backward.equations[target], {seed, *network.shapes} - {target})
    places = (Name(place), number(1)) if shape[1] == 1 else (number(1), Name(place))
    return substitute(pulled, {seed: Apply("unit", (Name(base), *places))})


def runs_over_a_place(name: str) -> bool:
    """Is it the derivative of an entry whose place a sum runs over?"""
    _, bracket, places = of_and_by(name)[0].rstrip("]").partition("[")
    return bool(bracket) and any(role(one) is Role.PLACE for one in places.split(","))


def with_jacobian(network: Network, of: str, by: str, rules: Rules = RIGHT) -> Network:
    """The network with the Jacobian of one vector by another."""
    seed = derivative_name(of, of)
    target = derivative_name(of, by)
    if of == by:
        raise ReadingError(f"{target} is the derivative of a quantity by itself: leave it out")
    backward = differentiate(network, of, [by], rules)
    pulled = in_terms_of(backward, backward.equations[target], {seed, *network.shapes} - {target})
    found = slopes(pulled, seed) or factor(pulled, seed, network.shapes)
    if found is None:
        shapes = f"{of} is {describe(network.shapes[of])}, {by} is {describe(network.shapes[by])}"
        raise ReadingError(f"the Jacobian {target} is not a product of known matrices: {shapes}")
    jacobian = simplify(found, network.shapes)
    return network.extended({target: jacobian}, {target: infer(jacobian, network.shapes)})


def slopes(pulled: Expression, seed: str) -> Expression | None:
    """The column s in ``s ⊙ seed``: each entry depends on its own entry alone."""
    match pulled:
        case Apply(operation, (left, right)) if operation in PRODUCTS:
            for side, other in ((left, right), (right, left)):
                if side == Name(seed) and seed not in names(other):
                    return other
    return None


def factor(pulled: Expression, seed: str, shapes: Mapping[str, Shape]) -> Expression | None:
    """The matrix J in ``J^T seed``, where the seed is multiplied by matrices, columns of slopes and scalars one after the other."""
    match pulled:
        case Apply("matmul", (left, right)) if seed not in names(left):
            inner = factor(right, seed, shapes)
            if right == Name(seed):
                return transposed(left)
            return inner and apply("matmul", inner, transposed(left))
        case Apply(operation, (left, right)) if operation in PRODUCTS:
            side, other = (left, right) if seed in names(right) else (right, left)
            if seed in names(side):
                return None
            inner = factor(other, seed, shapes)
            if infer(side, shapes) == SCALAR:
                return inner and apply("scale", side, inner)
            diagonal = apply("diag", side)
            return diagonal if other == Name(seed) else inner and apply("matmul", inner, diagonal)
    return None


def paths(network: Network, of: str, by: str) -> list[tuple[str, ...]]:
    """The chains of names along which ``of`` depends on ``by``, each from ``of`` to ``by``.

    Raises:
        ReadingError: there are more than a student could write.
    """
    needed = {name for name in network.ancestors(of) if by in network.ancestors(name)}
    found: list[tuple[str, ...]] = []
    stack: list[tuple[str, ...]] = [(of,)]
    while stack:
        path = stack.pop()
        if path[-1] == by:
            found.append(path)
        elif len(found) > MAX_PATHS:
            raise ReadingError(f"'{of}' depends on '{by}' in more than {MAX_PATHS} ways")
        else:
            stack += [(*path, name) for name in sorted(network.edges(path[-1]) & needed)]
    return sorted(found)


def in_terms_of(
    network: Network,
    expression: Expression,
    allowed: Collection[str],
    abbreviations: Mapping[str, Collection[Expression]] | None = None,
) -> Expression:
    """An expression over a network, rewritten until only allowed names and given ones are left.

    ``abbreviations``: allowed names that stand for expressions; where one occurs, its name is put.
    """
    short = {
        meaning: Name(name) for name, all_ in (abbreviations or {}).items() for meaning in all_
    }
    while True:
        expression = shortened(expression, short)
        definitions = {
            name: network.equations[name]
            for name in names(expression)
            if name in network.equations and name not in allowed
        }
        if not definitions:
            return simplify(expression, network.shapes)
        expression = simplify(substitute(expression, definitions), network.shapes)


def shortened(expression: Expression, short: Mapping[Expression, Name]) -> Expression:
    """Every part that has a short name replaced by it."""

    def visit(node: Expression, args: list[Expression]) -> Expression:
        rebuilt = Apply(node.operation, tuple(args)) if isinstance(node, Apply) else node
        return short.get(rebuilt, rebuilt)

    return fold(expression, visit) if short else expression
