"""One variant: drawn, stored, or the pinned one of a source exam."""

from __future__ import annotations

import functools
from collections.abc import Sequence

from msgspec import Struct

from grader.answers import Key, show_number
from grader.bank import Exercise
from grader.drawing.draw import Draw
from grader.drawing.faults import judge
from grader.drawing.restoring import columns, printed
from grader.drawing.solving import Solved
from grader.model import Blank

DIGITS = 4  # of a number that is offered


class Variant(Struct, frozen=True, dict=True):
    """One variant: a row of solved columns."""

    solved: Solved
    row: int

    @property
    def exercise(self) -> Exercise:
        return self.solved.model.exercise

    @functools.cached_property
    def draw(self) -> Draw:
        return self.solved.columns.draw(self.row)

    @property
    def addresses(self) -> list[str]:
        """The addresses of its blanks."""
        return [blank.address for blank in self.solved.model.blanks]

    @property
    def keys(self) -> dict[str, tuple[Blank, Key]]:
        return self.solved.keys(self.row)

    @property
    def offers(self) -> dict[str, str]:
        """Address and id of an option → its number, as a student reads it."""
        named = {
            f"{blank.address}.{option}": name
            for blank in self.solved.model.blanks
            for option, name in blank.numbers.items()
        }
        if not named:
            return {}
        values = self.solved.at([self.row], named.values())
        return {
            option: show_number(float(f"{values[name].item():.{DIGITS}g}"))
            for option, name in named.items()
        }


def restored(exercise: Exercise, draws: Sequence[Draw]) -> list[Variant]:
    """The variants of stored draws, in order."""
    found: dict[int, Variant] = {}
    for group in columns(exercise, draws):
        solved = Solved(group)
        found |= {place: Variant(solved, row) for row, place in enumerate(group.rows)}
    return [found[place] for place in range(len(draws))]


def printed_variant(exercise: Exercise) -> Variant:
    """The pinned variant, good or not."""
    [group] = columns(exercise, [printed(exercise)])
    return Variant(judge(group), 0)
