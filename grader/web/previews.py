"""What people type is read by a worker of its own: all texts that wait go to it at once, and of one person only the newest waits."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from msgspec import Struct
from starlette.exceptions import HTTPException

from grader.answers import State
from grader.web.jobs import FAULT, Read, Typed
from grader.web.workers import SLOW, Lane, TooLarge, TooLong, Undone, Workers

log = logging.getLogger("gradmark")
TOGETHER = 64  # texts that a worker is given at once
TOO_LONG = Read(State.ASKS, message="this takes too long to read: write it more simply")
TOO_LARGE = Read(State.ASKS, message="this takes too much memory to read: write it more simply")
UNREAD = (TOO_LONG, TOO_LARGE, FAULT)
Found = tuple[Read | None, float]  # how a text is read, if it can be, and the seconds that it took


def unread(failure: Undone) -> Read:
    """What is told of a text that was not read: what it takes, or that the fault is ours."""
    if isinstance(failure, TooLong | TooLarge):
        return TOO_LONG if isinstance(failure, TooLong) else TOO_LARGE
    log.error("a text cannot be read: %s", failure)
    return FAULT


class Waiting(Struct, frozen=True):
    """Who waits for how a text is read."""

    person: int
    bank: int
    typed: Typed
    answer: asyncio.Future[Found]


class Line:
    """Those who wait for a lane, which is given so many texts at once as ``together`` says."""

    def __init__(self, lane: Lane, together: int) -> None:
        self.lane, self.together = lane, together
        self.thread = ThreadPoolExecutor(1)
        self.waiting: dict[int, Waiting] = {}
        self.work: asyncio.Task[None] | None = None

    async def read(self, person: int, bank: int, typed: Typed) -> Found:
        """How a text is read.

        Raises:
            HTTPException: 429, the person typed something else while it waited.
        """
        loop = asyncio.get_running_loop()
        older = self.waiting.pop(person, None)
        if older is not None:
            older.answer.set_exception(HTTPException(429))
        one = Waiting(person, bank, typed, loop.create_future())
        self.waiting[person] = one
        if self.work is None:
            self.work = loop.create_task(self.done())
        return await one.answer

    async def done(self) -> None:
        """Let the lane read until nobody waits."""
        loop = asyncio.get_running_loop()
        try:
            while self.waiting:
                taken = self.taken()
                texts = [one.typed for one in taken]
                found = await loop.run_in_executor(self.thread, self.asked, taken[0].bank, texts)
                for one, what in zip(taken, found, strict=True):
                    if not one.answer.done():
                        one.answer.set_result(what)
        finally:
            self.work = None

    def taken(self) -> list[Waiting]:
        """Who is served next: the first, and those behind them of the same bank."""
        first = next(iter(self.waiting.values()))
        alike = [one for one in self.waiting.values() if one.bank == first.bank]
        for one in alike[: self.together]:
            del self.waiting[one.person]
        return alike[: self.together]

    def asked(self, bank: int, texts: Sequence[Typed]) -> Sequence[Found]:
        """What the lane says; where it fails, nothing of several texts, of which only one may be to blame."""
        try:
            found: Sequence[Found] = self.lane.run("readings", bank, texts)
            return found
        except Undone as failure:
            return [(None if self.together > 1 else unread(failure), SLOW)] * len(texts)

    def end(self) -> None:
        self.thread.shutdown(cancel_futures=True)


class Previews:
    """Whose texts took long a moment ago waits among those who wait for marks, one after the other, and holds up nobody else."""

    def __init__(self, workers: Workers) -> None:
        self.slow = workers.slow
        self.quick, self.last = Line(workers.previews, TOGETHER), Line(workers.marks, 1)

    async def read(self, person: int, bank: int, typed: Typed) -> Read:
        """How a text is read, or why it is not.

        Raises:
            HTTPException: 429, as :meth:`Line.read`.
        """
        found, seconds = None, SLOW
        if person not in self.slow:
            found, seconds = await self.quick.read(person, bank, typed)
        if found is None:
            found, seconds = await self.last.read(person, bank, typed)
        if seconds < SLOW:
            self.slow.discard(person)
        else:
            self.slow.add(person)
        return found or TOO_LARGE

    def end(self) -> None:
        self.quick.end()
        self.last.end()
