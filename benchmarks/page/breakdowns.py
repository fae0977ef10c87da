"""What goes wrong under load: the server is killed, its disk is full, its database is locked."""

from __future__ import annotations

import asyncio
import random
import shutil
import signal
import sqlite3
import time
from collections.abc import Sequence
from pathlib import Path

from benchmarks.page.browser import Browser
from benchmarks.page.load import Waits, load
from benchmarks.page.published import Class, emptied_log, missing, unmarked
from benchmarks.page.served import Served
from grader.web.tokens import new

KILLS = 20
LOCKED = 10.0  # seconds
ROOM = 2 * 2**20  # bytes that a disk has beside the data


async def until_killed(served: Served, tokens: Sequence[str], kept: set[str]) -> None:
    """Submissions as fast as they go, until the server is gone; those acknowledged are kept."""

    async def student(token: str) -> None:
        one = Browser(served.port, token)
        try:
            await one.begin()
            while True:
                form = new()
                status, acknowledged = await one.submit(f"{random.random():.6f}", form)
                if status == 303 and acknowledged:
                    kept.add(form)
        except OSError:
            return

    tasks = [asyncio.create_task(student(token)) for token in tokens]
    before = len(kept)
    while len(kept) == before:
        await asyncio.sleep(0.05)
    await asyncio.sleep(random.random())
    served.end(signal.SIGKILL)
    await asyncio.gather(*tasks)


def killed(of: Class, tokens: Sequence[str]) -> None:
    """What was acknowledged is there after twenty kills, once, and marked after the next start."""
    kept: set[str] = set()
    for _ in range(KILLS):
        asyncio.run(until_killed(Served(of.data), tokens, kept))
    served = Served(of.data)
    while left := unmarked(of.data):
        time.sleep(0.2)
    served.end()
    print(
        f"{KILLS} kills: {missing(of.data, kept)}, {left} unmarked after the next start", flush=True
    )


def locked(of: Class, tokens: Sequence[str]) -> None:
    """Another program holds the database for ten seconds of twenty."""
    served = Served(of.data)

    async def held() -> None:
        await asyncio.sleep(LOCKED / 2)
        other = sqlite3.connect(of.data, isolation_level=None, timeout=60)
        other.execute("BEGIN EXCLUSIVE")
        await asyncio.sleep(LOCKED)
        other.execute("ROLLBACK")
        other.close()

    print(f"the database is locked for {LOCKED:g} s")
    waits = asyncio.run(load(served, tokens, 2 * LOCKED, beside=held))
    served.end()
    told(of.data, waits)


def full(of: Class, tokens: Sequence[str], folder: Path) -> None:
    """The data are on a disk of their own, in memory, which becomes full: one that only the server sees."""
    emptied_log(of.data)
    size = of.data.stat().st_size + ROOM
    there = folder / "disk"
    there.mkdir()
    mounted = f'mount -t tmpfs -o size={size} tmpfs "$0" && cp "$1" "$0" && shift && exec "$@"'
    before = [
        "unshare",
        "--map-root-user",
        "--mount",
        "sh",
        "-c",
        mounted,
        str(there),
        str(of.data),
    ]
    print(f"the disk has {ROOM:,} bytes left")
    served = Served(there / of.data.name, before)
    waits = asyncio.run(load(served, tokens, 2 * LOCKED))
    seen = Path(f"/proc/{served.process.pid}/root", *there.parts[1:])
    copied = folder / "full.sqlite"
    for name in ("", "-wal"):
        shutil.copy(seen / f"{of.data.name}{name}", f"{copied}{name}")
    served.end()
    told(copied, waits)


def told(data: Path, waits: Waits) -> None:
    """What of the submissions is there."""
    print(f"  submissions: {missing(data, waits.acknowledged)}")
    print(
        f"  {waits.refused} answered with 503, {waits.kept} of these keep what was typed",
        flush=True,
    )
