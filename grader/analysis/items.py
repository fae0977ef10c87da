"""What an item does: how much of it is reached, and whether it tells those who know from those who do not.

Of shares of its points, students × 1, and of what the same students reached in the rest of the paper. Moodle's documentation, *Quiz
statistics calculations*, has the same figures under the same names.
"""

from __future__ import annotations

import numpy as np

from grader.analysis.intervals import Interval, Values, of_mean, wilson

FIFTHS = 5


def facility(shares: Values) -> tuple[float, Interval]:
    """The mean share of the points, with Wilson's interval where all is or nothing, else by the bootstrap."""
    mean = float(shares.mean())
    if np.isin(shares, (0, 1)).all():
        return mean, wilson(float(shares.sum()), len(shares))
    return mean, of_mean(shares)


def correlation(one: Values, other: Values) -> float | None:
    """Pearson's r = cov(x, y) / (sd x · sd y); nothing where either is constant."""
    if len(one) < 3:
        return None
    x, y = one - one.mean(), other - other.mean()
    size = np.sqrt((x @ x) * (y @ y))
    return float(x @ y / size) if size > 1e-12 * len(one) else None


def efficiency(own: Values, rest: Values) -> float | None:
    """Discriminative efficiency: cov(x, rest) by the largest that it could be, where both are put in order (Moodle)."""
    if len(own) < 3:
        return None
    most = np.sort(own) @ (np.sort(rest) - rest.mean())
    return None if abs(most) < 1e-12 else float(own @ (rest - rest.mean()) / most)


def possible(own: Values, rest: Values) -> float | None:
    """The largest correlation that these points allow, where both are put in order."""
    return correlation(np.sort(own), np.sort(rest))


def effective_weights(scores: Values) -> list[float | None]:
    """How much each column (students × columns, in points) moves the total: √cov(xᵢ, T) / Σ √cov(xⱼ, T) (Moodle); nothing of one that moves it the other way."""
    centred = scores - scores.mean(axis=0)
    shared = centred.T @ centred.sum(axis=1)
    roots = np.sqrt(shared.clip(min=0))
    whole = roots.sum()
    return [
        float(root / whole) if one > 0 and whole else None
        for root, one in zip(roots, shared, strict=True)
    ]


def parted(rest: Values, parts: int) -> np.ndarray:
    """0 for the part of the students with the least, to ``parts`` − 1; who has the same stands in the same part."""
    ranks = np.searchsorted(np.sort(rest), rest, side="left")
    return np.asarray((ranks * parts) // max(len(rest), 1))


def curve(own: Values, rest: Values) -> list[float | None]:
    """The mean share in each fifth of the class, by the rest of the paper."""
    fifth = parted(rest, FIFTHS)
    return [float(own[fifth == n].mean()) if (fifth == n).any() else None for n in range(FIFTHS)]
