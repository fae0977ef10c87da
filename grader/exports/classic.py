"""Canvas, Classic Quizzes: the items of New Quizzes, as far as Classic can hold them."""

from __future__ import annotations

from collections.abc import Mapping

from grader.answers import Entries, Ticks
from grader.exports import canvas
from grader.exports.archive import zipped
from grader.exports.items import Blank, Item
from grader.exports.labels import Locale
from grader.exports.losses import Report
from grader.exports.numbers import bound, entries
from grader.exports.package import Mode, Package
from grader.exports.targets import APPROXIMATED, FAITHFUL, REFUSED, Carried, Files, Target

DECIMALS = 4  # that the page of a question keeps

NUMBERS = (*canvas.NUMBERS, "decimals-4")
KINDS = canvas.KINDS | {
    "number": Carried(APPROXIMATED, "numerical_question", NUMBERS),
    "count": Carried(APPROXIMATED, "numerical_question", canvas.NUMBERS),
    "matrix": Carried(APPROXIMATED, "numerical_question, one an entry", NUMBERS),
    "several-all": Carried(REFUSED, "essay_question", ("partial-credit",)),
    "several-penalised": Carried(FAITHFUL, "multiple_answers_question"),
    "match": Carried(FAITHFUL, "matching_question"),
    "order": Carried(REFUSED, "essay_question", ("partial-credit",)),
}


def exception(blank: Blank) -> Carried | None:
    """Numbers that four decimals do not tell, and penalties that are not those of Classic."""
    match blank.key:
        case Entries() as key:
            if not all(can_be_typed(value, within) for value, within in entries(key)):
                return Carried(REFUSED, "essay_question", ("decimals-4",))
        case Ticks(right=right, scoring="penalised"):
            if 2 * sum(right) != len(
                right
            ):  # Classic takes off a share of the right ones for each wrong one
                return Carried(APPROXIMATED, "multiple_answers_question", ("partial-credit",))
    return None


def can_be_typed(value: float, within: float) -> bool:
    """Is the number of four decimals that is nearest to a key right, and its tolerance told by four decimals?"""
    near = abs(round(value, DECIMALS) - value) <= bound(value, within)
    return near and (not within or bound(value, within) >= 0.5 * 10**-DECIMALS)


def carried(blank: Blank) -> Carried:
    return exception(blank) or KINDS[blank.kind]


def write(package: Package, report: Report) -> Files:
    """An archive for each paper."""
    return {
        f"{one.name}.zip": zipped(canvas.archive(one, package, carried, "")) for one in package.sets
    }


def answers(item: Item, responses: Mapping[str, str], locale: Locale) -> dict[str, str]:
    return canvas.answered(item, responses, carried)


TARGET = Target(
    title="Canvas Classic Quizzes",
    kinds=KINDS,
    features={"follow-through": REFUSED, "credit": REFUSED, "message": REFUSED},
    write=write,
    steps=(
        "In the settings of the course, choose *Import Course Content*, *QTI .zip file*, and an archive; Classic makes a quiz of it.",
        "Of versions, assign each quiz to the students that `versions.csv` names.",
        "Let *shuffle answers* be off, as options bear letters.",
        "Do not open a question with a number and save it again: the page keeps four decimals.",
        "After the exam, download *Student Analysis* as CSV, and run `gradmark collect`.",
    ),
    exception=exception,
    answers=answers,
    modes=(Mode.PAPERS, Mode.VERSIONS),
    points=canvas.points,
)
