"""How a box is read while one types: nothing is stored, and nothing compared with a key.

All who type ask this every few seconds. What is known of who they are and what they read is believed for some seconds, so that
most of them cost the database nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec
from msgspec import Struct
from starlette.responses import HTMLResponse, Response

from grader.answers import State
from grader.web import paper
from grader.web.boxes import answers_in, box_of
from grader.web.jobs import Printed, Read, Typed
from grader.web.scope import begun
from grader.web.site import Site
from grader.web.visit import Visit


class Readable(Struct, frozen=True):
    """An exercise of a paper whose boxes a ``person`` may have read; ``draw`` as it is stored."""

    person: int
    bank: int
    exercise: str
    draw: bytes
    printed: Printed


def readable(visit: Visit) -> Readable:
    """The exercise in the path, of one's own paper."""
    with visit.site.store.read() as tx:
        held = begun(visit, tx)
    item = held.paper.items[paper.place_in(held, visit)]
    printed = visit.site.printed(held.bank, item)
    draw = msgspec.json.encode(item.draw)
    return Readable(visit.person.id, held.bank, item.draw.exercise, draw, printed)


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
