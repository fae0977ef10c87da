"""Do two expressions agree wherever both are defined?

They are evaluated at seeded random points, never simplified. If they agree there, and either turns
somewhere, they are compared just beside its turns and far out as well. Where both are rational functions
of scalars, agreement is confirmed exactly. A point where either side is undefined says nothing, unless cases
leave it out, and a point says nothing either where rounding alone could explain what is found there; where too few points
are left, the question is not decided.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum

import numpy as np
from msgspec import Struct

from reference.counting.polynomial import NotRational, Rational, rational
from reference.derivatives.named import in_terms_of
from reference.equivalence.around import FULL, MOST, SMALL, Around, Effort, around, is_too_much
from reference.equivalence.noise import TINY, Flags, hidden, noise_at, noises_at
from reference.equivalence.points import REPEATS, SHAKE, SamplePoints
from reference.equivalence.turns import TURNING, place, turns
from reference.language.dimensions import SCALAR
from reference.language.evaluating import evaluate_parts, evaluate_shaken
from reference.language.expression import (
    Apply,
    Expression,
    Name,
    fold,
    names,
    parts,
)
from reference.language.indexed.rows import rule_of
from reference.language.operations import Family, of_family
from reference.language.structures import leaves_out, otherwise_nothing
from reference.language.values import Array

LEAST = 8  # points that must say something
RELATIVE = 1e-8
SAFETY = 50.0
CLEAR = 1e-6  # of the key, by which noise must stay below it
SURE = 1e-4  # of the values, far more than rounding does where nothing cancels
FAINT = 1e-10  # beside inputs of size 1: what rounding does to names that are computed from them may be as much
DISCRETE = frozenset({"binary", "one-hot", "simplex"})  # domains that have equations of their own
SIZED = of_family(Family.TOTAL)
TOGETHER = 4  # turns of sides that are all compared with one
KEPT = 4  # sets of turns around which a side is kept

Turns = dict[frozenset[Expression], Expression]  # place → what is 0 there


class Agreement(StrEnum):
    """What a comparison found."""

    EQUAL = "equal"
    DIFFERENT = "different"
    UNDECIDED = "undecided"


class Witness(Struct, frozen=True):
    """An entry at which most differences are plain, with its place, its point and its value.

    ``least``: by how much another side must differ there to be another for sure.
    """

    place: int
    point: int
    value: float
    least: float


class Side:
    """One of two expressions that are compared, at random points.

    ``value``: (points, rows, columns).

    Args:
        known: the values of parts, by ``id``, where they are there already.
    """

    def __init__(
        self, expression: Expression, points: SamplePoints, known: Mapping[int, Array] | None = None
    ) -> None:
        self.expression = expression
        self.points = points
        self.known = known or {}
        value = self.known.get(id(expression))
        self.look(self.parts[id(expression)] if value is None else value)

    def look(self, value: Array) -> None:
        count = self.points.count
        if value.ndim < 3 or value.shape[0] != count:
            value = np.broadcast_to(value, (count, *value.shape[-2:]))
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
    def filled(self) -> Expression:
        """The expression, with 0 where none of some cases holds."""
        if not any(map(leaves_out, self.nodes)):
            return self.expression
        return fold(self.expression, otherwise_nothing)

    @functools.cached_property
    def left_out(self) -> Flags:
        """(points,) where none of some cases holds, and that alone makes the value no number."""
        if self.filled is self.expression:
            return np.zeros(self.points.count, bool)
        return Side(self.filled, self.points).defined & ~self.defined

    @functools.cached_property
    def reach(self) -> Array:
        """How far from the value another may be that is the same."""
        return np.asarray(RELATIVE * np.abs(self.value))

    @functools.cached_property
    def noise(self) -> Array:
        """(points, rows, columns): how far rounding could carry the value, and the names in it."""
        points, shape = self.points, self.value.shape
        shaken = evaluate_shaken(self.nodes, points.shaken, points.network.equations, SHAKE)
        shaken = np.broadcast_to(shaken, (REPEATS * shape[0], *shape[1:])).reshape(REPEATS, *shape)
        with np.errstate(all="ignore"):
            most = SAFETY * np.abs(shaken - self.value).max(axis=0) + self.hidden
        return np.where(np.isfinite(most), most, np.inf)

    @functools.cached_property
    def reach_in_noise(self) -> Array:
        """How far from the value another may be that is the same, where rounding plays a part."""
        return self.reach + self.noise

    @functools.cached_property
    def clearest(self) -> list[tuple[int, float]]:
        """The points at which noise stays furthest below what is compared, and how much of it another side may add."""
        with np.errstate(all="ignore"):
            size = np.abs(self.value).max(axis=(-2, -1))
            left = CLEAR * size - self.noise.max(axis=(-2, -1))
        return [(int(point), float(left[point])) for point in np.argsort(-left)[:LEAST]]

    @functools.cached_property
    def hidden(self) -> Array:
        """How far underflow could carry the value, and jumps that are too near."""
        with np.errstate(all="ignore"):
            return hidden(self.nodes, self.parts, self.points.movable)

    def noise_at(self, point: int) -> float:
        """A bound on what rounding does to the value at a point; infinite where a value is lost."""
        if point not in self.noises:
            self.noises[point] = noise_at(self.nodes, self.parts, point)
        return self.noises[point]

    @functools.cached_property
    def witness(self) -> Witness | None:
        """The largest entry at a point at which noise hides nothing, if there is one.

        Where a name is 0, as a label may be, mistakes with it do not show: other points come first.
        """
        count, values = self.points.count, self.points.values
        shown = np.zeros(count, int)
        for name in sorted(names(self.expression) & values.keys()):
            value = values[name]
            if value.ndim == 3 and len(value) == count:
                shown += np.count_nonzero(value, axis=(-2, -1))
        sizes = np.abs(self.value).reshape(count, -1)
        for point in map(int, np.argsort(-shown, kind="stable")):
            entry = int(sizes[point].argmax())
            least = max(SURE * float(sizes[point, entry]), FAINT)
            if self.noise_at(point) < least:
                place = point * sizes.shape[1] + entry
                return Witness(place, point, self.value.item(place), least)
        return None

    def is_clear_where(self, clearest: Sequence[tuple[int, float]]) -> bool:
        """Is what rounding does at some points no more than another side leaves there?"""
        points, left = zip(*clearest, strict=True)
        return bool((noises_at(self.nodes, self.parts, points) <= left).all())

    @functools.cached_property
    def noises(self) -> dict[int, float]:
        return {}

    @functools.cached_property
    def turns(self) -> Turns:
        """What is 0 where the expression turns, by its place."""
        found: Turns = {}
        if TURNING.isdisjoint(self.operations):
            return found
        for node in self.nodes:
            if isinstance(node, Apply) and node.operation in TURNING:
                args = [self.parts[id(one)] for one in node.args]
                found |= {place(turn): turn for turn in turns(node, args, self.points)}
        return found

    @functools.cached_property
    def is_there(self) -> bool:
        """Is the value at enough points more than nothing, so that it can be no underflow?"""
        with np.errstate(all="ignore"):
            there = (np.abs(self.value) >= TINY).any(axis=(-2, -1))
        return bool(np.count_nonzero(there & self.defined) >= LEAST)

    def at(self, points: SamplePoints) -> Side:
        """The same at other points."""
        return Side(self.expression, points)

    @functools.cached_property
    def all_turns(self) -> Turns:
        """The turns, and those of the names in it."""
        network, found = self.points.network, {**self.turns}
        above = {one for name in names(self.expression) for one in network.ancestors(name)}
        for name in sorted(above & network.equations.keys()):
            found |= Side(network.equations[name], self.points).turns
        return found

    def elsewhere(self, key: Side) -> Turns:
        """The turns that another side has not."""
        return {place: turn for place, turn in self.turns.items() if place not in key.all_turns}

    @functools.cached_property
    def beside(self) -> Side | None:
        """The same beside its turns, and far out; nothing where it has none."""
        return self.around(self.all_turns)

    def beside_others(self, turns: Turns, effort: Effort = FULL) -> Side | None:
        """The same beside other turns, which are kept for the next to have them."""
        places = frozenset(turns)
        if places not in self.others:
            if len(self.others) >= KEPT:
                del self.others[next(iter(self.others))]
            self.others[places] = self.around(turns, effort)
        return self.others[places]

    @functools.cached_property
    def others(self) -> dict[frozenset[frozenset[Expression]], Side | None]:
        return {}

    def around(self, turns: Turns, effort: Effort = FULL) -> Side | None:
        every = [*(self.all_turns | turns).values()]
        points = around(self.filled, [*turns.values()], every, self.points, effort)
        return None if points is None else self.at(points)

    @functools.cached_property
    def turns_too_much(self) -> bool:
        return is_too_much(self.expression, [*self.all_turns.values()], self.points)

    def is_too_much(self, turns: Turns) -> bool:
        """Is a search beside turns more work than one answer may cause?"""
        if turns == self.all_turns:
            return self.turns_too_much
        return is_too_much(self.expression, [*turns.values()], self.points)

    @functools.cached_property
    def rational(self) -> Rational | None:
        """The expression as a quotient of polynomials in free scalars, if it is one."""
        network, domains = self.points.network, self.points.domains
        expression = self.expression
        above = {one for name in names(expression) for one in network.ancestors(name)}
        for name in above - network.equations.keys():
            if network.shapes[name] != SCALAR or domains.get(name) in DISCRETE:
                return None
        if names(expression) & network.equations.keys():
            expression = in_terms_of(network, expression, ())
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
        rules = [(node, rule) for node in self.nodes if (rule := rule_of(node)) is not None]
        limits = {
            id(one)
            for node, rule in rules
            if rule.is_entrywise
            for one in node.args[len(rule.axes) :]
        }
        named = (node for node in self.nodes if isinstance(node, Name) and id(node) not in limits)
        return any(node.name in sizes for node in named)

    @functools.cached_property
    def resized(self) -> Side:
        """The same with other sizes."""
        return Side(self.expression, self.points.resized)


def compare(given: Expression, key: Expression, points: SamplePoints) -> Agreement:
    """Compare two resolved expressions of one shape, over names of the points' network."""
    return compare_sides(Side(given, points), Side(key, points))


def compare_several(
    given: Sequence[Side], key: Side, prove: bool = False, once: bool = False
) -> Iterator[Agreement]:
    """Compare sides with the same one: the turns of all are looked for together, as each search takes long.

    Args:
        prove: only what is equal matters, so nothing that is not decided is looked at again.
        once: nothing else is compared with that one, so its own turns are looked for with the others.
    """
    elsewhere: Turns = {}
    for one in given:
        elsewhere |= one.elsewhere(key)
    every = turns_of_all(given, key) if once else None
    return (compare_sides(one, key, elsewhere, every, prove) for one in given)


def turns_of_all(given: Sequence[Side], key: Side) -> Turns:
    """The turns of some sides, those that all have last; and those of the names in them, unless the names in all are the same."""
    own = names(key.expression)
    found = key.turns if all(names(one.expression) == own for one in given) else key.all_turns
    for one in given:
        found = found | one.turns
    shared = frozenset(key.turns).intersection(*(one.turns for one in given))
    return dict(sorted(found.items(), key=lambda item: item[0] in shared))


def compare_sides(
    given: Side,
    key: Side,
    elsewhere: Turns | None = None,
    every: Turns | None = None,
    prove: bool = False,
) -> Agreement:
    """As :func:`compare`; a side that is kept is evaluated once.

    Args:
        elsewhere: where the sides to compare turn and the key does not, if there are more of them.
        every: all turns that matter, if they are looked for together.
        prove: as in :func:`compare_several`.
    """
    found = compare_at_points(given, key)
    if found is Agreement.EQUAL and (given.is_sized or key.is_sized):
        found = compare_at_points(given.resized, key.resized)
    if prove and found is not Agreement.EQUAL:
        return found
    if found is not Agreement.DIFFERENT and (given.turns or key.turns):
        beside = compare_at_turns(given, key, elsewhere, every)
        found = found if beside is Agreement.EQUAL else beside
    if found is Agreement.EQUAL and exactly_different(given, key):
        return Agreement.DIFFERENT
    return found


def compare_at_turns(
    given: Side, key: Side, elsewhere: Turns | None = None, every: Turns | None = None
) -> Agreement:
    """Compare beside the turns of the key, and beside those of the other side, or of all others, that are elsewhere."""
    if every is not None and (len(every) <= MOST or len(given.elsewhere(key)) <= MOST):
        return compare_beside_all(given, key, [every], SMALL)
    own = given.elsewhere(key)
    if len(own) > MOST:
        return Agreement.UNDECIDED
    if elsewhere and own and len(elsewhere) > len(own):
        if len(elsewhere) + len(key.all_turns) > TOGETHER:
            return Agreement.UNDECIDED
        own = elsewhere
    return compare_beside_all(given, key, [key.all_turns, own], FULL)


def compare_beside_all(
    given: Side, key: Side, sought: Sequence[Turns], effort: Effort
) -> Agreement:
    """Compare beside some turns after others."""
    sought = [*filter(None, sought)]
    if any(map(key.is_too_much, sought)):
        return Agreement.UNDECIDED
    for own in sought:
        kept = effort is FULL and own == key.all_turns
        there = key.beside if kept else key.beside_others(own, effort)
        found = Agreement.EQUAL if there is None else compare_beside(given, there)
        if found is not Agreement.EQUAL:
            return found
    return Agreement.EQUAL


def compare_beside(given: Side, key: Side) -> Agreement:
    """Compare at points around turns, at which the key is."""
    points = key.points
    assert isinstance(points, Around)
    there = given.at(points)
    found = compare_at_points(there, key)
    if found is Agreement.UNDECIDED and points.count < LEAST:
        return Agreement.EQUAL  # they are too few to ask for more
    if found is Agreement.DIFFERENT or there.is_defined:
        return found
    lacks_a_side = any(one_sided(turn, there.defined) for turn in points.turned)
    return Agreement.DIFFERENT if lacks_a_side else found


def one_sided(turn: Array, here: Flags) -> bool:
    """Are all points on one side of a turn missing here?"""
    return any(
        ((np.count_nonzero(side, axis=0) >= LEAST) & ~side[here].any(axis=0)).any()
        for side in (turn > 0, turn < 0)
    )


def compare_at_points(given: Side, key: Side) -> Agreement:
    """Compare at one batch of points."""
    with np.errstate(all="ignore"):
        gap = np.abs(given.value - key.value)
        if np.count_nonzero(gap <= key.reach) == gap.size and key.is_defined and key.is_there:
            return Agreement.EQUAL
        reach = np.maximum(given.reach, key.reach)
        apart = gap - reach
    if not (given.is_defined and key.is_defined):
        both = given.defined & key.defined
        if (given.left_out & key.defined | key.left_out & given.defined).any():
            return Agreement.DIFFERENT
        if not both.any():
            nowhere = not given.defined.any() and key.defined.sum() >= LEAST
            return Agreement.DIFFERENT if nowhere else Agreement.UNDECIDED
        apart = np.where(both[:, None, None], apart, -1.0)
    place = int(apart.argmax())
    point = place // apart[0].size
    size = float(reach[point].max()) / RELATIVE
    most = apart.flat[place]
    sure = most > max(SURE * size, FAINT)
    if sure and most > max(given.noise_at(point), key.noise_at(point)):
        return Agreement.DIFFERENT
    if is_within_noise(gap, key) and given.is_clear_where(key.clearest):
        return Agreement.EQUAL
    return in_noise(given, key, gap, reach)


def is_within_noise(gap: Array, key: Side) -> bool:
    """Is what is between a side and the key, which is there at all points, no more than the key's own noise?"""
    if not (key.is_defined and key.is_there):
        return False
    return bool(np.count_nonzero(gap <= key.reach_in_noise) == gap.size)


def in_noise(given: Side, key: Side, gap: Array, reach: Array) -> Agreement:
    """The same where rounding may play a part."""
    noise = given.noise + key.noise
    defined = given.defined & key.defined
    with np.errstate(all="ignore"):
        apart = (gap > reach + noise).any(axis=(-2, -1))
        size = np.abs(key.value).max(axis=(-2, -1), keepdims=True)
        shown = (given.hidden == 0) & (key.hidden == 0)
        clear = ((noise <= CLEAR * size) | ((gap == 0) & shown)).all(axis=(-2, -1))
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
