"""Many expressions compared with one, or one with many: what is plain at first sight is told of all at once."""

from __future__ import annotations

import functools
from collections.abc import Container, Iterable, Mapping, Sequence

import numpy as np

from reference.equivalence import (
    CLEAR,
    KINKS,
    LEAST,
    RELATIVE,
    SIZED,
    Agreement,
    Side,
    bends,
    compare_sides,
)
from reference.language.evaluating import constant
from reference.language.expression import Apply, Expression, Name, Table
from reference.language.operations import OPERATIONS
from reference.language.values import Array
from reference.points import Points


class Together:
    """Expressions that are compared with a key together; what they share, as parts of a table, is evaluated once.

    ``values``: of all parts over allowed names, by ``id``; ``told``: of each part, do the points of one batch
    show all that there is to see?
    """

    def __init__(self, table: Table, key: Side, allowed: Container[str]) -> None:
        self.key = key
        self.values: dict[int, Array] = {}
        self.told: dict[int, bool] = {}
        if key.is_defined and key.sees_both_sides and not key.is_sized and key.rational is None:
            self.evaluate(table.parts.values(), allowed)

    def evaluate(self, nodes: Iterable[Expression], allowed: Container[str]) -> None:
        values, told, points = self.values, self.told, self.key.points
        value, known = values.__getitem__, values.__contains__
        with np.errstate(all="ignore"):
            for node in nodes:
                place = id(node)
                if isinstance(node, Apply):
                    args = [*map(id, node.args)]
                    if all(map(known, args)):
                        values[place] = OPERATIONS[node.operation].value(*map(value, args))
                        told[place] = all(map(told.__getitem__, args)) and tells(node, values)
                elif isinstance(node, Name):
                    if node.name in allowed:
                        values[place] = points.values[node.name]
                        told[place] = node.name not in points.sizes
                else:
                    values[place] = constant(node)
                    told[place] = True

    def equal(self, expressions: Sequence[Expression]) -> list[bool]:
        """Which expressions agree with the key by far.

        Of the others, nothing is said: :func:`~reference.equivalence.compare_sides` finds that out, which gives the same for those that are
        found here.
        """
        shape = self.key.value.shape
        found = [
            self.told.get(id(one), False) and self.values[id(one)].shape == shape
            for one in expressions
        ]
        places = [place for place, one in enumerate(found) if one]
        if places:
            given = np.stack([self.values[id(expressions[place])] for place in places])
            with np.errstate(all="ignore"):
                near = np.abs(given - self.key.value) <= self.key.reach / 2
            for place, one in zip(places, np.asarray(near.all(axis=(1, 2, 3))), strict=True):
                found[place] = bool(one)
        return found


def tells(node: Apply, values: Mapping[int, Array]) -> bool:
    """Is an operation free of sizes, and are there points on both sides of its kinks?"""
    if node.operation in SIZED:
        return False
    if node.operation not in KINKS:
        return True
    return all(
        np.count_nonzero(one > 0) and np.count_nonzero(one < 0) for one in bends(node, values)
    )


class Sides:
    """Expressions with which others are compared, evaluated once.

    Most of them are far from what is compared with them: that is seen of all together, by what any that
    is equal must meet (:func:`~reference.equivalence.in_noise` at the most noise that is allowed there).
    """

    def __init__(self, expressions: Sequence[Expression], points: Points) -> None:
        self.expressions = expressions  # so that they live as long
        self.sides = [Side(one, points) for one in expressions]

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
            near = np.abs(given.value - values) <= np.maximum(given.reach, reach) + noise
        enough = np.count_nonzero(near.all(axis=(-2, -1)), axis=-1) >= LEAST
        for place in np.flatnonzero(enough).tolist():
            if compare_sides(given, self.sides[places[place]]) is Agreement.EQUAL:
                return places[place]
        return None
