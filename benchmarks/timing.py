"""Wall time of calls and of whole processes."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from statistics import median
from typing import TypeVar

Item = TypeVar("Item")

ROOT = Path(__file__).resolve().parent.parent


class Failed(Exception):
    """A process that a figure depends on did not do its work."""


def seconds(work: Callable[[], object]) -> float:
    """How long one call takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def each(work: Callable[[Item], object], items: Iterable[Item]) -> list[float]:
    """How long each of many calls takes, in seconds; no item comes twice in our benchmarks."""
    found = []
    for item in items:
        start = time.perf_counter_ns()
        work(item)
        found.append((time.perf_counter_ns() - start) / 1e9)
    return found


def process(
    *command: str | Path,
    folder: Path = ROOT,
    environment: Mapping[str, str] | None = None,
    limit: float = 300,
) -> tuple[float, str]:
    """Wall time of a process from start to end, and what it printed.

    Raises:
        Failed: it cannot be started, takes too long, or ends with an exit code other than 0.
    """
    start = time.perf_counter()
    try:
        done = subprocess.run(
            [str(word) for word in command],
            cwd=folder,
            env=None if environment is None else dict(environment),
            capture_output=True,
            text=True,
            timeout=limit,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise Failed(f"{Path(command[0]).name}: {type(error).__name__}") from None
    taken = time.perf_counter() - start
    if done.returncode:
        raise Failed(f"{Path(command[0]).name} ended with {done.returncode}: {told(done.stderr)}")
    return taken, done.stdout


def told(output: str) -> str:
    """The line of an error output that says most."""
    lines = output.strip().splitlines() or ["no message"]
    errors = [line for line in lines if "error" in line.lower()]
    return (errors or lines)[-1].strip()[:200].replace("|", "/")


def process_median(*command: str | Path, runs: int) -> float:
    """Median wall time of a process, after one run that fills the caches of the system."""
    process(*command)
    return median(process(*command)[0] for _ in range(runs))


def gradmark() -> Path:
    """The command as it is installed beside the interpreter that runs this."""
    return Path(sys.executable).with_name("gradmark")
