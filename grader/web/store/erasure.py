"""All that is kept of one person: to hand out, and to delete."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec
from sqlalchemy import BigInteger, ColumnElement, Connection, Table, delete, or_, select, update

from grader.web.schema import (
    appeal_event,
    decision,
    draft,
    event,
    identity,
    link,
    marking,
    member,
    override,
    paper,
    person,
    practice,
    session,
    submission,
)
from grader.web.store import events

JSON = (
    "answers",
    "marks",
    "drawn",
    "outline",
    "columns",
    "record",
    "about",
)  # columns that hold it
SECRET = "token"  # a column that is not handed out
DELETED = (identity, session, link, draft, practice)
EMPTIED: Mapping[Table, Mapping[str, object]] = {
    member: {"section": "", "time_factor": 1.0, "left": 1},
    paper: {"columns": "{}"},
    submission: {"answers": ""},
    marking: {"marks": ""},
    override: {"reason": ""},
    decision: {"record": ""},
    appeal_event: {"text": ""},
}


def concerning(who: int) -> Mapping[Table, ColumnElement[bool]]:
    """Which rows of each table are about a person, but for events that only tell of them."""
    papers = select(paper.c.id).where(paper.c.person == who)
    handed = select(submission.c.id).where(submission.c.paper.in_(papers))
    own = (identity, member, link, paper, override, decision, practice)
    return {
        person: person.c.id == who,
        **{one: one.c.person == who for one in own},
        session: or_(session.c.person == who, session.c.acting_as == who),
        **{one: one.c.paper.in_(papers) for one in (draft, submission, appeal_event)},
        marking: marking.c.submission.in_(handed),
    }


def events_about(tx: Connection, who: int) -> Iterator[tuple[Any, Mapping[str, Any]]]:
    """The events that a person caused or that tell of them, each with what it is about."""
    for row in tx.execute(select(event).order_by(event.c.id)):
        about = msgspec.json.decode(row.about) if row.about else {}
        if who in (row.actor, row.acting_as) or tells_of(about, who):
            yield row, about


def tells_of(about: Mapping[str, Any], who: int) -> bool:
    changed = about.get("to", {})
    return who in (about.get("person"), changed.get("person"), *about.get("persons", ()))


# To hand out


def exported(tx: Connection, who: int) -> dict[str, list[dict[str, object]]]:
    """All rows about a person, by table; times are in UTC, and tokens are left out."""
    found = {
        table.name: [shown(table, row) for row in tx.execute(select(table).where(which))]
        for table, which in concerning(who).items()
    }
    return {**found, event.name: [shown(event, row) for row, _ in events_about(tx, who)]}


def shown(table: Table, row: Any) -> dict[str, object]:
    """A row as it is handed out."""
    columns = [one for one in table.columns if one.name != SECRET]
    return {one.name: readable(one, row._mapping[one.name]) for one in columns}


def readable(column: ColumnElement[Any], value: Any) -> object:
    if isinstance(column.type, BigInteger) and value is not None:
        return datetime.datetime.fromtimestamp(value / 1000, datetime.UTC).isoformat()
    if column.key in JSON and value:
        return msgspec.json.decode(value)
    return value


# To delete


def erase(tx: Connection, who: int, at: int, by: int | None = None) -> None:
    """Delete what a person is called, wrote and was told; hashes, points and times stay, under their number."""
    for row, about in [*events_about(tx, who)]:
        if tells_of(about, who) and about.keys() & {"why", "to"}:
            tx.execute(update(event).where(event.c.id == row.id).values(about=""))
    which = concerning(who)
    for table, nothing in EMPTIED.items():
        tx.execute(update(table).where(which[table]).values(nothing))
    for table in DELETED:
        tx.execute(delete(table).where(which[table]))
    tx.execute(update(person).where(which[person]).values(name=f"person {who}", emptied=at))
    events.record(tx, events.ERASED, at, actor=by, person=who)


def unexplained(tx: Connection) -> Iterator[str]:
    """Submissions and marks that are empty though their person was not deleted."""
    there: Sequence[tuple[Table, ColumnElement[str]]] = (
        (submission, submission.c.answers),
        (marking, marking.c.marks),
    )
    for table, column in there:
        found = select(table.c.id).select_from(submission).join(paper).join(person)
        if table is marking:
            found = found.join(marking, marking.c.submission == submission.c.id)
        empty = found.where(column == "", person.c.emptied.is_(None))
        for number in tx.execute(empty).scalars():
            yield f"{table.name} {number} is empty, and its student was not deleted"
