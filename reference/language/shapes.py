"""Symbolic shapes, and what each written product means.

A size is a number or a symbol; two sizes are equal only if they are the same number or symbol.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from reference.language.errors import ReadingError, ShapeError
from reference.language.evaluating import evaluate
from reference.language.expression import (
    Apply,
    Expression,
    Name,
    Number,
    Product,
    fold,
    names,
)
from reference.language.operations import (
    SCALAR,
    Mismatch,
    Shape,
    chain,
    describe,
    shape_of,
    spread,
)
from reference.language.writing import plain

MAX_CHAIN = 12
PRIMES = (2, 3, 5, 7, 11, 13, 17, 19, 23, 29)

Shaped = tuple[Expression, Shape]


def resolve(written: Expression, shapes: Mapping[str, Shape]) -> Shaped:
    """Give each written product its meaning; return the resolved expression and its shape.

    Raises:
        ShapeError: names the part that does not fit, with both shapes, and a transpose that would.
        ReadingError: a derivative that is not among ``shapes``.
    """

    def visit(node: Expression, args: list[Shaped]) -> Shaped:
        match node:
            case Number(value):
                return Number(value), SCALAR
            case Name(name) if name in shapes:
                return Name(name), shapes[name]
            case Name(name):
                raise ReadingError(f"'{name}' is not known here", node.column)
            case Product():
                return resolve_chain(node, args, shapes)
            case Apply("hadamard"):
                return multiply(args[0], args[1], "⊙", node.column)
        found = [shape for _, shape in args]
        try:
            shape = shape_of(node.operation, found, node.column)
        except ShapeError as error:
            if len(args) != 2:
                raise
            raise misfit(args[0], args[1], error.message, node.column) from None
        return Apply(node.operation, tuple(value for value, _ in args)), shape

    return fold(written, visit)


def own_shape(node: Expression, args: list[Shape], shapes: Mapping[str, Shape]) -> Shape:
    """The shape of one resolved node from those of its arguments."""
    match node:
        case Number():
            return SCALAR
        case Name(name):
            return shapes[name]
        case Apply(operation):
            return shape_of(operation, args)
    raise TypeError(f"not resolved: {node}")


def infer(resolved: Expression, shapes: Mapping[str, Shape]) -> Shape:
    """The shape of a resolved expression."""
    return fold(resolved, lambda node, args: own_shape(node, args, shapes))


def misfit(left: Shaped, right: Shaped, problem: str, column: int) -> ShapeError:
    """The error for two operands, with both shapes and a transpose that would make them fit."""
    known = f"{plain(left[0])} is {describe(left[1])}, {plain(right[0])} is {describe(right[1])}"
    flipped_left, flipped_right = left[1][::-1], right[1][::-1]
    hint = ""
    if "product" in problem:
        if chains(left[1], flipped_right):
            hint = f"; {plain(left[0])} ({plain(right[0])})^T would fit"
        elif chains(flipped_left, right[1]):
            hint = f"; ({plain(left[0])})^T {plain(right[0])} would fit"
    return ShapeError(f"{problem}: {known}{hint}", column)


def chains(left: Shape, right: Shape) -> bool:
    return left[1] == right[0]


def multiply(left: Shaped, right: Shaped, sign: str, column: int = 0) -> Shaped:
    """One written product of two resolved factors.

    Raises:
        ShapeError: no reading fits, or two do.
    """
    shapes = [left[1], right[1]]
    both = (left[0], right[0])
    if sign == "/":
        return Apply("divide", both), shape_of("divide", shapes, column)
    if SCALAR in shapes and sign != "@":
        return Apply("scale", both), spread(*shapes)
    fits = []
    if sign in "*@" and chains(*shapes):
        fits.append(("matmul", chain(*shapes)))
    if sign in "*⊙" and shapes[0] == shapes[1]:
        fits.append(("hadamard", shapes[0]))
    if len(fits) == 2:
        raise ShapeError(
            f"{plain(left[0])} {plain(right[0])} can be the matrix product or the entrywise one: "
            "write @ or ⊙",
            column,
        )
    if not fits:
        kind = {"*": "product", "@": "matrix product", "⊙": "entrywise product"}[sign]
        raise misfit(left, right, f"the {kind} does not fit", column)
    operation, shape = fits[0]
    return Apply(operation, both), shape


def resolve_chain(node: Product, factors: list[Shaped], shapes: Mapping[str, Shape]) -> Shaped:
    """A chain from left to right; where that does not fit, in the one bracketing that does."""
    result = factors[0]
    try:
        for factor, sign in zip(factors[1:], node.signs, strict=True):
            result = multiply(result, factor, sign, node.column)
        return result
    except ShapeError as error:
        if len(factors) < 3 or len(factors) > MAX_CHAIN or "can be" in error.message:
            raise
        readings = bracketings(factors, node.signs, shapes)
        if len(readings) > 1:
            ways = " or ".join(plain(value) for value, _ in readings[:2])
            raise ShapeError(f"can be read as {ways}: add brackets", node.column) from None
        if not readings:
            raise
        return readings[0]


def bracketings(
    factors: list[Shaped], signs: tuple[str, ...], shapes: Mapping[str, Shape]
) -> list[Shaped]:
    """The readings of a chain under every bracketing that fits, one for each distinct value."""
    values = sample(factors, shapes)
    readings: dict[tuple[int, int], list[Shaped]] = {
        (index, index + 1): [factor] for index, factor in enumerate(factors)
    }
    for width in range(2, len(factors) + 1):
        for start in range(len(factors) - width + 1):
            end = start + width
            distinct: dict[bytes, Shaped] = {}
            for middle in range(start + 1, end):
                for left in readings[start, middle]:
                    for right in readings[middle, end]:
                        try:
                            product = multiply(left, right, signs[middle - 1])
                        except (ShapeError, Mismatch):
                            continue
                        with np.errstate(over="ignore"):  # to seven digits, so without noise
                            value = evaluate(product[0], values).astype(np.float32)
                        distinct.setdefault(value.tobytes() + repr(product[1]).encode(), product)
            readings[start, end] = list(distinct.values())
    return readings[0, len(factors)]


def sample(factors: list[Shaped], shapes: Mapping[str, Shape]) -> dict[str, np.ndarray]:
    """Fixed values for the names of a chain; sizes that differ as symbols differ as numbers."""
    used = sorted(set().union(*(names(value) for value, _ in factors)))
    symbols = sorted({str(size) for name in used for size in shapes[name] if size != 1})
    sizes = {symbol: PRIMES[index % len(PRIMES)] for index, symbol in enumerate(symbols)}
    generator = np.random.Generator(np.random.Philox(key=1))

    def draw(shape: Shape) -> np.ndarray:
        rows, columns = (1 if size == 1 else sizes[str(size)] for size in shape)
        return generator.uniform(0.5, 1.5, (rows, columns))

    return {name: draw(shapes[name]) for name in used}
