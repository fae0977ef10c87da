"""How much work a variant is: a prediction from its own solution, so that papers can be made alike.

It is no measurement: nobody has timed a student. It counts what the solution takes, and says which of
two variants of an exercise takes more.
"""

from __future__ import annotations

import operator
from collections.abc import Mapping, Sequence
from typing import TypeVar

import numpy as np
from msgspec import Struct
from msgspec.structs import astuple

from grader.drawing.random_words import Seed
from grader.drawing.variant import Variant
from grader.memo import memoized
from grader.model import (
    Blank,
    Constructed,
    Count,
    DataSufficiency,
    Drawn,
    Fixed,
    Model,
    Proved,
    Symbolic,
    Tally,
)
from reference.counting.polynomial import Terms, valued
from reference.derivatives.effort import NetworkOnPaper, prepare
from reference.derivatives.steps import origin
from reference.language.roles import answer_name
from reference.language.values import Array
from reference.layers.ledger import Amount
from reference.network import Network
from reference.sufficiency.deciding import Insufficient, Sufficient

S = TypeVar("S", bound=Seed)

FENCE = 1.5  # distances of the quartiles
FLOOR = 0.2  # of the median; nearer than that, nothing is far out

WEIGHTS: dict[str, tuple[float, str]] = {
    "steps": (1.0, "The measure: one operation, one option to judge, one fact of a proof."),
    "signs": (0.2, "A minus sign is minded in passing, and forgotten now and then."),
    "digits": (0.1, "Ten digits more to write down and to type take about as long as a step."),
    "active": (0.5, "The slope of a unit that is active is found and used; a dead one ends there."),
    "special": (0.1, "That a step falls away is seen at a glance, but must be seen."),
}


class Difficulty(Struct, frozen=True):
    """What the solution of one variant takes.

    ``steps``: operations by hand that do not fall away; without numbers, operations of a formula and
    quantities passed on the way to it, terms of a count, facts of a proof, options shown, numbers to construct. ``signs``:
    negative operands. ``digits``: significant digits of the operands, as they are after rounding to three
    decimals. ``active``: entries of activations that pass a gradient on. ``special``: steps that fall
    away, as an operand is 0, 1 or -1.
    """

    steps: int = 0
    signs: int = 0
    digits: int = 0
    active: int = 0
    special: int = 0

    @property
    def score(self) -> float:
        """All of it in one number, in steps; see ``WEIGHTS``."""
        weighed = [weight * getattr(self, name) for name, (weight, _) in WEIGHTS.items()]
        return float(round(sum(weighed), 2))

    def __add__(self, other: Difficulty) -> Difficulty:
        return Difficulty(*map(operator.add, astuple(self), astuple(other)))


FIELDS = Difficulty.__struct_fields__
NOTHING = Difficulty()


def predict(variants: Sequence[Variant]) -> list[Difficulty]:
    """The difficulty of variants, in order; the same for a variant whatever its company."""
    return [
        sum(
            (of_blank(blank, one) for blank in one.solved.model.blanks),
            number + of_structure(one.solved.model),
        )
        for one, number in zip(variants, of_numbers(variants), strict=True)
    ]


# What is computed


def of_numbers(variants: Sequence[Variant]) -> list[Difficulty]:
    """The effort for the values that are asked for, each computed once; one pass for variants that are alike."""
    found = [NOTHING] * len(variants)
    for places in alike(variants):
        together = [variants[place] for place in places]
        effort = by_hand(together[0].solved.model).effort(side_by_side(together), len(together))
        columns = [getattr(effort, name).tolist() for name in FIELDS]
        for place, row in zip(places, zip(*columns, strict=True), strict=True):
            found[place] = Difficulty(*row)
    return found


def alike(variants: Sequence[Variant]) -> list[list[int]]:
    """The places of the variants that ask for values, together where structure and sizes agree."""
    groups: dict[tuple[object, ...], list[int]] = {}
    for place, one in enumerate(variants):
        model, drawn = one.solved.model, one.solved.columns.values
        if model.measured:
            kind = (model, *(array.shape[-2:] for array in drawn.values()))
            groups.setdefault(kind, []).append(place)
    return list(groups.values())


def side_by_side(variants: Sequence[Variant]) -> dict[str, Array]:
    """All that was drawn for variants that are alike, each (batch, rows, columns)."""
    known = [(one.solved.columns.known(), one.row) for one in variants]
    return {name: np.stack([values[name][row] for values, row in known]) for name in known[0][0]}


@memoized
def by_hand(model: Model) -> NetworkOnPaper:
    return prepare(model.network, [asked.target for asked in model.measured])


# What is derived, proved or chosen


@memoized
def of_structure(model: Model) -> Difficulty:
    """What every variant of a structure takes: formulas, proofs, counts in symbols."""
    steps = len(passed(model))
    for blank in model.blanks:
        match blank.source:
            case DataSufficiency(question):
                steps += sum(map(facts, needed(question.proved)))
            case Fixed(key) | Symbolic(key):
                steps += key.steps()
            case Count(names=[_, *_]) | Tally(names=[_, *_]) as count:
                steps += count.in_symbols.steps()
    return Difficulty(steps=steps)


def passed(model: Model) -> set[str]:
    """The quantities between the formulas that are asked for and the names in which they are given."""
    network = model.complete
    found: set[str] = set()
    for blank in model.blanks:
        target = answer_name(blank.address)
        if blank.value is None and target in network.equations:
            allowed = blank.expression.allowed if blank.expression else ()
            found |= between(network, origin(network, target), {*allowed})
    return found


def between(network: Network, target: str, allowed: set[str]) -> set[str]:
    """The computed quantities from which a target is computed, down to those that are allowed."""
    found: set[str] = set()
    waiting = [target]
    while waiting:
        fresh = (network.edges(waiting.pop()) & network.equations.keys()) - allowed - found
        found |= fresh
        waiting += fresh
    return found


def needed(proved: Sequence[Proved]) -> Sequence[Proved]:
    """The proofs that make an option right; where one item is enough, so are both."""
    *items, both = proved
    if not both.holds:
        return [both]
    return items if any(one.holds for one in items) else proved


def facts(proof: Proved) -> int:
    """The steps of a derivation, or the values other than 1 in two networks without one."""
    decision = proof.decision
    if isinstance(decision, Sufficient):
        return len(decision.steps)
    assert isinstance(decision, Insufficient)  # what is not decided has no key
    pairs = ((decision.first[name], decision.second[name]) for name in decision.first)
    return sum(pair != (1, 1) for pair in pairs)


def of_blank(blank: Blank, variant: Variant) -> Difficulty:
    """What a blank takes that depends on the draw, besides the values that are computed for it."""
    columns, row = variant.solved.columns, variant.row
    match blank.source:
        case Drawn(pool):
            return Difficulty(sum(map(len, pool.shown(columns.orders[blank.address][row]))))
        case Count(terms, names=()):
            sizes = variant.solved.sizes(row)
            return sum((of_count(one, sizes) for one in terms), NOTHING)
        case Tally(asked, names=()):
            sizes = variant.solved.sizes(row)
            return of_amount(blank.source.value(sizes), len(asked.cells) or 1)
        case Constructed():
            return Difficulty(variant.solved.key(blank, row).steps())
    return NOTHING


def of_amount(value: Amount, terms: int) -> Difficulty:
    """A whole number of layers: what it is computed of, and its digits."""
    return Difficulty(terms, digits=sum(len(str(one).rstrip("0")) for one in value))


def of_count(terms: Terms, sizes: Mapping[str, int]) -> Difficulty:
    """A count in numbers: its terms, with the digits of what is multiplied."""
    factors = [
        valued(one, sizes) for monomial in terms for one, power in monomial for _ in range(power)
    ]
    return Difficulty(len(terms), digits=sum(len(str(one).rstrip("0")) for one in factors))


# How scores lie


class Spread(Struct, frozen=True):
    """How the scores of variants, or of papers, lie.

    ``quartiles``: a quarter of them is below the first, a quarter above the second. ``outliers``: who is
    far out, with the score.
    """

    median: float
    quartiles: tuple[float, float]
    ends: tuple[float, float]
    outliers: tuple[tuple[Seed, float], ...]


def spread(scores: Mapping[S, float], floor: float = FLOOR) -> Spread:
    """The spread of scores by seed, or by student; there is at least one.

    Far out is what lies beyond the quartiles by more than one and a half times their distance (Tukey,
    *Exploratory Data Analysis*, section 2D), and farther from the median than the share ``floor`` of it, so that
    nothing is far out where all are close.
    """
    values = list(scores.values())
    low, median, high = np.quantile(values, [0.25, 0.5, 0.75]).round(2).tolist()
    reach, least = FENCE * (high - low), floor * median
    outliers = tuple(
        (name, score)
        for name, score in scores.items()
        if not low - reach <= score <= high + reach and abs(score - median) > least
    )
    return Spread(median, (low, high), (min(values), max(values)), outliers)
