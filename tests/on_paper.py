"""Students who work through the written-out steps of a network, those with all variants of a structure side by side.

A :class:`Hand` writes arrays down, (batch, rows, columns) each. Students with formulas of their own are in :mod:`tests.students`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from reference.derivatives.losses import Chain, in_sum, value
from reference.derivatives.rounding import Rounding
from reference.derivatives.steps import origin
from reference.language.evaluating import run
from reference.language.expression import Apply, Expression
from reference.language.operations import OPERATIONS
from reference.language.values import Array

FURTHER = (0, 0, 0, 1, 2, 3)  # digits more than the sheet asks for


def place(values: Array) -> Array:
    """The power of ten of the first digit; 0 of nothing."""
    return np.floor(np.log10(np.where(values == 0, 1.0, np.abs(values))) + 1e-12)


def rounded(values: Array, decimals: Array | int) -> Array:
    scale = 10.0 ** np.asarray(decimals, float)
    return np.where(np.isfinite(values * scale), np.rint(values * scale) / scale, values)


def figures(values: Array) -> Array:
    """To three significant figures; what is whole as it is."""
    return np.where(values == np.rint(values), values, rounded(values, 2 - place(values)))


class Hand:
    """Writes each number with so many decimals, three figures of what is small, and now and then some digits more."""

    def __init__(self, chance: np.random.Generator, decimals: int = 3) -> None:
        self.chance, self.least = chance, decimals

    def decimals(self, values: Array) -> Array:
        further = self.chance.choice(FURTHER, values.shape)
        return np.maximum(self.least, 2 - place(values)) + further

    def written(self, values: Array) -> Array:
        return rounded(values, self.decimals(values))

    def quotient(self, above: Array, below: Array) -> Array:
        return self.written(above / below)

    def product(self, factors: Sequence[Array]) -> Array | None:
        """Of a chain of factors; nothing where they are multiplied as they stand."""
        return None

    def answer(self, written: Array, unwritten: Array) -> Array:
        """What is given in of a last step."""
        return written


class InAnyOrder(Hand):
    """Multiplies factors in any order, each of a variant in one of its own."""

    def product(self, factors: Sequence[Array]) -> Array:
        stacked = np.stack(np.broadcast_arrays(*factors))
        order = self.chance.permuted(
            np.broadcast_to(np.arange(len(factors))[:, None], stacked.shape[:2]), axis=0
        )
        found, *rest = np.take_along_axis(stacked, order[:, :, None, None], axis=0)
        for factor in rest:
            found = self.written(found * factor)
        return found


class ByReciprocals(Hand):
    """Divides by multiplying with a rounded reciprocal."""

    def quotient(self, above: Array, below: Array) -> Array:
        reciprocal = self.written(1 / below)
        found = above * reciprocal
        return np.where(np.abs(above) == 1, found, self.written(found))


class ThreeFigures(Hand):
    """Gives answers to three significant figures; what comes out even as it is."""

    def answer(self, written: Array, unwritten: Array) -> Array:
        return figures(unwritten)


class Alike(Hand):
    """Writes all entries of an array with as many decimals as the largest one needs."""

    def decimals(self, values: Array) -> Array:
        axes = tuple(range(1, values.ndim))
        return super().decimals(np.abs(values).max(axis=axes, keepdims=True))


class ThreeDecimals(Hand):
    """Keeps three decimals of everything, however small."""

    def written(self, values: Array) -> Array:
        return rounded(values, 3)


class TwoDecimals(Hand):
    def written(self, values: Array) -> Array:
        return rounded(values, 2)


class CutsOff(Hand):
    """Cuts off what is behind the third decimal."""

    def written(self, values: Array) -> Array:
        return np.trunc(values * 1000 + np.copysign(1e-6, values)) / 1000


class EveryStepToThreeFigures(Hand):
    def written(self, values: Array) -> Array:
        return figures(values)


def answers(
    rounding: Rounding, known: Mapping[str, Array], batch: int, hand: Hand
) -> dict[str, Array]:
    """What is given in for all targets of a network, worked out step by step from what is known."""
    values, steps, last = dict(known), rounding.steps, dict[str, Array]()
    with np.errstate(all="ignore"):
        for name, node in steps.equations.items():
            found = step(node, rounding.chains.get(name, ()), values, batch, hand)
            values[name] = np.broadcast_to(found, (batch, *found.shape[-2:]))
        for target in rounding.targets:
            unwritten = run(steps.equations[origin(steps, target)], values)
            last[target] = hand.answer(values[target], np.array(unwritten, float, ndmin=3))
    return last


def step(
    node: Expression, chain: Chain, values: Mapping[str, Array], batch: int, hand: Hand
) -> Array:
    """One step, written down; what only moves digits is not written again."""
    found = np.array(run(node, values), float, ndmin=3)
    found = np.broadcast_to(found, (batch, *found.shape[-2:]))
    if not isinstance(node, Apply) or OPERATIONS[node.operation].keeps_digits:
        return found
    if node.operation == "divide":
        return hand.quotient(*(value(one, values) for one in node.args))
    if node.operation == "matmul":
        left, right = (value(one, values) for one in node.args)
        if left.shape[-1] > 1:
            products = left[..., :, :, None] * right[..., None, :, :]
            return hand.written(hand.written(products).sum(axis=-2))
    elif factors := in_sum(node, values):
        products = np.prod(np.broadcast_arrays(*factors), axis=0)
        off = (hand.written(products) - products).sum(axis=-2)  # either way, as it is by chance
        return hand.written(found + off)
    elif len(chain) > 2:
        product = hand.product([value(one, values) for one in chain])
        if product is not None:
            return product
    return hand.written(found)
