"""Work that takes longer than anybody waits for a page: how far it has come, and what came of it."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import Generic, TypeVar

log = logging.getLogger("gradmark")
Found = TypeVar("Found")
Work = Callable[[Callable[[], None]], Found]


class Task(Generic[Found]):
    """A ``work`` of so many parts as ``of`` says, which calls what it is given after each of them; ``found``: what came of it."""

    def __init__(self, work: Work[Found], of: int) -> None:
        self.count, self.of = 0, of
        self.found: Found | None = None
        self.thread = threading.Thread(target=self.run, args=(work,), daemon=True)
        self.thread.start()

    def run(self, work: Work[Found]) -> None:
        try:
            self.found = work(self.step)
        except Exception:
            log.exception("a task failed")

    def step(self) -> None:
        self.count += 1

    @property
    def is_running(self) -> bool:
        return self.thread.is_alive()

    @property
    def has_failed(self) -> bool:
        return not self.is_running and self.found is None

    @property
    def percent(self) -> int:
        return round(100 * self.count / self.of) if self.of else 100

    def wait(self, seconds: float) -> None:
        """Until it is done, or so long."""
        self.thread.join(seconds)
