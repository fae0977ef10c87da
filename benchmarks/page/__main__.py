"""The page under load: ``python -m benchmarks.page STUDENTS SECONDS``, as ``make bench-page`` runs it."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.page.breakdowns import full, killed, locked
from benchmarks.page.load import load
from benchmarks.page.published import Class
from benchmarks.page.served import Served

ATTACKERS = 6
KILLED = 8  # students who submit as fast as they can while the server is killed


def main(students: int, seconds: float) -> None:
    with TemporaryDirectory() as name:
        folder = Path(name)
        of = Class(folder, students + ATTACKERS)
        attackers, tokens = [*of.tokens.values()][:ATTACKERS], [*of.tokens.values()][ATTACKERS:]
        served = Served(of.data)
        print(f"start to the first page: {served.started:.2f} s", flush=True)
        asyncio.run(load(served, tokens, seconds))
        asyncio.run(load(served, tokens, seconds, attackers))
        served.end()
        killed(of, tokens[:KILLED])
        locked(of, tokens)
        full(of, tokens, folder)


if __name__ == "__main__":
    main(int(sys.argv[1]), float(sys.argv[2]))
