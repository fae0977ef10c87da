"""Variants × answers → marks that say what went wrong, and where first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec.structs import replace

from grader.answers import Outcome, Verdict, said
from grader.drawing import Solved, Variant
from grader.marking.diagnosis import named
from grader.marking.follow_through import followed
from grader.marking.given import origin
from grader.marking.marks import Marks
from grader.marking.scoring import WRONG, Response, grade
from grader.memo import memoized
from grader.model import Model

MISSED = (*WRONG, Verdict.FOLLOW_THROUGH)


def mark(
    variant: Variant,
    answers: Mapping[str, str],
    *,
    student: str = "",
    weight: float = 1.0,
    unreadable: Mapping[str, str] | None = None,
) -> Marks:
    """Mark every blank of a variant; as :func:`grade`, with a second look at what is wrong."""

    def second_look(outcomes: dict[str, Outcome]) -> dict[str, Outcome]:
        [found] = explained(variant.solved, [Response(variant.row, outcomes)])
        return found

    return grade(
        variant,
        answers,
        student=student,
        weight=weight,
        unreadable=unreadable,
        second_look=second_look,
    )


def explained(solved: Solved, responses: Sequence[Response]) -> list[dict[str, Outcome]]:
    """The outcomes of answers some of which are wrong: these as far as they follow from others, look like a
    misconception, or are the first.

    What students with variants of one structure gave is looked at together.
    """
    later = updated(responses, followed(solved, responses))
    named_too = updated(later, named(solved, later))
    return [diverging(solved.model, one.outcomes) for one in named_too]


def updated(
    responses: Sequence[Response], found: Sequence[Mapping[str, Outcome]]
) -> list[Response]:
    return [
        Response(one.row, {**one.outcomes, **new})
        for one, new in zip(responses, found, strict=True)
    ]


def diverging(model: Model, outcomes: Mapping[str, Outcome]) -> dict[str, Outcome]:
    """The wrong values before which none is wrong, and from which others are computed, say so."""
    wrong = [one.address for one in model.numbers if outcomes[one.address].verdict in MISSED]
    found = dict(outcomes)
    for address in first_of(model, frozenset(wrong)):
        outcome = outcomes[address]
        if outcome.verdict in WRONG:
            found[address] = replace(outcome, notes=outcome.notes + said("first"))
    return found


@memoized
def first_of(model: Model, addresses: frozenset[str]) -> list[str]:
    """Of some blanks, those before which none of the others stands, and after which one does."""
    wrong = {
        one.address: origin(model.network, one.target)
        for one in model.numbers
        if one.address in addresses
    }
    above = {name: model.network.ancestors(name) - {name} for name in wrong.values()}
    return [
        address
        for address, name in wrong.items()
        if any(name in above[other] for other in wrong.values())
        and not above[name] & {*wrong.values()}
    ]
