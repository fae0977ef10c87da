"""The first page: the quizzes of a person, those that are open first."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct
from sqlalchemy import Connection
from starlette.responses import Response

from grader.web import marking
from grader.web.dates import GRACE, Stage, Window, told
from grader.web.records import Handed, Held, Member, Quiz
from grader.web.scope import courses as courses_of
from grader.web.scope import window_of
from grader.web.store import quizzes, work
from grader.web.visit import Visit


class Listed(Struct, frozen=True):
    """A quiz on the first page; ``points``: those that count, where they are told; ``waiting``: with a person."""

    quiz: Quiz
    held: Held
    window: Window
    stage: Stage
    handed: Handed | None
    used: int
    filled: int
    points: str
    waiting: int

    @property
    def group(self) -> str:
        """Under which heading it stands."""
        if self.stage is Stage.OPEN and self.window.left(self.used) != 0:
            return "open"
        return "later" if self.stage is Stage.LATER else "marked"


def quizzes_of(visit: Visit) -> Response:
    """All quizzes of a person."""
    with visit.site.store.read() as tx:
        members = courses_of(visit, tx)
        courses = [(one, [*listed(visit, tx, one)]) for one in members]
    return visit.page("start.html", courses=courses, at=visit.at)


def listed(visit: Visit, tx: Connection, member: Member) -> Iterator[Listed]:
    """The quizzes of a course in which a person has a paper."""
    for quiz in quizzes.quizzes(tx, [member.course.id]):
        held = quizzes.paper_of(tx, quiz.id, member.person.id)
        if held is not None:
            yield in_short(tx, quiz, held, window_of(tx, quiz, member, held), visit.at)


def in_short(tx: Connection, quiz: Quiz, held: Held, own: Window, at: int) -> Listed:
    """A quiz in a line."""
    handed = work.handed_in(tx, held.id)
    marks = marking.stand(tx, held, handed)
    counts = marking.counting(quiz.rules.take, handed, marks) if handed else None
    graded = marks.get(counts.id) if counts else None
    typed = sum(len(one.answers) for one in work.drafts(tx, held.id).values())
    stage = own.stage(at, GRACE)
    points = marking.points(graded, told(quiz.rules, own, at))
    waiting = graded.waiting if graded else 0
    return Listed(quiz, held, own, stage, counts, len(handed), typed, points, waiting)
