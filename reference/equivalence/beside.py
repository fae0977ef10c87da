"""A formula beside another one, part by part: what each part is worth at one point, and where they differ first."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from reference.equivalence.compare import Agreement, Side, compare_sides
from reference.equivalence.points import SamplePoints
from reference.language.expression import Apply, Expression
from reference.language.values import Array

UNORDERED = frozenset({"add", "hadamard", "scale"})  # operations whose parts may stand in any order
MOST = 60  # parts that are shown


class Pair(Struct, frozen=True, eq=False):
    """A part of a formula, and the part of the other one that stands in its place; their values at the first point.

    ``first``: do they differ, and no part before them?
    """

    own: Expression
    right: Expression
    value: Array
    expected: Array
    agrees: bool
    first: bool = False


def beside(own: Expression, right: Expression, points: SamplePoints) -> list[Pair]:
    """The parts in the order in which one computes them, the whole last."""
    found = [*pairs(Side(own, points), Side(right, points))][:MOST]
    apart = next((place for place, one in enumerate(found) if not one.agrees), None)
    return [
        one if place != apart else Pair(one.own, one.right, one.value, one.expected, False, True)
        for place, one in enumerate(found)
    ]


def pairs(own: Side, right: Side) -> Iterator[Pair]:
    """Of parts that are made in the same way, their own parts first, but for bare names and numbers; of others, only the whole."""
    match own.expression, right.expression:
        case Apply(operation, args), Apply(other, others) if operation == other and len(
            args
        ) == len(others):
            sides = [Side(one, own.points) for one in args]
            against = [Side(one, own.points) for one in others]
            if operation in UNORDERED:
                against = in_order(sides, against)
            for one, expected in zip(sides, against, strict=True):
                if isinstance(one.expression, Apply) or isinstance(expected.expression, Apply):
                    yield from pairs(one, expected)
    yield pair(own, right)


def in_order(own: list[Side], right: list[Side]) -> list[Side]:
    """The other parts, each beside the one that it is equal to, if there is one."""
    rest, found = [*right], dict[int, Side]()
    for place, one in enumerate(own):
        equal = next((other for other in rest if agree(one, other)), None)
        if equal is not None:
            found[place] = equal
            rest.remove(equal)
    return [found[place] if place in found else rest.pop(0) for place in range(len(own))]


def pair(own: Side, right: Side) -> Pair:
    return Pair(own.expression, right.expression, own.value[0], right.value[0], agree(own, right))


def agree(own: Side, right: Side) -> bool:
    if own.value.shape != right.value.shape:
        return False
    return compare_sides(own, right) is Agreement.EQUAL
