"""How far rounding could carry a value, and where it hides one."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from reference.language.dimensions import keep, power_shape, spread
from reference.language.expression import Apply, Expression, names
from reference.language.operations import OPERATIONS, Family, of_family
from reference.language.values import Array

NOISE = 1e-10  # of the largest part
LOSS = 1e-4  # of the terms of a sum, by which it cancels
NEAR = 1e-12  # of what is compared, by which it is too near to tell which is larger
JUMPS = frozenset({"gt", "ge", "lt", "le", "eq", "ne", "sign", "floor", "ceil"})
ORDERED = frozenset({"gt", "ge", "lt", "le"})
GAPS = JUMPS | {"add", "subtract"}
WAVES = {"sin": 1, "cos": 1, "tan": 1, "call1": 1, "call2": 2}  # how many arguments each turns with
LOGARITHMS = frozenset({"log", "log2", "log10"})
FAST = 1e4  # size of an argument at which one turns so often that a little noise is much
STEEPEST = 1e3  # shares of a value, of one share of an argument, where each entry hangs on several
WIDEST = 1.0  # way of an argument of a wave, beyond which that may have turned
NOTHING = np.zeros((1, 1))  # that is hidden
LINEAR = frozenset(
    {"negate", "transpose", "fill", "entry", "sum", "mean", "row_sums", "column_sums"}
)
BY_ENTRY = {
    name for name, row in OPERATIONS.items() if row.shape in (keep, power_shape, spread)
} - {"softmax", "is_largest"} | {"where"}
TINY = np.finfo(np.float64).tiny
LARGEST = np.finfo(np.float64).max
SUMS = of_family(Family.TOTAL, Family.SUM, Family.MATRIX_PRODUCT)
PRODUCTS = of_family(Family.PRODUCT, Family.MATRIX_PRODUCT)
POWERS = frozenset({"power", "exp", "sigmoid", "softmax", "softplus"})
LOSING = SUMS | POWERS | ORDERED | LOGARITHMS | WAVES.keys()
VANISHING = PRODUCTS | POWERS | {"divide"}

Flags = NDArray[np.bool_]
Size = Any  # absolute values at a point: a number, which is far quicker than an array of one, or an array


def noise_at(nodes: list[Expression], values: Mapping[int, Array], point: int) -> float:
    """A bound on what rounding does at a point, by the largest part; infinite where a value is lost."""
    sizes = {key: size_at(value, point) for key, value in values.items()}
    for node in nodes:
        if isinstance(node, Apply) and is_lost(
            node.operation, sizes[id(node)], [sizes[id(one)] for one in node.args]
        ):
            return np.inf
    return NOISE * max(map(largest, sizes.values()))


def noises_at(nodes: list[Expression], values: Mapping[int, Array], points: Sequence[int]) -> Array:
    """As :func:`noise_at`, at several points together; infinite at all of them where a value is lost at one."""
    sizes = {key: sizes_at(value, points) for key, value in values.items()}
    for node in nodes:
        if isinstance(node, Apply) and is_lost(
            node.operation, sizes[id(node)], [sizes[id(one)] for one in node.args]
        ):
            return np.full(len(points), np.inf)
    most = [size.max(axis=(-2, -1)) for size in sizes.values()]
    return NOISE * functools.reduce(np.maximum, most, np.zeros(len(points)))


def is_lost(operation: str, size: Size, args: Sequence[Size]) -> bool:
    """Does a sum of this size cancel, a logarithm of what is nearly 1, a power underflow, a wave turn too fast, or a step
    lie too near, by the sizes of what it is made of?
    """
    if operation in SUMS:
        return cancels(operation, size, args)
    if operation in LOGARITHMS:
        return bool(np.any(size < LOSS))
    if operation in WAVES:
        return any(np.any(one > FAST) for one in args[-WAVES[operation] :])
    if operation in ORDERED:
        one, other = args
        with np.errstate(invalid="ignore"):  # of what is larger than any number on both sides
            return not np.all(abs(one - other) >= NEAR * np.maximum(one, other))
    if operation not in POWERS or least(size) >= TINY:
        return False
    return bool(np.any(vanished(operation, size, args)))


def cancels(operation: str, size: Size, args: Sequence[Size]) -> bool:
    """Does a sum of this size lose digits, by the sizes of what is summed up?"""
    if operation in ("add", "subtract"):
        terms = args[0] + args[1]
    else:
        terms = OPERATIONS[operation].value(*[np.array(one, ndmin=3) for one in args])
    enough = size >= LOSS * terms
    return not (enough if isinstance(enough, bool) else enough.all())


def vanished(operation: str, size: Size, args: Sequence[Size]) -> Any:
    """Where a value is nothing but for its underflow, by absolute values."""
    there = [np.array(one, ndmin=2) != 0 for one in args]
    if operation in PRODUCTS:
        made = OPERATIONS[operation].value(*[one.astype(np.float64) for one in there]) != 0
    else:
        made = there[0]
    return (size < TINY) & made


def hidden(nodes: list[Expression], values: Mapping[int, Array], movable: frozenset[str]) -> Array:
    """A bound on what underflow does to a value and an overflow below a quotient, and jumps too near to tell their side.

    Of each operation it is found from those of its arguments, entry by entry.
    """
    found: dict[int, Array] = {}
    touched = False
    for node in nodes:
        key = id(node)
        found[key] = NOTHING
        if not isinstance(node, Apply):
            continue
        value, own = values[key], NOTHING
        if touched and any(found[id(one)] is not NOTHING for one in node.args):
            args, errors = zip(
                *[(values[id(one)], found[id(one)]) for one in node.args], strict=True
            )
            own = carried(node.operation, value, args, errors)
        if node.operation in VANISHING and is_tiny(node.operation, value):
            sizes = [np.abs(values[id(one)]) for one in node.args]
            own = own + np.where(vanished(node.operation, np.abs(value), sizes), TINY, 0.0)
        if node.operation == "divide":
            own = own + overflown(*[values[id(one)] for one in node.args])
        elif node.operation in JUMPS:
            own = own + np.where(too_near(node, values, movable), np.inf, 0.0)
        if own is not NOTHING and own.any():
            touched = True
            found[key] = np.broadcast_to(own, np.broadcast_shapes(own.shape, value.shape))
    return found[id(nodes[-1])]


def overflown(dividend: Array, divisor: Array) -> Array:
    """How far a quotient is off where what it is divided by is larger than any number."""
    infinite = np.isinf(divisor)
    return np.where(infinite, np.abs(dividend) / LARGEST, 0.0) if infinite.any() else NOTHING


def is_tiny(operation: str, value: Array) -> bool:
    """Is any entry next to nothing? Where it is not made of powers, only 0 is looked for, which is quicker."""
    if operation in POWERS:
        return bool((np.abs(value) if operation == "power" else value).min() < TINY)
    return bool(np.count_nonzero(value) < value.size)


def too_near(node: Apply, values: Mapping[int, Array], movable: frozenset[str]) -> Any:
    """Where what is compared is the same but for rounding, or larger than any number on both sides; not what cannot be
    moved, or is the same at all points.
    """
    [inner] = node.args if len(node.args) == 1 else [node]
    if not isinstance(inner, Apply) or inner.operation not in GAPS or len(inner.args) < 2:
        return False
    left, right = (values[id(one)] for one in inner.args)
    gap = np.abs(left + right if inner.operation == "add" else left - right)
    near = gap < NEAR * np.maximum(np.abs(left), np.abs(right))
    apart = gap > 0
    if names(inner) & movable:
        apart = apart | apart.any(axis=-3, keepdims=True)
    return (near & apart) | np.isnan(gap)


def carried(operation: str, value: Array, args: Sequence[Array], errors: Sequence[Array]) -> Array:
    """How far a result is off where its arguments are; infinite where that cannot be told."""
    apply = OPERATIONS[operation].value
    if operation in PRODUCTS or (operation == "divide" and errors[1] is NOTHING):
        one, other = (np.abs(one) for one in args)
        found = NOTHING if errors[0] is NOTHING else at_least_tiny(operation, errors[0], other)
        if errors[1] is not NOTHING:
            found = found + at_least_tiny(operation, one + errors[0], errors[1])
    elif operation in ("add", "subtract"):
        found = errors[0] + errors[1]
    elif operation in LINEAR and all(error is NOTHING for error in errors[1:]):
        found = np.abs(apply(errors[0], *args[1:]))
    else:
        off = [place for place, error in enumerate(errors) if error is not NOTHING]
        ways = [moved(operation, value, args, place, errors[place]) for place in off]
        found = functools.reduce(np.add, ways)
    return np.where(np.isnan(found), np.inf, found)


def at_least_tiny(operation: str, left: Array, right: Array) -> Array:
    """A product or quotient that is an error as a factor of it is one, which is no 0 where that underflows."""
    found = np.asarray(OPERATIONS[operation].value(left, right))
    return np.where(vanished(operation, found, [left, right]), TINY, found)


def moved(operation: str, value: Array, args: Sequence[Array], place: int, error: Array) -> Array:
    """How far a result goes where one argument goes as far as it is off, either way."""
    one = args[place]
    if operation not in BY_ENTRY:
        share = np.where(error > 0, error / np.abs(one), 0.0)
        fits = share.shape[-2:] in (value.shape[-2:], (1, 1))
        most = share if fits else share.max(axis=(-2, -1), keepdims=True)
        return np.where(most > 0, STEEPEST * most * np.abs(value), 0.0)
    ways = [
        np.abs(OPERATIONS[operation].value(*args[:place], there, *args[place + 1 :]) - value)
        for there in (one - error, one + error)
    ]
    divides = operation == "divide" and place == 1  # by what may be 0, so the result is anything
    most = np.abs(one) if divides else WIDEST if operation in WAVES else np.inf
    way = np.fmax(*ways)
    if operation == "power":  # of which an error may underflow
        way = np.where((way < TINY) & (error > 0), TINY, way)
    return np.where(error < most, way, np.where(error > 0, np.inf, 0.0))


def size_at(value: Array, point: int) -> Size:
    """The absolute value at a point."""
    size, count = value.size, value.shape[-3] if value.ndim > 2 else 1
    if size == count:
        return abs(value.item(point if count > 1 else 0))
    return np.abs(value[..., point : point + 1, :, :] if count > 1 else value)


def sizes_at(value: Array, points: Sequence[int]) -> Array:
    """The absolute values at some points."""
    return np.abs(value.take(points, axis=-3) if is_batched(value) else value)


def is_batched(value: Array) -> bool:
    return value.ndim > 2 and value.shape[-3] != 1


def largest(size: Size) -> float:
    return size if isinstance(size, float) else float(size.max())


def least(size: Size) -> float:
    return size if isinstance(size, float) else float(size.min())
