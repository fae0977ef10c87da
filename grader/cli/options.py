"""What commands share: options, a progress bar, numbers as they are read."""

from __future__ import annotations

import gc
import re
import shutil
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from grader.errors import UsageError

FOUND = 1  # exit code: the work was done, and a person must look at something

BANK = click.option(
    "--bank",
    "folders",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    multiple=True,
    help="A folder of exercises, in place of the bank that comes with gradmark.",
)

JOBS = click.option(
    "--jobs", type=click.IntRange(1, 256), help="Processes at once; one for each core unless given."
)

SELDOM = 100_000  # new objects, after which cycles are looked for


@contextmanager
def seldom_collected() -> Iterator[None]:
    """Cycles are looked for seldom: what a command makes of a bank is records, which stay and form none."""
    before = gc.get_threshold()
    gc.set_threshold(SELDOM)
    try:
        yield
    finally:
        gc.set_threshold(*before)


SEED = click.option("--seed", help="The seed of the variant; 0 unless given.")
PRINTED = click.option("--printed", is_flag=True, help="The variant of the source exam.")


def chosen_seed(seed: str | None, printed: bool) -> int | str:
    if printed and seed is not None:
        raise UsageError("--seed and --printed exclude each other")
    if printed:
        return "printed"
    if seed is None:
        return 0
    return int(seed) if re.fullmatch(r"-?[0-9]{1,40}", seed) else seed[:200]


def different(what: str, *files: Path | None) -> None:
    """No two files are the same; standard input and output may both be there.

    Args:
        what: the files are, for the message.

    Raises:
        UsageError: two are.
    """
    named = [path.resolve() for path in files if path and str(path) != "-"]
    if len({*named}) < len(named):
        raise UsageError(f"{what} must be different files")


def outside(outputs: Sequence[Path | None], folders: Iterable[Path]) -> None:
    """No output stands in a folder that is read, where the next run would take it for a submission, or write over one.

    Raises:
        UsageError: one does.
    """
    inside = [folder.resolve() for folder in folders if folder.is_dir()]
    for path in filter(None, outputs):
        for folder in inside:
            if folder in (path.resolve(), *path.resolve().parents):
                raise UsageError(f"{path} is in {folder}, which is read: choose another place")


def move(source: Path, target: Path) -> None:
    """Put a finished file where it is wanted, whole or not at all, on whatever file system that is."""
    from grader.papers import in_its_place

    with in_its_place(target) as part:
        shutil.copyfile(source, part)


def progress(items: Sequence[Any], label: str) -> Iterable[Any]:
    """A bar on a terminal for what may take longer than a second."""
    if len(items) < 10 or not sys.stderr.isatty():
        yield from items
        return
    with click.progressbar(items, label=label, file=sys.stderr) as bar:
        yield from bar
