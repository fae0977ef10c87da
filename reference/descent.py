"""Gradient descent on a small robust regression, for showing what learning rates do.

Only sums, products, quotients and square roots of floats are used, one at a time and in a fixed order.
IEEE 754 rounds each of these correctly, so every machine finds the same digits, even where a rate so
high that the descent is chaotic would blow up a difference in the last one.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from msgspec import Struct


class Regression(Struct, frozen=True):
    """The mean of √(1 + r²) − 1 over the residuals r of a linear model, plus half ``decay`` times |w|².

    Far from the data the first part grows only in proportion, so its gradient is bounded: a rate that
    is too high for it jumps to and fro over the minimum for ever. The second part has no such bound: a
    rate of more than 2 / ``decay`` runs away.
    """

    features: tuple[tuple[float, ...], ...]
    targets: tuple[float, ...]
    start: tuple[float, ...]
    decay: float

    def residuals(self, weights: Sequence[float]) -> list[float]:
        return [
            total(x * w for x, w in zip(row, weights, strict=True)) - target
            for row, target in zip(self.features, self.targets, strict=True)
        ]

    def loss(self, weights: Sequence[float]) -> float:
        fit = total(math.sqrt(1 + r * r) - 1 for r in self.residuals(weights))
        return fit / len(self.targets) + self.decay / 2 * total(w * w for w in weights)

    def gradient(self, weights: Sequence[float]) -> list[float]:
        slopes = [r / math.sqrt(1 + r * r) for r in self.residuals(weights)]
        return [
            total(slope * row[place] for slope, row in zip(slopes, self.features, strict=True))
            / len(self.targets)
            + self.decay * weight
            for place, weight in enumerate(weights)
        ]

    def descent(self, rate: float, steps: int) -> Iterator[float]:
        """The loss at the start and after every step."""
        weights = list(self.start)
        yield self.loss(weights)
        for _ in range(steps):
            slope = self.gradient(weights)
            weights = [w - rate * d for w, d in zip(weights, slope, strict=True)]
            yield self.loss(weights)


def total(values: Iterator[float]) -> float:
    """The sum from left to right; the built-in one compensates errors in some versions of Python."""
    result = 0.0
    for value in values:
        result += value
    return result
