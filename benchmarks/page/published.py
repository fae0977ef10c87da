"""A quiz that was published, and students who have come in."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path

from sqlalchemy import select

from grader import bank
from grader.web import Rules, Store, publish, schema
from grader.web.dates import now
from grader.web.store import people, work
from grader.web.tokens import hashed, new

PICKS = ("two-two-one", "layer-sizes", "softmax-cross-entropy")
LONG = 10**8  # milliseconds


class Class:
    """A published quiz, and students with sessions: ``tokens`` by name."""

    def __init__(self, folder: Path, students: int) -> None:
        self.data = folder / "page.sqlite"
        self.store = Store(f"sqlite:///{self.data}")
        self.store.migrate()
        quiz, roster = folder / "load.yaml", folder / "class.csv"
        quiz.write_text(f"id: load\ntitle: Load\npick: [{', '.join(PICKS)}]\n")
        names = [f"s{number:04}" for number in range(students)]
        roster.write_text("student\n" + "\n".join(names) + "\n")
        publish(self.store, quiz, roster, bank.load_folder(), "load", Rules())
        self.tokens = {name: new() for name in names}
        with self.store.write() as tx:
            for name, token in self.tokens.items():
                who = people.known_as(tx, people.ROSTER, name)
                assert who is not None
                people.open_session(tx, who.id, hashed(token), now(), now() + LONG)


def stored(data: Path) -> list[str]:
    """The tokens of the forms that were handed in."""
    with Store(f"sqlite:///{data}").read() as tx:
        return [*tx.execute(select(schema.submission.c.token)).scalars()]


def unmarked(data: Path) -> int:
    with Store(f"sqlite:///{data}").read() as tx:
        return len(work.unmarked(tx))


def emptied_log(data: Path) -> None:
    """Bring all that is in the file beside the data into them."""
    with closing(sqlite3.connect(data)) as found:
        found.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def missing(data: Path, acknowledged: Iterable[str]) -> str:
    """Of the forms that were acknowledged: how many there are, are lost, are there twice."""
    there, kept = stored(data), {*acknowledged}
    lost, twice = kept - {*there}, len(there) - len({*there})
    return f"{len(kept)} acknowledged, {len(lost)} lost, {twice} twice"
