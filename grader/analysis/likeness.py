"""Pairs of papers that are more alike than chance explains; asked for, never looked for unasked."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from grader.analysis.cohort import NOBODY, Cohort
from grader.analysis.limits import GROUP
from grader.analysis.records import Copied, Likeness
from grader.analysis.scores import Totals
from grader.analysis.similarity import similar

FORMULAS = ("expression", "derivation", "chain")


def likeness(cohort: Cohort, totals: Totals) -> Likeness:
    """Compare all pairs on the items of which both had the same key."""
    known = ~np.isnan(totals.points)
    found = similar(*keyed(cohort, known), totals.points[known])
    students = [one for one, there in zip(cohort.students, known, strict=True) if there]
    named = tuple(
        Copied(
            (students[one.first], students[one.second]),
            one.shared,
            one.of,
            one.expected,
            one.probability,
        )
        for one in found.named
    )
    return Likeness(found.pairs, found.identical, found.by_chance, named)


def keyed(cohort: Cohort, known: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """By number, what was answered to each blank, and with which key: the same options, or formulas of one structure; −1 where too few had it."""
    answers, found = (np.full((int(known.sum()), len(cohort.columns)), NOBODY) for _ in range(2))
    for place, column in enumerate(cohort.columns):
        responses, asked = cohort.responses[known, place], cohort.asked[known, place]
        answers[:, place] = numbers(cohort, place)[responses]
        for number, key in enumerate(keys(cohort, place, column.kind)):
            own = key[responses, asked] & (responses >= 0) & (asked >= 0)
            if own.sum() >= GROUP:
                found[own, place] = number
    return answers, found


def numbers(cohort: Cohort, place: int) -> np.ndarray:
    """The same number for answers that are the same; all right formulas are."""
    seen: dict[tuple[object, ...], int] = {}
    return np.array(
        [
            seen.setdefault((one.chosen or one.alike or one.verdict,), len(seen))
            for one in cohort.response_tables[place]
        ]
        or [NOBODY]
    )


def keys(cohort: Cohort, place: int, kind: str) -> Iterator[np.ndarray]:
    """For each key, flags (responses, asked): does an answer to this belong to it?"""
    asked, responses = cohort.asked_tables[place], cohort.response_tables[place]
    shape = len(responses), len(asked)
    if kind in FORMULAS:
        for structure in sorted({one.structure for one in responses}):
            own = np.array([one.structure == structure for one in responses])
            yield np.broadcast_to(own[:, None], shape)
        return
    for shown in sorted({(one.options, one.right) for one in asked if one.options}):
        own = np.array([(one.options, one.right) == shown for one in asked])
        yield np.broadcast_to(own, shape)
