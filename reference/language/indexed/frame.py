"""One piece of an indexed equation × values → an array, its places looked at through strides.

A value is an array (batch, …) with an index for each further axis, and no axis for an index on which it does not depend.
"""

from __future__ import annotations

import operator
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any, Protocol

import numpy as np
from msgspec import Struct

from reference.language.indexed.contracting import Indices, Labelled, contracted, union
from reference.language.indexed.nodes import (
    UNIT,
    At,
    Call,
    Condition,
    Constant,
    First,
    Guard,
    Never,
    Node,
    Place,
    Reduce,
    Softmax,
)
from reference.language.operations import OPERATIONS
from reference.language.values import Array
from reference.language.whole import Range, Whole

PRODUCTS = frozenset({"scale", "hadamard"})
EVERYWHERE = Labelled(np.ones((1,), dtype=bool))
EMPTY = {"sum": 0.0, "max": -np.inf, "min": np.inf, "gap": -np.inf, "lead": -np.inf}


class Window(Struct, frozen=True):
    """Where entries stand, all of them within their axes: where the first is, the steps of each index, how many there are."""

    first: tuple[int, ...]
    steps: tuple[tuple[int, ...], ...]
    lengths: tuple[int, ...]


class Gathered(Struct, frozen=True):
    """Where entries stand, as places in the flat array; ``there``: nothing if all of them exist."""

    flat: Any
    there: Any


class Sized(Protocol):
    """What a frame asks of the evaluator around it."""

    sizes: dict[str, int]
    spans: dict[str, tuple[tuple[int, int], ...]]

    def extent(self, one: Range) -> tuple[int, int]: ...

    def length(self, one: Range) -> int: ...

    def planned(self, key: Any, make: Any) -> Any: ...


class Frame:
    """The evaluation of one piece: the indices around, and what is known already."""

    def __init__(
        self, evaluator: Sized, ranges: dict[str, Range], values: Mapping[str, Array]
    ) -> None:
        self.own, self.ranges, self.values = evaluator, ranges, values
        self.known: dict[Node, Labelled] = {}

    def length(self, index: str) -> int:
        return self.own.length(self.ranges[index])

    def along(self, index: str, labels: Indices) -> Any:
        """The values of an index along its own axis."""
        low, high = self.own.extent(self.ranges[index])
        shape = [1] * len(labels)
        shape[labels.index(index)] = -1
        return np.arange(low, high + 1).reshape(shape)

    def place(self, value: Whole, labels: Indices) -> Any:
        used = {index: self.along(index, labels) for index in labels if index in value.symbols}
        return value.value({**self.own.sizes, **used})

    def labels(self, *values: Whole) -> Indices:
        """The indices in some places."""
        return tuple(
            dict.fromkeys(i for one in values for i in sorted(one.symbols & self.ranges.keys()))
        )

    def value(self, node: Node) -> Labelled:
        found = self.known.get(node)
        if found is None:
            found = self.known[node] = self.compute(node)
        return found

    def compute(self, node: Node) -> Labelled:
        match node:
            case Constant(number):
                return Labelled(np.full((1,), float(number)))
            case Place(value):
                labels = self.labels(value)
                return Labelled(np.asarray(self.place(value, labels), dtype=float)[None], labels)
            case At():
                return self.entry(node)
            case Call(operation, args):
                return self.called(operation, args)
            case Guard():
                return self.guarded(node)
            case Reduce():
                self.ranges |= node.known
                return self.reduced(node)
            case Softmax():
                return self.softmax(node)
            case First(of, at):
                self.ranges |= of.known
                return self.first(of, at)
        raise TypeError(f"how far it runs is not known: {node}")

    def called(self, operation: str, args: tuple[Node, ...]) -> Labelled:
        several = [self.value(one) for one in args]
        labels = union(*(one.labels for one in several))
        value = OPERATIONS[operation].value
        return Labelled(value(*[one.to(labels) for one in several]), labels)

    def guarded(self, node: Guard) -> Labelled:
        mask = self.mask(node.conds)
        if mask.array.all():
            return self.value(node.body)
        yes, no = self.value(node.body), self.value(node.other)
        labels = union(yes.labels, no.labels, mask.labels)
        return Labelled(np.where(mask.to(labels), yes.to(labels), no.to(labels)), labels)

    def mask(self, conds: tuple[Condition, ...]) -> Labelled:
        result = EVERYWHERE
        for cond in conds:
            if isinstance(cond, Never):
                inner = self.mask(cond.conds)
                one = Labelled(~inner.array, inner.labels)
            else:
                labels = self.labels(cond.value)
                value = np.asarray(self.place(cond.value, labels))
                truth = {">=": np.greater_equal, "==": np.equal, "!=": np.not_equal}[cond.sign](
                    value, 0
                )
                one = Labelled(np.asarray(truth)[None], labels)
            labels = union(result.labels, one.labels)
            result = Labelled(result.to(labels) & one.to(labels), labels)
        return result

    # Entries

    def entry(self, node: At) -> Labelled:
        """Where a place does not exist the value is 0: a condition around it says what counts there."""
        array = self.values[node.name]
        labels = self.labels(*node.at)
        if labels == tuple([place.symbol for place in node.at]) and self.whole_axes(node, labels):
            return Labelled(array, labels)
        key = node, tuple(self.own.extent(self.ranges[index]) for index in labels)
        plan = self.own.planned(key, lambda: self.plan(node, labels))
        if isinstance(plan, Window):
            strides = array.strides[1:]
            moved = [
                sum(s * stride for s, stride in zip(row, strides, strict=True))
                for row in plan.steps
            ]
            return Labelled(seen(array, plan, moved), labels)
        flat = array.reshape(len(array), -1)
        taken = flat.take(plan.flat.ravel(), axis=1).reshape(len(array), *plan.flat.shape)
        return Labelled(taken if plan.there is None else np.where(plan.there, taken, 0.0), labels)

    def whole_axes(self, node: At, labels: Indices) -> bool:
        """Do the indices run over all of the axes?"""
        spans = self.own.spans[node.name]
        return all(
            self.own.extent(self.ranges[i]) == span for i, span in zip(labels, spans, strict=True)
        )

    def plan(self, node: At, labels: Indices) -> Window | Gathered:
        lengths = tuple(map(self.length, labels))
        spans = self.own.spans[node.name]
        window = self.window(node, labels, lengths)
        if window is not None:
            return window
        places = [np.asarray(self.place(one, labels)) for one in node.at]
        outside = [
            (place < low) | (place > high) for place, (low, high) in zip(places, spans, strict=True)
        ]
        flat, there = np.zeros(lengths, dtype=np.intp), np.ones(lengths, dtype=bool)
        for place, (low, high), out in zip(places, spans, outside, strict=True):
            flat = flat * (high - low + 1) + np.clip(place - low, 0, high - low)
            there = there & ~out
        return Gathered(flat, None if there.all() else there)

    def window(self, node: At, labels: Indices, lengths: tuple[int, ...]) -> Window | None:
        """The entry as a view on the array; nothing where some places do not exist, which the ends of the indices tell, or a place is not linear in one."""
        if 0 in lengths or any(not p.in_floors.isdisjoint(labels) for p in node.at):
            return None
        sizes, spans = self.own.sizes, self.own.spans[node.name]
        lows = {**sizes, **{i: self.own.extent(self.ranges[i])[0] for i in labels}}
        first = tuple(int(p.value(lows)) - low for p, (low, _) in zip(node.at, spans, strict=True))
        steps = tuple(tuple(int(p.coefficient(i).value(sizes)) for p in node.at) for i in labels)
        for axis, (low, high) in enumerate(spans):
            ways = [row[axis] * (length - 1) for row, length in zip(steps, lengths, strict=True)]
            least = first[axis] + sum(one for one in ways if one < 0)
            most = first[axis] + sum(one for one in ways if one > 0)
            if least < 0 or most > high - low:
                return None
        return Window(first, steps, lengths)

    # Reductions

    def reduced(self, node: Reduce) -> Labelled:
        if node.kind == "mean":
            total, count = (
                self.reduced(Reduce("sum", node.ranges, node.conds, one))
                for one in (node.body, UNIT)
            )
            labels = union(total.labels, count.labels)
            return Labelled(total.to(labels) / count.to(labels), labels)
        mask = self.mask(node.conds)
        if node.kind == "sum":
            factors = factors_of(node.body)
            everywhere = mask is EVERYWHERE or mask.array.all()
            if everywhere or all(isinstance(one, At | Constant | Place) for one in factors):
                several = [self.value(one) for one in factors]
                if not everywhere:
                    several.append(Labelled(mask.array.astype(float), mask.labels))
                return contracted(several, node.indices, {i: self.length(i) for i in self.ranges})
        body = self.value(node.body)
        labels = (
            *(i for i in union(body.labels, mask.labels) if i not in node.indices),
            *node.indices,
        )
        array = np.where(mask.to(labels), body.to(labels), EMPTY[node.kind])
        kept = len(labels) - len(node.indices)
        full = array.shape[: 1 + kept] + tuple(map(self.length, node.indices))
        flat = np.broadcast_to(array, full).reshape(*full[: 1 + kept], -1)
        return Labelled(along_last(node.kind, flat), labels[:kept])

    def softmax(self, node: Softmax) -> Labelled:
        index = str(node.index)
        inner, mask = self.value(node.body), self.mask(node.conds)
        labels = (*(i for i in union(inner.labels, mask.labels) if i != index), index)
        array = np.where(mask.to(labels), inner.to(labels), -np.inf)
        powers = np.exp(array - array.max(axis=-1, keepdims=True))
        return Labelled(powers / powers.sum(axis=-1, keepdims=True), labels)

    def first(self, of: Reduce, at: tuple[Whole, ...]) -> Labelled:
        body, mask = self.value(of.body), self.mask(of.conds)
        free = tuple(i for i in union(body.labels, mask.labels) if i not in of.indices)
        labels = (*free, *of.indices)
        array = np.where(
            mask.to(labels),
            np.broadcast_to(body.to(labels), (len(body.array), *map(self.length, labels))),
            EMPTY[of.kind],
        )
        flat = array.reshape(*array.shape[: 1 + len(free)], -1)
        chosen = Labelled(flat.argmin(axis=-1) if of.kind == "min" else flat.argmax(axis=-1), free)
        wanted_labels = self.labels(*at)
        wanted: Any = 0
        inside: Any = True
        for index, place in zip(of.indices, at, strict=True):
            low, high = self.own.extent(self.ranges[index])
            own = np.asarray(self.place(place, wanted_labels))
            inside = inside & (low <= own) & (own <= high)
            wanted = wanted * self.length(index) + own - low
        where = Labelled(np.where(inside, wanted, -1)[None], wanted_labels)
        both = union(free, wanted_labels)
        return Labelled((chosen.to(both) == where.to(both)).astype(float), both)


def seen(array: Array, window: Window, strides: Sequence[int]) -> Array:
    """The entries in a window, at these distances in memory, without a copy."""
    shape, ways = (len(array), *window.lengths), (array.strides[0], *strides)
    if array.flags.c_contiguous:  # the quicker way
        start = sum(map(operator.mul, window.first, array.strides[1:]))
        return np.ndarray(shape, array.dtype, array, start, ways)
    view = array[(slice(None), *(slice(one, None) for one in window.first))]
    return np.lib.stride_tricks.as_strided(view, shape, ways, writeable=False)


def along_last(kind: str, flat: Any) -> Any:
    """The largest, smallest or total along the last axis; of ``gap``, by how much the largest leads, 1 where several are 0; of ``lead``, also there."""
    if kind not in ("gap", "lead"):
        function: Any = {"sum": np.sum, "max": np.max, "min": np.min}[kind]
        return function(flat, axis=-1)
    if flat.shape[-1] < 2:
        return np.ones(flat.shape[:-1])
    second, first = np.moveaxis(np.partition(flat, -2, axis=-1)[..., -2:], -1, 0)
    even = (first == second) & (first == 0) & (kind == "gap")
    return np.where(even, 1.0, first - second)


def factors_of(body: Node) -> list[Node]:
    """A product as its factors; a sign is one."""
    match body:
        case Call(operation, (left, right)) if operation in PRODUCTS:
            return [*factors_of(left), *factors_of(right)]
        case Call("negate", (inner,)):
            return [Constant(Fraction(-1)), *factors_of(inner)]
    return [body]
