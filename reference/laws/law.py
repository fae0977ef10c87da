"""What is declared of a random quantity: its entries are independent, each with the same law."""

from __future__ import annotations

from msgspec import Struct

from reference.language.expression import Expression, apply, number
from reference.language.operations.operation import ONE, minus


class Law(Struct, frozen=True):
    """The law of each entry, by scalars or by matrices of the quantity's shape.

    ``on``: the probability of 1, where an entry is 1 or 0.
    """

    mean: Expression
    variance: Expression
    on: Expression | None = None


def bernoulli(on: Expression) -> Law:
    """1 with a probability, else 0."""
    return Law(on, apply("scale", on, minus(ONE, on)), on)


def constant(value: Expression) -> Law:
    return Law(value, number(0))
