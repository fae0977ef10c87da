"""Persons, their courses, and how they are recognized."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Connection, bindparam, delete, insert, or_, select, update

from grader.web.records import Course, Member, Person, Session
from grader.web.schema import course, identity, link, member, person, session

ROSTER = "roster"  # issuer of the names of a class list


def of(tx: Connection, number: int) -> Person | None:
    row = tx.execute(select(person.c.id, person.c.name).where(person.c.id == number)).first()
    return Person(*row) if row else None


def known_as(tx: Connection, issuer: str, subject: str) -> Person | None:
    """The person whom an issuer of names calls so."""
    found = select(person.c.id, person.c.name).join(identity)
    where = identity.c.issuer == issuer, identity.c.subject == subject
    row = tx.execute(found.where(*where)).first()
    return Person(*row) if row else None


def named(tx: Connection, issuer: str, subject: str) -> Person:
    """As :func:`known_as`; somebody new where there is nobody."""
    found = known_as(tx, issuer, subject)
    if found is not None:
        return found
    number = tx.execute(insert(person).values(name=subject).returning(person.c.id)).scalar_one()
    tx.execute(insert(identity).values(person=number, issuer=issuer, subject=subject))
    return Person(number, subject)


def called(tx: Connection, name: str) -> list[Person]:
    """All whom somebody calls so; the one of a number, as ``id:7``."""
    kind, _, number = name.partition(":")
    if kind == "id" and number.isdecimal():
        found = of(tx, int(number))
        return [found] if found else []
    known = select(identity.c.person).where(identity.c.subject == name)
    which = or_(person.c.id.in_(known), person.c.name == name)
    rows = tx.execute(select(person.c.id, person.c.name).where(which).order_by(person.c.id))
    return [Person(*row) for row in rows]


# Courses


def course_called(tx: Connection, name: str) -> Course | None:
    row = tx.execute(select(course).where(course.c.name == name)).first()
    return Course(*row) if row else None


def course_named(tx: Connection, name: str, title: str = "") -> Course:
    """As :func:`course_called`; a new one where there is none."""
    found = course_called(tx, name)
    if found is not None:
        return found
    given = {"name": name, "title": title or name}
    number = tx.execute(insert(course).values(given).returning(course.c.id)).scalar_one()
    return Course(number, name, title or name)


def join(
    tx: Connection, into: Course, who: Person, role: str, section: str = "", factor: float = 1.0
) -> None:
    """Make somebody a member, or bring their membership up to date."""
    place = member.c.course == into.id, member.c.person == who.id
    given = {"role": role, "section": section, "time_factor": factor, "left": 0}
    if tx.execute(update(member).where(*place).values(given)).rowcount == 0:
        tx.execute(insert(member).values(course=into.id, person=who.id, **given))


def leave(tx: Connection, out_of: Course, who: Sequence[int]) -> None:
    """Who is no longer on the roster keeps all that there is, and is not in the course any more."""
    place = member.c.course == out_of.id, member.c.person.in_(who)
    tx.execute(update(member).where(*place).values(left=1))


def only_in(tx: Connection, within: int) -> list[int]:
    """The students of a course, also those who left it, who are not and never were in another one."""
    others = select(member.c.person).where(member.c.course != within)
    own = member.c.course == within, member.c.role == "student", member.c.person.not_in(others)
    there = select(member.c.person).join(person).where(*own, person.c.emptied.is_(None))
    return [*tx.execute(there.order_by(member.c.person)).scalars()]


MEMBERS = (
    select(
        course.c.id, course.c.name, course.c.title, person.c.id, person.c.name,
        member.c.role, member.c.section, member.c.time_factor,
    )
    .select_from(member.join(course).join(person))
    .where(member.c.left == 0)
)  # fmt: skip


def as_member(row: Any) -> Member:
    return Member(Course(*row[:3]), Person(*row[3:5]), *row[5:])


def memberships(tx: Connection, who: int) -> list[Member]:
    """The courses of a person."""
    found = MEMBERS.where(member.c.person == who).order_by(course.c.title)
    return [as_member(row) for row in tx.execute(found)]


MEMBER = MEMBERS.where(member.c.course == bindparam("within"), member.c.person == bindparam("who"))


def membership(tx: Connection, within: int, who: int) -> Member | None:
    """What a person is in a course; nothing where they are not in it."""
    row = tx.execute(MEMBER, {"within": within, "who": who}).first()
    return as_member(row) if row else None


def members(tx: Connection, within: int) -> list[Member]:
    """All of a course, in the order of their names."""
    found = MEMBERS.where(member.c.course == within).order_by(person.c.name)
    return [as_member(row) for row in tx.execute(found)]


# Sessions and links, by the hashes of their tokens


def open_session(tx: Connection, who: int, token: str, at: int, ends: int) -> None:
    tx.execute(insert(session).values(token=token, person=who, at=at, ends=ends))


other = person.alias("other")
SESSION = (  # made once, as every request asks it
    select(session.c.id, person.c.id, person.c.name, other.c.id, other.c.name, session.c.ends)
    .select_from(session)
    .join(person, person.c.id == session.c.person)
    .outerjoin(other, other.c.id == session.c.acting_as)
    .where(session.c.token == bindparam("token"), session.c.ends > bindparam("now"))
)


def session_of(tx: Connection, token: str, now: int) -> Session | None:
    row = tx.execute(SESSION, {"token": token, "now": now}).first()
    if row is None:
        return None
    number, who, name, as_whom, as_name, ends = row
    acting = None if as_whom is None else Person(as_whom, as_name)
    return Session(number, Person(who, name), acting, ends)


def act_as(tx: Connection, session_id: int, whom: int | None) -> None:
    """Look at pages as somebody else does, or as oneself again."""
    tx.execute(update(session).where(session.c.id == session_id).values(acting_as=whom))


def close_session(tx: Connection, token: str) -> None:
    tx.execute(delete(session).where(session.c.token == token))


def close_sessions(tx: Connection, now: int) -> None:
    """Forget those that are over."""
    tx.execute(delete(session).where(session.c.ends <= now))


def add_link(tx: Connection, who: int, token: str, at: int, ends: int) -> None:
    """A new personal link; those of before do not work any more."""
    tx.execute(update(link).where(link.c.person == who, link.c.used.is_(None)).values(used=at))
    tx.execute(insert(link).values(person=who, token=token, at=at, ends=ends))


def link_of(tx: Connection, token: str, now: int) -> Person | None:
    """Whose link it is, if it can still be used."""
    fresh = link.c.token == token, link.c.used.is_(None), link.c.ends > now
    row = tx.execute(select(person.c.id, person.c.name).join(link).where(*fresh)).first()
    return Person(*row) if row else None


def use_link(tx: Connection, token: str, now: int) -> Person | None:
    """As :func:`link_of`; it cannot be used a second time."""
    found = link_of(tx, token, now)
    if found is None:
        return None
    fresh = link.c.token == token, link.c.used.is_(None)
    return found if tx.execute(update(link).where(*fresh).values(used=now)).rowcount else None


def everyone(tx: Connection) -> Iterator[Person]:
    """All who can be chosen in a development login."""
    found = select(person.c.id, person.c.name).where(person.c.emptied.is_(None))
    for row in tx.execute(found.order_by(person.c.name)):
        yield Person(*row)
