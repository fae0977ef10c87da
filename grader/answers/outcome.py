"""What an answer shape says of one answer."""

from __future__ import annotations

from enum import StrEnum
from fractions import Fraction
from typing import Any

from msgspec import Struct

from grader.answers.notes import Note, said, sentences
from reference.language.errors import LanguageError


class Verdict(StrEnum):
    """What a mark says; ``not_as_asked``, ``unreadable``, ``waiting`` and ``error`` are never counted as wrong."""

    CORRECT = "correct"
    PARTIAL = "partial"
    FOLLOW_THROUGH = "follow_through"
    INCORRECT = "incorrect"
    NOT_AS_ASKED = "not_as_asked"  # right in value, but not in the names or the form asked for
    BLANK = "blank"
    UNREADABLE = "unreadable"
    WAITING = "waiting"  # for a person to mark it
    ERROR = "error"


ALL, NOTHING = Fraction(1), Fraction(0)  # of the points; these very objects where many are marked


class Outcome(Struct, frozen=True):
    """What one answer shape says of one answer; ``share`` of the points, from 0 to 1.

    ``given``: an answer as its key read it, where another look at it may tell more: a wrong one of the right shape, and
    any number or matrix, from which others may follow. Many outcomes are held at a time, so it is small: a number,
    rows of numbers, an expression. ``alike``: the class of a wrong answer: within one blank and structure, answers of
    one class are equal. ``chosen``: the ids of options, in the order in which they were given.
    """

    verdict: Verdict
    share: Fraction = NOTHING
    notes: tuple[Note, ...] = ()
    understood: str = ""  # LaTeX
    given: Any = None
    alike: str = ""
    chosen: tuple[str, ...] = ()

    @property
    def message(self) -> str:
        """All that is said of the answer, for staff."""
        return sentences(self.notes)


def not_as_asked(note: Note, understood: str) -> Outcome:
    """The outcome for an answer that has the value of the key, and not the names or the form."""
    return Outcome(Verdict.NOT_AS_ASKED, NOTHING, (note,), understood)


def unreadable(error: LanguageError) -> Outcome:
    """The outcome for a text that we could not read; it says where."""
    return Outcome(Verdict.UNREADABLE, NOTHING, said("unread", text=placed(error)))


def placed(error: LanguageError) -> str:
    """What is wrong with a text, and at which column."""
    return f"column {error.column}: {error.message}" if error.column else error.message
