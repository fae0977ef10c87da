"""Are all variants equally hard? What each group got beyond what the rest of its papers lets expect."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
from msgspec import Struct
from msgspec.structs import replace

from grader.analysis.cohort import Cohort, Part
from grader.analysis.effects import Effect, effects, residuals
from grader.analysis.intervals import Values, benjamini_hochberg
from grader.analysis.limits import CELL, GROUP, LEVEL
from grader.analysis.naming import Called
from grader.analysis.records import Group
from grader.analysis.scores import Totals, of_part

EXERCISE, ALL = "exercise", "all choices"


class Comparison(Struct, frozen=True):
    """Groups of students, by what was drawn of one factor, with their shares of the points and of those of the rest of their papers."""

    number: str
    part: Part
    factor: str
    groups: Mapping[str, np.ndarray]
    shares: Values
    out_of: Values
    rest: Values
    predicted: Values


def fairness(cohort: Cohort, totals: Totals, parts: Mapping[Part, Called]) -> list[Group]:
    """Every group; whether any is harder is asked of all groups together."""
    found = [row for one in comparisons(cohort, totals, parts) for row in rows(one)]
    firm = [place for place, one in enumerate(found) if one.firm]
    adjusted = benjamini_hochberg([found[place].probability for place in firm])
    for place, probability in zip(firm, adjusted, strict=True):
        found[place] = judged(found[place], probability)
    return found


def judged(group: Group, adjusted: float) -> Group:
    """With a word where the distance is no chance: beyond the level, and the shrunk interval leaves 0 out."""
    certain = adjusted < LEVEL and group.interval.low * group.interval.high > 0
    flag = ("harder" if group.shrunk < 0 else "easier") if certain else ""
    return replace(group, adjusted=adjusted, flag=flag)


def comparisons(
    cohort: Cohort, totals: Totals, parts: Mapping[Part, Called]
) -> Iterator[Comparison]:
    """Of the exercises in each slot, of each drawn choice, and of all choices together."""
    yield from of_exercises(cohort, totals, parts)
    for place, (part, called) in enumerate(parts.items()):
        one = compared(cohort, totals, part, called)
        structures = cohort.structures[scored(cohort, totals, part), place]
        for factor, groups in by_factor(cohort.choices[part.exercise], structures):
            yield replace(one, factor=factor, groups=groups)


def compared(cohort: Cohort, totals: Totals, part: Part, called: Called) -> Comparison:
    """Those who have an exercise, in no groups yet."""
    there = scored(cohort, totals, part)
    earned, out_of = of_part(cohort, part)
    rest = totals.rest(np.nan_to_num(earned), out_of)[there]
    shares = earned[there] / out_of[there]
    predicted = cohort.predicted[there, cohort.parts.index(part)]
    return Comparison(called.number, part, "", {}, shares, out_of[there], rest, predicted)


def scored(cohort: Cohort, totals: Totals, part: Part) -> np.ndarray:
    """The places of the students with a score here and in the rest."""
    earned, out_of = of_part(cohort, part)
    rest = totals.rest(np.nan_to_num(earned), out_of)
    return np.flatnonzero(~np.isnan(earned) & ~np.isnan(rest))


def by_factor(
    choices: Sequence[Mapping[str, str]], structures: np.ndarray
) -> Iterator[tuple[str, dict[str, np.ndarray]]]:
    """Each factor with its groups, as places among the students."""
    names = [*dict.fromkeys(name for one in choices for name in one)]
    for name in names:
        values = [one.get(name, "") for one in choices]
        yield name, grouped(values, structures)
    if len(names) > 1:
        yield ALL, grouped([" · ".join(one.values()) for one in choices], structures)


def grouped(values: Sequence[str], structures: np.ndarray) -> dict[str, np.ndarray]:
    own = np.array(values, dtype=object)[structures]
    return {value: np.flatnonzero(own == value) for value in dict.fromkeys(values)}


def of_exercises(
    cohort: Cohort, totals: Totals, parts: Mapping[Part, Called]
) -> Iterator[Comparison]:
    """The exercises of a slot of which each student has one."""
    slots: dict[int, list[Part]] = {}
    for part in parts:
        slots.setdefault(part.slot, []).append(part)
    for slot, own in slots.items():
        if not slot or len(own) < 2:
            continue
        found = [compared(cohort, totals, part, Called(str(slot), "")) for part in own]
        ends = np.cumsum([0, *(len(one.shares) for one in found)])
        groups = {parts[part].name: np.arange(*ends[at : at + 2]) for at, part in enumerate(own)}
        yield Comparison(
            str(slot),
            Part(slot, ""),
            EXERCISE,
            groups,
            *(
                np.concatenate([getattr(one, name) for one in found])
                for name in ("shares", "out_of", "rest", "predicted")
            ),
        )


def rows(one: Comparison) -> Iterator[Group]:
    """The groups of one comparison that are large enough to be told of."""
    groups = {value: own for value, own in one.groups.items() if len(own) >= CELL}
    if len(groups) < 2:
        return
    left = residuals(one.shares, one.rest) * one.out_of.mean()
    found = effects(left, [*groups.values()])
    firm = sum(effect.count >= GROUP for effect in found) > 1
    for (value, own), effect in zip(groups.items(), found, strict=True):
        yield row(one, value, own, effect, firm and effect.count >= GROUP)


def row(one: Comparison, value: str, own: np.ndarray, effect: Effect, firm: bool) -> Group:
    predicted = one.predicted[own]
    known = predicted[~np.isnan(predicted)]
    return Group(
        one.number,
        one.part.slot,
        one.part.exercise,
        one.factor,
        value,
        effect.count,
        effect.raw,
        effect.shrunk,
        effect.interval,
        effect.probability,
        float(one.out_of.mean()),
        predicted=float(known.mean()) if len(known) >= CELL else None,
        lost=float(1 - one.shares[own].mean()),
        firm=firm,
    )
