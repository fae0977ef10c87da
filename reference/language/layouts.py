"""What a call or a sign means by the shapes of its arguments: ``dot(a, b)``, ``x'``, ``sum(A, axis=0)``."""

from __future__ import annotations

from collections.abc import Callable

from reference.language.dimensions import SCALAR, Mismatch, Shape
from reference.language.errors import ShapeError
from reference.language.expression import Apply, Expression, Number
from reference.language.operations import transposed

Shaped = tuple[Expression, Shape]
Show = Callable[[Expression], str]

TURNING = frozenset({"prime", "transpose or power"})  # a transpose, but for a scalar
LEFT_TO_SHAPES = TURNING | {
    "dot",
    "outer",
    "multiply",
    "column",
    "norm 1",
    "norm 2",
    "sum along",
    "mean along",
    "softmax along",
}


def meant(operation: str, args: list[Shaped], show: Show, column: int) -> Shaped:
    """The resolved meaning of an operation that is left to the shapes, and its shape.

    Args:
        show: an expression as it can stand in a message.

    Raises:
        ShapeError: it can be meant in two ways.
        Mismatch: the shapes do not fit.
    """
    match operation:
        case "prime" | "transpose or power":
            return turned(operation, args[0], show, column)
        case "column":
            return as_column(args[0])
        case "norm 1" | "norm 2":
            return normed(operation[-1], args[0], show, column)
        case "dot":
            return dot(args[0], args[1])
        case "multiply":
            return broadcast(args[0], args[1])
        case "outer":
            return times(as_column(args[0]), flipped(as_column(args[1])))
        case "diag":
            return diagonal(args[0])
    return along(operation.partition(" ")[0], args[0], args[1][0], column)


def turned(operation: str, value: Shaped, show: Show, column: int) -> Shaped:
    """A prime or a T is a transpose; on a scalar it more likely stands for something else."""
    if value[1] != SCALAR:
        return flipped(value)
    shown = show(value[0])
    if operation == "prime":
        message = f"{shown}' is the transpose of a scalar: if a derivative is meant, write it out"
        raise ShapeError(message, column, asks=True)
    message = (
        f"{shown}^T can be a power or the transpose of a scalar: write {shown}^(T) for the power"
    )
    error = ShapeError(message, column, asks=True)
    raise error.instead(f"{shown}^T", f"{shown}^(T)", shown)


def normed(order: str, value: Shaped, show: Show, column: int) -> Shaped:
    """A value whose norm with a 1 or a 2 is taken.

    Raises:
        ShapeError: it is a matrix, of which that may be the norm of its entries or that of the map.
    """
    if 1 in value[1]:
        return value
    shown = show(value[0])
    entries = f"sum(abs({shown}))" if order == "1" else f"‖{shown}‖_F"
    message = f"‖{shown}‖_{order} can be of the entries or of the map: write {entries} for the entries, or write it out"
    raise ShapeError(message, column, asks=True).instead(f"‖{shown}‖_{order}", entries)


def flipped(value: Shaped) -> Shaped:
    return transposed(value[0]), value[1][::-1]


def as_column(value: Shaped) -> Shaped:
    """A vector as a column, however it lies."""
    if 1 not in value[1]:
        raise Mismatch
    return value if value[1][1] == 1 else flipped(value)


def times(left: Shaped, right: Shaped) -> Shaped:
    """The matrix product of two that fit."""
    return Apply("matmul", (left[0], right[0])), (left[1][0], right[1][1])


def dot(left: Shaped, right: Shaped) -> Shaped:
    """The matrix product; of two vectors that lie alike, the inner product."""
    if SCALAR in (left[1], right[1]):
        return Apply("scale", (left[0], right[0])), right[1] if left[1] == SCALAR else left[1]
    if left[1][1] == right[1][0]:
        return times(left, right)
    if left[1] != right[1] or 1 not in left[1]:
        raise Mismatch
    return times(flipped(left), right) if left[1][1] == 1 else times(left, flipped(right))


def broadcast(left: Shaped, right: Shaped) -> Shaped:
    """The entrywise product, where a row or a column is repeated as programs do."""
    if SCALAR in (left[1], right[1]):
        return Apply("scale", (left[0], right[0])), right[1] if left[1] == SCALAR else left[1]
    if left[1] == right[1]:
        return Apply("hadamard", (left[0], right[0])), left[1]
    for one, other in ((left, right), (right, left)):
        if one[1][1] == 1 == other[1][0]:
            return times(one, other)
        if one[1] == (other[1][0], 1):
            return times(diagonal(one), other)
        if one[1] == (1, other[1][1]):
            return times(other, diagonal(one))
    raise Mismatch


def diagonal(value: Shaped) -> Shaped:
    """A vector as the diagonal of a matrix; of a matrix, its diagonal."""
    rows, columns = value[1]
    if rows == columns != 1:
        return Apply("diagonal", (value[0],)), (rows, 1)
    column = as_column(value)
    return Apply("diag", (column[0],)), (column[1][0], column[1][0])


def along(function: str, value: Shaped, axis: Expression, column: int) -> Shaped:
    """A function along an axis, counted from 0 as programs do.

    Raises:
        ShapeError: the last axis of a column, which is its only one or one of length 1.
    """
    place = whole(axis, column)
    if place < 0 and 1 in value[1]:
        if value[1] == SCALAR:
            return value if function != "softmax" else (Apply("softmax", (value[0],)), SCALAR)
        message = (
            f"axis={place} of a vector can be its entries or an axis of length 1: write axis=0 or 1"
        )
        raise ShapeError(message, column, asks=True)
    down = place in (0, -2)
    rows, columns = value[1]
    if function == "softmax":
        inner, shape = value if down else flipped(value)
        found = Apply("softmax", (inner,)), shape
        return found if down else flipped(found)
    shape = (1, columns) if down else (rows, 1)
    total = Apply("column_sums" if down else "row_sums", (value[0],))
    if function == "sum":
        return total, shape
    other = Apply("row_sums" if down else "column_sums", (value[0],))
    return Apply("divide", (total, Apply("count", (other,)))), shape


def whole(axis: Expression, column: int) -> int:
    """The number of an axis.

    Raises:
        ShapeError: it is none of a matrix.
    """
    negative = isinstance(axis, Apply) and axis.operation == "negate"
    node = axis.args[0] if negative else axis
    place = node.value if isinstance(node, Number) else None
    if place not in (0, 1, 2) or (place == 2 and not negative):
        raise ShapeError("a matrix has the axes 0 and 1", column, asks=True)
    return -int(place) if negative else int(place)
