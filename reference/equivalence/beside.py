"""A formula beside another one, part by part: what each part is worth at one point, and where they differ first."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from reference.equivalence.compare import Agreement, Side, compare_sides
from reference.equivalence.points import SamplePoints
from reference.equivalence.several import Sides
from reference.language.expression import Apply, Expression, parts
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
    """Of parts that are made in the same way, their own parts first, but for bare names and numbers; of others, those that both have."""
    match own.expression, right.expression:
        case Apply(operation), Apply(other) if operation == other:
            mine, theirs = (
                [Side(one, own.points) for one in arguments(side)] for side in (own, right)
            )
            if operation in UNORDERED:
                theirs = in_order(mine, theirs)
            if len(mine) == len(theirs):
                for one, expected in zip(mine, theirs, strict=True):
                    if isinstance(one.expression, Apply) or isinstance(expected.expression, Apply):
                        yield from pairs(one, expected)
            else:
                yield from in_both(own, right)
        case Apply(), Apply():
            yield from in_both(own, right)
    yield pair(own, right)


def arguments(of: Side) -> list[Expression]:
    """What an operation is applied to, sums and products in one go; nothing that has no value of its own."""
    assert isinstance(of.expression, Apply)
    operation = of.expression.operation
    found, rest = list[Expression](), [*of.expression.args]
    while rest:
        one = rest.pop(0)
        if operation in UNORDERED and isinstance(one, Apply) and one.operation == operation:
            rest[:0] = one.args
        else:
            found.append(one)
    return found if all(has_one_value(of, one) for one in found) else []


def has_one_value(whole: Side, part: Expression) -> bool:
    """Has a part one value at a point, and not one for each term of a sum?"""
    return whole.parts[id(part)].ndim < 4


def in_both(own: Side, right: Side) -> Iterator[Pair]:
    """The parts of a formula that are parts of another one, wherever they stand there."""
    mine, theirs = (
        [
            one
            for one in parts(side.expression)[:-1]
            if isinstance(one, Apply) and has_one_value(side, one)
        ]
        for side in (own, right)
    )
    others = Sides(theirs, own.points)
    for one in dict.fromkeys(mine):
        side = Side(one, own.points)
        place = others.first_equal(side)
        if place is not None:
            yield pair(side, others.sides[place])


def in_order(own: list[Side], right: list[Side]) -> list[Side]:
    """The other parts, each beside the one that it is equal to, if there is one; as they stand where there are more on one side."""
    if len(own) != len(right):
        return right
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
