"""What an answer shape says of one answer."""

from __future__ import annotations

from enum import StrEnum
from fractions import Fraction

from msgspec import Struct

from reference.language.expression import Expression


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

    ``given``: a wrong expression of the right shape, for another look at it.
    """

    verdict: Verdict
    share: Fraction = NOTHING
    message: str = ""
    understood: str = ""  # LaTeX
    given: Expression | None = None
