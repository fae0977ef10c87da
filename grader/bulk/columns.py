"""Answers to variants of one structure, marked column by column: one blank of all students at a time."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence

from grader.answers.number import right_at_sight
from grader.asking import Asked
from grader.grading import WRONG, Response, credited, looked_at, outcome, scaled
from grader.marking import explained
from grader.records import ALL, Answers, Marks, Outcome, Verdict
from grader.solving import Solved
from reference.language.dimensions import SCALAR

log = logging.getLogger("gradmark")


def mark_all(solved: Solved, handed_in: Sequence[tuple[int, Answers]]) -> list[Marks]:
    """The marks of (row, answers), which are those of each by itself."""
    rows = [row for row, _ in handed_in]
    columns = {
        asked.address: first_look(
            solved, asked, rows, [line.answers.get(asked.address, "") for _, line in handed_in]
        )
        for asked in solved.model.asked
    }
    responses = [
        Response(row, line.answers, dict(zip(columns, outcomes, strict=True)))
        for (row, line), *outcomes in zip(handed_in, *columns.values(), strict=True)
    ]
    scale = scaled([asked.blank for asked in solved.model.asked])
    return [
        credited(scale, line.answers, outcomes, line.student, line.exercise, line.seed)
        for (_, line), outcomes in zip(handed_in, second_look(solved, responses), strict=True)
    ]


def first_look(
    solved: Solved, asked: Asked, rows: Sequence[int], texts: Sequence[str]
) -> list[Outcome]:
    """The outcome of each answer to one blank by itself; what is equal is looked at once."""
    seen: dict[tuple[int, str], Outcome] = {}
    if asked.target and asked.pool is None and solved.model.network.shapes[asked.target] == SCALAR:
        values, within = (by[asked.target][rows, 0, 0] for by in (solved.values, solved.within))
        for place in right_at_sight(texts, values, within):
            text = texts[place]
            seen[rows[place], text] = Outcome(Verdict.CORRECT, ALL, "", text)
    alike = asked.key is not None or asked.data is not None  # one key for all of them
    found = []
    for row, text in zip([0] * len(rows) if alike else rows, texts, strict=True):
        one = seen.get((row, text))
        if one is None:
            one = seen[row, text] = outcome(solved.key(asked, row), text)
        found.append(one)
    return found


def second_look(solved: Solved, responses: Sequence[Response]) -> Sequence[Mapping[str, Outcome]]:
    """The outcomes of all blanks, as far as some are wrong with another look at them together."""
    found = [one.outcomes for one in responses]
    places = [
        place
        for place, outcomes in enumerate(found)
        if any(one.verdict in WRONG for one in outcomes.values())
    ]
    wrong = [responses[place] for place in places]
    for place, outcomes in zip(places, together(solved, wrong), strict=True):
        found[place] = outcomes
    return found


def together(solved: Solved, wrong: Sequence[Response]) -> list[dict[str, Outcome]]:
    """As :func:`explained`; where that fails, each by itself."""
    try:
        return explained(solved, wrong)
    except Exception:
        log.exception("a second look in bulk failed")
        return [alone(solved, one) for one in wrong]


def alone(solved: Solved, one: Response) -> dict[str, Outcome]:
    return looked_at({**one.outcomes}, lambda _: explained(solved, [one])[0])
