"""What a wrong answer looks like: the misconception that leads to it."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import numpy as np
from msgspec.structs import replace

from grader.answers import NOTHING, Key, Outcome, Verdict, agrees
from grader.drawing import Solved, wrong_expressions, wrong_totals
from grader.marking.scoring import WRONG, Response
from grader.model import Asked
from reference.misconceptions import Wrong, WrongCount

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
    found: list[Suspect | None] = [None] * len(wrong)
    given = [one.outcomes[asked.address].given for one in wrong]
    places = [place for place, one in enumerate(given) if one is not None]
    if not places or asked.pool is not None:
        return found
    some, rows = [given[place] for place in places], [wrong[place].row for place in places]
    if asked.target:
        looks = by_value(solved, asked, rows, some)
    elif asked.counted:
        looks = [by_count(solved, asked, *one) for one in zip(rows, some, strict=True)]
    elif asked.symbolic is not None:
        looks = by_expression(solved, asked, solved.key(asked, 0), some)
    else:
        return found
    for place, look in zip(places, looks, strict=True):
        found[place] = look
    return found


def by_value(
    solved: Solved, asked: Asked, rows: Sequence[int], given: Sequence[Any]
) -> list[Suspect | None]:
    """Of values that have the right shape; those of all students at once."""
    found: list[Suspect | None] = [None] * len(rows)
    within = solved.within[asked.target][rows]
    own = np.reshape(given, within.shape)
    for mistake, wrong in solved.wrong.get(asked.target, ()):
        alike = agrees(own, wrong[rows], within).all(axis=(-2, -1))
        for place in np.flatnonzero(alike):
            found[place] = found[place] or (mistake.message, mistake.credit)
    return found


def by_count(solved: Solved, asked: Asked, row: int, given: Any) -> Suspect | None:
    key = solved.key(asked, row)
    wrong = wrong_totals(solved.model, asked, key, solved.sizes(row))
    [place] = key.first_met([given], [total for _, total in wrong])
    return None if place is None else suspect(asked, wrong[place][0])


def by_expression(
    solved: Solved, asked: Asked, key: Key, given: Sequence[Any]
) -> list[Suspect | None]:
    wrong, expressions = wrong_expressions(solved.model, asked)
    places = key.first_met(given, expressions)
    return [None if place is None else suspect(asked, wrong[place]) for place in places]


def suspect(asked: Asked, wrong: Wrong | WrongCount) -> Suspect:
    return wrong.message, asked.credit.get(wrong.name, NOTHING)
