"""Texts that staff mark: out to a file, and back into the marks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from pathlib import Path

from msgspec.structs import replace

from grader.answers import HandedIn, Outcome, Verdict
from grader.marking import Keys, Mark, Marks, shown
from grader.papers import text_sheet
from grader.papers.files import write_text
from grader.papers.reports import Graded


def waiting(marks: Marks, keys: Keys, answers: Mapping[str, str]) -> list[HandedIn]:
    """The texts among the answers to one exercise."""
    found = [
        key.handed_in(marks.student, marks.exercise, address, answers[address])
        for address, (_, key) in keys.items()
        if marks.marks[address].verdict is Verdict.WAITING
    ]
    return [one for one in found if one is not None]


def mark_texts(graded: Sequence[Graded], path: Path) -> list[Graded]:
    """The marks with all that a file of texts gives; the file is written anew, with every text in it.

    Raises:
        AuthorError: the file is there and cannot be used; it stays as it is.
    """
    sheet = text_sheet.read(path) if path.exists() else text_sheet.Cells()
    write_text(path, text_sheet.write([text for one in graded for text in one.texts], sheet))
    return [with_texts(one, sheet) for one in graded]


def with_texts(graded: Graded, sheet: text_sheet.Cells) -> Graded:
    given = {
        (text.exercise, text.blank): found
        for text in graded.texts
        if (found := text_sheet.awarded(text, sheet))
    }
    return replace(graded, marks=tuple(with_marks(marks, given) for marks in graded.marks))


def with_marks(marks: Marks, given: Mapping[tuple[str, str], Outcome]) -> Marks:
    """Marks of one exercise with the outcomes that a person gave."""
    found = {
        address: marked(mark, given[marks.exercise, address])
        if (marks.exercise, address) in given
        else mark
        for address, mark in marks.marks.items()
    }
    earned = sum(found[address].points - mark.points for address, mark in marks.marks.items())
    return replace(marks, points=shown(Fraction(marks.points + earned)), marks=found)


def marked(mark: Mark, outcome: Outcome) -> Mark:
    points = shown(outcome.share * Fraction(str(mark.out_of)))
    return replace(
        mark,
        verdict=outcome.verdict,
        points=points,
        message=outcome.message,
        notes=outcome.notes,
    )
