"""What operations do to arrays: values of shape (..., rows, columns), with any leading batch axes."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
NOTHING = np.zeros((1, 1))
APART = 1e-3  # where all values are farther apart, none are tied
TIE = 1e-12  # of 1 and of a value: far more than the arithmetic is off by, far less than values differ by


def sigmoid(x: Array) -> Array:
    small = np.exp(-np.abs(x))  # never overflows
    result: Array = np.where(x >= 0, 1 / (1 + small), small / (1 + small))
    return result


def softplus(x: Array) -> Array:
    result: Array = np.logaddexp(0.0, x)
    return result


def erf(x: Array) -> Array:
    """By the standard library, entry by entry, as NumPy has none."""
    flat = [math.erf(entry) for entry in x.ravel().tolist()]
    return np.array(flat, dtype=np.float64).reshape(x.shape)


def softmax(x: Array) -> Array:
    shifted = np.exp(x - x.max(axis=-2, keepdims=True))
    result: Array = shifted / shifted.sum(axis=-2, keepdims=True)
    return result


def reduce_with(function: Callable[..., Any], *axes: int) -> Callable[[Array], Array]:
    def value(x: Array) -> Array:
        result: Array = function(x, axis=axes, keepdims=True)
        return result

    return value


def tied(left: Array, right: Array) -> Any:
    """Where two values differ in nothing but the noise of the arithmetic, as 0.1 · 3 and 0.3 do."""
    return np.abs(left - right) <= TIE * (1 + np.abs(right))


def settled(function: Callable[..., Array]) -> Callable[..., Array]:
    """A function of two values, of which those that are tied are equal; or of one value and nothing."""

    def value(left: Array, *right: Array) -> Array:
        other = right[0] if right else NOTHING
        if (np.abs(left - other) > APART).all():  # as nearly always, and quickly told
            return function(left, *right)
        return function(np.where(tied(left, other), other, left), *right)

    return value


def indicator(function: Callable[..., Any]) -> Callable[[Array, Array], Array]:
    def value(left: Array, right: Array) -> Array:
        result: Array = function(left, right).astype(np.float64)
        return result

    return value


def is_largest(x: Array) -> Array:
    """1 at the first of the largest entries, 0 elsewhere."""
    flat = x.reshape(*x.shape[:-2], -1)
    first = tied(flat, flat.max(axis=-1, keepdims=True)).argmax(axis=-1)
    result: Array = (np.arange(flat.shape[-1]) == first[..., None]).astype(np.float64)
    return result.reshape(x.shape)


def argmax(x: Array) -> Array:
    """The place of the first of the largest entries, counted from 1."""
    flat = is_largest(x).reshape(*x.shape[:-2], -1)
    place: Array = flat.argmax(axis=-1)[..., None, None] + 1.0
    return place


def stepwise(function: Callable[[Array], Array]) -> Callable[[Array], Array]:
    """``floor`` or ``ceil``, where 0.1 · 3 / 0.1 counts as 3."""

    def value(x: Array) -> Array:
        nearest = np.rint(x)
        return function(np.where(tied(x, nearest), nearest, x))

    return value


def inverse(x: Array) -> Array:
    """The inverses of square matrices; NaN where there is none."""
    singular = (np.linalg.det(x) == 0)[..., None, None]
    found = np.linalg.inv(np.where(singular, np.eye(x.shape[-1]), x))
    return np.where(singular, np.nan, found)


def determinant(x: Array) -> Array:
    return np.asarray(np.linalg.det(x)[..., None, None])


def fill(value: Array, model: Array) -> Array:
    return np.broadcast_to(value, np.broadcast_shapes(value.shape, model.shape))


def choose(test: Array, yes: Array, no: Array) -> Array:
    return np.asarray(np.where(test != 0, yes, no))


def entry(x: Array, row: Array, column: Array) -> Array:
    """One entry; places count from 1, and where there is none the value is NaN."""
    return np.asarray((x * unit(x, row, column)).sum(axis=(-2, -1), keepdims=True))


def unit(x: Array, row: Array, column: Array) -> Array:
    """1 in one place of an array like ``x``, 0 elsewhere; NaN where there is no such place."""
    rows, columns = x.shape[-2:]
    here = (np.arange(1, rows + 1)[:, None] == row) & (np.arange(1, columns + 1) == column)
    there = here.any(axis=(-2, -1), keepdims=True)
    return np.where(there, here.astype(np.float64), np.nan)


def span(size: Array, depth: Array) -> Array:
    """1, 2, … to a size along a leading axis of its own, as many axes before the batch as ``depth`` says."""
    last = int(size.flat[0])
    return np.arange(1.0, last + 1).reshape(-1, *(1,) * (int(depth.flat[0]) + 3))


def sum_over(index: Array, body: Array) -> Array:
    """The sum of ``body`` over the axis of an index, which must have its own."""
    shape = np.broadcast_shapes(index.shape, body.shape)
    total = np.broadcast_to(body, shape).sum(axis=-index.ndim, keepdims=True)
    while total.ndim > 3 and total.shape[0] == 1:
        total = total[0]
    return np.asarray(total)


USUAL = 100.0  # numbers of functions, beyond which they have larger values
FREQUENCIES = ((1.1, 0.6), (0.7, 1.3), (1.9, -0.8))  # by the first argument and by the second


def call1(function: Array, order: Array, x: Array) -> Array:
    """An abstract function of one argument: one of a family, for each number in ``function``.

    Sums of sines stand for such functions, as every derivative of one is another.
    """
    return wave(function, [(order, x)])


def call2(function: Array, first: Array, second: Array, a: Array, b: Array) -> Array:
    """An abstract function of two arguments, derived ``first`` and ``second`` times."""
    return wave(function, [(first, a), (second, b)])


def wave(function: Array, args: list[tuple[Array, Array]]) -> Array:
    total = np.zeros(1)
    shift = sum(order for order, _ in args) * (np.pi / 2)
    for number, frequencies in enumerate(FREQUENCIES):
        phase, size = function * (1 + number) + number + shift, np.ones(1)
        for (order, argument), frequency in zip(args, frequencies, strict=False):
            phase = phase + frequency * argument
            size = size * frequency**order
        total = total + size * np.sin(phase)
    return np.asarray(np.maximum(1, (function / USUAL) ** 2) * total)


def diag(x: Array) -> Array:
    """Columns as diagonal matrices."""
    return np.asarray(x * np.eye(x.shape[-2]))


def diagonal(x: Array) -> Array:
    """The diagonals of square matrices as columns."""
    return np.asarray((x * np.eye(x.shape[-2])).sum(axis=-1, keepdims=True))


def swap(x: Array) -> Array:
    return np.swapaxes(x, -1, -2)


def leaky(x: Array, slope: Array) -> Array:
    return np.where(x >= 0, x, slope * x)


def as_numbers(flags: Any, values: Array) -> Array:
    """Flags of the entries of a value, 1 or 0, in its shape."""
    shape = np.broadcast_shapes(np.shape(flags), values.shape)
    return np.broadcast_to(flags, shape).astype(float)
