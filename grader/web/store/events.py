"""What happened, by whom: a chain in which each event holds the hash of the one before it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping

import msgspec
from sqlalchemy import Connection, insert, select

from grader.web.schema import event
from grader.web.store.database import one_writer

FIRST = "0" * 64


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
    given = {
        "at": at, "actor": actor, "acting_as": acting_as, "course": course, "what": what,
        "about": msgspec.json.encode(about, order="deterministic").decode(),
        "previous": last or FIRST,
    }  # fmt: skip
    tx.execute(insert(event).values(**given, hash=digest(given)))


def digest(given: Mapping[str, object]) -> str:
    data = msgspec.json.encode(dict(given), order="deterministic")
    return hashlib.blake2b(data, digest_size=32).hexdigest()


def broken(tx: Connection) -> Iterator[int]:
    """The numbers of events that were changed, or before which one is missing."""
    previous = FIRST
    for row in tx.execute(select(event).order_by(event.c.id)).mappings():
        given = {name: row[name] for name in row if name not in ("id", "hash")}
        if row["previous"] != previous or row["hash"] != digest(given):
            yield row["id"]
        previous = row["hash"]


def happened(tx: Connection, course: int, most: int = 500) -> list[Mapping[str, object]]:
    """The newest events of a course, the newest first."""
    found = select(event).where(event.c.course == course).order_by(event.c.id.desc()).limit(most)
    return [dict(row) for row in tx.execute(found).mappings()]
