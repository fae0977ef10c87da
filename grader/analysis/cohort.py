"""A class as columns: who reached what in which blank, what was answered there, and what was asked."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Mapping
from typing import Any, Generic, TypeVar

import numpy as np
from msgspec import Struct

from grader.answers import Verdict
from grader.drawing import Variant

One = TypeVar("One")
WRONG = (Verdict.INCORRECT, Verdict.PARTIAL)
NOBODY = -1
Grid = np.ndarray  # students × columns


class Part(Struct, frozen=True):
    """An exercise in a slot of the quiz."""

    slot: int
    exercise: str


class Column(Struct, frozen=True):
    """One blank of an exercise that stands in a slot of the quiz; ``kind``: of its answer."""

    slot: int
    exercise: str
    address: str
    kind: str = ""

    @property
    def name(self) -> str:
        return f"{self.exercise}/{self.address}"

    @property
    def part(self) -> Part:
        return Part(self.slot, self.exercise)


class Response(Struct, frozen=True):
    """What some students answered. Of a right answer, only that it was right, and the options chosen.

    ``structure``: by its place among those of the exercise. ``quantity``: what the number is in the student's own variant.
    ``misconception``: its name, and what is said of it.
    """

    structure: int
    verdict: str
    text: str = ""
    understood: str = ""
    alike: str = ""
    chosen: tuple[str, ...] = ()
    misconception: tuple[str, str] = ("", "")
    quantity: str = ""

    @property
    def is_wrong(self) -> bool:
        return self.verdict in WRONG


class Asked(Struct, frozen=True):
    """What a variant asks in a blank: the options shown, the right ones, and the misconceptions that an answer can show."""

    options: tuple[str, ...] = ()
    right: tuple[str, ...] = ()
    showable: frozenset[tuple[str, str]] = frozenset()


class Table(Generic[One]):
    """Things that many share, each kept once, by number."""

    def __init__(self) -> None:
        self.places: dict[One, int] = {}

    def __getitem__(self, place: int) -> One:
        return self.all[place]

    def place(self, one: One) -> int:
        return self.places.setdefault(one, len(self.places))

    @property
    def all(self) -> list[One]:
        return [*self.places]


class Answers:
    """The answers to one blank: a row for each, in arrays, as there are many."""

    def __init__(self) -> None:
        self.student, self.response, self.asked = array("i"), array("i"), array("i")
        self.earned, self.out_of = array("d"), array("d")
        self.responses, self.all_asked = Table[Response](), Table[Asked]()

    def filled(self, name: str, count: int, empty: float, kind: Any = np.float64) -> np.ndarray:
        """One of the arrays, by student."""
        found = np.full(count, empty, dtype=kind)
        found[np.frombuffer(self.student, dtype=np.int32)] = getattr(self, name)
        return found


class Cohort(Struct, frozen=True):
    """A class. All grids are students × columns, or × parts.

    ``earned``: points; none where an answer is missing: it waits, failed or could not be read; 0 of 0 where a blank was not asked.
    ``responses``, ``asked``: by number in the tables of the column, −1 where there is none. ``structures``: of each part, by number
    in ``choices``; ``predicted``: difficulty. ``missing``: why answers are; ``samples``: a variant of each structure of an exercise.
    """

    students: list[str]
    roster: list[Mapping[str, str]]
    columns: list[Column]
    parts: list[Part]
    earned: Grid
    out_of: Grid
    responses: Grid
    asked: Grid
    response_tables: list[list[Response]]
    asked_tables: list[list[Asked]]
    structures: Grid
    choices: Mapping[str, list[Mapping[str, str]]]
    predicted: Grid
    missing: Mapping[str, int]
    answers: int
    absent: int = 0
    unread: int = 0
    samples: Mapping[tuple[str, int], Variant] = {}

    @property
    def count(self) -> int:
        return len(self.students)

    def of(self, part: Part) -> list[int]:
        """The places of the columns of a part."""
        return [place for place, one in enumerate(self.columns) if one.part == part]


class Builder:
    """Takes marks one by one, and makes a cohort of them."""

    def __init__(self) -> None:
        self.students, self.parts = Table[str](), Table[Part]()
        self.roster: dict[int, Mapping[str, str]] = {}
        self.answers: dict[Column, Answers] = {}
        self.structures: dict[str, Table[tuple[tuple[str, str], ...]]] = {}
        self.rows: dict[Part, dict[int, tuple[int, float]]] = {}
        self.missing = Counter[str]()
        self.samples: dict[tuple[str, int], Variant] = {}
        self.unread = 0

    def column(self, slot: int, exercise: str, address: str, kind: str) -> Answers:
        return self.answers.setdefault(Column(slot, exercise, address, kind), Answers())

    def structure(self, exercise: str, choices: Mapping[str, str]) -> int:
        table = self.structures.setdefault(exercise, Table())
        return table.place(tuple(sorted(choices.items())))

    def cohort(self, absent: int = 0) -> Cohort:
        """All that was taken, in the order of the slots."""
        parts = sorted(self.parts.all, key=lambda one: one.slot)
        order = {part: place for place, part in enumerate(parts)}
        columns = sorted(self.answers, key=lambda one: order[one.part])
        own, count = [self.answers[one] for one in columns], len(self.students.places)

        def grid(name: str, empty: float, kind: Any = np.float64) -> Grid:
            found = [one.filled(name, count, empty, kind) for one in own]
            return np.column_stack(found) if found else np.zeros((count, 0), dtype=kind)

        structures, predicted = self.of_parts(parts, count)
        return Cohort(
            self.students.all,
            [self.roster.get(place, {}) for place in range(count)],
            columns,
            parts,
            grid("earned", 0),
            grid("out_of", 0),
            grid("response", NOBODY, np.int32),
            grid("asked", NOBODY, np.int32),
            [one.responses.all for one in own],
            [one.all_asked.all for one in own],
            structures,
            {name: [*map(dict, table.all)] for name, table in self.structures.items()},
            predicted,
            self.missing,
            sum(len(one.student) for one in own),
            absent,
            self.unread,
            self.samples,
        )

    def of_parts(self, parts: list[Part], count: int) -> tuple[Grid, Grid]:
        """Structure and predicted difficulty by student and part."""
        structures = np.full((count, len(parts)), NOBODY, dtype=np.int32)
        predicted = np.full((count, len(parts)), np.nan)
        for place, part in enumerate(parts):
            for student, (structure, difficulty) in self.rows[part].items():
                structures[student, place], predicted[student, place] = structure, difficulty
        return structures, predicted
