"""Do two expressions agree wherever both are defined?

They are evaluated at seeded random points, never simplified. Where both are rational functions of
scalars, agreement is confirmed exactly. A point where either side is undefined says nothing, and a
point says nothing either where rounding alone could explain what is found there; where too few points
are left, the question is not decided.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from reference.counting.polynomial import NotRational, Rational, rational
from reference.derivatives.named import in_terms_of
from reference.equivalence.points import COUNT, REPEATS, Points
from reference.language.dimensions import SCALAR
from reference.language.evaluating import evaluate_parts, evaluate_shaken, run
from reference.language.expression import Apply, Expression, Name, names, parts
from reference.language.operations import OPERATIONS, Family, of_family
from reference.language.values import Array

LEAST = 8  # points that must say something
MORE = 4  # batches of points to find both sides of a kink
RELATIVE = 1e-8
SHAKE = 1e-14  # what every step is off by, relatively, to see how far rounding carries
SAFETY = 50.0
CLEAR = 1e-6  # of the key, by which noise must stay below it
SURE = 1e-4  # of the values, far more than rounding does where nothing cancels
NOISE = 1e-10  # of the largest part
LOSS = 1e-4  # of the terms of a sum, by which it cancels
DISCRETE = frozenset({"binary", "one-hot", "simplex"})  # domains that have equations of their own
SIZED = of_family(Family.TOTAL)
SUMS = of_family(Family.TOTAL, Family.SUM, Family.MATRIX_PRODUCT)

# What is 0 at the kinks of an operation, in terms of its arguments ``0``, ``1``, …
KINKS = {
    operation: kinks
    for operation, row in OPERATIONS.items()
    if (kinks := row.kinks(*(Name(str(index)) for index in range(row.arity))))
}

Flags = NDArray[np.bool_]
Size = Any  # absolute values at a point: a number, which is far quicker than an array of one, or an array


class Agreement(StrEnum):
    """What a comparison found."""

    EQUAL = "equal"
    DIFFERENT = "different"
    UNDECIDED = "undecided"


class Side:
    """One of two expressions that are compared, at random points.

    ``value``: (points, rows, columns).

    Args:
        known: the values of parts, by ``id``, where they are there already.
    """

    def __init__(
        self, expression: Expression, points: Points, known: Mapping[int, Array] | None = None
    ) -> None:
        self.expression = expression
        self.points = points
        self.known = known or {}
        value = self.known.get(id(expression))
        self.look(self.parts[id(expression)] if value is None else value)

    def look(self, value: Array) -> None:
        if value.ndim < 3 or value.shape[0] != COUNT:
            value = np.broadcast_to(value, (COUNT, *value.shape[-2:]))
        self.value = value
        self.is_defined = bool(np.count_nonzero(np.isfinite(value)) == value.size)

    @functools.cached_property
    def nodes(self) -> list[Expression]:
        return parts(self.expression)

    @functools.cached_property
    def parts(self) -> Mapping[int, Array]:
        """The value of every part, by its ``id``."""
        if id(self.expression) in self.known:
            return {id(node): self.known[id(node)] for node in self.nodes}
        return evaluate_parts(self.nodes, self.points.values)

    @functools.cached_property
    def operations(self) -> set[str]:
        return {node.operation for node in self.nodes if isinstance(node, Apply)}

    @functools.cached_property
    def defined(self) -> Flags:
        """(points,) where the value is a finite number, or all of them are."""
        return np.asarray(np.isfinite(self.value).all(axis=(-2, -1)))

    @functools.cached_property
    def reach(self) -> Array:
        """How far from the value another may be that is the same."""
        return np.asarray(RELATIVE * np.abs(self.value))

    @functools.cached_property
    def noise(self) -> Array:
        """(points, rows, columns): how far rounding could carry the value."""
        points, shape = self.points, self.value.shape
        shaken = evaluate_shaken(self.nodes, points.repeated, points.network.equations, SHAKE)
        shaken = np.broadcast_to(shaken, (REPEATS * COUNT, *shape[1:])).reshape(REPEATS, *shape)
        with np.errstate(all="ignore"):
            most = SAFETY * np.abs(shaken - self.value).max(axis=0)
        return np.where(np.isfinite(most), most, np.inf)

    def noise_at(self, point: int) -> float:
        """A bound on what rounding does to the value at a point; infinite where a sum cancels."""
        if point not in self.noises:
            self.noises[point] = noise_at(self.nodes, self.parts, point)
        return self.noises[point]

    @functools.cached_property
    def noises(self) -> dict[int, float]:
        return {}

    @functools.cached_property
    def kinks(self) -> list[Array]:
        """The values whose zeros are the kinks of the expression."""
        return [
            value
            for node in self.nodes
            if isinstance(node, Apply)
            for value in bends(node.operation, [self.parts[id(one)] for one in node.args])
        ]

    @functools.cached_property
    def bends(self) -> list[tuple[Flags, Flags]]:
        """For every kink, (points,) where its value is above 0 and where it is below."""
        return [(at_points(value > 0), at_points(value < 0)) for value in self.kinks]

    @functools.cached_property
    def sees_both_sides(self) -> bool:
        """Are there points on both sides of every kink?"""
        if KINKS.keys().isdisjoint(self.operations):
            return True
        return all(np.count_nonzero(kink > 0) and np.count_nonzero(kink < 0) for kink in self.kinks)

    @functools.cached_property
    def tells(self) -> bool:
        """Do the points of one batch show all that there is to see?"""
        return self.is_defined and self.sees_both_sides and not self.is_sized

    @functools.cached_property
    def rational(self) -> Rational | None:
        """The expression as a quotient of polynomials in free scalars, if it is one."""
        network, domains = self.points.network, self.points.domains
        expression = self.expression
        if names(expression) & network.equations.keys():
            expression = in_terms_of(network, expression, ())
        for name in names(expression):
            if network.shapes[name] != SCALAR or domains.get(name) in DISCRETE:
                return None
        try:
            return rational(expression)
        except NotRational:
            return None

    @functools.cached_property
    def is_sized(self) -> bool:
        """Does the value depend on a size other than through shapes?"""
        if not SIZED.isdisjoint(self.operations):
            return True
        sizes = self.points.sizes
        return any(node.name in sizes for node in self.nodes if isinstance(node, Name))

    @functools.cached_property
    def others(self) -> Side:
        """The same at other points."""
        return Side(self.expression, self.points.others)

    @functools.cached_property
    def resized(self) -> Side:
        """The same with other sizes."""
        return Side(self.expression, self.points.resized)


def bends(operation: str, args: Sequence[Array]) -> list[Array]:
    """The values whose zeros are the kinks of an operation on arguments of these values."""
    with np.errstate(all="ignore"):
        values = {str(index): value for index, value in enumerate(args)}
        return [run(kink, values) for kink in KINKS.get(operation, ())]


def noise_at(nodes: list[Expression], values: Mapping[int, Array], point: int) -> float:
    """A bound on what rounding does at a point, by the largest part; infinite where a sum cancels."""
    sizes = {key: size_at(value, point) for key, value in values.items()}
    for node in nodes:
        if node.operation in SUMS and cancels(
            node.operation, sizes[id(node)], [sizes[id(one)] for one in node.args]
        ):
            return np.inf
    return NOISE * max(map(largest, sizes.values()))


def cancels(operation: str, size: Size, args: Sequence[Size]) -> bool:
    """Does a sum of this size lose digits, by the sizes of what is summed up?"""
    if operation in ("add", "subtract"):
        terms = args[0] + args[1]
    else:
        terms = OPERATIONS[operation].value(*[np.array(one, ndmin=3) for one in args])
    enough = size >= LOSS * terms
    return not (enough if isinstance(enough, bool) else enough.all())


def size_at(value: Array, point: int) -> Size:
    """The absolute value at a point."""
    batched = value.ndim > 2 and value.shape[-3] == COUNT
    if value.size == (COUNT if batched else 1):
        return abs(value.item(point if batched else 0))
    return np.abs(value[..., point : point + 1, :, :] if batched else value)


def largest(size: Size) -> float:
    return size if isinstance(size, float) else float(size.max())


def at_points(flags: Flags) -> Flags:
    """(points,) where any entry is set."""
    if flags.ndim == 3 and flags.shape[0] == COUNT:
        return np.asarray(flags.any(axis=(-2, -1)))
    leading = tuple(range(flags.ndim - 3)) if flags.ndim > 3 else ()
    return np.broadcast_to(np.asarray(flags.any(axis=(*leading, -2, -1))), (COUNT,))


def compare(given: Expression, key: Expression, points: Points) -> Agreement:
    """Compare two resolved expressions of one shape, over names of the points' network."""
    return compare_sides(Side(given, points), Side(key, points))


def compare_sides(given: Side, key: Side) -> Agreement:
    """As :func:`compare`; a side that is kept is evaluated once."""
    found = on_both_sides(given, key)
    if found is Agreement.EQUAL and (given.is_sized or key.is_sized):
        found = on_both_sides(given.resized, key.resized)
    if found is Agreement.EQUAL and exactly_different(given, key):
        return Agreement.DIFFERENT
    return found


def on_both_sides(given: Side, key: Side) -> Agreement:
    """Compare at points on both sides of every kink, as far as they are found."""
    found = compare_at_points(given, key)
    if found is not Agreement.EQUAL:
        return found
    while True:
        if given.is_defined and key.is_defined:
            seen = given.sees_both_sides and key.sees_both_sides
            seen_by_key = seen
        else:
            kinks = [*given.bends, *key.bends]
            seen = both_sides_of(kinks, given.defined & key.defined)
            seen_by_key = both_sides_of(kinks, key.defined)
        if not seen and seen_by_key:
            return Agreement.DIFFERENT  # the answer has no value on one side
        if seen or given.points.seed >= MORE:
            return found
        given, key = given.others, key.others
        if compare_at_points(given, key) is Agreement.DIFFERENT:
            return Agreement.DIFFERENT


def both_sides_of(kinks: list[tuple[Flags, Flags]], here: Flags) -> bool:
    """Are there points on both sides of every kink, among those here?"""
    return all((above & here).any() and (below & here).any() for above, below in kinks)


def compare_at_points(given: Side, key: Side) -> Agreement:
    """Compare at one batch of points."""
    with np.errstate(all="ignore"):
        gap = np.abs(given.value - key.value)
        if np.count_nonzero(gap <= key.reach) == gap.size and key.is_defined:
            return Agreement.EQUAL
        reach = np.maximum(given.reach, key.reach)
        apart = gap - reach
    if not (given.is_defined and key.is_defined):
        both = given.defined & key.defined
        if not both.any():
            nowhere = not given.defined.any() and key.defined.sum() >= LEAST
            return Agreement.DIFFERENT if nowhere else Agreement.UNDECIDED
        apart = np.where(both[:, None, None], apart, -1.0)
    place = int(apart.argmax())
    point = place // apart[0].size
    size = float(reach[point].max()) / RELATIVE
    most = apart.flat[place]
    if most > SURE * size and most > max(given.noise_at(point), key.noise_at(point)):
        return Agreement.DIFFERENT
    return in_noise(given, key, gap, reach)


def in_noise(given: Side, key: Side, gap: Array, reach: Array) -> Agreement:
    """The same where rounding may play a part."""
    noise = given.noise + key.noise
    defined = given.defined & key.defined
    with np.errstate(all="ignore"):
        apart = (gap > reach + noise).any(axis=(-2, -1))
        size = np.abs(key.value).max(axis=(-2, -1), keepdims=True)
        clear = ((noise <= CLEAR * size) | (gap == 0)).all(axis=(-2, -1))
    if (apart & defined).any():
        return Agreement.DIFFERENT
    return Agreement.EQUAL if (clear & defined).sum() >= LEAST else Agreement.UNDECIDED


def exactly_different(given: Side, key: Side) -> bool:
    """Do two rational functions of scalars differ, however little?"""
    if key.rational is None or given.rational is None:
        return False
    try:
        return not given.rational.agrees(key.rational)
    except NotRational:  # too large to tell
        return False
