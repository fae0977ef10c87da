"""Shapes with symbolic sizes, and the shape that an operation makes of those of its arguments."""

from __future__ import annotations

Size = int | str
Shape = tuple[Size, Size]

SCALAR: Shape = (1, 1)


def describe(shape: Shape) -> str:
    """``h × d``; a scalar is called one."""
    return "a scalar" if shape == SCALAR else f"{shape[0]} × {shape[1]}"


class Mismatch(Exception):
    """The shapes of the arguments do not fit an operation."""


def keep(shape: Shape) -> Shape:
    """Entrywise: the shape of the argument."""
    return shape


def spread(left: Shape, right: Shape) -> Shape:
    """Entrywise over two arguments; a scalar spreads over a matrix."""
    if left == right or right == SCALAR:
        return left
    if left == SCALAR:
        return right
    raise Mismatch


def spread_column(left: Shape, right: Shape) -> Shape:
    """As :func:`spread`; also a column over each column of a matrix with as many rows."""
    if left[0] == right[0] and 1 in (left[1], right[1]):
        return right if left[1] == 1 else left
    return spread(left, right)


def chain(left: Shape, right: Shape) -> Shape:
    if left[1] != right[0]:
        raise Mismatch
    return left[0], right[1]


def scaled(left: Shape, right: Shape) -> Shape:
    if SCALAR not in (left, right):
        raise Mismatch
    return spread(left, right)


def flipped(shape: Shape) -> Shape:
    return shape[1], shape[0]


def squared(column: Shape) -> Shape:
    """A column as the diagonal of a matrix."""
    if column[1] != 1:
        raise Mismatch
    return column[0], column[0]


def diagonal_shape(square: Shape) -> Shape:
    if square[0] != square[1]:
        raise Mismatch
    return square[0], 1


def square(shape: Shape) -> Shape:
    """That of a square matrix."""
    if shape[0] != shape[1]:
        raise Mismatch
    return shape


def number_of_square(shape: Shape) -> Shape:
    """One number of a square matrix."""
    square(shape)
    return SCALAR


def place_in_vector(shape: Shape) -> Shape:
    """One place in a column or a row."""
    if 1 not in shape:
        raise Mismatch
    return SCALAR


def single(*_: Shape) -> Shape:
    return SCALAR


def like(value: Shape, model: Shape) -> Shape:
    """The shape of ``model``, which ``value`` must spread over."""
    if value[0] not in (1, model[0]) or value[1] not in (1, model[1]):
        raise Mismatch
    return model


def power_shape(base: Shape, exponent: Shape) -> Shape:
    if exponent != SCALAR:
        raise Mismatch
    return base


def unit_shape(of: Shape, row: Shape, column: Shape) -> Shape:
    entry_shape(of, row, column)
    return of


def entry_shape(of: Shape, row: Shape, column: Shape) -> Shape:
    if not row == column == SCALAR:
        raise Mismatch
    return SCALAR
