"""Which role may do what."""

from __future__ import annotations

from msgspec import Struct
from sqlalchemy import Connection

from grader.web.records import Member, Quiz
from grader.web.scope import in_course, staffed
from grader.web.visit import Visit

GRADER = frozenset({"look", "watch", "decide"})
INSTRUCTOR = GRADER | {"change"}
MAY = {
    "author": frozenset({"look"}),  # at answers, never at who wrote them
    "grader": GRADER,  # also sees who is where, decides and answers
    "instructor": INSTRUCTOR,  # also publishes, changes dates and people, and marks again
    "admin": INSTRUCTOR | {"appoint"},  # also makes others instructors and admins
}


class Desk(Struct, frozen=True):
    """A quiz as one of the staff has it."""

    quiz: Quiz
    me: Member

    @property
    def may(self) -> frozenset[str]:
        return MAY[self.me.role]

    @property
    def by(self) -> dict[str, int]:
        """What an event says of who did something where."""
        return {"actor": self.me.person.id, "course": self.quiz.course, "quiz": self.quiz.id}

    @property
    def home(self) -> str:
        return f"/staff/{self.quiz.id}"


def who(action: str) -> list[str]:
    return [role for role, actions in MAY.items() if action in actions]


def desk(visit: Visit, tx: Connection, action: str) -> Desk:
    """The quiz in the path.

    Raises:
        HTTPException: 404, the visitor may not do this there.
    """
    return Desk(*staffed(visit, tx, *who(action)))


def office(visit: Visit, tx: Connection, action: str) -> Member:
    """What the visitor is in the course in the path, as :func:`desk`."""
    return in_course(visit, tx, *who(action))
