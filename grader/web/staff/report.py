"""What the answers of a class say of its quiz: the report of ``gradmark analyse``, as of now."""

from __future__ import annotations

import base64
import hashlib
import re

from starlette.responses import HTMLResponse, Response

from grader.web.guards import POLICY
from grader.web.staff.roles import desk
from grader.web.staff.whole import whole_class
from grader.web.visit import Visit

STYLE = re.compile(r"<style>(.*?)</style>", re.DOTALL)


def shown(visit: Visit) -> Response:
    """The report, of the attempts that count."""
    with visit.site.store.read() as tx:
        own = desk(visit, tx, "watch")
        whole = whole_class(tx, own.quiz, visit.at)
    papers = [one.held.paper for one in whole.rows]
    marks = [found for one in whole.rows if one.graded for found in one.graded.marks]
    if not marks:
        return visit.page("staff/nothing.html", desk=own, at=visit.at)
    bank = max(one.held.bank for one in whole.rows)
    text: str = visit.site.workers.marks.run("report", bank, papers, marks, own.quiz.title)
    response = HTMLResponse(text)
    response.headers["Content-Security-Policy"] = policy(text)
    return response


def policy(page: str) -> str:
    """What a browser may do with a page that holds its own style and font: it runs no script."""
    digests = (hashlib.sha256(one.encode()).digest() for one in STYLE.findall(page))
    styles = " ".join(f"'sha256-{base64.b64encode(one).decode()}'" for one in digests)
    found = POLICY.replace("script-src 'self'", "script-src 'none'")
    return found.replace("style-src 'self'", f"style-src {styles}").replace(
        "font-src 'self'", "font-src data:"
    )
