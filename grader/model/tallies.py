"""Blanks that ask for whole numbers over sizes and layers."""

from __future__ import annotations

from fractions import Fraction

from msgspec.structs import replace

from grader.answers import Points
from grader.bank import AnswerFile, Mistake, QuestionFile, fill
from grader.errors import Place
from grader.memo import memoized
from grader.model.blank import Blank, Miscount, Tally
from grader.model.counts import SHAPE, SHAPE_OF_ANY_RANK, WHOLE, sizes_in
from grader.model.labels import labels
from grader.model.sizes import points
from grader.model.structure import Structure
from grader.model.values import unit_of
from reference.counting.polynomial import has_floors, symbols
from reference.language.dimensions import SCALAR
from reference.language.errors import LanguageError
from reference.layers.asked import Asked, asked_of
from reference.layers.formulas import polynomials, symbolic
from reference.layers.stack import Stack


def tallies(
    structure: Structure, question: QuestionFile, answer: AnswerFile, at: Place
) -> list[Blank]:
    """A blank for each text."""
    given = answer.counts or {}
    listed = sizes_in(structure, answer, at["in_terms_of"])
    named = {"": given} if isinstance(given, str) else given
    stack = structure.layers
    found = []
    for name, text in named.items():
        here = at["counts"][name] if name else at["counts"]
        asked = read(structure, text, here)
        if asked is None:
            continue
        what = asked.cell[1] if asked.cell else ""
        own = labels(question.id, name, [what, what.replace("_", " ")] if what else [])
        hint = shape_hint(stack) if what == "shape" else WHOLE
        unit = unit_of(answer, name, SCALAR, at["unit"])
        if unit and what == "shape":
            at["unit"].report("only numbers have a unit")
        source = Tally(asked, stack, listed, own, unit=unit)
        if answer.in_terms_of is not None:
            source = in_symbols(structure, source, at["in_terms_of"], here)
        found.append(Blank(question.id, name, Fraction(0), hint, source))
    return found


def shape_hint(stack: Stack | None) -> str:
    """How a shape is written, where more axes than rows and columns may come in."""
    return SHAPE_OF_ANY_RANK if stack is not None and len(stack.shape) > 2 else SHAPE


def in_symbols(structure: Structure, asked: Tally, at: Place, written: Place) -> Tally:
    """A number that is asked for in terms of sizes, with the points at which its floors are compared.

    A problem is noted: it is no polynomial, or needs other sizes than those that are listed.
    """
    if asked.asked.search is not None:
        written.report("the first of some numbers is asked for in numbers, without 'in_terms_of'")
        return asked
    try:
        found = polynomials(symbolic(asked.asked, asked.stack))
    except LanguageError as error:
        structure.misread(written, error)
        return asked
    missing = sorted(frozenset[str]().union(*map(symbols, found)) - {*asked.names})
    if missing:
        at.report(f"the count needs {', '.join(missing)}")
    if not any(map(has_floors, found)):
        return asked
    return replace(asked, points=fitting(structure, asked.names))


@memoized
def fitting(structure: Structure, names: tuple[str, ...]) -> Points:
    """Values of sizes with which all layers fit."""
    return points(structure.exercise, names, (), structure.layers)


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
