"""One exercise: find it, draw it, show it, mark answers to it."""

from __future__ import annotations

from collections.abc import Mapping

from grader import marking
from grader.answers import Key, MatrixKey, NumberKey, TextKey, show_number
from grader.bank import Marks
from grader.drawing import Variant
from grader.figures import Figure
from grader.sheets import Notation, Sheet, graph, sheet, worked


def in_print(of: Variant, notation: Notation = Notation.LATEX, weight: float = 1) -> Sheet:
    return sheet(of.solved.model, of.draw, notation, weight)


def solution(of: Variant) -> list[tuple[str, str, str]]:
    """(address, key, how far an answer may be off) of each blank."""
    return [(address, key.show(), within(key)) for address, (_, key) in of.keys.items()]


def explained(of: Variant, notation: Notation = Notation.LATEX) -> dict[str, str]:
    """Address → its worked solution as Markdown, where it has steps."""
    return worked(of, notation)


def drawn(of: Variant) -> Figure | None:
    """The computation graph with its numbers, where there are any."""
    return graph(of)


def within(key: Key) -> str:
    """The tolerance of a key for staff to read."""
    match key:
        case NumberKey(_, distance):
            return f"± {show_number(float(f'{distance:.3g}'))}"
        case MatrixKey(_, rows):
            return f"± {show_number(float(f'{max(max(row) for row in rows):.3g}'))}"
        case TextKey():
            return "marked by a person"
    return "exact"


def mark(of: Variant, answers: Mapping[str, str], student: str = "") -> Marks:
    """The marks of answers by address within the exercise."""
    return marking.mark(of, answers, student=student)
