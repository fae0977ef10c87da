"""How fast one visitor may send forms: some at once, then one after the other; who sends more waits, and costs nothing meanwhile."""

from __future__ import annotations

import asyncio
import time

from starlette.exceptions import HTTPException

KEPT = 10_000  # visitors
LONGEST = 5.0  # seconds that somebody waits


class Pace:
    """``burst`` forms at once, then one in ``interval`` seconds."""

    def __init__(self, interval: float, burst: int) -> None:
        self.interval, self.burst = interval, burst
        self.due: dict[str, float] = {}  # when those that a visitor has sent would all be done

    def wait(self, visitor: str, now: float) -> float:
        """The seconds until a form of a visitor is taken.

        Raises:
            HTTPException: 429, too many wait.
        """
        due = max(self.due.pop(visitor, 0.0), now) + self.interval
        found = max(due - now - self.burst * self.interval, 0.0)
        if found > LONGEST:
            due -= self.interval
        self.due[visitor] = due
        if len(self.due) > KEPT:
            self.due.pop(next(iter(self.due)))
        if found > LONGEST:
            raise HTTPException(429)
        return found

    async def keep(self, visitor: str) -> None:
        """Wait until a form of a visitor is taken, as :meth:`wait`."""
        if seconds := self.wait(visitor, time.monotonic()):
            await asyncio.sleep(seconds)
