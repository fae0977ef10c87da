"""For which quantities of a network a student's answers stand, and from which of them a blank is computed."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from msgspec.structs import replace

from reference.language.expression import Name
from reference.network import Network

Pins = Mapping[str, str]  # quantity → the target of the blank whose answer stands for it


def stands_for(network: Network, target: str) -> tuple[str, ...]:
    """The quantities that a blank's answer is a value of: ``dL/db2``, and ``dL/dz2`` if that is the same.

    Where a key is computed from quantities and is none of them, it is the only one.
    """
    found = [target]
    while (other := same_as(network, found[-1])) is not None:
        found.append(other)
    return tuple(found[1:] or found)


def same_as(network: Network, name: str) -> str | None:
    """The computed quantity of which a name is only another name."""
    equation = network.equations[name]
    computed = isinstance(equation, Name) and equation.name in network.equations
    return equation.name if computed and isinstance(equation, Name) else None


def pinned(network: Network, target: str, given: Iterable[str]) -> list[Pins]:
    """The ways to take what a student gave instead of what a target is computed from.

    First, every answer stands for all that it is a value of; what two answers are a value of is left to the one
    that was asked for it, or to the first. Then each stands only for what was asked, as a student may have
    taken ``dL/dz2`` from elsewhere. A target is never computed from an answer to the same question.

    Args:
        given: the targets of the blanks that have an answer, in order.
    """
    chains = {one: stands_for(network, one) for one in given}
    own = stands_for(network, target)[0]
    pins: dict[str, str] = {}
    found: list[Pins] = []
    for depth in range(max(map(len, chains.values()), default=0)):
        for one, chain in chains.items():
            if depth < len(chain):
                pins.setdefault(chain[depth], one)
        others = {name: one for name, one in pins.items() if chains[one][0] != own}
        before = {name: others[name] for name in nearest(network, target, others)}
        if before and before not in found:
            found.append(before)
    return found[::-1]


def nearest(network: Network, target: str, names: Collection[str]) -> list[str]:
    """Of some quantities, those from which a target is computed with no other of them between."""
    above = without(network, names).ancestors(target)
    return [name for name in network.equations if name in names and name in above]


def without(network: Network, names: Collection[str]) -> Network:
    """The network in which some quantities are given, and not computed."""
    equations = {name: e for name, e in network.equations.items() if name not in names}
    return replace(network, equations=equations)
