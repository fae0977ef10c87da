"""Random points that satisfy the equations of a network, at which expressions are compared."""

from __future__ import annotations

import functools
import itertools
from collections.abc import Mapping

import numpy as np
from msgspec import Struct, structs

from reference.equivalence.sizes import fitting_sizes, has_formulas
from reference.language.dimensions import length
from reference.language.evaluating import evaluate_all, evaluate_all_shaken
from reference.language.rewrites import Facts
from reference.language.values import Array
from reference.network import Network

COUNT = 32  # points
REPEATS = 3  # of every point, where what rounding does is looked for
SHAKE = 1e-14  # what every step is off by there, relatively
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
CONTINUOUS = frozenset({"real", "positive", "probability"})  # domains
OTHER_SIZES = (
    5,
    11,
    4,
    13,
    7,
    17,
    6,
    19,
)  # out of order, so that no relation of the first ones holds


class SamplePoints(Struct, frozen=True, eq=False, dict=True):
    """Values of every name of a network at random points that satisfy its equations.

    ``domains``: of the inputs and parameters: real (unless given), positive, probability, binary,
    one-hot, simplex, integer. ``sizes``: a number for each size; no two the same, so that no shapes
    fit by chance.
    """

    network: Network
    domains: Mapping[str, str] = {}
    sizes: Mapping[str, int] = {}
    seed: int = 1

    @property
    def count(self) -> int:
        return COUNT

    @functools.cached_property
    def facts(self) -> Facts:
        """What closed forms are made by."""
        network = self.network
        hot = {name for name, domain in self.domains.items() if domain in ("one-hot", "simplex")}
        soft = {name for name, one in network.equations.items() if one.operation == "softmax"}
        indices = network.symbols.indices
        apart = {name: frozenset(network.symbols.others(name)) for name in indices}
        return Facts(network.shapes, frozenset(hot | soft), apart)

    @functools.cached_property
    def free(self) -> frozenset[str]:
        """The inputs and parameters between whose values there are others."""
        network, given = self.network, {*self.sizes, *self.network.symbols.shapes}
        return frozenset(
            name
            for name in network.shapes.keys() - network.equations.keys() - given
            if self.domains.get(name, "real") in CONTINUOUS
        )

    @functools.cached_property
    def movable(self) -> frozenset[str]:
        """These, and all that is computed from them."""
        found = {*self.free}
        for name in self.network.equations:
            if self.network.edges(name) & found:
                found.add(name)
        return frozenset(found)

    @functools.cached_property
    def values(self) -> dict[str, Array]:
        """Name → (points, rows, columns)."""
        return draw(self)

    @functools.cached_property
    def shaken(self) -> dict[str, Array]:
        """The values some times one after the other, as other rounding would make them: (``REPEATS`` · points, rows, columns)."""
        repeated = {name: np.concatenate([value] * REPEATS) for name, value in self.values.items()}
        moving = {name: one for name, one in self.network.equations.items() if name in self.movable}
        return evaluate_all_shaken(moving, repeated, SHAKE)

    @functools.cached_property
    def resized(self) -> SamplePoints:
        """Points with other sizes."""
        if has_formulas(self.network):
            other = {**self.sizes, **fitting_sizes(self.network, self.sizes)}
            return structs.replace(self, sizes=other)
        other = dict(zip(self.sizes, itertools.cycle(OTHER_SIZES), strict=False))
        return structs.replace(self, sizes=other)


def draw(points: SamplePoints) -> dict[str, Array]:
    """Values of every name, those of equations computed."""
    network = points.network
    sizes = {**points.sizes, **network.symbols.fixed}
    generator = np.random.Generator(np.random.Philox(key=points.seed))
    values = {name: np.full((COUNT, 1, 1), float(size)) for name, size in sizes.items()}
    symbols = network.symbols
    for name in symbols.indices:
        places = length(symbols.indices[name], sizes)
        others = [values[other] for other in symbols.others(name) if other in values]
        values[name] = place(generator, places, others)
    for name in sorted(network.shapes.keys() - network.equations.keys() - values.keys()):
        rows, columns = (length(size, sizes) for size in network.shapes[name])
        domain = points.domains.get(name, "real")
        values[name] = sample(generator, domain, (COUNT, rows, columns))
    found = evaluate_all(network.equations, values, on_paper=False)
    return {
        name: np.broadcast_to(value, (COUNT, *value.shape[-2:])) for name, value in found.items()
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
