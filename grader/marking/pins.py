"""For which quantities of a network a student's answers stand, and how a blank is computed from them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import TypeGuard

from msgspec import Struct
from msgspec.structs import replace

from reference.derivatives.implied import implied
from reference.language.expression import Expression, Name
from reference.network import Network

ASKED, SAME, IMPLIED = range(3)  # how a quantity comes of an answer, the plainest way first


class Stand(Struct, frozen=True):
    """A quantity for which an answer stands, and how it is computed from what was asked for."""

    quantity: str
    by: Expression
    how: int = ASKED


Stands = Sequence[Stand]


class Way(Struct, frozen=True):
    """What a blank is computed from instead of what it is by the network.

    ``given``: what was asked for, and the target of its blank; ``turned``: what is computed from that.
    """

    given: tuple[tuple[str, str], ...]
    turned: tuple[Stand, ...]


def stands_for(network: Network, target: str) -> Stands:
    """The quantities for which the answer to a blank stands, what was asked for first.

    An answer to dL/db2 is one to dL/dz2 as well, if both are the same, and one to dL/dW2 = dL/dz2 a1^T implies
    dL/dz2. A key that is computed from quantities, and is none of them, stands for itself alone.
    """
    equation = network.equations[target]
    asked = equation.name if is_computed(equation, network) else target
    found = same(network, Stand(asked, Name(asked)))
    behind = implied(network, found[-1].quantity)
    if behind is not None and len(found) == 1:
        found += same(network, Stand(*behind, IMPLIED))
    return tuple(found)


def same(network: Network, first: Stand) -> list[Stand]:
    """A quantity and those of which it is only another name."""
    found = [first]
    while is_computed(equation := network.equations[found[-1].quantity], network):
        found.append(Stand(equation.name, first.by, max(first.how, SAME)))
    return found


def is_computed(expression: Expression, network: Network) -> TypeGuard[Name]:
    """Is an expression the name of a computed quantity?"""
    return isinstance(expression, Name) and expression.name in network.equations


def origin(network: Network, target: str) -> str:
    """The quantity that a blank asks for, by the name under which it is computed."""
    return [one.quantity for one in stands_for(network, target) if one.how < IMPLIED][-1]


def ways(network: Network, target: str, given: Mapping[str, Stands]) -> list[Way]:
    """The ways to compute a target from what a student gave, the one that takes most from the student first.

    As a student may have taken dL/dz2 from elsewhere, an answer also stands for what was asked alone. No
    target is computed from an answer to the same question. What several answers stand for is left to the one
    for which it is plainest, or to the first: so no two answers follow from each other.

    Args:
        given: target of each blank that has an answer, in order → that for which it stands.
    """
    own = given[target][0].quantity
    taken: dict[str, Stand] = {}
    asked: dict[str, str] = {}
    found: list[Way] = []
    for how in (ASKED, SAME, IMPLIED):
        for one, stands in given.items():
            for stand in stands:
                if stand.how == how and stand.quantity not in taken:
                    taken[stand.quantity] = stand
                    asked[stand.quantity] = one
        before = {
            name: stand for name, stand in taken.items() if given[asked[name]][0].quantity != own
        }
        way = reached(network, target, before, asked)
        if way.given and way not in found:
            found.append(way)
    return found[::-1]


def reached(
    network: Network, target: str, taken: Mapping[str, Stand], asked: Mapping[str, str]
) -> Way:
    """What was taken from answers, as far as a target is computed from it."""
    free = network.shapes.keys() - network.equations.keys()
    used = {name: one for name, one in taken.items() if name not in free}
    above = opened(network, used.values()).ancestors(target)
    order = dict.fromkeys([*network.equations, *used])
    near = [used[name] for name in order if name in used and name in above]
    return Way(
        tuple((one.quantity, asked[one.quantity]) for one in near if one.how == ASKED),
        tuple(one for one in near if one.how > ASKED),
    )


def opened(network: Network, taken: Collection[Stand]) -> Network:
    """The network in which some quantities are given, and others are computed from them."""
    by = {one.quantity: one.by for one in taken if one.how > ASKED}
    given = {one.quantity for one in taken if one.how == ASKED}
    kept = {name: e for name, e in network.equations.items() if name not in given}
    return replace(network, equations=kept | by)


def network_by(way: Way, network: Network, target: str) -> Network:
    """The network to a target in which what was given is given."""
    given = [Stand(name, Name(name)) for name, _ in way.given]
    return opened(network, [*given, *way.turned]).pruned([target])
