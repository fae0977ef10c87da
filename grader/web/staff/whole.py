"""A class in one quiz: where everybody is, and the marks that count, with all that was decided."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from statistics import median

from msgspec import Struct
from sqlalchemy import Connection

from grader.papers import Graded
from grader.web import marking
from grader.web.dates import GRACE, Stage, Window, window
from grader.web.records import Handed, Held, Member, Override, Quiz
from grader.web.store import classes, people, quizzes


class Row(Struct, frozen=True):
    """One student; ``counts``: the submission that counts, ``graded`` and ``first``: the marks of it and of the first.

    ``asked``: how many marks they asked about that wait for an answer; ``seen``: when they were here last.
    """

    member: Member
    held: Held
    window: Window
    stage: Stage
    handed: tuple[Handed, ...]
    counts: Handed | None
    graded: Graded | None
    first: Graded | None
    filled: int
    asked: int
    seen: int | None

    @property
    def state(self) -> str:
        """``working``, ``handed in``, ``not begun`` or ``absent``."""
        over = self.stage is Stage.CLOSED or self.window.left(len(self.handed)) == 0
        if self.handed and (over or (self.seen or 0) <= self.handed[-1].at):
            return "handed in"
        if over:
            return "absent"
        return "not begun" if self.held.begun is None else "working"

    @property
    def percent(self) -> int:
        return (
            round(100 * min(self.filled, self.held.blanks) / self.held.blanks)
            if self.held.blanks
            else 0
        )

    @property
    def waiting(self) -> int:
        return self.graded.to_look_at if self.graded else 0

    @property
    def points(self) -> float | None:
        return self.graded.points if self.graded else None


class Whole(Struct, frozen=True):
    """All students of a quiz who are in the course."""

    rows: tuple[Row, ...]

    def count(self, state: str) -> int:
        return sum(one.state == state for one in self.rows)

    @property
    def handed_in(self) -> int:
        return sum(bool(one.handed) for one in self.rows)

    @property
    def waiting(self) -> int:
        return sum(one.waiting for one in self.rows)

    @property
    def asked(self) -> int:
        return sum(one.asked for one in self.rows)

    @property
    def middle(self) -> float | None:
        """Half of those who have points have at least so many."""
        points = [one.points for one in self.rows if one.points is not None]
        return median(points) if points else None

    @property
    def out_of(self) -> float:
        return self.rows[0].held.out_of if self.rows else 0

    def of(self, person: int) -> Row | None:
        return next((one for one in self.rows if one.member.person.id == person), None)


def whole_class(tx: Connection, quiz: Quiz, at: int) -> Whole:
    """A class in one quiz, in a handful of queries."""
    members = {one.person.id: one for one in people.members(tx, quiz.course)}
    papers = [one for one in quizzes.papers_of(tx, quiz.id) if one.person in members]
    told = Told(
        quiz,
        at,
        classes.handed_in(tx, quiz.id),
        marking.with_decisions(tx, quiz.id, classes.marks(tx, quiz.id)),
        classes.typed(tx, quiz.id),
        classes.appeals_waiting(tx, [one.id for one in papers]),
        quizzes.all_overrides(tx, quiz.id),
    )
    return Whole(tuple(told.row(members[one.person], one) for one in papers))


class Told(Struct, frozen=True):
    """What the store says of a quiz."""

    quiz: Quiz
    at: int
    handed: Mapping[int, list[Handed]]
    marks: Mapping[int, Graded]
    typed: Mapping[int, tuple[int, int]]
    asked: Mapping[int, int]
    changes: Sequence[Override]

    def row(self, member: Member, held: Held) -> Row:
        handed = self.handed.get(held.id, [])
        counts = marking.counting(self.quiz.rules.take, handed, self.marks) if handed else None
        own = window(
            self.quiz.rules, [*concerning(member, self.changes)], member.time_factor, held.begun
        )
        filled, saved = self.typed.get(held.id, (len(handed[-1].answers) if handed else 0, 0))
        times = [one for one in (held.begun, saved, *(one.at for one in handed)) if one]
        return Row(
            member,
            held,
            own,
            own.stage(self.at, GRACE),
            tuple(handed),
            counts,
            self.marks.get(counts.id) if counts else None,
            self.marks.get(handed[0].id) if handed else None,
            filled,
            self.asked.get(held.id, 0),
            max(times, default=None),
        )


def concerning(member: Member, changes: Sequence[Override]) -> Iterator[Override]:
    """The changes that hold for one person."""
    for one in changes:
        if one.person in (None, member.person.id) and one.section in ("", member.section):
            yield one
