"""What was found out a moment ago is believed for some seconds."""

from __future__ import annotations

import time
from collections.abc import Hashable
from typing import Generic, TypeVar

Found = TypeVar("Found")


class Recent(Generic[Found]):
    """At most ``kept`` things, each for ``seconds``."""

    def __init__(self, seconds: float, kept: int) -> None:
        self.seconds, self.kept = seconds, kept
        self.found: dict[Hashable, tuple[float, Found]] = {}

    def get(self, asked: Hashable) -> Found | None:
        at, found = self.found.get(asked, (0.0, None))
        return found if time.monotonic() < at + self.seconds else None

    def put(self, asked: Hashable, found: Found) -> None:
        self.found.pop(asked, None)
        self.found[asked] = time.monotonic(), found
        if len(self.found) > self.kept:
            self.found.pop(next(iter(self.found)))

    def clear(self) -> None:
        """Believe nothing any more."""
        self.found.clear()
