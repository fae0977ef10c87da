"""Points just beside the places where expressions turn, on both sides of each, and far out.

A turn is an expression that is 0 there. Straight lines are laid through ordinary points and others, in random directions of the
space of inputs; where a turn comes nearest to 0 on a line is found by searching ever smaller intervals.
"""

from __future__ import annotations

import functools
from collections.abc import Container, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from reference.equivalence.points import COUNT, Points
from reference.equivalence.turns import KINKS, by_point
from reference.language.evaluating import evaluate, evaluate_further, evaluate_shaken
from reference.language.expression import (
    Apply,
    Expression,
    apply,
    fold,
    names,
    number,
    parts,
    rebuild,
)
from reference.language.roles import Role, role
from reference.language.values import Array

Flags = NDArray[np.bool_]

MOST = 12  # turns that are looked for
DISTANCES = (2e-10, 4e-10, 8e-10, 1e-8, 1e-7, 1e-4, 1e-2, 1.0)  # from a turn, by its value
SCALES = (0, 9)  # powers of ten by which the inputs of a line may be scaled
TRIES = 5  # lines for every distance, side and scale
ALL = 20  # of all turns together, at most
CANDIDATES = 4096  # points from which far ones are chosen
FAR = 11  # powers of ten by which their inputs may be scaled
EXTREME = 3  # of them, with the largest and the smallest values of every turn
OTHERS = 16  # of them, whatever their values
STEPS = 10.0 ** np.arange(-3, 12)
GRID = np.concatenate([-STEPS[::-1], [0.0], STEPS])  # places on a line where a turn is looked for
ORDINARY = 100.0  # places that are preferred
INNER = np.linspace(0, 1, 17)  # places in an interval
WIDE = 30.0  # powers of e by which positive inputs and odds move at most
SHORT = 1e-3  # way from a turn on which it grows evenly
ROUNDS = 6  # of smaller intervals, each an eighth of the one before
WIDTHS = (1e-6, 1e-9)  # of the last intervals, where a turn is straight
ROOM = 2**21  # entries that a search may hold at a time
SHAKE = 1e-14  # of inputs and steps, to see how sure a value is
SAFETY = 50.0
LEAST = 1e-10  # from a turn: nearer, forms that are equal round to one side or the other
SHARE = 1e-3  # of a value, by which it must change at its kinks to say something of them
CORNERS = frozenset({"relu", "leaky_relu", "abs"})
TINY = np.finfo(np.float64).tiny


class Around(Points, frozen=True, eq=False, dict=True):
    """Points that were chosen, by their inputs; ``turns``: those from which they keep a distance."""

    placed: Mapping[str, Array] = {}
    turns: tuple[Expression, ...] = ()
    number: int = 0

    @property
    def count(self) -> int:
        return self.number

    @functools.cached_property
    def values(self) -> dict[str, Array]:
        found = self.network.evaluate(self.placed)
        return {
            name: np.broadcast_to(value, (self.count, *value.shape[-2:]))
            for name, value in found.items()
        }

    @functools.cached_property
    def turned(self) -> list[Array]:
        """(points, entries) of every turn."""
        return [by_point(evaluate(turn, self.values), self.count) for turn in self.turns]


def around(
    expression: Expression,
    sought: Sequence[Expression],
    turns: Sequence[Expression],
    points: Points,
    weight: int = 1,
) -> Around | None:
    """Points at which an expression has something to say; nothing where there are none.

    Args:
        sought: the turns beside which the points are.
        turns: those from which all points keep a distance.
        weight: entries of the largest value at one point.
    """
    if not sought:
        return None
    generator = np.random.Generator(np.random.Philox(key=points.seed + 1000))
    sought = sought[:MOST]
    tries = min(TRIES, ALL // len(sought), ROOM // (weight * len(GRID) * len(CLASSES)))
    with np.errstate(all="ignore"):
        placed = [
            far(expression, sought, turns, points, generator, min(CANDIDATES, ROOM // weight))
        ]
        for turn in sought:
            lines = beside(turn, points, generator, max(1, tries))
            if lines is not None:
                found, kind = lines
                fit = telling(expression, turns, points, found, generator)
                placed.append(taken(found, first_of_each(kind, fit)))
        together = {name: np.concatenate([one[name] for one in placed]) for name in placed[0]}
    count = len(next(iter(together.values())))
    if not count:
        return None
    return Around(
        points.network,
        points.domains,
        points.sizes,
        points.seed,
        placed=together,
        turns=tuple(turns),
        number=count,
    )


def values_of(
    turns: Sequence[Expression],
    points: Points,
    placed: Mapping[str, Array],
    shake: float = 0.0,
) -> Array:
    """(points, entries) of all turns, one after the other; every step may be off by a share."""
    count = len(next(iter(placed.values())))
    network = points.network.pruned({name for turn in turns for name in names(turn)})
    known = network.evaluate(placed)
    values = (
        evaluate_shaken(parts(turn), known, network.equations, shake)
        if shake
        else evaluate(turn, known)
        for turn in turns
    )
    return np.concatenate([by_point(value, count) for value in values], axis=1)


def taken(placed: Mapping[str, Array], rows: NDArray[np.intp]) -> dict[str, Array]:
    return {name: value[rows] for name, value in placed.items()}


# Lines

# Of a line: the distance from the turn, the side, and by which powers of ten its inputs may be scaled
CLASSES = [(near, side, scale) for near in DISTANCES for side in (-1, 1) for scale in SCALES]


class Lines:
    """Straight lines through points, one each, in random directions: ``scales`` (lines,) are powers of ten.

    Positive inputs move by factors, probabilities by their odds; what has no values between its values stays. Abstract
    functions are scaled as well.
    """

    def __init__(self, points: Points, scales: Array, generator: np.random.Generator) -> None:
        self.points, self.count = points, len(scales)
        rows = generator.integers(0, COUNT, len(scales))
        network = points.network
        self.start = {
            name: value[rows]
            for name, value in points.values.items()
            if name not in network.equations
        }
        self.scale, self.slope = {}, {}
        functions = {name for name in self.start if role(name) is Role.FUNCTION}
        for name in sorted(points.free | functions):
            powers = scales * generator.uniform(-1, 1, len(scales))
            self.scale[name] = 10.0 ** powers[:, None, None]
            self.slope[name] = generator.normal(0, 1, self.start[name].shape)
            if name in functions:
                self.slope[name] *= 0

    def at(self, places: Array, wanted: Container[str] | None = None) -> dict[str, Array]:
        """The inputs, or some of them, at (lines, places): (lines · places, rows, columns)."""
        step = places[..., None, None]
        found = {}
        for name, start in self.start.items():
            if wanted is not None and name not in wanted:
                continue
            value = start[:, None]
            if name not in self.slope:
                value = np.broadcast_to(value, (*places.shape, *start.shape[1:]))
            else:
                way, scale = step * self.slope[name][:, None], self.scale[name][:, None]
                match self.points.domains.get(name, "real"):
                    case "positive":
                        value = scale * value * np.exp(way.clip(-WIDE, WIDE))
                    case "probability":
                        value = 1 / (1 + (1 / value - 1) * np.exp(-way.clip(-WIDE, WIDE)))
                    case _:
                        value = scale * (value + way)
            found[name] = value.reshape(-1, *start.shape[1:])
        return found


class Track:
    """One entry of a turn along each of some lines."""

    def __init__(self, turn: Expression, lines: Lines, generator: np.random.Generator) -> None:
        self.turn, self.lines = turn, lines
        network = lines.points.network
        self.used = {one for name in names(turn) for one in network.ancestors(name)}
        self.chosen = generator.uniform(0, 1, lines.count)

    def values(self, places: Array) -> Array:
        """(lines, places)."""
        found = values_of([self.turn], self.lines.points, self.lines.at(places, self.used))
        entry = (self.chosen * found.shape[1]).astype(int).repeat(places.shape[1])
        return np.asarray(found[np.arange(len(found)), entry].reshape(places.shape))

    def sizes(self, places: Array) -> Array:
        """(lines, places) how far it is from 0."""
        found = np.abs(self.values(places))
        return np.where(np.isnan(found), np.inf, found)

    def zeros(self, low: Array, high: Array) -> Array:
        """(lines,) where it comes nearest to 0 within an interval."""
        for _ in range(ROUNDS):
            places = low[:, None] + (high - low)[:, None] * INNER
            best = self.sizes(places).argmin(axis=1).clip(1, len(INNER) - 2)
            each = np.arange(len(best))
            low, high = places[each, best - 1], places[each, best + 1]
        middle = self.between(low, high)
        for width in WIDTHS:
            reach = width * np.maximum(1, np.abs(middle))
            middle = self.between(middle - reach, middle + reach)
        return middle

    def between(self, low: Array, high: Array) -> Array:
        """(lines,) where it is 0, if it is straight and changes its sign."""
        first, last = self.sizes(np.stack([low, high], axis=1)).T
        share = first / (first + last)
        return low + (high - low) * np.where(np.isfinite(share), share, 0.5)


def beside(
    turn: Expression, points: Points, generator: np.random.Generator, tries: int
) -> tuple[dict[str, Array], NDArray[np.intp]] | None:
    """Inputs beside a turn and the class of each, first those that are as near as they should be."""
    kind = np.repeat(np.arange(len(CLASSES)), tries)
    distance, side, scale = np.array(CLASSES).T[:, kind]
    lines = Lines(points, scale, generator)
    track = Track(turn, lines, generator)
    sizes = track.sizes(np.broadcast_to(GRID, (lines.count, len(GRID))))
    low, high, found = intervals(sizes, generator)
    if not found.any():
        return None
    middle = track.zeros(low, high)
    unit = np.maximum(1, np.abs(middle))
    slope = track.values((middle + SHORT * unit)[:, None])[:, 0] / (SHORT * unit)
    distance = distance * np.where(scale > 0, np.maximum(1, np.abs(slope) * unit), 1)
    places = (middle + side * distance / slope)[:, None]
    near = np.abs(track.values(places)[:, 0] - side * distance) < distance / 2
    rows = np.concatenate([np.flatnonzero(found & near), np.flatnonzero(found & ~near)])
    return taken(lines.at(places), rows), kind[rows]


def intervals(sizes: Array, generator: np.random.Generator) -> tuple[Array, Array, Flags]:
    """Of each line, the ends of an interval of the grid within which a size is least, and whether there is one."""
    before, here, after = sizes[:, :-2], sizes[:, 1:-1], sizes[:, 2:]
    least = (here <= before) & (here <= after) & ((here < before) | (here < after))
    preference = generator.uniform(0, 1, least.shape) + (np.abs(GRID[1:-1]) <= ORDINARY)
    best = np.where(least, preference, -1.0).argmax(axis=1)
    return GRID[best], GRID[best + 2], np.asarray(least.any(axis=1))


# Which points say something


def telling(
    expression: Expression,
    turns: Sequence[Expression],
    points: Points,
    placed: Mapping[str, Array],
    generator: np.random.Generator,
) -> Flags:
    """(points,) where no turn is too near, and an expression has values, whichever side of a kink counts."""
    moved = {
        name: value * (1 + SHAKE * generator.uniform(-1, 1, value.shape))
        if name in points.free
        else value
        for name, value in placed.items()
    }
    here = values_of(turns, points, placed)
    shaken = values_of(turns, points, moved, SHAKE)
    sure = (np.abs(here) > SAFETY * np.abs(shaken - here)) & (np.abs(here) >= LEAST)
    count = len(here)
    found = np.asarray((sure | ((here == 0) & (shaken == 0))).all(axis=1))
    values = points.network.pruned(names(expression)).evaluate(placed)
    one, other = branches(expression)
    known: dict[int, Array] = {}
    for each in (expression, one, other):
        evaluate_further(parts(each), values, known)
    found &= np.isfinite(by_point(known[id(expression)], count)).all(axis=1)
    one_way, other_way = (by_point(known[id(each)], count) for each in (one, other))
    size = np.maximum(np.abs(one_way), np.abs(other_way))
    gap = np.abs(one_way - other_way)
    matters = ((gap > SHARE * size) & (gap >= TINY)).any(axis=1)
    return np.asarray(found & matters if (found & matters).any() else found)


def branches(expression: Expression) -> tuple[Expression, Expression]:
    """An expression on either side of all its kinks."""
    return (
        fold(expression, lambda node, args: branch(rebuild(node, args), 0)),
        fold(expression, lambda node, args: branch(rebuild(node, args), 1)),
    )


def branch(node: Expression, side: int) -> Expression:
    """What an operation with a kink is on one side, or something like it."""
    if not isinstance(node, Apply) or node.operation not in KINKS:
        return node
    if node.operation in ("max", "min"):
        return node.args[side]
    if side:
        return apply("fill", number(0), node)
    return node.args[0] if node.operation in CORNERS else apply("fill", number(1), node)


def first_of_each(kind: NDArray[np.intp], fit: Flags) -> NDArray[np.intp]:
    """The place of the first that fits of every kind."""
    places = np.flatnonzero(fit)
    return places[np.unique(kind[places], return_index=True)[1]]


def far(
    expression: Expression,
    sought: Sequence[Expression],
    turns: Sequence[Expression],
    points: Points,
    generator: np.random.Generator,
    candidates: int,
) -> dict[str, Array]:
    """Inputs of all sizes, among them those where the turns are as large and as small as they become."""
    lines = Lines(points, np.full(candidates, FAR), generator)
    placed = lines.at(np.zeros((candidates, 1)))
    rows = np.flatnonzero(telling(expression, turns, points, placed, generator))
    placed = taken(placed, rows)
    chosen = [np.arange(min(OTHERS, len(rows)))]
    for turn in sought if len(rows) else ():
        value = values_of([turn], points, placed)
        chosen += [value.max(axis=1).argsort()[-EXTREME:], value.min(axis=1).argsort()[:EXTREME]]
    return taken(placed, np.unique(np.concatenate(chosen)))
