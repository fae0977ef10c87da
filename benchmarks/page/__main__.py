"""The page under load: ``python -m benchmarks.page STUDENTS SECONDS``, as ``make bench-page`` runs it."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.page.load import load
from benchmarks.page.published import Class
from benchmarks.page.served import Served

ATTACKERS = 6


def main(students: int, seconds: float) -> None:
    with TemporaryDirectory() as folder:
        of = Class(Path(folder), students + ATTACKERS)
        tokens = [*of.tokens.values()]
        served = Served(of.data)
        print(f"start to the first page: {served.started:.2f} s", flush=True)
        asyncio.run(load(served, tokens[ATTACKERS:], seconds))
        asyncio.run(load(served, tokens[ATTACKERS:], seconds, tokens[:ATTACKERS]))
        served.end()


if __name__ == "__main__":
    main(int(sys.argv[1]), float(sys.argv[2]))
