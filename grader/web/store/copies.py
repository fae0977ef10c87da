"""A copy of all data while it is in use, and whether a copy is whole."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import msgspec
from sqlalchemy import Connection, func, select

from grader.errors import UsageError
from grader.papers import in_its_place
from grader.web.schema import marking, paper, submission
from grader.web.store import erasure, events
from grader.web.store.database import Store
from grader.web.store.quizzes import ITEMS
from grader.web.store.work import GRADED, digest_of


def backup(store: Store, to: Path) -> None:
    """Copy a database of SQLite into a file, as it is at one moment; who writes meanwhile is not kept waiting.

    Raises:
        UsageError: it is a PostgreSQL database, which has a program of its own for that.
    """
    if store.engine.dialect.name != "sqlite":
        raise UsageError("a PostgreSQL database is copied by pg_dump, and put back by pg_restore")
    with in_its_place(to) as part, store.read() as tx:
        source = tx.connection.driver_connection
        assert isinstance(source, sqlite3.Connection)
        target = sqlite3.connect(part)
        try:
            source.backup(target)
        finally:
            target.close()


def faults(tx: Connection) -> Iterator[str]:
    """What is wrong with the data; nothing where they are whole."""
    if tx.dialect.name == "sqlite":
        yield from (
            f"the file is damaged: {line}"
            for line in tx.exec_driver_sql("PRAGMA integrity_check").scalars()
            if line != "ok"
        )
        for row in tx.exec_driver_sql("PRAGMA foreign_key_check"):
            yield f"a row of {row[0]} refers to one of {row[2]} that is not there"
    for number in events.broken(tx):
        yield f"event {number} was changed, or one before it is missing"
    yield from altered(tx)
    yield from erasure.unexplained(tx)


def altered(tx: Connection) -> Iterator[str]:
    """Submissions, marks and papers that cannot be read, or are not what was handed in."""
    for row in tx.execute(select(submission.c.id, submission.c.answers, submission.c.digest)):
        if row.answers and digest_of(msgspec.json.decode(row.answers)) != row.digest:
            yield f"submission {row.id} is not what was handed in"
    for table, column, reader in (
        (marking, marking.c.marks, GRADED),
        (paper, paper.c.drawn, ITEMS),
    ):
        for number, text in tx.execute(select(table.c.id, column)):
            try:
                if text:
                    reader.decode(text)
            except msgspec.DecodeError as error:
                yield f"{table.name} {number} cannot be read: {error}"


def counts(tx: Connection) -> dict[str, int]:
    """How much there is."""
    tables = paper, submission, marking
    return {
        one.name: tx.execute(select(func.count()).select_from(one)).scalar_one() for one in tables
    }
