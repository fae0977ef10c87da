"""The nodes of an indexed equation: every part is a scalar at the values of some indices."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from typing import ClassVar

from msgspec import Struct
from msgspec.structs import replace

from reference.language.whole import Range, Whole, filled_in, whole


class Node(Struct, frozen=True, cache_hash=True):
    """A part of an indexed equation; ``operation`` and ``column`` are what a grammar asks of what it makes."""

    operation: ClassVar[str] = ""
    column: ClassVar[int] = 0

    @property
    def children(self) -> tuple[Node, ...]:
        return ()

    def over(self, children: tuple[Node, ...]) -> Node:
        """The same with other children."""
        return self

    @property
    def places(self) -> tuple[Whole, ...]:
        """The whole-number expressions in it, apart from its conditions."""
        return ()


class Constant(Node, frozen=True):
    """A number."""

    value: Fraction


class Place(Node, frozen=True):
    """An index or a size as a number."""

    value: Whole

    @property
    def places(self) -> tuple[Whole, ...]:
        return (self.value,)


class At(Node, frozen=True):
    """An entry of a quantity, one place an axis; a scalar has none."""

    name: str
    at: tuple[Whole, ...] = ()

    @property
    def places(self) -> tuple[Whole, ...]:
        return self.at


class Call(Node, frozen=True):
    """A row of the table of operations, entry by entry."""

    operation: str  # type: ignore[misc]
    args: tuple[Node, ...]

    @property
    def children(self) -> tuple[Node, ...]:
        return self.args

    def over(self, children: tuple[Node, ...]) -> Node:
        return Call(self.operation, children)


class Cond(Struct, frozen=True):
    """``value`` is ``>=``, ``==`` or ``!=`` 0."""

    value: Whole
    sign: str = ">="


class Never(Struct, frozen=True):
    """Not all of these hold."""

    conds: tuple[Condition, ...]


Condition = Cond | Never


class Guard(Node, frozen=True):
    """``body`` where all conditions hold, else ``other``; what is not taken is not looked at."""

    conds: tuple[Condition, ...]
    body: Node
    other: Node

    @property
    def children(self) -> tuple[Node, ...]:
        return self.body, self.other

    def over(self, children: tuple[Node, ...]) -> Node:
        return Guard(self.conds, *children)


class Else(Node, frozen=True):
    """As written: ``body`` where all its places exist, else ``other``."""

    body: Node
    other: Node

    @property
    def children(self) -> tuple[Node, ...]:
        return self.body, self.other

    def over(self, children: tuple[Node, ...]) -> Node:
        return Else(*children)


class Reduce(Node, frozen=True):
    """``kind`` (sum, mean, max, min, gap, lead) of ``body`` over indices, where the conditions hold.

    ``ranges``: nothing where it is not written how far an index runs. ``gap``: by how much the largest is larger than
    the next, as far as these are not both 0; ``lead``: also then.
    """

    kind: str
    ranges: tuple[tuple[str, Range | None], ...]
    conds: tuple[Condition, ...]
    body: Node

    @property
    def indices(self) -> tuple[str, ...]:
        return tuple(name for name, _ in self.ranges)

    @property
    def known(self) -> dict[str, Range]:
        return {name: one for name, one in self.ranges if one is not None}

    @property
    def children(self) -> tuple[Node, ...]:
        return (self.body,)

    def over(self, children: tuple[Node, ...]) -> Node:
        return replace(self, body=children[0])


class First(Node, frozen=True):
    """1 at the first place, in the order of the indices, where a max or min is taken, else 0; ``at``: the place asked about."""

    of: Reduce
    at: tuple[Whole, ...]

    @property
    def children(self) -> tuple[Node, ...]:
        return (self.of,)

    def over(self, children: tuple[Node, ...]) -> Node:
        [of] = children
        assert isinstance(of, Reduce)
        return First(of, self.at)

    @property
    def places(self) -> tuple[Whole, ...]:
        return self.at


class Softmax(Node, frozen=True):
    """``exp(body)`` by the sum of ``exp(body)`` over an index that stands around it, where the conditions hold; 0 elsewhere."""

    index: Whole
    range: Range | None
    conds: tuple[Condition, ...]
    body: Node

    @property
    def children(self) -> tuple[Node, ...]:
        return (self.body,)

    def over(self, children: tuple[Node, ...]) -> Node:
        return replace(self, body=children[0])

    @property
    def places(self) -> tuple[Whole, ...]:
        return (self.index,)


class Piece(Struct, frozen=True, dict=True):
    """One equation ``Y[places] = body``, its free indices with their ranges.

    ``terms``: of an adjoint, what is added up before places are solved, which is quicker to evaluate.
    """

    places: tuple[Whole, ...]
    ranges: tuple[tuple[str, Range], ...]
    body: Node
    terms: tuple[Term, ...] = ()

    @functools.cached_property
    def spans(self) -> dict[str, Range]:
        """The ranges of all its indices, also of those in reductions."""
        found = dict(self.ranges)
        for node in walk(self.body):
            if isinstance(node, Reduce):
                found |= node.known
        return found


class Term(Struct, frozen=True):
    """What one entry adds to an adjoint: ``value`` at ``places`` over all ``ranges`` where ``conds`` hold.

    ``outputs``: the free indices of the equation among them.
    """

    target: str
    places: tuple[Whole, ...]
    ranges: tuple[tuple[str, Range], ...]
    outputs: frozenset[str]
    conds: tuple[Condition, ...]
    value: Node


ZERO, UNIT = Constant(Fraction(0)), Constant(Fraction(1))


def walk(node: Node) -> Iterator[Node]:
    """Every part, each before its own."""
    stack = [node]
    while stack:
        node = stack.pop()
        yield node
        stack += node.children[::-1]


def entries_of(node: Node) -> Iterator[At]:
    """The entries whose values a node is made of, not those that it only compares."""
    stack = [node]
    while stack:
        node = stack.pop()
        if isinstance(node, At):
            yield node
        elif not isinstance(node, First):
            stack += node.children


def conditions_of(node: Node) -> tuple[Condition, ...]:
    return node.conds if isinstance(node, Guard | Reduce | Softmax) else ()


def values_of(cond: Condition) -> tuple[Whole, ...]:
    """The expressions that a condition compares with 0."""
    return (
        tuple(v for one in cond.conds for v in values_of(one))
        if isinstance(cond, Never)
        else (cond.value,)
    )


def moved(node: Node, change: Callable[[Whole], Whole]) -> Node:
    """Every whole-number expression replaced. Bound indices are told apart, so nothing is captured."""
    node = node.over(tuple(moved(child, change) for child in node.children))
    match node:
        case At(name, at):
            return At(name, tuple(map(change, at)))
        case Place(value):
            return Place(change(value))
        case First(of, at):
            return First(of, tuple(map(change, at)))
        case Softmax(index, span, conds, body):
            return Softmax(change(index), span, changed(conds, change), body)
        case Guard() | Reduce():
            return replace(node, conds=changed(node.conds, change))
    return node


def changed(
    conds: tuple[Condition, ...], change: Callable[[Whole], Whole]
) -> tuple[Condition, ...]:
    return tuple(
        Never(changed(one.conds, change))
        if isinstance(one, Never)
        else Cond(change(one.value), one.sign)
        for one in conds
    )


def put(index: str, value: Whole) -> Callable[[Whole], Whole]:
    return lambda one: one.put(index, value)


def renaming(names: Mapping[str, str]) -> Callable[[Whole], Whole]:
    """A change of indices for others; none of the new ones is an old one."""

    def change(value: Whole) -> Whole:
        for old, new in names.items():
            value = value.put(old, whole(new))
        return value

    return change


def renamed(node: Node, names: Mapping[str, str]) -> Node:
    """Other names for quantities."""
    node = node.over(tuple(renamed(child, names) for child in node.children))
    return At(names.get(node.name, node.name), node.at) if isinstance(node, At) else node


def quantities(node: Node) -> list[str]:
    """The quantities in it, each once, in the order in which they stand."""
    return list(dict.fromkeys(one.name for one in walk(node) if isinstance(one, At)))


def letter(index: str) -> str:
    """The letter of an index, which is numbered where it is bound."""
    return index.partition("#")[0]


class Numbers:
    """Numbers for bound indices that an equation has not used."""

    def __init__(self, *nodes: Node) -> None:
        used = [
            int(i.partition("#")[2] or 0)
            for node in nodes
            for one in walk(node)
            if isinstance(one, Reduce)
            for i in one.indices
        ]
        self.last = max(used, default=0)

    def fresh(self, index: str) -> str:
        self.last += 1
        return f"{letter(index)}#{self.last}"

    def copy(self, node: Reduce) -> Reduce:
        """The same reduction with bound indices of its own."""
        new = {name: self.fresh(name) for name in node.indices}
        change = renaming(new)
        ranges = tuple((new[name], one) for name, one in node.ranges)
        return Reduce(
            node.kind, ranges, changed(node.conds, change), moved(self.copies(node.body), change)
        )

    def copies(self, node: Node) -> Node:
        """A node in which every reduction has indices of its own."""
        if isinstance(node, Reduce):
            return self.copy(node)
        return node.over(tuple(self.copies(child) for child in node.children))


def numbered_anew(node: Node) -> Node:
    """The same with bound indices numbered in the order in which they stand; itself where they are."""
    found = [one for part in walk(node) if isinstance(part, Reduce) for one in part.indices]
    names = {old: f"{letter(old)}#{number}" for number, old in enumerate(found, 1)}
    if all(old == new for old, new in names.items()):
        return node
    meant = {old: whole(new) for old, new in names.items()}

    def change(value: Whole) -> Whole:
        return filled_in(value, meant)

    def bound(part: Node) -> Node:
        part = part.over(tuple(map(bound, part.children)))
        if not isinstance(part, Reduce):
            return part
        spans = ((one, span and (change(span[0]), change(span[1]))) for one, span in part.ranges)
        return replace(part, ranges=tuple((names[one], span) for one, span in spans))

    return bound(moved(node, change))


def times(left: Node, right: Node) -> Node:
    if left == UNIT:
        return right
    return left if right == UNIT else Call("scale", (left, right))


def negation(conds: tuple[Condition, ...]) -> Condition:
    """Where not all conditions hold; of one comparison the opposite one."""
    match conds:
        case (Cond(value, ">="),):
            return Cond(-value - 1)
        case (Cond(value, "=="),):
            return Cond(value, "!=")
        case (Cond(value, "!="),):
            return Cond(value, "==")
    return Never(conds)
