"""Questions on data that are drawn: what is asked for, and two items of data."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import TypeVar

from grader.model.sufficiency.case import Case
from grader.model.sufficiency.items import grouped
from grader.model.sufficiency.question import CLAIMS, Item, facts_of, together
from reference.language.roles import derivative_name
from reference.network import Network
from reference.sufficiency.deciding import Sufficiency

MAX_CANDIDATES = 20_000
QUICK = 3  # rounds of the search for two networks, after which another question is drawn
LENGTHS = (1, 1, 2, 2, 3)  # of an item, in phrases

T = TypeVar("T")
Words = Iterator[int]


def draw_case(network: Network, layers: Sequence[str], words: Words) -> Case | None:
    """A question whose right option is drawn first, so that all come up equally often.

    No item holds what is asked for or all of the other item, and everything is decided.
    """
    facts, groups = facts_of(network), phrases(network, layers)
    wanted = CLAIMS[one_of(list(CLAIMS), words)]
    for _ in range(MAX_CANDIDATES):
        target = drawn_target(facts, words)
        first, second = (drawn_item(facts, target, groups, words) for _ in range(2))
        data = together(quantities(first, groups), quantities(second, groups))
        if is_plain(target, data) and is_right(facts, target, data, wanted):
            return Case(target, "; ".join(first), "; ".join(second))
    return None


def count_cases(network: Network, layers: Sequence[str]) -> int:
    """How many questions can come up, before any is rejected."""
    facts, groups = facts_of(network), phrases(network, layers)
    targets = [*network.equations, *(derivative_name(of, by) for of, by in facts.derivatives)]
    total = 0
    for target in targets:
        texts = {*groups, *facts.close_to.get(target, [])}
        items = sum(math.comb(len(texts), length) for length in {*LENGTHS})
        total += items * (items - 1)
    return total


def phrases(network: Network, layers: Sequence[str]) -> dict[str, Item]:
    """What an author may write for many quantities → which they are."""
    texts = ["weights", "inputs"]
    texts += [f"weights from {before} to {after}" for before, after in pairwise(layers)]
    texts += [f"outputs of {layer}" for layer in layers[1:-1]]
    return {text: tuple(grouped(text, network) or ()) for text in texts}


def drawn_target(facts: Sufficiency, words: Words) -> str:
    """A computed value, or the derivative of the last one, or more rarely of another."""
    *_, last = facts.network.equations
    if next(words) % 3 == 0:
        return one_of(list(facts.network.equations), words)
    pairs = facts.derivatives
    if next(words) % 3:
        pairs = [(of, by) for of, by in pairs if of == last]
    return derivative_name(*one_of(pairs, words))


def drawn_item(
    facts: Sufficiency, target: str, groups: dict[str, Item], words: Words
) -> tuple[str, ...]:
    """Phrases, and single quantities that a law needs for what is asked."""
    close = facts.close_to.get(target, [])
    texts = [
        one_of(close if close and next(words) % 2 else list(groups), words)
        for _ in range(one_of(LENGTHS, words))
    ]
    known = {text: frozenset(groups.get(text, (text,))) for text in texts}
    return tuple(text for text in known if not any(known[text] < other for other in known.values()))


def quantities(texts: Sequence[str], groups: dict[str, Item]) -> Item:
    return tuple(dict.fromkeys(name for text in texts for name in groups.get(text, (text,))))


def is_plain(target: str, data: tuple[Item, Item, Item]) -> bool:
    """Does no item hold what is asked for, or the whole other item?"""
    first, second, both = (frozenset(one) for one in data)
    return target not in both and not first <= second and not second <= first


def is_right(
    facts: Sufficiency, target: str, data: tuple[Item, Item, Item], wanted: tuple[bool, ...]
) -> bool:
    """Is an option the right one, with a proof for everything that it says?"""
    if any(
        (facts.derivation(target, given) is not None) != claim
        for given, claim in zip(data, wanted, strict=True)
    ):
        return False
    refused = [given for given, claim in zip(data, wanted, strict=True) if not claim]
    return all(facts.counterexample(target, given, rounds=QUICK) for given in refused)


def one_of(options: Sequence[T], words: Words) -> T:
    return options[next(words) % len(options)]
