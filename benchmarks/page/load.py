"""Many students for a while, with attackers beside them; how long the students wait."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

from benchmarks.page.browser import Browser
from benchmarks.page.served import Served
from grader.web.tokens import new

PREVIEW, SUBMIT = 2.0, 30.0  # seconds between those of a student
AT_ONCE = 20  # who begin
SLOW = (  # to read, or to mark
    "(" * 45 + "P[i] + y[i]" + ")^2" * 45,
    "exp(" * 40 + "P[i]" + ")" * 40,
    "sum_i P[i]*" * 12 + "1",
    " + ".join(f"P[i]^{power}*(1-P[i])" for power in range(2, 42)),
    "(P[i] if P[i] > 0 else y[i]) * " * 45 + "1",
)
OF_FORMULAS = 3  # the exercise that attackers are at


@dataclass
class Waits:
    """Seconds from when a request was due until its whole answer was there, and what was answered else."""

    previews: list[float] = field(default_factory=list)
    submissions: list[float] = field(default_factory=list)
    errors: list[int] = field(default_factory=list)
    acknowledged: set[str] = field(default_factory=set)
    refused: int = 0  # submissions, with 503
    kept: int = 0  # of these, the text

    def told(self) -> str:
        count = len(self.previews) + len(self.submissions)
        wrong = {status: self.errors.count(status) for status in sorted({*self.errors})}
        lines = [f"  {count} requests, {len(self.errors)} errors {wrong or ''}".rstrip()]
        for name in ("previews", "submissions"):
            lines.append(f"  {name}: {quantiles(getattr(self, name))}")
        return "\n".join(lines)


def quantiles(times: Sequence[float]) -> str:
    ordered = sorted(times) or [0.0]
    median, p99 = (1000 * ordered[int(share * (len(ordered) - 1))] for share in (0.5, 0.99))
    return f"{len(times)}, median {median:.1f} ms, 99 % {p99:.1f} ms"


async def begun(served: Served, tokens: Sequence[str], exercise: int = 1) -> list[Browser]:
    everyone = [Browser(served.port, token, exercise) for token in tokens]
    for start in range(0, len(everyone), AT_ONCE):
        await asyncio.gather(*(one.begin() for one in everyone[start : start + AT_ONCE]))
    return everyone


async def previews(one: Browser, start: float, seconds: float, waits: Waits) -> None:
    """What a student types, due at its own time however long what was before it took."""
    due = start + random.random() * PREVIEW
    while due < start + seconds:
        await asyncio.sleep(max(due - time.perf_counter(), 0))
        status = await one.preview(f"{random.random():.3f}")
        waits.previews.append(time.perf_counter() - due)
        if status != 200:
            waits.errors.append(status)
        due += PREVIEW


async def submissions(one: Browser, start: float, seconds: float, waits: Waits) -> None:
    """What a student hands in, due as :func:`previews`."""
    due = start + random.random() * SUBMIT
    while due < start + seconds:
        await asyncio.sleep(max(due - time.perf_counter(), 0))
        form = new()
        status, kept = await one.submit(f"{random.random():.6f}", form)
        waits.submissions.append(time.perf_counter() - due)
        if status != 303:
            waits.errors.append(status)
        if status == 503:
            waits.refused += 1
            waits.kept += kept
        elif kept:
            waits.acknowledged.add(form)
        due += SUBMIT


async def attacker(one: Browser, until: float) -> None:
    """The slowest texts, as fast as they go, to be read and to be marked at the same time."""

    async def read() -> None:
        while time.perf_counter() < until:
            await one.preview(random.choice(SLOW))

    async def marked() -> None:
        while time.perf_counter() < until:
            await one.submit(random.choice(SLOW), new())

    await asyncio.gather(read(), marked())


async def nothing() -> None:
    pass


async def load(
    served: Served,
    tokens: Sequence[str],
    seconds: float,
    attackers: Sequence[str] = (),
    beside: Callable[[], Awaitable[None]] = nothing,
) -> Waits:
    """Students, attackers and something else ``beside`` them; prints what the students waited and what it cost."""
    everyone = await begun(served, tokens)
    hostile = await begun(served, attackers, OF_FORMULAS)
    start, waits = time.perf_counter(), Waits()
    before = *served.spent(), time.process_time()
    await asyncio.gather(
        *(previews(one, start, seconds, waits) for one in everyone),
        *(submissions(one, start, seconds, waits) for one in everyone),
        *(attacker(one, start + seconds) for one in hostile),
        beside(),
    )
    after = *served.spent(), time.process_time()
    count = len(waits.previews) + len(waits.submissions)
    server, workers, own = (
        1000 * (new - old) / count for new, old in zip(after, before, strict=True)
    )
    print(f"{len(tokens)} students, {len(attackers)} attackers, {seconds:g} s")
    print(waits.told())
    print(
        f"  processor time a request: server {server:.2f} ms, its workers {workers:.2f} ms, this load {own:.2f} ms",
        flush=True,
    )
    return waits
