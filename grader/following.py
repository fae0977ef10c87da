"""Follow-through: a wrong value costs its own points only; what follows from it is right."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from fractions import Fraction

import numpy as np
from msgspec.structs import replace

from grader.answers import MatrixKey, NumberKey
from grader.answers.count import read_count
from grader.asking import Asked
from grader.drawing import Variant
from grader.grading import WRONG
from grader.model import Model
from grader.records import Outcome, Verdict
from grader.solving import by_rounding, distance
from reference.language.errors import LanguageError
from reference.language.expression import Name
from reference.language.values import Array
from reference.network import Network
from reference.rounding import Rounding, prepare

NIL = 5e-4  # what is 0.000 on paper
NUDGE = 0.01  # of 1 and of a value, by which it is moved to see whether anything depends on it
LEAST = 0.01  # of how far the right values move a target, how far a student's must

Given = Mapping[str, Array]  # quantity → a student's value, (1, rows, columns)


def followed(
    variant: Variant, answers: Mapping[str, str], outcomes: Mapping[str, Outcome]
) -> dict[str, Outcome]:
    """The outcomes of wrong answers that are right from the student's own wrong values before them.

    Unless a value makes the rest trivial: a zero or a dead unit where there is none, or one on which
    nothing depends any more.
    """
    model = variant.solved.model
    wrong = {one.address: one for one in model.numbers if outcomes[one.address].verdict in WRONG}
    read = {address: read_value(variant, address, answers[address]) for address in wrong}
    given = {
        quantity(model, wrong[address]): value
        for address, value in read.items()
        if value is not None
    }
    found: dict[str, Outcome] = {}
    for address, asked in wrong.items():
        before = upstream(model, asked, given)
        key = key_from(variant, asked, before) if before else None
        if key is not None and key.mark(answers[address]).verdict is Verdict.CORRECT:
            names = nearest(model, asked, before)
            message = f"right from your value{'s' * (len(names) > 1)} of {' and '.join(names)}"
            found[address] = right_from(outcomes[address], message)
    return found | followed_counts(variant, answers, outcomes)


def right_from(outcome: Outcome, message: str) -> Outcome:
    return replace(outcome, verdict=Verdict.FOLLOW_THROUGH, share=Fraction(1), message=message)


def followed_counts(
    variant: Variant, answers: Mapping[str, str], outcomes: Mapping[str, Outcome]
) -> dict[str, Outcome]:
    """The same for a count of which a student counted parts, some of them wrong."""
    wrong = {
        one.address: one
        for one in variant.solved.model.asked
        if one.counted and one.terms and outcomes[one.address].verdict in WRONG
    }
    right = {address: int(variant.keys[address][1].show()) for address in wrong}
    given = {address: whole(answers[address]) for address in wrong}
    found: dict[str, Outcome] = {}
    for address, asked in wrong.items():
        parts = [one for one in wrong if {*wrong[one].counted} < {*asked.counted} and given[one]]
        listed = [name for one in parts for name in wrong[one].counted]
        if not parts or len(listed) > len({*listed}):
            continue
        expected = right[address] + sum((given[one] or 0) - right[one] for one in parts)
        if given[address] == expected:
            message = f"right from your value{'s' * (len(parts) > 1)} of {' and '.join(parts)}"
            found[address] = right_from(outcomes[address], message)
    return found


def whole(text: str) -> int | None:
    """A student's count; nothing where it is none."""
    try:
        value = read_count(text, ())[0].value({})
    except LanguageError:
        return None
    return int(value) if value is not None and value.denominator == 1 else None


def read_value(variant: Variant, address: str, text: str) -> Array | None:
    """A student's number or matrix; nothing where it is none of the right shape."""
    key = variant.keys[address][1]
    assert isinstance(key, NumberKey | MatrixKey)
    rows = key.rows(text)
    return None if rows is None else np.array(rows)[None]


def quantity(model: Model, asked: Asked) -> str:
    """The quantity of the network that a blank asks for, or the name of its key."""
    equation = model.network.equations[asked.target]
    computed = isinstance(equation, Name) and equation.name in model.network.equations
    return equation.name if computed and isinstance(equation, Name) else asked.target


def upstream(model: Model, asked: Asked, given: Given) -> Given:
    """What a student gave of that from which a blank is computed."""
    own = quantity(model, asked)
    above = model.network.ancestors(own) - {own}
    return {name: value for name, value in given.items() if name in above}


def nearest(model: Model, asked: Asked, given: Given) -> list[str]:
    """The given quantities that a blank's value is computed from with no other one between."""
    cut = without(model.network, frozenset(given))
    above = cut.ancestors(quantity(model, asked))
    return [name for name in model.network.equations if name in given and name in above]


def without(network: Network, given: frozenset[str]) -> Network:
    """The network in which some quantities are given, and not computed."""
    equations = {name: e for name, e in network.equations.items() if name not in given}
    return replace(network, equations=equations)


def key_from(variant: Variant, asked: Asked, given: Given) -> NumberKey | MatrixKey | None:
    """The key of a blank, computed from a student's values; nothing where these make it trivial."""
    solved, row = variant.solved, variant.row
    cut, rounding = prepared(solved.model, asked, frozenset(given))
    truth = solved.at(row)
    drawn = {name: truth[name] for name in solved.columns.known()}
    with np.errstate(all="ignore"):
        values = cut.evaluate({**drawn, **given})
        value = values[asked.target]
        bounds = {}
        if rounding is not None:
            decimals = asked.tolerance.rounding or 3
            found = rounding.bounds({**drawn, **given}, 10.0**-decimals)
            bounds = {(asked.target, decimals): found[asked.target]}
        within = distance(asked.tolerance, value, bounds, asked)
    if not (np.isfinite(value).all() and np.isfinite(within).all()):
        return None
    if is_trivial(solved.model, asked, drawn, given, truth):
        return None
    if isinstance(variant.keys[asked.address][1], NumberKey):
        return NumberKey(float(value.item()), float(within.item()))
    return MatrixKey(value[0].tolist(), np.broadcast_to(within, value.shape)[0].tolist())


@functools.lru_cache(maxsize=4096)
def prepared(model: Model, asked: Asked, given: frozenset[str]) -> tuple[Network, Rounding | None]:
    """The network to a blank from given quantities, and what bounds rounding in it."""
    cut = without(model.network, given).pruned([asked.target])
    return cut, prepare(cut, [asked.target]) if by_rounding(asked.tolerance) else None


def is_trivial(
    model: Model,
    asked: Asked,
    drawn: Given,
    given: Given,
    truth: Mapping[str, Array],
) -> bool:
    """Is something zero that is not, or does nothing depend on what a student gave?"""
    network = model.network
    whole = without(network, frozenset(given)).evaluate({**drawn, **given})
    for name in network.ancestors(asked.target) & network.equations.keys():
        nil = np.abs(whole[name]) <= NIL
        if np.any(nil & (np.abs(truth[name]) > NIL)):
            return True
    cut, _ = prepared(model, asked, frozenset(given))
    own = np.maximum(*moves(cut, asked.target, {**drawn, **given}, given))
    right = np.minimum(*moves(cut, asked.target, truth, given))  # not over a kink, one way at least
    return bool(np.all(own < LEAST * right.max()))


def moves(network: Network, target: str, known: Given, given: Given) -> list[Array]:
    """How far a target moves where the given quantities go up a little, and where they go down."""
    start = {name: value for name, value in known.items() if name not in network.equations}
    found = []
    with np.errstate(all="ignore"):
        before = network.evaluate(start)[target]
        for sign in (1, -1):
            moved = {n: start[n] + sign * NUDGE * (1 + np.abs(start[n])) for n in given}
            found.append(np.abs(network.evaluate({**start, **moved})[target] - before))
    return found
