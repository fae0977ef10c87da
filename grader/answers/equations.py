"""What a student says is equal: the sides before the answer, and what names are said to stand for.

Sides are compared with each other, never with a key, so that reading an answer knows no right one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference.equivalence.compare import Agreement, compare
from reference.language.errors import LanguageError, ReadingError, quoted
from reference.language.expression import Expression, mentioned, names
from reference.language.labels import is_label
from reference.language.names import canonical
from reference.language.reading import Before, Said, filled_in
from reference.language.shapes import Shaped
from reference.language.writing import plain

if TYPE_CHECKING:
    from grader.answers.expression import ExpressionKey

SHOWN = 60  # characters of a side in a message


def answer_of(said: Said, key: ExpressionKey) -> tuple[Shaped, bool]:
    """The answer in a text, resolved; and does nothing stand before it but its name?

    Raises:
        LanguageError: its shapes do not fit, or something is said that is not so.
    """
    answer = key.resolved(said.answer)
    if not (said.before or said.definitions):
        return answer, True
    for name, value in said.definitions:
        check_equal(name, key.resolved(value), key, name.column)
    if said.definitions and not names(answer[0]) <= key.usable:
        answer = key.resolved(filled_in(said.answer, said.meanings))
    others = [side for side in said.before if not is_named(side, key)]
    for side in others:
        check_side(side, answer, key)
    return answer, not others


def is_named(side: Before, key: ExpressionKey) -> bool:
    """Does a side only say what is asked for, or how a student calls it, and no other blank is called?"""
    if is_label(side.text, side.expression, key.known_labels):
        return True
    return side.own and canonical(side.text) not in key.siblings


def check_side(side: Before, answer: Shaped, key: ExpressionKey) -> None:
    """A side before the answer is equal to it.

    Raises:
        ReadingError: it is not, or cannot be read.
    """
    if side.expression is None:
        shown = quoted(side.text, SHOWN)
        message = f"'{shown}' before the equality sign is not read: leave only the answer"
        raise ReadingError(message, side.column)
    check_equal(side.expression, answer, key, side.column)


def check_equal(written: Expression, other: Shaped, key: ExpressionKey, column: int) -> None:
    """What is said to be equal is so.

    Raises:
        ReadingError: it is not, or that cannot be decided.
    """
    try:
        value, shape = key.resolved(written)
    except LanguageError as error:
        raise ReadingError(error.message, error.column) from None
    agreement = Agreement.DIFFERENT
    if shape == other[1]:
        agreement = compare(value, other[0], key.points_for(mentioned(value) | mentioned(other[0])))
    if agreement is not Agreement.EQUAL:
        left, right = (quoted(plain(one), SHOWN) for one in (value, other[0]))
        found = "is not" if agreement is Agreement.DIFFERENT else "may not be"
        raise ReadingError(f"{left} {found} equal to {right}: leave only the answer", column)
