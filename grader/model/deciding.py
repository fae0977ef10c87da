"""Pools of which the numbers of a variant decide what is right: their comparisons and ranks, as values of the network."""

from __future__ import annotations

import functools
from itertools import combinations

from grader.errors import Place
from grader.model.blank import Drawn
from grader.model.structure import Structure
from grader.model.values import key_of
from grader.pools import Path, Pool
from reference.language.dimensions import SCALAR, describe
from reference.language.expression import Apply, Expression, Name
from reference.language.operands import TESTS
from reference.language.roles import answer_name
from reference.network import Network


def drawn(
    structure: Structure, question: str, pool: Pool, at: Place, network: Network
) -> tuple[Drawn, Network]:
    """What is drawn from a pool, and the network with all that decides what is right in it."""
    deciding: dict[str, str] = {}
    for path, texts in {**pool.claims, **pool.ranked}.items():
        found = []
        for text, here in placed(texts, at, path):
            value, network = scalar(structure, text, here, network)
            if value is not None and path in pool.claims and not compares(value):
                here.report(f"expected true, false or a comparison such as p > q, found '{text}'")
            elif value is not None:
                found.append(value)
        if found:
            deciding[path[1]] = name = answer_name(f"{question} {path[1]}")
            network = network.extended({name: functools.reduce(both, found)}, {name: SCALAR})
    ranks = [Name(deciding[path[1]]) for path in pool.ranked if path[1] in deciding]
    gaps = (Apply("subtract", pair) for pair in combinations(ranks, 2))
    return Drawn(pool, deciding=deciding, gaps=tuple(gaps)), network


def placed(texts: str | list[str], at: Place, path: Path) -> list[tuple[str, Place]]:
    """Each text of a place in a pool, and where it stands."""
    for key in path:
        at = at[key]
    return (
        [(texts, at)]
        if isinstance(texts, str)
        else [(text, at[row]) for row, text in enumerate(texts)]
    )


def scalar(
    structure: Structure, text: str, at: Place, network: Network
) -> tuple[Expression | None, Network]:
    """A number of the network, and the network with the derivatives that it names."""
    keyed = key_of(structure, text, at, network)
    if keyed is None:
        return None, network
    value, shape, network = keyed
    if shape != SCALAR:
        at.report(f"expected a scalar, found {describe(shape)}", "shapes")
        return None, network
    return value, network


def compares(value: Expression) -> bool:
    return isinstance(value, Apply) and value.operation in TESTS


def both(one: Expression, other: Expression) -> Expression:
    """1 where both comparisons hold, else 0."""
    return Apply("scale", (one, other))
