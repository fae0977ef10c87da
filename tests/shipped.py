"""The bank that comes with gradmark, loaded once a process: what is derived from an exercise hangs on it and serves all tests."""

import functools
import os
from collections.abc import Iterable, Sequence
from hashlib import blake2b
from itertools import product
from pathlib import Path
from typing import TypeVar
from unittest.mock import patch

from grader import sheets
from grader.bank import Exercise, load, load_folder, loading
from grader.drawing import Variant, printed_variant, variants

BANK = load_folder()
LOADED = {one.path: one for one in BANK.values()}
DRAWN: dict[str, dict[object, Variant]] = {}
ALL = "ALL_SEEDS" in os.environ  # `make long`
T = TypeVar("T")


def few(seeds: int, least: int = 4) -> range:
    """So many seeds for each exercise of the bank, of which the suite tries the first only and ``make long`` all."""
    return range(seeds if ALL else min(seeds, least))


def in_turn(kinds: Sequence[T], names: Iterable[str] = BANK) -> list[tuple[str, T]]:
    """Each exercise of the bank with one kind after the other; in ``make long`` with all."""
    if ALL:
        return [*product(names, kinds)]
    return [(name, kinds[place % len(kinds)]) for place, name in enumerate(names)]


def one_of_each_chapter() -> list[str]:
    """The first exercise of each chapter of the bank; in ``make long`` all."""
    firsts = {one.folder: name for name, one in reversed(BANK.items())}
    return [*BANK] if ALL else [*reversed(firsts.values())]


def drawn(name: str, seeds: Iterable[int | str]) -> list[Variant]:
    """Variants of an exercise of the bank, the seed ``printed`` the pinned one; each is drawn once a process."""
    kept, seeds = DRAWN.setdefault(name, {}), [*seeds]
    if "printed" in seeds and "printed" not in kept:
        kept["printed"] = printed_variant(BANK[name])
    missing = [seed for seed in seeds if seed not in kept]
    kept |= zip(missing, variants(BANK[name], missing), strict=True)
    return [kept[seed] for seed in seeds]


worked = functools.cache(sheets.worked)  # of variants that are drawn once


def as_loaded(path: Path) -> Exercise:
    """The exercise of a file; of one that is as it was when the bank was loaded, that exercise."""
    one = LOADED.get(str(path))
    same = one and one.digest == blake2b(path.read_bytes(), digest_size=8).hexdigest()
    return one if one and same else load(path)


def already_loaded():
    """Commands of this process find the bank loaded, as the page does."""
    return patch.object(loading, "load", as_loaded)
