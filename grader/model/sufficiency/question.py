"""A question on data: whether two items, alone or together, determine a quantity; decided when needed."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping

from msgspec import Struct

from grader.answers import ChoiceKey, Note, said
from grader.errors import AuthorError, Place
from reference.language.dimensions import SCALAR
from reference.language.expression import Expression
from reference.language.roles import is_quantity
from reference.language.unicode import unicode, unicode_name, unicode_numbers
from reference.network import Network
from reference.sufficiency.deciding import (
    Decision,
    Insufficient,
    Sufficiency,
    Sufficient,
    Undecided,
)
from reference.sufficiency.proofs import Exact, quantities

OPTIONS = {
    "first": "Item (1) is enough by itself, item (2) is not.",
    "second": "Item (2) is enough by itself, item (1) is not.",
    "together": "Neither item is enough by itself, but both together are.",
    "each": "Each of the items is enough by itself.",
    "neither": "Even both items together are not enough.",
}
CLAIMS = {  # of item (1), of item (2), of both: enough?
    "first": (True, False, True),
    "second": (False, True, True),
    "together": (False, False, True),
    "each": (True, True, True),
    "neither": (False, False, False),
}
ITEMS = ("item (1)", "item (2)", "both items together")

Item = tuple[str, ...]


class Proved(Struct, frozen=True, eq=False, dict=True):
    """Some data, and whether they determine a target, which is proved; ``what`` the data are called."""

    what: str
    facts: Sufficiency
    target: str
    given: Item
    holds: bool

    @property
    def network(self) -> Network:
        return self.facts.network

    @functools.cached_property
    def decision(self) -> Decision:
        """With the proof."""
        return self.facts.decide(self.target, self.given)

    @functools.cached_property
    def values(self) -> list[dict[str, Exact]]:
        """The data and the target, by name, in each of the two networks of a proof that they do not determine it."""
        assert isinstance(self.decision, Insufficient)
        wanted = {*self.given, self.target}
        return [quantities(self.network, wanted, point) for point in self.decision.networks]


class DataQuestion(Struct, frozen=True, dict=True, eq=False):
    """What is asked for and the quantities of two items; ``at``: where it stands in the file."""

    network: Network
    target: str
    first: Item
    second: Item
    at: Place

    @functools.cached_property
    def proved(self) -> tuple[Proved, ...]:
        """The decisions on item (1), on item (2) and on both.

        Raises:
            AuthorError: one of them cannot be made.
        """
        facts = facts_of(self.network)
        found, undecided = [], []
        for what, given in zip(ITEMS, together(self.first, self.second), strict=True):
            holds = facts.determines(self.target, given)
            if holds is not None:
                found.append(Proved(what, facts, self.target, given, holds))
            else:
                decision = facts.decide(self.target, given)
                verb = "determine" if "both" in what else "determines"
                reason = (
                    "only a zero or a dead layer speaks against it"
                    if isinstance(decision, Undecided) and decision.degenerate
                    else "neither a derivation nor two networks were found"
                )
                undecided.append(f"it is not decided whether {what} {verb} {self.target}: {reason}")
        if undecided:
            raise AuthorError(*(self.at.problem(message, "undecided") for message in undecided))
        return tuple(found)

    @functools.cached_property
    def key(self) -> ChoiceKey:
        """The standard options in their order."""
        found = tuple(one.holds for one in self.proved)
        right = next(name for name, claim in CLAIMS.items() if claim == found)
        return ChoiceKey(right, tuple(OPTIONS), Refutations(self.proved), OPTIONS)


class Refutations(Mapping[str, tuple[Note, ...]]):
    """Wrong option → the proof against the first of its claims that is wrong, worded only where it is told."""

    def __init__(self, proved: tuple[Proved, ...]) -> None:
        self.against = {
            name: proof
            for name, claims in CLAIMS.items()
            for proof in [
                one for one, holds in zip(proved, claims, strict=True) if one.holds != holds
            ][:1]
        }

    def __getitem__(self, option: str) -> tuple[Note, ...]:
        return said("proof", text=in_short(self.against[option]))

    def __iter__(self) -> Iterator[str]:
        return iter(self.against)

    def __len__(self) -> int:
        return len(self.against)


def together(first: Item, second: Item) -> tuple[Item, Item, Item]:
    """The items, and what both say."""
    return first, second, tuple(dict.fromkeys([*first, *second]))


def facts_of(network: Network) -> Sufficiency:
    """What can be determined in a network, apart from the keys and derivatives that it was extended by."""
    equations = tuple((n, e) for n, e in network.equations.items() if is_quantity(n))
    return facts(network.inputs, network.parameters, equations)


@functools.lru_cache(maxsize=64)
def facts(
    inputs: tuple[str, ...],
    parameters: tuple[str, ...],
    equations: tuple[tuple[str, Expression], ...],
) -> Sufficiency:
    """One for all questions on a network, as finding its laws takes longer than a decision."""
    names = [*inputs, *parameters, *(name for name, _ in equations)]
    shapes = dict.fromkeys(names, SCALAR)
    return Sufficiency(Network(shapes, inputs, parameters, dict(equations)))


def in_short(proof: Proved) -> str:
    """A derivation in steps, or two networks with what differs between them, in one line."""
    target, decision = unicode_name(proof.target), proof.decision
    if isinstance(decision, Sufficient):
        steps = "; ".join(
            f"{unicode_name(step.quantity)} = {unicode(step.formula)}" for step in decision.steps
        )
        return f"not so: from {proof.what}, {target} follows: {steps}"
    assert isinstance(decision, Insufficient)
    one, other = proof.values
    same, apart = alike(decision.first, decision.second)
    shown = ", ".join(
        f"{unicode_name(name)} = {written(value)} or {written(decision.second[name])}"
        for name, value in apart.items()
    )
    both = (
        ", and in both " + ", ".join(f"{unicode_name(n)} = {written(v)}" for n, v in same.items())
        if same
        else ""
    )
    return (
        f"not so: with {proof.what}, {target} can be {written(one[proof.target])} or {written(other[proof.target])}: "
        f"in two networks that have {shown}{both}, and 1 for every other input and weight"
    )


def written(value: object) -> str:
    return unicode_numbers(str(value))


def alike(
    first: Mapping[str, int], second: Mapping[str, int]
) -> tuple[dict[str, int], dict[str, int]]:
    """What two networks have in common, apart from ones, and what the first has that differs."""
    same = {name: value for name, value in first.items() if value == second[name] != 1}
    apart = {name: value for name, value in first.items() if value != second[name]}
    return same, apart
