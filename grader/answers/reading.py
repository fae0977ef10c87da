"""How an answer was read, before anything is compared with a key."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from msgspec import Struct

MAX_ANSWER = 20_000  # characters


class State(StrEnum):
    """What became of a text."""

    READ = "read"
    ASKS = "asks"  # it can be several things, or nothing that we know: the student must say what is meant
    BLANK = "blank"


class Reading(Struct, frozen=True):
    """An answer as it is understood; ``latex`` of what was read, ``message`` why it was not, or does not fit.

    ``given``: what a key judges.
    """

    state: State
    latex: str = ""
    message: str = ""
    given: Any = None
