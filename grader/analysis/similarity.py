"""Are two papers more alike than two students of their ability are by chance?

The generalised binomial test: the number of items on which two students gave the same answer, right or wrong, is a sum of independent
chances. Van der Linden and Sotaridona, *Detecting answer copying when the regular response process follows a known response model*,
J. Educ. Behav. Stat. 31 (2006). The chance that two give the same answer to an item is taken from how often those of their
fifths of the class gave each answer.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from msgspec import Struct

from grader.analysis.intervals import Values
from grader.analysis.items import FIFTHS, parted

Codes = np.ndarray  # students × items, by number; −1 where nothing can be said
LEVEL = 0.05  # that any pair is named by chance
SCREEN = 2.5  # standard deviations above what is expected, below which no pair can be named
AT_A_TIME = 128  # students that are compared with others of a fifth
LOOKED_AT = 10_000  # pairs whose probabilities are computed together
LEAST = 1e-300  # instead of 0, whose logarithm there is none of


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


def similar(answers: Codes, keys: Codes, ability: Values) -> Similarity:
    """Compare all pairs on the items that both had with the same key; ``keys``: of each item by itself, from 0 on."""
    count = len(answers)
    pairs = count * (count - 1) // 2
    answers, keys = np.where(keys < 0, -1, answers).astype(np.int32), keys.astype(np.int32)
    fifth = parted(ability, FIFTHS)
    chance = [chances(*each, fifth) for each in zip(answers.T, keys.T, strict=True)]
    identical, by_chance, named = 0, 0.0, list[Pair]()
    for rows, others in blocks(fifth):
        same, expected, doubtful = compared(answers, keys, fifth, chance, rows, others)
        identical += same
        by_chance += expected
        named += [one for one in doubtful if one.probability * pairs < LEVEL]
    return Similarity(pairs, identical, by_chance, tuple(sorted(named, key=by_probability)))


def by_probability(pair: Pair) -> tuple[float, int, int]:
    return pair.probability, pair.first, pair.second


def blocks(fifth: np.ndarray) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Some students of one fifth, and all of another, or of the same from the first of them on."""
    parts = [np.flatnonzero(fifth == part) for part in range(FIFTHS)]
    for place, part in enumerate(parts):
        for first in range(0, len(part), AT_A_TIME):
            rows = part[first : first + AT_A_TIME]
            yield from (
                (rows, others) for others in (part[first:], *parts[place + 1 :]) if len(others)
            )


def chances(answers: np.ndarray, keys: np.ndarray, fifth: np.ndarray) -> np.ndarray:
    """(keys, fifths, fifths) of one item: how likely one of each gives the same answer: Σₐ P(a | one) P(a | other)."""
    found = np.zeros((int(keys.max(initial=0)) + 1, FIFTHS, FIFTHS))
    for key in np.unique(keys[keys >= 0]):
        own = keys == key
        _, places = np.unique(answers[own], return_inverse=True)
        counts = np.zeros((FIFTHS, int(places.max()) + 1))
        np.add.at(counts, (fifth[own], places), 1)
        shares = counts / counts.sum(axis=1, keepdims=True).clip(min=1)
        found[key] = shares @ shares.T
    return found


def compared(
    answers: Codes,
    keys: Codes,
    fifth: np.ndarray,
    chance: Sequence[np.ndarray],
    rows: np.ndarray,
    others: np.ndarray,
) -> tuple[int, float, list[Pair]]:
    """Some students with others: identical pairs, those expected, and pairs to look at."""
    shape, here = (len(rows), len(others)), (fifth[rows[0]], fifth[others[0]])
    shared, both = np.zeros(shape, dtype=np.int16), np.zeros(shape, dtype=np.int16)
    mean, variance = np.zeros(shape, dtype=np.float32), np.zeros(shape, dtype=np.float32)
    logarithm = np.zeros(shape)
    for item, table in enumerate(chance):
        key = keys[rows, item]
        likely = table[key, *here][:, None]
        asked = (key[:, None] == keys[others, item]) & (key >= 0)[:, None]
        both += asked
        shared += asked & (answers[rows, item][:, None] == answers[others, item])
        mean += asked * likely.astype(np.float32)
        variance += asked * (likely * (1 - likely)).astype(np.float32)
        logarithm += asked * np.log(likely.clip(min=LEAST))
    there = both > 0
    if here[0] == here[1]:
        there &= others > rows[:, None]  # each pair once
    identical = int(np.count_nonzero(there & (shared == both)))
    doubtful = there & (shared - mean > SCREEN * np.sqrt(variance.clip(min=1e-12)))
    found = np.nonzero(doubtful)
    pairs = looked_at(answers, keys, fifth, chance, rows[found[0]], others[found[1]])
    return identical, float(np.exp(logarithm)[there].sum()), pairs


def looked_at(
    answers: Codes,
    keys: Codes,
    fifth: np.ndarray,
    chance: Sequence[np.ndarray],
    one: np.ndarray,
    other: np.ndarray,
) -> list[Pair]:
    """Pairs with their probabilities."""
    found = list[Pair]()
    for first in range(0, len(one), LOOKED_AT):
        a, b = one[first : first + LOOKED_AT], other[first : first + LOOKED_AT]
        asked = (keys[a] == keys[b]) & (keys[a] >= 0)
        shared = (asked & (answers[a] == answers[b])).sum(axis=1)
        likely = np.column_stack(
            [table[keys[a, item], fifth[a], fifth[b]] for item, table in enumerate(chance)]
        )
        likely = np.where(asked, likely, 0.0)
        about = np.minimum(a, b), np.maximum(a, b), shared, asked.sum(axis=1), likely.sum(axis=1)
        rows = zip(*(each.tolist() for each in (*about, at_least(shared, likely))), strict=True)
        found += [Pair(*row) for row in rows]
    return found


def at_least(hits: np.ndarray, chances: Values) -> Values:
    """The probability of so many hits or more among independent ones of these chances, (pairs, items); 0 for what is no chance."""
    found = np.zeros((len(hits), chances.shape[1] + 1))
    found[:, 0] = 1
    for column in chances.T[:, :, None]:
        found[:, 1:] = found[:, 1:] * (1 - column) + found[:, :-1] * column
        found[:, :1] *= 1 - column
    return np.asarray(np.where(np.arange(found.shape[1]) >= hits[:, None], found, 0).sum(axis=1))
