"""Follow-through in a stack of layers: what comes out where a student's own numbers stand in the place of the right ones."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from grader.answers import Outcome
from grader.drawing import Solved
from grader.marking.scoring import WRONG, Response, right_from
from grader.model import Tally
from reference.language.errors import LanguageError
from reference.layers.ledger import Amount, Cell

SHAPE = ("shape", "side", "channels")  # each of which says something of the others


class Wrong(Struct, frozen=True):
    """A wrong answer: what was asked, and the whole number, or the shape, that was given."""

    asked: Tally
    value: Amount


def followed_layers(solved: Solved, response: Response) -> dict[str, Outcome]:
    """The outcomes of wrong numbers that follow from other wrong numbers of the same stack."""
    outcomes = response.outcomes
    wrong = {
        address: Wrong(asked, given)
        for address, asked in solved.model.tallies.items()
        if not asked.names
        and outcomes[address].verdict in WRONG
        and outcomes[address].given is not None
        and (given := amount_of(outcomes[address])) is not None
    }
    if len(wrong) < 2:
        return {}
    sizes = solved.sizes(response.row)
    found = {}
    for address, one in wrong.items():
        others = known(one.asked, {name: other for name, other in wrong.items() if name != address})
        if others and follows(one, sizes, others):
            names = [name for name in others if not follows(one, sizes, without(others, name))]
            found[address] = right_from(outcomes[address], names or [*others])
    return found


def amount_of(outcome: Outcome) -> Amount | None:
    """The whole numbers above 0 that were given, if they were: one, or a shape."""
    given = outcome.given if isinstance(outcome.given, list) else [outcome.given.total]
    values = [one.value({}) for one in given]
    found = [int(one) for one in values if one is not None and one.denominator == 1 and one > 0]
    return tuple(found) if len(found) == len(values) else None


def known(asked: Tally, wrong: Mapping[str, Wrong]) -> dict[str, tuple[Cell, Amount]]:
    """Address → the cell for which a wrong number stands, as far as it does not say the same as what is asked."""
    own = asked.asked.cell
    found = {}
    for name, other in wrong.items():
        cell = other.asked.asked.cell
        if cell is None or cell == own:
            continue
        if own and cell[0] == own[0] and cell[1] in SHAPE and own[1] in SHAPE:
            continue
        found[name] = cell, other.value
    return found


def without(others: Mapping[str, tuple[Cell, Amount]], name: str) -> dict[str, tuple[Cell, Amount]]:
    return {one: given for one, given in others.items() if one != name}


def follows(
    wrong: Wrong, sizes: Mapping[str, int], others: Mapping[str, tuple[Cell, Amount]]
) -> bool:
    """Does a number come out where others stand in the place of the right ones?"""
    try:
        return wrong.asked.value(sizes, dict(others.values())) == wrong.value
    except LanguageError:
        return False
