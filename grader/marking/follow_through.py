"""Follow-through: a wrong answer costs its own points only; what follows from it is right.

Later blanks are computed again from what the student gave before them, right or wrong. What these values leave
nothing to compute of is lost with them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction

import numpy as np
from msgspec import Struct
from msgspec.structs import replace

from grader.answers import Outcome, Verdict, agrees, said
from grader.drawing import Flags, Solved, batched, by_rounding, distance
from grader.marking.absorbing import absorbed
from grader.marking.formulas import followed_formulas
from grader.marking.given import Way, stands_for, ways
from grader.marking.layers import followed_layers
from grader.marking.scoring import WRONG, Response, right_from
from grader.marking.slopes import ToldSlopes, told_slopes
from grader.marking.trivial import moves, trivial
from grader.memo import memoized
from grader.model import Count, Model, Tally, Value
from reference.counting.polynomial import NotRational, Rational
from reference.derivatives.digits import half
from reference.derivatives.rounding import Rounding, prepare
from reference.language.values import Array
from reference.network import Network

DECIMALS = 3
Values = Mapping[str, Array]  # name → (batch, rows, columns)


class Cut(Struct, frozen=True, eq=False):
    """A blank, and one way to compute it from what a student gave.

    ``network``: to the blank; ``given``: quantity → the blank that asked for it; ``known``: all from which this one is
    computed; ``rounding``: what bounds rounding on the way.
    """

    asked: Value
    network: Network
    given: Mapping[str, Value]
    known: tuple[str, ...]
    rounding: Rounding | None

    def computes_as(self, other: Cut) -> bool:
        """Does another compute the blank from the same, in the same way?"""
        return self.given == other.given and self.network.equations == other.network.equations


def followed(solved: Solved, responses: Sequence[Response]) -> list[dict[str, Outcome]]:
    """The outcomes of wrong answers that follow from what the student gave before them.

    Answers to a blank that are computed from answers to the same ones are looked at together. A way by which all follows ends the search;
    one that leaves nothing to compute does not, as the student may have come another way.
    """
    found = [
        followed_counts(solved, one)
        | followed_layers(solved, one)
        | followed_formulas(solved.model, one)
        for one in responses
    ]
    waiting = [*wrong_values(solved.model, responses)]
    for way in range(max((len(cuts) for _, cuts in waiting), default=0)):
        cases: dict[Cut, list[int]] = {}
        for place, cuts in waiting:
            if way < len(cuts) and not follows(found[place].get(cuts[way].asked.address)):
                cases.setdefault(cuts[way], []).append(place)
        for cut, places in cases.items():
            some = [responses[place] for place in places]
            for place, outcome in zip(places, from_values(solved, cut, some), strict=True):
                before = found[place].get(cut.asked.address)
                if outcome is not None and (before is None or outcome.share > before.share):
                    found[place][cut.asked.address] = outcome
    return found


@memoized
def may_follow(model: Model) -> frozenset[str]:
    """The addresses of the numbers and counts that may be right from other answers; of layers, all of several."""
    stands = {one.target: stands_for(model.network, one.target) for one in model.numbers}
    numbers = (
        one.address
        for one in model.numbers
        if ways(model.network, one.target, stands[one.target][0].quantity, stands)
    )
    counted = {address: {*count.counted} for address, count in model.counts.items()}
    counts = (address for address, names in counted.items() if largest(counted, names))
    layers = [one.address for one in model.blanks if isinstance(one.source, Tally)]
    return frozenset([*numbers, *counts, *(layers if len(layers) > 1 else ())])


def follows(outcome: Outcome | None) -> bool:
    """Does all of an answer follow?"""
    return outcome is not None and outcome.verdict is Verdict.FOLLOW_THROUGH


# Counts


def followed_counts(solved: Solved, response: Response) -> dict[str, Outcome]:
    """The outcomes of wrong counts that are right as sums of what the student counted, and of what no part counts."""
    outcomes, asked = response.outcomes, solved.model.counts
    wrong = [one for one in asked if outcomes[one].verdict in WRONG]
    if len(wrong) < 2:
        return {}
    sizes = solved.sizes(response.row)
    right = {one: count.totals(sizes)[0] for one, count in asked.items()}
    given = right | {one: outcomes[one].given.total for one in wrong}
    there = [
        one
        for one, count in asked.items()
        if outcomes[one].verdict in (*WRONG, Verdict.CORRECT) and counts(given[one], count)
    ]
    found: dict[str, Outcome] = {}
    for address in wrong:
        count = asked[address]
        alike = [one for one in there if bool(asked[one].names) is bool(count.names)]
        parts = largest({one: {*asked[one].counted} for one in alike}, {*count.counted})
        names = [one for one in parts if one in wrong]
        parts_given = [(given[one], right[one]) for one in names]
        if names and is_sum(given[address], right[address], parts_given, count.where):
            found[address] = right_from(outcomes[address], names)
    return found


def counts(given: Rational, asked: Count) -> bool:
    """Does an answer count anything: is it a formula or a whole number, and not zero?"""
    return bool(given.top) and (bool(asked.names) or whole(given))


def is_sum(
    given: Rational,
    right: Rational,
    parts: Sequence[tuple[Rational, Rational]],
    points: Sequence[Mapping[str, int]],
) -> bool:
    """Is a total what comes out of parts, each as it is given in the place of the right one?"""
    try:
        for part, instead_of in parts:
            right = right + (part - instead_of)
        return given.agrees(right, points)
    except NotRational:  # too much to tell
        return False


def largest(counted: Mapping[str, set[str]], whole: set[str]) -> list[str]:
    """Of some counts, the largest parts of a whole; none where they overlap."""
    parts = {one: names for one, names in counted.items() if names < whole}
    found = [
        one for one, names in parts.items() if not any(names < other for other in parts.values())
    ]
    listed = [name for one in found for name in parts[one]]
    return found if len(listed) == len({*listed}) else []


def whole(given: Rational) -> bool:
    """Is a count in numbers a whole one?"""
    value = given.value({})
    return value is not None and value.denominator == 1


# Numbers and matrices


def wrong_values(
    model: Model, responses: Sequence[Response]
) -> Iterator[tuple[int, Sequence[Cut]]]:
    """(place of the response, ways to compute it from what was given) of each wrong number or matrix of the right shape."""
    for place, one in enumerate(responses):
        there = {asked: one.outcomes[asked.address] for asked in model.numbers}
        given = tuple(asked for asked, outcome in there.items() if outcome.given is not None)
        for asked in given:
            if there[asked].verdict in WRONG and (found := cuts(model, asked, given)):
                yield place, found


@memoized
def cuts(model: Model, asked: Value, given: tuple[Value, ...]) -> tuple[Cut, ...]:
    """The ways to compute a blank from what was given, the first one first; then by slopes that are told otherwise."""
    blanks = {one.target: one for one in given}
    found: list[Cut] = []
    for told in told_slopes(model):
        stands = {one: stands_for(told.network, one) for one in blanks}
        if not told.matters([one.quantity for several in stands.values() for one in several]):
            continue
        for way in ways(told.network, asked.target, stands[asked.target][0].quantity, stands):
            by = tuple(blanks[one] for one in way.given.values())
            cut = prepared(told, asked, way, by)
            if not any(cut.computes_as(other) for other in found):
                found.append(cut)
    return tuple(found)


@memoized
def prepared(told: ToldSlopes, asked: Value, way: Way, blanks: tuple[Value, ...]) -> Cut:
    network = way.opened(told.network).pruned([asked.target])
    used = network.ancestors(asked.target) - network.equations.keys()
    known = tuple(name for name in network.shapes if name in used)
    given = dict(zip(way.given, blanks, strict=True))
    rounding = prepare(network, [asked.target]) if by_rounding(asked.tolerance) else None
    return Cut(asked, network, given, known, rounding)


def from_values(solved: Solved, cut: Cut, responses: Sequence[Response]) -> list[Outcome | None]:
    """For each student's wrong answer to a blank, what is to be said of it as it follows from those before, if it does."""
    rows = [one.row for one in responses]
    right = solved.at(rows, cut.known)
    theirs = {name: given(solved, one, responses) for name, one in cut.given.items()}
    known = {**right, **theirs}
    own = given(solved, cut.asked, responses)
    fits = agree(cut, known, slack(solved, cut, rows, theirs), own)
    if fits.any():
        limits = solved.within[cut.asked.target][rows]
        fits &= ~absorbed(cut.network, cut.asked.target, known, right, theirs, own, limits)
    found: list[Outcome | None] = [None] * len(responses)
    places = np.flatnonzero(fits.any(axis=(-2, -1))).tolist()
    if not places:
        return found
    some, truth = ({n: array[places] for n, array in each.items()} for each in (known, right))
    nothing = trivial(cut.network, cut.asked.target, some, truth, cut.given)
    target = cut.asked.target
    by_key = agrees(own, solved.values[target][rows], solved.within[target][rows])
    for place, empty in zip(places, nothing, strict=True):
        outcome = responses[place].outcomes[cut.asked.address]
        names = wrong_ones(cut, responses[place])
        found[place] = told(outcome, names, fits[place], empty, by_key[place])
    return found


def given(solved: Solved, asked: Value, responses: Sequence[Response]) -> Array:
    """(batch, rows, columns): the students' answers to a blank."""
    values = [one.outcomes[asked.address].given for one in responses]
    return np.reshape(np.array(values, dtype=float), (-1, *solved.values[asked.target].shape[-2:]))


def agree(cut: Cut, known: Values, slack: Values, own: Array) -> Flags:
    """(batch, rows, columns) where an answer is what comes out from some values, which may be off by a slack."""
    asked, decimals = cut.asked, cut.asked.tolerance.rounding or DECIMALS
    with np.errstate(all="ignore"):
        value = batched(cut.network.evaluate(known)[asked.target], len(own))
        if cut.rounding is None:
            within = distance(asked, value, {})
        else:
            bounds = cut.rounding.bounds(known, 10.0**-decimals)
            within = distance(asked, value, {(asked.target, decimals): bounds[asked.target]})
            carried = moves(cut.network, asked.target, known, slack).max(axis=1).sum(axis=0)
            within = within + np.where(np.isfinite(carried), carried, 0.0)
        sound = np.isfinite(value) & np.isfinite(within)
        return np.asarray(sound & agrees(own, value, within))


def slack(solved: Solved, cut: Cut, rows: Sequence[int], theirs: Values) -> dict[str, Array]:
    """How far what a student computed on with may be from what was given: it was rounded, or right."""
    unit = 10.0 ** -(cut.asked.tolerance.rounding or DECIMALS)
    found = {}
    for name, one in cut.given.items():
        off = np.abs(theirs[name] - solved.values[one.target][rows])
        rounded = half(np.abs(theirs[name]).max(axis=(-2, -1), keepdims=True), unit)
        found[name] = rounded + np.where(off <= solved.within[one.target][rows], off, 0.0)
    return found


def wrong_ones(cut: Cut, response: Response) -> list[str]:
    """The names of the wrong values from which a blank is computed; of all, where none is wrong."""
    outcomes = response.outcomes
    wrong = [n for n, one in cut.given.items() if outcomes[one.address].verdict in WRONG]
    return wrong or [*cut.given]


def told(
    outcome: Outcome, names: Sequence[str], follows: Flags, empty: Flags, right: Flags
) -> Outcome | None:
    """What is to be said of a wrong answer of which some entries follow from others.

    Args:
        follows, empty, right: (rows, columns) entries that follow, have nothing to compute, are right by the key.
    """
    earned = right | (follows & ~empty)
    lost = said("empty", names=[*names]) if (follows & empty & ~right).any() else ()
    if earned.all():
        return right_from(outcome, names)
    if earned.sum() > right.sum():
        shown = "; ".join(" ".join("✓" if one else "✗" for one in row) for row in earned)
        right_now = int(earned.sum())
        notes = said("entries-follow", right=right_now, entries=earned.size, names=[*names])
        notes += said("places", shown=shown)
        share = Fraction(right_now, earned.size)
        return replace(outcome, verdict=Verdict.PARTIAL, share=share, notes=notes + lost)
    return replace(outcome, notes=outcome.notes + lost) if lost else None
