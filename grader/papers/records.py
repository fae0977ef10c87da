"""The papers of a class, its submissions, what was decided on them, and their marks."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from msgspec import Struct

from grader.answers import Criterion, earned
from grader.drawing import Draw
from grader.marking import Marks, to_look_at
from grader.papers.measuring import PREDICTED
from grader.words import exact

ABSENT = "nothing handed in"
PLACES = 2  # of sums; a mark has four, so thirds add up


class Item(Struct, frozen=True):
    """One exercise of a paper: its variant, and what its points are multiplied by.

    ``slot``: the place of its pick in the quiz, from 1; 0 in papers of older versions. ``difficulty`` is predicted.
    ``out_of``: its points on this paper; 0 in papers of older versions.
    """

    draw: Draw
    weight: float = 1.0
    slot: int = 0
    difficulty: float | None = None
    out_of: float = 0


class Paper(Struct, frozen=True):
    """One student's variants of a quiz; ``code`` signs who it is for, and what was drawn.

    ``difficulty`` is by the ``measure``; ``unbalanced`` is what it would be with the student's first seeds. ``columns``: what
    else the roster says of the student. ``left``: is the student no longer on the roster?
    """

    student: str
    code: str
    items: tuple[Item, ...]
    difficulty: float | None = None
    unbalanced: float | None = None
    columns: dict[str, str] = {}
    left: bool = False
    measure: str = PREDICTED


class Manifest(Struct, frozen=True):
    """All papers of a quiz, for staff. ``picks``: a digest of what the quiz picked when papers were made last."""

    quiz: str
    title: str
    text: str
    papers: list[Paper]
    picks: str = ""


class Submission(Struct, frozen=True):
    """What a student handed in, by full address (``exercise/question.blank``).

    ``unreadable``: address → why its answer cannot be told; ``notes``: what was found and survived;
    ``odd``: those of them that a person must look at. ``at``: when it was handed in, where a name or an archive says so.
    ``borrowed``: whose file it was in, where that is another student's.
    """

    file: str
    quiz: str
    student: str
    code: str
    answers: dict[str, str]
    unreadable: dict[str, str] = {}
    notes: tuple[str, ...] = ()
    odd: tuple[str, ...] = ()
    at: str = ""
    borrowed: str = ""

    @property
    def is_untouched(self) -> bool:
        """Is nothing filled in?"""
        return not (self.unreadable or any(text.strip() for text in self.answers.values()))


class Decision(Struct, frozen=True):
    """What a person decided; one of ``points``, ``share``, ``excused``, ``settled`` and ``met`` says what.

    ``student``: nothing for all. ``blank``: its full address; nothing for the whole paper. ``code``: of the answer it was made
    on; without it, ``answer`` says which answer is meant, and nothing means any. ``settled``: somebody has looked at it, and our mark stands.
    ``met``: to which share each criterion is met.
    """

    student: str = ""
    blank: str = ""
    code: str = ""
    answer: str = ""
    points: Fraction | None = None
    share: Fraction | None = None
    excused: bool = False
    settled: bool = False
    met: Mapping[str, Fraction] = {}
    comment: str = ""
    by: str = ""
    at: str = ""

    def share_of(self, out_of: Fraction, rubric: Mapping[str, Criterion]) -> Fraction | None:
        """The share of the points that it gives; nothing where it gives none, or a criterion of the rubric is open."""
        if self.points is not None:
            return self.points / out_of if out_of else Fraction(0)
        if self.share is not None:
            return self.share
        return earned(rubric, self.met) if rubric and rubric.keys() <= self.met.keys() else None

    @property
    def who(self) -> str:
        return self.by or "staff"


class Graded(Struct, frozen=True):
    """One student's marks for a whole paper; ``file`` is empty where nothing was handed in."""

    student: str
    file: str
    marks: tuple[Marks, ...]
    notes: tuple[str, ...] = ()  # for the student, too
    for_staff: tuple[str, ...] = ()
    problem: str = ""  # why nothing of it could be marked
    odd: tuple[str, ...] = ()  # those remarks that a person must look at
    rubrics: Mapping[str, Mapping[str, Criterion]] = {}  # by full address
    answers: Mapping[str, str] = {}  # by full address
    decision: Decision | None = None  # on the paper as a whole
    columns: Mapping[str, str] = {}  # what else the roster says

    @property
    def points(self) -> float | None:
        """The points of the paper; nothing where there are none to give."""
        earned = sum((exact(marks.points) for marks in self.marks), Fraction(0))
        decision = self.decision
        if decision is not None and (decision.excused or decision.points is not None):
            return None if decision.points is None else float(decision.points)
        if self.problem:
            return None
        share = decision.share if decision is not None else None
        return round(float(earned * (1 if share is None else share)), PLACES)

    @property
    def counts(self) -> bool:
        """Was it marked, or decided on as a whole?"""
        return self.points is not None or (self.decision is not None and self.decision.excused)

    @property
    def remarks(self) -> tuple[str, ...]:
        """All that staff should know of the file."""
        return (*self.notes, *self.for_staff)

    @property
    def doubts(self) -> int:
        return len(self.odd)

    @property
    def is_absent(self) -> bool:
        """Was nothing handed in? Nobody need look at that."""
        return self.problem == ABSENT and not self.file

    @property
    def out_of(self) -> float:
        return round(sum(marks.out_of for marks in self.marks), PLACES)

    @property
    def percent(self) -> float | None:
        """The share of the points in percent, where there are points to give."""
        if self.points is None or not self.out_of:
            return None
        return round(100 * self.points / self.out_of, 1)

    @property
    def waiting(self) -> int:
        """How many answers wait for a person."""
        return to_look_at(self.marks)

    @property
    def to_look_at(self) -> int:
        """How many blanks and remarks a person must look at."""
        return self.doubts + to_look_at(self.marks)

    @property
    def is_open(self) -> bool:
        """Must a person look at anything? Not at a file that could not be marked, once its points are decided."""
        return bool(self.to_look_at or (self.problem and not (self.counts or self.is_absent)))
