"""The pages and where they are; each request becomes a :class:`~grader.web.visit.Visit`, and each page is a function of it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from functools import partial
from typing import TypeVar

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route

from grader.web import (
    answering,
    entry,
    feedback,
    guards,
    marking,
    paper,
    practice,
    reading,
    start,
    tokens,
)
from grader.web.dates import now
from grader.web.pacing import Pace
from grader.web.site import FILES, Site, static
from grader.web.staff import pages_of_staff
from grader.web.store import Unavailable
from grader.web.visit import Visit

log = logging.getLogger("gradmark")
Page = Callable[[Visit], Response]
Found = TypeVar("Found")
Endpoint = Callable[[Request], Awaitable[Response]]
EVERY = 2.0  # seconds
BOTH = ["GET", "POST"]
TITLES = {
    400: "This address is not known here",
    401: "You have left, or were away for long",
    403: "This form is not from here",
    404: "There is no such page",
    405: "There is no such page",
    413: "That is too much at once",
    429: "One moment",
    500: "That should not have happened",
}
AS_STUDENT = ("/quiz/", "/practice/")  # where staff who look as a student change nothing


def application(site: Site) -> Starlette:
    """The site as an ASGI application."""
    page = partial(endpoint, site)
    opened = partial(endpoint, site, needs_session=False)
    routes = [
        Route("/", page(start.quizzes_of)),
        Route("/enter/{token}", opened(entry.link), methods=BOTH),
        Route("/login", opened(entry.login), methods=BOTH),
        Route("/leave", page(entry.leave), methods=["POST"]),
        Route("/quiz/{quiz}", page(paper.opened)),
        Route("/quiz/{quiz}/begin", page(paper.begin), methods=["POST"]),
        Route("/quiz/{quiz}/feedback", page(feedback.newest)),
        Route("/quiz/{quiz}/feedback/{number}", page(feedback.shown)),
        Route("/quiz/{quiz}/feedback/{number}/ask", page(feedback.ask), methods=["POST"]),
        Route("/quiz/{quiz}/{item}", page(paper.item)),
        Route("/quiz/{quiz}/{item}", page(answering.posted), methods=["POST"]),
        Route("/quiz/{quiz}/{item}/read", preview(site), methods=["POST"]),
        Route("/practice", page(practice.listed)),
        Route("/practice/{course}/{exercise}", page(practice.shown)),
        Route("/practice/{course}/{exercise}", page(practice.posted), methods=["POST"]),
        *pages_of_staff(page),
        Route("/static/{digest}/{name}", file),
    ]
    found = Starlette(
        routes=routes,
        lifespan=partial(tended, site),
        exception_handlers={Exception: partial(failed, site)},
    )
    found.state.site = site
    for error in (HTTPException, Unavailable):
        found.add_exception_handler(error, partial(failed, site))
    return found


@asynccontextmanager
async def tended(site: Site, _: Starlette) -> AsyncIterator[None]:
    """While a site is served, marks what was left, and hands in what was typed where time is over."""
    tending = asyncio.create_task(tend(site))
    yield
    tending.cancel()


async def tend(site: Site) -> None:
    """Look after what no request does; a round that fails is followed by the next."""
    left: list[Callable[[], int]] = [partial(marking.prepare, site)]
    while True:
        try:
            await run_in_threadpool(left[0] if left else partial(marking.hand_in_late, site, now()))
            left.clear()
        except Exception:
            log.exception("it is tried again")
        await asyncio.sleep(EVERY)


def endpoint(site: Site, page: Page, needs_session: bool = True) -> Endpoint:
    """A page as an endpoint: what is forged, strange or too long is refused before it is asked."""

    async def answered(request: Request) -> Response:
        form = await let_in(site, request, site.forms)
        return guards.protected(
            await run_in_threadpool(answer, site, page, request, form, needs_session)
        )

    return answered


def preview(site: Site) -> Endpoint:
    """How what is typed is read, as an endpoint; it looks up who asks only now and then."""

    async def answered(request: Request) -> Response:
        form = await let_in(site, request, site.typed)
        token = request.cookies.get(tokens.COOKIE, "")
        named = entry.named_by_proxy(site, request, peer(request))
        asked = token, named, request.url.path
        own = site.readable.get(asked)
        if own is None:
            found = await run_in_threadpool(answer, site, reading.readable, request, form, True)
            if isinstance(found, Response):
                return guards.protected(found)
            site.readable.put(asked, own := found)
        guards.check_form(form, token)
        return guards.protected(await reading.shown(site, own, form))

    return answered


async def let_in(site: Site, request: Request, pace: Pace) -> dict[str, list[str]]:
    """The form of a request that may be answered; nobody's come faster than ``pace``."""
    guards.check_host(request, site.settings.host)
    reads = request.method in guards.READS
    if not reads:
        guards.check_origin(request, site.settings.host)
    form = {} if reads else await guards.form_of(request)
    request.state.form = form
    visitor = request.cookies.get(tokens.COOKIE)
    if visitor and not reads:
        await pace.keep(visitor)
    return form


def answer(
    site: Site,
    page: Callable[[Visit], Found],
    request: Request,
    form: Mapping[str, list[str]],
    needs_session: bool,
) -> Found | Response:
    """What a page says to a visitor."""
    visit = visit_of(site, request, form)
    named = entry.named_by_proxy(site, request, visit.peer)
    entered = entry.by_proxy(visit, named) if named else None
    if entered is not None:
        return entered
    if needs_session and visit.session is None:
        if request.url.path == "/":
            return visit.page("outside.html")
        raise HTTPException(401)
    if visit.session is not None and visit.method not in guards.READS:
        guards.check_form(dict(form), visit.token)
        if visit.session.acting_as and visit.path.startswith(AS_STUDENT):
            raise HTTPException(403)
    return page(visit)


def visit_of(site: Site, request: Request, form: Mapping[str, list[str]]) -> Visit:
    token = request.cookies.get(tokens.COOKIE, "")
    at = now()
    session = entry.session_of(site, token, at)
    return Visit(
        site,
        request.method,
        request.url.path,
        request.path_params,
        request.query_params,
        form,
        session,
        token if session else "",
        at,
        peer(request),
        request.headers.get("x-requested-with") == "gradmark",
    )


def peer(request: Request) -> str:
    """The address that a request came from."""
    return request.client.host if request.client else ""


async def file(request: Request) -> Response:
    """A file that is served as it is, and kept by browsers."""
    name = request.path_params["name"]
    if name not in FILES or request.url.path != static(name):
        raise HTTPException(404)
    response = guards.protected(FileResponse(FILES[name]))
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    return response


async def failed(site: Site, request: Request, error: Exception) -> Response:
    """What is said where a page cannot be shown; what was typed is kept."""
    if isinstance(error, Unavailable):
        log.error("the database: %s", error)
        return guards.protected(await run_in_threadpool(kept, site, request))
    status = error.status_code if isinstance(error, HTTPException) else 500
    visit = Visit(site, request.method, request.url.path, {}, {}, {}, None, "", now())
    title = TITLES.get(status, TITLES[500])
    return guards.protected(visit.page("error.html", status, code=status, title=title))


def kept(site: Site, request: Request) -> Response:
    """What was typed, in a form that sends it again: nothing could be stored."""
    form = getattr(request.state, "form", {})
    token = request.cookies.get(tokens.COOKIE, "")
    visit = Visit(site, "POST", request.url.path, {}, {}, form, None, token, now())
    return visit.page("kept.html", 503, form=form)
