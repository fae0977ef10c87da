"""What runs on Gradescope: ``results.json`` for one submission, from the papers that came with the autograder.

Nothing is marked that cannot be marked surely: such results have no scores, and say why. The autograder holds the codes of
papers, by which it knows them, and not the secret of the quiz.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from grader import bank, papers
from grader.answers import Level, Verdict
from grader.errors import GradmarkError
from grader.marking import Mark
from grader.papers import Graded, Manifest, returned
from grader.words import counted, exact

PLACES = 4  # of an amount; any course can tell a third by them
UNFINISHED = (
    "The autograder did not finish. Nothing counts as wrong: a person will look at this submission."
)
NO_MARKS = "Nothing was marked, and nothing counts as wrong: a person will look at this submission."

Results = dict[str, Any]


class User(Struct, frozen=True):
    email: str = ""


class Metadata(Struct, frozen=True):
    """What Gradescope says of a submission, as far as it is read."""

    users: tuple[User, ...] = ()


def main() -> None:
    """Arguments: the folder ``/autograder``, and when students see marks."""
    base, visibility = Path(sys.argv[1]), sys.argv[2]
    found = results(base / "submission", base / "source" / "quiz", users(base), visibility)
    papers.write_bytes(base / "results" / "results.json", encoded(found))


def encoded(found: Results) -> bytes:
    """Results as JSON, amounts as they are written."""
    return msgspec.json.Encoder(decimal_format="number").encode(found)


def users(base: Path) -> list[str]:
    """The addresses of those who handed in, as far as Gradescope tells them."""
    try:
        data = (base / "submission_metadata.json").read_bytes()
        return [one.email for one in msgspec.json.decode(data, type=Metadata).users if one.email]
    except (OSError, msgspec.DecodeError):
        return []


def results(submission: Path, quiz: Path, emails: Sequence[str], visibility: str) -> Results:
    """The marks of one paper, or why there are none."""
    manifest = msgspec.json.decode((quiz / "manifest.json").read_bytes(), type=Manifest)
    known = bank.load_folder(quiz / "exercises")
    try:
        rows = papers.grade_by_code([submission], manifest, known)
    except GradmarkError as error:
        return without_marks(str(error))
    marked = [one for one in rows if one.student]
    if len(marked) != 1:
        problems = [f"{one.file}: {one.problem}" for one in rows if not one.student]
        several = [f"papers of {counted(len(marked), 'student')}"] if marked else []
        return without_marks("\n".join(several or problems) or "No notebook was handed in.")
    [graded] = marked
    problem = graded.problem or of_another(graded.student, emails, manifest)
    return without_marks(problem) if problem else with_marks(graded, visibility)


def of_another(student: str, emails: Sequence[str], manifest: Manifest) -> str:
    """Why a paper is not of those who handed it in, where the roster has their addresses; empty where it may be theirs."""
    holders = {
        address_of(paper.student, paper.columns).casefold(): paper.student
        for paper in manifest.papers
    }
    theirs = {holders[one.casefold()] for one in emails if one.casefold() in holders}
    if not theirs or student in theirs:
        return ""
    return f"The paper inside is that of '{student}', and somebody else handed it in."


def address_of(student: str, columns: Mapping[str, str]) -> str:
    """The e-mail address that the roster has for a student, or that the student's id is."""
    return next((cell for name, cell in columns.items() if name.casefold() == "email"), student)


def without_marks(problem: str) -> Results:
    """Results that count nothing."""
    read = {"name": "Read", "status": "failed", "output": problem, "visibility": "visible"}
    return {"output": NO_MARKS, "output_format": "text", "tests": [read]}


def with_marks(graded: Graded, visibility: str) -> Results:
    """An amount for each blank that a machine marks; what waits for a person has none."""
    marks = {
        f"{one.exercise}/{address}": mark
        for one in graded.marks
        for address, mark in one.marks.items()
    }
    sure = {blank: one for blank, one in marks.items() if not one.to_look_at}
    scores, most = amounts([*sure.values()])
    tests = [read(graded, marks)]
    for blank, score, out_of in zip(sure, scores, most, strict=True):
        tests.append({"name": blank, "score": score, "max_score": out_of, **said(sure[blank])})
    tests += [{"name": blank, **said(one)} for blank, one in marks.items() if blank not in sure]
    waiting = len(marks) - len(sure)
    return {
        "output": f"For a person to look at: {counted(waiting, 'answer')}." if waiting else "",
        "output_format": "text",
        "visibility": visibility,
        "stdout_visibility": "hidden",
        "score": sum(scores, Decimal(0)).normalize() + 0,
        "tests": tests,
        "extra_data": {"student": graded.student, "waiting": waiting, "remarks": graded.remarks},
    }


def read(graded: Graded, marks: Mapping[str, Mark]) -> Results:
    """What a student may know at once: that the paper was read, and which answers could not be."""
    asks = [
        f"{blank} could not be read: {one.told(Level.RECEIVED)}"
        for blank, one in marks.items()
        if one.verdict is Verdict.UNREADABLE
    ]
    lines = [f"The paper of {graded.student} was read.", *graded.notes, *asks]
    status = "failed" if asks else "passed"
    return {"name": "Read", "status": status, "output": "\n".join(lines), "visibility": "visible"}


def said(mark: Mark) -> Results:
    """What is said of an answer."""
    word, remark = returned.said(mark, Level.REMARK).word, returned.remark(mark, Level.REMARK)
    points = "" if not mark.to_look_at else f" ({returned.points(mark, Level.REMARK)})"
    wrote = f"You wrote: {returned.shortened(mark.answer)}" if mark.answer.strip() else ""
    output = "\n".join(filter(None, [f"{word}{points}", remark, wrote]))
    return {"output": output, "output_format": "text"}


# Amounts


def amounts(marks: Sequence[Mark]) -> tuple[list[Decimal], list[Decimal]]:
    """What each answer earns and could earn, in decimals that add up to both sums, rounded once; a full mark is all that could be earned."""
    points = [exact(one.points) for one in marks]
    worth = [exact(one.out_of) for one in marks]
    scores = adding_up(points, whole(points))
    full = [one == most for one, most in zip(points, worth, strict=True)]
    given = sum(score for score, all_of_it in zip(scores, full, strict=True) if all_of_it)
    rest = [one for one, all_of_it in zip(worth, full, strict=True) if not all_of_it]
    others = iter(adding_up(rest, whole(worth) - given))
    most = [
        score if all_of_it else next(others) for score, all_of_it in zip(scores, full, strict=True)
    ]
    return [*map(in_decimals, scores)], [*map(in_decimals, most)]


def whole(parts: Sequence[Fraction]) -> int:
    """The sum of some parts in units of the last place."""
    total: Fraction = sum(parts, Fraction(0)) * 10**PLACES
    return round(total)


def adding_up(parts: Sequence[Fraction], total: int) -> list[int]:
    """Each part in units of the last place, rounded so that they add up: those that lack least are rounded up."""
    units = [math.floor(one * 10**PLACES) for one in parts]
    lacking = sorted(range(len(parts)), key=lambda at: (units[at] - parts[at] * 10**PLACES, at))
    each, more = divmod(total - sum(units), len(parts)) if parts else (0, 0)
    return [one + each + (lacking.index(place) < more) for place, one in enumerate(units)]


def in_decimals(units: int) -> Decimal:
    """Units of the last place as a decimal without zeros behind."""
    return Decimal(units).scaleb(-PLACES).normalize() + 0


if __name__ == "__main__":
    main()
