"""Are some variants harder? Means of groups, and how much of what sets them apart is more than chance."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from msgspec import Struct

from grader.analysis.intervals import Interval, Values, Z, two_sided


class Effect(Struct, frozen=True):
    """A group of ``count`` students by what they were given: points above what the rest of their papers lets expect.

    ``shrunk``: towards the mean of all; ``probability``: of such a distance from the others by chance.
    """

    count: int
    raw: float
    shrunk: float
    interval: Interval
    probability: float


def residuals(own: Values, rest: Values) -> Values:
    """What is left of a score when a straight line through the rest of the paper is taken off (least squares)."""
    x, y = rest - rest.mean(), own - own.mean()
    size = x @ x
    return np.asarray(y - (x @ y / size if size > 1e-12 else 0.0) * x)


def effects(left: Values, groups: Sequence[np.ndarray]) -> list[Effect]:
    """The effect of each group, given as the places of its members among residuals.

    The shrunk effect is m τ²/(τ² + σ²/n), with σ² the variance of the residuals (Robbins, *An empirical Bayes approach to statistics*, 1956;
    Morris, JASA 78, 1983); its variance is τ² σ²/n / (τ² + σ²/n).
    """
    every = len(left)
    variance = float(left @ left / max(every - 2, 1))
    means = [float(left[members].mean()) for members in groups]
    counts = [len(members) for members in groups]
    spread = between(means, [variance / one for one in counts])
    return [
        effect(mean, count, every, variance, spread)
        for mean, count in zip(means, counts, strict=True)
    ]


def effect(mean: float, count: int, every: int, variance: float, spread: float) -> Effect:
    own = variance / count
    kept = spread / (spread + own) if spread > 0 else 0.0
    half = Z * math.sqrt(kept * own)
    apart = math.sqrt(max(own - variance / every, 0))
    z = mean / apart if apart else 0.0
    shrunk = mean * kept
    return Effect(count, mean, shrunk, Interval(shrunk - half, shrunk + half), two_sided(z))


def between(means: Sequence[float], variances: Sequence[float]) -> float:
    """τ², the variance between groups, by moments: (Q − (k−1)) / (Σw − Σw²/Σw) with w = 1/variance; 0 at least.

    DerSimonian and Laird, *Meta-analysis in clinical trials*, Controlled Clinical Trials 7 (1986).
    """
    if len(means) < 2 or min(variances) <= 0:
        return 0.0
    weights, found = 1 / np.array(variances), np.array(means)
    middle = (weights @ found) / weights.sum()
    q = float(weights @ (found - middle) ** 2)
    scale = weights.sum() - (weights @ weights) / weights.sum()
    return max(float((q - (len(found) - 1)) / scale), 0.0)
