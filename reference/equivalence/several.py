"""One expression compared with several: what is plain at first sight is told of all at once."""

from __future__ import annotations

import functools
from collections.abc import Sequence

import numpy as np

from reference.equivalence.compare import CLEAR, LEAST, RELATIVE, Agreement, Side, compare_sides
from reference.equivalence.points import SamplePoints
from reference.language.expression import Expression
from reference.language.values import Array


class Sides:
    """Expressions with which others are compared, evaluated once.

    Most of them are far from what is compared with them: that is seen of all together, by what any that
    is equal must meet (:func:`~reference.equivalence.compare.in_noise` at the most noise that is allowed there).
    """

    def __init__(self, expressions: Sequence[Expression], points: SamplePoints) -> None:
        self.expressions, self.points = expressions, points

    @functools.cached_property
    def sides(self) -> list[Side]:
        return [Side(one, self.points) for one in self.expressions]

    @functools.cached_property
    def alike(self) -> dict[tuple[int, ...], tuple[list[int], Array, Array, Array]]:
        """Shape → places of the sides with it, their values, how far from these others may be, and noise."""
        places: dict[tuple[int, ...], list[int]] = {}
        for place, side in enumerate(self.sides):
            places.setdefault(side.value.shape, []).append(place)
        found = {}
        for shape, own in places.items():
            values = np.stack([self.sides[place].value for place in own])
            with np.errstate(all="ignore"):
                sizes = np.abs(values)
                most = CLEAR * sizes.max(axis=(-2, -1), keepdims=True)
                found[shape] = own, values, RELATIVE * sizes, most
        return found

    def first_equal(self, given: Side) -> int | None:
        """The place of the first that an expression agrees with."""
        if given.value.shape not in self.alike:
            return None
        places, values, reach, noise = self.alike[given.value.shape]
        with np.errstate(all="ignore"):
            meets = np.abs(given.value - values) <= np.maximum(given.reach, reach) + noise
        enough = np.count_nonzero(meets.all(axis=(-2, -1)), axis=-1) >= LEAST
        for place in np.flatnonzero(enough).tolist():
            if compare_sides(given, self.sides[places[place]]) is Agreement.EQUAL:
                return places[place]
        return None
