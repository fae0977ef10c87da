"""How far an answer may be off that is computed by hand: what the steps lose, carried on, and what writing it down does.

To first order, a value v that is off by u moves a result r by abs(dr/dv) u (Higham, *Accuracy and Stability of
Numerical Algorithms*, section 3.3, running over the graph instead of a program). What all lose alike may add
up. What each loses by chance does not: it is independent and uniform, and √3 times the root of the sum of
squares of what it may be at most is three standard deviations of the whole.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping, Sequence
from itertools import accumulate, pairwise

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from reference.derivatives.digits import (
    EDGE,
    FIGURES,
    Flags,
    SideBySide,
    exponent,
    half,
    side_by_side,
    snapped,
)
from reference.derivatives.losses import Loss, StepLoss, losses
from reference.derivatives.reverse_mode import differentiate, sum_terms
from reference.derivatives.steps import factors, in_steps, links, origin
from reference.language.dimensions import SCALAR
from reference.language.evaluating import evaluate_all
from reference.language.expression import Apply, Expression, Name
from reference.language.operations import OPERATIONS
from reference.language.roles import derivative_name
from reference.language.values import Array
from reference.network import Network

TOTAL = "all targets"
SMALL = 2000  # entries of targets; with more than these, large arrays cost more than further calls
FEW = 100  # variants that are never cut apart
MAX_CELLS = 10_000_000  # entries of targets, times those of the largest step, over all variants looked at together
SECOND_ORDER = (
    1.01  # the share that the first order leaves out, for answers that hang on no step too much
)
ANSWER = 0.005  # of an answer: half a unit of 1.00, the third figure where it is coarsest
SHORT = (
    1e-6  # of a unit in the last of three figures, which a number of three figures may be off by
)


class Sensitivity(Struct, frozen=True):
    """How targets move with the steps before them.

    ``adjoints``: the equations of the derivatives of ``of``, which is the target or the sum of all, those of
    all entries of the targets along the first axis. ``written``: the steps that are written down, each with
    (targets,) 0 where its result is the answer, whose own rounding is counted already, else 1; nothing where it is 1 for all.
    """

    targets: tuple[str, ...]
    of: str
    adjoints: dict[str, Expression]
    written: dict[str, NDArray[np.int64] | None]


class Bound(Struct, frozen=True):
    """Of a target, (batch, rows, columns) each: how far it can be off, which entries are clean, and its values, these
    without the noise of floating point.
    """

    within: Array
    clean: Flags
    values: Array


class Rounding(Struct, frozen=True, dict=True):
    """What is needed to bound targets at any values; prepared once for a network."""

    steps: Network
    targets: tuple[str, ...]

    def bounds(self, values: Mapping[str, Array], unit: float = 1e-3) -> dict[str, Bound]:
        """How far each target can be off when values are rounded on the way to it.

        Args:
            values: of the inputs, parameters and constants, each (batch, rows, columns).
            unit: one unit in the last place kept of what is not small; 1e-3 is three decimals.
        """
        if not self.targets:
            return {}
        batch, rows = batch_of(values), self.rows(values)
        if batch > rows:
            parts = [self.bounds(cut(values, at, at + rows), unit) for at in range(0, batch, rows)]
            return {name: joined([part[name] for part in parts]) for name in self.targets}
        known = {
            name: array if array.ndim > 2 else array[None]
            for name, array in self.steps.evaluate(values).items()
        }
        lost = losses(self.steps, self.chains, known, unit)
        answers = side_by_side({name: known[name] for name in self.targets})
        clean = np.empty(answers.flat.shape, bool)
        for name in self.targets:
            answers.part(clean, name)[:] = lost[name].clean
        with np.errstate(all="ignore"):
            exact = np.where(clean, snapped(answers.flat), answers.flat)
            moved = np.empty(answers.flat.shape)
            for name, one in self.carried(known, lost).items():
                answers.part(moved, name)[:] = one
            within = moved + own_rounding(answers, clean, moved, unit)
        return {
            name: Bound(
                answers.part(within, name),
                answers.part(clean, name),
                answers.part(exact, name),
            )
            for name in self.targets
        }

    def rows(self, values: Mapping[str, Array]) -> int:
        """How many variants are looked at together, as what one entry of a target moves with is kept for each entry."""
        if batch_of(values) <= FEW:
            return FEW
        known = self.steps.evaluate(cut(values, 0, 1))
        entries = sum(known[name].size for name in self.targets)
        return max(FEW, MAX_CELLS // (entries * max(one.size for one in known.values())))

    def carried(self, known: Mapping[str, Array], lost: Mapping[str, StepLoss]) -> dict[str, Array]:
        """How far targets move with what the steps before them lose."""
        if sum(known[target].size for target in self.targets) <= SMALL:
            found = carried(self.together, known, lost)
            if all(np.isfinite(one).all() for one in found.values()):
                return found  # else 0 times the infinite derivative of another target may be in it
        return {
            name: one for each in self.alone for name, one in carried(each, known, lost).items()
        }

    @functools.cached_property
    def chains(self) -> dict[str, tuple[Expression, ...]]:
        """The steps that are written down, each with the factors of the chain of products that ends in it."""
        return {
            name: factors(self.steps, name)
            for name, expression in self.steps.equations.items()
            if isinstance(expression, Apply) and not OPERATIONS[expression.operation].keeps_digits
        }

    @functools.cached_property
    def together(self) -> Sensitivity:
        """All targets side by side: fewer calls, and larger arrays."""
        return sensitivity(self.steps, self.targets)

    @functools.cached_property
    def alone(self) -> list[Sensitivity]:
        """Each target by itself."""
        return [sensitivity(self.steps, (target,)) for target in self.targets]


def cut(values: Mapping[str, Array], first: int, last: int) -> dict[str, Array]:
    """Some variants of a batch; what is the same for all stays."""
    alike = {name for name, one in values.items() if one.ndim < 3 or len(one) == 1}
    return {name: one if name in alike else one[first:last] for name, one in values.items()}


def batch_of(values: Mapping[str, Array]) -> int:
    """How many variants there are."""
    return max((len(one) for one in values.values() if one.ndim > 2), default=1)


def joined(parts: Sequence[Bound]) -> Bound:
    """The bounds of a batch that was cut; those that are the same for all once."""
    first, *_ = parts
    return Bound(
        *(
            np.concatenate([getattr(one, field) for one in parts])
            if len(getattr(first, field)) > 1
            else getattr(first, field)
            for field in Bound.__struct_fields__
        )
    )


def prepare(network: Network, targets: Iterable[str]) -> Rounding:
    """What is needed to bound targets, which are computed names, in a network written out in steps."""
    wanted = tuple(targets)
    return Rounding(in_steps(network.pruned(wanted)), wanted)


def bounds(
    network: Network, targets: Iterable[str], values: Mapping[str, Array], unit: float = 1e-3
) -> dict[str, Bound]:
    """As :meth:`Rounding.bounds`, for one use."""
    return prepare(network, targets).bounds(values, unit)


def own_rounding(answers: SideBySide[str], clean: Flags, moved: Array, unit: float) -> Array:
    """How far off answers are that are given to three figures, or with as many decimals as the steps.

    Nothing where an answer comes out even: it is clean, and whole or of at most three figures. One that is whole, but clean to
    nobody, comes out even in three figures where it was ``moved`` by less than half a unit of the third.
    """
    sizes, decimal = np.abs(answers.flat), half(answers.largest, unit)
    whole, short, third = evenness(answers.flat)
    even = short & (moved < third / 2)
    share = np.where(whole, np.where(even, 0.0, third / 2), ANSWER * sizes)
    rough = np.maximum(share, decimal)
    return np.where(clean & (whole | short), 0.0, rough)


def evenness(answers: Array) -> tuple[Flags, Flags, Array]:
    """Which answers are whole, and which have at most three figures; one unit of the third."""
    sizes = np.abs(answers)
    third = 10.0 ** (exponent(sizes) - FIGURES + 1)
    figures = sizes / third
    whole = np.abs(answers - np.rint(answers)) <= EDGE
    return whole, np.abs(figures - np.rint(figures)) <= SHORT, third


@np.errstate(all="ignore")
def least(answers: Array) -> Array:
    """How far off answers may be whatever the steps before them lose: not at all where they may come out even."""
    whole, short, _ = evenness(answers)
    return np.where(whole | short, 0.0, ANSWER * np.abs(answers))


def sensitivity(steps: Network, targets: tuple[str, ...]) -> Sensitivity:
    """Differentiate targets, as one sum of them where they are several, by every step before them."""
    used = {name for target in targets for name in steps.ancestors(target)}
    inner = {name for name in used for name in links(steps, name)}
    last = [origin(steps, target) for target in targets]
    written = {
        name: np.array([int(name != one) for one in last]) if name in last else None
        for name, expression in steps.equations.items()
        if name in used - inner
        and isinstance(expression, Apply)
        and not OPERATIONS[expression.operation].keeps_digits
    }
    network, of = (steps, targets[0]) if len(targets) == 1 else summed(steps, targets)
    extended = differentiate(network, of, written).equations
    own = {name: extended[name] for name in extended if name not in network.equations}
    return Sensitivity(targets, of, own, written)


def summed(steps: Network, targets: Sequence[str]) -> tuple[Network, str]:
    """The steps with the sum of all entries of some targets, each times its seed; the name of the sum."""
    terms: list[Expression] = [
        Apply("sum", (Apply("hadamard", (Name(seed(one)), Name(one))),)) for one in targets
    ]
    seeds = {seed(target): steps.shapes[target] for target in targets}
    return steps.extended({TOTAL: sum_terms(terms, TOTAL)}, {**seeds, TOTAL: SCALAR}), TOTAL


def seed(target: str) -> str:
    """The name of what picks an entry of a target: a 1 among zeros."""
    return derivative_name(target, target)


def carried(
    sensitivity: Sensitivity, known: Mapping[str, Array], lost: Mapping[str, StepLoss]
) -> dict[str, Array]:
    """How far some targets move with what the steps before them lose, every value of the steps being known."""
    shapes = {target: known[target].shape for target in sensitivity.targets}
    entries = [rows * columns for _, rows, columns in shapes.values()]
    places = dict(zip(shapes, pairwise(accumulate(entries, initial=0)), strict=True))
    seeds = {
        seed(target): np.eye(sum(entries))[:, slice(*places[target])].reshape(-1, 1, *shape[1:])
        for target, shape in shapes.items()
    }
    found = evaluate_all(sensitivity.adjoints, {**known, **seeds})
    moved = Moved(sum(entries), max(batch for batch, *_ in shapes.values()))
    for name, others in sensitivity.written.items():
        adjoint, step = np.abs(found[derivative_name(sensitivity.of, name)]), lost[name]
        if others is None:
            moved.add(adjoint, step.whole)
        else:
            before = np.repeat(others, entries)[:, None, None, None]
            moved.add(adjoint * before, step.whole)
            moved.add(adjoint * (1 - before), step.inside)
    total = moved.total()
    return {
        target: total[slice(*places[target]), : shape[0]].T.reshape(shape)
        for target, shape in shapes.items()
    }


class Moved:
    """How far entries of targets, (entries, batch), are moved by losses."""

    def __init__(self, entries: int, batch: int) -> None:
        self.alike, self.chance, self.squares = np.zeros((3, entries, batch))

    def add(self, slopes: Array, loss: Loss) -> None:
        """Count what a loss does, by the sizes of the derivatives of all entries, (entries, batch, rows, columns)."""
        if loss.alike is not None:
            self.alike += summed_up(slopes, loss.alike)
        if loss.chance is not None and loss.squares is not None:
            self.chance += summed_up(slopes, loss.chance)
            self.squares += summed_up(slopes**2, loss.squares)

    def total(self) -> Array:
        by_chance = np.minimum(self.chance, np.sqrt(3 * self.squares))
        return SECOND_ORDER * (self.alike + by_chance)


def summed_up(slopes: Array, loss: Array) -> Array:
    """What losses move over all entries of a step; where nothing is lost, no slope is too steep."""
    moved = np.where(loss, slopes * loss, 0.0)
    return moved[..., 0, 0] if moved.shape[-2:] == (1, 1) else moved.sum(axis=(-2, -1))
