"""Where expressions turn: at kinks, and in the middle of what is very steep or hardly bent."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from reference.equivalence.points import SamplePoints
from reference.language.evaluating import run
from reference.language.expression import Apply, Expression, Name, names
from reference.language.operations import OPERATIONS
from reference.language.operations.operation import ZERO
from reference.language.values import Array

USUAL = (1e-3, 50.0)  # sizes of an exponent at ordinary points
ROUNDED = 1e-12  # of what an operation is made of, which is nothing but rounding
LOW = 8  # powers up to which a power is never steep

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


def turns(node: Apply, args: Sequence[Array], points: SamplePoints) -> list[Expression]:
    """What is 0 where an operation turns, as far as inputs that can be moved lead there.

    ``args``: the values of its arguments at the points.
    """
    if not may_turn(node.operation, args) or not names(node) & points.movable:
        return []
    row, found = OPERATIONS[node.operation], []
    values = by_argument(args)
    with np.errstate(all="ignore"):
        for kink, turn in zip(KINKS.get(node.operation, ()), row.kinks(*node.args), strict=True):
            size = sum(np.abs(one) for one in args)
            if (
                np.abs(run(kink, values)) > ROUNDED * size
            ).any():  # else it is 0 everywhere, and no place
                found.append(turn)
    if row.steep is not None:
        found.append(row.steep(*node.args))
    return [one for one in found if names(one) & points.movable]


def may_turn(operation: str, args: Sequence[Array]) -> bool:
    """Has it kinks, or is it unusually steep or flat at values like these?"""
    if operation in KINKS:
        return True
    if operation not in STEEP:
        return False
    if operation == "power" and args[1].size == 1 and abs(args[1].item()) <= LOW:
        return False
    with np.errstate(all="ignore"):
        return is_unusual(run(STEEP[operation], by_argument(args)))


def by_argument(args: Sequence[Array]) -> dict[str, Array]:
    return {one.name: value for one, value in zip(ARGUMENTS, args, strict=False)}


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
    usual = 2 * np.count_nonzero((size > low) & (size < high))
    return bool(usual < size.size) and bool(usual < np.count_nonzero(np.isfinite(size)))


def by_point(value: NDArray[Any], count: int) -> NDArray[Any]:
    """(points, entries) of a value with any leading axes."""
    if value.ndim < 3:
        return np.broadcast_to(value.reshape(1, -1), (count, value.size))
    moved = np.moveaxis(value, -3, 0)
    flat = moved.reshape(len(moved), -1)
    return np.broadcast_to(flat, (count, flat.shape[1]))
