"""Columns of values → columns of keys; the one stage that calls the reference solvers.

Here a draw is also found wanting: where a ``require`` fails, a value is too near a kink, or an answer
that takes no work would be marked right.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from grader.answers import ChoiceKey, CountKey, Key, MatrixKey, NumberKey
from grader.asking import Asked, count_text
from grader.columns import Columns
from grader.model import Model
from grader.records import Blank, Tolerance
from reference import polynomial
from reference.language.evaluating import evaluate
from reference.language.expression import Apply, Expression
from reference.language.operations import SCALAR, Array
from reference.rounding import Rounding, prepare

GUARD = 1e-9  # no decision hangs on the last bits of a machine's arithmetic
STRUCTURAL = 0.2  # share of random points at which a key equals a given value by its nature
PROBES = 64

Flags = NDArray[np.bool_]


class Solved(Struct, frozen=True):
    """Columns with their keys.

    ``values``: every name of the network; ``within``: the distance within which an entry of a key is
    right; ``faults``: reason → (batch,) flags, set where the draw would make a bad question.
    """

    columns: Columns
    values: dict[str, Array]
    within: dict[str, Array]
    faults: dict[str, Flags]

    @property
    def model(self) -> Model:
        return self.columns.model

    @property
    def good(self) -> Flags:
        """(batch,) the draws without a fault."""
        flags = np.zeros(len(self.columns.seeds), dtype=bool)
        for fault in self.faults.values():
            flags |= fault
        return ~flags

    def keys(self, row: int) -> dict[str, tuple[Blank, Key]]:
        """Address → blank and key of one variant."""
        return {asked.address: (asked.blank, self.key(asked, row)) for asked in self.model.asked}

    def key(self, asked: Asked, row: int) -> Key:
        if asked.choose is not None:
            return choice_key(asked, self.columns.orders[asked.address][row])
        if asked.terms is not None:
            return self.count_key(asked, row)
        value = self.values[asked.target]
        value, within = value[row % len(value)], self.within[asked.target][row]
        if self.model.network.shapes[asked.target] == SCALAR:
            return NumberKey(float(value[0, 0]), float(within[0, 0]))
        return MatrixKey(value.tolist(), within.tolist())

    def count_key(self, asked: Asked, row: int) -> CountKey:
        assert asked.terms is not None
        if asked.names:
            return CountKey(count_text(asked.terms), asked.names)
        sizes = {name: int(column[row]) for name, column in self.columns.sizes.items()}
        return CountKey(str(polynomial.at(asked.terms, sizes)))


def choice_key(asked: Asked, order: list[str]) -> ChoiceKey:
    assert asked.choose is not None
    right = [name for name in order if name != "none" and asked.choose.options[name].right]
    return ChoiceKey(right[0] if right else "none", tuple(order))


def solve(columns: Columns, only_good: bool = False) -> Solved:
    """Keys, tolerances and faults of a batch, in a few passes over all of it.

    With ``only_good``, a batch without one good draw is given up as soon as that is clear.
    """
    model, batch = columns.model, len(columns.seeds)
    faults: dict[str, Flags] = {}
    if not model.targets and not model.require:
        return Solved(columns, {}, {}, faults)
    known = columns.known()
    values = model.network.evaluate(known) if model.targets else known
    faults["require"] = np.zeros(batch, dtype=bool)
    for condition in model.require:
        faults["require"] |= ~holds(condition, values, batch)
    if not model.targets or (only_good and faults["require"].all()):
        return Solved(columns, values, {}, faults)
    rounding = rounding_bounds(model, known)
    within = {
        asked.target: spread(
            distance(asked.tolerance, values[asked.target], rounding, asked), batch
        )
        for asked in model.targets
    }
    faults["undefined"] = undefined(model, values, batch)
    faults["kink"] = np.zeros(batch, dtype=bool)
    for kink in model.kinks:
        near = np.abs(values[kink]) <= rounding[kink, 3] + GUARD
        faults["kink"] |= near.any(axis=(-2, -1))
    faults["trivial"] = trivial(model, columns, values, within, batch)
    return Solved(columns, values, within, faults)


def spread(array: Array, batch: int) -> Array:
    return np.broadcast_to(array, (batch, *array.shape[-2:]))


def rounding_bounds(model: Model, known: Mapping[str, Array]) -> dict[tuple[str, int], Array]:
    """(name, decimals) → how far rounding to so many decimals can move it."""
    return {
        (name, decimals): found
        for decimals, rounding in roundings(model).items()
        for name, found in rounding.bounds(known, 10.0**-decimals).items()
    }


@functools.lru_cache(maxsize=1024)
def roundings(model: Model) -> dict[int, Rounding]:
    """Decimals → what is needed to bound the names that are rounded so."""
    wanted: dict[int, list[str]] = {3: list(model.kinks)}
    for asked in model.targets:
        if by_rounding(asked.tolerance):
            wanted.setdefault(asked.tolerance.rounding or 3, []).append(asked.target)
    return {decimals: prepare(model.network, names) for decimals, names in wanted.items()}


def by_rounding(tolerance: Tolerance) -> bool:
    """Is this the default kind, or one that only says to how many decimals?"""
    stated = (tolerance.absolute, tolerance.relative, tolerance.decimals, tolerance.significant)
    return not tolerance.exact and all(value is None for value in stated)


def distance(
    tolerance: Tolerance, value: Array, rounding: Mapping[tuple[str, int], Array], asked: Asked
) -> Array:
    """How far each entry of a key may be off."""
    size = np.abs(value)
    if tolerance.exact:
        return np.zeros_like(size)
    if tolerance.absolute is not None or tolerance.relative is not None:
        return np.maximum(tolerance.absolute or 0.0, (tolerance.relative or 0.0) * size)
    if tolerance.decimals is not None:
        return np.full_like(size, 0.5 * 10.0**-tolerance.decimals)
    if tolerance.significant is not None:
        with np.errstate(divide="ignore"):
            exponent = np.floor(np.log10(np.where(size > 0, size, 1.0)))
        return np.asarray(0.5 * 10.0 ** (exponent - tolerance.significant + 1))
    return rounding[asked.target, tolerance.rounding or 3]


def holds(condition: Expression, values: Mapping[str, Array], batch: int) -> Flags:
    """(batch,) where a comparison holds by more than the guard, so alike on every machine."""
    assert isinstance(condition, Apply)
    left, right = (evaluate(side, values) for side in condition.args)
    gap = left - right if condition.operation in ("gt", "ge") else right - left
    least = GUARD if condition.operation in ("gt", "lt") else -GUARD
    return np.broadcast_to((gap > least).all(axis=(-2, -1)), (batch,))


def undefined(model: Model, values: Mapping[str, Array], batch: int) -> Flags:
    flags = np.zeros(batch, dtype=bool)
    for asked in model.targets:
        flags |= ~np.isfinite(values[asked.target]).all(axis=(-2, -1))
    return flags


def trivial(
    model: Model,
    columns: Columns,
    values: Mapping[str, Array],
    within: Mapping[str, Array],
    batch: int,
) -> Flags:
    """(batch,) where 0, or a given value that is not the answer by nature, would be marked right."""
    flags = np.zeros(batch, dtype=bool)
    by_nature = structural(model, tuple((n, v.shape[-2:]) for n, v in columns.values.items()))
    for asked in model.targets:
        if asked.may_be_trivial:
            continue
        key, reach = values[asked.target], within[asked.target] + GUARD
        flags |= (np.abs(key) <= reach).all(axis=(-2, -1))
        if model.network.shapes[asked.target] == SCALAR:
            for name in scalars(model):
                if (asked.target, name) not in by_nature:
                    flags |= (np.abs(key - values[name]) <= reach)[..., 0, 0]
    return flags


def scalars(model: Model) -> list[str]:
    return [name for name in model.sampled if model.network.shapes[name] == SCALAR]


@functools.lru_cache(maxsize=1024)
def structural(
    model: Model, shapes: tuple[tuple[str, tuple[int, int]], ...]
) -> frozenset[tuple[str, str]]:
    """(target, given name) pairs that agree by nature, as dz/db = w does where a unit is active.

    Found at random points, where values do not agree by chance.
    """
    generator = np.random.Generator(np.random.Philox(key=2))
    known: dict[str, Array] = {
        name: np.full((1, 1, 1), max(model.grids[name])) for name in model.sizes
    }
    for name, shape in shapes:
        known[name] = generator.uniform(-1, 1, (PROBES, *shape))
    values = model.network.evaluate(known)
    pairs = set()
    for asked in model.targets:
        if model.network.shapes[asked.target] != SCALAR:
            continue
        for name in scalars(model):
            equal = np.abs(values[asked.target] - values[name]) <= GUARD
            if equal.mean() >= STRUCTURAL:
                pairs.add((asked.target, name))
    return frozenset(pairs)
