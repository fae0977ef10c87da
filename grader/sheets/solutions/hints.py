"""Hints as a ladder made from a solution: which quantity comes next, its formula, its number; the answer itself is no hint."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum

from msgspec import Struct
from msgspec.structs import replace

from grader.drawing import Variant
from grader.sheets.notation import Notation
from grader.sheets.solutions import steps
from grader.sheets.solutions.step import Step, named


class Rung(StrEnum):
    """What a hint tells."""

    QUANTITY = "quantity"
    FORMULA = "formula"
    NUMBER = "number"


class Hint(Struct, frozen=True):
    """One rung, as Markdown."""

    rung: Rung
    text: str


def ladder(variant: Variant, address: str, notation: Notation = Notation.LATEX) -> list[Hint]:
    """The hints for one blank, each telling a little more than those before it; none where a solution has no steps."""
    blank, key = variant.keys[address]
    lines = [one for one in steps(variant, blank, key, set()) if isinstance(one, Step)]
    hints = [hint for one in lines[:-1] for hint in rungs(one, notation)]
    last = [hint for one in lines[-1:] for hint in rungs(one, notation)]
    return [*hints, *(one for one in last if one.rung is Rung.FORMULA)]


def rungs(step: Step, notation: Notation) -> Iterator[Hint]:
    """What can be told of one step."""
    for name in step.names[:1]:
        sign = named(name, notation)
        yield Hint(Rung.QUANTITY, sign if notation is Notation.PLAIN else f"${sign}$")
    if step.formula is not None:
        bare = replace(step, numbers={}, result=None)
        yield Hint(Rung.FORMULA, bare.written(notation))
    if step.result is not None and step.numbers:
        yield Hint(Rung.NUMBER, step.written(notation))
