"""Files written whole or not at all, one run at a time, and a way to show how far a long task has come."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from grader.errors import UsageError

Progress = Callable[[Sequence[Any], str], Iterable[Any]]


def no_progress(items: Sequence[Any], label: str) -> Iterable[Any]:
    """The items alone; a door may show a bar."""
    return items


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Nobody else writes into a folder, which only its owner can read, at the same time; a run that was killed leaves nothing locked.

    Raises:
        UsageError: another run does.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    folder.mkdir(mode=0o700, exist_ok=True)
    try:
        with FileLock(folder / ".lock", timeout=0):
            yield
    except Timeout:
        raise UsageError(
            f"{folder}: another run is writing here; try again when it is done"
        ) from None


def write_text(path: Path, text: str) -> None:
    """Write a file whole or not at all."""
    write_bytes(path, text.encode())


def write_bytes(path: Path, data: bytes) -> None:
    """As :func:`write_text`."""
    with in_its_place(path) as part:
        part.write_bytes(data)


def write_private(path: Path, text: str) -> None:
    """As :func:`write_text`, a file that only its owner can read."""
    with in_its_place(path) as part:
        part.touch(0o600)
        part.write_text(text, "utf-8")


@contextmanager
def in_its_place(path: Path) -> Iterator[Path]:
    """A file to write, which then takes the place of another; two runs at once do not share it."""
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    part.unlink(missing_ok=True)
    try:
        yield part
        part.replace(path)
    except OSError:
        part.unlink(missing_ok=True)
        raise
