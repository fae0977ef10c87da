"""Misconceptions that an author adds to a blank whose answer is written, and is no number: the wrong answers that they lead to."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from msgspec.structs import replace

from grader.answers import Key, MatrixKey
from grader.bank import Mistake, fill
from grader.errors import Place
from grader.model.blank import (
    Blank,
    Count,
    Fixed,
    Listed,
    Literal,
    Misanswer,
    Symbolic,
    Tally,
    Value,
)
from grader.model.structure import Structure
from reference.language.errors import LanguageError, Undeclared

ENTRIES = "["  # with which a matrix of numbers begins, and no expression


def with_misanswer(structure: Structure, blank: Blank, mistake: Mistake, at: Place) -> Blank:
    """A blank with a further misconception, where its names are there; an answer that students could not give either is noted."""
    text = fill(mistake.value, structure.context)
    key = reads(blank) or MatrixKey([[0.0]], [[0.0]])
    try:
        key.parse(text)
    except LanguageError as error:
        if not (isinstance(error, Undeclared) and structure.file.choose):
            at.report(f"expected an answer as students write it: {error.message}")
        return blank
    own = Misanswer(text, mistake.says, Fraction(str(mistake.credit)))
    return replace(blank, misanswers=(*blank.misanswers, own))


def is_answer(blank: Blank, mistake: Mistake) -> bool:
    """Does a misconception give an answer as students write it, and no value of the network?"""
    entries = mistake.value.lstrip().startswith(ENTRIES)
    return is_written(blank) or (entries and isinstance(blank.source, Value))


def is_written(blank: Blank) -> bool:
    """Is what is answered neither a value, nor an option, nor left to a person?"""
    return reads(blank) is not None


def reads(blank: Blank) -> Key | None:
    """A key that reads answers to a blank as that of any variant does; nothing of numbers, options and texts."""
    match blank.source:
        case Symbolic(key):
            return key
        case Fixed(key) if not key.criteria():
            return key
        case Count() as count:
            return count.keyed(["1"] * len(count.terms))
        case Literal() as literal:
            return literal.key((), ())
        case Listed(empty=key):
            return key
    return None


def takes_mistakes(blank: Blank) -> bool:
    """May an author add misconceptions to it?"""
    return blank.value is not None or isinstance(blank.source, Tally) or is_written(blank)


def none_of(found: Sequence[Blank]) -> str:
    """What to say where no name can be listed."""
    if any(map(takes_mistakes, found)):
        return "the question has one blank"
    return "there is none: options say what is wrong with them under 'because'"
