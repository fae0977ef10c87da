"""Straight lines through the space of inputs, and where on them an expression turns.

The lines run through ordinary points and scaled ones, in random directions. Where a turn comes nearest to 0 on a line is found by
searching ever smaller intervals.
"""

from __future__ import annotations

import functools
from collections.abc import Container, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from reference.equivalence.points import COUNT, SamplePoints
from reference.equivalence.turns import by_point
from reference.language.evaluating import evaluate_parts, evaluate_parts_shaken
from reference.language.expression import Expression, names, parts
from reference.language.roles import Role, role
from reference.language.values import Array

Flags = NDArray[np.bool_]
Rows = NDArray[np.intp]

DISTANCES = (2e-10, 4e-10, 8e-10, 1e-8, 1e-7, 1e-4, 1e-2, 1.0)  # from a turn, by its value
SCALES = (0, 9)  # powers of ten by which the inputs of a line may be scaled
STEPS = 10.0 ** np.arange(-3, 12)
GRID = np.concatenate([-STEPS[::-1], [0.0], STEPS])  # places on a line where a turn is looked for
ORDINARY = 100.0  # places that are preferred
INNER = np.linspace(0, 1, 17)  # places in an interval
LOG_TEN = np.log(10.0)
WIDE = 30.0  # powers of e by which positive inputs and odds move at most
SHORT = 1e-3  # way from a turn on which it grows evenly
ROUNDS = 6  # of smaller intervals, each an eighth of the one before
WIDTHS = (1e-6, 1e-9)  # of the last intervals, where a turn is straight

# Of a line: the distance from the turn, the side, and by which powers of ten its inputs may be scaled
CLASSES = [(near, side, scale) for near in DISTANCES for side in (-1, 1) for scale in SCALES]


def values_of(
    turns: Sequence[Expression],
    points: SamplePoints,
    placed: Mapping[str, Array],
    shake: float = 0.0,
) -> Array:
    """(points, entries) of all turns, one after the other; every step may be off by a share."""
    known = known_at(turns, points, placed)
    nodes = [node for turn in turns for node in parts(turn)]  # what they share is evaluated once
    if shake:
        found = evaluate_parts_shaken(nodes, known, points.network.equations, shake)
    else:
        found = evaluate_parts(nodes, known)
    return beside_each_other(turns, found, known)


def known_at(
    expressions: Sequence[Expression], points: SamplePoints, placed: Mapping[str, Array]
) -> dict[str, Array]:
    """Inputs with all that some expressions are computed from."""
    used = {name for one in expressions for name in names(one)}
    return points.network.pruned(used).evaluate(placed)


def beside_each_other(
    turns: Sequence[Expression], found: Mapping[int, Array], known: Mapping[str, Array]
) -> Array:
    """(points, entries) of turns whose values are found, at the points of what is known."""
    count = len(next(iter(known.values())))
    return np.concatenate([by_point(found[id(turn)], count) for turn in turns], axis=1)


class Lines:
    """Straight lines through points, one each, in random directions: ``scales`` (lines,) are powers of ten.

    Positive inputs move by factors, probabilities by their odds; what has no values between its values stays. Abstract
    functions are scaled as well.

    Args:
        wanted: the inputs that are drawn; the others may be added later.
        rows: the points; random ones unless they are given.
    """

    def __init__(
        self,
        points: SamplePoints,
        scales: Array,
        generator: np.random.Generator,
        wanted: Container[str],
        rows: Rows | None = None,
    ) -> None:
        self.points, self.count = points, len(scales)
        self.scales, self.generator = scales, generator
        self.rows = generator.integers(0, COUNT, len(scales)) if rows is None else rows
        network = points.network
        self.start = {
            name: value[self.rows]
            for name, value in points.values.items()
            if name not in network.equations and name in wanted
        }
        self.scale = {}
        functions = {name for name in self.start if role(name) is Role.FUNCTION}
        for name in sorted((points.free | functions) & self.start.keys()):
            powers = scales * generator.uniform(-1, 1, len(scales))
            self.scale[name] = np.exp(LOG_TEN * powers)[:, None, None]
            if points.domains.get(name) != "probability":
                self.start[name] = self.start[name] * self.scale[name]

    @functools.cached_property
    def slope(self) -> dict[str, Array]:
        """The directions, drawn when a place is not where its line starts."""
        found = {}
        for name, scale in self.scale.items():
            if role(name) is not Role.FUNCTION:
                found[name] = self.generator.normal(0, 1, self.start[name].shape)
                if self.points.domains.get(name, "real") not in ("positive", "probability"):
                    found[name] *= scale
        return found

    def everything_at(self, places: Array, chosen: Rows) -> dict[str, Array]:
        """All inputs at a place on each of some of the lines, which is given for all: (chosen, rows, columns)."""
        others = self.points.values.keys() - self.start.keys()
        lines = Lines(
            self.points, self.scales[chosen], self.generator, others, rows=self.rows[chosen]
        )
        return {**self.at(places[chosen], chosen=chosen), **lines.at(places[chosen])}

    def at(
        self,
        places: Array,
        wanted: Container[str] | None = None,
        chosen: Rows | slice = slice(None),
    ) -> dict[str, Array]:
        """The inputs, or some of them, at (lines, places) of some lines: (lines · places, rows, columns)."""
        step = places[..., None, None]
        slopes = self.slope if places.any() else {}
        found = {}
        for name, start in self.start.items():
            if wanted is not None and name not in wanted:
                continue
            value = start[chosen, None]
            if name not in slopes:
                value = np.broadcast_to(value, (*places.shape, *start.shape[1:]))
            else:
                way = step * slopes[name][chosen, None]
                match self.points.domains.get(name, "real"):
                    case "positive":
                        value = value * np.exp(way.clip(-WIDE, WIDE))
                    case "probability":
                        value = 1 / (1 + (1 / value - 1) * np.exp(-way.clip(-WIDE, WIDE)))
                    case _:
                        value = value + way
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
    turn: Expression,
    points: SamplePoints,
    generator: np.random.Generator,
    tries: int,
    wanted: Container[str],
) -> tuple[Lines, Array, Rows, Rows]:
    """Lines, a place on each that is beside a turn, the lines that have such places, and the class of each line.

    The lines are in order: first those on which the place is as near as it should be.
    """
    kind = np.repeat(np.arange(len(CLASSES)), tries)
    distance, side, scale = np.array(CLASSES).T[:, kind]
    lines = Lines(points, scale, generator, wanted)
    track = Track(turn, lines, generator)
    sizes = track.sizes(np.broadcast_to(GRID, (lines.count, len(GRID))))
    low, high, found = intervals(sizes, generator)
    if not found.any():
        return lines, low[:, None], np.flatnonzero(found), kind
    middle = track.zeros(low, high)
    unit = np.maximum(1, np.abs(middle))
    slope = track.values((middle + SHORT * unit)[:, None])[:, 0] / (SHORT * unit)
    distance = distance * np.where(scale > 0, np.maximum(1, np.abs(slope) * unit), 1)
    places = (middle + side * distance / slope)[:, None]
    near = np.abs(track.values(places)[:, 0] - side * distance) < distance / 2
    rows = np.concatenate([np.flatnonzero(found & near), np.flatnonzero(found & ~near)])
    return lines, places, rows, kind


def intervals(sizes: Array, generator: np.random.Generator) -> tuple[Array, Array, Flags]:
    """Of each line, the ends of an interval of the grid within which a size is least, and whether there is one."""
    before, here, after = sizes[:, :-2], sizes[:, 1:-1], sizes[:, 2:]
    least = (here <= before) & (here <= after) & ((here < before) | (here < after))
    preference = generator.uniform(0, 1, least.shape) + (np.abs(GRID[1:-1]) <= ORDINARY)
    best = np.where(least, preference, -1.0).argmax(axis=1)
    return GRID[best], GRID[best + 2], np.asarray(least.any(axis=1))
