"""A database: SQLite in a file, or PostgreSQL; transactions, and what is said when one cannot be made."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, create_engine, event, exc, text
from sqlalchemy.engine import Engine

from grader.errors import GradmarkError, UsageError
from grader.web.store.writers import Refused, Writers

MIGRATIONS = Path(__file__).parents[1] / "migrations"
WAIT = 5.0  # seconds for another writer
COMMON: Mapping[str, Any] = {  # as many connections as requests at a time; errors quote no answers
    "pool_size": 20, "max_overflow": 30, "hide_parameters": True,
}  # fmt: skip
REWRITING: Mapping[str, tuple[str, ...]] = {
    "sqlite": ("VACUUM", "PRAGMA wal_checkpoint(TRUNCATE)"),
    "postgresql": ("VACUUM FULL",),
}
ALONE: Mapping[str, Any] = {  # outside of a transaction
    "sqlite": {"alone": True},
    "postgresql": {"isolation_level": "AUTOCOMMIT"},
}
PRAGMAS = ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON")


class Unavailable(GradmarkError):
    """Nothing could be stored: the database is locked, the disk full, the server gone."""


class Store:
    """All that is kept; functions of the modules beside take one of its connections."""

    def __init__(self, address: str, wait: float = WAIT) -> None:
        self.address = address
        self.engine = engine(address, wait)
        self.writers = Writers(self.engine, wait)

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A connection that sees one state of the data.

        Raises:
            Unavailable: it cannot be read now.
        """
        with told(), self.engine.connect() as found:
            yield found

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """A transaction that is on the disk when the block is left, or has changed nothing.

        Raises:
            Unavailable: it cannot be stored now.
        """
        one_by_one = self.engine.dialect.name == "sqlite"
        with told(), self.writers.write() if one_by_one else self.engine.begin() as found:
            yield found

    def migrate(self) -> None:
        """Make the tables, or bring those of an older version up to date."""
        with told(), self.engine.begin() as found:
            config = Config()
            config.set_main_option("script_location", str(MIGRATIONS))
            config.attributes["connection"] = found
            command.upgrade(config, "head")

    def rewrite(self) -> None:
        """Write the whole database anew, as what is deleted stays in the file until something takes its place.

        Raises:
            Unavailable: somebody reads what was there before, and it must be done again.
        """
        kind = self.engine.dialect.name
        with told(), self.engine.connect().execution_options(**ALONE[kind]) as found:
            said = [found.exec_driver_sql(one) for one in REWRITING[kind]]
            if any(one.returns_rows and one.scalar() for one in said):
                raise Unavailable("the file is being read")

    def close(self) -> None:
        self.engine.dispose()


def engine(address: str, wait: float) -> Engine:
    """The engine of an address as ``sqlite:///file`` or ``postgresql://…``.

    Raises:
        UsageError: it is of another kind.
    """
    kind, _, rest = address.partition("://")
    if kind == "sqlite":
        options = {"timeout": wait, "check_same_thread": False}
        found = create_engine(address, connect_args=options, **COMMON)
        event.listen(found, "connect", prepared)
        event.listen(found, "begin", begun)
        return found
    if kind.partition("+")[0] in ("postgres", "postgresql"):
        limits = {
            "options": f"-c lock_timeout={int(wait * 1000)}",
            "connect_timeout": int(wait),
        }
        server = f"postgresql+psycopg://{rest}"
        return create_engine(server, connect_args=limits, pool_pre_ping=True, **COMMON)
    raise UsageError(f"DATABASE_URL: expected sqlite:///… or postgresql://…, found '{kind}'")


def prepared(connection: sqlite3.Connection, _: Any) -> None:
    """Transactions are begun by us and not by the driver, which would begin them too late."""
    connection.isolation_level = None
    for pragma in PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")


def begun(connection: Connection) -> None:
    """Who writes waits for other writers at the beginning, and never has to give up in the middle."""
    options = connection.get_execution_options()
    if not options.get("alone"):
        connection.exec_driver_sql("BEGIN IMMEDIATE" if options.get("writes") else "BEGIN")


@contextmanager
def told() -> Iterator[None]:
    """What the database cannot do just now is said as :class:`Unavailable`."""
    try:
        yield
    except (exc.OperationalError, exc.TimeoutError, Refused) as error:
        raise Unavailable(str(getattr(error, "orig", error))) from error


def one_writer(connection: Connection) -> None:
    """Wait until nobody else is in the same place of a transaction; in SQLite, there is one writer anyway."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(20)"))
