"""What a student handed in for an exercise, and its marks."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from grader.answers import Verdict


class Mark(Struct, frozen=True, omit_defaults=False):
    """Verdict, points and message for one blank."""

    verdict: Verdict
    points: float
    out_of: float
    message: str = ""
    understood: str = ""


class Marks(Struct, frozen=True, omit_defaults=True):
    """The marks of one student's answers to one exercise."""

    student: str
    exercise: str
    seed: int | str
    points: float
    out_of: float
    marks: dict[str, Mark] = {}
    notes: list[str] = []


class Answers(Struct, frozen=True, forbid_unknown_fields=True):
    """One student's answers to one variant, by address of the blank within the exercise."""

    exercise: str
    seed: int | str
    answers: dict[str, str]
    student: str = ""


LOOK = (Verdict.UNREADABLE, Verdict.WAITING, Verdict.ERROR)


def to_look_at(marks: Sequence[Marks]) -> int:
    """How many of these marks a person must look at."""
    return sum(mark.verdict in LOOK for one in marks for mark in one.marks.values())
