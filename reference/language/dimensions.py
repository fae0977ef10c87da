"""Shapes with symbolic sizes, and the shape that an operation makes of those of its arguments."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reference.language.expression import Expression, Name, apply, number
from reference.language.whole import Floor, Whole, whole

Size = int | str | Whole
Shape = tuple[Size, Size]

SCALAR: Shape = (1, 1)


class Stored(tuple[Size, Size]):
    """The shape of a quantity with three or more axes, stored as a matrix whose columns are the last axis.

    It is equal only to one with equal axes, so a tensor never passes for a matrix.
    """

    axes: tuple[Size, ...]

    def __new__(cls, axes: tuple[Size, ...]) -> Stored:
        rows = whole(1)
        for one in axes[:-1]:
            rows = rows * whole(one)
        made = super().__new__(cls, (size_of(rows), axes[-1]))
        made.axes = axes
        return made

    def __getnewargs__(self) -> tuple[Any, ...]:
        return (self.axes,)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Stored) and self.axes == other.axes

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __hash__(self) -> int:
        return hash(self.axes)


def stored(axes: tuple[Size, ...]) -> Shape:
    """The shape in which a quantity is stored: a column of one axis, a matrix of more."""
    match axes:
        case ():
            return SCALAR
        case (one,):
            return one, 1
        case (rows, columns):
            return rows, columns
    return Stored(axes)


def axes_of(shape: Shape) -> tuple[Size, ...]:
    """The axes of a quantity; a column has one, a scalar none."""
    if isinstance(shape, Stored):
        return shape.axes
    if shape == SCALAR:
        return ()
    return shape[:1] if shape[1] == 1 else shape


def size_of(value: Whole) -> Size:
    """A size as a number or a symbol where it is one."""
    number = value.constant
    return number if number is not None else value.symbol or value


def expressed(size: Size) -> Expression:
    """A size as an expression, in which a floor is a function."""
    if isinstance(size, int):
        return number(size)
    if isinstance(size, str):
        return Name(size)
    total: Expression | None = None
    for monomial, factor in size.in_print:
        term: Expression = number(abs(factor))
        for atom in monomial:
            one = Name(atom) if isinstance(atom, str) else floored(atom)
            term = one if term == number(1) else apply("scale", term, one)
        if total is None:
            total = apply("negate", term) if factor < 0 else term
        else:
            total = apply("subtract" if factor < 0 else "add", total, term)
    return total or number(0)


def floored(atom: Floor) -> Expression:
    top, bottom = expressed(size_of(atom.top)), expressed(size_of(atom.bottom))
    return apply("floor", apply("divide", top, bottom))


def length(size: Size, sizes: Mapping[str, int]) -> int:
    """How long an axis is."""
    if isinstance(size, int):
        return size
    return sizes[size] if isinstance(size, str) else int(size.value(sizes))


def describe(shape: Shape) -> str:
    """``h × d``, or ``(n - k + 1) × 1``; a scalar is called one."""
    axes = axes_of(shape) if isinstance(shape, Stored) else shape
    several = len(axes) > 1
    shown = (f"({one})" if several and is_sum(one) else str(one) for one in axes)
    return "a scalar" if shape == SCALAR else " × ".join(shown)


def is_sum(size: Size) -> bool:
    return len(whole(size).terms) > 1


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
