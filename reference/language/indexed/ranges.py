"""How far indices run, which follows from the places at which they stand; and the axes of what is computed.

An index of a sum runs over the range that is written, or over all places of the axes where it alone is the place.
A free index runs over the range that is written, or where every place exists, whatever the indices of sums are.
In an answer, whose free indices are given, what does not exist is left out.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from msgspec import Struct
from msgspec.structs import replace

from reference.language.errors import ShapeError
from reference.language.indexed.nodes import (
    At,
    Cond,
    Condition,
    Else,
    Guard,
    Never,
    Node,
    Piece,
    Reduce,
    Softmax,
    letter,
    negation,
    walk,
)
from reference.language.whole import ONE, Known, Range, Whole, bare, ceil, floor

Axes = Mapping[str, tuple[Range, ...]]  # quantity → the range of each axis


class Demand(NamedTuple):
    """A place that must not be beyond an end of its axis; ``limit``: where that is; ``conds``: what holds around it."""

    entry: At
    axis: int
    place: Whole
    end: str
    limit: Whole
    conds: tuple[Condition, ...]

    @property
    def value(self) -> Whole:
        """What is not negative then."""
        return self.place - self.limit if self.end == "first" else self.limit - self.place


class Ranging(Struct, frozen=True, dict=True):
    """One equation whose ranges are looked for. ``given``: those that are written; ``lenient``: is it an answer?"""

    name: str
    places: tuple[Whole, ...]
    body: Node
    given: Mapping[str, Range]
    axes: Axes
    known: Known
    free: tuple[str, ...]
    lenient: bool = False

    def piece(self) -> Piece:
        """The equation with all ranges.

        Raises:
            ShapeError: how far an index runs is not said, or a place does not exist.
        """
        ranges = self.ranges()
        if not self.lenient:
            check_exist(self.demands, ranges, self.known, self.axes)
        body = self.ranged(self.body, ranges)
        return Piece(self.places, tuple((index, ranges[index]) for index in self.free), body)

    @functools.cached_property
    def demands(self) -> list[Demand]:
        return [*demanded(self.body, self.axes)]

    def ranges(self) -> dict[str, Range]:
        reductions = [node for node in walk(self.body) if isinstance(node, Reduce)]
        bound = [index for node in reductions for index in node.indices]
        found = {index: one for node in reductions for index, one in node.known.items()} | dict(
            self.given
        )
        indices = {*bound, *self.free}
        for index in bound:
            if index not in found:
                found[index] = self.over_axes(index, indices)
        for index in self.free:
            if index not in found:
                found[index] = self.everywhere(index, found, indices)
        return {**{i: found[i] for i in self.free}, **found}

    def over_axes(self, index: str, indices: set[str]) -> Range:
        """The range of an index of a sum: all places of the axes where it is the only index."""
        lows: list[Whole] = []
        highs: list[Whole] = []
        where: list[str] = []
        for one in self.demands:
            if one.place.symbols & indices != {index} or index in one.place.in_floors:
                continue
            value = one.value
            factor = value.coefficient(index).constant
            if factor not in (1, -1):
                continue
            rest = value.without(index)
            (lows if factor == 1 else highs).append(-rest if factor == 1 else rest)
            if one.end == "last":
                where.append(f"{one.entry.name} has {self.axes[one.entry.name][one.axis][1]}")
        shown = letter(index)
        if not highs or not lows:
            message = f"how far {shown} runs is not said: no quantity has {shown} alone as a place"
            raise ShapeError(f"{message}; write {{{shown} in 1..…}}", asks=True)
        low, high = self.largest(lows), self.smallest(highs)
        if self.lenient:  # what is missing elsewhere is left out
            return low or lows[0], high or highs[0]
        if low is None or high is None:
            raise ShapeError(
                f"{shown} runs over different sizes: {', '.join(dict.fromkeys(where))}"
            )
        return low, high

    def everywhere(self, index: str, ranges: Mapping[str, Range], indices: set[str]) -> Range:
        """The range of a free index: where every place exists."""
        lows: list[Whole] = []
        highs: list[Whole] = []
        others = {i: one for i, one in ranges.items() if i != index}
        for one in self.demands:
            value = one.value
            if index not in value.symbols or any(
                self.excuses(c, value, ranges, indices) for c in one.conds
            ):
                continue
            unknown = (value.symbols & indices) - {index} - ranges.keys()
            if unknown:
                both = " and ".join(sorted(map(letter, {index, *unknown})))
                raise ShapeError(
                    f"{shown(one.entry)} does not say how far {both} run each: write 'for {index} in 1..…'",
                    asks=True,
                )
            worst = self.known.extreme(value, others)
            if worst is None or index in worst.in_floors:
                raise ShapeError(
                    f"how far {index} runs is not clear from {shown(one.entry)}: write 'for {index} in 1..…'",
                    asks=True,
                )
            factor, rest = worst.coefficient(index), worst.without(index)
            if self.known.plainly(factor):
                lows.append(ceil(-rest, factor))
            elif self.known.plainly(-factor):
                highs.append(floor(rest, -factor))
        if not highs or not lows:
            stands = any(
                index in value.symbols
                for node in walk(self.body)
                if isinstance(node, At)
                for value in node.at
            )
            why = (
                f"every place with {index} has an 'else' or a condition"
                if stands
                else f"no place has {index}"
            )
            raise ShapeError(
                f"how far {index} runs is not said: {why}; write 'for {index} in 1..…'",
                asks=True,
            )
        return self.narrowed(index, lows, highs)

    def narrowed(self, index: str, lows: list[Whole], highs: list[Whole]) -> Range:
        low, high = self.largest(lows), self.smallest(highs)
        if low is None or high is None:
            ends = " or ".join(dict.fromkeys(map(bare, highs if high is None else lows)))
            what, which = ("end", "smaller") if high is None else ("begin", "larger")
            raise ShapeError(
                f"{self.name} could {what} at {ends}, whichever is {which}: write 'for {index} in 1..…'",
                asks=True,
            )
        if low != ONE:
            message = f"every place exists from {index} = {bare(low)} on, so {self.name} would begin there"
            raise ShapeError(
                f"{message}: shift {index}, or write 'for {index} in {bare(low)}..{bare(high)}'",
                asks=True,
            )
        return low, high

    def largest(self, values: list[Whole]) -> Whole | None:
        return next(
            (one for one in values if all(self.known.proves(one - other) for other in values)), None
        )

    def smallest(self, values: list[Whole]) -> Whole | None:
        return next(
            (one for one in values if all(self.known.proves(other - one) for other in values)), None
        )

    def excuses(
        self, cond: Condition, value: Whole, ranges: Mapping[str, Range], indices: set[str]
    ) -> bool:
        """Does a condition on no other index than those of a place make sure of it?"""
        own = isinstance(cond, Cond) and cond.value.symbols & indices <= value.symbols
        return own and implies(cond, value, ranges, self.known)

    def ranged(self, node: Node, ranges: Mapping[str, Range]) -> Node:
        """A node with the ranges of its reductions, and conditions where ``else`` stands."""
        if node.children:
            node = node.over(tuple([self.ranged(child, ranges) for child in node.children]))
        match node:
            case Softmax(index, None):
                return replace(node, range=ranges[str(index)])
            case Else(inner, other):
                conds = existing(inner, self.axes, ranges, self.known)
                return Guard(conds, inner, other) if conds else inner
            case Reduce(kind, _, conds, inner):
                if self.lenient:
                    there = existing(inner, self.axes, ranges, self.known)
                    conds += tuple(
                        c for c in there if c not in conds and c.value.symbols & {*node.indices}
                    )
                over = tuple((index, ranges[index]) for index in node.indices)
                return Reduce(kind, over, conds, inner)
        return node


def demanded(node: Node, axes: Axes, conds: tuple[Condition, ...] = ()) -> Iterator[Demand]:
    """Every place that must exist, with the conditions around it."""
    match node:
        case At(name, at):
            for axis, (place, (low, high)) in enumerate(zip(at, axes[name], strict=True)):
                yield Demand(node, axis, place, "first", low, conds)
                yield Demand(node, axis, place, "last", high, conds)
        case Else(body, other):
            there = tuple(Cond(one.value) for one in demanded(body, axes))
            yield from demanded(other, axes, (*conds, Never(there)))
        case Guard(own, body, other):
            yield from demanded(body, axes, (*conds, *own))
            yield from demanded(other, axes, (*conds, negation(own)))
        case Reduce(_, _, own, body) | Softmax(_, _, own, body):
            yield from demanded(body, axes, (*conds, *own))
        case _:
            for child in node.children:
                yield from demanded(child, axes, conds)


def existing(node: Node, axes: Axes, ranges: Mapping[str, Range], known: Known) -> tuple[Cond, ...]:
    """The conditions under which all places outside the reductions of an expression exist."""
    found: list[Cond] = []
    stack = [node]
    while stack:
        one = stack.pop()
        if isinstance(one, At):
            for place, (low, high) in zip(one.at, axes[one.name], strict=True):
                if ranges.get(place.symbol or "") == (low, high):
                    continue
                for value in (place - low, high - place):
                    if Cond(value) not in found and not known.proves(value, ranges):
                        found.append(Cond(value))
        elif not isinstance(one, Reduce):
            stack += one.children[::-1]
    return tuple(found)


def implies(cond: Condition, value: Whole, ranges: Mapping[str, Range], known: Known) -> bool:
    """Does a condition make sure that ``value`` is not negative?"""
    if isinstance(cond, Never):
        cond = negation(tuple(c for c in cond.conds if not sure(c, ranges, known)))
    if not isinstance(cond, Cond) or cond.sign == "!=":
        return False
    if known.proves(value - cond.value, ranges):
        return True
    return cond.sign == "==" and known.proves(value + cond.value, ranges)


def sure(cond: Condition, ranges: Mapping[str, Range], known: Known) -> bool:
    return isinstance(cond, Cond) and cond.sign == ">=" and known.proves(cond.value, ranges)


def check_exist(
    demands: Sequence[Demand], ranges: Mapping[str, Range], known: Known, axes: Axes
) -> None:
    """Every place exists.

    Raises:
        ShapeError: it is not proved.
    """
    for one in demands:
        value = one.value
        if known.proves(value, ranges) or any(implies(c, value, ranges, known) for c in one.conds):
            continue
        low, high = axes[one.entry.name][one.axis]
        axis = f"axis {one.axis + 1} of {one.entry.name} runs over {bare(low)}..{bare(high)}"
        message = f"{shown(one.entry)} has no such place for all indices: {axis}"
        raise ShapeError(f"{message}; write (… else 0) for places beside it, or narrow the range")


def shown(entry: At) -> str:
    return f"{entry.name}[{', '.join(map(bare, entry.at))}]"
