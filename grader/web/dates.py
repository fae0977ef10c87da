"""When a person may answer a quiz, by the server's clock; times are milliseconds since 1970."""

from __future__ import annotations

import datetime
import time
from collections.abc import Sequence
from enum import StrEnum

from msgspec import Struct

from grader.answers import Level
from grader.web.records import Override, Rules

MINUTE = 60_000
GRACE = 10_000  # an answer may be so long on its way


def now() -> int:
    return time.time_ns() // 1_000_000


class Stage(StrEnum):
    """Where a quiz is, for one person."""

    LATER = "later"
    OPEN = "open"
    CLOSED = "closed"


class Window(Struct, frozen=True):
    """When and how often one person may answer; ``ends``: when they must stop, once they have begun.

    ``minutes`` are theirs, extra time included; ``factor`` of it.
    """

    opens: int | None
    closes: int | None
    minutes: float | None
    attempts: int | None
    factor: float
    begun: int | None

    @property
    def ends(self) -> int | None:
        own = None
        if self.begun is not None and self.minutes is not None:
            own = self.begun + round(self.minutes * MINUTE)
        return min((one for one in (own, self.closes) if one is not None), default=None)

    def stage(self, at: int, grace: int = 0) -> Stage:
        if self.opens is not None and at < self.opens:
            return Stage.LATER
        if self.ends is not None and at > self.ends + grace:
            return Stage.CLOSED
        return Stage.OPEN

    def left(self, used: int) -> int | None:
        """How many attempts are left; nothing where there is no limit."""
        return None if self.attempts is None else max(self.attempts - used, 0)


def window(
    rules: Rules, changes: Sequence[Override], factor: float = 1.0, begun: int | None = None
) -> Window:
    """What holds for one person: the rules, what was changed for them, the newest last, and their extra time.

    Extra time moves the closing date as well, so who begins as late as others do has all of it.
    """
    given = {name: getattr(rules, name) for name in ("opens", "closes", "minutes", "attempts")}
    ordered = sorted(changes, key=lambda one: (one.person is not None, bool(one.section)))
    for change in ordered:
        for name in given:
            value = getattr(change, name)
            given[name] = given[name] if value is None else value
    minutes, closes = given["minutes"], given["closes"]
    if minutes is not None and closes is not None:
        closes += round(minutes * (factor - 1) * MINUTE)
    own = None if minutes is None else minutes * factor
    return Window(given["opens"], closes, own, given["attempts"], factor, begun)


def told(rules: Rules, window: Window, at: int) -> Level:
    """How much of the marks is told now."""
    return rules.later if window.stage(at, GRACE) is Stage.CLOSED else rules.level


# In words


def spoken(moment: int, at: int) -> str:
    """A point in time: today only the hour, else the day as well."""
    found, today = local(moment), local(at)
    hour = f"{found:%H:%M}"
    if found.date() == today.date():
        return f"today at {hour}"
    if found.date() == (today + datetime.timedelta(days=1)).date():
        return f"tomorrow at {hour}"
    year = f" {found.year}" if found.year != today.year else ""
    return f"on {found:%A}, {found.day} {found:%B}{year}, at {hour}"


def clock(moment: int) -> str:
    return f"{local(moment):%H:%M}"


def second(moment: int) -> str:
    return f"{local(moment):%H:%M:%S}"


def typed(moment: int | None) -> str:
    """A point in time as a browser takes it in a form; empty where there is none."""
    return "" if moment is None else f"{local(moment):%Y-%m-%dT%H:%M}"


def day(moment: int) -> str:
    return f"{local(moment).day} {local(moment):%B}"


def local(moment: int) -> datetime.datetime:
    return datetime.datetime.fromtimestamp(moment / 1000).astimezone()


def lasting(milliseconds: int) -> str:
    """A span of time: ``38 min``, ``2 h 5 min``, ``3 days``."""
    minutes = max(milliseconds, 0) // MINUTE
    if minutes >= 2 * 24 * 60:
        return f"{minutes // (24 * 60)} days"
    if minutes >= 60:
        return f"{minutes // 60} h {minutes % 60} min".removesuffix(" 0 min")
    return f"{minutes} min" if minutes else "less than 1 min"
