"""Many expressions compared with one, or one with many: what is plain at first sight is told of all at once."""

from __future__ import annotations

import functools
from collections.abc import Container, Mapping, Sequence

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
from reference.language.evaluating import evaluate_further
from reference.language.expression import Apply, Expression, Name, Table
from reference.language.values import Array
from reference.points import Points


class Together:
    """Expressions that are compared with a key together; what they share, as parts of a table, is evaluated once.

    ``values``: of all parts over allowed names, by ``id``; ``equal``: those of the expressions that agree
    with the key by far. Of the others, nothing is said: :func:`~reference.equivalence.compare_sides` finds
    that out, which gives the same for those that are found here.
    """

    def __init__(
        self, expressions: Sequence[Expression], table: Table, key: Side, allowed: Container[str]
    ) -> None:
        self.values: dict[int, Array] = {}
        self.equal: frozenset[int] = frozenset()
        if key.is_defined and key.sees_both_sides and not key.is_sized and key.rational is None:
            nodes = over(allowed, table)
            evaluate_further(nodes, key.points.values, self.values)
            told = telling(nodes, self.values, key.points)
            self.equal = near([id(one) for one in expressions if id(one) in told], self.values, key)

    def holds(self, expression: Expression) -> bool:
        """Does it hold no other names than those allowed, and agree with the key by far?"""
        return id(expression) in self.equal


def over(allowed: Container[str], table: Table) -> list[Expression]:
    """The parts of a table, each after its arguments, that hold no other name."""
    found: dict[int, Expression] = {}
    for node in table.parts.values():
        own = node.name in allowed if isinstance(node, Name) else True
        if own and all(map(found.__contains__, map(id, node.args))):
            found[id(node)] = node
    return [*found.values()]


def telling(
    nodes: Sequence[Expression], values: Mapping[int, Array], points: Points
) -> frozenset[int]:
    """The ids of the parts of which the points of one batch show all that there is to see."""
    found: set[int] = set()
    for node in nodes:
        if isinstance(node, Apply):
            told = all(map(found.__contains__, map(id, node.args))) and tells(node, values)
        else:
            told = not (isinstance(node, Name) and node.name in points.sizes)
        if told:
            found.add(id(node))
    return frozenset(found)


def near(places: Sequence[int], values: Mapping[int, Array], key: Side) -> frozenset[int]:
    """Of some expressions, by ``id``, those whose values are those of a key, by far."""
    fitting = [place for place in places if values[place].shape == key.value.shape]
    if not fitting:
        return frozenset()
    with np.errstate(all="ignore"):
        gaps = np.abs(np.stack([values[place] for place in fitting]) - key.value)
        alike = np.asarray((gaps <= key.reach / 2).all(axis=(1, 2, 3)))
    return frozenset(place for place, one in zip(fitting, alike, strict=True) if one)


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
            meets = np.abs(given.value - values) <= np.maximum(given.reach, reach) + noise
        enough = np.count_nonzero(meets.all(axis=(-2, -1)), axis=-1) >= LEAST
        for place in np.flatnonzero(enough).tolist():
            if compare_sides(given, self.sides[places[place]]) is Agreement.EQUAL:
                return places[place]
        return None
