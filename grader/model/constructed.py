"""What a student constructs, before anything is drawn, and how each variant asks for it."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct

from grader.answers import Construct, ConstructKey, Key, Rows, Wanted
from reference.language.dimensions import Shape, Size, length
from reference.language.values import Array
from reference.network import Network
from reference.properties.comparison import Comparison
from reference.properties.points import Every
from reference.properties.trying import Edge, Task


class ConstructAsked(Struct, frozen=True, eq=False, dict=True):
    """What a student constructs, before anything is drawn.

    ``given``: name → symbolic shape, domain, and rows that show how to write it. ``network``: with the sides of what must hold,
    and with the entries of a right answer. ``runs``: name → symbolic shape of what has other values from point to point. ``needs``:
    the names whose values must be drawn.
    """

    given: Mapping[str, tuple[Shape, str, Rows]]
    network: Network
    comparisons: tuple[Comparison, ...]
    every: Every
    runs: Mapping[str, Shape]
    entries: Mapping[str, Sequence[Sequence[str]]]
    edge: Edge
    each: bool

    @functools.cached_property
    def needs(self) -> frozenset[str]:
        """What must be drawn: of the sides without what is given and what runs, and of the right answer."""
        free = (
            self.free(self.sides) - self.given.keys() - self.runs.keys() - self.every.columns.keys()
        )
        return free | self.free(self.right) | {*self.every.columns.values()}

    @functools.cached_property
    def sides(self) -> set[str]:
        """What is computed at every point."""
        compared = {name for one in self.comparisons for name in (one.left, one.right)}
        return compared | {*self.every.following.values()}

    @functools.cached_property
    def on_trial(self) -> Network:
        return self.network.pruned(self.sides)

    @functools.cached_property
    def right(self) -> set[str]:
        """The entries of a right answer."""
        return {name for rows in self.entries.values() for row in rows for name in row}

    @functools.cached_property
    def answering(self) -> Network:
        return self.network.pruned(self.right)

    def free(self, names: Iterable[str]) -> frozenset[str]:
        """The names that have no equation, from which some are computed."""
        found = frozenset[str]().union(*map(self.network.ancestors, names))
        return found - self.network.equations.keys()

    @property
    def sizes(self) -> set[Size]:
        """The sizes on which shapes of it depend."""
        given = (shape for shape, _, _ in self.given.values())
        return {size for shape in (*given, *self.runs.values()) for size in shape}

    def parts(self, sizes: Mapping[str, int]) -> dict[str, Wanted]:
        """What is to be given in a variant with these sizes."""
        found = {}
        for name, (shape, domain, sample) in self.given.items():
            rows, columns = in_numbers(shape, sizes)
            found[name] = Wanted((rows, columns), domain, sample or counted(rows, columns))
        return found

    def variant(self, known: Mapping[str, Array], sizes: Mapping[str, int]) -> Construct:
        """All of it in one variant.

        Args:
            known: what was drawn, (1, rows, columns) each.
        """
        runs = {name: in_numbers(shape, sizes) for name, shape in self.runs.items()}
        task = Task(self.on_trial, self.comparisons, self.every, runs)
        parts = self.parts(sizes)
        return Construct(parts, task, known, self.answering, self.entries, self.edge, self.each)


def in_numbers(shape: Shape, sizes: Mapping[str, int]) -> tuple[int, int]:
    """A shape in numbers."""
    rows, columns = shape
    return length(rows, sizes), length(columns, sizes)


def counted(rows: int, columns: int) -> Rows:
    """The numbers 1, 2, 3 …, row by row."""
    return [[float(row * columns + column + 1) for column in range(columns)] for row in range(rows)]


class Constructed(Struct, frozen=True, eq=False):
    """One part of what a student constructs, by its name."""

    name: str
    of: ConstructAsked
    labels: tuple[str, ...] = ()

    def key(self, whole: Construct) -> Key:
        """The key of a variant."""
        return ConstructKey(self.name, whole, self.labels)
