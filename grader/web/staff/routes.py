"""Where the pages of staff are."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from grader.web.staff import (
    answers,
    appeals,
    audit,
    changes,
    gradebook,
    members,
    progress,
    regrading,
    releasing,
    report,
)
from grader.web.visit import Visit

Page = Callable[[Visit], Response]
Endpoint = Callable[[Request], Awaitable[Response]]

READ: dict[str, Page] = {
    "/course/{course}": progress.home,
    "/course/{course}/publish": releasing.shown,
    "/course/{course}/people": members.shown,
    "/course/{course}/events": audit.shown,
    "/staff/{quiz}": progress.live,
    "/staff/{quiz}/person/{person}": progress.student,
    "/staff/{quiz}/answers": answers.shown,
    "/staff/{quiz}/decisions": answers.history,
    "/staff/{quiz}/appeals": appeals.shown,
    "/staff/{quiz}/dates": changes.shown,
    "/staff/{quiz}/gradebook": gradebook.shown,
    "/staff/{quiz}/gradebook.csv": gradebook.as_csv,
    "/staff/{quiz}/export": gradebook.anonymised,
    "/staff/{quiz}/regrade": regrading.shown,
    "/staff/{quiz}/report": report.shown,
}
WRITTEN: dict[str, Page] = {
    "/course/{course}/publish": releasing.publish,
    "/course/{course}/people": members.put,
    "/course/{course}/people/{person}/link": members.new_link,
    "/course/{course}/links": members.links,
    "/staff/{quiz}/person/{person}/view": members.look_as,
    "/view/leave": members.look_as_oneself,
    "/staff/{quiz}/decide": answers.decide,
    "/staff/{quiz}/person/{person}/decide": answers.decide_paper,
    "/staff/{quiz}/withdraw": answers.withdraw,
    "/staff/{quiz}/appeals": appeals.answer,
    "/staff/{quiz}/dates": changes.change,
    "/staff/{quiz}/rules": changes.set_rules,
    "/staff/{quiz}/gradebook": gradebook.filled,
    "/staff/{quiz}/regrade": regrading.regrade,
}


def pages_of_staff(page: Callable[[Page], Endpoint]) -> list[Route]:
    """The routes of staff."""
    found = [Route(path, page(one)) for path, one in READ.items()]
    return found + [Route(path, page(one), methods=["POST"]) for path, one in WRITTEN.items()]
