"""An indexed equation as a person computes it: the operations on numbers, those of all entries side by side."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from msgspec import Struct

from reference.language.indexed.contracting import Indices, Labelled, union
from reference.language.indexed.evaluating import Evaluator
from reference.language.indexed.frame import Frame
from reference.language.indexed.nodes import (
    At,
    Call,
    Condition,
    Constant,
    Guard,
    Node,
    Piece,
    Place,
    Reduce,
    Softmax,
    negation,
    walk,
)
from reference.language.values import Array

GIVEN = At | Constant | Place
RUNNING: dict[
    str, tuple[str, Any]
] = {  # reduction → the operation on two numbers, and what has come out before each term
    "sum": ("add", np.add.accumulate),
    "mean": ("add", np.add.accumulate),
    "max": ("max", np.maximum.accumulate),
    "min": ("min", np.minimum.accumulate),
}
NOTHING = {"max": -np.inf, "min": np.inf}


class Number(Struct, frozen=True):
    """An operand, (batch, cells); ``computed``: is it a result, which is rounded?"""

    values: Array
    computed: bool


Work = tuple[str, tuple[Number, ...]]


def work(evaluator: Evaluator, piece: Piece, values: Mapping[str, Array]) -> Iterator[Work]:
    """The operations of an equation, with what they are applied to; a part that stands there twice is computed once.

    Args:
        values: of the arguments, (batch, …) with an axis for each place.
    """
    ranges = dict(piece.ranges)
    for node in walk(piece.body):
        ranges |= node.known if isinstance(node, Reduce) else {}
    yield from Worker(Frame(evaluator, ranges, values)).over(piece.body, ())


class Worker:
    """Goes through the parts of an equation, from the inside."""

    def __init__(self, frame: Frame) -> None:
        self.frame, self.done = frame, set[Node]()

    def over(self, node: Node, conds: tuple[Condition, ...]) -> Iterator[Work]:
        """The operations of a part where some conditions hold."""
        from reference.language.operations import OPERATIONS  # whose table makes these rows

        if node in self.done:
            return
        self.done.add(node)
        match node:
            case Guard():
                yield from self.over(node.body, (*conds, *node.conds))
                yield from self.over(node.other, (*conds, negation(node.conds)))
            case Reduce():
                yield from self.over(node.body, (*conds, *node.conds))
                yield from self.reduced(node, (*conds, *node.conds))
            case Softmax():
                yield from self.over(node.body, (*conds, *node.conds))
                yield from self.softmax(node, (*conds, *node.conds))
            case Call(operation, args):
                for one in args:
                    yield from self.over(one, conds)
                if not OPERATIONS[operation].keeps_digits:
                    yield operation, self.numbers(args, conds)

    def numbers(self, args: tuple[Node, ...], conds: tuple[Condition, ...]) -> tuple[Number, ...]:
        """Some parts, side by side in each cell where conditions hold."""
        found, mask = [self.frame.value(one) for one in args], self.frame.mask(conds)
        labels = union(*(one.labels for one in found), mask.labels)
        there = self.spread(mask, labels)[0]
        cells = [self.spread(one, labels)[:, there] for one in found]
        return tuple(
            Number(cell, not isinstance(one, GIVEN)) for one, cell in zip(args, cells, strict=True)
        )

    def spread(self, one: Labelled, labels: Indices) -> Any:
        lengths = tuple(map(self.frame.length, labels))
        return np.broadcast_to(one.to(labels), (len(one.array), *lengths))

    def terms(
        self, body: Labelled, conds: tuple[Condition, ...], over: Indices, nothing: float
    ) -> tuple[Array, Any]:
        """Terms (batch, cells, terms) in their order, and which of them there are (cells, terms)."""
        mask = self.frame.mask(conds)
        free = tuple(i for i in union(body.labels, mask.labels) if i not in over)
        count = int(np.prod([self.frame.length(i) for i in over], dtype=int))
        there = self.spread(mask, (*free, *over)).reshape(-1, count)
        given = self.spread(body, (*free, *over)).reshape(len(body.array), -1, count)
        return np.where(there, given, nothing), there

    def reduced(self, node: Reduce, conds: tuple[Condition, ...]) -> Iterator[Work]:
        """One operation for each term but the first of those that there are."""
        operation, accumulate = RUNNING[node.kind]
        nothing = NOTHING.get(node.kind, 0.0)
        terms, there = self.terms(self.frame.value(node.body), conds, node.indices, nothing)
        computed = not isinstance(node.body, GIVEN)
        yield from self.running(operation, accumulate, terms, there, computed)
        if node.kind == "mean":
            counts = there.sum(axis=-1)[None].astype(float)
            yield "divide", (Number(terms.sum(axis=-1), True), Number(counts, False))

    def running(
        self, operation: str, accumulate: Any, terms: Array, there: Any, computed: bool
    ) -> Iterator[Work]:
        before = accumulate(terms, axis=-1)[..., :-1]
        later = there[:, 1:] & (np.cumsum(there, axis=-1)[:, :-1] > 0)
        yield (
            operation,
            (Number(before[:, later], True), Number(terms[..., 1:][:, later], computed)),
        )

    def softmax(self, node: Softmax, conds: tuple[Condition, ...]) -> Iterator[Work]:
        """Exponentials, their sum, and a quotient each."""
        terms, there = self.terms(self.frame.value(node.body), conds, (str(node.index),), 0.0)
        computed = not isinstance(node.body, GIVEN)
        yield "exp", (Number(terms[:, there], computed),)
        powers = np.where(there, np.exp(terms), 0.0)
        yield from self.running("add", np.add.accumulate, powers, there, True)
        total = np.broadcast_to(powers.sum(axis=-1, keepdims=True), powers.shape)
        yield "divide", (Number(powers[:, there], True), Number(total[:, there], True))
