"""A class → all that its answers say, as records."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from msgspec import Struct
from msgspec.structs import replace

from grader.analysis.advice import advice
from grader.analysis.calibration import calibration
from grader.analysis.cohort import Cohort
from grader.analysis.cuts import Cut, Judged, angoff, borderline
from grader.analysis.fairness import fairness
from grader.analysis.gathering import Bank
from grader.analysis.item_rows import items
from grader.analysis.likeness import likeness
from grader.analysis.misconceptions import misconceptions
from grader.analysis.naming import columns_called, parts_called
from grader.analysis.option_rows import options
from grader.analysis.rebalancing import rebalanced
from grader.analysis.records import Analysis, Item
from grader.analysis.scores import Totals, bands, distribution, of_slots, reliability
from grader.analysis.wrong_answers import wrong_answers


class Wanted(Struct, frozen=True):
    """What is asked besides: ``cuts`` in points; what judges say of items, for a further cut; a column of the roster and what it says of
    those on the ``border``, for another; and whether pairs of papers are to be compared.
    """

    cuts: tuple[Cut, ...] = ()
    judged: tuple[Judged, ...] = ()
    border: tuple[str, str] | None = None
    similarity: bool = False


NOTHING = Wanted()


def analysed(cohort: Cohort, known: Bank, title: str = "", wanted: Wanted = NOTHING) -> Analysis:
    """All that a class says."""
    totals = Totals.of(cohort)
    parts = parts_called(cohort, known)
    columns = columns_called(cohort, parts)
    reliable = reliability(of_slots(cohort)[1])
    rows = tuple(items(cohort, totals, parts, columns))
    groups = fairness(cohort, totals, parts)
    cuts = [
        *wanted.cuts,
        *by_judges(wanted.judged, rows),
        *by_border(cohort, totals, wanted.border),
    ]
    found = Analysis(
        title,
        cohort.count,
        cohort.absent,
        cohort.answers,
        dict(cohort.missing),
        distribution(totals),
        reliable,
        tuple(bands(totals, cuts, reliable.error)),
        rows,
        tuple(groups),
        tuple(options(cohort, totals, columns)),
        tuple(misconceptions(cohort, columns)),
        tuple(wrong_answers(cohort, columns)),
        calibration(cohort, groups),
        likeness(cohort, totals) if wanted.similarity else None,
    )
    return replace(found, todo=tuple(advice(found)))


def balanced(found: Analysis, quiz: Path, known: Bank) -> Analysis:
    """With what balancing would have done for the papers of a quiz."""
    spread = rebalanced(quiz, known, found.calibration.observed)
    return replace(found, calibration=replace(found.calibration, balancing=spread))


def by_judges(judged: Sequence[Judged], rows: Sequence[Item]) -> list[Cut]:
    """Of slots; an exercise that shares its slot with others counts for all of them."""
    points: Mapping[str, float] = {one.number: one.points for one in rows if not one.blank}
    return [angoff(judged, points)] if judged else []


def by_border(cohort: Cohort, totals: Totals, border: tuple[str, str] | None) -> list[Cut]:
    if border is None:
        return []
    column, value = border
    there = [one.get(column, "") == value for one in cohort.roster]
    points = totals.points[np.array(there, dtype=bool) & ~np.isnan(totals.points)]
    return [borderline(points.tolist())]
