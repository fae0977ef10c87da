"""Do two expressions agree wherever both are defined?

They are evaluated at seeded random points, never simplified. Where both are rational functions of
scalars, agreement is confirmed exactly. A point where either side is undefined says nothing; where too
few points are left, the question is not decided.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from enum import StrEnum

import numpy as np
from msgspec import Struct, structs

from reference.kinks import kinks_of
from reference.language.evaluating import evaluate, magnitudes
from reference.language.expression import Expression, names
from reference.language.operations import SCALAR, Size
from reference.language.values import Array
from reference.network import Network, Symbols
from reference.polynomial import NotRational, rational

COUNT = 32  # points
LEAST = 8  # points at which both sides must be defined
MORE = 6  # batches of points to find both sides of a kink
RELATIVE = 1e-8
NOISE = 1e-12  # relative to the largest intermediate value at a point
SPREADS = (
    0.3,
    1.0,
    1.0,
    1.0,
    1.0,
    1.0,
    3.0,
    10.0,
)  # of the values, from the first points to the last


class Agreement(StrEnum):
    """What a comparison found."""

    EQUAL = "equal"
    DIFFERENT = "different"
    UNDECIDED = "undecided"


class Points(Struct, frozen=True, eq=False, dict=True):
    """Values of every name of a network at random points that satisfy its equations.

    ``domains``: of the inputs and parameters: real (unless given), positive, probability, binary,
    one-hot, simplex, integer. ``sizes``: a number for each size; no two the same, so that no shapes
    fit by chance.
    """

    network: Network
    domains: Mapping[str, str] = {}
    sizes: Mapping[str, int] = {}
    seed: int = 1

    @functools.cached_property
    def values(self) -> dict[str, Array]:
        """Name → (points, rows, columns)."""
        return draw(self)

    @functools.cached_property
    def others(self) -> Points:
        """As many other points."""
        return structs.replace(self, seed=self.seed + 1)


def draw(points: Points) -> dict[str, Array]:
    """Values of every name, those of equations computed."""
    network, sizes = points.network, points.sizes
    generator = np.random.Generator(np.random.Philox(key=points.seed))
    values = {name: np.full((COUNT, 1, 1), float(size)) for name, size in sizes.items()}
    symbols = network.symbols
    for name in symbols.indices:
        places = number_of(symbols.indices[name], sizes)
        others = [values[other] for other in apart(name, symbols) if other in values]
        values[name] = place(generator, places, others)
    for name in sorted(network.shapes.keys() - network.equations.keys() - values.keys()):
        rows, columns = (number_of(size, sizes) for size in network.shapes[name])
        domain = points.domains.get(name, "real")
        values[name] = sample(generator, domain, (COUNT, rows, columns))
    return network.evaluate(values)


def number_of(size: Size, sizes: Mapping[str, int]) -> int:
    return size if isinstance(size, int) else sizes[size]


def apart(name: str, symbols: Symbols) -> set[str]:
    """The indices that stand for another place than ``name``."""
    return {*symbols.apart.get(name, ())} | {
        other for other, names in symbols.apart.items() if name in names
    }


def place(generator: np.random.Generator, places: int, others: list[Array]) -> Array:
    """Random places from 1 on that differ from those of other indices."""
    free = np.ones((COUNT, places))
    for other in others:
        free[np.arange(COUNT), other[:, 0, 0].astype(int) - 1] = 0
    chosen = (generator.uniform(0.1, 1, free.shape) * free).argmax(axis=1) + 1
    return np.asarray(chosen, dtype=np.float64)[:, None, None]


def sample(generator: np.random.Generator, domain: str, shape: tuple[int, int, int]) -> Array:
    """Random values of a domain; a column of a one-hot or a simplex has the sum 1."""
    scale = np.repeat(SPREADS, COUNT // len(SPREADS))[:, None, None]
    match domain:
        case "positive":
            return np.asarray(np.exp(0.7 * generator.normal(0, 1, shape) * scale))
        case "probability":
            return generator.uniform(0.05, 0.95, shape)
        case "binary":
            return generator.integers(0, 2, shape).astype(float)
        case "integer":
            return generator.integers(1, 9, shape).astype(float)
        case "one-hot":
            chosen = generator.integers(0, shape[1], (shape[0], 1, shape[2]))
            hot = np.arange(shape[1])[None, :, None] == chosen
            return np.asarray(hot, dtype=np.float64)
        case "simplex":
            weights = np.exp(generator.normal(0, 1, shape))
            return np.asarray(weights / weights.sum(axis=1, keepdims=True))
    return np.asarray(generator.normal(0, 1, shape) * scale)


def compare(left: Expression, right: Expression, points: Points) -> Agreement:
    """Compare two resolved expressions of one shape, over names of the points' network."""
    found = at_points(left, right, points)
    while found is Agreement.EQUAL and points.seed < MORE and one_sided(left, right, points):
        points = points.others
        found = at_points(left, right, points)
    if found is Agreement.EQUAL and exactly_different(left, right, points.network):
        return Agreement.DIFFERENT
    return found


def at_points(left: Expression, right: Expression, points: Points) -> Agreement:
    """Compare at given points, relative to the values and to what cancelled on the way to them."""
    first, first_size = magnitudes(left, points.values)
    second, second_size = magnitudes(right, points.values)
    with np.errstate(all="ignore"):
        reach = RELATIVE * np.maximum(np.abs(first), np.abs(second))
        reach = reach + NOISE * np.maximum(first_size, second_size)
        apart = (np.abs(first - second) > reach).any(axis=(-2, -1))
    finite = np.isfinite(first) & np.isfinite(second)
    defined = np.broadcast_to(finite.all(axis=(-2, -1)), (COUNT,))
    if defined.sum() < LEAST:
        return Agreement.UNDECIDED
    return Agreement.DIFFERENT if (apart & defined).any() else Agreement.EQUAL


def one_sided(left: Expression, right: Expression, points: Points) -> bool:
    """Do all points lie on one side of a kink that one of the expressions has?"""
    shapes = points.network.shapes
    for kink in [*kinks_of(left, shapes), *kinks_of(right, shapes)]:
        value = evaluate(kink, points.values)
        if not ((value > 0).any() and (value < 0).any()):
            return True
    return False


def exactly_different(left: Expression, right: Expression, network: Network) -> bool:
    """Do two rational functions of scalars differ, however little?"""
    if any(network.shapes[name] != SCALAR for name in names(left) | names(right)):
        return False
    try:
        return not rational(left).agrees(rational(right))
    except NotRational:
        return False
