"""Are two papers more alike than two students of their ability are by chance?

The generalised binomial test: the number of items on which two students gave the same answer, right or wrong, is a sum of independent
chances. Van der Linden and Sotaridona, *Detecting answer copying when the regular response process follows a known response model*,
J. Educ. Behav. Stat. 31 (2006). The chance that two give the same answer to an item is taken from how often those of their
fifths of the class gave each answer.
"""

from __future__ import annotations

import numpy as np
from msgspec import Struct

from grader.analysis.intervals import Values
from grader.analysis.items import FIFTHS, parted

Codes = np.ndarray  # students × items: what was answered, by number; −1 where nothing can be said
LEVEL = 0.05  # that any pair is named by chance
SCREEN = 2.5  # standard deviations above what is expected, below which no pair can be named
AT_A_TIME = 256  # students that are compared with all others


class Pair(Struct, frozen=True):
    """Two students, by their places, with the answers that they share, how many chance explains, and how likely that many are."""

    first: int
    second: int
    shared: int
    of: int
    expected: float
    probability: float


class Similarity(Struct, frozen=True):
    """All that was compared: ``identical`` pairs agree on all items, of which ``by_chance`` are expected; ``named``: beyond Bonferroni's bound."""

    pairs: int
    identical: int
    by_chance: float
    named: tuple[Pair, ...]


def similar(codes: Codes, ability: Values) -> Similarity:
    """Compare all pairs on the items that both had with the same key."""
    count = len(codes)
    pairs = count * (count - 1) // 2
    fifth = parted(ability, FIFTHS)
    chance = chances(codes, fifth)
    identical, by_chance, found = 0, 0.0, list[Pair]()
    for first in range(0, count, AT_A_TIME):
        rows = np.arange(first, min(first + AT_A_TIME, count))
        same, expected, doubtful = compared(codes, fifth, chance, rows)
        identical += same
        by_chance += expected
        found += doubtful
    named = [one for one in found if one.probability * pairs < LEVEL]
    return Similarity(pairs, identical, by_chance, tuple(sorted(named, key=by_probability)))


def by_probability(pair: Pair) -> float:
    return pair.probability


def chances(codes: Codes, fifth: np.ndarray) -> np.ndarray:
    """(fifths, fifths, items): how likely one of each gives the same answer: Σₐ P(a | one) P(a | other)."""
    found = np.zeros((FIFTHS, FIFTHS, codes.shape[1]))
    for item, column in enumerate(codes.T):
        answers = np.unique(column[column >= 0])
        shares = np.zeros((FIFTHS, len(answers)))
        for part in range(FIFTHS):
            own = column[(fifth == part) & (column >= 0)]
            if len(own):
                shares[part] = [(own == one).mean() for one in answers]
        found[:, :, item] = shares @ shares.T
    return found


def compared(
    codes: Codes, fifth: np.ndarray, chance: np.ndarray, rows: np.ndarray
) -> tuple[int, float, list[Pair]]:
    """Some students with all that stand behind them: identical pairs, those expected, and pairs to look at."""
    shape = len(rows), len(codes)
    shared, both = np.zeros(shape, dtype=np.int32), np.zeros(shape, dtype=np.int32)
    mean, variance, logarithm = np.zeros(shape), np.zeros(shape), np.zeros(shape)
    for item, column in enumerate(codes.T):
        own = column[rows][:, None]
        asked = (own >= 0) & (column >= 0)
        likely = chance[fifth[rows]][:, fifth, item]
        shared += asked & (own == column)
        both += asked
        mean += np.where(asked, likely, 0)
        variance += np.where(asked, likely * (1 - likely), 0)
        logarithm += np.where(asked, np.log(likely.clip(min=1e-300)), 0)
    later = (np.arange(len(codes)) > rows[:, None]) & (both > 0)
    identical = int((later & (shared == both)).sum())
    doubtful = later & (shared - mean > SCREEN * np.sqrt(variance.clip(min=1e-12)))
    pairs = [
        pair(codes, fifth, chance, int(rows[row]), int(other))
        for row, other in zip(*np.nonzero(doubtful), strict=True)
    ]
    return identical, float(np.exp(logarithm)[later].sum()), pairs


def pair(codes: Codes, fifth: np.ndarray, chance: np.ndarray, first: int, second: int) -> Pair:
    asked = (codes[first] >= 0) & (codes[second] >= 0)
    likely = chance[fifth[first], fifth[second]][asked]
    shared = int((codes[first] == codes[second])[asked].sum())
    return Pair(first, second, shared, len(likely), float(likely.sum()), at_least(shared, likely))


def at_least(hits: int, chances: Values) -> float:
    """The probability of so many hits or more among independent ones of these chances."""
    found = np.ones(1)
    for one in chances:
        found = np.convolve(found, [1 - one, one])
    return float(found[hits:].sum())
