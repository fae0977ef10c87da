"""What another program can hold of a key: numbers within a distance, options, pairs, lines in order."""

from __future__ import annotations

from msgspec import Struct

Rows = list[list[float]]


class Entries(Struct, frozen=True):
    """Rows of numbers, each right within its own distance; ``axes`` where there are three or more, of which rows are the last."""

    values: Rows
    within: Rows
    axes: tuple[int, ...] = ()

    @property
    def single(self) -> bool:
        return len(self.values) == len(self.values[0]) == 1


class Ticks(Struct, frozen=True):
    """Which options are right, in the order shown, and what is ``said`` of who chooses one.

    ``scoring``: where several may be chosen; empty where one is.
    """

    right: tuple[bool, ...]
    scoring: str = ""
    said: tuple[str, ...] = ()


class Pairs(Struct, frozen=True):
    """The letter that belongs to each numbered item, of so many letters ``shown``."""

    letters: str
    shown: int


class Lines(Struct, frozen=True):
    """The letters of lines in their right order, of so many ``shown``; ``part``: what is worth points."""

    right: str
    shown: int
    part: str

    @property
    def distractors(self) -> bool:
        return len(self.right) < self.shown


Portable = Entries | Ticks | Pairs | Lines
