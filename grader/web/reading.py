"""How a box is read while one types: nothing is stored, and nothing compared with a key.

All who type ask this every few seconds. What is known since the page was shown is believed for a while, so that most of them cost
the database nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from starlette.responses import HTMLResponse, Response

from grader.answers import State
from grader.web import paper
from grader.web.boxes import answers_in, box_of
from grader.web.jobs import Read, Typed
from grader.web.paper import Readable
from grader.web.scope import begun
from grader.web.site import Site
from grader.web.visit import Visit


def readable(visit: Visit) -> Readable:
    """The exercise in the path, of one's own paper."""
    with visit.site.store.read() as tx:
        held = begun(visit, tx)
    return paper.readable(visit, held, paper.place_in(held, visit))


async def shown(site: Site, own: Readable, form: Mapping[str, Sequence[str]]) -> Response:
    """How the box is read that a form names, as a part of a page."""
    address = form.get("box", [""])[0]
    text = answers_in(form, own.printed).get(address)
    if text is None:
        return HTMLResponse("")
    found = Read(State.BLANK)
    if text:
        typed = Typed(own.exercise, own.draw, address, text)
        found = await site.previews.read(own.person, own.bank, typed)
    return HTMLResponse(site.render("readings.html", box=box_of(own.printed, address, text, found)))
