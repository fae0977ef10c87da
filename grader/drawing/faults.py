"""Why a draw would make a bad question.

A ``require`` fails, a value is too near a kink, an answer hangs on rounding too much, or one that takes no work would be
marked right.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping

import numpy as np
from msgspec.structs import replace

from grader.bank import Pattern, Rule
from grader.drawing.batch import Columns, entries_of
from grader.drawing.conditions import GUARD, holds
from grader.drawing.patterns import drawn
from grader.drawing.solving import Flags, Solved, batched, by_rounding
from grader.drawing.wrong_answers import WrongValue, wrong_values
from grader.memo import memoized
from grader.model import DataSufficiency, Model, Tally
from reference.derivatives.rounding import Rounding, prepare
from reference.language.dimensions import SCALAR
from reference.language.errors import LanguageError
from reference.language.expression import names
from reference.language.roles import answer_name
from reference.language.values import Array
from reference.network import Network

APART = 0.01  # of an option from another, relative where it is larger than 1
LABELS = {0.0, 1.0}
STRUCTURAL = 0.2  # share of random points at which a key equals a given value by its nature
PROBES = 64
TOLD_DECIMALS = 4
OF_ALL = 0.03  # of the largest entry of an answer, which a tolerance may be
OF_ONE = 0.2  # of any entry: its first digit is its own, and 0 never passes for it

Shapes = tuple[tuple[str, tuple[int, int]], ...]
Sizes = tuple[tuple[str, int], ...]


def judge(columns: Columns) -> Solved:
    """Columns with every fault of every draw."""
    solved = Solved(decided(columns))
    found = {reason: fault(solved) for reason, fault in FAULTS.items()}
    return replace(solved, numbers=solved.found, faults={"require": requirements(columns), **found})


def sift(columns: Columns) -> tuple[Solved, list[str]]:
    """The good ones of some draws, and for every draw the first fault that was found; empty if none was.

    What has a fault is left out of all that follows, the costly last. What is required must hold already.
    """
    left = np.arange(len(columns.seeds))
    reasons = np.full(len(left), "", dtype=object)
    solved = Solved(columns)
    for reason, fault in FAULTS.items():
        if not left.size:
            break
        failed = fault(solved)
        if failed.any():
            reasons[left[failed]], left = reason, left[~failed]
            solved = solved.only(~failed)
    return Solved(solved.columns, solved.found), reasons.tolist()


def decided(columns: Columns) -> Columns:
    """The same, once it is clear that every question on data has an answer.

    Raises:
        AuthorError: one is not decided.
    """
    for blank in columns.model.blanks:
        if isinstance(blank.source, DataSufficiency):
            _ = blank.source.question.proved
    return columns


def requirements(columns: Columns) -> Flags:
    """(batch,) where some ``require`` fails."""
    model, batch = columns.model, len(columns.seeds)
    flags = np.zeros(batch, dtype=bool)
    if model.require:
        values = conditions(model).evaluate(columns.known())
        for condition in model.require:
            flags |= ~holds(condition, values, batch)
    return flags


@memoized
def conditions(model: Model) -> Network:
    """The part of the network that the conditions under ``require`` depend on."""
    return model.network.pruned({name for one in model.require for name in names(one)})


@memoized
def kink_rounding(model: Model) -> Rounding:
    """What is needed to bound the arguments of kinks."""
    return prepare(model.network, model.kinks)


def unsayable(solved: Solved) -> Flags:
    """(batch,) where a computed value that the sheet gives has more decimals than one gives."""
    flags = np.zeros(solved.batch, dtype=bool)
    for name in solved.model.told:
        shifted = solved.values[name] * 10**TOLD_DECIMALS
        even = np.abs(shifted - np.rint(shifted)) <= GUARD * np.maximum(np.abs(shifted), 1)
        flags |= ~even.all(axis=(-2, -1))
    return flags


def undefined(solved: Solved) -> Flags:
    flags = np.zeros(solved.batch, dtype=bool)
    for asked in solved.model.measured:
        flags |= ~np.isfinite(solved.values[asked.target]).all(axis=(-2, -1))
    for count in (one for one in solved.model.tallies.values() if not one.names):
        flags |= [not fits(count, solved.sizes(row)) for row in range(solved.batch)]
    return flags


def fits(asked: Tally, sizes: Mapping[str, int]) -> bool:
    """Can a whole number be worked out with these sizes?"""
    try:
        asked.value(sizes)
    except LanguageError:
        return False
    return True


def near_kinks(solved: Solved) -> Flags:
    """(batch,) where rounding could carry a value over a kink, or a derivative is asked at one.

    Where all have the same number, its sign is certain, and the operation says what it gives for 0.
    """
    model, flags = solved.model, np.zeros(solved.batch, dtype=bool)
    for kink, bound in kink_rounding(model).bounds(solved.columns.known()).items():
        size = np.abs(solved.values[kink])
        tie = size <= (GUARD if kink in model.slopes else -1)
        near = np.where(bound.clean, tie, size <= bound.within + GUARD)
        flags |= near.any(axis=(-2, -1))
    return flags


def delicate(solved: Solved) -> Flags:
    """(batch,) where rounding may leave little of an answer, unless the author states how far it may be off."""
    flags = np.zeros(solved.batch, dtype=bool)
    for asked in solved.model.written:
        if by_rounding(asked.tolerance):
            size, within = np.abs(solved.values[asked.target]), solved.within[asked.target]
            flags |= within.max(axis=(-2, -1)) > OF_ALL * size.max(axis=(-2, -1)) + GUARD
            flags |= ((within > OF_ONE * size + GUARD) & (size > GUARD)).any(axis=(-2, -1))
    return flags


def trivial(solved: Solved) -> Flags:
    """(batch,) where 0 or a given value would be marked right by chance.

    An answer that is nothing but 0 takes no work either.
    """
    model, values = solved.model, solved.values
    flags = np.zeros(solved.batch, dtype=bool)
    by_nature = structural(model, shapes_of(solved), sizes_of(solved))
    for asked in model.targets:
        if asked.may_be_trivial:
            continue
        key, reach = values[asked.target], solved.within[asked.target] + GUARD
        near = np.abs(key) <= reach
        flags |= near.all(axis=(-2, -1))
        beside = near & (np.abs(key) > GUARD)  # an entry may be 0 itself, as of a dead unit
        flags |= beside.any(axis=(-2, -1))
        if model.network.shapes[asked.target] == SCALAR:
            for name in scalars(model):
                if (asked.target, name) not in by_nature:
                    flags |= (np.abs(key - values[name]) <= reach)[..., 0, 0]
    return flags


def too_close(solved: Solved) -> Flags:
    """(batch,) where two options that are shown are the same number, or nearly so."""
    flags = np.zeros(solved.batch, dtype=bool)
    for blank in solved.model.blanks:
        for row, order in enumerate(solved.columns.orders[blank.address] if blank.numbers else ()):
            names = [blank.numbers[option] for option in order]
            shown = np.array(
                [batched(solved.values[name], solved.batch)[row, 0, 0] for name in names]
            )
            apart = np.abs(shown[:, None] - shown) + np.diag(np.full(len(shown), np.inf))
            within = solved.within[answer_name(blank.address)][row]
            least = APART * np.maximum(1.0, np.abs(shown)) + 2 * within
            flags[row] = not np.isfinite(shown).all() or bool((apart <= least).any())
    return flags


def undecided(solved: Solved) -> Flags:
    """(batch,) where the numbers that decide about options make none of them right, or too many, or two lines equal.

    Of a sequence, where one is no place in its list.
    """
    flags = np.zeros(solved.batch, dtype=bool)
    for blank in solved.model.blanks:
        if blank.deciding:
            flags |= [solved.undecided(blank, row) for row in range(solved.batch)]
    return flags


def misunderstood(solved: Solved) -> Flags:
    """(batch,) where a wrong solver's answer would be marked right by chance."""
    flags = np.zeros(solved.batch, dtype=bool)
    for _, meets in meetings(solved):
        flags |= meets
    return flags


def meetings(solved: Solved) -> Iterator[tuple[WrongValue, Flags]]:
    """Each mistake, and (batch,) where it would be marked right by chance."""
    model, values = solved.model, solved.values
    by_nature = alike(model, shapes_of(solved), sizes_of(solved))
    for place, (mistake, wrong) in enumerate(wrong_values(model, solved.everything)):
        with np.errstate(invalid="ignore"):  # what is not finite meets nothing
            apart = np.abs(wrong - values[mistake.target])
        meets = (apart <= solved.within[mistake.target] + GUARD).all(axis=(-2, -1))
        if place in by_nature:
            meets &= (apart > GUARD).any(axis=(-2, -1))
        yield mistake, np.asarray(meets)


# Why a draw would make a bad question, the quickest to tell first.
FAULTS: dict[str, Callable[[Solved], Flags]] = {
    "given": unsayable,
    "undefined": undefined,
    "kink": near_kinks,
    "delicate": delicate,
    "trivial": trivial,
    "options": too_close,
    "undecided": undecided,
    "misconception": misunderstood,
}


def shapes_of(solved: Solved) -> Shapes:
    """Of what is drawn, the same for all of a batch."""
    return tuple((name, array.shape[-2:]) for name, array in solved.columns.values.items())


def sizes_of(solved: Solved) -> Sizes:
    """The sizes that decide shapes, the same for all of a batch."""
    drawn = solved.sizes(0)
    return tuple((name, drawn[name]) for name in solved.model.array_sizes)


@memoized
def alike(model: Model, shapes: Shapes, sizes: Sizes) -> frozenset[int]:
    """The places of the mistakes that often make no difference, as a mask where a unit is active."""
    known = probes(model, shapes, sizes)
    known |= {name: given(model, name, known[name]) for name, _ in shapes if is_given(model, name)}
    values = model.network.evaluate(known)
    with np.errstate(invalid="ignore"):  # probes may lie where a value is undefined
        return frozenset(
            place
            for place, (mistake, wrong) in enumerate(wrong_values(model, values))
            if (np.abs(wrong - values[mistake.target]) <= GUARD).all(axis=(-2, -1)).mean()
            >= STRUCTURAL
        )


def is_given(model: Model, name: str) -> bool:
    """Is it a constant, a label of 0 or 1, or drawn in a pattern? Then coincidences of its values are not chance."""
    rule = model.rules[name]
    patterned = isinstance(rule, Rule) and rule.pattern is not Pattern.FREE
    return patterned or {*model.grids[name]} <= LABELS


def given(model: Model, name: str, probe: Array) -> Array:
    """Random values of a given quantity, (batch, *shape)."""
    rule, shape = model.rules[name], probe.shape[-2:]
    if not isinstance(rule, Rule):
        return np.broadcast_to(entries_of(rule, shape), probe.shape)
    generator = np.random.Generator(np.random.Philox(key=3))
    if rule.pattern is Pattern.FREE:
        return np.array(model.grids[name])[
            generator.integers(len(model.grids[name]), size=probe.shape)
        ]
    stream = generator.integers(2**64, size=(len(probe), math.prod(shape)), dtype=np.uint64)
    return drawn(rule, stream, shape)


def probes(model: Model, shapes: Shapes, sizes: Sizes) -> dict[str, Array]:
    """Random values of all that is drawn, which do not agree by chance."""
    generator = np.random.Generator(np.random.Philox(key=2))
    numbers = {name: max(model.grids[name]) for name in model.sizes} | dict(sizes)
    known = {name: np.full((1, 1, 1), float(number)) for name, number in numbers.items()}
    for name, shape in shapes:
        known[name] = generator.uniform(-1, 1, (PROBES, *shape))
    return known


def scalars(model: Model) -> list[str]:
    given = [*model.sampled, *model.told]
    return [name for name in given if model.network.shapes[name] == SCALAR]


@memoized
def structural(model: Model, shapes: Shapes, sizes: Sizes) -> frozenset[tuple[str, str]]:
    """(target, given name) pairs that agree always, as dz/db = w where a unit is active.

    Found at random points, where values do not agree by chance.
    """
    values = model.network.evaluate(probes(model, shapes, sizes))
    pairs = set()
    for asked in model.targets:
        if model.network.shapes[asked.target] != SCALAR:
            continue
        for name in scalars(model):
            equal = np.abs(values[asked.target] - values[name]) <= GUARD
            if equal.mean() >= STRUCTURAL:
                pairs.add((asked.target, name))
    return frozenset(pairs)
