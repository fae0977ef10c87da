"""Where things stand, so that lines are straight and nothing overlaps."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from itertools import accumulate, pairwise
from typing import NamedTuple

from grader.figures.layering import Layered, passing

ROUNDS = 24
GAP = 8.0  # between two items of a column
LIGHT = 0.05  # the pull of what hangs on one other thing alone, as a bias does
AISLE = 30.0  # between two columns, at least
SLOPE = 0.3  # the share of a step's height that its aisle is wide

Size = tuple[float, float]


def spread(
    wanted: Sequence[float], apart: Sequence[float], weights: Sequence[float] | None = None
) -> list[float]:
    """The places nearest to those ``wanted``, in their order, where neighbour i + 1 is ``apart[i]`` on.

    Nearest by the weighted sum of squares, by pooling those that are too near: Ayer et al. (1955).
    """
    shifts = [0.0, *accumulate(apart)][: len(wanted)]
    pools: list[tuple[float, float, int]] = []  # weight, level, how many
    for target, shift, weight in zip(wanted, shifts, weights or [1.0] * len(shifts), strict=True):
        pools.append((weight, target - shift, 1))
        while len(pools) > 1 and pools[-2][1] > pools[-1][1]:
            (one, low, some), (other, high, more) = pools[-2:]
            level = (one * low + other * high) / (one + other)
            pools[-2:] = [(one + other, level, some + more)]
    levels = [level for _, level, count in pools for _ in range(count)]
    return [level + shift for level, shift in zip(levels, shifts, strict=True)]


def heights(graph: Layered, sizes: Mapping[str, Size], light: Collection[str]) -> dict[str, float]:
    """The height of the middle of each item, the topmost edge at 0; ``light`` items make way."""
    near: dict[str, list[tuple[str, float]]] = {item: [] for item in sizes}
    for one, other in graph.steps:
        pull = 1.0 + 2.0 * (passing(one) + passing(other))
        near[one].append((other, pull))
        near[other].append((one, LIGHT if one in light else pull))
    found: dict[str, float] = {}
    columns = [prepared(column, sizes, light) for column in graph.columns]
    for column in columns:
        column.place(dict.fromkeys(column.items, 0.0), found)
    for turn in range(ROUNDS):
        for column in columns[:: 1 - 2 * (turn % 2)]:
            wanted = {item: pulled(near[item], found, found[item]) for item in column.items}
            column.place(wanted, found)
    for _, chain in graph.chains:
        straighten(chain[1:-1], graph, sizes, found)
    top = min((found[item] - sizes[item][1] / 2 for item in found), default=0.0)
    return {item: middle - top for item, middle in found.items()}


def pulled(near: Sequence[tuple[str, float]], found: Mapping[str, float], own: float) -> float:
    if not near:
        return own
    weight = total = 0.0
    for item, pull in near:
        weight += pull
        total += found[item] * pull
    return total / weight


class Column(NamedTuple):
    """Items below each other, how far neighbours are apart at least, and how much each resists."""

    items: Sequence[str]
    apart: Sequence[float]
    weights: Sequence[float]

    def place(self, wanted: Mapping[str, float], found: dict[str, float]) -> None:
        places = spread([wanted[item] for item in self.items], self.apart, self.weights)
        found |= zip(self.items, places, strict=True)


def prepared(items: Sequence[str], sizes: Mapping[str, Size], light: Collection[str]) -> Column:
    apart = [(sizes[one][1] + sizes[other][1]) / 2 + GAP for one, other in pairwise(items)]
    return Column(items, apart, [LIGHT if item in light else 1.0 for item in items])


def straighten(
    inner: Sequence[str], graph: Layered, sizes: Mapping[str, Size], found: dict[str, float]
) -> None:
    """Give all places that an edge goes through one height, where their columns have room for it."""
    low, high = -math.inf, math.inf
    for item in inner:
        column = next(column for column in graph.columns if item in column)
        place = column.index(item)
        for other in column[max(place - 1, 0) : place]:
            low = max(low, found[other] + (sizes[other][1] + sizes[item][1]) / 2 + GAP)
        for other in column[place + 1 : place + 2]:
            high = min(high, found[other] - (sizes[other][1] + sizes[item][1]) / 2 - GAP)
    if len(inner) > 1 and low <= high:
        middle = sum(found[item] for item in inner) / len(inner)
        found |= dict.fromkeys(inner, min(max(middle, low), high))


def spans(
    graph: Layered, sizes: Mapping[str, Size], tops: Mapping[str, float]
) -> list[tuple[float, float]]:
    """Left and right edge of each column; aisles are wider where lines are steep."""
    columns = {item: number for number, column in enumerate(graph.columns) for item in column}
    rise = [0.0] * len(graph.columns)
    for one, other in graph.steps:
        place = columns[one]
        rise[place] = max(rise[place], abs(tops[one] - tops[other]))
    found: list[tuple[float, float]] = []
    left = 0.0
    for column, height in zip(graph.columns, rise, strict=True):
        right = left + max((sizes[item][0] for item in column), default=0.0)
        found.append((left, right))
        left = right + max(AISLE, SLOPE * height)
    return found
