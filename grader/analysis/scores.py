"""Totals, and the rest of a paper without one item: missing answers count for nothing, in points and in what these are out of."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from msgspec import Struct

from grader.analysis.cohort import Cohort, Part
from grader.analysis.cuts import Cut
from grader.analysis.intervals import Values
from grader.analysis.items import effective_weights
from grader.analysis.limits import CELL, DISCRIMINATION
from grader.analysis.records import Band, Bar, Reliability, Scores
from grader.analysis.reliability import alpha, alpha_interval, kr20, standard_error

BARS = 20
QUANTILES = {"10 %": 0.1, "25 %": 0.25, "50 %": 0.5, "75 %": 0.75, "90 %": 0.9}


class Totals(Struct, frozen=True):
    """Points by student, as far as they are known, and what these are out of; ``whole``: of a paper without anything missing."""

    earned: Values
    out_of: Values
    whole: float

    @classmethod
    def of(cls, cohort: Cohort) -> Totals:
        earned = np.nansum(cohort.earned, axis=1)
        out_of = cohort.out_of.sum(axis=1)
        return cls(earned, out_of, round(float(out_of.max(initial=0)), 2))

    @property
    def points(self) -> Values:
        """By student, of the whole; none where nothing is known."""
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.asarray(self.earned / self.out_of * self.whole)

    def rest(self, earned: Values, out_of: Values) -> Values:
        """The share reached without some points."""
        with np.errstate(invalid="ignore", divide="ignore"):
            left = self.out_of - out_of
            return np.where(left > 1e-9, (self.earned - earned) / left, np.nan)


def of_part(cohort: Cohort, part: Part) -> tuple[Values, Values]:
    """Points in an exercise, and what they are out of, by student; none where any of its answers is missing."""
    places = cohort.of(part)
    earned, out_of = cohort.earned[:, places].sum(axis=1), cohort.out_of[:, places].sum(axis=1)
    return np.where(out_of > 0, earned, np.nan), out_of


def of_slots(cohort: Cohort) -> tuple[list[int | str], Values]:
    """The slots, and the points in each, students × slots; marks without a quiz have one for each exercise."""
    slots: dict[int | str, list[int]] = {}
    for place, column in enumerate(cohort.columns):
        slots.setdefault(column.slot or column.exercise, []).append(place)
    grid = np.zeros((cohort.count, len(slots)))
    for at, places in enumerate(slots.values()):
        there = cohort.out_of[:, places].sum(axis=1) > 0
        grid[:, at] = np.where(there, cohort.earned[:, places].sum(axis=1), np.nan)
    return [*slots], grid


def complete(grid: Values) -> Values:
    return grid[~np.isnan(grid).any(axis=1)]


def distribution(totals: Totals) -> Scores:
    points = totals.points[~np.isnan(totals.points)]
    if len(points) < CELL:
        return Scores(totals.whole)
    at = np.quantile(points, [*QUANTILES.values()]).round(2).tolist()
    shown = dict(zip(QUANTILES, at, strict=True)) if len(points) >= 4 * CELL else {}
    return Scores(
        totals.whole,
        float(points.mean()),
        float(points.std(ddof=1)),
        shown,
        share(points <= 1e-9),
        share(points >= totals.whole - 1e-9),
        tuple(bars(points, totals.whole)),
    )


def share(flags: np.ndarray) -> float | None:
    count = int(flags.sum())
    return None if 0 < count < CELL else count / len(flags)


def bars(points: Values, whole: float) -> list[Bar]:
    """A histogram of about twenty steps; steps with fewer than five students are joined with the next ones."""
    step = nice(whole / BARS)
    edges = np.arange(0, whole + step, step)
    counts, _ = np.histogram(points, edges)
    found, low, held = list[Bar](), 0.0, 0
    for high, count in zip(edges[1:].tolist(), counts.tolist(), strict=True):
        held += count
        if held == 0 or held >= CELL:
            found.append(Bar(low, high, held))
            low, held = high, 0
    if held:
        found = joined_at_the_end(found, low, float(edges[-1]), held)
    return found


def joined_at_the_end(found: list[Bar], low: float, high: float, held: int) -> list[Bar]:
    while found and held < CELL:
        last = found.pop()
        low, held = last.low, held + last.count
    return [*found, Bar(low, high, held)]


def nice(step: float) -> float:
    """A step of 1, 2 or 5 times a power of ten, at least a half."""
    sizes = [0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500]
    return next((one for one in sizes if one >= step), step)


def reliability(slots: Values) -> Reliability:
    grid = complete(slots)
    if len(grid) < CELL:
        return Reliability(len(grid))
    found, most = alpha(grid), grid.max(axis=0)
    deviation = float(grid.sum(axis=1).std(ddof=1))
    whole = np.divide(grid, most, out=np.zeros_like(grid), where=most > 0)
    return Reliability(
        len(grid),
        found,
        alpha_interval(grid),
        kr20(whole),
        None if found is None else standard_error(deviation, found),
        len(grid) >= DISCRIMINATION,
    )


def weights(slots: Values) -> list[float | None]:
    grid = complete(slots)
    if len(grid) < CELL:
        return [None] * slots.shape[1]
    return effective_weights(grid)


def bands(totals: Totals, cuts: Sequence[Cut], error: float | None) -> list[Band]:
    points = totals.points[~np.isnan(totals.points)]
    return [
        Band(
            cut,
            None
            if error is None
            else publishable(int((np.abs(points - cut.points) <= error).sum())),
            publishable(int((points < cut.points - 1e-9).sum())),
        )
        for cut in cuts
    ]


def publishable(count: int) -> int | None:
    return None if 0 < count < CELL else count
