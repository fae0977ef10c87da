"""A Dask cluster on this machine: a scheduler and workers, each a process that can be killed."""

from __future__ import annotations

import contextlib
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.timing import Failed

PATIENCE = 60  # seconds for all workers to be there
Process = subprocess.Popen[bytes]


@contextlib.contextmanager
def local(count: int) -> Iterator[tuple[str, list[Process]]]:
    """The address of a scheduler, and the processes of its workers, of one thread each, then its own."""
    dask = Path(sys.executable).with_name("dask")
    address = f"tcp://127.0.0.1:{free_port()}"
    quiet = ("--no-dashboard",)
    processes = [started(dask, "scheduler", "--host", address, *quiet)]
    try:
        processes += [
            started(dask, "worker", address, "--nthreads", "1", "--no-nanny", *quiet)
            for _ in range(count)
        ]
        wait_for(count, address)
        yield address, [*processes[1:], processes[0]]
    finally:
        for process in reversed(processes):
            process.kill()
            process.wait()


def started(*words: str | Path) -> Process:
    try:
        return subprocess.Popen([*map(str, words)], stderr=subprocess.DEVNULL)
    except OSError as error:
        raise Failed(f"Dask cannot be started: {error}") from None


def wait_for(count: int, address: str) -> None:
    """Until all workers have come."""
    from distributed import Client

    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        with contextlib.suppress(OSError), Client(address, timeout=PATIENCE) as client:
            client.wait_for_workers(count, timeout=PATIENCE)
            return
    raise Failed(f"{count} workers did not come within {PATIENCE} s")


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port
