"""Follow-through: a wrong value costs its own points only; what follows from it is right."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from msgspec import Struct
from msgspec.structs import replace
from numpy.typing import NDArray

from grader.answers import ALL, Counted, Outcome, Verdict, agrees, said
from grader.drawing import Flags, Solved, batched, by_rounding, distance
from grader.marking.absorbing import absorbed
from grader.marking.scoring import WRONG, Response
from grader.memo import memoized
from grader.model import Model, Value
from reference.derivatives.rounding import Rounding, prepare
from reference.language.expression import Name
from reference.language.values import Array
from reference.network import Network

NIL = 5e-4  # what is 0.000 on paper
NUDGE = 0.01  # of 1 and of a value, by which it is moved to see whether anything depends on it
LEAST = 0.01  # of how far the right values move a target, how far a student's must

Given = Mapping[str, Array]  # quantity → students' values, (batch, rows, columns)
Names = frozenset[str]


def followed(solved: Solved, responses: Sequence[Response]) -> list[dict[str, Outcome]]:
    """The outcomes of wrong answers that are right from the student's own wrong values before them.

    Unless a value makes the rest trivial: a zero or a dead unit where there is none, one on which
    nothing depends any more, or one that absorbs what is added to it. Who has a blank wrong, and the same values before it, is looked at together.
    """
    model = solved.model
    found = [followed_counts(solved, one) for one in responses]
    wrong = [wrong_values(solved, one) for one in responses]
    cases: dict[tuple[Value, Names], list[int]] = {}
    given = [{quantity(model, asked): rows for asked, rows in one.items()} for one in wrong]
    for place, one in enumerate(wrong):
        names = frozenset(given[place])
        for asked in one:
            before = upstream(model, asked, names)
            if before:
                cases.setdefault((asked, before), []).append(place)
    for (asked, before), places in cases.items():
        theirs = {name: np.array([given[place][name] for place in places]) for name in before}
        own = np.array([wrong[place][asked] for place in places])
        right = follows(solved, [responses[place].row for place in places], asked, theirs, own)
        for place in (place for place, one in zip(places, right, strict=True) if one):
            outcome = responses[place].outcomes[asked.address]
            found[place][asked.address] = right_from(outcome, nearest(model, asked, before))
    return found


def right_from(outcome: Outcome, names: Sequence[str]) -> Outcome:
    notes = said("follows", names=[*names])
    return replace(outcome, verdict=Verdict.FOLLOW_THROUGH, share=ALL, notes=notes)


def followed_counts(solved: Solved, response: Response) -> dict[str, Outcome]:
    """The same for a count of which a student counted parts, some of them wrong."""
    outcomes = response.outcomes
    wrong = {
        address: count
        for address, count in solved.model.counts.items()
        if outcomes[address].verdict in WRONG
    }
    sizes = solved.sizes(response.row)
    right = {address: int(count.key(sizes).show()) for address, count in wrong.items()}
    given = {address: whole(outcomes[address].given) for address in wrong}
    found: dict[str, Outcome] = {}
    for address, count in wrong.items():
        parts = [one for one in wrong if {*wrong[one].counted} < {*count.counted} and given[one]]
        listed = [name for one in parts for name in wrong[one].counted]
        if not parts or len(listed) > len({*listed}):
            continue
        expected = right[address] + sum((given[one] or 0) - right[one] for one in parts)
        if given[address] == expected:
            found[address] = right_from(outcomes[address], parts)
    return found


def whole(given: Counted) -> int | None:
    """A student's count in numbers; nothing where it is no whole one."""
    value = given.total.value({})
    return int(value) if value is not None and value.denominator == 1 else None


def wrong_values(solved: Solved, response: Response) -> dict[Value, Array]:
    """A student's wrong numbers and matrices, (rows, columns), as far as they have the right shape."""
    found = {}
    for asked in solved.model.numbers:
        outcome = response.outcomes[asked.address]
        if outcome.verdict in WRONG and outcome.given is not None:
            shape = solved.values[asked.target].shape[-2:]
            found[asked] = np.reshape(np.array(outcome.given, dtype=float), shape)
    return found


@memoized
def quantity(model: Model, asked: Value) -> str:
    """The quantity of the network that a blank asks for, or the name of its key."""
    equation = model.network.equations[asked.target]
    computed = isinstance(equation, Name) and equation.name in model.network.equations
    return equation.name if computed and isinstance(equation, Name) else asked.target


@memoized
def upstream(model: Model, asked: Value, given: Names) -> Names:
    """Of what a student gave, that from which a blank is computed."""
    own = quantity(model, asked)
    return given & (model.network.ancestors(own) - {own})


@memoized
def nearest(model: Model, asked: Value, given: Names) -> list[str]:
    """The given quantities that a blank's value is computed from with no other one between."""
    cut = without(model.network, given)
    above = cut.ancestors(quantity(model, asked))
    return [name for name in model.network.equations if name in given and name in above]


def without(network: Network, given: Names) -> Network:
    """The network in which some quantities are given, and not computed."""
    equations = {name: e for name, e in network.equations.items() if name not in given}
    return replace(network, equations=equations)


def follows(
    solved: Solved, rows: Sequence[int], asked: Value, given: Given, own: Array
) -> NDArray[np.bool_]:
    """(batch,) where a student's value of a blank is right from the wrong ones before it.

    Args:
        rows: the variants of the students. own: their values, (batch, rows, columns).
    """
    cut = prepared(solved.model, asked, frozenset(given))
    known = {**{name: array[rows] for name, array in solved.columns.known().items()}, **given}
    with np.errstate(all="ignore"):
        value = batched(cut.target.evaluate(known)[asked.target], len(rows))
        bounds = {}
        if cut.rounding is not None:
            decimals = asked.tolerance.rounding or 3
            found = cut.rounding.bounds(known, 10.0**-decimals)
            bounds = {(asked.target, decimals): found[asked.target]}
        within = distance(asked, value, bounds)
        sound = np.isfinite(value) & np.isfinite(within) & agrees(own, value, within)
    right: Flags = sound.all(axis=(-2, -1))
    if right.any():
        places = np.flatnonzero(right).tolist()
        some = {name: array[places] for name, array in known.items()}
        truth = solved.at([rows[place] for place in places], {*cut.above.equations, *known})
        theirs = {name: some[name] for name in given}
        limits = solved.within[asked.target][[rows[place] for place in places]]
        answers = cut.target, asked.target, some, truth, theirs, own[places], limits
        right[places] = ~trivial(cut, asked, some, truth, frozenset(given)) & ~absorbed(*answers)
    return right


class Cut(Struct, frozen=True):
    """A network in which some quantities are given.

    ``target``: to a blank. ``rounding``: what bounds rounding in that. ``above``: to all from which the blank
    was computed before.
    """

    target: Network
    rounding: Rounding | None
    above: Network


@memoized
def prepared(model: Model, asked: Value, given: Names) -> Cut:
    cut = without(model.network, given)
    target = cut.pruned([asked.target])
    rounding = prepare(target, [asked.target]) if by_rounding(asked.tolerance) else None
    return Cut(target, rounding, cut.pruned(model.network.ancestors(asked.target)))


def trivial(
    cut: Cut, asked: Value, known: Given, truth: Mapping[str, Array], given: Names
) -> NDArray[np.bool_]:
    """(batch,) where something is zero that is not, or nothing depends on what a student gave."""
    batch = len(next(iter(known.values())))
    whole = cut.above.evaluate(known)
    flags = np.zeros(batch, dtype=bool)
    for name in (*cut.above.equations, *given):
        nil = (np.abs(whole[name]) <= NIL) & (np.abs(truth[name]) > NIL)
        flags |= nil.any(axis=(-2, -1))
    own = np.maximum(*moves(cut.target, asked.target, known, given))
    drawn = {name: truth[name] for name in known}
    right = np.minimum(*moves(cut.target, asked.target, drawn, given))  # not over a kink, one way
    most = right.max(axis=(-2, -1), keepdims=True)
    moved = (own < LEAST * most).all(axis=(-2, -1))
    return np.asarray(flags | moved)


def moves(network: Network, target: str, known: Given, given: Names) -> list[Array]:
    """How far a target moves where the given quantities go up a little, and where they go down."""
    found = []
    with np.errstate(all="ignore"):
        before = network.evaluate(known)[target]
        for sign in (1, -1):
            moved = {n: known[n] + sign * NUDGE * (1 + np.abs(known[n])) for n in given}
            found.append(np.abs(network.evaluate({**known, **moved})[target] - before))
    return found
