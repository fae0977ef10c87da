"""How people come in: by a personal link, by the name that a reverse proxy gives, by a login for development; and go."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping

from sqlalchemy import Connection
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from grader.errors import UsageError
from grader.papers import roster
from grader.web import dates, tokens
from grader.web.records import Person, Session
from grader.web.site import DAY, Settings, Site
from grader.web.store import events, people
from grader.web.visit import Visit

PROXY = "proxy"  # issuer of the names that a reverse proxy gives


def session_of(site: Site, token: str, at: int) -> Session | None:
    if not token:
        return None
    with site.store.read() as tx:
        return people.session_of(tx, tokens.hashed(token), at)


def is_loopback(peer: str) -> bool:
    try:
        return ipaddress.ip_address(peer).is_loopback
    except ValueError:
        return False


def enter(visit: Visit, tx: Connection, who: Person, how: str) -> Response:
    """Begin a session under a new token, and end the one that there was."""
    token, days = tokens.new(), visit.site.settings.session_days
    if visit.token:
        people.close_session(tx, tokens.hashed(visit.token))
    visit.site.readable.clear()
    people.close_sessions(tx, visit.at)
    ends = visit.at + round(days * DAY)
    people.open_session(tx, who.id, tokens.hashed(token), visit.at, ends)
    events.record(tx, "entered", visit.at, actor=who.id, how=how)
    response = visit.to("/")
    carry(response, token, visit.site.settings)
    return response


def carry(response: Response, token: str, settings: Settings) -> None:
    """Give a browser the token of a session."""
    response.set_cookie(
        tokens.COOKIE,
        token,
        max_age=round(settings.session_days * DAY / 1000),
        secure=settings.is_secure,
        httponly=True,
        samesite="lax",  # links in mails come from elsewhere
    )


# Personal links


def link(visit: Visit) -> Response:
    """Whose link it is; it is used by a button, as programs that look through mails follow links."""
    hashed = tokens.hashed(visit.given["token"])
    if visit.method == "GET":
        with visit.site.store.read() as tx:
            who = people.link_of(tx, hashed, visit.at)
        return visit.page("link.html", 200 if who else 410, who=who)
    with visit.site.store.write() as tx:
        who = people.use_link(tx, hashed, visit.at)
        if who is not None:
            return enter(visit, tx, who, "link")
    return visit.page("link.html", 410, who=None)


def new_link(site: Site, tx: Connection, who: int, at: int) -> str:
    """The address of a new personal link; those of before do not work any more."""
    token = tokens.new()
    ends = at + round(site.settings.link_days * DAY)
    people.add_link(tx, who, tokens.hashed(token), at, ends)
    events.record(tx, "link made", at, person=who)
    return f"{site.settings.address.rstrip('/')}/enter/{token}"


# A reverse proxy that names people, and a login for development


def named_by_proxy(site: Site, request: Request, peer: str) -> str:
    """The name in the header of the proxy; empty where it did not come from the proxy."""
    settings = site.settings
    if not settings.user_header or peer != settings.proxy:
        return ""
    return request.headers.get(settings.user_header, "").strip()


def by_proxy(visit: Visit, name: str) -> Response | None:
    """The session of whom the proxy names; nothing where it is the one that there is.

    Raises:
        HTTPException: 403, nobody has this name.
    """
    with visit.site.store.write() as tx:
        who = people.known_as(tx, PROXY, name) or people.known_as(tx, people.ROSTER, name)
        if who is None:
            raise HTTPException(403)
        if visit.session is not None and visit.session.person == who:
            return None
        return enter(visit, tx, who, "proxy")


def login(visit: Visit) -> Response:
    """Be anybody, on one's own machine."""
    if not (visit.site.settings.login and is_loopback(visit.peer)):
        raise HTTPException(404)
    if visit.method == "GET":
        with visit.site.store.read() as tx:
            return visit.page("login.html", everyone=[*people.everyone(tx)])
    with visit.site.store.write() as tx:
        number = visit.text("person")
        who = people.of(tx, int(number)) if number.isdecimal() else None
        if who is None:
            raise HTTPException(404)
        return enter(visit, tx, who, "login")


def leave(visit: Visit) -> Response:
    """End the session: the next person may use this computer."""
    with visit.site.store.write() as tx:
        people.close_session(tx, tokens.hashed(visit.token))
    visit.site.readable.clear()
    response = visit.to("/")
    response.delete_cookie(tokens.COOKIE)
    return response


def personal_links(site: Site, course: str) -> Mapping[str, str]:
    """A new personal link for every member of a course, by name.

    Raises:
        UsageError: there is no such course.
    """
    with site.store.write() as tx:
        within = people.course_called(tx, course)
        if within is None:
            raise UsageError(f"there is no course '{course}'")
        everyone = people.members(tx, within.id)
        return {one.person.name: new_link(site, tx, one.person.id, dates.now()) for one in everyone}


def appointed(site: Site, name: str, course: str, role: str) -> str:
    """A personal link of somebody who is made one of the staff of a course.

    Raises:
        UsageError: the name is none.
    """
    faults = [*roster.wrong_ids(name)]
    if faults:
        raise UsageError(faults[0])
    at = dates.now()
    with site.store.write() as tx:
        within = people.course_named(tx, course)
        who = people.named(tx, people.ROSTER, name)
        people.join(tx, within, who, role)
        events.record(tx, "appointed", at, course=within.id, person=who.id, role=role)
        return new_link(site, tx, who.id, at)
