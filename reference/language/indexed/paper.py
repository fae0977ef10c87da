"""What a person writes down who computes an indexed equation: the products of its sum, and which entries come out clean."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence

import numpy as np
from msgspec.structs import replace

from reference.language.indexed.evaluating import Evaluator
from reference.language.indexed.frame import Frame, factors_of
from reference.language.indexed.nodes import UNIT, At, Call, Constant, Node, Piece, Place, Reduce
from reference.language.values import Array

ADDED = frozenset({"add", "subtract", "negate"})


def sum_in(piece: Piece) -> Reduce | None:
    """The one sum of products of entries that an equation adds to other terms, if it is such a one."""
    found: list[Reduce] = []
    stack = [piece.body]
    while stack:
        node = stack.pop()
        if isinstance(node, Call) and node.operation in ADDED:
            stack += node.args
        elif isinstance(node, Reduce):
            found.append(node)
        elif not isinstance(node, At | Constant | Place):
            return None
    if len(found) != 1 or found[0].kind != "sum":
        return None
    simple = all(isinstance(one, At | Constant | Place) for one in factors_of(found[0].body))
    return found[0] if simple else None


def written_factors(
    evaluator: Evaluator, piece: Piece, values: Mapping[str, Array]
) -> list[Array] | None:
    """The factors of the products of a sum, (batch, entries of the result, terms) each; 0 for terms that are left out."""
    total = sum_in(piece)
    if total is None:
        return None
    frame = Frame(evaluator, {**dict(piece.ranges), **total.known}, values)
    free = tuple(index for index, _ in piece.ranges)
    labels = (*free, *total.indices)
    lengths = tuple(map(frame.length, labels))
    mask = np.broadcast_to(frame.mask(total.conds).to(labels), (1, *lengths))
    found = []
    for one in factors_of(total.body):
        value = frame.value(one)
        whole = np.broadcast_to(value.to(labels), (len(value.array), *lengths))
        split = lengths[: len(free)], lengths[len(free) :]
        cells, terms = (int(np.prod(part, dtype=int)) for part in split)
        found.append(np.where(mask, whole, 0.0).reshape(-1, cells, terms))
    return found


def product_of(factors: Sequence[Array]) -> Array:
    return functools.reduce(np.multiply, factors)


def flagged(piece: Piece) -> Piece:
    """The equation over flags of entries, 1 or 0: 1 where all that an entry is made of is flagged."""

    def visit(node: Node) -> Node:
        node = node.over(tuple(map(visit, node.children)))
        match node:
            case Constant() | Place():
                return UNIT
            case Call(_, args):
                return functools.reduce(lambda one, other: Call("scale", (one, other)), args)
            case Reduce():
                return replace(node, kind="min")
        return node

    return replace(piece, body=visit(piece.body), terms=())
