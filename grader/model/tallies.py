"""Blanks that ask for whole numbers over sizes and layers."""

from __future__ import annotations

from fractions import Fraction

from msgspec.structs import replace

from grader.bank import AnswerFile, Mistake, QuestionFile, fill
from grader.errors import Place
from grader.model.blank import Blank, Miscount, Tally
from grader.model.counts import SHAPE, SHAPE_OF_ANY_RANK, WHOLE
from grader.model.labels import labels
from grader.model.structure import Structure
from reference.language.errors import LanguageError
from reference.layers.asked import Asked, asked_of
from reference.layers.stack import Stack


def tallies(
    structure: Structure, question: QuestionFile, answer: AnswerFile, at: Place
) -> list[Blank]:
    """A blank for each text."""
    given = answer.counts or {}
    named = {"": given} if isinstance(given, str) else given
    stack = structure.layers
    found = []
    for name, text in named.items():
        asked = read(structure, text, at[name] if name else at)
        if asked is None:
            continue
        what = asked.cell[1] if asked.cell else ""
        own = labels(question.id, name, [what, what.replace("_", " ")] if what else [])
        hint = shape_hint(stack) if what == "shape" else WHOLE
        found.append(Blank(question.id, name, Fraction(0), hint, Tally(asked, stack, own)))
    return found


def shape_hint(stack: Stack | None) -> str:
    """How a shape is written, where more axes than rows and columns may come in."""
    return SHAPE_OF_ANY_RANK if stack is not None and len(stack.shape) > 2 else SHAPE


def read(structure: Structure, text: str, at: Place) -> Asked | None:
    """What a text asks of sizes and layers; a problem in it is noted."""
    layers = structure.layers.names if structure.layers else []
    try:
        return asked_of(fill(text, structure.context), structure.file.network.sizes, layers)
    except LanguageError as error:
        structure.misread(at, error)
    return None


def with_mistake(structure: Structure, blank: Blank, mistake: Mistake, at: Place) -> Blank:
    """A blank that asks for a whole number, with a further misconception of its author."""
    asked = read(structure, mistake.value, at)
    assert isinstance(blank.source, Tally)
    if asked is None:
        return blank
    own = Miscount(asked, mistake.says, Fraction(str(mistake.credit)))
    return replace(blank, source=replace(blank.source, mistakes=(*blank.source.mistakes, own)))
