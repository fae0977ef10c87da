"""An expression, multiplied out."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from functools import reduce

from reference.language.dimensions import Shape
from reference.language.expression import Apply, Expression, Number, fold
from reference.language.shapes import Shaped, own_shape
from reference.language.simplifying import product, scaled

MAX_TERMS = 200
MAX_POWER = 8

Terms = list[Shaped]


def multiplied_out(root: Expression, shapes: Mapping[str, Shape]) -> Expression:
    """Products, quotients by a number and whole powers of sums, as sums of products; what is no sum stays.

    Where that makes too many terms, the expression stays as it is.
    """

    def visit(node: Expression, args: list[Terms]) -> Terms:
        shape = own_shape(node, [one[0][1] for one in args], shapes)
        found = distributed(node, args, shape)
        if found is None or len(found) > MAX_TERMS:
            whole = tuple(map(total, args))
            found = [(Apply(node.operation, whole) if isinstance(node, Apply) else node, shape)]
        return [(value, shape if len(found) == 1 else own) for value, own in found]

    return total(fold(root, visit))


def distributed(node: Expression, args: list[Terms], shape: Shape) -> Terms | None:
    """The terms of an operation on sums; nothing where it is none that goes term by term."""
    match node:
        case Apply("add"):
            return [*args[0], *args[1]]
        case Apply("subtract"):
            return [*args[0], *map(negative, args[1])]
        case Apply("negate"):
            return [*map(negative, args[0])]
        case Apply("scale" | "hadamard"):
            return pairs(*args)
        case Apply("divide", (_, Number(value))) if value:
            return [(scaled(1 / value, one), own) for one, own in args[0]]
        case Apply("power", (_, Number(value))) if value in range(2, MAX_POWER + 1):
            return reduce(pairs, [args[0]] * int(value)) if len(args[0]) > 1 else None
        case Apply("matmul") if all(len({own for _, own in one}) == 1 for one in args):
            products = [Apply("matmul", (a, b)) for a, _ in args[0] for b, _ in args[1]]
            return [(one, shape) for one in products]
    return None


def pairs(left: Terms, right: Terms) -> Terms:
    """Every term by every other; beyond the bound, as many as show that there are too many."""
    found: Terms = []
    for one in left:
        for other in right:
            own = other[1] if one[1] == (1, 1) else one[1]
            found.append((product(one, other), own))
        if len(found) > MAX_TERMS:
            break
    return found


def negative(term: Shaped) -> Shaped:
    value, shape = term
    return scaled(Fraction(-1), value), shape


def total(terms: Terms) -> Expression:
    """A sum; what a minus stands before is subtracted."""
    (result, _), *rest = terms
    for value, _ in rest:
        match value:
            case Apply("negate", (positive,)):
                result = Apply("subtract", (result, positive))
            case Number(constant) if constant < 0:
                result = Apply("subtract", (result, Number(-constant)))
            case _:
                result = Apply("add", (result, value))
    return result
