"""What a student's own values leave nothing to compute of: it is right from them, and shows nothing."""

from __future__ import annotations

import functools
from collections.abc import Collection, Mapping

import numpy as np

from grader.drawing import Flags
from reference.language.values import Array
from reference.network import Network

NIL = 5e-4  # what is 0.000 on paper
NUDGE = 0.01  # of 1 and of a value, by which it is moved to see whether anything depends on it
LEAST = 0.01  # of how far the right values move a target, how far a student's must
STILL = 1e-9  # what is moved by less is not moved
SAME = 1e-6  # relatively, of two values that are one

Values = Mapping[str, Array]  # name → (batch, rows, columns)


def trivial(
    network: Network, target: str, known: Values, right: Values, given: Collection[str]
) -> Flags:
    """(batch, rows, columns) where a target has nothing left to compute that the right values have.

    Either it is zero, or depends on nothing that was given, or something vanished, and what is left of it is a
    constant or a single value as it stands.

    Args:
        known: what the target is computed from. right: the same without the student's mistakes.
        given: the names of the student's values.
    """
    nil = {name: everywhere(np.abs(known[name]) <= NIL) for name in known}
    killed = [nil[name] & ~everywhere(np.abs(right[name]) <= NIL) for name in given]
    own = {**known, **{name: np.where(nil[name], 0.0, known[name]) for name in given}}
    with np.errstate(all="ignore"):
        value, true = (network.evaluate(values)[target] for values in (own, right))
        gone = (np.abs(value) <= NIL) & (np.abs(true) > NIL)
        moved = moves(network, target, own, {n: nudge(own[n]) for n in known})
        should = moves(network, target, right, {n: nudge(right[n]) for n in known})
    matters = should.min(axis=1) > STILL  # not over a kink, one way
    alive = moved.max(axis=1) > np.maximum(LEAST * should.min(axis=1), STILL)
    theirs = np.array([name in given for name in known])
    deaf = matters[theirs].any(axis=0) & ~alive[theirs].any(axis=0)
    vanished = functools.reduce(np.logical_or, killed, (matters & ~alive).any(axis=0))
    left = np.array([alive[place] & ~nil[name] for place, name in enumerate(known)])
    same = np.array([stands_in(value, own[name]) & ~stands_in(true, right[name]) for name in known])
    count = left.sum(axis=0)
    bare = (count == 0) | ((count == 1) & (left & same).any(axis=0))
    return np.asarray(gone | deaf | (vanished & bare))


def everywhere(flags: Flags) -> Flags:
    """(batch, 1, 1) where all entries are set."""
    return np.asarray(flags.all(axis=(-2, -1), keepdims=True))


def stands_in(value: Array, other: Array) -> Flags:
    """(batch, rows, columns) where an entry of a value is one of another, but for the sign."""
    entries = np.abs(other).reshape(len(other), 1, 1, -1)
    size = np.abs(value)[..., None]
    return np.asarray((np.abs(size - entries) <= SAME * size).any(axis=-1))


def nudge(values: Array) -> Array:
    """A little, for each entry a bit more than for the one before, as some functions see differences alone."""
    rows, columns = values.shape[-2:]
    more = 1 + np.arange(rows * columns).reshape(rows, columns) / (rows * columns)
    return np.asarray(NUDGE * more * (1 + np.abs(values)))


def moves(network: Network, target: str, known: Values, steps: Values) -> Array:
    """How far a target moves where each of some values goes up by its step, and where it goes down.

    Returns:
        (values, 2, batch, rows, columns), in the order of the steps.
    """
    many = dict(known)
    for place, (name, step) in enumerate(steps.items()):
        signs = np.zeros((len(steps), 2, 1, 1, 1))
        signs[place] = [[[[1.0]]], [[[-1.0]]]]
        many[name] = known[name] + signs * step
    before = network.evaluate(known)[target]
    found = np.abs(network.evaluate(many)[target] - before)
    return np.broadcast_to(found, (len(steps), 2, *before.shape[-3:]))
