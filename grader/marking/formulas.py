"""Follow-through of formulas: a wrong one is put in the place of its quantity, and the keys that come out are marked by.

Where dL/db2 = dL/dz2 and dL/dW2 = dL/dz2 a1^T are asked for, a student who has y - yhat for yhat - y in both has
one formula wrong, and one that follows from it.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping

import numpy as np
from msgspec import Struct
from msgspec.structs import replace

from grader.answers import ALL, ExpressionKey, Outcome, Verdict
from grader.marking.pins import ASKED, Stand, Stands, Way, network_by, opened, stands_for, ways
from grader.marking.scoring import WRONG, Response
from grader.model import Model, Symbolic
from reference.equivalence.compare import Side
from reference.equivalence.points import Points
from reference.language.expression import Expression, Name, names, substitute
from reference.language.roles import Role, address_of, answer_name, role
from reference.network import Network

LEAST = 0.01  # of its size, by which a formula must change from point to point
Formulas = tuple[tuple[str, Expression], ...]  # quantity → the student's formula for it


class Asked(Struct, frozen=True, eq=False):
    """A blank that asks for a formula: its key, and that for which its answer stands."""

    address: str
    key: ExpressionKey
    stands: Stands

    @property
    def target(self) -> str:
        return answer_name(self.address)

    @property
    def network(self) -> Network:
        return self.key.points.network

    @property
    def shown(self) -> str:
        """What was asked for."""
        name = self.stands[0].quantity
        return address_of(name) if role(name) is Role.ANSWER else name


class Followed(Struct, frozen=True):
    """That a wrong formula is right from others: the targets of the wrong ones; do they leave nothing to find?"""

    wrong: tuple[str, ...]
    trivial: bool


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
    right = {target for target, one in outcomes.items() if one.verdict is Verdict.CORRECT}
    given = frozenset({*right, *wrong})
    looked = {target: from_others(model, asked[target], wrong, given) for target in wrong}
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


@functools.lru_cache(maxsize=1024)
def formulas(model: Model) -> dict[str, Asked]:
    """Target → each blank that asks for a formula in one line."""
    found = {}
    for blank in model.blanks:
        match blank.source:
            case Symbolic(ExpressionKey() as key):
                target = answer_name(blank.address)
                stands = stands_for(key.points.network, target)
                found[target] = Asked(blank.address, key, stands)
    return found


def from_others(
    model: Model, asked: Asked, wrong: Mapping[str, Outcome], given: frozenset[str]
) -> Followed | None:
    """Whether a wrong formula is right from others."""
    own = wrong[asked.target]
    for way in formula_ways(model, asked, given):
        off = tuple(one for _, one in way.given if one in wrong)
        put = tuple(
            (name, wrong[one].given if one in wrong else right(model, asked, name, one))
            for name, one in way.given
        )
        others = [formulas(model)[one] for _, one in way.given]
        if not off or not all(
            usable(other, asked, formula) for other, (_, formula) in zip(others, put, strict=True)
        ):
            continue
        key, is_trivial = key_from(asked, way, put)
        if key.looked_at(own.given, key.shape, own.understood).verdict is Verdict.CORRECT:
            return Followed(off, is_trivial)
    return None


def right(model: Model, asked: Asked, name: str, other: str) -> Expression:
    """What stands for a right formula for another blank in the network of this one."""
    known = name in asked.network.shapes
    return Name(name) if known else formulas(model)[other].key.expression


def usable(other: Asked, asked: Asked, formula: Expression) -> bool:
    """Do the names of a formula for another blank mean the same in the network of this one?"""
    return all(
        name in asked.network.shapes and same_in(other.network, asked.network, name)
        for name in names(formula)
    )


def told(outcome: Outcome, shown: list[str], is_trivial: bool) -> Outcome:
    yours = f"your formula{'s' * (len(shown) > 1)} for {' and '.join(shown)}"
    if is_trivial:
        which = "leaves" if len(shown) == 1 else "leave"
        message = f"{outcome.message}; it follows from {yours}, which {which} nothing to find here"
        return replace(outcome, message=message)
    message = f"right from {yours}"
    return replace(outcome, verdict=Verdict.FOLLOW_THROUGH, share=ALL, message=message)


@functools.lru_cache(maxsize=4096)
def formula_ways(model: Model, asked: Asked, given: frozenset[str]) -> list[Way]:
    """The ways to put formulas in place of what a blank is computed from."""
    stands = {
        target: [one for one in other.stands if fits(one, other, asked)]
        for target, other in formulas(model).items()
        if target in given and fits(other.stands[0], other, asked)
    }
    return ways(open_network(asked), asked.target, stands)


def open_network(asked: Asked) -> Network:
    """The network of a blank, in which the names that its formula may hold are given."""
    kept = {*asked.key.allowed, *asked.key.aliases}
    return opened(asked.network, [Stand(name, Name(name)) for name in kept])


def fits(stand: Stand, other: Asked, asked: Asked) -> bool:
    """Does an answer to another blank stand for a quantity in the network of this one?"""
    if stand.how == ASKED and stand.quantity not in asked.network.shapes:
        return True  # it has no use for it, but perhaps for what comes of it
    used = {stand.quantity, *names(stand.by)} - {other.stands[0].quantity}
    return all(same_in(other.network, asked.network, name) for name in used or {stand.quantity})


def same_in(one: Network, other: Network, name: str) -> bool:
    """Has a quantity the same meaning in two networks?"""
    return one is other or one.pruned([name]).equations == other.pruned([name]).equations


@functools.lru_cache(maxsize=256)
def key_from(asked: Asked, way: Way, put: Formulas) -> tuple[ExpressionKey, bool]:
    """The key that comes out if formulas are put in the place of quantities; do they leave nothing to find?"""
    points, built = asked.key.points, dict(put)
    network = network_by(way, open_network(asked), asked.target)
    for name, equation in network.equations.items():
        built[name] = substitute(equation, built)
    key = replace(asked.key, expression=built[asked.target])
    turned = [(one.quantity, built[one.quantity]) for one in way.turned]
    pairs = [*put, *turned, (asked.target, key.expression)]
    still = any(
        not varies(one, points) and (name not in points.values or varies(Name(name), points))
        for name, one in pairs
    )
    return key, still


def varies(formula: Expression, points: Points) -> bool:
    """Does a formula change from point to point, as none does that is 0, or 1, in disguise?"""
    value = Side(formula, points).value
    with np.errstate(all="ignore"):
        value = value[np.isfinite(value).all(axis=(-2, -1))]
        return bool(len(value)) and bool(
            (np.ptp(value, axis=0) > LEAST * np.abs(value).max(axis=0)).any()
        )
