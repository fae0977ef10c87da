"""Many students for a while, with attackers beside them; how long the students wait."""

from __future__ import annotations

import asyncio
import heapq
import random
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from benchmarks.page.browser import Browser
from benchmarks.page.served import Served
from grader.web.tokens import new

PREVIEW, SUBMIT = 2.0, 30.0  # seconds between those of a student
AT_ONCE = 20  # who begin
SLOW = ("(" * 50 + "x" + ")^2" * 50, "(x if x > 0 else x) = " * 40 + "x", "np.where(" * 40 + "x")


@dataclass
class Waits:
    """Seconds from when a request was due until its whole answer was there, and what was answered else."""

    previews: list[float] = field(default_factory=list)
    submissions: list[float] = field(default_factory=list)
    errors: list[int] = field(default_factory=list)
    acknowledged: set[str] = field(default_factory=set)

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


async def begun(served: Served, tokens: Sequence[str]) -> list[Browser]:
    everyone = [Browser(served.port, token) for token in tokens]
    for start in range(0, len(everyone), AT_ONCE):
        await asyncio.gather(*(one.begin() for one in everyone[start : start + AT_ONCE]))
    return everyone


async def student(one: Browser, start: float, seconds: float, waits: Waits) -> None:
    """Previews and submissions, each due at its own time however long those before it took."""
    due = [
        (start + random.random() * PREVIEW, "previews"),
        (start + random.random() * SUBMIT, "submissions"),
    ]
    heapq.heapify(due)
    while due[0][0] < start + seconds:
        at, what = due[0]
        await asyncio.sleep(max(at - time.perf_counter(), 0))
        if what == "previews":
            status, good = await one.preview(f"{random.random():.3f}"), (200,)
        else:
            form = new()
            status, kept = await one.submit(f"{random.random():.6f}", form)
            good = (303,)
            if kept:
                waits.acknowledged.add(form)
        getattr(waits, what).append(time.perf_counter() - at)
        if status not in good:
            waits.errors.append(status)
        heapq.heapreplace(due, (at + (PREVIEW if what == "previews" else SUBMIT), what))


async def attacker(one: Browser, other: Browser, until: float) -> None:
    """The slowest texts, as fast as they go, to be read and to be marked at the same time."""

    async def previews() -> None:
        while time.perf_counter() < until:
            await one.preview(random.choice(SLOW))

    async def submissions() -> None:
        while time.perf_counter() < until:
            await other.submit(random.choice(SLOW), new())

    await asyncio.gather(previews(), submissions())


async def load(
    served: Served, tokens: Sequence[str], seconds: float, attackers: Sequence[str] = ()
) -> Waits:
    """Students, and attackers beside them; prints what they waited and what it cost."""
    everyone = await begun(served, tokens)
    first, second = await begun(served, attackers), await begun(served, attackers)
    start, waits = time.perf_counter(), Waits()
    before = *served.spent(), time.process_time()
    await asyncio.gather(
        *(student(one, start, seconds, waits) for one in everyone),
        *(attacker(*both, start + seconds) for both in zip(first, second, strict=True)),
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
