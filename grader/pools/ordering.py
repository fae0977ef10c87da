"""Lines to be put in order."""

from __future__ import annotations

import math
from collections.abc import Sequence

from msgspec import Struct

from grader.answers import Key, OrderKey
from grader.errors import Place
from grader.pools.pool import (
    Identifier,
    Spare,
    by_words,
    check_ids,
    check_letters,
    check_number,
    strangers,
)
from grader.words import counted


class Order(Struct, frozen=True, forbid_unknown_fields=True):
    """Lines in their right order, shown in another one, and distractors that do not belong.

    ``lines``: Id → line, in the right order; all are shown.
    ``distractors``: Id → line that does not belong.
    ``show_distractors``: How many distractors a student sees; all unless given.
    """

    lines: dict[Identifier, str]
    distractors: dict[Identifier, str] = {}
    show_distractors: Spare | None = None


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
        return {**self.given.lines, **self.given.distractors}

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
