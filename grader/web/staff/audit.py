"""What happened in a course, by whom, and whether anything of it was changed since."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec
from starlette.responses import Response

from grader.web.staff.roles import MAY, office
from grader.web.store import classes, events
from grader.web.visit import Visit

LONG = 300  # signs of what an event is about


def shown(visit: Visit) -> Response:
    """The newest events of a course; the chain of all events is gone through if that is asked."""
    with visit.site.store.read() as tx:
        me = office(visit, tx, "change")
        found = events.happened(tx, me.course.id)
        names = classes.names(tx, me.course.id)
        broken = [*events.broken(tx)] if visit.query.get("verify") else None
    return visit.page(
        "staff/events.html",
        me=me,
        may=MAY[me.role],
        events=found,
        names=names,
        about={one["id"]: ", ".join(said(str(one["about"]), names)) for one in found},
        broken=broken,
        at=visit.at,
    )


def said(about: str, names: Mapping[int, str]) -> Iterator[str]:
    """What an event is about, in words; people by name."""
    given: dict[str, Any] = msgspec.json.decode(about or "{}")
    for name, value in given.items():
        if name == "person":
            value = names.get(value, value)
        elif name == "persons":
            value = ", ".join(str(names.get(one, one)) for one in value)
        elif isinstance(value, dict):
            value = ", ".join(f"{key} {one}" for key, one in value.items())
        yield f"{name}: {value}"[:LONG]
