"""One right answer of many to what is constructed."""

from __future__ import annotations

from grader.answers import Construct
from grader.sheets.notation import Notation, latex_value, plain_value
from grader.sheets.solutions.step import EQUAL, Side, aligned, named


def of_construct(name: str, whole: Construct, notation: Notation) -> str:
    """A part of the reference, as it is marked correct."""
    rows, exact = whole.printed(name)
    value = plain_value(rows) if notation is Notation.PLAIN else latex_value(rows)
    sides = [Side("=", named(name, notation)), Side(EQUAL[exact], value)]
    return f"For example:\n\n{aligned(sides, 1, notation)}"
