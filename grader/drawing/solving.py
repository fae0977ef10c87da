"""Columns of values → columns of keys; the one stage that calls the reference solvers."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from typing import NamedTuple

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from grader.answers import Construct, Key, glance
from grader.bank import Tolerance
from grader.drawing.batch import Columns, stacked
from grader.drawing.wrong_answers import WrongValue, wrong_values
from grader.memo import memoized
from grader.model import (
    Blank,
    ConstructAsked,
    Constructed,
    Count,
    DataSufficiency,
    Drawn,
    Fixed,
    Listed,
    Literal,
    Model,
    Symbolic,
    Tally,
    Value,
    drawn_value,
)
from grader.pools import Pool
from reference.derivatives.rounding import Bound, Rounding, least, prepare
from reference.language.dimensions import SCALAR
from reference.language.values import Array

Flags = NDArray[np.bool_]


class Numbers(Struct, frozen=True):
    """``values``: of every name of the network; ``within``: the distance within which an entry of a key is right."""

    values: dict[str, Array]
    within: dict[str, Array]


class Least(NamedTuple):
    """What is asked; of each variant its value, but for noise, and a distance within which an answer is right in any case."""

    asked: Value
    values: Array
    within: Array


class Solved(Struct, frozen=True, eq=False, dict=True):
    """Columns with their keys, which are worked out when they are first asked for.

    ``numbers``: what is behind the keys, where it is known already; ``faults``: reason → (batch,) flags, set where the draw
    would make a bad question.
    """

    columns: Columns
    numbers: Numbers | None = None
    faults: dict[str, Flags] = {}

    @property
    def model(self) -> Model:
        return self.columns.model

    @property
    def batch(self) -> int:
        return len(self.columns.seeds)

    @functools.cached_property
    def found(self) -> Numbers:
        return self.numbers or numbers(self.columns)

    @property
    def values(self) -> dict[str, Array]:
        return self.found.values

    @property
    def within(self) -> dict[str, Array]:
        return self.found.within

    @functools.cached_property
    def least(self) -> dict[str, Least]:
        """Address → what is known of a number without the bounds on rounding, where these are not known yet."""
        return {} if self.numbers else least_known(self.columns)

    def glance(self, blank: Blank, row: int) -> Key | None:
        """A key by which an answer is right only if it is so by the blank's own; nothing where that is as quick."""
        if blank.address not in self.least:
            return None
        asked, values, within = self.least[blank.address]
        return glance(values.item(row), within.item(row), asked.labels, asked.unit)

    def only(self, kept: Flags) -> Solved:
        """Some of the variants; arrays that are the same for all have no batch axis, and stay."""
        values = {
            name: array[kept] if array.ndim > 2 and len(array) == self.batch else array
            for name, array in self.values.items()
        }
        within = {name: array[kept] for name, array in self.within.items()}
        return Solved(self.columns.only(kept), Numbers(values, within))

    @property
    def everything(self) -> dict[str, Array]:
        """All drawn and computed values."""
        return {**self.columns.known(), **self.values}

    @functools.cached_property
    def wrong(self) -> dict[str, list[tuple[WrongValue, Array]]]:
        """Target → the mistakes in it, with their values (batch, rows, columns)."""
        found: dict[str, list[tuple[WrongValue, Array]]] = {}
        known = self.everything
        for mistake, values in chain(
            wrong_values(self.model, known), wrong_values(self.model, known, named_only=True)
        ):
            found.setdefault(mistake.target, []).append((mistake, batched(values, self.batch)))
        return found

    def at(self, rows: Sequence[int], names: Iterable[str] | None = None) -> dict[str, Array]:
        """The values of some variants, each (len(rows), rows, columns); all of them unless named."""
        every = self.everything
        return {name: batched(every[name], self.batch)[rows] for name in names or every}

    @property
    def good(self) -> Flags:
        """(batch,) the draws without a fault."""
        flags = np.zeros(self.batch, dtype=bool)
        for fault in self.faults.values():
            flags |= fault
        return ~flags

    def keys(self, row: int) -> dict[str, tuple[Blank, Key]]:
        """Address → blank and key of one variant."""
        return {
            blank.address: (blank, blank.fixed or self.key(blank, row))
            for blank in self.model.blanks
        }

    def key(self, blank: Blank, row: int) -> Key:
        match blank.source:
            case Value(target) as asked:
                is_scalar = self.model.network.shapes[target] == SCALAR
                axes = () if is_scalar else self.model.lengths(target, self.sizes(row))
                value, within = self.values[target][row], self.within[target][row]
                return drawn_value(axes, value, within, asked)
            case Count() | Tally() as count:
                return count.key(self.sizes(row))
            case Drawn():
                return self.pool(blank, row).key(self.columns.orders[blank.address][row])
            case Literal(values) as literal:
                found, within = (
                    [number for one in values for number in each[one.target][row].flat]
                    for each in (self.values, self.within)
                )
                return literal.key(found, within)
            case Listed() as listed:
                return listed.key(self.deciding(blank, row))
            case DataSufficiency(question):
                return question.key
            case Constructed(of=asked) as part:
                return part.key(whole(self, asked, row))
            case Fixed(key) | Symbolic(key):
                return key

    def pool(self, blank: Blank, row: int) -> Pool:
        """What a blank draws from, as the numbers of one variant decide it."""
        pool = self.model.pools[blank.address]
        if not blank.deciding:
            return pool
        return pool.settled(self.columns.orders[blank.address][row], self.ranks(blank, row))

    def undecided(self, blank: Blank, row: int) -> bool:
        """Do the numbers of a variant make no question of the order that was drawn, or no sequence?"""
        match blank.source:
            case Listed() as listed:
                return not listed.fits(self.deciding(blank, row))
        order = self.columns.orders[blank.address][row]
        return self.model.pools[blank.address].unfit(order, self.ranks(blank, row))

    def ranks(self, blank: Blank, row: int) -> dict[str, float]:
        """Id of a text → the number that decides about it in one variant."""
        return {one: numbers[0] for one, numbers in self.deciding(blank, row).items()}

    def deciding(self, blank: Blank, row: int) -> dict[str, list[float]]:
        """The numbers that decide about a text or a token in one variant, by its id or by their name."""
        values = self.at([row], blank.deciding.values())
        return {one: values[name].ravel().tolist() for one, name in blank.deciding.items()}

    def sizes(self, row: int) -> dict[str, int]:
        """The sizes of one variant."""
        return {name: int(column[row]) for name, column in self.columns.sizes.items()}


@memoized
def whole(solved: Solved, asked: ConstructAsked, row: int) -> Construct:
    """What is constructed in one variant."""
    known = solved.columns.known()
    here = {name: known[name][row : row + 1] for name in asked.needs}
    return asked.variant(here, solved.sizes(row))


def numbers(columns: Columns) -> Numbers:
    """What is behind the keys of a batch, in a few passes over all of it."""
    model, batch = columns.model, len(columns.seeds)
    if not (model.measured or model.deciding):
        return Numbers({}, {})
    known = columns.known()
    values = model.network.evaluate(known)
    for name in (*(asked.target for asked in model.measured), *model.kinks):
        values[name] = batched(values[name], batch)  # a constant has no batch of its own
    rounding = rounding_bounds(model, known)
    within = {
        asked.target: batched(distance(asked, values[asked.target], rounding), batch)
        for asked in model.measured
    }
    for (name, _), bound in rounding.items():
        values[name] = batched(bound.values, batch)
    return Numbers(values, within)


def least_known(columns: Columns) -> dict[str, Least]:
    """Address → what is known without bounds on rounding of a number whose tolerance is derived from them."""
    model, batch, known = columns.model, len(columns.seeds), columns.known()
    numbers = {
        one.target: one for one in model.numbers if model.network.shapes[one.target] == SCALAR
    }
    found = {}
    for rounding in roundings(model).values():
        asked = [numbers[name] for name in rounding.targets if name in numbers]
        answers = rounding.steps.evaluate(known) if asked else {}
        values = np.array([batched(answers[one.target], batch)[:, 0, 0] for one in asked])
        for one, value, within in zip(asked, values, least(values), strict=True):
            found[one.address] = Least(one, value, within)
    return found


def joined(parts: Sequence[Solved]) -> Solved:
    """Solved columns of one structure below each other."""
    if len(parts) == 1:
        return parts[0]
    return Solved(
        stacked([part.columns for part in parts]),
        Numbers(
            {
                name: np.concatenate([batched(part.values[name], part.batch) for part in parts])
                for name in parts[0].values
            },
            {
                name: np.concatenate([part.within[name] for part in parts])
                for name in parts[0].within
            },
        ),
    )


def batched(array: Array, batch: int) -> Array:
    return np.broadcast_to(array, (batch, *array.shape[-2:]))


def rounding_bounds(model: Model, known: Mapping[str, Array]) -> dict[tuple[str, int], Bound]:
    """(name, decimals) → how far rounding to so many decimals can move it."""
    return {
        (name, decimals): found
        for decimals, rounding in roundings(model).items()
        for name, found in rounding.bounds(known, 10.0**-decimals).items()
    }


@memoized
def roundings(model: Model) -> dict[int, Rounding]:
    """Decimals → what is needed to bound the keys that are rounded so."""
    wanted: dict[int, list[str]] = {}
    for asked in model.measured:
        if by_rounding(asked.tolerance):
            wanted.setdefault(asked.tolerance.rounding or 3, []).append(asked.target)
    return {decimals: prepare(model.network, names) for decimals, names in wanted.items()}


def by_rounding(tolerance: Tolerance) -> bool:
    """Is this the default kind, or one that only says to how many decimals?"""
    stated = (tolerance.absolute, tolerance.relative, tolerance.decimals, tolerance.significant)
    return not tolerance.exact and all(value is None for value in stated)


def distance(asked: Value, value: Array, rounding: Mapping[tuple[str, int], Bound]) -> Array:
    """How far each entry of a key may be off."""
    tolerance, size = asked.tolerance, np.abs(value)
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
    return rounding[asked.target, tolerance.rounding or 3].within
