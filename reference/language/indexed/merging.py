"""Expressions over indexed equations as one indexed equation, so that a formula of entries can be shown and typed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import product

from msgspec.structs import replace

from reference.language.dimensions import SCALAR, Shape, axes_of
from reference.language.errors import ShapeError
from reference.language.expression import Apply, Expression, Name, Number, annotate
from reference.language.indexed.declaring import axes_from, over_names
from reference.language.indexed.nodes import (
    At,
    Call,
    Constant,
    Guard,
    Node,
    Numbers,
    Piece,
    Reduce,
    moved,
    renaming,
    times,
    walk,
)
from reference.language.indexed.pulling import LETTERS, tidy
from reference.language.indexed.reading import OF_MATRICES
from reference.language.indexed.rows import Rule, is_by_entries, rule_of, rules_in
from reference.language.shapes import own_shape
from reference.language.whole import ONE, Known, Range, Whole, whole

MAX_ENTRIES = 1000
OF_WHOLES = OF_MATRICES | {"matmul", "transpose", "fill"}  # no operations entry by entry


class Entries:
    """The entries of an expression, each quantity in them under a name of its own; ``found``: the shapes of its parts."""

    def __init__(self, found: Mapping[int, Shape], numbers: Numbers) -> None:
        self.found, self.numbers, self.count = found, numbers, 0
        self.meant: dict[str, Expression] = {}
        self.axes: dict[str, tuple[Range, ...]] = {}

    def entry(self, value: Expression, at: tuple[Whole, ...]) -> Node:
        """The entry of a value at some places.

        Raises:
            ShapeError: it is longer than anybody reads.
        """
        self.count += 1
        if self.count > MAX_ENTRIES:
            raise ShapeError("the formula of an entry is too long: allow more names in it")
        rule = rule_of(value)
        if isinstance(value, Number):
            return Constant(value.value)
        if rule is not None and isinstance(value, Apply):
            return self.of_rule(rule, value.args, at)
        if isinstance(value, Apply) and value.operation in ("matmul", "transpose"):
            return self.of_matrices(value, at)
        if self.goes_by_entries(value):
            args = [
                self.entry(one, at if self.found[id(one)] != SCALAR else ()) for one in value.args
            ]
            operation = "scale" if value.operation == "hadamard" else value.operation
            return Call(operation, tuple(args))
        name = value.name if isinstance(value, Name) else f"@{len(self.meant)}"
        self.meant[name], self.axes[name] = value, axes_from(self.found[id(value)])
        return At(name, at if self.axes[name] else ())

    def of_matrices(self, value: Apply, at: tuple[Whole, ...]) -> Node:
        """The entry of a product or a transpose, by rows and columns."""
        row, column = (*at, ONE, ONE)[:2]
        if value.operation == "transpose":
            [inner] = value.args
            return self.entry(inner, along(self.found[id(inner)], column, row))
        left, right = value.args
        length = whole(self.found[id(left)][1])
        index = self.numbers.fresh("k") if length != ONE else ""
        middle = whole(index) if index else ONE
        body = times(
            self.entry(left, along(self.found[id(left)], row, middle)),
            self.entry(right, along(self.found[id(right)], middle, column)),
        )
        return Reduce("sum", ((index, (ONE, length)),), (), body) if index else body

    def goes_by_entries(self, value: Expression) -> bool:
        own = self.found[id(value)]
        whole_shapes = all(self.found[id(one)] in (own, SCALAR) for one in value.args)
        return isinstance(value, Apply) and value.operation not in OF_WHOLES and whole_shapes

    def of_rule(self, rule: Rule, args: Sequence[Expression], at: tuple[Whole, ...]) -> Node:
        """What an indexed equation says of an entry, its letters and indices not yet used."""
        own = {str(one): self.numbers.fresh("free") for one in rule.piece.places}
        body = moved(self.numbers.copies(rule.piece.body), renaming(own))
        body = moved(body, at_places(dict(zip(own.values(), at, strict=True))))
        return self.put_in(body, dict(zip(rule.by_name, args, strict=False)))

    def put_in(self, node: Node, args: Mapping[str, Expression]) -> Node:
        if isinstance(node, At):
            return self.entry(args[node.name], node.at)
        return node.over(tuple(self.put_in(child, args) for child in node.children))


def along(shape: Shape, row: Whole, column: Whole) -> tuple[Whole, ...]:
    """One place an axis for an entry in a row and a column."""
    return (row, column)[: len(axes_of(shape))]


def merged(
    expression: Expression, shapes: Mapping[str, Shape], known: Known, always: bool = False
) -> Expression:
    """An expression over indexed equations as one of them; any other as it is, unless ``always``.

    Args:
        known: what is known of the sizes.

    Raises:
        ShapeError: it is longer than anybody reads.
    """
    if not always and not is_by_entries(expression):
        return expression
    found = annotate(expression, lambda node, args: own_shape(node, args, shapes))
    result = axes_from(found[id(expression)])
    taken = {name for name, _ in known.least} | shapes.keys()
    letters = [one for one in LETTERS if one not in taken][: len(result)]
    places = tuple(map(whole, letters))
    numbers = Numbers(*(rule.piece.body for rule in rules_in([expression])))
    entries = Entries(found, numbers)
    body = tidied(summed_apart(entries.entry(expression, places), entries.numbers))
    piece = Piece(places, tuple(zip(letters, result, strict=True)), body)
    return over_names(piece, entries.axes, result, known, entries.meant)


def at_places(places: Mapping[str, Whole]) -> Callable[[Whole], Whole]:
    def change(value: Whole) -> Whole:
        for index, place in places.items():
            value = value.put(index, place)
        return value

    return change


def summed_apart(node: Node, numbers: Numbers) -> Node:
    """Sums of terms that are not all there at the same places as several sums, as each leaves out what is not there."""
    node = node.over(tuple(summed_apart(child, numbers) for child in node.children))
    if not (isinstance(node, Reduce) and node.kind == "sum"):
        return node
    terms = multiplied_out(node.body)
    if len(terms) < 2 or not any(isinstance(one, Guard) for one in walk(node.body)):
        return node
    first, *rest = (replace(node, body=term) for term in terms)
    total: Node = first
    for one in rest:
        total = Call("add", (total, numbers.copy(one)))
    return total


def multiplied_out(node: Node) -> list[Node]:
    """The terms of a product of sums."""
    match node:
        case Call("add", (left, right)):
            return [*multiplied_out(left), *multiplied_out(right)]
        case Call("subtract", (left, right)):
            return [*multiplied_out(left), *multiplied_out(Call("negate", (right,)))]
        case Call("negate", (inner,)):
            return [Call("negate", (one,)) for one in multiplied_out(inner)]
        case Call("scale", (left, right)):
            pairs = product(multiplied_out(left), multiplied_out(right))
            return [times(one, other) for one, other in pairs]
    return [node]


def tidied(node: Node) -> Node:
    """As :func:`tidy`, also within sums and cases; a sign of all terms of a sum before it."""
    node = tidy(node.over(tuple(map(tidied, node.children))))
    match node:
        case Reduce("sum" | "mean", body=Call("negate", (inner,))):
            return Call("negate", (replace(node, body=inner),))
    return node
