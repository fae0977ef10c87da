"""When and how often a quiz may be answered, and what is told of it: for all, for a section, for one; always with a reason."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping

from msgspec.structs import replace
from sqlalchemy import Connection
from starlette.responses import Response

from grader.answers import Level
from grader.web.records import Member, Override, Rules
from grader.web.staff.roles import Desk, desk
from grader.web.store import classes, events, people, quizzes
from grader.web.visit import Visit

MOST = 2000  # signs of a reason
MOST_MINUTES, MOST_ATTEMPTS = 100_000, 1000
FAR = datetime.datetime(2200, 1, 1, tzinfo=datetime.UTC)


class Refused(Exception):
    """A change that cannot be made as it was filled in."""


def shown(visit: Visit) -> Response:
    """The rules of a quiz, and all that was changed."""
    with visit.site.store.read() as tx:
        own = desk(visit, tx, "watch")
        return page(visit, tx, own)


def page(visit: Visit, tx: Connection, own: Desk, trouble: str = "") -> Response:
    members = [one for one in people.members(tx, own.quiz.course) if not one.is_staff]
    return visit.page(
        "staff/changes.html",
        422 if trouble else 200,
        desk=own,
        members=members,
        sections=sorted({one.section for one in members if one.section}),
        changes=quizzes.all_overrides(tx, own.quiz.id)[::-1],
        names=classes.names(tx, own.quiz.course),
        levels=[*Level],
        zone=zone(visit.at),
        who=visit.text("who") or visit.query.get("who", ""),
        trouble=trouble,
        at=visit.at,
    )


def zone(at: int) -> str:
    """The zone in which times are typed and shown."""
    found = datetime.datetime.fromtimestamp(at / 1000).astimezone()
    return f"{found.tzname()}, UTC{found:%z}"


def change(visit: Visit) -> Response:
    """Other dates, minutes or attempts."""
    with visit.site.store.write() as tx:
        own = desk(visit, tx, "change")
        try:
            given = override(visit, people.members(tx, own.quiz.course))
        except Refused as trouble:
            return page(visit, tx, own, str(trouble))
        quizzes.add_override(tx, own.quiz.id, given)
        note(visit, tx, own, "changed dates", given)
    return visit.to(f"{own.home}/dates")


def note(visit: Visit, tx: Connection, own: Desk, what: str, given: Override | Rules) -> None:
    said = {name: getattr(given, name) for name in given.__struct_fields__}
    about = {name: one for name, one in said.items() if one not in (None, "") and name != "at"}
    events.record(tx, what, visit.at, **own.by, to=about)


def override(visit: Visit, members: list[Member]) -> Override:
    """What a form changes, and for whom.

    Raises:
        Refused: it does not say that.
    """
    person, section = whom(visit.text("who"), members)
    reason = " ".join(visit.text("why").split())[:MOST]
    if not reason:
        raise Refused("A reason is missing; who is concerned reads it.")
    found = Override(
        person=person,
        section=section,
        reason=reason,
        by=visit.actor.id,
        at=visit.at,
        **limits(visit),
    )
    if all(getattr(found, name) is None for name in LIMITS):
        raise Refused("Nothing is changed: fill in a date, minutes or attempts.")
    return found


def whom(given: str, members: list[Member]) -> tuple[int | None, str]:
    """Whom a change concerns: one, a section, or all.

    Raises:
        Refused: it is nobody of the course.
    """
    kind, _, name = given.partition(":")
    if kind == "all":
        return None, ""
    if kind == "section" and name in {one.section for one in members if one.section}:
        return None, name
    if kind == "person" and name in {str(one.person.id) for one in members}:
        return int(name), ""
    raise Refused("Say whom it concerns.")


def moment(text: str) -> int | None:
    """A time as a browser sends it, in the zone of the server.

    Raises:
        Refused: it is none.
    """
    if not text:
        return None
    try:
        found = datetime.datetime.fromisoformat(text).astimezone()
    except (ValueError, OverflowError, OSError):
        found = FAR
    if found >= FAR or found.year < 2000:
        raise Refused(f"Expected a date and a time, such as 2026-12-01T09:00, found “{text[:40]}”.")
    return round(found.timestamp() * 1000)


def whole(most: int) -> Callable[[str], int | None]:
    """Reads a whole number from 1 to ``most``."""

    def read(text: str) -> int | None:
        if not text.strip():
            return None
        if not text.strip().isdecimal() or not text.isascii() or not 0 < int(text[:9]) <= most:
            raise Refused(f"Expected a whole number from 1 to {most}, found “{text[:40]}”.")
        return int(text)

    return read


LIMITS: Mapping[str, Callable[[str], int | None]] = {
    "opens": moment,
    "closes": moment,
    "minutes": whole(MOST_MINUTES),
    "attempts": whole(MOST_ATTEMPTS),
}


def limits(visit: Visit) -> dict[str, int | None]:
    """The dates, minutes and attempts of a form."""
    found = {name: read(visit.text(name)) for name, read in LIMITS.items()}
    opens, closes = found["opens"], found["closes"]
    if opens is not None and closes is not None and closes <= opens:
        raise Refused("It would close before it opens.")
    return found


def rules_of(visit: Visit, before: Rules) -> Rules:
    """The rules that a form gives a quiz.

    Raises:
        Refused: they are none.
    """
    levels = {one.name.lower(): one for one in Level}
    level, later = (levels.get(visit.text(name)) for name in ("level", "later"))
    take = visit.text("take")
    if level is None or later is None or take not in ("best", "newest"):
        raise Refused("Say what is told, and which attempt counts.")
    return replace(
        before,
        level=level,
        later=later,
        take=take,
        practice=visit.text("practice") == "yes",
        **limits(visit),
    )


def set_rules(visit: Visit) -> Response:
    """Dates, minutes and attempts of all, and what is told."""
    with visit.site.store.write() as tx:
        own = desk(visit, tx, "change")
        try:
            rules = rules_of(visit, own.quiz.rules)
        except Refused as trouble:
            return page(visit, tx, own, str(trouble))
        if rules != own.quiz.rules:
            classes.set_rules(tx, own.quiz.id, rules)
            note(visit, tx, own, "changed rules", rules)
    return visit.to(f"{own.home}/dates")
