"""Comparisons at every point, for values that somebody gave and may have rounded."""

from __future__ import annotations

import math
from collections.abc import Mapping
from decimal import Decimal

import numpy as np
from msgspec import Struct

from reference.language.values import Array
from reference.network import Network
from reference.properties.comparison import Comparison, Flags
from reference.properties.points import Every, Shapes, Values, evaluated, length, points, string

FIGURES = 3  # to which a number that is SMALL is given; any other has so many decimals
SMALL = 0.1
DIGITS = 12  # of a float that somebody wrote
MOST = 0.03  # of what is asked, or of 1, that rounding may move a side


class Edge(Struct, frozen=True):
    """How far a side may be off: so much, such a share of what is asked, and what ``rounding`` of what was given does."""

    absolute: float = 0.0
    relative: float = 0.0
    rounding: bool = True


class Task(Struct, frozen=True, eq=False):
    """Comparisons that must hold of a network at every point, whatever is given for some of its names.

    ``shapes``: of what runs, and of what follows a letter, in numbers.
    """

    network: Network
    comparisons: tuple[Comparison, ...]
    every: Every = Every()
    shapes: Shapes = {}


class Miss(Struct, frozen=True, eq=False):
    """The first counterexample.

    ``at``: name → its values there, one after the other for a string. ``entry``: of the sides. ``left``, ``right``: the sides.
    """

    at: Mapping[str, Array]
    comparison: Comparison
    entry: tuple[int, int]
    left: Array
    right: Array


class Trial(Struct, frozen=True, eq=False):
    """How many of all comparisons hold, each entry at each point by itself, and the first that does not."""

    held: int
    tried: int
    miss: Miss | None = None


def tried(task: Task, known: Values, given: Values, edge: Edge) -> Trial:
    """Do all comparisons hold?

    Args:
        known: what was drawn; given: what somebody chose; (1, rows, columns) each.
    """
    with np.errstate(all="ignore"):
        sides = compared(task, {**known, **given})
        edges = [edge.absolute + edge.relative * np.abs(right) for _, right in sides]
        flags = decided(task, sides, edges)
        if edge.rounding and not all(one.all() for one in flags):
            moved = reach(task, known, given, sides)
            edges = [one + by for one, by in zip(edges, moved, strict=True)]
            flags = decided(task, sides, edges)
    held, tried = sum(int(one.sum()) for one in flags), sum(one.size for one in flags)
    miss = first_miss(task, known, sides, flags) if held < tried else None
    return Trial(held, tried, miss)


Sides = list[tuple[Array, Array]]  # (points, rows, columns) each


def compared(task: Task, known: Values) -> Sides:
    """Both sides of every comparison at every point."""
    names = {name for one in task.comparisons for name in (one.left, one.right)}
    found = evaluated(task.network, names, task.every, task.shapes, known)
    sides = []
    for one in task.comparisons:
        left, right = np.broadcast_arrays(found[one.left], found[one.right])
        sides.append((left, right))
    return sides


def decided(task: Task, sides: Sides, edges: list[Array]) -> list[Flags]:
    rows = zip(task.comparisons, sides, edges, strict=True)
    return [one.holds(*pair, edge) for one, pair, edge in rows]


def reach(task: Task, known: Values, given: Values, sides: Sides) -> list[Array]:
    """How far rounding of what was given may have moved the sides apart, by the differences that half a unit makes.

    A side that jumps is moved far by little, which is no rounding: so it is bounded.
    """
    total = [np.zeros(left.shape) for left, _ in sides]
    for name, values in given.items():
        for place in np.ndindex(values.shape):
            half = half_unit(float(values[place]))
            if half:
                both = [moved(task, known, given, name, place, way * half) for way in (1, -1)]
                rows = zip(total, sides, *both, strict=True)
                total = [
                    so_far + np.maximum(*(apart(p, own) for p in ps)) for so_far, own, *ps in rows
                ]
    return [
        np.nan_to_num(np.minimum(one, MOST * np.maximum(1.0, np.abs(right))))
        for one, (_, right) in zip(total, sides, strict=True)
    ]


def moved(
    task: Task, known: Values, given: Values, name: str, place: tuple[int, ...], by: float
) -> Sides:
    """The sides where one entry of what was given is another."""
    values = given[name].copy()
    values[place] += by
    return compared(task, {**known, **given, name: values})


def apart(pair: tuple[Array, Array], own: tuple[Array, Array]) -> Array:
    """How much farther two sides are from each other than two others."""
    return np.abs((pair[0] - pair[1]) - (own[0] - own[1]))


def half_unit(value: float) -> float:
    """Half a unit of the last digit: of three decimals, or three figures of what is small, or as many as there are.

    >>> half_unit(2.0), half_unit(0.22), half_unit(0.0333), half_unit(1.23456), half_unit(0.0)
    (0.0005, 0.0005, 5e-05, 5e-06, 0.0)
    """
    if not value or not math.isfinite(value):
        return 0.0
    exponent = Decimal(f"{value:.{DIGITS}g}").normalize().as_tuple().exponent
    assert isinstance(exponent, int)  # as it is finite
    figures = FIGURES - 1 - math.floor(math.log10(abs(value)))
    return 0.5 * 10.0 ** -max(FIGURES, -exponent, figures if abs(value) < SMALL else 0)


def first_miss(task: Task, known: Values, sides: Sides, flags: list[Flags]) -> Miss:
    """The first point at which a comparison does not hold, and there the first comparison and entry."""
    failing = [np.asarray(~one.all(axis=(-2, -1))) for one in flags]
    point = min(int(one.argmax()) for one in failing if one.any())
    row = next(row for row, one in enumerate(failing) if one[point])
    [entry, *_] = np.argwhere(~flags[row][point])
    place = int(entry[0]), int(entry[1])
    letters = points(task.every, task.shapes, known)
    places = string(point, length(letters)) if task.every.longest else [point]
    left, right = (side[point] for side in sides[row])
    at = {name: values[places] for name, values in letters.items()}
    return Miss(at, task.comparisons[row], place, left, right)
