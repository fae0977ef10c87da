"""Intervals and tests: how far a figure of this class may be from that of many like it."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

Values = NDArray[np.float64]
Z = 1.959963984540054  # of the normal distribution, for 95 %
RESAMPLES = 1000
OF_MEANS = 4000  # which are quick
SEED = 2009  # of all that is resampled, so the same marks give the same report
BLOCK = 4_000_000  # entries that are held at a time


class Interval(Struct, frozen=True):
    """The ends of a 95 % interval."""

    low: float
    high: float


def wilson(hits: float, count: int) -> Interval:
    """Of a share of yes and no: (p + z²/2n ± z √(p(1−p)/n + z²/4n²)) / (1 + z²/n).

    Wilson, *Probable inference, the law of succession, and statistical inference*, JASA 22 (1927).
    """
    share, squared = hits / count, Z * Z / count
    middle = share + squared / 2
    half = Z * math.sqrt(share * (1 - share) / count + squared / (4 * count))
    return Interval(
        max((middle - half) / (1 + squared), 0.0), min((middle + half) / (1 + squared), 1.0)
    )


def fisher(correlation: float, count: int) -> Interval:
    """Of a correlation: tanh(artanh r ± z/√(n−3)).

    Fisher, *On the probable error of a coefficient of correlation*, Metron 1 (1921).
    """
    if count <= 3 or abs(correlation) >= 1:
        return Interval(-1.0, 1.0) if count <= 3 else Interval(correlation, correlation)
    middle, half = math.atanh(correlation), Z / math.sqrt(count - 3)
    return Interval(math.tanh(middle - half), math.tanh(middle + half))


def lower_than(correlation: float, usual: float, count: int) -> float:
    """The probability of so small a correlation where the true one is ``usual``: Φ((artanh r − artanh ρ) √(n−3)), Fisher as above."""
    ends = np.clip([correlation, usual], -1 + 1e-12, 1 - 1e-12)
    apart = (math.atanh(ends[0]) - math.atanh(ends[1])) * math.sqrt(max(count - 3, 0))
    return math.erfc(-apart / math.sqrt(2)) / 2


def of_mean(values: Values) -> Interval:
    """Of a mean, by the percentiles of means of resampled students (Efron and Tibshirani, *An Introduction to the Bootstrap*, 13.3).

    How often each distinct value comes is drawn, which takes as long for any number of students.
    """
    distinct, counts = np.unique(values, return_counts=True)
    if len(distinct) == 1:
        return Interval(float(distinct[0]), float(distinct[0]))
    generator = np.random.default_rng(SEED)
    resamples = max(min(OF_MEANS, BLOCK // len(distinct)), RESAMPLES)
    drawn = generator.multinomial(len(values), counts / len(values), resamples)
    return percentiles(drawn @ distinct / len(values))


def percentiles(found: Values) -> Interval:
    low, high = np.quantile(found, [0.025, 0.975]).tolist()
    return Interval(low, high)


def resampled(count: int, resamples: int = RESAMPLES) -> list[NDArray[np.int64]]:
    """How often each student is drawn, (resamples, count), in blocks that bound memory."""
    generator = np.random.default_rng(SEED)
    size = max(BLOCK // count, 1)
    blocks = []
    for first in range(0, resamples, size):
        rows = min(size, resamples - first)
        places = generator.integers(0, count, (rows, count)) + np.arange(rows)[:, None] * count
        blocks.append(np.bincount(places.ravel(), minlength=rows * count).reshape(rows, count))
    return blocks


def two_sided(z: float) -> float:
    """The probability of a normal deviate at least so large."""
    return math.erfc(abs(z) / math.sqrt(2))


def benjamini_hochberg(probabilities: Sequence[float]) -> list[float]:
    """Each probability adjusted, so that those below q are false in a share of q at most: min over j ≥ i of p₍ⱼ₎ m/j.

    Benjamini and Hochberg, *Controlling the false discovery rate*, J. R. Statist. Soc. B 57 (1995).
    """
    given = np.asarray(probabilities, dtype=float)
    if not given.size:
        return []
    order = np.argsort(given)
    ranked = given[order] * given.size / np.arange(1, given.size + 1)
    least = np.minimum.accumulate(ranked[::-1])[::-1].clip(max=1)
    found = np.empty_like(given)
    found[order] = least
    return [float(one) for one in found]
