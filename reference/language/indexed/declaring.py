"""The equations of an indexed quantity, one or several pieces, as an operation on other quantities."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence

from msgspec import Struct

from reference.language.dimensions import SCALAR, Shape, axes_of
from reference.language.errors import ReadingError, ShapeError
from reference.language.expression import Expression, Name
from reference.language.indexed.nodes import Node, Piece, Reduce, quantities, walk
from reference.language.indexed.ranges import Axes, Ranging
from reference.language.indexed.reading import IndexedReader
from reference.language.indexed.rows import rule_over, stored_axes
from reference.language.tokens import tokenize
from reference.language.whole import ONE, Known, Range, Whole, whole

WORD = re.compile(r"[^\W\d_]\w*")


class Line(Struct, frozen=True):
    """One written piece: ``name[places] = text``."""

    places: str
    text: str


def axes_from(shape: Shape) -> tuple[Range, ...]:
    """The ranges of the axes of a quantity, each from 1."""
    return tuple((ONE, whole(size)) for size in axes_of(shape))


def known_of(least: Mapping[str, int], shapes: Mapping[str, Shape]) -> Known:
    """What is known of sizes: the least of each, and that no quantity is empty."""
    lengths = {whole(size) - 1 for shape in shapes.values() for size in axes_of(shape)}
    facts = sorted((one for one in lengths if one.symbols - {""} and len(one.terms) > 1), key=str)
    return Known(tuple(least.items()), tuple(facts))


def declared(
    name: str, line: Line, shapes: Mapping[str, Shape], least: Mapping[str, int]
) -> tuple[Expression, Shape]:
    """An indexed equation as an expression, and its shape.

    Args:
        least: the least value of each size.

    Raises:
        LanguageError: it cannot be read, or how far its indices run is not said.
    """
    given = {one: shape for one, shape in shapes.items() if one not in least}
    axes = {one: axes_from(shape) for one, shape in given.items()}
    counts = {one: len(ranges) for one, ranges in axes.items()}
    named = [
        one
        for one in dict.fromkeys(WORD.findall(line.places))
        if one not in least and one != "floor"
    ]
    written = [
        one for one in re.findall(r"(\w+)\s+in\b", behind_for(line.text)) if one not in named
    ]
    free = (*named, *written)
    for one in free:
        if one in counts:
            raise ReadingError(
                f"'{one}' is a quantity; a place is made of indices, sizes and whole numbers"
            )
    places = read_places(line.places, free, least)
    reader = IndexedReader(tokenize(line.text), counts, least, free)
    body, ranges = reader.equation()
    known = known_of(least, given)
    piece = Ranging(name, places, body, ranges, axes, known, free).piece()
    return expressed_piece(name, piece, axes, known)


def behind_for(text: str) -> str:
    return text.rpartition(" for ")[2] if " for " in text else ""


def read_places(text: str, free: Collection[str], least: Mapping[str, int]) -> tuple[Whole, ...]:
    if not text:
        return ()
    reader = IndexedReader(tokenize(text), {}, least, free)
    found = [reader.place()]
    while reader.accept(","):
        found.append(reader.place())
    if reader.token.kind != "end":
        reader.fail("',' or ']'")
    return tuple(found)


def expressed_piece(name: str, piece: Piece, axes: Axes, known: Known) -> tuple[Expression, Shape]:
    result = tuple(
        dict(piece.ranges)[str(place)] if place.symbol else (place, place) for place in piece.places
    )
    for place, (low, _) in zip(piece.places, result, strict=True):
        if place.symbol is None or low != ONE:
            raise ShapeError(f"{name}[{place}]: each axis of a quantity is an index from 1 on")
    used = quantities(piece.body)
    found = rule_over(
        piece,
        {one: Name(one) for one in used},
        axes,
        result,
        pruned(known, piece, result, axes, used),
    )
    return found, stored_axes(result)


def pruned(
    known: Known, piece: Piece, result: Sequence[Range], axes: Axes, used: Sequence[str]
) -> Known:
    """What is known of the sizes that an equation needs."""
    found: set[str] = set()
    for low, high in [
        *result,
        *(one for name in used for one in axes[name]),
        *(one for _, one in piece.ranges),
    ]:
        found |= low.symbols | high.symbols
    for node in walk(piece.body):
        found |= {symbol for place in node.places for symbol in place.symbols}
        if isinstance(node, Reduce):
            for low, high in node.known.values():
                found |= low.symbols | high.symbols
        found |= conditions_symbols(node)
    least = tuple((size, value) for size, value in known.least if size in found)
    sizes = {size for size, _ in least}
    return Known(least, tuple(fact for fact in known.facts if fact.symbols <= sizes))


def conditions_symbols(node: Node) -> set[str]:
    from reference.language.indexed.nodes import conditions_of, values_of

    return {
        symbol
        for cond in conditions_of(node)
        for value in values_of(cond)
        for symbol in value.symbols
    }


__all__ = ["SCALAR", "Line", "declared"]
