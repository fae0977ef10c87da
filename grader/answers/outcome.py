"""What an answer shape says of one answer."""

from __future__ import annotations

from enum import StrEnum
from fractions import Fraction
from typing import Any

from msgspec import Struct

from reference.language.errors import LanguageError


class Verdict(StrEnum):
    """What a mark says; ``unreadable``, ``waiting`` and ``error`` are never counted as wrong."""

    CORRECT = "correct"
    PARTIAL = "partial"
    FOLLOW_THROUGH = "follow_through"
    INCORRECT = "incorrect"
    BLANK = "blank"
    UNREADABLE = "unreadable"
    WAITING = "waiting"  # for a person to mark it
    ERROR = "error"


ALL, NOTHING = Fraction(1), Fraction(0)  # of the points; these very objects where many are marked


class Outcome(Struct, frozen=True):
    """What one answer shape says of one answer; ``share`` of the points, from 0 to 1.

    ``given``: an answer as its key read it, where another look at it may tell more: a wrong one of the right shape, and
    any number or matrix, from which others may follow. Many outcomes are held at a time, so it is small: a number, rows of numbers, an expression.
    """

    verdict: Verdict
    share: Fraction = NOTHING
    message: str = ""
    understood: str = ""  # LaTeX
    given: Any = None


def unreadable(error: LanguageError) -> Outcome:
    """The outcome for a text that we could not read; it says where."""
    place = f"column {error.column}: " if error.column else ""
    return Outcome(Verdict.UNREADABLE, NOTHING, place + error.message)
