"""What a student handed in for an exercise, and its marks."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from grader.answers import Level, Note, Verdict, sentences

FOLLOWS = (
    "follows",
    "follows-formula",
    "entries-follow",
)  # codes of what is right from other answers
VERSION = 2  # of what a mark holds; files of version 1 have a message, and none of what a later look needs


class Mark(Struct, frozen=True, omit_defaults=True):
    """What was found of the answer to one blank: data first, and all of it as a sentence, for staff.

    ``understood``: how the answer was read, in LaTeX. ``notes``: what is said of it; see
    :data:`grader.answers.notes.SENTENCES`. ``answer``: as it was written. ``kind``: of the blank. ``chosen``: the ids of
    options. ``alike``: the class of a wrong answer; within a blank and a structure, equal answers are alike. ``by``: the
    person who decided, where one did.
    """

    verdict: Verdict
    points: float
    out_of: float
    message: str = ""
    understood: str = ""
    notes: tuple[Note, ...] = ()
    answer: str = ""
    kind: str = ""
    chosen: tuple[str, ...] = ()
    alike: str = ""
    by: str = ""

    @property
    def misconception(self) -> str:
        """The name of the misconception that the answer looks like, if it looks like one."""
        return next((one.about["id"] for one in self.notes if one.code == "misconception"), "")

    @property
    def follows(self) -> list[str]:
        """The student's own values that the answer is right from."""
        return next((one.about["names"] for one in self.notes if one.code in FOLLOWS), [])

    def told(self, level: Level) -> str:
        """What a student is told at a level; of a mark of version 1, all or nothing."""
        if self.notes:
            return sentences(self.notes, level)
        return self.message if level >= Level.REMARK else ""

    @property
    def to_look_at(self) -> bool:
        """Must a person look at it? Not where a question says what an answer earns that is not as asked."""
        if self.by:
            return False
        undecided = self.verdict is Verdict.NOT_AS_ASKED and not self.points
        return undecided or self.verdict in LOOK


class Marks(Struct, frozen=True, omit_defaults=True):
    """The marks of one student's answers to one exercise.

    ``choices``: the structure that was drawn. Of a quiz: the ``slot`` in it, from 1, the predicted ``difficulty``
    of the variant, and other ``columns`` of the roster.
    """

    student: str
    exercise: str
    seed: int | str
    points: float
    out_of: float
    marks: dict[str, Mark] = {}
    notes: list[str] = []
    choices: dict[str, str] = {}
    slot: int = 0
    difficulty: float | None = None
    columns: dict[str, str] = {}
    version: int = 1


class Answers(Struct, frozen=True, forbid_unknown_fields=True):
    """One student's answers to one variant, by address of the blank within the exercise."""

    exercise: str
    seed: int | str
    answers: dict[str, str]
    student: str = ""


LOOK = (Verdict.UNREADABLE, Verdict.WAITING, Verdict.ERROR)


def to_look_at(marks: Sequence[Marks]) -> int:
    """How many of these marks a person must look at."""
    return sum(mark.to_look_at for one in marks for mark in one.marks.values())
