"""What exercises and blanks of a quiz are called on pages."""

from __future__ import annotations

from collections.abc import Iterator

from grader.sheets import Asked
from grader.web.staff.whole import Row, Whole
from grader.web.visit import Visit

Asking = tuple[str, Asked]  # the number of a question, and one of its blanks in print


def titles(whole: Whole) -> dict[str, str]:
    """By exercise, its title on the first paper that has it."""
    found: dict[str, str] = {}
    for row in whole.rows:
        for item, short in zip(row.held.paper.items, row.held.outline, strict=True):
            found.setdefault(item.draw.exercise, short.title)
    return found


def asked_in(visit: Visit, whole: Whole, exercise: str) -> dict[str, Asking]:
    """By full address, each blank of an exercise in print, on the first paper that has it: papers differ in what they ask."""
    found: dict[str, Asking] = {}
    for row in whole.rows:
        if any(blank not in found for blank in blanks_of(row, exercise)):
            found = asked_on(visit, row, exercise) | found
    return found


def blanks_of(row: Row, exercise: str) -> Iterator[str]:
    """The full addresses of an exercise of which a student has marks."""
    for marks in row.graded.marks if row.graded else ():
        if marks.exercise == exercise:
            yield from (f"{exercise}/{address}" for address in marks.marks)


def asked_on(visit: Visit, row: Row, exercise: str) -> dict[str, Asking]:
    """As :func:`asked_in`, on the paper of one student."""
    place = place_of(row, exercise)
    if place is None:
        return {}
    sheet = visit.site.printed(row.held.bank, row.held.paper.items[place]).sheet
    return {
        f"{exercise}/{address}": (str(question.number), asked)
        for question in sheet.questions
        for address, asked in question.blanks.items()
    }


def place_of(row: Row, exercise: str) -> int | None:
    """Which exercise of a paper it is, counted from 0."""
    names = [item.draw.exercise for item in row.held.paper.items]
    return names.index(exercise) if exercise in names else None
