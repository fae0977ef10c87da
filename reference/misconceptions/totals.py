"""Halves, sums and means that are misunderstood."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from fractions import Fraction

from reference.language.dimensions import SCALAR, expressed
from reference.language.expression import (
    Apply,
    Expression,
    Name,
    apply,
    fold,
    number,
    parts,
    rebuild,
)
from reference.language.operations import Family, of_family
from reference.language.shapes import infer
from reference.language.whole import whole
from reference.misconceptions.equations import in_equations, replaced
from reference.misconceptions.solver import Solver
from reference.network import Network

PRODUCTS = of_family(Family.PRODUCT)
EVEN = PRODUCTS | of_family(Family.SUM) | {"negate"}
TWO, HALF = number(2), number(Fraction(1, 2))
DIGITS = re.compile(r"\d")


def without_half(expression: Expression, network: Network) -> Expression:
    """Squares, and sums of squares, that are not halved."""
    return replaced(expression, lambda node, args: doubled(node))


def doubled(node: Apply) -> Expression | None:
    match node:
        case Apply("divide", (error, _)) if has_square(error):
            return without_divisor(node, TWO)
        case Apply(product, (share, error)) if product in PRODUCTS and has_square(error):
            whole = number(1) if share == HALF else without_divisor(share, TWO)
            return None if whole is None else apply(product, whole, error)
    return None


def without_divisor(quotient: Expression, divisor: Expression) -> Expression | None:
    """A quotient without one of the factors below; nothing where that is none of them."""
    match quotient:
        case Apply("divide", (above, below)):
            rest = without_factor(below, divisor)
            return above if rest == number(1) else rest and apply("divide", above, rest)
    return None


def without_factor(product: Expression, factor: Expression) -> Expression | None:
    if product == factor:
        return number(1)
    match product:
        case Apply(operation, (left, right)) if operation in PRODUCTS and factor in (left, right):
            return right if left == factor else left
    return None


def has_square(expression: Expression) -> bool:
    return any(isinstance(node, Apply) and is_square(node) for node in parts(expression))


def is_square(node: Apply) -> bool:
    match node:
        case Apply("power", (_, exponent)):
            return exponent == TWO
        case Apply("matmul", (Apply("transpose", (left,)), right)):
            return left == right
        case Apply(product, (left, right)):
            return product in PRODUCTS and left == right
    return False


def of_last(
    change: Callable[[Expression, Network], Expression],
) -> Callable[[Expression, Network], Expression]:
    """Only of a number on which nothing else depends, as a loss is."""

    def changed(expression: Expression, network: Network) -> Expression:
        [name, *_] = [name for name, e in network.equations.items() if e is expression]
        used = any(name in inside for inside in network.uses.values())
        return expression if used or network.shapes[name] != SCALAR else change(expression, network)

    return changed


def mean_for_sum(expression: Expression, network: Network) -> Expression:
    """A total, or a sum of terms that are alike but for their indices, divided by how many there are."""
    counts = totals(expression, network)

    def visit(node: Expression, args: list[Expression]) -> Expression:
        rebuilt, count = rebuild(node, args), counts.get(id(node))
        return rebuilt if count is None else apply("divide", rebuilt, count)

    return fold(expression, visit)


def totals(expression: Expression, network: Network) -> dict[int, Expression]:
    """The sums by which an expression grows evenly, by ``id``, with how many they add up."""
    found: dict[int, Expression] = {}
    stack = [expression]
    while stack:
        node = stack.pop()
        count = how_many(node, network)
        if count is not None:
            found[id(node)] = count
        elif node.operation == "add":
            stack += summands(node)  # of which a part is no sum by itself
        elif node.operation == "divide":
            stack.append(node.args[0])
        elif node.operation in EVEN:
            stack.extend(node.args)
    return found


def how_many(node: Expression, network: Network) -> Expression | None:
    """How many entries or terms that are alike are added up; nothing where it is no such sum, or where nobody could say it."""
    match node:
        case Apply("sum", (inside,)):
            sizes = [one for one in infer(inside, network.shapes) if one != 1]
            if all(whole(one).symbols <= network.shapes.keys() for one in sizes):
                factors = [*map(expressed, sizes)]
                return apply("scale", *factors) if len(factors) == 2 else next(iter(factors), None)
        case Apply("add"):
            terms = summands(node)
            alike = len({*map(without_digits, terms)}) == 1
            return number(len(terms)) if alike else None
    return None


def summands(total: Expression) -> list[Expression]:
    found, stack = [], [total]
    while stack:
        node = stack.pop()
        if node.operation == "add":
            stack += node.args
        else:
            found.append(node)
    return found


def without_digits(expression: Expression) -> Expression:
    def visit(node: Expression, args: list[Expression]) -> Expression:
        return Name(DIGITS.sub("", node.name)) if isinstance(node, Name) else rebuild(node, args)

    return fold(expression, visit)


def undivided(expression: Expression, network: Network) -> Expression:
    """A sum that is not divided by the number of what it adds up."""

    def change(node: Apply, args: list[Expression]) -> Expression | None:
        if node.operation != "divide":
            return None
        counts = [count for one in parts(args[0]) if (count := how_many(one, network)) is not None]
        wholes = (without_divisor(node, count) for count in counts)
        return next((whole for whole in wholes if whole is not None), None)

    return replaced(expression, change)


def batch_divisions(times: int) -> Callable[[Expression, Network], Expression]:
    """What is divided by the number of examples, divided so many times: never, or twice."""

    def changed(expression: Expression, network: Network) -> Expression:
        batches = {network.shapes[name][1] for name in network.inputs} - {1}
        counts = [*map(expressed, batches)]

        def change(node: Apply, args: list[Expression]) -> Expression | None:
            for count in counts:
                whole = without_divisor(node, count)
                if whole is not None:
                    return whole if times == 0 else apply("divide", node, count)
            return None

        return replaced(expression, change)

    return changed


def batch_miscounted(solver: Solver) -> Iterator[Network]:
    """1/m left out, or twice."""
    for times in (0, 2):
        yield from in_equations(batch_divisions(times))(solver)
