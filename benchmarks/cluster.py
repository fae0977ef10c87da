"""A Dask cluster on this machine: a scheduler and workers, each a process that can be killed."""

from __future__ import annotations

import contextlib
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.timing import Failed

PATIENCE = 60  # seconds for all workers to be there
Process = subprocess.Popen[bytes]


@contextlib.contextmanager
def local(count: int) -> Iterator[tuple[str, list[Process]]]:
    """The address of a scheduler, and the processes of its workers, of one thread each, then its own."""
    dask, quiet = Path(sys.executable).with_name("dask"), "--no-dashboard"
    with tempfile.TemporaryDirectory() as folder:
        told = Path(folder, "scheduler.json")  # it takes a free port, and tells it here
        at, there = ("--scheduler-file", told), ("--host", "tcp://127.0.0.1:0")
        processes = [started(dask, "scheduler", *there, *at, quiet)]
        try:
            processes += [
                started(dask, "worker", *at, "--nthreads", "1", "--no-nanny", quiet)
                for _ in range(count)
            ]
            yield all_there(count, told), [*processes[1:], processes[0]]
        finally:
            for process in reversed(processes):
                process.kill()
                process.wait()


def started(*words: str | Path) -> Process:
    try:
        return subprocess.Popen([*map(str, words)], stderr=subprocess.DEVNULL)
    except OSError as error:
        raise Failed(f"Dask cannot be started: {error}") from None


def all_there(count: int, told: Path) -> str:
    """The address of the scheduler that has told it, once all workers have come."""
    from distributed import Client

    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if not told.exists():
            time.sleep(0.05)
            continue
        with (
            contextlib.suppress(OSError),
            Client(scheduler_file=str(told), timeout=PATIENCE, set_as_default=False) as client,
        ):
            client.wait_for_workers(count, timeout=PATIENCE)
            return str(client.scheduler.address)
    raise Failed(f"{count} workers did not come within {PATIENCE} s")
