"""What a visitor may see: what is not one's own is not there."""

from __future__ import annotations

from msgspec import Struct
from sqlalchemy import Connection
from starlette.exceptions import HTTPException

from grader.web.dates import Window, window
from grader.web.records import STAFF, Held, Member, Quiz
from grader.web.store import people, quizzes
from grader.web.visit import Visit


class Mine(Struct, frozen=True):
    """A quiz as one person has it; ``changed``: why they have other dates, minutes or attempts than others, the newest last."""

    quiz: Quiz
    member: Member
    held: Held
    window: Window
    changed: tuple[str, ...] = ()


def mine(visit: Visit, tx: Connection) -> Mine:
    """The quiz in the path, with the paper of whose pages are shown.

    Raises:
        HTTPException: 404, they have none.
    """
    quiz = quizzes.quiz_of(tx, visit.number("quiz"))
    member = people.membership(tx, quiz.course, visit.person.id) if quiz else None
    held = quizzes.paper_of(tx, quiz.id, visit.person.id) if quiz and member else None
    if quiz is None or member is None or held is None or not shares(visit, tx, quiz.course):
        raise HTTPException(404)
    changes = quizzes.overrides(tx, quiz.id, held.person, member.section)
    reasons = tuple(one.reason for one in changes if one.reason and (one.person or one.by))
    own = window(quiz.rules, changes, member.time_factor, held.begun)
    return Mine(quiz, member, held, own, reasons)


def shares(visit: Visit, tx: Connection, course: int) -> bool:
    """May a course be shown? Who looks as a student sees no more of them than the courses in which they are staff."""
    if visit.known.acting_as is None:
        return True
    own = people.membership(tx, course, visit.actor.id)
    return own is not None and own.is_staff


def courses(visit: Visit, tx: Connection) -> list[Member]:
    """The courses of whose pages are shown."""
    found = people.memberships(tx, visit.person.id)
    return [one for one in found if shares(visit, tx, one.course.id)]


def begun(visit: Visit, tx: Connection) -> Held:
    """The paper of the quiz in the path, once it was begun.

    Raises:
        HTTPException: 404, there is none.
    """
    held = quizzes.begun_paper(tx, visit.number("quiz"), visit.person.id)
    if held is None:
        raise HTTPException(404)
    return held


def window_of(tx: Connection, quiz: Quiz, member: Member, held: Held) -> Window:
    """When and how often a member may answer."""
    changes = quizzes.overrides(tx, quiz.id, held.person, member.section)
    return window(quiz.rules, changes, member.time_factor, held.begun)


def staffed(visit: Visit, tx: Connection, *roles: str) -> tuple[Quiz, Member]:
    """The quiz in the path, with what the visitor is in its course; any of the staff unless ``roles`` are named.

    Raises:
        HTTPException: 404, they are no such member.
    """
    quiz = quizzes.quiz_of(tx, visit.number("quiz"))
    member = people.membership(tx, quiz.course, visit.actor.id) if quiz else None
    if quiz is None or member is None or member.role not in (roles or STAFF):
        raise HTTPException(404)
    return quiz, member


def in_course(visit: Visit, tx: Connection, *roles: str) -> Member:
    """What the visitor is in the course in the path, as :func:`staffed`.

    Raises:
        HTTPException: 404, they are no such member.
    """
    member = people.membership(tx, visit.number("course"), visit.actor.id)
    if member is None or member.role not in (roles or STAFF):
        raise HTTPException(404)
    return member
