"""The table of items: exercises, and their blanks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from statistics import median

import numpy as np
from msgspec.structs import replace

from grader.analysis.cohort import Cohort, Part
from grader.analysis.intervals import Values, fisher, lower_than
from grader.analysis.items import correlation, curve, efficiency, facility, possible
from grader.analysis.limits import CELL, DISCRIMINATION, FACILITY, SURE, WEAK
from grader.analysis.naming import Called
from grader.analysis.records import Item
from grader.analysis.scores import Totals, of_part, of_slots, weights

MUST = 0.97  # facility above which an item can tell nobody apart, and need not


def items(
    cohort: Cohort, totals: Totals, parts: Mapping[Part, Called], columns: Sequence[Called]
) -> list[Item]:
    """Each exercise, then its blanks where there are several."""
    return flagged([*rows(cohort, totals, parts, columns)])


def rows(
    cohort: Cohort, totals: Totals, parts: Mapping[Part, Called], columns: Sequence[Called]
) -> Iterator[Item]:
    slots, grid = of_slots(cohort)
    effective = dict(zip(slots, weights(grid), strict=True))
    for part, called in parts.items():
        earned, out_of = of_part(cohort, part)
        item = row(totals, earned, out_of, called, part, "")
        yield with_weights(item, totals, effective[part.slot or part.exercise])
        places = cohort.of(part)
        for place in places if len(places) > 1 else ():
            own = cohort.earned[:, place], cohort.out_of[:, place]
            yield row(totals, *own, columns[place], part, cohort.columns[place].address)


def row(
    totals: Totals, earned: Values, out_of: Values, called: Called, part: Part, blank: str
) -> Item:
    """One item, of those who have it: from how many students on there is something to tell, see limits."""
    rest = totals.rest(np.nan_to_num(earned), out_of)
    there = ~np.isnan(earned) & (out_of > 0)
    count = int(there.sum())
    places = 4 if blank else 2  # sums of blanks that are worth 4/7 each are whole
    points = float(np.round(out_of[there].mean(), places)) if count else 0.0
    about = called.number, part.slot, part.exercise, blank, called.name, points
    if count < CELL:
        return Item(*about, None)
    share = earned[there] / out_of[there]
    mean, interval = facility(share)
    known = ~np.isnan(rest[there])
    own, other = share[known], rest[there][known]
    found = correlation(own, other)
    return Item(
        *about,
        count,
        mean,
        interval,
        count >= FACILITY,
        found,
        None if found is None else fisher(found, len(own)),
        count >= DISCRIMINATION,
        efficiency(own, other),
        curve=tuple(curve(own, other)) if count >= 5 * CELL else (),
        possible=possible(own, other),
    )


def flagged(found: Sequence[Item]) -> list[Item]:
    """With what is said of those that tell hardly anything, or the wrong way round, for sure."""
    judged = [one for one in found if can_be_judged(one)]
    return [compared(one, judged) if can_be_judged(one) else one for one in found]


def can_be_judged(one: Item) -> bool:
    return one.discrimination_firm and one.efficiency is not None and (one.facility or 0) <= MUST


def compared(one: Item, judged: Sequence[Item]) -> Item:
    """With the correlation that is usual, and a flag where chance explains a smaller one in none of all that are judged (Bonferroni)."""
    found, expected = (
        one.discrimination or 0.0,
        usual(one, [other for other in judged if other is not one]),
    )
    chance = lower_than(found, expected, one.count or 0) * len(judged)
    flag = "tells nothing" if found < WEAK and chance < SURE else ""
    if one.discrimination_interval is not None and one.discrimination_interval.high < 0:
        flag = "against the rest"
    return replace(one, usual=expected, flag=flag)


def usual(one: Item, others: Sequence[Item]) -> float:
    """The correlation that an item has if it tells as much as the others in the middle, as far as its own points allow; 0.2 at least."""
    middle = median([other.efficiency or 0.0 for other in others] or [0.0])
    return max(WEAK, middle * (one.possible or 0.0))


def with_weights(item: Item, totals: Totals, effective: float | None) -> Item:
    share = item.points / totals.whole if totals.whole else None
    return replace(item, weight=share, effective=effective)
