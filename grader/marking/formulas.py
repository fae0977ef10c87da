"""Follow-through of formulas: a wrong one is put in the place of its quantity, and the keys that come out are marked by.

Where dL/db2 = dL/dz2 and dL/dW2 = dL/dz2 a1^T are asked for, a student who has y - yhat for yhat - y in both has
one formula wrong, and one that follows from it.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping

import numpy as np
from msgspec import Struct
from msgspec.structs import replace

from grader.answers import ALL, Outcome, Verdict, said
from grader.marking.given import Stand, Stands, Way, opened, stands_for, ways
from grader.marking.scoring import WRONG, Response
from grader.memo import memoized
from grader.model import Model, Symbolic
from reference.equivalence.compare import Side
from reference.equivalence.points import SamplePoints
from reference.language.expression import Apply, Expression, Name, names, substitute
from reference.language.roles import Role, address_of, answer_name, role
from reference.network import Network

LEAST = 0.01  # of its size, by which a formula must change from point to point
RIGHT = (Verdict.CORRECT, Verdict.NOT_AS_ASKED)
KEPT = 64  # times that the same formulas for the same blank are kept, as each is evaluated
Names = frozenset[str]
Formulas = tuple[tuple[str, Expression], ...]  # target of a blank, and the student's formula


class Asked(Struct, frozen=True, eq=False, dict=True):
    """A blank that asks for a formula, and that for which its answer stands."""

    address: str
    source: Symbolic
    stands: Stands

    @property
    def target(self) -> str:
        return answer_name(self.address)

    @property
    def points(self) -> SamplePoints:
        return self.source.key.points

    @property
    def network(self) -> Network:
        return self.points.network

    @property
    def right(self) -> Expression:
        return self.source.key.expression

    def stated(self, outcome: Outcome) -> Expression:
        """The formula of a wrong answer."""
        return self.source.key.stated(outcome.given)

    @property
    def shown(self) -> str:
        """What was asked for."""
        name = self.stands[0].quantity
        return address_of(name) if role(name) is Role.ANSWER else name


class Followed(Struct, frozen=True):
    """That a wrong formula is right from others: the targets of the wrong ones; do they leave nothing to find?"""

    wrong: tuple[str, ...]
    trivial: bool


class Candidate(Struct, frozen=True, eq=False):
    """What a blank asks for where formulas are put in the place of quantities.

    ``wrong``: the targets of the blanks whose formulas are wrong; ``put``: quantity → what was put in its place.
    """

    source: Symbolic
    wrong: tuple[str, ...]
    put: Mapping[str, Expression]


def followed_formulas(model: Model, response: Response) -> dict[str, Outcome]:
    """The outcomes of wrong formulas that follow from the student's other ones."""
    asked = formulas(model)
    outcomes = {target: response.outcomes[one.address] for target, one in asked.items()}
    wrong = {
        target: outcome
        for target, outcome in outcomes.items()
        if outcome.verdict in WRONG and outcome.given is not None
    }
    if len(wrong) < 2:
        return {}
    given = tuple(
        (target, asked[target].stated(wrong[target]) if target in wrong else asked[target].right)
        for target, one in outcomes.items()
        if target in wrong or one.verdict in RIGHT
    )
    looked = {target: from_others(model, asked[target], given, wrong) for target in wrong}
    found = {target: one for target, one in looked.items() if one is not None}
    empty = trivial_ones(found)
    return {
        asked[target].address: told(
            wrong[target], [asked[other].shown for other in one.wrong], target in empty
        )
        for target, one in found.items()
    }


def trivial_ones(found: Mapping[str, Followed]) -> set[str]:
    """Those that leave nothing to find, and all that follow from them."""
    empty: set[str] = set()
    more = {target for target, one in found.items() if one.trivial}
    while more:
        empty |= more
        more = {target for target, one in found.items() if empty & {*one.wrong}} - empty
    return empty


@memoized
def formulas(model: Model) -> dict[str, Asked]:
    """Target → each blank that asks for a formula."""
    found = {}
    for blank in model.blanks:
        match blank.source:
            case Symbolic(key) as source:
                target = answer_name(blank.address)
                stands = stands_for(key.points.network, target)
                found[target] = Asked(blank.address, source, stands)
    return found


def from_others(
    model: Model, asked: Asked, given: Formulas, wrong: Mapping[str, Outcome]
) -> Followed | None:
    """Whether a wrong formula is right from others."""
    own = wrong[asked.target]
    if not names(asked.stated(own)) <= asked.network.shapes.keys():
        return None  # it has derivatives of its own
    for one in candidates(model, asked, given):
        found = one.source.key.second(own.given, own.understood, one.put)
        if found.verdict is Verdict.CORRECT:
            return Followed(one.wrong, leaves_nothing(one, asked))
    return None


@functools.lru_cache(maxsize=KEPT)
def candidates(model: Model, asked: Asked, given: Formulas) -> list[Candidate]:
    """The keys of a blank that come out of wrong formulas for others, in the order in which they are tried."""
    by_target = dict(given)
    found = []
    for way in formula_ways(model, asked, tuple((one, names(e)) for one, e in given)):
        off = [
            one for one in way.given.values() if by_target[one] is not formulas(model)[one].right
        ]
        if off:
            written = way.put({name: by_target[one] for name, one in way.given.items()})
            built = written_out(written.opened(open_network(asked)), asked.target)
            put = {one.quantity: built[one.quantity] for _, one in way.taken}
            key = replace(asked.source.key, expression=built[asked.target])
            found.append(Candidate(Symbolic(key), tuple(off), put))
    return found


@memoized
def formula_ways(model: Model, asked: Asked, given: tuple[tuple[str, Names], ...]) -> list[Way]:
    """The ways to put formulas in the place of what a blank is computed from, which hang on the names in them."""
    stands = {}
    for target, used in given:
        other = formulas(model)[target]
        first, *more = other.stands
        if fits(other, asked, first.quantity) and usable(other, asked, used):
            kept = [one for one in more if usable(other, asked, needed(one, first))]
            stands[target] = [replace(first, by=standing_for(used)), *kept]
    return ways(open_network(asked), asked.target, asked.stands[0].quantity, stands)


def standing_for(used: Names) -> Expression:
    """An expression with these names."""
    return Apply("add", tuple(map(Name, sorted(used))))


def needed(stand: Stand, first: Stand) -> set[str]:
    """The names that a stand needs beside what was asked for."""
    return {stand.quantity, *names(stand.by)} - {first.quantity}


def written_out(network: Network, target: str) -> dict[str, Expression]:
    """What a target is computed from by equations, and it, in what is given.

    Students may write a quantity in what is computed from it: there, it is as it should be.
    """
    built: dict[str, Expression] = {}
    stack = [(target, False)]
    open_ones: set[str] = set()
    while stack:
        name, ready = stack.pop()
        if ready:
            built[name] = substitute(network.equations[name], built)
        elif name not in open_ones:
            open_ones.add(name)
            stack.append((name, True))
            stack += [
                (one, False) for one in sorted(network.edges(name) & network.equations.keys())
            ]
    return built


def usable(other: Asked, asked: Asked, used: Iterable[str]) -> bool:
    """Do names mean the same for two blanks?"""
    shapes = asked.network.shapes
    return all(name in shapes and same_in(other.network, asked.network, name) for name in used)


def told(outcome: Outcome, shown: list[str], is_trivial: bool) -> Outcome:
    if is_trivial:
        return replace(outcome, notes=outcome.notes + said("empty-formula", names=shown))
    notes = said("follows-formula", names=shown)
    return replace(outcome, verdict=Verdict.FOLLOW_THROUGH, share=ALL, notes=notes)


@memoized
def open_network(asked: Asked) -> Network:
    """The network of a blank, in which the names that its formula may hold are given."""
    kept = {*asked.source.key.allowed, *asked.source.key.aliases}
    return opened(asked.network, [Stand(name, Name(name)) for name in kept])


def fits(other: Asked, asked: Asked, name: str) -> bool:
    """Can what was asked for stand in the network of a blank, where it is the same, or unknown but for what it implies?"""
    unknown = name not in asked.network.shapes
    return unknown or same_in(other.network, asked.network, name)


def same_in(one: Network, other: Network, name: str) -> bool:
    """Has a quantity the same meaning in two networks?"""
    return one is other or one.pruned([name]).equations == other.pruned([name]).equations


def leaves_nothing(candidate: Candidate, asked: Asked) -> bool:
    """Is anything the same at every point, as 0 and 1 are, that is not by the right formulas?"""
    points = asked.points
    pairs: list[tuple[Expression, Expression | None]] = [
        (formula, Name(name) if name in points.values else None)
        for name, formula in candidate.put.items()
    ]
    return any(
        not varies(formula, points) and (should is None or varies(should, points))
        for formula, should in [*pairs, (candidate.source.key.expression, asked.right)]
    )


def varies(formula: Expression, points: SamplePoints) -> bool:
    """Does a formula change from point to point?"""
    value = Side(formula, points).value
    with np.errstate(all="ignore"):
        value = value[np.isfinite(value).all(axis=(-2, -1))]
        return bool(len(value)) and bool(
            (np.ptp(value, axis=0) > LEAST * np.abs(value).max(axis=0)).any()
        )
