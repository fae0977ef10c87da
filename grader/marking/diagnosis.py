"""What a wrong answer looks like: the misconception that leads to it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

import numpy as np
from msgspec.structs import replace

from grader.answers import NOTHING, DerivationKey, ExpressionKey, Outcome, Verdict, agrees
from grader.drawing import Solved, wrong_count_keys, wrong_expressions
from grader.marking.scoring import WRONG, Response
from grader.model import Blank, Count, Fixed, Value
from reference.language.expression import Expression

Suspect = tuple[str, Fraction]  # what it looks like, and what share of the points it earns


def named(solved: Solved, responses: Sequence[Response]) -> list[dict[str, Outcome]]:
    """The outcomes of wrong answers that look like anything, with what they look like."""
    found: list[dict[str, Outcome]] = [{} for _ in responses]
    for blank in solved.model.blanks:
        places = [
            place
            for place, one in enumerate(responses)
            if one.outcomes[blank.address].verdict in WRONG
        ]
        wrong = [responses[place] for place in places]
        for place, suspect in zip(places, suspects(solved, blank, wrong), strict=True):
            if suspect is not None:
                outcome = responses[place].outcomes[blank.address]
                found[place][blank.address] = looking_like(outcome, *suspect)
    return found


def looking_like(outcome: Outcome, message: str, credit: Fraction) -> Outcome:
    message = f"{outcome.message}; it looks like {message}" if outcome.message else message
    if credit <= outcome.share:
        return replace(outcome, message=message)
    return replace(outcome, verdict=Verdict.PARTIAL, share=credit, message=message)


def suspects(solved: Solved, blank: Blank, wrong: Sequence[Response]) -> Sequence[Suspect | None]:
    """For each wrong answer to a blank, the first misconception that gives just this, if any does."""
    if not wrong:
        return []
    rows = [one.row for one in wrong]
    texts = [one.answers[blank.address] for one in wrong]
    match blank.source:
        case Value(target):
            return by_value(solved, target, rows, texts)
        case Count() as count:
            pairs = zip(rows, texts, strict=True)
            return [next(by_count(solved, blank, count, *pair), None) for pair in pairs]
        case Fixed(ExpressionKey() | DerivationKey() as key):
            given = [one.outcomes[blank.address].given for one in wrong]
            some = [one for one in given if one is not None]
            found = iter(by_expression(solved, blank, key, some))
            return [None if one is None else next(found) for one in given]
    return [None] * len(wrong)


def by_value(
    solved: Solved, target: str, rows: Sequence[int], texts: Sequence[str]
) -> list[Suspect | None]:
    """As far as an answer can be read, and has the right shape."""
    found: list[Suspect | None] = [None] * len(rows)
    read = [solved.rows(target, text) for text in texts]
    places = [place for place, value in enumerate(read) if value is not None]
    given = np.array([read[place] for place in places])
    own = [rows[place] for place in places]
    within = solved.within[target][own]
    for mistake, wrong in solved.wrong.get(target, ()) if places else ():
        alike = agrees(given, wrong[own], within).all(axis=(-2, -1))
        for place in (places[at] for at in np.flatnonzero(alike)):
            found[place] = found[place] or (mistake.message, mistake.credit)
    return found


def by_count(solved: Solved, blank: Blank, count: Count, row: int, text: str) -> Iterator[Suspect]:
    for wrong, key in wrong_count_keys(solved.model, count, solved.sizes(row)):
        if key.mark(text).verdict is Verdict.CORRECT:
            yield wrong.message, blank.credit.get(wrong.name, NOTHING)


def by_expression(
    solved: Solved,
    blank: Blank,
    key: ExpressionKey | DerivationKey,
    given: Sequence[Expression],
) -> Iterator[Suspect | None]:
    last = key if isinstance(key, ExpressionKey) else key.last
    wrong, expressions = wrong_expressions(solved.model, blank.address, key)
    for place in last.first_met(given, expressions):
        if place is None:
            yield None
        else:
            yield wrong[place].message, blank.credit.get(wrong[place].name, NOTHING)
