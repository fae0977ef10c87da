"""A sum of all entries as a sum over an index: ``sum(y ⊙ log(P))`` as Σⱼ yⱼ log(Pⱼ)."""

from __future__ import annotations

import functools
from collections.abc import Mapping

from reference.language.dimensions import SCALAR, Shape, expressed, keep
from reference.language.expression import (
    ONLY,
    Apply,
    Expression,
    Name,
    fold,
    names,
    number,
    rebuild,
)
from reference.language.operations import OPERATIONS
from reference.language.shapes import infer

MIXING = {"softmax", "is_largest"}  # each entry depends on all
TERMWISE = {"add", "subtract", "negate", "scale", "hadamard", "divide", "power"}


def indexed(expression: Expression, shapes: Mapping[str, Shape]) -> Expression:
    """The expression with each sum over the entries of a column or row written out, if its terms can be."""

    def visit(node: Expression, args: list[Expression]) -> Expression:
        new = rebuild(node, args)
        match node:
            case Apply("sum", (body,)):
                return over_index(body, shapes) or new
        return sum_last(new)

    return fold(expression, visit)


def spelled_out(
    expression: Expression, shapes: Mapping[str, tuple[int, int]], most: int
) -> Expression:
    """The expression with each sum over at most ``most`` entries of a column or row written term by term, if it can be."""

    def visit(node: Expression, args: list[Expression]) -> Expression:
        match rebuild(node, args):
            case Apply("sum", (body,)) as new if names(body) <= shapes.keys():
                return terms_of(body, shapes, most) or new
            case new:
                return new

    return fold(expression, visit)


def terms_of(
    body: Expression, shapes: Mapping[str, tuple[int, int]], most: int
) -> Expression | None:
    """The entries of a column or row, added; none where there are more, or they have no terms of their own."""
    rows, columns = infer(body, shapes)
    count = rows * columns if isinstance(rows, int) and isinstance(columns, int) else 0
    if 1 not in (rows, columns) or not 1 < count <= most:
        return None
    found = [at(body, number(place), rows == 1, shapes) for place in range(1, count + 1)]
    known = [one for one in found if one is not None]
    if len(known) < count:
        return None
    return functools.reduce(lambda one, other: Apply("add", (one, other)), known)


def sum_last(node: Expression) -> Expression:
    """A multiple of a sum over an index with its factor, and the sign of that, in front."""
    match node:
        case Apply("divide", (Apply("sum_over") as total, by)):
            return Apply("scale", (Apply("divide", (number(1), by)), total))
        case Apply("divide", (Apply("negate", (Apply("sum_over") as total,)), by)):
            return Apply("negate", (sum_last(Apply("divide", (total, by))),))
        case Apply("scale", (Apply("negate", (factor,)), Apply("sum_over") as total)):
            return Apply("negate", (Apply("scale", (factor, total)),))
        case Apply("scale", (Apply("sum_over") as total, factor)):
            return Apply("scale", (factor, total))
    return node


def over_index(body: Expression, shapes: Mapping[str, Shape]) -> Expression | None:
    """The sum of the entries of a column or row; none where they have no terms of their own."""
    shape = infer(body, shapes)
    sizes = [size for size in shape if size != 1]
    if len(sizes) != 1:
        return None
    limit = expressed(sizes[0])
    span = Apply("span", (limit, number(0)))
    term = at(body, span, shape[0] == 1, shapes)
    return None if term is None else Apply("sum_over", (span, term))


def at(
    node: Expression, place: Expression, in_row: bool, shapes: Mapping[str, Shape]
) -> Expression | None:
    """One entry of an expression, by the entries of its parts."""
    if infer(node, shapes) == SCALAR:
        return node
    if isinstance(node, Name):
        places = (ONLY, place) if in_row else (place, ONLY)
        return Apply("entry", (node, *places))
    if not isinstance(node, Apply) or not is_entrywise(node.operation):
        return None
    args = [at(arg, place, in_row, shapes) for arg in node.args]
    known = [arg for arg in args if arg is not None]
    if len(known) < len(args):
        return None
    if node.operation == "hadamard":
        one, other = known
        return Apply("power", (one, number(2))) if one == other else Apply("scale", (one, other))
    return Apply(node.operation, tuple(known))


def is_entrywise(operation: str) -> bool:
    """Is each entry of the result made of the entries at its place?"""
    row = OPERATIONS[operation]
    alone = row.arity == 1 and row.shape is keep and operation not in MIXING
    return operation in TERMWISE or alone
