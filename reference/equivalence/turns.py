"""Where expressions turn: at kinks, and in the middle of what is very steep or hardly bent."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from reference.equivalence.points import Points
from reference.language.evaluating import run
from reference.language.expression import Apply, Expression, Name, names
from reference.language.operations import OPERATIONS
from reference.language.operations.operation import ZERO
from reference.language.values import Array

USUAL = (1e-3, 50.0)  # sizes of an exponent at ordinary points

# In terms of the arguments ``0``, ``1``, … of an operation: what is 0 at its kinks, and how steep it is
ARGUMENTS = [Name(str(index)) for index in range(8)]
KINKS = {
    operation: kinks
    for operation, row in OPERATIONS.items()
    if (kinks := row.kinks(*ARGUMENTS[: row.arity]))
}
STEEP = {
    operation: row.steep(*ARGUMENTS[: row.arity])
    for operation, row in OPERATIONS.items()
    if row.steep is not None
}
TURNING = KINKS.keys() | STEEP.keys()


def turns(node: Apply, args: Sequence[Array], points: Points) -> list[Expression]:
    """What is 0 where an operation turns, as far as inputs that can be moved lead there.

    ``args``: the values of its arguments at the points.
    """
    if node.operation not in TURNING or not names(node) & points.movable:
        return []
    row, found = OPERATIONS[node.operation], []
    values = {str(index): value for index, value in enumerate(args)}
    with np.errstate(all="ignore"):
        for kink, turn in zip(KINKS.get(node.operation, ()), row.kinks(*node.args), strict=True):
            if run(kink, values).any():  # else it is 0 everywhere, and no place
                found.append(turn)
        if row.steep is not None and is_unusual(run(STEEP[node.operation], values)):
            found.append(row.steep(*node.args))
    return [one for one in found if names(one) & points.movable]


def place(turn: Expression) -> frozenset[Expression]:
    """What is equal where a turn is 0, so that the same turns have the same places."""
    while isinstance(turn, Apply) and turn.operation == "negate":
        turn = turn.args[0]
    terms = turn.args if isinstance(turn, Apply) and turn.operation == "subtract" else (turn,)
    return frozenset(terms) - {ZERO}


def is_unusual(steepness: Array) -> bool:
    """Is a smooth operation, at most points, so steep that it looks like a step, or so flat that it looks straight?"""
    low, high = USUAL
    size = np.abs(steepness)
    usual = np.count_nonzero((size > low) & (size < high))
    return bool(2 * usual < np.count_nonzero(np.isfinite(size)))


def by_point(value: NDArray[Any], count: int) -> NDArray[Any]:
    """(points, entries) of a value with any leading axes."""
    if value.ndim < 3:
        return np.broadcast_to(value.reshape(1, -1), (count, value.size))
    moved = np.moveaxis(value, -3, 0)
    flat = moved.reshape(len(moved), -1)
    return np.broadcast_to(flat, (count, flat.shape[1]))
