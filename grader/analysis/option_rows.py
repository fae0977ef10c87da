"""The options of every choice: who chose them, and which should be looked at."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain

import numpy as np
from msgspec.structs import replace

from grader.analysis.cohort import Cohort
from grader.analysis.intervals import Values, fisher, wilson
from grader.analysis.items import correlation, parted
from grader.analysis.limits import CELL, CHOSEN, OPTIONS, RARE, published
from grader.analysis.naming import Called
from grader.analysis.records import OptionRow
from grader.analysis.scores import Totals
from grader.bank import fill
from grader.sheets import placeholders

THIRDS = 3
KEY, RARELY = "look at the key", "hardly chosen"
Told = tuple[Called, str, str]  # number and name, exercise, blank


def options(cohort: Cohort, totals: Totals, columns: Sequence[Called]) -> Iterator[OptionRow]:
    """A row an option; one that is right in some variants and wrong in others has two."""
    for place, column in enumerate(cohort.columns):
        asked = cohort.asked_tables[place]
        if not any(one.options for one in asked):
            continue
        rest = totals.rest(np.nan_to_num(cohort.earned[:, place]), cohort.out_of[:, place])
        there = (cohort.responses[:, place] >= 0) & (cohort.asked[:, place] >= 0)
        there &= ~np.isnan(rest)
        told = columns[place], column.exercise, column.address
        yield from of_column(cohort, place, np.flatnonzero(there), rest, told)


def of_column(
    cohort: Cohort, place: int, there: np.ndarray, rest: Values, told: Told
) -> Iterator[OptionRow]:
    asked, responses = cohort.asked_tables[place], cohort.response_tables[place]
    ids = [*dict.fromkeys(chain.from_iterable(one.options for one in asked))]
    texts = texts_of(cohort, told[1], told[2], ids)
    found = []
    for option in ids:
        chosen = np.array([option in one.chosen for one in responses])
        for right in (True, False):
            shown = np.array(
                [option in one.options and (option in one.right) is right for one in asked]
            )
            own = there[shown[cohort.asked[there, place]]]
            if len(own) >= CELL:
                hits = chosen[cohort.responses[own, place]]
                found.append(row(told, option, texts.get(option, option), right, hits, rest[own]))
    single = all(len(one.right) == 1 for one in asked)
    yield from flagged(found, without_small_cells(found), single)


def row(
    told: Told, option: str, text: str, right: bool, chosen: np.ndarray, rest: Values
) -> OptionRow:
    """One option, of those who were shown it; the thirds are those of them."""
    called, exercise, blank = told
    third = parted(rest, THIRDS)
    thirds = [chosen[third == part] for part in reversed(range(THIRDS))]
    shares = tuple(
        None if not len(one) or 0 < one.sum() < CELL else float(one.mean()) for one in thirds
    )
    found = correlation(chosen.astype(float), rest)
    count = int(chosen.sum())
    return OptionRow(
        called.number, exercise, blank, option, text, right, len(chosen), count,
        count / len(chosen), shares, found,
        None if found is None else fisher(found, len(chosen)),
        len(chosen) >= OPTIONS and count >= CHOSEN,
    )  # fmt: skip


def without_small_cells(rows: Sequence[OptionRow]) -> list[OptionRow]:
    """The rows of one blank, with what would tell of few students left out."""
    kept = published([one.chosen or 0 for one in rows])
    return [
        one if count is not None else replace(one, chosen=None, share=None, thirds=(), correlation=None, interval=None)
        for one, count in zip(rows, kept, strict=True)
    ]  # fmt: skip


def flagged(
    rows: Sequence[OptionRow], kept: Sequence[OptionRow], single: bool
) -> Iterator[OptionRow]:
    """What is kept of rows, with what is to be said: the best prefer a wrong option to the key; for sure hardly anybody chooses one."""
    best = max((one.thirds[0] or 0 for one in rows if one.right), default=0.0)
    for one, shown in zip(rows, kept, strict=True):
        flag = ""
        if is_liked(one, best, single):
            flag = KEY
        elif not one.right and one.shown >= OPTIONS and is_rare(one):
            flag = RARELY
        yield replace(shown, flag=flag)


def is_liked(one: OptionRow, best: float, single: bool) -> bool:
    """Is a wrong option chosen by those who know, for sure; and where one is right, by more of the best than that one?"""
    if one.right or not one.firm or one.interval is None or one.interval.low <= 0:
        return False
    return not single or (one.thirds[0] or 0) > best


def is_rare(one: OptionRow) -> bool:
    return wilson(one.chosen or 0, one.shown).high < RARE


def texts_of(cohort: Cohort, exercise: str, address: str, ids: Sequence[str]) -> Mapping[str, str]:
    """Id → text of the options of a blank, as variants show them."""
    found: dict[str, str] = {}
    for (name, _), variant in cohort.samples.items():
        pool = variant.solved.model.pools.get(address) if name == exercise else None
        if pool is not None:
            words = placeholders(variant)
            for one in ids:
                if one not in found:
                    found[one] = fill("".join(pool.shown([one])[1]), words)
    return found
