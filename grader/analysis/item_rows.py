"""The table of items: exercises, and their blanks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
from msgspec.structs import replace

from grader.analysis.cohort import Cohort, Part
from grader.analysis.intervals import Values, fisher
from grader.analysis.items import correlation, curve, efficiency, facility
from grader.analysis.limits import CELL, DISCRIMINATION, FACILITY, WEAK
from grader.analysis.naming import Called
from grader.analysis.records import Item
from grader.analysis.scores import Totals, of_part, of_slots, weights

MUST = 0.97  # facility above which an item can tell nobody apart, and need not


def items(
    cohort: Cohort, totals: Totals, parts: Mapping[Part, Called], columns: Sequence[Called]
) -> Iterator[Item]:
    """Each exercise, then its blanks where there are several."""
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
    points = float(np.round(out_of[there].mean(), 4)) if count else 0.0
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
        flag=flag(mean, found, len(own)),
    )


def flag(mean: float, found: float | None, count: int) -> str:
    """What is said of an item that tells hardly anything, or the wrong way round, for sure."""
    if found is None or count < DISCRIMINATION or mean > MUST:
        return ""
    high = fisher(found, count).high
    if high < 0:
        return "against the rest"
    return "tells nothing" if high < WEAK else ""


def with_weights(item: Item, totals: Totals, effective: float | None) -> Item:
    share = item.points / totals.whole if totals.whole else None
    return replace(item, weight=share, effective=effective)
