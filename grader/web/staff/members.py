"""Who is in a course: roles, personal links, and a student's view."""

from __future__ import annotations

import csv
import io

from sqlalchemy import Connection
from starlette.exceptions import HTTPException
from starlette.responses import Response

from grader.papers import inert, roster
from grader.web import entry
from grader.web.records import ROLES, Member
from grader.web.staff.roles import MAY, desk, office
from grader.web.store import classes, events, people, quizzes
from grader.web.visit import Visit

HIGH = ("instructor", "admin")  # whom only admins appoint


def shown(visit: Visit) -> Response:
    """All members of a course."""
    with visit.site.store.read() as tx:
        me = office(visit, tx, "watch")
        return page(visit, tx, me)


def page(
    visit: Visit, tx: Connection, me: Member, trouble: str = "", link: tuple[str, str] = ("", "")
) -> Response:
    members = people.members(tx, me.course.id)
    return visit.page(
        "staff/members.html",
        422 if trouble else 200,
        me=me,
        may=MAY[me.role],
        members=members,
        sections=sorted({one.section for one in members if one.section}),
        roles=[one for one in ROLES if may_appoint(me, one)],
        trouble=trouble,
        link=link,
        at=visit.at,
    )


def may_appoint(me: Member, role: str) -> bool:
    return role not in HIGH or "appoint" in MAY[me.role]


def put(visit: Visit) -> Response:
    """Take somebody in, or change their role, section or extra time; what is left empty stays as it is."""
    name, role, section = visit.text("name").strip(), visit.text("role"), visit.text("section")
    time = visit.text("time").strip()
    with visit.site.store.write() as tx:
        me = office(visit, tx, "change")
        trouble = why_not(tx, me, name, role, time)
        if trouble:
            return page(visit, tx, me, trouble)
        who = people.named(tx, people.ROSTER, name)
        before = people.membership(tx, me.course.id, who.id)
        usual = before.time_factor if before else 1.0
        factor = roster.factor(time) or usual
        own = " ".join(section.split())[:100] or (before.section if before else "")
        people.join(tx, me.course, who, role, own, factor)
        by, was = {"actor": me.person.id, "course": me.course.id}, before.role if before else ""
        events.record(tx, "appointed", visit.at, **by, person=who.id, role=role, was=was)
        if factor != usual:
            to = {"person": who.id, "time_factor": factor}
            events.record(tx, "changed the time", visit.at, **by, to=to)
    return visit.to(f"/course/{me.course.id}/people")


def why_not(tx: Connection, me: Member, name: str, role: str, time: str) -> str:
    """Why somebody cannot be given a role and extra time; empty where they can."""
    times = roster.wrong_times({"time_factor": time})
    faults = [*roster.wrong_ids(name), *(f"time: {text}" for _, text in times)]
    if faults:
        return f"{faults[0][:1].upper()}{faults[0][1:]}."
    if role not in ROLES or not may_appoint(me, role):
        return "Choose a role that you may give."
    known = people.known_as(tx, people.ROSTER, name)
    before = people.membership(tx, me.course.id, known.id) if known else None
    if before and not may_appoint(me, before.role):
        return f"Only an admin can change what {name} is."
    if before and before.person == me.person:
        return "Somebody else must change what you are."
    return ""


def member(visit: Visit, tx: Connection, me: Member) -> Member:
    """The member in the path.

    Raises:
        HTTPException: 404, there is none, or none whom the visitor may send a link.
    """
    found = people.membership(tx, me.course.id, visit.number("person"))
    if found is None or not may_link(tx, me, found):
        raise HTTPException(404)
    return found


def may_link(tx: Connection, me: Member, found: Member) -> bool:
    """May the visitor make a link for somebody? It opens all that they may do: not if they are staff elsewhere, or more than the visitor."""
    if found.person == me.person:
        return True
    elsewhere = (one for one in people.memberships(tx, found.person.id) if one.course != me.course)
    return may_appoint(me, found.role) and not any(one.is_staff for one in elsewhere)


def new_link(visit: Visit) -> Response:
    """A new personal link of one member, shown once; the one of before does not work any more."""
    with visit.site.store.write() as tx:
        me = office(visit, tx, "change")
        found = member(visit, tx, me)
        link = entry.new_link(visit.site, tx, found.person.id, visit.at)
        who = {"actor": me.person.id, "course": me.course.id}
        events.record(tx, "sent a link", visit.at, **who, person=found.person.id)
        return page(visit, tx, me, link=(found.person.name, link))


def links(visit: Visit) -> Response:
    """New personal links of students as CSV, with what else their roster says, for mail merge."""
    section = visit.text("section")
    with visit.site.store.write() as tx:
        me = office(visit, tx, "change")
        members = people.members(tx, me.course.id)
        chosen = [
            one
            for one in members
            if not one.is_staff and section in ("", one.section) and may_link(tx, me, one)
        ]
        about = classes.columns(tx, me.course.id)
        made = [(one, entry.new_link(visit.site, tx, one.person.id, visit.at)) for one in chosen]
        who = {"actor": me.person.id, "course": me.course.id}
        events.record(tx, "made links", visit.at, **who, count=len(made))
    more = [*dict.fromkeys(name for one in chosen for name in about.get(one.person.id, {}))]
    more = [name for name in more if name not in ("student", "section", "link")]
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["student", "section", *more, "link"])
    for one, link in made:
        own = about.get(one.person.id, {})
        cells = [one.section, *(own.get(name, "") for name in more)]
        writer.writerow([inert(one.person.name), *map(inert, cells), link])
    return file(out.getvalue(), "links.csv", "text/csv")


def file(text: str, name: str, kind: str) -> Response:
    """A file to keep."""
    found = Response(text.encode("utf-8", "replace"), media_type=f"{kind}; charset=utf-8")
    found.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return found


# As a student


def look_as(visit: Visit) -> Response:
    """See what a student sees, and change nothing."""
    with visit.site.store.write() as tx:
        own = desk(visit, tx, "watch")
        found = people.membership(tx, own.quiz.course, visit.number("person"))
        if (
            found is None
            or found.is_staff
            or not quizzes.paper_of(tx, own.quiz.id, found.person.id)
        ):
            raise HTTPException(404)
        people.act_as(tx, visit.known.id, found.person.id)
        who = {"actor": visit.actor.id, "acting_as": found.person.id, "course": own.quiz.course}
        events.record(tx, "looked as a student", visit.at, **who, quiz=own.quiz.id)
    return visit.to(f"/quiz/{own.quiz.id}")


def look_as_oneself(visit: Visit) -> Response:
    """Back to one's own pages."""
    with visit.site.store.write() as tx:
        people.act_as(tx, visit.known.id, None)
        courses = [one for one in people.memberships(tx, visit.actor.id) if one.is_staff]
    return visit.to(f"/course/{courses[0].course.id}" if courses else "/")
