"""What a student says is equal: the sides before the answer, and what names are said to stand for.

Sides are compared with each other, never with a key, so that reading an answer knows no right one.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from reference.equivalence.compare import Agreement
from reference.language.errors import LanguageError, ReadingError, quoted
from reference.language.expression import Expression, names, parts
from reference.language.labels import is_label
from reference.language.names import canonical
from reference.language.reading import Before, Said, filled_in
from reference.language.shapes import Shaped
from reference.language.structures import leaves_out
from reference.language.unicode import unicode

if TYPE_CHECKING:
    from grader.answers.expression import ExpressionKey

SHOWN = 60  # characters of a side in a message
SIDES = 30  # before the answer
DEFINED = 4  # names of the exercise that are said to stand for something


def answer_of(said: Said, key: ExpressionKey) -> tuple[Shaped, bool]:
    """The answer in a text, resolved; and does nothing stand before it but its name?

    Raises:
        LanguageError: its shapes do not fit, or something is said that is not so.
    """
    answer = key.resolved(said.answer)
    check_cases(answer[0], key)
    if not (said.before or said.definitions):
        return answer, True
    if len(said.definitions) > DEFINED or len(said.before) > SIDES:
        raise ReadingError("too many equality signs: leave only the answer")
    for name, value in said.definitions:
        check_equal([(name, name.column)], key.resolved(value), key)
    if said.definitions and not names(answer[0]) <= key.usable:
        answer = key.resolved(filled_in(said.answer, said.meanings))
    others = [side for side in said.before if not is_named(side, key)]
    check_equal([written(side) for side in others], answer, key)
    return answer, not others


def check_cases(answer: Expression, key: ExpressionKey) -> None:
    """Of the cases in an answer, one holds wherever it may be asked for.

    Raises:
        ReadingError: none does, at points of the exercise.
    """
    if any(map(leaves_out, parts(answer))) and key.at_points(answer).left_out.any():
        message = "for some values, none of these cases holds: add what is missing, or 'otherwise'"
        raise ReadingError(message)


def is_named(side: Before, key: ExpressionKey) -> bool:
    """Does a side only say what is asked for, or how a student calls it, and no other blank is called?"""
    if is_label(side.text, side.expression, key.known_labels):
        return True
    return side.own and canonical(side.text) not in key.siblings


def written(side: Before) -> tuple[Expression, int]:
    """A side, and the column at which it stands.

    Raises:
        ReadingError: it cannot be read.
    """
    if side.expression is None:
        shown = quoted(side.text, SHOWN)
        message = f"'{shown}' before the equality sign is not read: leave only the answer"
        raise ReadingError(message, side.column)
    return side.expression, side.column


def check_equal(sides: Sequence[tuple[Expression, int]], other: Shaped, key: ExpressionKey) -> None:
    """What is said to be equal to something is so; each with its column.

    Raises:
        ReadingError: it is not, or that cannot be decided.
    """
    values = [resolved(written, key) for written, _ in sides]
    fitting = [value for value, shape in values if shape == other[1]]
    agreements = key.agreements(fitting, other[0], prove=True)
    for (value, shape), (_, column) in zip(values, sides, strict=True):
        agreement = next(agreements) if shape == other[1] else Agreement.DIFFERENT
        if agreement is not Agreement.EQUAL:
            left, right = (quoted(unicode(one), SHOWN) for one in (value, other[0]))
            found = "is not" if agreement is Agreement.DIFFERENT else "may not be"
            message = f"{left} {found} equal to {right}: leave only the answer"
            raise ReadingError(message, column)


def resolved(written: Expression, key: ExpressionKey) -> Shaped:
    try:
        return key.resolved(written)
    except LanguageError as error:
        raise ReadingError(error.message, error.column) from None
