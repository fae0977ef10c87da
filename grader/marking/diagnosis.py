"""What a wrong answer looks like: the misconception that leads to it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

import numpy as np
from msgspec.structs import replace

from grader.answers import NOTHING, DerivationKey, ExpressionKey, Outcome, Verdict, agrees
from grader.drawing import Solved, wrong_count_keys, wrong_expressions
from grader.marking.scoring import WRONG, Response
from grader.model import Asked
from reference.language.expression import Expression

Suspect = tuple[str, Fraction]  # what it looks like, and what share of the points it earns


def named(solved: Solved, responses: Sequence[Response]) -> list[dict[str, Outcome]]:
    """The outcomes of wrong answers that look like anything, with what they look like."""
    found: list[dict[str, Outcome]] = [{} for _ in responses]
    for asked in solved.model.asked:
        places = [
            place
            for place, one in enumerate(responses)
            if one.outcomes[asked.address].verdict in WRONG
        ]
        wrong = [responses[place] for place in places]
        for place, suspect in zip(places, suspects(solved, asked, wrong), strict=True):
            if suspect is not None:
                outcome = responses[place].outcomes[asked.address]
                found[place][asked.address] = looking_like(outcome, *suspect)
    return found


def looking_like(outcome: Outcome, message: str, credit: Fraction) -> Outcome:
    message = f"{outcome.message}; it looks like {message}" if outcome.message else message
    if credit <= outcome.share:
        return replace(outcome, message=message)
    return replace(outcome, verdict=Verdict.PARTIAL, share=credit, message=message)


def suspects(solved: Solved, asked: Asked, wrong: Sequence[Response]) -> Sequence[Suspect | None]:
    """For each wrong answer to a blank, the first misconception that gives just this, if any does."""
    texts = [one.answers[asked.address] for one in wrong]
    if not wrong or asked.pool is not None:
        return [None] * len(wrong)
    if asked.target:
        return by_value(solved, asked, [one.row for one in wrong], texts)
    if asked.counted:
        rows = [one.row for one in wrong]
        return [
            next(by_count(solved, asked, row, text), None)
            for row, text in zip(rows, texts, strict=True)
        ]
    if isinstance(asked.key, ExpressionKey | DerivationKey):
        given = [one.outcomes[asked.address].given for one in wrong]
        some = [one for one in given if one is not None]
        found = iter(by_expression(solved, asked, asked.key, some))
        return [None if one is None else next(found) for one in given]
    return [None] * len(wrong)


def by_value(
    solved: Solved, asked: Asked, rows: Sequence[int], texts: Sequence[str]
) -> list[Suspect | None]:
    """As far as an answer can be read, and has the right shape."""
    found: list[Suspect | None] = [None] * len(rows)
    read = [solved.rows(asked, text) for text in texts]
    places = [place for place, value in enumerate(read) if value is not None]
    given = np.array([read[place] for place in places])
    own = [rows[place] for place in places]
    within = solved.within[asked.target][own]
    for mistake, wrong in solved.wrong.get(asked.target, ()) if places else ():
        alike = agrees(given, wrong[own], within).all(axis=(-2, -1))
        for place in (places[at] for at in np.flatnonzero(alike)):
            found[place] = found[place] or (mistake.message, mistake.credit)
    return found


def by_count(solved: Solved, asked: Asked, row: int, text: str) -> Iterator[Suspect]:
    sizes = {name: int(column[row]) for name, column in solved.columns.sizes.items()}
    for wrong, key in wrong_count_keys(solved.model, asked, sizes):
        if key.mark(text).verdict is Verdict.CORRECT:
            yield wrong.message, asked.credit.get(wrong.name, NOTHING)


def by_expression(
    solved: Solved,
    asked: Asked,
    key: ExpressionKey | DerivationKey,
    given: Sequence[Expression],
) -> Iterator[Suspect | None]:
    last = key if isinstance(key, ExpressionKey) else key.last
    wrong, expressions = wrong_expressions(solved.model, asked)
    for place in last.first_met(given, expressions):
        if place is None:
            yield None
        else:
            yield wrong[place].message, asked.credit.get(wrong[place].name, NOTHING)
