"""What happened, by whom: a chain in which each event holds the hash of the one before it.

The chain holds what an event is about by its digest, so that it may be emptied with a person.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping

import msgspec
from sqlalchemy import Connection, insert, select

from grader.web.schema import event
from grader.web.store.database import one_writer

FIRST = "0" * 64
ERASED = "deleted a person"


def record(
    tx: Connection,
    what: str,
    at: int,
    *,
    actor: int | None = None,
    acting_as: int | None = None,
    course: int | None = None,
    **about: object,
) -> None:
    """Add an event, such as ``record(tx, "published", now, actor=1, quiz=3)``."""
    one_writer(tx)
    last = tx.execute(select(event.c.hash).order_by(event.c.id.desc()).limit(1)).scalar()
    text = msgspec.json.encode(about, order="deterministic").decode()
    given = {
        "at": at, "actor": actor, "acting_as": acting_as, "course": course, "what": what,
        "digest": digest(text), "previous": last or FIRST,
    }  # fmt: skip
    tx.execute(insert(event).values(**given, about=text, hash=digest(given)))


def digest(given: object) -> str:
    data = msgspec.json.encode(given, order="deterministic")
    return hashlib.blake2b(data, digest_size=32).hexdigest()


def broken(tx: Connection) -> Iterator[int]:
    """The numbers of events that were changed, or before which one is missing; one may be emptied with a person who was deleted later."""
    previous = FIRST
    erased = select(event.c.id).where(event.c.what == ERASED).order_by(event.c.id.desc())
    last = tx.execute(erased.limit(1)).scalar() or 0
    for row in tx.execute(select(event).order_by(event.c.id)).mappings():
        given = {name: row[name] for name in row if name not in ("id", "about", "hash")}
        same = digest(row["about"]) == row["digest"] if row["about"] else row["id"] < last
        if row["previous"] != previous or row["hash"] != digest(given) or not same:
            yield row["id"]
        previous = row["hash"]


def happened(tx: Connection, course: int, most: int = 500) -> list[Mapping[str, object]]:
    """The newest events of a course, the newest first."""
    found = select(event).where(event.c.course == course).order_by(event.c.id.desc()).limit(most)
    return [dict(row) for row in tx.execute(found).mappings()]
