"""Lines to be put in order."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace

from grader.answers import Key, LinePart, OrderKey, letter
from grader.errors import Place
from grader.pools.deciding import Direction, in_order, tied
from grader.pools.pool import (
    NOTHING,
    Identifier,
    Path,
    Reason,
    Spare,
    Statement,
    Told,
    by_words,
    check_ids,
    check_letters,
    check_number,
    said_of,
    strangers,
    under,
    wording,
)
from grader.words import counted


class Line(Statement, frozen=True, forbid_unknown_fields=True):
    """A line that belongs.

    ``text``: What students read.
    ``because``: Why it stands where it does; told with the solution.
    ``source``: A book or paper that bears it out; students never see it.
    ``value``: The number by which it is put in order, where the order is `ascending` or `descending`.
    """

    value: str = ""


class Order(Struct, frozen=True, forbid_unknown_fields=True):
    """Lines in their right order, shown in another one, and distractors that do not belong.

    ``lines``: Id → line, alone or with what stands behind it, in the right order; all are shown.
    ``right``: The right order where each line has a `value`: `ascending` or `descending`; else it is yours.
    ``distractors``: Id → line that does not belong, in the same way.
    ``show_distractors``: How many distractors a student sees; all unless given.
    ``part``: What is earned by the lines that stand in the right order, less those used that do not belong: their share, `lines`; `half`, the same from half of the lines on; or `nothing`.
    ``source``: Books or papers that bear out what the pool says; students never see it.
    """

    lines: dict[Identifier, str | Line]
    right: Direction | None = None
    distractors: dict[Identifier, str | Statement] = {}
    show_distractors: Spare | None = None
    part: LinePart = LinePart.LINES
    source: str = ""


def value_of(line: str | Line) -> str:
    """The number by which a line is put in order; empty where it has none."""
    return "" if isinstance(line, str) else line.value


class LinePool(Struct, frozen=True):
    """All lines and some distractors, shuffled."""

    given: Order

    hint = "the letters of the lines in their order, such as c a d b"
    standard = None
    claims = NOTHING

    @property
    def ranked(self) -> Mapping[Path, str]:
        if self.given.right is None:
            return {}
        lines = self.given.lines
        return {("lines", name, "value"): value_of(line) for name, line in lines.items()}

    def settled(self, order: Sequence[str], values: Mapping[str, float]) -> LinePool:
        if self.given.right is None:
            return self
        names = in_order([*self.given.lines], values)
        if self.given.right is Direction.DESCENDING:
            names.reverse()
        lines = {name: self.given.lines[name] for name in names}
        return replace(self, given=replace(self.given, lines=lines, right=None))

    def unfit(self, order: Sequence[str], values: Mapping[str, float]) -> bool:
        return self.given.right is not None and tied(in_order([*self.given.lines], values), values)

    @property
    def spare(self) -> int:
        """How many distractors are shown."""
        shown = self.given.show_distractors
        return len(self.given.distractors) if shown is None else shown

    @property
    def count(self) -> int:
        return len(self.given.lines) + self.spare

    @property
    def width(self) -> int:
        return len(self.given.lines) + 2 * len(self.given.distractors)

    @property
    def arrangements(self) -> int:
        return math.comb(len(self.given.distractors), self.spare) * math.factorial(self.count)

    def draw(self, words: Sequence[int]) -> list[str]:
        spare = by_words(self.given.distractors, words)[: self.spare]
        return by_words([*self.given.lines, *spare], words[len(self.given.distractors) :])

    def pinned(self, given: list[str]) -> list[str]:
        return given

    def misfit(self, order: Sequence[str]) -> str:
        missing = [line for line in self.given.lines if line not in order]
        gap = f"the line '{missing[0]}' is missing" if missing else ""
        return strangers(order, self.offers) or gap

    def key(self, order: Sequence[str]) -> Key:
        return OrderKey(tuple(self.given.lines), tuple(order), self.offers, self.given.part)

    def shown(self, order: Sequence[str]) -> tuple[list[str], list[str]]:
        return [], [self.offers[name] for name in order]

    @property
    def offers(self) -> dict[str, str]:
        return wording({**self.given.lines, **self.given.distractors})

    def reasons(self, order: Sequence[str]) -> list[Reason]:
        """Of the lines in their right order, then of those that do not belong."""
        lines, strange = self.given.lines, self.given.distractors
        places = {name: f"is line {place}" for place, name in enumerate(lines, start=1)}
        given = {**lines, **{name: strange[name] for name in order if name in strange}}
        return [
            Reason(letter(order, name), places.get(name, "does not belong"), "".join(said_of(one)))
            for name, one in given.items()
        ]

    @property
    def statements(self) -> Mapping[Path, Told]:
        return {**under("lines", self.given.lines), **under("distractors", self.given.distractors)}

    @property
    def texts(self) -> list[str]:
        return list(self.offers.values())

    def check(self, at: Place) -> None:
        lines, distractors = self.given.lines, self.given.distractors
        check_number(self.count, at)
        if len(lines) < 2:
            at["lines"].report("expected at least two lines")
        for name, line in lines.items():
            if bool(value_of(line)) is not bool(self.given.right):
                message = (
                    "each line needs a 'value', and 'right' beside 'lines' says which way they go"
                )
                at["lines"][name].report(message)
        if self.spare > len(distractors):
            most = counted(len(distractors), "distractor")
            message = f"expected at most {most}, found {self.spare}"
            at["show_distractors"].report(message)
        for name in [name for name in distractors if name in lines]:
            at["distractors"][name].key.report(f"'{name}' is also the id of a line")
        for place, names in (("lines", lines), ("distractors", distractors)):
            check_ids(names, at[place])
            check_letters(names, self.count, at[place])
