"""What each step on the way to an answer loses by being written down.

A value is *clean* where all have the same number and can write it: values of the sheet are, and so is what is
made of clean values and can be written in few digits. It loses nothing. Where a value that is made of clean
ones cannot be written, all are off alike; of any other, each is off by chance.
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence

import numpy as np
from msgspec import Struct

from reference.derivatives.digits import Flags, WrittenDown, written
from reference.language.evaluating import constant
from reference.language.expression import Apply, Expression, Name
from reference.language.operations import OPERATIONS, Operation
from reference.language.simplifying import PRODUCTS
from reference.language.values import Array, as_numbers
from reference.network import Network

YES: Flags = np.ones((1, 1, 1), bool)
ZERO: Array = np.zeros((1, 1, 1))
ANY_ORDER = 5  # factors; of a longer chain, only the order in which they stand is looked at

OF_FIRST = {"divide", "power"}  # 0 where the first operand is

Values = Mapping[str, Array]  # of every name, (batch, rows, columns)
Chain = tuple[Expression, ...]


class Loss(Struct, frozen=True):
    """How far off the entries of a step may be, each (batch, rows, columns), or nothing.

    ``alike``: as all are; ``chance``: as each is by himself; ``squares``: of what is in ``chance``, one by one.
    """

    alike: Array | None = None
    chance: Array | None = None
    squares: Array | None = None

    def __add__(self, other: Loss) -> Loss:
        """Of two numbers that are written down, which are off independently."""
        return Loss(
            both(self.alike, other.alike),
            both(self.chance, other.chance),
            both(self.squares, other.squares),
        )

    def summed(self) -> Loss:
        """Of the sums over the last axis but one."""
        parts = (self.alike, self.chance, self.squares)
        return Loss(*(None if part is None else part.sum(axis=-2) for part in parts))


def both(one: Array | None, other: Array | None) -> Array | None:
    if one is None or other is None:
        return other if one is None else one
    return one + other


class StepLoss(Struct, frozen=True):
    """The ``clean`` entries of a step; what it loses ``inside``, before its result is written, and as a ``whole``."""

    clean: Flags
    whole: Loss = Loss()
    inside: Loss = Loss()


CLEAN = StepLoss(YES)


def losses(
    steps: Network, chains: Mapping[str, Chain], known: Values, unit: float
) -> dict[str, StepLoss]:
    """What is lost in each step of a network that is written out in steps.

    Args:
        chains: each step that is written down → the factors of the chain of products that ends in it, if any.
        unit: of the last decimal of what is not small.
    """
    found: dict[str, StepLoss] = {}
    with np.errstate(all="ignore"):
        arrays = {
            (name, part): array
            for name, chain in chains.items()
            for part, array in parts(name, steps.equations[name], chain, known)
        }
        alone = [key for key in arrays if key[1] == "reciprocal"]
        paper = Paper(known, found, written(arrays, alone, unit))
        rounded = {name for (name, _), one in paper.written.items() if not one.exact}
        for name, node in steps.equations.items():
            operands = node.args if isinstance(node, Apply) else (node,)
            if name not in rounded and all(paper.clean(one) is YES for one in operands):
                found[name] = CLEAN
            else:
                found[name] = step(paper, name, node, chains.get(name, ()))
    return found


def parts(
    name: str, node: Expression, chain: Chain, known: Values
) -> Iterator[tuple[object, Array]]:
    """What is written on the way through a step: what is before its result, and that."""
    if node.operation == "divide":
        yield "reciprocal", 1.0 / value(node.args[1], known)
    elif node.operation == "matmul":
        left, right = (value(one, known) for one in node.args)
        if left.shape[-1] > 1:
            yield "products", left[..., :, :, None] * right[..., None, :, :]
    elif (found := in_sum(node, known)) is not None:
        yield "products", functools.reduce(np.multiply, found)
    elif len(chain) > 2:
        factors = [value(one, known) for one in chain]
        for some in partial(len(chain)):
            yield some, functools.reduce(np.multiply, (factors[place] for place in some))
    yield "result", known[name]


def in_sum(node: Expression, known: Values) -> list[Array] | None:
    """The factors of the products that an operation adds up, (batch, rows, terms, columns) each."""
    if not isinstance(node, Apply):
        return None
    factors = OPERATIONS[node.operation].factors
    found = None if factors is None else factors(*(value(one, known) for one in node.args))
    return found if found and len(found) > 1 else None


def partial(count: int) -> Iterator[tuple[int, ...]]:
    """The factors of a chain that may have been multiplied before all are."""
    for some in range(2, count):
        yield from (
            itertools.combinations(range(count), some)
            if count <= ANY_ORDER
            else [tuple(range(some))]
        )


def value(node: Expression, known: Values) -> Array:
    return known[node.name] if isinstance(node, Name) else constant(node)[None]


class Paper(Struct, frozen=True):
    """What is known of values, of the steps so far, and of all that is written in any step."""

    known: Values
    steps: Mapping[str, StepLoss]
    written: Mapping[tuple[str, object], WrittenDown]

    def value(self, node: Expression) -> Array:
        return value(node, self.known)

    def clean(self, node: Expression) -> Flags:
        """The clean entries of an operand; a constant and a value of the sheet are."""
        step = self.steps.get(node.name) if isinstance(node, Name) else None
        return YES if step is None else step.clean


def step(paper: Paper, name: str, node: Expression, chain: Chain) -> StepLoss:
    """One step, where those before it are known."""
    if not isinstance(node, Apply):
        return StepLoss(paper.clean(node))
    flags = [paper.clean(one) for one in node.args]
    row = OPERATIONS[node.operation]
    if row.keeps_digits:
        return StepLoss(row.clean(*map(paper.value, node.args), *flags))
    result = paper.written[name, "result"]
    products = paper.written.get((name, "products"))
    values = [paper.value(one) for one in node.args]
    if products is not None and row.factors is not None:
        clean = flags_in_sum(row, values, flags)
        made = np.asarray(row.clean(*values, *flags))
        return summed_products(clean, made, products, result)
    if products is not None:
        return product(values, flags, products, result)
    made = np.asarray(row.clean(*values, *flags)) if row.factors is not None else all_of(flags)
    if not result.values.all():
        made = made | nothing(paper, node, flags, result.values)
    if row.axes:
        made = np.asarray(made.all(axis=row.axes, keepdims=True))
    lost = np.where(made, result.off, result.half)
    if node.operation == "divide":
        reciprocal = of_reciprocal(
            paper.value(node.args[0]), flags[1], paper.written[name, "reciprocal"]
        )
        lost = np.maximum(lost, reciprocal)
        return StepLoss(made & (lost == 0), split(made, lost), split(made, reciprocal))
    whole, inside = split(made, lost), Loss()
    if len(chain) > 2:
        further = (len(chain) - 2) * np.where(result.values, of_chain(paper, name, chain), 0.0)
        whole, inside = with_chance(whole, further), with_chance(inside, further)
    return StepLoss(made & (lost == 0), whole, inside)


def all_of(flags: Iterable[Flags]) -> Flags:
    return functools.reduce(np.logical_and, flags)


def nothing(paper: Paper, node: Apply, flags: Sequence[Flags], result: Array) -> Flags:
    """Where a result is 0 whatever is lost before it: it has a factor that is a clean 0, or is an exponential."""
    if node.operation == "exp":
        return np.asarray(result == 0)
    count = 2 if node.operation in PRODUCTS else 1 if node.operation in OF_FIRST else 0
    found: Flags = np.zeros((1, 1, 1), bool)
    for factor, clean in zip(node.args[:count], flags, strict=False):
        found = found | (clean & (paper.value(factor) == 0))
    return np.asarray(found & (result == 0))


def split(made: Flags, lost: Array) -> Loss:
    """What is lost where a value is ``made`` of clean ones, and where it is not."""
    if not lost.any():
        return Loss()
    chance = np.where(made, 0.0, lost)
    return Loss(np.where(made, lost, 0.0) if made.any() else None, chance, chance**2)


def with_chance(loss: Loss, further: Array) -> Loss:
    """The same with what is off by chance together with it."""
    chance = further if loss.chance is None else loss.chance + further
    return Loss(loss.alike, chance, chance**2)


def product(
    factors: Sequence[Array], flags: Sequence[Flags], products: WrittenDown, result: WrittenDown
) -> StepLoss:
    """A product of matrices, each product in it written down."""
    left, right = flags
    no_left, no_right = (
        clean & (factor == 0) for clean, factor in zip(flags, factors, strict=True)
    )
    clean = left[..., :, :, None] & right[..., None, :, :]
    clean = clean | no_left[..., :, :, None] | no_right[..., None, :, :]
    return summed_products(clean, YES, products, result)


def flags_in_sum(row: Operation, values: Sequence[Array], flags: Sequence[Flags]) -> Flags:
    """Where all factors of the products that are added up are clean; a product that is left out is."""
    assert row.factors is not None
    count = sum(pull is not None for pull in row.pulls)  # sizes have none
    unclean = (1.0 - as_numbers(*pair) for pair in zip(flags[:count], values, strict=False))
    found = row.factors(*unclean, *values[count:]) or []
    return ~functools.reduce(np.logical_or, [one > 0 for one in found])


def summed_products(
    clean: Flags, made: Flags, products: WrittenDown, result: WrittenDown
) -> StepLoss:
    """A sum of products, each written down; ``made``: is all else in it clean?"""
    each = split(clean, np.where(clean, products.off, products.half))
    inside = each.summed()
    made = made & (clean & (products.off == 0)).all(axis=-2)
    lost = np.where(made, result.off, result.half)
    return StepLoss(made & (lost == 0), split(made, lost) + inside, inside)


def of_reciprocal(above: Array, below: Flags, one: WrittenDown) -> Array:
    """What a quotient loses by a rounded reciprocal; ``below``: where what is divided by is clean."""
    lost = np.abs(above) * np.where(below, one.off, one.half)
    needless = (above == 0) | (np.abs(above) == 1) | ~np.isfinite(one.values)
    return np.where(needless, 0.0, lost)


def of_chain(paper: Paper, name: str, chain: Chain) -> Array:
    """What one of the products on the way through a chain loses, in the worst order of its factors."""
    factors = [np.abs(paper.value(one)) for one in chain]
    flags = [paper.clean(one) for one in chain]
    worst = ZERO
    for some in partial(len(chain)):
        product = paper.written[name, some]
        made = all_of(flags[place] for place in some)
        lost = np.where(made & (product.off == 0), 0.0, product.half)
        for place in {*range(len(chain))}.difference(some):
            lost = lost * factors[place]
        worst = np.fmax(worst, lost)  # what is not defined may not count at all
    return worst
