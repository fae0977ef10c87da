"""Predicted against observed difficulty, and what balancing would have done with what was observed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from grader.analysis.cohort import Cohort, Part
from grader.analysis.fairness import ALL, EXERCISE
from grader.analysis.items import correlation
from grader.analysis.limits import GROUP
from grader.analysis.records import Calibration, Group, Observed, Spread
from grader.analysis.scores import of_part


def calibration(
    cohort: Cohort, groups: Sequence[Group], balancing: Spread | None = None
) -> Calibration:
    """Of exercises that enough students had, and of what was drawn of them."""
    whole = [one for part in cohort.parts for one in of_exercise(cohort, part)]
    drawn = [one for base in whole for one in of_draws(cohort, base, groups)]
    known = [one for one in whole if one.predicted is not None]
    return Calibration(
        (*whole, *drawn),
        agreement([(one.predicted or 0.0, one.lost) for one in known]),
        within(groups),
        balancing,
    )


def of_exercise(cohort: Cohort, part: Part) -> Iterator[Observed]:
    earned, out_of = of_part(cohort, part)
    there = ~np.isnan(earned) & (out_of > 0)
    count = int(there.sum())
    if count >= GROUP:
        predicted = cohort.predicted[there, cohort.parts.index(part)]
        mean = None if np.isnan(predicted).any() else float(predicted.mean())
        lost = 1 - float((earned[there] / out_of[there]).mean())
        yield Observed(part.exercise, count, lost, mean)


def of_draws(cohort: Cohort, base: Observed, groups: Sequence[Group]) -> Iterator[Observed]:
    """What each structure lost, shrunk: by all of its choices where enough had these, else by the effects of each."""
    own = {
        (one.factor, one.value): one
        for one in groups
        if one.exercise == base.exercise and one.factor != EXERCISE and one.firm
    }
    for choices in cohort.choices[base.exercise]:
        together = own.get((ALL, " · ".join(choices.values())))
        found = [together] if together else [own[one] for one in choices.items() if one in own]
        if found:
            lost = base.lost - sum(one.shrunk / one.points for one in found)
            count = min(one.count for one in found)
            predicted = found[0].predicted if len(found) == 1 else None
            yield Observed(base.exercise, count, min(max(lost, 0.0), 1.0), predicted, dict(choices))


def agreement(pairs: Sequence[tuple[float, float]]) -> float | None:
    """The correlation of what was predicted with what was lost."""
    if len(pairs) < 3:
        return None
    predicted, lost = np.array(pairs).T
    return correlation(predicted, lost)


def within(groups: Sequence[Group]) -> float | None:
    """The same over the draws of each exercise, about its mean."""
    pairs: list[tuple[float, float]] = []
    own: dict[str, list[tuple[float, float]]] = {}
    for one in groups:
        if one.factor not in (ALL, EXERCISE) and one.firm and one.predicted is not None:
            own.setdefault(f"{one.exercise} {one.factor}", []).append(
                (one.predicted, -one.shrunk / one.points)
            )
    for rows in own.values():
        middle = np.mean(rows, axis=0)
        pairs += [(float(x - middle[0]), float(y - middle[1])) for x, y in rows]
    return agreement(pairs)
