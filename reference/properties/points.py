"""Where comparisons are made: at every point of a grid, at every column of a matrix, or after every string of letters."""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterable, Mapping

import numpy as np
from msgspec import Struct

from reference.language.values import Array
from reference.network import Network

Shapes = Mapping[str, tuple[int, int]]
Values = Mapping[str, Array]  # (points, rows, columns) each

MAX_POINTS = 10_000


class Every(Struct, frozen=True):
    """What runs over several values.

    ``grids``: name → the values of each of its entries, which are combined in all ways. ``columns``: name → the matrix
    whose columns it takes; all of these names take theirs at the same time. ``longest``: where it is not 0, a point is a
    letter, and comparisons are made after every string of up to so many. ``following``: name → what it is at the next
    letter; all of them begin at 0.
    """

    grids: Mapping[str, tuple[float, ...]] = {}
    columns: Mapping[str, str] = {}
    longest: int = 0
    following: Mapping[str, str] = {}


def count(every: Every, shapes: Shapes) -> int:
    """How many points or strings there are."""
    letters = 1
    for name, values in every.grids.items():
        letters *= len(values) ** (shapes[name][0] * shapes[name][1])
    if every.columns:
        letters *= shapes[next(iter(every.columns.values()))][1]
    return sum(letters**length for length in range(1, every.longest + 1)) or letters


def points(every: Every, shapes: Shapes, known: Values) -> dict[str, Array]:
    """Name → its values at every point, or for every letter.

    Args:
        shapes: of the names under ``grids``, in numbers.
        known: the matrices under ``columns``, (1, rows, columns) each.
    """
    parts = [{name: grid(values, shapes[name])} for name, values in every.grids.items()]
    if every.columns:
        columns = every.columns.items()
        parts.append({name: known[of][0].T[:, :, None] for name, of in columns})
    found: dict[str, Array] = {}
    for part in parts:
        found = crossed(found, part)
    return found


def grid(values: Iterable[float], shape: tuple[int, int]) -> Array:
    """All matrices with entries among these values, (points, rows, columns)."""
    every = itertools.product(values, repeat=shape[0] * shape[1])
    return np.array([*every]).reshape(-1, *shape)


def crossed(one: Values, other: Values) -> dict[str, Array]:
    """Every point of one with every point of another."""
    first, second = length(one), length(other)
    repeated = {name: np.repeat(values, second, axis=0) for name, values in one.items()}
    return repeated | {name: np.tile(values, (first, 1, 1)) for name, values in other.items()}


def length(values: Values) -> int:
    """How many points these are the values at; where nothing runs, one."""
    return len(next(iter(values.values()))) if values else 1


def evaluated(
    network: Network, names: Collection[str], every: Every, shapes: Shapes, known: Values
) -> dict[str, Array]:
    """Name → its values at every point, or after every string, shorter ones first.

    Args:
        known: all that the network needs besides what runs, (1, rows, columns) each.
    """
    letters = points(every, shapes, known)
    if not every.longest:
        found = network.evaluate({**known, **letters})
        return {name: spread(found[name], length(letters)) for name in names}
    state = {name: np.zeros((1, *shapes[name])) for name in every.following}
    lots: list[dict[str, Array]] = []
    for _ in range(every.longest):
        here = crossed(state, letters)
        found = network.evaluate({**known, **here})
        lots.append({name: spread(found[name], length(here)) for name in names})
        state = {n: spread(found[what], length(here)) for n, what in every.following.items()}
    return {name: np.concatenate([lot[name] for lot in lots]) for name in names}


def spread(values: Array, count: int) -> Array:
    return np.broadcast_to(values, (count, *values.shape[-2:]))


def string(place: int, letters: int) -> list[int]:
    """The letters of a string by its place among all of them, shorter ones first."""
    size, lengths = letters, 1
    while place >= size:
        place, size, lengths = place - size, size * letters, lengths + 1
    return [place // letters**power % letters for power in range(lengths - 1, -1, -1)]
