"""An answer for the entry of a quantity at some letters: ``sum_j g[m - j + 1] w[j]``.

The free letters run over the axes of what is asked for, and terms with a place that does not exist are left out.
"""

from __future__ import annotations

import functools
import math
import operator
from collections.abc import Iterator, Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace

from reference.language.dimensions import Shape, axes_of, size_of, stored
from reference.language.errors import ReadingError, ShapeError
from reference.language.expression import Apply, Expression
from reference.language.indexed.declaring import axes_from, known_of, over_names
from reference.language.indexed.frame import factors_of
from reference.language.indexed.merging import merged
from reference.language.indexed.nodes import (
    At,
    Call,
    Constant,
    Node,
    Piece,
    Reduce,
    letter,
    moved,
    renaming,
)
from reference.language.indexed.ranges import Ranging
from reference.language.indexed.reading import IndexedReader
from reference.language.indexed.rows import applied, rule_of, rule_over
from reference.language.labels import Labels, is_label, labels, spelled
from reference.language.names import Vocabulary, canonical
from reference.language.over_time import Time
from reference.language.rolling import added, signed
from reference.language.shapes import infer
from reference.language.tokens import Token, tokenize
from reference.language.whole import ONE, Known, Range, Whole, whole

DERIVED = frozenset({"/", "frac", "∂"})  # signs of a derivative
SIDES = 2  # of an answer: its name and a formula
MAX_PLACES = 50_000  # at which a part of an answer is evaluated, for one point
MAX_TERMS = 400_000  # of one sum of products of entries, which is taken factor by factor
MAX_TOKENS = 400  # of an answer
MAX_DEPTH = 120  # of operations in each other, of which a sum of many terms has as many as terms


class Entry(Struct, frozen=True, dict=True):
    """The entry of a quantity for which a formula is asked.

    ``letters``: one for each axis of ``shape``. ``shapes``: of what a text may name, sizes left out; ``least``: the least value
    of each size; ``computed``: others, by their formulas. ``also``: another name → the quantity. ``numbers``: of the sizes, at which answers are evaluated. ``wanted``,
    ``siblings``: what it is called, and what else is asked for, before an equality sign. ``time``: the steps that names
    have. ``unseen``: quantities that are named by the letters of these alone.
    """

    letters: tuple[str, ...]
    shape: Shape
    shapes: Mapping[str, Shape]
    least: Mapping[str, int]
    also: Mapping[str, str]
    numbers: Sequence[Mapping[str, int]]
    wanted: str = ""
    siblings: frozenset[str] = frozenset()
    computed: Mapping[str, Whole] = {}
    time: Time | None = None
    unseen: frozenset[str] = frozenset()

    @functools.cached_property
    def axes(self) -> dict[str, tuple[Range, ...]]:
        return {one: axes_from(own) for one, own in self.shapes.items() if one not in self.letters}

    @functools.cached_property
    def known(self) -> Known:
        return known_of(self.least, self.shapes)

    @functools.cached_property
    def counts(self) -> dict[str, int]:
        """How many places an entry of each quantity has."""
        return {one: len(ranges) for one, ranges in self.axes.items()}

    @functools.cached_property
    def vocabulary(self) -> Vocabulary:
        """All that a text may name."""
        seen = (name for name in self.counts if name not in self.unseen)
        named = (*seen, *self.least, *self.letters)
        return Vocabulary(named, also=tuple(self.also.items()), time=self.time)

    @functools.cached_property
    def called(self) -> Labels:
        """What it is called as a whole, ``∂L/∂w`` of an entry of that."""
        return labels((self.wanted,) if self.wanted else (), Vocabulary())

    def reader(self, tokens: list[Token]) -> IndexedReader:
        names = self.counts, self.least, self.letters, self.computed, self.vocabulary
        return IndexedReader(tokens, *names)

    def read(self, text: str) -> Expression:
        """A formula for the entry as an operation that gives all entries.

        Raises:
            LanguageError: it cannot be read, how far an index runs is not said, or that is too far.
        """
        tokens = tokenize(text)
        left, right = split_sides(tokens)
        if len(tokens) > MAX_TOKENS:
            raise ReadingError(f"too long: at most {MAX_TOKENS} names, numbers and signs are read")
        body = self.reader(right).whole()
        check_depth(body)
        if left:
            self.check_left(left)
        result = axes_from(self.shape)
        given = dict(zip(self.letters, result, strict=True))
        places = tuple(map(whole, self.letters))
        piece = Ranging(
            "the answer", places, body, given, self.axes, self.known, self.letters, lenient=True
        ).piece()
        for one in self.numbers:
            check_extent(piece, one)
        return over_names(piece, self.axes, result, self.known)

    def with_axes(self, node: Expression, shape: Shape) -> tuple[Expression, Shape]:
        """A formula of all entries; one whose rows hold all that is behind the first axis, with the axes that are asked for.

        So the gradient of a kernel over channels is ``flatten(G, from: 2) im2col(X, …)``, a row a filter.
        """
        (first, *others), last = axes_of(self.shape) or (1,), whole(0)
        for index, size in zip(self.letters[1:], others, strict=True):
            last = last * whole(size) + whole(index) - 1
        length = functools.reduce(operator.mul, map(whole, others), ONE)
        if len(others) < 2 or shape != stored((first, size_of(length))):
            return node, shape
        result = axes_from(self.shape)
        ranges = tuple(zip(self.letters, result, strict=True))
        row = At("rows", (whole(self.letters[0]), last + 1))
        piece = Piece(tuple(map(whole, self.letters)), ranges, row)
        axes = {"rows": axes_from(shape)}
        return over_names(piece, axes, result, self.known, {"rows": node}), self.shape

    def check_left(self, tokens: list[Token]) -> None:
        """Before the equality sign stands what is asked for, or a name of one's own.

        Raises:
            ReadingError: something else stands there.
        """
        if is_label(spelled(tokens), None, self.called):
            return
        try:
            left = self.reader(tokens).whole()
        except ReadingError:
            derived = any(one.text in DERIVED for one in tokens)
            if not derived and canonical(spelled(tokens)) not in self.siblings:
                return  # a name that nobody declared
        else:
            if isinstance(left, At) and left.name == self.wanted:
                return
        message = "what stands before the equality sign is not asked for"
        raise ReadingError(f"{message}: leave only the answer", tokens[0].column)


def check_depth(body: Node) -> None:
    """Operations do not stand too deep in each other.

    Raises:
        ReadingError: they do.
    """
    level, depth = [body], 0
    while level:
        depth += 1
        if depth > MAX_DEPTH:
            raise ReadingError("too many operations in each other: write it shorter")
        level = [child for node in level for child in node.children]


def check_extent(piece: Piece, sizes: Mapping[str, int]) -> None:
    """What an answer runs over has entries, and not too many to be evaluated.

    Raises:
        ReadingError: it has none, or too many.
    """
    if is_small(piece, sizes):
        return
    around = places_in(dict(piece.ranges), sizes)
    stack = [(piece.body, around, MAX_PLACES)]
    while stack:
        node, count, most = stack.pop()
        if isinstance(node, Reduce):
            check_bounds(node.known, sizes)
            alone, count = count == around, count * places_in(node.known, sizes)
            most = MAX_TERMS if alone and of_entries(node) else MAX_PLACES
        if count > most:
            raise ReadingError("its sums run over more places than are looked at")
        stack += [(child, count, most) for child in node.children]


def is_small(piece: Piece, sizes: Mapping[str, int]) -> bool:
    """Are all ranges the same for all entries and not empty, and few the places of all together?"""
    ends = [end for span in piece.spans.values() for end in span]
    if any(not end.symbols <= sizes.keys() for end in ends):
        return False
    lengths = [high.value(sizes) - low.value(sizes) + 1 for low, high in piece.spans.values()]
    return min(lengths, default=1) > 0 and math.prod(lengths) <= MAX_PLACES


def check_bounds(ranges: Mapping[str, Range], sizes: Mapping[str, int]) -> None:
    """Sums run between places that are the same for all entries.

    Raises:
        ReadingError: an end of one depends on another index.
    """
    for index, ends in ranges.items():
        others = sorted(frozenset.union(*(end.symbols for end in ends)) - sizes.keys())
        if others:
            raise ReadingError(
                f"the ends of the sum over {letter(index)} depend on {letter(others[0])}: "
                "let it run over all places, as those that do not exist are left out"
            )


def of_entries(node: Reduce) -> bool:
    """Is it a sum of products of entries?"""
    plain = all(isinstance(one, At | Constant) for one in factors_of(node.body))
    return node.kind == "sum" and plain


def places_in(ranges: Mapping[str, Range], sizes: Mapping[str, int]) -> int:
    count = 1
    for index, (low, high) in ranges.items():
        length = int(high.value(sizes)) - int(low.value(sizes)) + 1
        if length < 1:
            raise ReadingError(f"{letter(index)} runs over nothing for some sizes")
        count *= length
    return count


def split_sides(tokens: list[Token]) -> tuple[list[Token], list[Token]]:
    """What stands before the equality sign that is in no bracket, and behind it."""
    depth, starts = 0, [0]
    for position, token in enumerate(tokens):
        depth += (token.text in ("(", "[", "{")) - (token.text in (")", "]", "}"))
        if token.text == "=" and depth == 0:
            starts.append(position + 1)
    if len(starts) > SIDES:
        message = "too many equality signs: leave only the answer"
        raise ReadingError(message, tokens[starts[-1] - 1].column)
    cut = starts[-1]
    left = [*tokens[: cut - 1], Token("end", "", tokens[cut - 1].column)] if cut else []
    return left, tokens[cut:]


def relettered(expression: Expression, letters: Sequence[str]) -> Expression:
    """An indexed equation with other letters for its free indices."""
    rule = rule_of(expression)
    if rule is None or not isinstance(expression, Apply):
        raise ShapeError("only an indexed equation has a formula for each entry")
    piece = rule.piece
    new = {index: one for (index, _), one in zip(piece.ranges, letters, strict=True)}
    between = {index: f"{one}~" for index, one in new.items()}  # as letters may be exchanged
    body = moved(piece.body, renaming(between))
    body = moved(body, renaming({f"{one}~": one for one in new.values()}))
    ranges = tuple((new[index], span) for index, span in piece.ranges)
    own = Piece(tuple(map(whole, letters)), ranges, body)
    count = len(rule.axes)
    return applied(replace(rule, piece=own, called=None), expression.args[:count])


def in_terms(expression: Expression) -> Expression:
    """An indexed equation as a sum of equations, one a term, as :func:`by_entries`; any other expression as it is."""
    rule = rule_of(expression)
    if rule is None or not isinstance(expression, Apply):
        return expression
    meant = dict(zip(rule.by_name, expression.args, strict=False))
    return added(
        (
            minus,
            rule_over(replace(rule.piece, body=body), meant, rule.by_name, rule.result, rule.known),
        )
        for minus, body in signed_nodes(rule.piece.body)
    )


def signed_nodes(node: Node, negative: bool = False) -> Iterator[tuple[bool, Node]]:
    """The terms of a sum of entries, and which of them are subtracted."""
    stack = [(negative, node)]
    while stack:
        minus, one = stack.pop()
        match one:
            case Call("add", (left, right)):
                stack += [(minus, right), (minus, left)]
            case Call("subtract", (left, right)):
                stack += [(not minus, right), (minus, left)]
            case Call("negate", (inner,)):
                stack.append((not minus, inner))
            case _:
                yield minus, one


def by_entries(
    expression: Expression, letters: Sequence[str], shapes: Mapping[str, Shape], known: Known
) -> Expression:
    """An expression over whole quantities as an indexed equation for the entry at some letters.

    Each term is an equation of its own, so that those of several steps can be shown as one sum.

    Raises:
        ShapeError: it is longer than anybody reads.
    """
    terms = [*signed(expression)]
    whole_shape = infer(expression, shapes)
    if any(infer(one, shapes) != whole_shape for _, one in terms):
        terms = [(False, expression)]
    return added(
        (minus, relettered(merged(one, shapes, known, always=True), letters))
        for minus, one in terms
    )
