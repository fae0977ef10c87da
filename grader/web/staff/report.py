"""What the answers of a class say of its quiz: the report of ``gradmark analyse``, as of now."""

from __future__ import annotations

import logging

from markupsafe import Markup
from starlette.responses import Response

from grader.web.rendering import embedded
from grader.web.staff.roles import desk
from grader.web.staff.whole import Whole, whole_class
from grader.web.visit import Visit
from grader.web.workers import Undone

log = logging.getLogger("gradmark")


def shown(visit: Visit) -> Response:
    """The report, of the attempts that count."""
    with visit.site.store.read() as tx:
        own = desk(visit, tx, "watch")
        whole = whole_class(tx, own.quiz, visit.at)
    why = "Nothing is marked yet, so there is nothing to tell."
    try:
        report = made(visit, whole, own.quiz.title)
    except Undone as failure:
        log.error("the report of quiz %d: %s", own.quiz.id, failure)
        report = Markup()
        why = "It could not be made just now. The log of the server says why; gradmark analyse has no such limits."
    return visit.page("staff/report.html", desk=own, report=report, why=why)


def made(visit: Visit, whole: Whole, title: str) -> Markup:
    """The report itself; empty where nothing is marked. Whoever loads it again and again keeps one worker busy, not all.

    Raises:
        Undone: it takes too long.
    """
    papers = [one.held.paper for one in whole.rows]
    marks = [found for one in whole.rows if one.graded for found in one.graded.marks]
    if not marks:
        return Markup()
    bank = max(one.held.bank for one in whole.rows)
    with visit.site.one_at_a_time(visit.actor.id):
        return embedded(visit.site.workers.marks.run("report", bank, papers, marks, title))
