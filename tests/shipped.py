"""The bank that comes with gradmark, loaded once a process: what is derived from an exercise hangs on it and serves all tests."""

import os
from collections.abc import Sequence
from itertools import product
from typing import TypeVar

from grader.bank import load_folder

BANK = load_folder()
ALL = "ALL_SEEDS" in os.environ  # `make long`
T = TypeVar("T")


def few(seeds: int, least: int = 4) -> range:
    """So many seeds for each exercise of the bank, of which the suite tries the first only and ``make long`` all."""
    return range(seeds if ALL else min(seeds, least))


def in_turn(kinds: Sequence[T]) -> list[tuple[str, T]]:
    """Each exercise of the bank with one kind after the other; in ``make long`` with all."""
    if ALL:
        return [*product(BANK, kinds)]
    return [(name, kinds[place % len(kinds)]) for place, name in enumerate(BANK)]


def one_of_each_chapter() -> list[str]:
    """The first exercise of each chapter of the bank; in ``make long`` all."""
    firsts = {one.folder: name for name, one in reversed(BANK.items())}
    return [*BANK] if ALL else [*reversed(firsts.values())]
