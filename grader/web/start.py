"""The first page: the quizzes of a person, those that are open first."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct
from sqlalchemy import Connection
from starlette.responses import Response

from grader.papers import Graded
from grader.web.dates import GRACE, Stage, Window
from grader.web.records import Held, Member, Quiz
from grader.web.scope import window_of
from grader.web.store import people, quizzes, work
from grader.web.visit import Visit


class Listed(Struct, frozen=True):
    """A quiz on the first page."""

    quiz: Quiz
    held: Held
    window: Window
    stage: Stage
    used: int
    filled: int
    marked: Graded | None


def quizzes_of(visit: Visit) -> Response:
    """All quizzes of a person."""
    with visit.site.store.read() as tx:
        members = people.memberships(tx, visit.person.id)
        courses = [(one.course, [*listed(visit, tx, one)]) for one in members]
        staffed = [one.course for one in members if one.is_staff]
    return visit.page("start.html", courses=courses, staffed=staffed, at=visit.at)


def listed(visit: Visit, tx: Connection, member: Member) -> Iterator[Listed]:
    """The quizzes of a course in which a person has a paper."""
    for quiz in quizzes.quizzes(tx, [member.course.id]):
        held = quizzes.paper_of(tx, quiz.id, member.person.id)
        if held is not None:
            own = window_of(tx, quiz, member, held)
            handed = work.handed_in(tx, held.id)
            typed = [*work.drafts(tx, held.id).values()]
            yield Listed(
                quiz,
                held,
                own,
                own.stage(visit.at, GRACE),
                len(handed),
                sum(len(one.answers) for one in typed),
                None,
            )
