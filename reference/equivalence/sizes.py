"""Numbers for sizes with which no quantity is empty, no two axes are as long by chance, and every floor cuts something off."""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterable, Mapping
from typing import Any

import numpy as np

from reference.language.dimensions import axes_of
from reference.language.whole import Floor, Whole, whole
from reference.network import Network

LARGEST = 9
MANY = 300_000  # combinations that are looked at
SHORTEST = 2  # axis


def formulas(network: Network) -> list[Whole]:
    """How long axes are, each once, as far as that hangs on sizes."""
    sizes = (whole(one) for shape in network.shapes.values() for one in axes_of(shape))
    return list(dict.fromkeys(one for one in sizes if one.symbols))


def has_formulas(network: Network) -> bool:
    """Is the length of an axis more than one size?"""
    return any(
        isinstance(one, Whole) for shape in network.shapes.values() for one in axes_of(shape)
    )


def fitting_sizes(network: Network, apart: Mapping[str, int] | None = None) -> dict[str, int]:
    """The smallest such numbers for the sizes of a network; as far as there are, others than those of ``apart``.

    Raises:
        ValueError: there are none.
    """
    axes, least = formulas(network), network.symbols.least
    used = {symbol for one in axes for symbol in one.symbols}
    names = [name for name in least if name in used] + [name for name in least if name not in used]
    most = LARGEST
    while most > SHORTEST and (most - 1) ** len(names) > MANY:
        most -= 1
    runs = [np.arange(max(least[name], 1), max(least[name], 1) + most) for name in names]
    grid = np.meshgrid(*runs, indexing="ij", sparse=True) if names else []
    known: dict[str, Any] = dict(zip(names, grid, strict=True))  # each along an axis of its own
    lengths = [one.value(known) for one in axes]
    terms = [one * one for one in (*lengths, *known.values())]
    terms += [np.where(one < SHORTEST, np.inf, 0.0) for one in lengths]
    terms += [1e4 * (one == other) for one, other in itertools.combinations(lengths, 2)]
    terms += [
        1e3 * (floor.top.value(known) % floor.bottom.value(known) == 0) for floor in floors(axes)
    ]
    terms += [1e2 * (known[one] == value) for one, value in (apart or {}).items() if one in known]
    penalty = added([np.zeros((1,) * len(names)), *terms])
    best = np.unravel_index(penalty.argmin(), penalty.shape)
    if not np.isfinite(penalty[best]):
        raise ValueError("no small sizes with which no quantity is empty")
    return {name: int(run[place]) for name, run, place in zip(names, runs, best, strict=True)}


def added(terms: Iterable[Any]) -> Any:
    """The sum of arrays over some axes each, those over the same axes first."""
    alike: dict[tuple[int, ...], Any] = {}
    for one in terms:
        shape = np.shape(one)
        alike[shape] = alike[shape] + one if shape in alike else one
    return sum(sorted(alike.values(), key=np.size), start=0.0)


def floors(axes: Collection[Whole]) -> list[Floor]:
    return [atom for one in axes for atom in one.atoms if isinstance(atom, Floor)]
