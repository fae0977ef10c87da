"""A directed graph in columns from left to right, with few crossings.

Every edge is cut into steps from one column to the next; where it passes a column, a place is kept
free for it. So lines and labels cannot meet, whatever the graph. After Sugiyama, Tagawa and Toda,
*Methods for visual understanding of hierarchical system structures* (1981).
"""

from __future__ import annotations

from bisect import bisect_right, insort
from collections.abc import Mapping, Sequence
from itertools import pairwise

from msgspec import Struct

SWEEPS = 12
PASSING = "\x00"  # no name has this sign


class Edge(Struct, frozen=True):
    """An edge; one with a ``label`` has it in a column of its own."""

    source: str
    target: str
    label: str = ""

    @property
    def length(self) -> int:
        return 2 if self.label else 1


def passing(item: str) -> bool:
    """Is it the place of an edge that goes through a column?"""
    return item[0] == PASSING


class Layered(Struct, frozen=True):
    """Items by column, in order from the top; ``chains`` are the items that each edge goes through."""

    columns: tuple[tuple[str, ...], ...]
    chains: tuple[tuple[Edge, tuple[str, ...]], ...]

    @property
    def steps(self) -> list[tuple[str, str]]:
        return [step for _, chain in self.chains for step in pairwise(chain)]


def layered(names: Sequence[str], edges: Sequence[Edge]) -> Layered:
    """The columns of a graph whose ``names`` stand in an order in which they can be computed."""
    places = ranks(names, edges)
    columns: list[list[str]] = [[] for _ in range(max(places.values(), default=0) + 1)]
    for name in names:
        columns[places[name]].append(name)
    chains = []
    for number, edge in enumerate(edges):
        between = range(places[edge.source] + 1, places[edge.target])
        middle = between[(len(between) - 1) // 2] if edge.label else None
        inner = [
            edge.label if place == middle else f"{PASSING}{number} {place}" for place in between
        ]
        for place, item in zip(between, inner, strict=True):
            columns[place].append(item)
        chains.append((edge, (edge.source, *inner, edge.target)))
    return ordered(Layered(tuple(map(tuple, columns)), tuple(chains)))


def ranks(names: Sequence[str], edges: Sequence[Edge]) -> dict[str, int]:
    """Name → column: as far left as its sources allow, and what has none next to where it is used."""
    found = dict.fromkeys(names, 0)
    for name in names:
        before = (found[edge.source] + edge.length for edge in edges if edge.target == name)
        found[name] = max(before, default=0)
    targets = {edge.target for edge in edges}
    for name in names:
        after = [found[edge.target] - edge.length for edge in edges if edge.source == name]
        if name not in targets and after:
            found[name] = min(after)
    return found


def ordered(graph: Layered) -> Layered:
    """The same columns in the order with the fewest crossings that sweeps to and fro find."""
    neighbours: dict[str, tuple[list[str], list[str]]] = {
        item: ([], []) for column in graph.columns for item in column
    }
    for one, other in graph.steps:
        neighbours[one][1].append(other)
        neighbours[other][0].append(one)
    best = current = graph.columns
    for sweep in range(SWEEPS):
        side = sweep % 2  # 0 looks left, so goes from left to right
        current = swept(current, {item: both[side] for item, both in neighbours.items()}, side)
        if crossings(current, graph.steps) < crossings(best, graph.steps):
            best = current
    return Layered(best, graph.chains)


def swept(
    columns: tuple[tuple[str, ...], ...], beside: Mapping[str, Sequence[str]], side: int
) -> tuple[tuple[str, ...], ...]:
    """Each column sorted by the middle of the neighbours on one side."""
    found = []
    place: dict[str, float] = {}
    for column in columns[::-1] if side else columns:
        middles = {
            item: sum(place[other] for other in beside[item]) / len(beside[item])
            if beside[item]
            else (position + 0.5) / len(column)
            for position, item in enumerate(column)
        }
        found.append(tuple(sorted(column, key=middles.__getitem__)))
        place |= {item: (n + 0.5) / len(column) for n, item in enumerate(found[-1])}
    return tuple(found[::-1] if side else found)


def crossings(columns: tuple[tuple[str, ...], ...], steps: Sequence[tuple[str, str]]) -> int:
    """How many pairs of steps cross."""
    place = {item: position for column in columns for position, item in enumerate(column)}
    column_of = {item: number for number, column in enumerate(columns) for item in column}
    by_column: dict[int, list[tuple[int, int]]] = {}
    for one, other in steps:
        by_column.setdefault(column_of[one], []).append((place[one], place[other]))
    count = 0
    for found in by_column.values():
        ends: list[int] = []  # of steps that start further up
        for _, end in sorted(found):
            count += len(ends) - bisect_right(ends, end)
            insort(ends, end)
    return count
