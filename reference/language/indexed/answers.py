"""An answer for the entry of a quantity at some letters: ``sum_j g[m - j + 1] w[j]``.

The free letters run over the axes of what is asked for, and terms with a place that does not exist are left out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec.structs import replace

from reference.language.dimensions import Shape
from reference.language.errors import ReadingError, ShapeError
from reference.language.expression import Apply, Expression, Name
from reference.language.indexed.declaring import axes_from, known_of, pruned
from reference.language.indexed.nodes import Piece, moved, quantities, renaming
from reference.language.indexed.ranges import Ranging
from reference.language.indexed.reading import IndexedReader
from reference.language.indexed.rows import applied, rule_of, rule_over
from reference.language.tokens import Token, tokenize
from reference.language.whole import whole

SIDES = 2  # of an answer: its name and a formula


def read_entry(
    text: str,
    letters: Sequence[str],
    shape: Shape,
    shapes: Mapping[str, Shape],
    least: Mapping[str, int],
    also: Mapping[str, str],
) -> Expression:
    """A formula for an entry as an operation that gives all entries.

    Args:
        letters: one for each axis of ``shape``, which is that of what is asked for.
        shapes: of what a text may name, sizes left out; ``least``: the least value of each size.
        also: another name → the quantity.

    Raises:
        LanguageError: it cannot be read, or how far an index runs is not said.
    """
    result = axes_from(shape)
    axes = {one: axes_from(given) for one, given in shapes.items() if one not in letters}
    counts = {one: len(ranges) for one, ranges in axes.items()}
    tokens = last_side(tokenize(text))
    body = IndexedReader(tokens, counts, least, letters, also).whole()
    known = known_of(least, shapes)
    given = dict(zip(letters, result, strict=True))
    places = tuple(map(whole, letters))
    ranging = Ranging("the answer", places, body, given, axes, known, tuple(letters), lenient=True)
    piece = ranging.piece()
    used = quantities(piece.body)
    own = pruned(known, piece, result, axes, used)
    return rule_over(piece, {one: Name(one) for one in used}, axes, result, own)


def last_side(tokens: list[Token]) -> list[Token]:
    """What stands behind the equality sign that is in no bracket; before it stands the name of what is asked for."""
    depth, starts = 0, [0]
    for position, token in enumerate(tokens):
        depth += (token.text in ("(", "[", "{")) - (token.text in (")", "]", "}"))
        if token.text == "=" and depth == 0:
            starts.append(position + 1)
    if len(starts) > SIDES:
        message = "too many equality signs: leave only the answer"
        raise ReadingError(message, tokens[starts[-1] - 1].column)
    return tokens[starts[-1] :]


def relettered(expression: Expression, letters: Sequence[str]) -> Expression:
    """An indexed equation with other letters for its free indices."""
    rule = rule_of(expression)
    if rule is None or not isinstance(expression, Apply):
        raise ShapeError("only an indexed equation has a formula for each entry")
    piece = rule.piece
    new = {index: letter for (index, _), letter in zip(piece.ranges, letters, strict=True)}
    between = {index: f"{letter}~" for index, letter in new.items()}  # as letters may be exchanged
    body = moved(piece.body, renaming(between))
    body = moved(body, renaming({f"{letter}~": letter for letter in new.values()}))
    ranges = tuple((new[index], span) for index, span in piece.ranges)
    own = Piece(tuple(map(whole, letters)), ranges, body)
    count = len(rule.axes)
    return applied(replace(rule, piece=own), expression.args[:count])
