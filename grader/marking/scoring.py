"""Answers × keys → marks."""

from __future__ import annotations

import difflib
import functools
import logging
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from fractions import Fraction

from msgspec import Struct
from msgspec.structs import replace

from grader.answers import ALL, NOTHING, Key, Outcome, Verdict, said, sentences
from grader.drawing import Variant
from grader.marking.marks import VERSION, Mark, Marks
from grader.memo import memoized
from grader.model import Blank, Constructed, Model

WRONG = (Verdict.INCORRECT, Verdict.PARTIAL)
SecondLook = Callable[[dict[str, Outcome]], dict[str, Outcome]]


class Response(Struct, frozen=True):
    """What was found of what was handed in for a row of solved columns."""

    row: int
    outcomes: Mapping[str, Outcome]


log = logging.getLogger("gradmark")


def grade(
    variant: Variant,
    answers: Mapping[str, str],
    *,
    student: str = "",
    weight: float = 1.0,
    unreadable: Mapping[str, str] | None = None,
    second_look: SecondLook = dict,
) -> Marks:
    """Mark every blank of a variant.

    Args:
        answers: address → text; addresses that are not there are noted, blanks left out are blank.
        weight: what the points are multiplied by.
        unreadable: address → why the answer to it cannot be told.
        second_look: the outcomes, once all of them are known, as far as some are wrong.
    """
    solved, row, problems = variant.solved, variant.row, unreadable or {}
    model = solved.model
    key = functools.cache(lambda blank: solved.key(blank, row))
    glances = {one.address: solved.glance(one, row) for one in model.blanks}
    outcomes = {
        one.address: look(
            one,
            key,
            glances[one.address],
            answers.get(one.address, ""),
            problems.get(one.address),
        )
        for one in model.blanks
    }
    outcomes = together(model.blanks, key, outcomes)
    if any(one.verdict in WRONG for one in outcomes.values()):
        outcomes = looked_at(outcomes, second_look)
    kinds = tuple((glances[one.address] or key(one)).kind for one in model.blanks)
    return credited(
        scale(model, kinds, weight),
        answers,
        [outcomes[one.address] for one in model.blanks],
        student,
        model.exercise.id,
        solved.columns.seeds[row],
        dict(model.choices),
    )


def look(
    blank: Blank, key: Callable[[Blank], Key], glance: Key | None, text: str, problem: str | None
) -> Outcome:
    """The outcome for one answer; its key is asked for only where a glance does not do."""
    if glance is None:
        return outcome(blank, key(blank), text, problem)
    found = outcome(blank, glance, text, problem)
    if found.verdict is not Verdict.INCORRECT:
        return found
    return outcome(blank, key(blank), text, read=found)


def together(
    blanks: Sequence[Blank], key: Callable[[Blank], Key], outcomes: Mapping[str, Outcome]
) -> dict[str, Outcome]:
    """The outcomes, those of blanks that are judged together from what was read of all of them."""
    groups: dict[int, list[Blank]] = {}
    for blank in blanks:
        match blank.source:
            case Constructed(of=whole):
                groups.setdefault(id(whole), []).append(blank)
    found = dict(outcomes)
    for group in groups.values():
        by_name = {blank.name: outcomes[blank.address] for blank in group}
        try:
            judged = key(group[0]).together(by_name)
        except Exception as failure:
            judged = dict.fromkeys(by_name, failed(failure))
        found |= {blank.address: judged[blank.name] for blank in group}
    return found


class Scale(Struct, frozen=True):
    """What blanks are worth: in points, in whole ``units`` of which ``unit`` make a point, as it is written; their kinds."""

    worth: dict[str, tuple[Fraction, int, float, str]]
    unit: int
    out_of: float


@memoized
def scale(model: Model, kinds: tuple[str, ...], weight: float) -> Scale:
    """Of the blanks of a structure, with the kind of each."""
    factor = Fraction(str(weight))
    worth = [blank.points * factor for blank in model.blanks]
    unit = math.lcm(*(one.denominator for one in worth))
    return Scale(
        {
            blank.address: (one, int(one * unit), shown(one), kind)
            for blank, one, kind in zip(model.blanks, worth, kinds, strict=True)
        },
        unit,
        shown(sum(worth, Fraction(0))),
    )


def credited(
    scale: Scale,
    answers: Mapping[str, str],
    outcomes: Sequence[Outcome],
    student: str,
    exercise: str,
    seed: int | str,
    choices: Mapping[str, str],
) -> Marks:
    """Outcomes, in the order of the scale, as marks; most are all or nothing, which whole numbers add up quickly."""
    marks: dict[str, Mark] = {}
    units, parts = 0, NOTHING
    for (address, (worth, whole, out_of, kind)), found in zip(
        scale.worth.items(), outcomes, strict=True
    ):
        points: float = 0
        if found.share is ALL:
            points = out_of
            units += whole
        elif found.share is not NOTHING:
            earned = worth * found.share
            points = shown(earned)
            parts += earned
        marks[address] = Mark(
            found.verdict,
            points,
            out_of,
            sentences(found.notes) if found.notes else "",
            found.understood,
            found.notes,
            answers.get(address, ""),
            kind,
            found.chosen,
            found.alike,
        )
    total = shown(parts + Fraction(units, scale.unit)) if parts else in_units(units, scale.unit)
    strange = answers.keys() - scale.worth.keys()
    notes = [unknown(address, scale.worth) for address in answers if address in strange]
    return Marks(
        student, exercise, seed, total, scale.out_of, marks, notes, dict(choices), version=VERSION
    )


def outcome(
    blank: Blank, key: Key, text: str, problem: str | None = None, read: Outcome | None = None
) -> Outcome:
    """The outcome for one answer; a failure of ours is an ``error``, never a wrong answer.

    Args:
        problem: why the answer cannot be told.
        read: what a key like this one said of it, which read it already.
    """
    if problem is not None:
        return Outcome(Verdict.UNREADABLE, notes=said("unread", text=problem))
    try:
        found = key.by_itself(text) if read is None else key.judge(read.given, read.understood)
    except Exception as failure:
        return failed(failure)
    if found.verdict is Verdict.NOT_AS_ASKED:
        return replace(found, share=blank.credit.get(Verdict.NOT_AS_ASKED, NOTHING))
    return found


def right_from(outcome: Outcome, names: Sequence[str]) -> Outcome:
    """The outcome of a wrong answer that is right by what was given at other blanks."""
    notes = said("follows", names=[*names])
    return replace(outcome, verdict=Verdict.FOLLOW_THROUGH, share=ALL, notes=notes)


def looked_at(outcomes: dict[str, Outcome], second_look: SecondLook) -> dict[str, Outcome]:
    """The outcomes after a second look; where it fails, no wrong answer is sure to be wrong."""
    try:
        return second_look(outcomes)
    except Exception as failure:
        error = failed(failure)
        return {name: error if one.verdict in WRONG else one for name, one in outcomes.items()}


def failed(failure: Exception) -> Outcome:
    log.exception("marking failed")
    return Outcome(Verdict.ERROR, notes=said("failed", failure=type(failure).__name__))


@functools.lru_cache(maxsize=4096)
def in_units(units: int, unit: int) -> float:
    return shown(Fraction(units, unit))


def unknown(address: str, keys: Iterable[str]) -> str:
    close = difflib.get_close_matches(address[:80], list(keys), n=1)
    hint = f"; did you mean '{close[0]}'?" if close else ""
    return f"no blank '{address[:80]}'{hint}"


def shown(points: Fraction) -> float:
    """Points as they are written: a whole number, or at most four decimals."""
    rounded = round(float(points), 4)
    return int(rounded) if rounded == int(rounded) else rounded
