"""A call of a named operation as an indexed equation on its arguments."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace

from reference.language.dimensions import SCALAR, Shape, Size, Stored, axes_of, describe
from reference.language.errors import ShapeError
from reference.language.expression import Apply, Expression, Name, Number
from reference.language.indexed.declaring import axis_of, known_of, over_names
from reference.language.indexed.nodes import Node, Reduce, moved
from reference.language.indexed.pulling import LETTERS
from reference.language.indexed.ranges import Axes, Ranging
from reference.language.indexed.rows import Called, stored_axes, with_constant
from reference.language.named.signatures import Signature, signatures
from reference.language.whole import ONE, Known, Whole, filled_in, floor, whole

Shaped = tuple[Expression, Shape]
Show = Callable[[Expression], str]
MARK = ":"  # before the operation of a written call, and between its name and the words of its settings
SHOWN = 3  # ways to call an operation in a message
Sizes = Mapping[str, Whole]


def is_call(operation: str) -> bool:
    """Is it a call as it was written?"""
    return operation[:1] == MARK


def opened(
    operation: str, args: Sequence[Shaped], least: Mapping[str, int], column: int, show: Show
) -> Shaped:
    """What a call stands for, and its shape.

    Args:
        least: the least value of each size.
        show: an expression as it can stand in a message.

    Raises:
        ShapeError: no row of the table fits.
    """
    _, name, listed = operation.split(MARK)
    words = tuple(listed.split(",")) if listed else ()
    given, values = args[: len(args) - len(words)], args[len(args) - len(words) :]
    settings = {
        word: setting_of(f"the {word} of {name}", value, least, column)
        for word, (value, _) in zip(words, values, strict=True)
    }
    try:
        return Call(name, tuple(given), settings, least).with_words().opened()
    except Unfit as error:
        listed = ", ".join(f"{show(value)} is {describe(shape)}" for value, shape in given)
        raise ShapeError(f"{error}: {listed}" if listed else str(error), column) from None


class Unfit(Exception):
    """A call does not fit the table; what is wrong with it."""


def setting_of(what: str, value: Expression, least: Mapping[str, int], column: int) -> Whole:
    try:
        found = whole_from(value)
    except ValueError:
        found = None
    if found is None or found.symbols - least.keys():
        raise ShapeError(f"{what} is made of sizes and whole numbers", column)
    number, floor_of = found.constant, 0 if "padding" in what else 1
    if number is not None and number < floor_of:
        raise ShapeError(f"{what} is at least {floor_of}, found {number}", column)
    return found


def whole_from(value: Expression) -> Whole:
    """An expression over sizes as a whole-number expression.

    Raises:
        ValueError: it is none.
    """
    match value:
        case Number(number) if number.denominator == 1:
            return whole(int(number))
        case Name(name):
            return whole(name)
        case Apply("add", (left, right)):
            return whole_from(left) + whole_from(right)
        case Apply("subtract", (left, right)):
            return whole_from(left) - whole_from(right)
        case Apply("scale" | "hadamard" | "matmul", (left, right)):
            return whole_from(left) * whole_from(right)
        case Apply("negate", (inner,)):
            return -whole_from(inner)
        case Apply("floor", (Apply("divide", (top, bottom)),)):
            return floor(whole_from(top), whole_from(bottom))
    raise ValueError(value)


def is_size(value: Expression, shape: Shape, least: Mapping[str, int]) -> bool:
    """Is a value a whole number or one made of sizes, at least 1?"""
    try:
        found = whole_from(value)
    except ValueError:
        return False
    sized = shape == SCALAR and found.symbols <= least.keys()
    return sized and (found.constant is None or found.constant >= 1)


class Call(Struct, frozen=True):
    """A call with the shapes of its arguments."""

    name: str
    given: tuple[Shaped, ...]
    settings: Sizes
    least: Mapping[str, int]

    def with_words(self) -> Call:
        """The call with the words of settings that are written without, as the k of ``upsample(g, k)``."""
        rows = signatures(self.name)
        if any(self.takes(row, None) for row in rows):
            return self
        for row in rows:
            wanted = [one for one in row.required if one not in self.settings]
            count = len(self.given) - len(wanted)
            if count < 0 or not all(is_size(*one, self.least) for one in self.given[count:]):
                continue
            values = (whole_from(value) for value, _ in self.given[count:])
            settings = {**dict(zip(wanted, values, strict=True)), **self.settings}
            one = replace(self, given=self.given[:count], settings=settings)
            if one.takes(row, axes_of):
                return one
        return self

    def opened(self) -> Shaped:
        """The call as an indexed equation.

        Raises:
            Unfit: by no row of the table.
        """
        row = self.row()
        sizes = self.sizes(row)
        named = {
            one.name: value for one, (value, _) in zip(row.arguments, self.given, strict=False)
        }
        axes = {one.name: tuple((ONE, sizes[size]) for size in one.sizes) for one in row.arguments}
        known = known_of(self.least, {f"@{at}": shape for at, (_, shape) in enumerate(self.given)})
        piece = placed(row, sizes, axes, known).piece()
        for one in row.arguments[len(self.given) :]:
            assert one.default is not None
            piece = with_constant(piece, one.name, one.default)
        result = tuple(axis_of(self.name, piece, place) for place in piece.places)
        for low, high in result:
            if (length := (high - low + 1).constant) is not None and length < 1:
                raise Unfit(f"{self.name} gives nothing here, an axis would have {length} entries")
        called = Called(self.name, tuple(self.settings.items()), tuple(named))
        return over_names(piece, axes, result, known, named, called), stored_axes(result)

    def row(self) -> Signature:
        """The first row of the table that fits."""
        rows = signatures(self.name)
        words = {one.name for row in rows for one in row.settings}
        for word in self.settings:
            if word not in words:
                there = ", ".join(sorted(words)) or "none"
                raise Unfit(f"{self.name} has no setting '{word}' (settings: {there})")
        fitting = [row for row in rows if self.takes(row, axes_of)]
        fitting = fitting or [row for row in rows if self.takes(row, None)]
        missing = [self.missing(row) for row in fitting]
        if not fitting:
            ways = [f"{self.name}({row.row.takes or row.row.settings})" for row in rows]
            ways[SHOWN:] = ["…"] if len(ways) > SHOWN else []
            raise Unfit(f"expected {' or '.join(ways)}")
        if all(missing):
            raise Unfit(f"{self.name} needs '{missing[0]}: …' behind its arguments")
        chosen = [
            row for row, word in zip(fitting, missing, strict=True) if not word and self.set_as(row)
        ]
        if not chosen:
            listed = ", ".join(f"{word}: {value}" for word, value in self.settings.items())
            raise Unfit(f"{self.name} of these does not go with {listed}")
        return chosen[0]

    def takes(self, row: Signature, axes: Callable[[Shape], tuple[Size, ...]] | None) -> bool:
        """Have the arguments as many axes as those of a row? Without ``axes``, an axis of length 1 may be missing."""
        count = len(self.given)
        if count > len(row.arguments) or any(one.default is None for one in row.arguments[count:]):
            return False
        return all(
            len(axes(shape) if axes else as_many(shape, len(one.sizes))) == len(one.sizes)
            for (_, shape), one in zip(self.given, row.arguments, strict=False)
        )

    def missing(self, row: Signature) -> str:
        """A setting that must be written, and is not."""
        return next((name for name in row.required if name not in self.settings), "")

    def set_as(self, row: Signature) -> bool:
        """Has a row all the settings, and where it has one value of some, that one?"""
        fixed = {one.name: one.fixed for one in row.settings if one.fixed is not None}
        there = {one.name for one in row.settings}
        return self.settings.keys() <= there and all(
            self.settings.get(name, ONE).constant == value for name, value in fixed.items()
        )

    def sizes(self, row: Signature) -> dict[str, Whole]:
        """What the sizes of a row stand for."""
        found: dict[str, Whole] = {}
        for (_, shape), one in zip(self.given, row.arguments, strict=False):
            for symbol, size in zip(one.sizes, as_many(shape, len(one.sizes)), strict=True):
                own = found.setdefault(symbol, whole(size))
                if own != whole(size):
                    raise Unfit(f"{self.name}({row.row.takes}): {symbol} is {own} and {size}")
        for setting in row.settings:
            if setting.symbol:
                default = found.get(setting.default) or whole(int(setting.default or 1))
                found[setting.symbol] = self.settings.get(setting.name) or default
        for left, right in row.needs:
            if filled_in(left, found) != filled_in(right, found):
                shown = f"{filled_in(left, found)} is not {filled_in(right, found)}"
                raise Unfit(f"{self.name}({row.row.takes}) needs {row.row.needs}, and {shown}")
        return found


def as_many(shape: Shape, count: int) -> tuple[Size, ...]:
    """The axes of a quantity, a scalar as a column of one and a column as a matrix where that makes as many."""
    axes = axes_of(shape)
    if len(axes) == count or isinstance(shape, Stored):
        return axes
    return {1: shape[:1], 2: tuple(shape)}.get(count, axes) if count > len(axes) else axes


def placed(row: Signature, sizes: Sizes, axes: Axes, known: Known) -> Ranging:
    """The equation of a row at the sizes of a call, its free indices told apart from those."""
    taken = {symbol for value in sizes.values() for symbol in value.symbols}
    letters: dict[str, str] = {}
    for index in row.free:
        options = (one for one in (index, *LETTERS) if one not in {*taken, *letters.values()})
        letters[index] = next(options)
    meant = {**sizes, **{index: whole(one) for index, one in letters.items()}}

    def change(value: Whole) -> Whole:
        return filled_in(value, meant)

    ranges = {letters[one]: (change(low), change(high)) for one, (low, high) in row.ranges.items()}
    places = tuple(map(change, row.places))
    free = tuple(letters.values())
    body = resized(row.body, change)
    return Ranging(row.row.name, places, body, ranges, axes, known, free, lenient=True)


def resized(node: Node, change: Callable[[Whole], Whole]) -> Node:
    """Every whole-number expression replaced, also the ends of ranges."""

    def visit(one: Node) -> Node:
        one = one.over(tuple(map(visit, one.children)))
        if isinstance(one, Reduce):
            ranges = ((i, span and (change(span[0]), change(span[1]))) for i, span in one.ranges)
            return replace(one, ranges=tuple(ranges))
        return one

    return moved(visit(node), change)
