"""What runs on PrairieLearn: the functions to which a question's ``server.py`` hands its calls, beside ``exercise.yaml`` in the question's folder.

``data`` is what PrairieLearn keeps of a variant and of a submission. Its ``params`` hold a seed and the version of the exercise: drawn values
that a sheet does not state can be a key. A variant of another version is refused, never marked by this one. ``correct_answers`` stay empty.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

from msgspec import Struct

from grader import bank, drawing, marking
from grader.answers import Level, State, Verdict
from grader.drawing import Variant
from grader.marking import Mark
from grader.papers import blueprint, returned
from grader.sheets import Sheet, in_print, page
from grader.words import exact

Data = dict[str, Any]

EXERCISE = "exercise.yaml"
NOTHING = "Nothing is filled in."
BITS = 53  # of a whole number that any reader of JSON keeps
LONG = ("derivation", "text")  # kinds of answers that run over lines


class Answer(Struct, frozen=True):
    """What a page says of one blank; ``understood`` in LaTeX, ``tone`` as in :class:`grader.papers.returned.Said`."""

    name: str
    wrote: str
    understood: str = ""
    problem: str = ""
    word: str = ""
    tone: str = ""
    points: str = ""
    remark: str = ""


# What PrairieLearn calls


def generate(data: Data, salt: str) -> None:
    """Draw the variant of a seed."""
    exercise = bank.load(Path(data["options"]["question_path"], EXERCISE))
    own = seed(salt, exercise.id, data["variant_seed"])
    drawing.variant_of(exercise, own)  # or else PrairieLearn is told now
    data["params"] |= {"exercise": exercise.id, "seed": own, "digest": exercise.digest}


def render(data: Data) -> str:
    """The sheet with a field for each blank, or what was handed in; a panel of right answers is empty."""
    variant = variant_of(data)
    sheet = in_print(variant)
    match data["panel"]:
        case "question":
            return page(
                "prairielearn_question",
                sheet=sheet,
                figures=sheet.figures,
                kinds={address: key.kind for address, (_, key) in variant.keys.items()},
                long=LONG,
                wrote={address: text_of(data, address) for address in variant.keys},
                problems=data["format_errors"],
                editable=data["editable"],
            )
        case "submission":
            by_hand = data["manual_grading"] or data["ai_grading"]
            return page(
                "prairielearn_submission",
                answers=[*answered(data, variant, sheet)],
                rubrics=[*rubrics(variant, sheet)] if by_hand else [],
            )
    return ""


def parse(data: Data) -> None:
    """What cannot be read is a format error, so that it costs no attempt; nothing is compared."""
    readings = {
        address: key.read(text_of(data, address))
        for address, (_, key) in variant_of(data).keys.items()
    }
    asks = {at: one.message for at, one in readings.items() if one.state is State.ASKS}
    data["format_errors"] |= asks
    if all(one.state is State.BLANK for one in readings.values()):
        data["format_errors"] |= {next(iter(readings)): NOTHING}
    data["feedback"] |= {at: {"understood": one.latex} for at, one in readings.items()}


def grade(data: Data) -> None:
    """Points by blank and in all, of what a machine marks; what is not as asked goes back to the student, at no cost.

    Raises:
        RuntimeError: marking failed; the submission then counts as broken, never as wrong.
    """
    variant = variant_of(data)
    given = {address: text_of(data, address) for address in variant.keys}
    found = marking.mark(variant, given).marks
    failed = [at for at, one in found.items() if one.verdict is Verdict.ERROR]
    if failed:
        raise RuntimeError(f"{variant.exercise.id}: could not be marked: {', '.join(failed)}")
    ours = {at: one for at, one in found.items() if one.verdict is not Verdict.WAITING}
    back = {at: returned.remark(one, Level.REMARK) for at, one in ours.items() if one.to_look_at}
    data["format_errors"] |= back
    if back:
        return
    data["partial_scores"] = {
        at: {"score": float(share([one])), "weight": one.out_of} for at, one in ours.items()
    }
    data["score"] = float(share([*ours.values()]))
    for at, one in found.items():
        data["feedback"].setdefault(at, {}).update(told(one))


# What stands behind


def seed(salt: str, exercise: str, number: int) -> int:
    """The seed of a variant, which nobody can work out who has the bank and not the salt."""
    found = blueprint.keyed(bytes.fromhex(salt), "seed", exercise, str(number))
    return int.from_bytes(found[:8], "big") >> 64 - BITS


def variant_of(data: Data) -> Variant:
    """The variant that was drawn.

    Raises:
        RuntimeError: the exercise was changed since; the question or the submission is then broken, and nothing is wrong.
    """
    exercise = bank.load(Path(data["options"]["question_path"], EXERCISE))
    drawn = data["params"]
    if drawn["digest"] != exercise.digest:
        raise RuntimeError(
            f"{exercise.id} was changed since this variant was drawn: draw a new one"
        )
    return drawing.variant_of(exercise, drawn["seed"])


def text_of(data: Data, address: str) -> str:
    """What was written; a field that came twice, as no page of ours sends it, is its lines."""
    given = data["raw_submitted_answers"].get(address, "")
    return "\n".join(map(str, given)) if isinstance(given, list) else str(given)


def share(marks: list[Mark]) -> Fraction:
    """The share of the points that some marks give; all of nothing is nothing."""
    out_of = sum((exact(one.out_of) for one in marks), Fraction(0))
    points = sum((exact(one.points) for one in marks), Fraction(0))
    return points / out_of if out_of else Fraction(0)


def told(mark: Mark) -> Mapping[str, str]:
    """What a student is told of a mark."""
    said = returned.said(mark, Level.REMARK)
    return {
        "word": said.word,
        "tone": said.tone,
        "points": returned.points(mark, Level.REMARK),
        "remark": returned.remark(mark, Level.REMARK),
    }


def answered(data: Data, variant: Variant, sheet: Sheet) -> Iterator[Answer]:
    """What was handed in, as it was read, and what was said of it."""
    for question in sheet.questions:
        for address, asked in question.blanks.items():
            yield Answer(
                f"{question.number} {asked.called}".strip(),
                text_of(data, address),
                problem=data["format_errors"].get(address, ""),
                **data["feedback"].get(address, {}),
            )


def rubrics(variant: Variant, sheet: Sheet) -> Iterator[tuple[str, str]]:
    """What a person marks by, for those who do."""
    for question in sheet.questions:
        for address, asked in question.blanks.items():
            _, key = variant.keys[address]
            if key.criteria():
                yield f"{question.number} {asked.called}".strip(), key.show()
