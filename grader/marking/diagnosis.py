"""What a wrong answer looks like: the misconception that leads to it."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from fractions import Fraction
from typing import Any, NamedTuple

import numpy as np
from msgspec.structs import replace

from grader.answers import NOTHING, Outcome, Verdict, agrees, said
from grader.drawing import Solved, WrongTally, wrong_expressions, wrong_tallies, wrong_totals
from grader.marking.scoring import WRONG, Response
from grader.model import Blank, Count, Symbolic, Tally, Value
from reference.derivatives.digits import off
from reference.language.errors import LanguageError
from reference.language.values import Array
from reference.misconceptions.counts import WrongCount
from reference.misconceptions.wrong import Wrong

NOISE = 1e-9  # of the arithmetic, relative to the value but for small ones, by which equal mistakes may be apart
UNIT = 0.001  # to which numbers are written down at least
OWN = "own"  # the name of a misconception that an author adds


class Suspect(NamedTuple):
    """The misconception that leads to an answer: its name, what to say, and the share of the points that it earns."""

    name: str
    says: str
    credit: Fraction


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
                found[place][blank.address] = looking_like(outcome, suspect)
    return found


def looking_like(outcome: Outcome, suspect: Suspect) -> Outcome:
    notes = outcome.notes + said("misconception", id=suspect.name, says=suspect.says)
    if suspect.credit <= outcome.share:
        return replace(outcome, notes=notes)
    return replace(outcome, verdict=Verdict.PARTIAL, share=suspect.credit, notes=notes)


def suspects(solved: Solved, blank: Blank, wrong: Sequence[Response]) -> Sequence[Suspect | None]:
    """For each wrong answer to a blank, the misconception that gives just this, if any does: of numbers the nearest, else the first."""
    found = [by_answer(solved, blank, one) for one in wrong]
    given = [one.outcomes[blank.address].given for one in wrong]
    places = [place for place, one in enumerate(given) if one is not None and not found[place]]
    if not places:
        return found
    some, rows = [given[place] for place in places], [wrong[place].row for place in places]
    match blank.source:
        case Value(target):
            looks = by_value(solved, target, rows, some)
        case Count() as count:
            looks = [by_count(solved, blank, count, *one) for one in zip(rows, some, strict=True)]
        case Tally():
            looks = [by_tally(solved, blank, *one) for one in zip(rows, some, strict=True)]
        case Symbolic() as asked:
            looks = by_expression(solved, blank, asked, some)
        case _:
            return found
    for place, look in zip(places, looks, strict=True):
        found[place] = look
    return found


def by_answer(solved: Solved, blank: Blank, wrong: Response) -> Suspect | None:
    """The author's own misconception that leads to an answer which is no number."""
    if not blank.misanswers:
        return None
    key, found = solved.key(blank, wrong.row), wrong.outcomes[blank.address]
    own = (one for one in blank.misanswers if key.is_same(found, one.text))
    return next((Suspect(OWN, one.message, one.credit) for one in own), None)


def by_value(
    solved: Solved, target: str, rows: Sequence[int], given: Sequence[Any]
) -> list[Suspect | None]:
    """Of values that have the right shape; those of all students at once. Where several mistakes come so near, it is the nearest.

    The widest tolerance of a blank holds for all its entries, and what is written down of a wrong value may be rounded where the right one is exact.
    """
    found: list[Suspect | None] = [None] * len(rows)
    nearest = np.full(len(rows), np.inf)
    own = np.reshape(given, solved.within[target][rows].shape)
    noise = NOISE * (1 + np.abs(own).max(axis=(-2, -1)))
    within = solved.within[target][rows].max(axis=(-2, -1), keepdims=True)
    for mistake, wrong in solved.wrong.get(target, ()):
        value = wrong[rows]
        near = agrees(own, value, np.maximum(within, rounded(value)))
        alike = (near & np.isfinite(value)).all(axis=(-2, -1))
        apart = np.abs(own - value).max(axis=(-2, -1))
        for place in np.flatnonzero(alike & (apart < nearest - noise)):
            found[place] = Suspect(mistake.name, mistake.message, mistake.credit)
            nearest[place] = apart[place]
    return found


def rounded(values: Array) -> Array:
    """How far off wrong values are where they are written to three decimals, or to three figures."""
    with np.errstate(all="ignore"):
        largest = np.abs(values).max(axis=(-2, -1), keepdims=True)
        return off(values, np.broadcast_to(largest, values.shape), UNIT)


def by_count(solved: Solved, blank: Blank, count: Count, row: int, given: Any) -> Suspect | None:
    sizes = solved.sizes(row)
    wrong = wrong_totals(solved.model, count, sizes)
    [place] = count.key(sizes).first_met([given], [total for _, total in wrong])
    return None if place is None else suspect(blank, wrong[place][0])


def by_tally(solved: Solved, blank: Blank, row: int, given: Any) -> Suspect | None:
    assert isinstance(blank.source, Tally)
    sizes = solved.sizes(row)
    key = blank.source.key(sizes)
    wrong, totals = list[WrongTally](), []
    for one in wrong_tallies(blank, tuple(sizes.items())):
        with suppress(LanguageError):  # it needs sizes that the question does not name
            totals.append(key.parse(one.text)[0])
            wrong.append(one)
    [place] = key.first_met([given], totals)
    if place is None:
        return None
    return Suspect(wrong[place].name, wrong[place].message, wrong[place].credit)


def by_expression(
    solved: Solved, blank: Blank, asked: Symbolic, given: Sequence[Any]
) -> list[Suspect | None]:
    wrong, expressions = wrong_expressions(solved.model, blank.address, asked)
    places = asked.key.first_met(given, expressions)
    return [None if place is None else suspect(blank, wrong[place]) for place in places]


def suspect(blank: Blank, wrong: Wrong | WrongCount) -> Suspect:
    return Suspect(wrong.name, wrong.message, blank.credit.get(wrong.name, NOTHING))


Named = frozenset[tuple[str, str]]  # name, and what is said of it


def showable(solved: Solved, blank: Blank) -> list[Named]:
    """For each variant, the misconceptions that an answer to a blank can show: those that give something else than the key."""
    own = frozenset((OWN, one.message) for one in blank.misanswers)
    return [own | one for one in known(solved, blank)]


def known(solved: Solved, blank: Blank) -> list[Named]:
    """Those of ours, and of numbers the author's own."""
    match blank.source:
        case Value(target):
            return by_values(solved, target)
        case Count() as count:
            wrong_counts = wrong_totals(solved.model, count, solved.sizes(0))
            return [frozenset((one.name, one.message) for one, _ in wrong_counts)] * solved.batch
        case Tally():
            sizes = (tuple(solved.sizes(row).items()) for row in range(solved.batch))
            return [
                frozenset((one.name, one.message) for one in wrong_tallies(blank, own))
                for own in sizes
            ]
        case Symbolic() as asked:
            wrong, _ = wrong_expressions(solved.model, blank.address, asked)
            return [frozenset((one.name, one.message) for one in wrong)] * solved.batch
    return [frozenset()] * solved.batch


def by_values(solved: Solved, target: str) -> list[Named]:
    mistakes = solved.wrong.get(target, ())
    right, within = solved.values[target], solved.within[target]
    named = [(mistake.name, mistake.message) for mistake, _ in mistakes]
    shown = [~agrees(wrong, right, within).all(axis=(-2, -1)) for _, wrong in mistakes]
    rows = np.array(shown, dtype=bool).reshape(len(named), solved.batch).T
    found: dict[bytes, Named] = {}
    for row in rows:
        if row.tobytes() not in found:
            found[row.tobytes()] = frozenset(named[place] for place in np.flatnonzero(row))
    return [found[row.tobytes()] for row in rows]
