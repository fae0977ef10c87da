"""How an answer was read, before anything is compared with a key."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from msgspec import Struct

MAX_ANSWER = 20_000  # characters
MAX_MEANT = 200  # of a text for which others are offered


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
