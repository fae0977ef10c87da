"""Many networks side by side, and two of them that agree on all that is given and differ in the target."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from reference.language.values import Array
from reference.network import Network

BATCH = 2048  # networks looked at side by side
MUTATED = 0.35  # of the free values, those that differ from the base of a round

Flags = NDArray[np.bool_]


@functools.lru_cache(maxsize=128)
def drawn(
    names: tuple[str, ...], fixed: frozenset[str], pool: tuple[int, ...], key: int
) -> NDArray[np.int8]:
    """(names, networks): one base, of which each network changes some values that are not fixed."""
    generator = np.random.Generator(np.random.Philox(key=key))
    choices = np.array(pool, np.int8)
    values = np.empty((len(names), BATCH), np.int8)
    for name, own in zip(names, values, strict=True):
        own[:] = choices[generator.integers(len(pool))]
        if name not in fixed:
            changed = generator.random(BATCH) < MUTATED
            own[:] = np.where(changed, choices[generator.integers(len(pool), size=BATCH)], own)
    return values


def evaluated(network: Network, names: Sequence[str], values: NDArray[Any]) -> dict[str, Array]:
    """All quantities of networks whose inputs and parameters are these, (names, networks)."""
    arrays = values.astype(np.float64, order="C")[:, :, None, None]
    return network.evaluate(dict(zip(names, arrays, strict=True)))


def column(value: Array, networks: int = BATCH) -> Array:
    """(networks,) of a scalar, which may be the same in all of them."""
    return np.broadcast_to(value, (networks, 1, 1))[:, 0, 0]


def differing(keys: Sequence[Array], target: Array, alive: Flags) -> tuple[int, int] | None:
    """The places of two networks with equal keys and different targets; of several, neighbours in order."""
    columns = np.stack([target, *reversed(keys)])
    order = np.lexsort(columns)
    order = order[alive[order]]
    sorted_columns = columns[:, order]
    differ = sorted_columns[:, 1:] != sorted_columns[:, :-1]
    places = np.flatnonzero(differ[0] & ~differ[1:].any(axis=0))
    if not len(places):
        return None
    return int(order[places[0]]), int(order[places[0] + 1])
