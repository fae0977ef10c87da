"""Blanks for a short text that staff mark."""

from __future__ import annotations

from fractions import Fraction

from msgspec.structs import replace

from grader.answers import TextKey
from grader.bank import QuestionFile, Text, fill
from grader.model.blank import Blank, Fixed
from grader.model.structure import Structure

HINT = "a few sentences, which staff will read"


def text(structure: Structure, question: QuestionFile, given: Text) -> list[Blank]:
    """One blank, with the rubric in the words of the structure."""
    rubric = {
        name: replace(one, text=fill(one.text, structure.context))
        for name, one in given.rubric.items()
    }
    return [Blank(question.id, "", Fraction(0), HINT, Fixed(TextKey(rubric)))]
