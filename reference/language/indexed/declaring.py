"""An indexed equation as an operation on other quantities."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence

from reference.language.dimensions import Shape, axes_of
from reference.language.errors import ReadingError, ShapeError
from reference.language.expression import Expression, Name
from reference.language.indexed.nodes import (
    Piece,
    Reduce,
    conditions_of,
    quantities,
    values_of,
    walk,
)
from reference.language.indexed.ranges import Axes, Ranging
from reference.language.indexed.reading import IndexedReader
from reference.language.indexed.rows import Called, rule_over, stored_axes
from reference.language.tokens import tokenize
from reference.language.whole import ONE, Known, Range, Whole, whole

WORD = re.compile(r"[^\W\d_]\w*")
BEHIND_FOR = re.compile(r"(\w+)\s+in\b")


def axes_from(shape: Shape) -> tuple[Range, ...]:
    """The ranges of the axes of a quantity, each from 1."""
    return tuple((ONE, whole(size)) for size in axes_of(shape))


def known_of(least: Mapping[str, int], shapes: Mapping[str, Shape]) -> Known:
    """What is known of sizes: the least of each, and that no quantity is empty."""
    lengths = {whole(size) - 1 for shape in shapes.values() for size in axes_of(shape)}
    facts = sorted((one for one in lengths if one.symbols and len(one.terms) > 1), key=str)
    return Known(tuple(least.items()), tuple(facts))


def declared(
    name: str,
    places: str,
    text: str,
    shapes: Mapping[str, Shape],
    least: Mapping[str, int],
    computed: Mapping[str, Whole] | None = None,
) -> tuple[Expression, Shape]:
    """The equation ``name[places] = text`` as an expression, and its shape.

    Args:
        least: the least value of each size.
        computed: other sizes, by their formulas.

    Raises:
        LanguageError: it cannot be read, or how far its indices run is not said.
    """
    given = {one: shape for one, shape in shapes.items() if one not in least}
    axes = {one: axes_from(shape) for one, shape in given.items()}
    counts = {one: len(ranges) for one, ranges in axes.items()}
    free = free_indices(places, text, least)
    for one in free:
        if one in counts:
            message = "a place is made of indices, sizes and whole numbers"
            raise ReadingError(f"'{one}' is a quantity; {message}")
    left = read_places(places, free, least)
    body, ranges = IndexedReader(tokenize(text), counts, least, free, computed=computed).equation()
    known = known_of(least, given)
    piece = Ranging(name, left, body, ranges, axes, known, free).piece()
    result = tuple(axis_of(name, piece, place) for place in piece.places)
    check_left(name, piece)
    return over_names(piece, axes, result, known), stored_axes(result)


def free_indices(places: str, text: str, least: Mapping[str, int]) -> tuple[str, ...]:
    """The indices on the left side, and those behind ``for``."""
    behind = text.rpartition(" for ")[2] if " for " in text else ""
    words = [*WORD.findall(places), *BEHIND_FOR.findall(behind)]
    return tuple(one for one in dict.fromkeys(words) if one not in least and one != "floor")


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


def check_left(name: str, piece: Piece) -> None:
    """Each free index is one place of the left side.

    Raises:
        ShapeError: one is not, or stands there twice.
    """
    stands = [str(place) for place in piece.places]
    for index, _ in piece.ranges:
        if stands.count(index) != 1:
            how = "twice" if index in stands else "not"
            raise ShapeError(f"{name}[{', '.join(stands)}]: {index} stands {how} on the left side")


def axis_of(name: str, piece: Piece, place: Whole) -> Range:
    """The range of an axis, over which an index runs from 1 on."""
    span = dict(piece.ranges).get(str(place))
    if span is None or span[0] != ONE:
        raise ShapeError(f"{name}[{place}]: each axis of a quantity is an index from 1 on")
    return span


def over_names(
    piece: Piece,
    axes: Axes,
    result: Sequence[Range],
    known: Known,
    meant: Mapping[str, Expression] | None = None,
    called: Called | None = None,
) -> Expression:
    """An equation as an operation on the quantities in it, or on what they stand for, and on the sizes that it needs."""
    used = quantities(piece.body)
    needed = [one for name in used for one in axes[name]]
    own = pruned(known, piece, [*result, *needed])
    args = {one: Name(one) for one in used} if meant is None else meant
    return rule_over(piece, args, axes, tuple(result), own, called)


def pruned(known: Known, piece: Piece, spans: Iterable[Range]) -> Known:
    """What is known of the sizes in an equation and in the axes of what it is about."""
    values = [end for span in (*spans, *dict(piece.ranges).values()) for end in span]
    for node in walk(piece.body):
        values += node.places
        values += [value for cond in conditions_of(node) for value in values_of(cond)]
        if isinstance(node, Reduce):
            values += [end for span in node.known.values() for end in span]
    found = {symbol for value in values for symbol in value.symbols}
    least = tuple((size, value) for size, value in known.least if size in found)
    sizes = {size for size, _ in least}
    return Known(least, tuple(fact for fact in known.facts if fact.symbols <= sizes))
