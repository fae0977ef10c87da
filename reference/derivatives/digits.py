"""What is lost where a number is written down: to three decimals, and to three figures of what is small."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from itertools import accumulate
from typing import Any, Generic, TypeVar

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from reference.language.values import Array

Flags = NDArray[np.bool_]

SHARE = 0.01  # of a number, which a decimal may move it by; so three decimals do down to 0.05
FIGURES = 3
FURTHER = 4  # who writes more digits writes up to three more
EDGE = 1e-9  # a power of ten is one, whatever its last bits
NOISE = 1e-11  # of the arithmetic itself; and of a value,
NOISY = 1e-12  # its share


def half(largest: Array, unit: float) -> Array:
    """How far off a number may be that is written to a multiple of ``unit``, or finer where all of its array are small.

    Args:
        largest: the size of the largest entry of its array, which all entries are written like.
    """
    return np.fmin(unit / 2, SHARE * largest)


def exponent(size: Array) -> Array:
    """The power of ten of the first digit of sizes; of 0, -inf."""
    return np.floor(np.log10(size) + EDGE)


def off(values: Array, largest: Array, unit: float) -> Array:
    """How far off values are, written to a multiple of ``unit``, to three figures, or to up to three digits more.

    0 where they can be written so, whatever their last bits.
    """
    coarsest = np.fmin(unit, 10.0 ** (exponent(largest) - FIGURES + 1))
    coarsest = np.where(coarsest > 0, coarsest, unit)
    found = np.zeros(values.shape)
    for further in range(FURTHER):
        scaled = values / coarsest * 10.0**further
        np.fmax(found, np.abs(scaled - np.rint(scaled)) * coarsest / 10.0**further, out=found)
    return np.where(found > NOISE + NOISY * np.abs(values), found, 0.0)


def snapped(values: Array) -> Array:
    """Values without the noise in their last bits, so that 0.1 · 3 is 0.3, and less 0.3 it is 0."""
    return np.round(values, 12) + 0.0


Key = TypeVar("Key")


class SideBySide(Struct, Generic[Key], frozen=True):
    """Arrays of one batch in a row, (batch, entries), so that a few calls see them all; ``largest``: of each array."""

    arrays: Mapping[Key, Array]
    places: Mapping[Key, slice]
    flat: Array
    largest: Array

    def part(self, of: NDArray[Any], name: Key) -> NDArray[Any]:
        """The part of such a row that belongs to an array, in its shape."""
        return of[:, self.places[name]].reshape(len(of), *self.arrays[name].shape[1:])


def side_by_side(arrays: Mapping[Key, Array], alone: Collection[Key] = ()) -> SideBySide[Key]:
    """Arrays whose first axis is a batch, one or more of them, in a row.

    Args:
        alone: those of which each entry stands by itself, and is its own largest.
    """
    batch = max(map(len, arrays.values()))
    ends = [*accumulate((array[0].size for array in arrays.values()), initial=0)]
    places = dict(zip(arrays, map(slice, ends, ends[1:]), strict=True))
    flat = np.empty((batch, ends[-1]))
    for name, array in arrays.items():
        flat[:, places[name]] = array.reshape(len(array), -1)
    largest = np.abs(flat)
    for name, place in places.items():
        if place.stop - place.start > 1 and name not in alone:
            largest[:, place] = np.fmax.reduce(largest[:, place], axis=1, keepdims=True)
    return SideBySide(arrays, places, flat, largest)


class WrittenDown(Struct, frozen=True):
    """An array, and how far off what is written of it may be, each (batch, rows, columns) or with further axes.

    ``off``: if all have the same number, which is ``exact`` if nothing is off; ``half``: if each has one of his own.
    """

    values: Array
    off: Array
    half: Array
    exact: bool


def written(
    arrays: Mapping[Key, Array], alone: Collection[Key], unit: float
) -> dict[Key, WrittenDown]:
    """What may be lost of each array; of those that are ``alone``, each entry is written by itself."""
    if not arrays:
        return {}
    row = side_by_side(arrays, alone)
    lost, halves = off(row.flat, row.largest, unit), half(row.largest, unit)
    starts = [place.start for place in row.places.values()]
    exact = ~np.logical_or.reduceat(lost.any(axis=0), starts)
    return {
        name: WrittenDown(array, row.part(lost, name), row.part(halves, name), is_exact)
        for (name, array), is_exact in zip(arrays.items(), exact.tolist(), strict=True)
    }
