"""Answers to variants of one structure, marked column by column: one blank of all students at a time."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from grader.answers import Outcome, at_sight
from grader.drawing import Solved
from grader.marking.marks import Answers, Marks
from grader.marking.scoring import (
    WRONG,
    Response,
    credited,
    looked_at,
    outcome,
    scale,
    together,
)
from grader.marking.variants import explained
from grader.model import Blank, Constructed, Value
from reference.language.dimensions import SCALAR

log = logging.getLogger("gradmark")


def mark_all(solved: Solved, handed_in: Sequence[tuple[int, Answers]]) -> list[Marks]:
    """The marks of (row, answers), which are those of each by itself."""
    rows = [row for row, _ in handed_in]
    given = [line.answers for _, line in handed_in]
    addresses = [blank.address for blank in solved.model.blanks]
    columns = [
        first_look(solved, blank, rows, [texts.get(address, "") for texts in given])
        for blank, address in zip(solved.model.blanks, addresses, strict=True)
    ]
    outcomes: list[Sequence[Outcome]] = [*zip(*columns, strict=True)]
    if any(isinstance(blank.source, Constructed) for blank in solved.model.blanks):
        outcomes = [judged(solved, *one) for one in zip(rows, outcomes, strict=True)]
    places = [
        place for place, found in enumerate(outcomes) if any(one.verdict in WRONG for one in found)
    ]
    wrong = [
        Response(rows[place], dict(zip(addresses, outcomes[place], strict=True)))
        for place in places
    ]
    for place, found in zip(places, second_look(solved, wrong), strict=True):
        outcomes[place] = [found[address] for address in addresses]
    kinds = tuple(solved.key(blank, rows[0]).kind for blank in solved.model.blanks)
    worth, choices = scale(solved.model, kinds, 1.0), dict(solved.model.choices)
    return [
        credited(worth, line.answers, found, line.student, line.exercise, line.seed, choices)
        for (_, line), found in zip(handed_in, outcomes, strict=True)
    ]


def judged(solved: Solved, row: int, outcomes: Sequence[Outcome]) -> list[Outcome]:
    """The outcomes of one student, those of blanks that are judged together once all are read."""
    blanks = solved.model.blanks
    by_address = {blank.address: one for blank, one in zip(blanks, outcomes, strict=True)}
    return [*together(blanks, lambda blank: solved.key(blank, row), by_address).values()]


def first_look(
    solved: Solved, blank: Blank, rows: Sequence[int], texts: Sequence[str]
) -> list[Outcome]:
    """The outcome of each answer to one blank by itself; what is equal is looked at once."""
    found: list[Outcome | None] = [None] * len(texts)
    alike = blank.fixed is not None  # one key for all of them
    seen: dict[tuple[int, str], Outcome] = {}
    match blank.source:
        case Value(target, unit="") if solved.model.network.shapes[target] == SCALAR:
            values, within = (by[target][rows, 0, 0] for by in (solved.values, solved.within))
            found = at_sight(texts, values, within)

    def look(row: int, text: str) -> Outcome:
        if (row, text) not in seen:
            seen[row, text] = outcome(blank, solved.key(blank, row), text)
        return seen[row, text]

    return [
        one or look(0 if alike or not text.strip() else row, text)  # a blank is one of any key
        for one, row, text in zip(found, rows, texts, strict=True)
    ]


def second_look(solved: Solved, wrong: Sequence[Response]) -> list[dict[str, Outcome]]:
    """As :func:`explained`; where that fails, each by itself."""
    try:
        return explained(solved, wrong)
    except Exception:
        log.exception("a second look in bulk failed")
        return [alone(solved, one) for one in wrong]


def alone(solved: Solved, one: Response) -> dict[str, Outcome]:
    return looked_at({**one.outcomes}, lambda _: explained(solved, [one])[0])
