"""A variant × answers → marks that say what went wrong, and where first."""

from __future__ import annotations

import functools
from collections.abc import Mapping

from msgspec.structs import replace

from grader.drawing import Variant
from grader.following import followed, quantity
from grader.grading import WRONG, grade
from grader.naming import named
from grader.records import Marks, Outcome, Verdict

FIRST = "the first value that went wrong"


def mark(
    variant: Variant,
    answers: Mapping[str, str],
    *,
    student: str = "",
    weight: float = 1.0,
    unreadable: Mapping[str, str] | None = None,
) -> Marks:
    """Mark every blank of a variant; as :func:`grade`, with a second look at what is wrong."""
    draw = variant.draw
    return grade(
        variant.keys,
        answers,
        student=student,
        exercise=draw.exercise,
        seed=draw.seed,
        weight=weight,
        unreadable=unreadable,
        second_look=functools.partial(explained, variant, answers),
    )


def explained(
    variant: Variant, answers: Mapping[str, str], outcomes: Mapping[str, Outcome]
) -> dict[str, Outcome]:
    """Wrong answers, as far as they follow from others, look like a misconception, or are the first."""
    found = {**outcomes, **followed(variant, answers, outcomes)}
    for asked in variant.solved.model.asked:
        address = asked.address
        if found[address].verdict in WRONG:
            found[address] = named(variant, asked, answers[address], found[address])
    return diverging(variant, found)


def diverging(variant: Variant, outcomes: dict[str, Outcome]) -> dict[str, Outcome]:
    """The wrong values before which none is wrong, and from which others are computed, say so."""
    model = variant.solved.model
    missed = (*WRONG, Verdict.FOLLOW_THROUGH)
    wrong = {
        one.address: quantity(model, one)
        for one in model.numbers
        if outcomes[one.address].verdict in missed
    }
    above = {name: model.network.ancestors(name) - {name} for name in wrong.values()}
    for address, name in wrong.items():
        goes_on = any(name in above[other] for other in wrong.values())
        if goes_on and not above[name] & {*wrong.values()}:
            outcome = outcomes[address]
            outcomes[address] = replace(outcome, message=f"{outcome.message}; {FIRST}")
    return outcomes


__all__ = ["mark"]
