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
    """What a blank is computed from instead of what it is by the network: target of the blank with the answer, and stand."""

    taken: tuple[tuple[str, Stand], ...]

    @property
    def given(self) -> dict[str, str]:
        """What was asked for → the target of its blank."""
        return {stand.quantity: one for one, stand in self.taken if stand.how == ASKED}

    def put(self, formulas: Mapping[str, Expression]) -> Way:
        """The same with formulas in the place of what was asked for."""
        return Way(
            tuple(
                (one, replace(stand, by=formulas[stand.quantity]) if stand.how == ASKED else stand)
                for one, stand in self.taken
            )
        )

    def opened(self, network: Network) -> Network:
        """The network in which all this comes of answers."""
        return opened(network, [stand for _, stand in self.taken])


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


def ways(network: Network, target: str, own: str, given: Mapping[str, Stands]) -> list[Way]:
    """The ways to compute a target from what a student gave, the one that takes most from the student first.

    As a student may have taken dL/dz2 from elsewhere, an answer also stands for what was asked alone. No
    target is computed from an answer to the same question. What several answers stand for is left to the one
    for which it is plainest, or to the first: so no two answers follow from each other.

    Args:
        own: what the target asks for. given: target of each blank with an answer, in order → for what it stands.
    """
    free = network.shapes.keys() - network.equations.keys()
    taken: dict[str, tuple[str, Stand]] = {}
    found: list[Way] = []
    for how in (ASKED, SAME, IMPLIED):
        for one, stands in given.items():
            for stand in stands:
                if stand.how == how and stand.quantity not in free:
                    taken.setdefault(stand.quantity, (one, stand))
        others = {n: each for n, each in taken.items() if given[each[0]][0].quantity != own}
        way = reached(network, target, others)
        if way.given and way not in found:
            found.append(way)
    return found[::-1]


def reached(network: Network, target: str, taken: Mapping[str, tuple[str, Stand]]) -> Way:
    """What was taken from answers, as far as a target is computed from it."""
    above = opened(network, [stand for _, stand in taken.values()]).ancestors(target)
    order = dict.fromkeys([*network.equations, *taken])
    return Way(tuple(taken[name] for name in order if name in taken and name in above))


def opened(network: Network, taken: Collection[Stand]) -> Network:
    """The network in which some quantities come of answers; what was asked for is given where it is no formula."""
    by = {one.quantity: one.by for one in taken}
    strange = {name: e for name, e in by.items() if name not in network.equations}
    equations = strange | {name: by.get(name, e) for name, e in network.equations.items()}
    given = {name for name, e in by.items() if e == Name(name)}
    return replace(network, equations={n: e for n, e in equations.items() if n not in given})
