"""What exercises and blanks of a quiz are called on pages."""

from __future__ import annotations

from collections.abc import Mapping

from grader.sheets import Asked
from grader.web.staff.whole import Row, Whole
from grader.web.visit import Visit


def titles(whole: Whole) -> dict[str, str]:
    """By exercise, its title on the first paper that has it."""
    found: dict[str, str] = {}
    for row in whole.rows:
        for item, short in zip(row.held.paper.items, row.held.outline, strict=True):
            found.setdefault(item.draw.exercise, short.title)
    return found


def asked_in(visit: Visit, whole: Whole, exercise: str) -> Mapping[str, tuple[str, Asked]]:
    """By full address, the number of its question and the blank in print, on the first paper that has the exercise."""
    row = next((one for one in whole.rows if place_of(one, exercise) is not None), None)
    return asked_on(visit, row, exercise) if row else {}


def asked_on(visit: Visit, row: Row, exercise: str) -> dict[str, tuple[str, Asked]]:
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
