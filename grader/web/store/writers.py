"""Who writes to a file of SQLite: one after the other, and those who waited for each other are put on the disk together."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any

from sqlalchemy import Connection, exc
from sqlalchemy.engine import Engine

TOGETHER = 16  # writers at most
WAITING = (
    20  # at most, where the one before them waits as well; threads that wait cannot show pages
)
STUCK = 1.0  # seconds that somebody writes who waits
LOCKED = "database is locked"


class Refused(Exception):
    """Nothing is stored."""


class Group:
    """Writers of one transaction, which is on the disk when all of them have written, or has changed nothing."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.transaction = connection.begin()
        self.count = 0
        self.fault: BaseException | None = None
        self.ended = threading.Event()

    def part(self) -> AbstractContextManager[Any]:
        """What one writer changes; where that fails, the others' stays."""
        return self.connection.begin_nested() if self.count else nullcontext()

    def end(self, fault: BaseException | None = None) -> None:
        """Put it on the disk, or change nothing."""
        self.fault = fault
        try:
            if fault is None:
                self.transaction.commit()
        except exc.DBAPIError as error:
            self.fault = error
        finally:
            self.connection.close()
            self.ended.set()

    def kept(self) -> None:
        """Wait until it is on the disk.

        Raises:
            Refused: it is not.
        """
        self.ended.wait()
        if self.fault is not None:
            raise Refused(str(getattr(self.fault, "orig", self.fault))) from self.fault


class Writers:
    """Those who write to the file of an engine."""

    def __init__(self, engine: Engine, wait: float) -> None:
        self.engine, self.wait = engine, wait
        self.lock, self.guard = threading.Lock(), threading.Lock()
        self.waiting, self.since = 0, time.monotonic()
        self.group: Group | None = None

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """A transaction that is on the disk when the block is left, or has changed nothing.

        Raises:
            Refused: too many wait, or somebody else writes for too long.
        """
        self.take_turn()
        try:
            group = self.group = self.group or self.begun()
        except BaseException:
            self.lock.release()
            raise
        try:
            with group.part():
                yield group.connection
        except BaseException as fault:
            self.leave(group, fault)
            raise
        self.leave(group)
        group.kept()

    def take_turn(self) -> None:
        came = time.monotonic()
        with self.guard:
            if self.waiting >= WAITING and came - self.since > STUCK:
                raise Refused(LOCKED)
            self.waiting += 1
        self.lock.acquire()
        with self.guard:
            self.waiting -= 1
            self.since = time.monotonic()
        if self.group is None and self.since - came > self.wait:
            self.lock.release()
            raise Refused(LOCKED)

    def begun(self) -> Group:
        return Group(self.engine.connect().execution_options(writes=True))

    def leave(self, group: Group, fault: BaseException | None = None) -> None:
        """Give the turn to the next one, who goes on with the group; the last of it puts it on the disk."""
        broken = isinstance(fault, exc.DBAPIError) and not isinstance(fault, exc.IntegrityError)
        group.count += fault is None
        try:
            if broken or not group.count:
                self.group = None
                group.end(fault)
            elif not self.waiting or group.count >= TOGETHER:
                self.group = None
                group.end()
        finally:
            self.lock.release()
