"""Lines to be put in order."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from msgspec import Struct

from grader.answers import Key, OrderKey, letter
from grader.errors import Place
from grader.pools.pool import (
    Identifier,
    Path,
    Reason,
    Spare,
    Statement,
    by_words,
    check_ids,
    check_letters,
    check_number,
    statement,
    strangers,
    under,
    wording,
)
from grader.words import counted


class Order(Struct, frozen=True, forbid_unknown_fields=True):
    """Lines in their right order, shown in another one, and distractors that do not belong.

    ``lines``: Id → line, alone or with what stands behind it, in the right order; all are shown.
    ``distractors``: Id → line that does not belong, in the same way.
    ``show_distractors``: How many distractors a student sees; all unless given.
    ``source``: Books or papers that bear out what the pool says; students never see it.
    """

    lines: dict[Identifier, str | Statement]
    distractors: dict[Identifier, str | Statement] = {}
    show_distractors: Spare | None = None
    source: str = ""


class LinePool(Struct, frozen=True):
    """All lines and some distractors, shuffled."""

    given: Order

    hint = "the letters of the lines in their order, such as c a d b"
    standard = None

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
        return OrderKey(tuple(self.given.lines), tuple(order), self.offers)

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
            Reason(letter(order, name), places.get(name, "does not belong"), statement(one).because)
            for name, one in given.items()
        ]

    @property
    def statements(self) -> Mapping[Path, Statement]:
        return {**under("lines", self.given.lines), **under("distractors", self.given.distractors)}

    @property
    def texts(self) -> list[str]:
        return list(self.offers.values())

    def check(self, at: Place) -> None:
        lines, distractors = self.given.lines, self.given.distractors
        check_number(self.count, at)
        if len(lines) < 2:
            at["lines"].report("expected at least two lines")
        if self.spare > len(distractors):
            most = counted(len(distractors), "distractor")
            message = f"expected at most {most}, found {self.spare}"
            at["show_distractors"].report(message)
        for name in [name for name in distractors if name in lines]:
            at["distractors"][name].key.report(f"'{name}' is also the id of a line")
        for place, names in (("lines", lines), ("distractors", distractors)):
            check_ids(names, at[place])
            check_letters(names, self.count, at[place])
