"""Symbolic shapes, and what each written product means.

A size is a number or a symbol; two sizes are equal only if they are the same number or symbol.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import count, product

import numpy as np

from reference.language.dimensions import (
    SCALAR,
    Mismatch,
    Shape,
    Size,
    chain,
    describe,
    expressed,
)
from reference.language.errors import ShapeError, UnknownName
from reference.language.evaluating import evaluate
from reference.language.expression import (
    ONLY,
    Apply,
    Expression,
    Name,
    Number,
    Product,
    Table,
    fold,
    names,
    number,
    parts,
    substitute,
)
from reference.language.indexed.rows import Text
from reference.language.layouts import LEFT_TO_SHAPES, dot, meant
from reference.language.named.opening import is_call, opened
from reference.language.operations import OPERATIONS, shape_of, transposed
from reference.language.roles import index_of
from reference.language.spreading import spread_out
from reference.language.writing import factor

MAX_CHAIN = 12
MAX_READINGS = 1000  # products looked at to find what the chains of a text can mean
MAX_SHOWN = 60  # characters of an expression in a message
OWN_NUMBER = re.compile(r"#\d+")  # of an index that a sum runs over
SEVERAL = {"where": ("the cases", 0), "call2": ("the arguments", 3)}  # and the first one as written
SPECIAL = LEFT_TO_SHAPES | {"diag", "power", "hadamard", "entry", "sum_over"}
PRIMES = (2, 3, 5, 7, 11, 13, 17, 19, 23, 29)

Shaped = tuple[Expression, Shape]


def resolve(
    written: Expression,
    shapes: Mapping[str, Shape],
    indices: Mapping[str, Size] | None = None,
    least: Mapping[str, int] | None = None,
    spreads: bool = False,
) -> Shaped:
    """Give each written product its meaning; return the resolved expression and its shape.

    Args:
        indices: the names that stand for the place of an entry, with the size they run over.
        least: the least value of each size, of which the settings of named operations are made.
        spreads: do rows and columns spread over a matrix, as in NumPy?

    Raises:
        ShapeError: names the part that does not fit, with both shapes, and a transpose that would.
        UnknownName: a derivative that is not among ``shapes``.
    """
    known, table = indices or {}, Table(spreads)
    bound: dict[str, Shape] = {}
    looked_at = count()  # readings of products

    def visit(node: Expression, args: list[Shaped]) -> Shaped:
        if isinstance(node, Name):
            own = shapes.get(node.name)
            if own is not None:
                return table.name(node.name), own
            if not bound:
                bound.update(dict.fromkeys(bound_indices(written), SCALAR))
            if node.name not in bound:
                raise UnknownName(f"'{node.name}' is not known here", node.column)
            return table.name(node.name), SCALAR
        if isinstance(node, Number):
            return table.number(node.value), SCALAR
        if isinstance(node, Product):
            sizes = {**shapes, **bound} if bound else shapes
            return resolve_chain(node, args, sizes, looked_at, table)
        if node.operation in SPECIAL:
            match node.operation:
                case "power":
                    check_power(args, node.column)
                case "hadamard":
                    return multiply(args[0], args[1], "⊙", table, node.column)
                case "entry":
                    one_place = args[0][1] == SCALAR and len(args) == 2
                    if one_place and is_sized(args[1][0], shapes, known):
                        return as_it_stands(Apply("scale", node.args, node.column), args, table)
                    args = with_column(args, node.column)
                    check_entry(args, known, node.column)
                case "sum_over":
                    return total_over(args, shapes, known, node.column)
                case operation:
                    return left_to_shapes(operation, args, node.column)
        if is_call(node.operation):
            return opened(node.operation, args, least or {}, node.column, short)
        return as_it_stands(node, args, table)

    return fold(written, visit)


def as_it_stands(node: Apply, args: list[Shaped], table: Table) -> Shaped:
    """An operation whose meaning does not hang on shapes.

    Raises:
        ShapeError: they do not fit.
    """
    found = [shape for _, shape in args]
    try:
        shape = shape_of(node.operation, found, node.column)
    except ShapeError as error:
        wide = spread_out(args, table) if node.operation in ("add", "subtract") else None
        if wide is not None:
            return table.apply(node.operation, wide[0]), wide[1]
        if node.operation in SEVERAL:
            what, first = SEVERAL[node.operation]
            message = f"{what} do not fit: {listed(args[first:])}"
            raise ShapeError(message, node.column) from None
        if len(args) != 2:
            raise
        raise misfit(args[0], args[1], error.message, node.column) from None
    return table.apply(node.operation, tuple([value for value, _ in args])), shape


def own_shape(node: Expression, args: list[Shape], shapes: Mapping[str, Shape]) -> Shape:
    """The shape of one resolved node from those of its arguments."""
    if isinstance(node, Name):
        return shapes[node.name]
    if isinstance(node, Apply):
        return shape_of(node.operation, args)
    if isinstance(node, Number):
        return SCALAR
    raise TypeError(f"not resolved: {node}")


def infer(resolved: Expression, shapes: Mapping[str, Shape]) -> Shape:
    """The shape of a resolved expression."""
    if isinstance(resolved, Name):
        return shapes[resolved.name]
    return fold(resolved, lambda node, args: own_shape(node, args, shapes))


def left_to_shapes(operation: str, args: list[Shaped], column: int) -> Shaped:
    """What is meant by an operation whose meaning hangs on the shapes.

    Raises:
        ShapeError: they do not fit, or fit in two ways.
    """
    try:
        return meant(operation, args, short, column)
    except Mismatch:
        message = f"{operation.partition(' ')[0]} does not fit: {listed(args)}"
        raise ShapeError(message, column) from None


def check_power(args: list[Shaped], column: int) -> None:
    """The power of a square matrix can be meant in two ways."""
    (base, shape), (exponent, _) = args
    whole = isinstance(exponent, Number) and exponent.value.denominator == 1 < exponent.value
    if shape[0] == shape[1] != 1 and whole:
        shown = short(base)
        message = f"{shown}^{short(exponent)} can be a product of matrices or entrywise: write {shown} @ … or ⊙"
        ways = [f"{shown} {sign} {shown}" for sign in "@⊙" if short(exponent) == "2"]
        raise ShapeError(message, column, asks=True).instead(f"{shown}^2", *ways)


# Entries and sums over an index


def bound_indices(written: Expression) -> list[str]:
    """The indices that sums in a written expression run over."""
    found: list[str] = []

    def visit(node: Expression, _: list[None]) -> None:
        if isinstance(node, Apply) and node.operation == "sum_over":
            found.append(bound_name(node.args[0]))

    fold(written, visit)
    return found


def bound_name(index: Expression) -> str:
    assert isinstance(index, Name)
    return index.name


def with_column(args: list[Shaped], column: int) -> list[Shaped]:
    """The arguments of an entry; the only place in a vector is a row, or a column of a row vector."""
    (value, shape), place, *rest = args
    if shape[1] == 1 and (not rest or rest[0][0] == ONLY):
        return [args[0], place, (ONLY, SCALAR)]
    if rest:
        return args
    if shape[0] == 1:
        return [args[0], (number(1), SCALAR), place]
    message = f"{short(value)} is {describe(shape)}: an entry of it has two indices"
    raise ShapeError(message, column, asks=True)


def is_sized(place: Expression, shapes: Mapping[str, Shape], indices: Mapping[str, Size]) -> bool:
    """Is a place made of sizes? What looks like one behind a scalar is a factor in brackets, as in ``k [n - 1]``."""
    own = names(place)
    return bool(own) and own <= shapes.keys() - indices.keys()


def check_entry(args: list[Shaped], indices: Mapping[str, Size], column: int) -> None:
    """An entry's place must be one of the quantity, as far as its size is known."""
    (value, shape), *places = args
    for size, (place, _), axis in zip(shape, places, ("rows", "columns"), strict=True):
        match place:
            case Name(name) if indices.get(name, size) != size:
                wrong = f", and {name} runs over {indices[name]}, not over its {axis}"
            case Number(number) if number < 1 or (isinstance(size, int) and number > size):
                wrong = f" and has no entry {number}"
            case _:
                continue
        raise ShapeError(f"{short(value)} is {describe(shape)}{wrong}", column)


def total_over(
    args: list[Shaped], shapes: Mapping[str, Shape], indices: Mapping[str, Size], column: int
) -> Shaped:
    """A sum over an index: the index becomes an axis of its own, as long as what it stands in."""
    (index, _), (body, shape), *limit = args
    own = bound_name(index)
    name = index_of(own)
    found = places_of(own, body, shapes)
    sizes = found or {indices[name]} if name in indices else found
    if len(sizes) != 1:
        over = " and ".join(str(size) for size in sorted(sizes, key=str)) or "nothing"
        message = f"the sum over {name} has to run over one size, found {over}"
        raise ShapeError(message, column, asks=not sizes)  # which may be right all the same
    [size] = sizes
    last = expressed(size)
    if limit and limit[0][0] != last:
        message = f"the sum over {name} ends at {short(limit[0][0])}, expected {size}"
        raise ShapeError(message, column)
    depth = 1 + max(depths(body), default=-1)
    axis = Apply("span", (last, number(depth)))
    return Apply("sum_over", (axis, substitute(body, {own: axis}))), shape


def places_of(name: str, body: Expression, shapes: Mapping[str, Shape]) -> set[Size]:
    """The sizes of the rows and columns that an index picks from."""
    found: set[Size] = set()

    def visit(node: Expression, args: list[Shape]) -> Shape:
        if isinstance(node, Name) and node.name == name:
            return SCALAR
        if isinstance(node, Apply) and node.operation in ("entry", "unit"):
            places = zip(args[0], node.args[1:], strict=True)
            found.update(size for size, place in places if place == Name(name))
        return own_shape(node, args, shapes) if not is_index(node, shapes) else SCALAR

    fold(body, visit)
    return found


def is_index(node: Expression, shapes: Mapping[str, Shape]) -> bool:
    return isinstance(node, Name) and node.name not in shapes


def depths(body: Expression) -> list[int]:
    """The depths of the sums within an expression."""
    found: list[int] = []

    def visit(node: Expression, _: list[None]) -> None:
        if isinstance(node, Apply) and node.operation == "span":
            depth = node.args[1]
            assert isinstance(depth, Number)
            found.append(int(depth.value))

    fold(body, visit)
    return found


# Products


def misfit(left: Shaped, right: Shaped, problem: str, column: int) -> ShapeError:
    """The error for two operands, with both shapes and a transpose that would make them fit."""
    known = f"{short(left[0])} is {describe(left[1])}, {short(right[0])} is {describe(right[1])}"
    flipped_left, flipped_right = left[1][::-1], right[1][::-1]
    hint = ""
    if "entrywise" in problem or "'" in problem:
        if left[1] == flipped_right:
            hint = f"; {short(turned(right[0]))} would fit"
    elif "product" in problem:
        if chains(left[1], flipped_right):
            hint = f"; {short(left[0])} {short(turned(right[0]))} would fit"
        elif chains(flipped_left, right[1]):
            hint = f"; {short(turned(left[0]))} {short(right[0])} would fit"
    return ShapeError(f"{problem}: {known}{hint}", column)


def listed(args: list[Shaped]) -> str:
    return ", ".join(f"{short(value)} is {describe(shape)}" for value, shape in args)


def turned(value: Expression) -> Expression:
    """The transpose, which of a transpose is the matrix itself."""
    if isinstance(value, Apply) and value.operation == "transpose":
        return value.args[0]
    return transposed(value)


def short(value: Expression) -> str:
    """An expression as it can stand in a message and in a product."""
    text = OWN_NUMBER.sub("", factor(value))
    return text if len(text) <= MAX_SHOWN else f"{text[: MAX_SHOWN - 2]} …"


def chains(left: Shape, right: Shape) -> bool:
    return left[1] == right[0]


def multiply(left: Shaped, right: Shaped, sign: str, table: Table, column: int = 0) -> Shaped:
    """One written product of two resolved factors.

    Raises:
        ShapeError: no reading fits, or two do.
    """
    fits = fitting(left[1], right[1], sign)
    wide = spread_out([left, right], table) if not fits and sign != "@" else None
    if wide is not None:
        return table.apply("divide" if sign == "/" else "hadamard", wide[0]), wide[1]
    if len(fits) == 2 and is_diagonal(left[0]) and is_diagonal(right[0]):
        fits = fits[:1]  # as the other one has the same entries
    if len(fits) == 2:
        one, other = short(left[0]), short(right[0])
        message = f"{one} {other} can be the matrix product or the entrywise one: write @ or ⊙"
        error = ShapeError(message, column, asks=True)
        raise error.instead(f"{one} {other}", f"{one} @ {other}", f"{one} ⊙ {other}")
    if not fits and sign == "/":
        shape_of("divide", [left[1], right[1]], column)  # which says what does not fit
    if not fits and sign == "@" and left[1] == right[1] and 1 in left[1]:
        return dot(left, right)  # as programs have it
    if not fits:
        kind = {"*": "product", "@": "matrix product", "⊙": "entrywise product"}[sign]
        raise misfit(left, right, f"the {kind} does not fit", column)
    operation, shape = fits[0]
    return table.apply(operation, (left[0], right[0])), shape


def is_diagonal(node: Expression) -> bool:
    """Is it a diagonal matrix, or a product of several?"""
    while isinstance(node, Apply) and node.operation == "matmul" and is_diagonal(node.args[1]):
        node = node.args[0]
    return isinstance(node, Apply) and node.operation == "diag"


def fitting(left: Shape, right: Shape, sign: str) -> list[tuple[str, Shape]]:
    """The operations that a sign can mean between two shapes, with the shape of the result."""
    if sign in "*⊙" and SCALAR in (left, right):
        return [("scale", right if left == SCALAR else left)]
    if sign == "/":
        try:
            return [("divide", OPERATIONS["divide"].shape(left, right))]
        except Mismatch:
            return []
    fits = []
    if sign in "*@" and chains(left, right):
        fits.append(("matmul", chain(left, right)))
    if sign in "*⊙" and left == right:
        fits.append(("hadamard", left))
    return fits


def resolve_chain(
    node: Product,
    factors: list[Shaped],
    shapes: Mapping[str, Shape],
    looked_at: Iterator[int],
    table: Table,
) -> Shaped:
    """A chain from left to right; where that does not fit, in the one bracketing that does."""
    result = factors[0]
    try:
        for part, sign, written in zip(factors[1:], node.signs, node.args[1:], strict=True):
            result = multiply(result, part, sign, table, written.column)
        return result
    except ShapeError as error:
        if len(factors) < 3 or len(factors) > MAX_CHAIN or error.asks:
            raise
        readings = bracketings(factors, node.signs, shapes, looked_at)
        if len(readings) > 1:
            ways = " or ".join(short(value) for value, _ in readings[:2])
            message = f"can be read as {ways}: add brackets"
            raise ShapeError(message, node.column, asks=True) from None
        if not readings:
            raise
        return readings[0]


def bracketings(
    factors: list[Shaped],
    signs: tuple[str, ...],
    shapes: Mapping[str, Shape],
    looked_at: Iterator[int],
) -> list[Shaped]:
    """The readings of a chain under every bracketing that fits, one for each distinct value."""
    plain = [
        (Name(f"factor {at}"), shape) if is_opaque(value) else (value, shape)
        for at, (value, shape) in enumerate(factors)
    ]
    own = {f"factor {at}": shape for at, (_, shape) in enumerate(factors)}
    values = sample(plain, {**shapes, **own})
    readings: dict[tuple[int, int], list[tuple[Shaped, np.ndarray]]] = {
        (index, index + 1): [(factor, evaluate(stand_in[0], values))]
        for index, (factor, stand_in) in enumerate(zip(factors, plain, strict=True))
    }
    for width in range(2, len(factors) + 1):
        for start in range(len(factors) - width + 1):
            end = start + width
            distinct: dict[bytes, tuple[Shaped, np.ndarray]] = {}
            for middle in range(start + 1, end):
                for left, right in product(readings[start, middle], readings[middle, end]):
                    if next(looked_at) >= MAX_READINGS:
                        raise ShapeError("a long product: add brackets", asks=True)
                    fits = fitting(left[0][1], right[0][1], signs[middle - 1])
                    if len(fits) != 1:
                        continue
                    operation, shape = fits[0]
                    with np.errstate(all="ignore"):
                        value = OPERATIONS[operation].value(left[1], right[1])
                        digits = value.astype(np.float32)  # to seven digits, so without noise
                    whole = Apply(operation, (left[0][0], right[0][0])), shape
                    distinct.setdefault(digits.tobytes() + repr(shape).encode(), (whole, value))
            readings[start, end] = list(distinct.values())
    return [reading for reading, _ in readings[0, len(factors)]]


def is_opaque(value: Expression) -> bool:
    """Stands a named operation in a factor, or an entry whose place is computed? Where brackets may stand does not hang on its value."""
    return any(
        isinstance(one, Apply)
        and (
            isinstance(one.operation, Text)
            or (
                one.operation == "entry" and any(isinstance(place, Apply) for place in one.args[1:])
            )
        )
        for one in parts(value)
    )


def sample(factors: list[Shaped], shapes: Mapping[str, Shape]) -> dict[str, np.ndarray]:
    """Fixed values for the names of a chain; sizes that differ as symbols differ as numbers."""
    used = sorted(set().union(*(names(value) for value, _ in factors)))
    symbols = sorted({str(size) for name in used for size in shapes[name] if size != 1})
    sizes = {symbol: PRIMES[index % len(PRIMES)] for index, symbol in enumerate(symbols)}
    generator = np.random.Generator(np.random.Philox(key=1))

    places = {name for value, _ in factors for name in place_names(value)}

    def draw(name: str) -> np.ndarray:
        rows, columns = (1 if size == 1 else sizes[str(size)] for size in shapes[name])
        found = generator.uniform(0.5, 1.5, (rows, columns))
        return np.ones((1, 1)) if name in places else found

    return {name: draw(name) for name in used}


def place_names(value: Expression) -> set[str]:
    """The names that stand for the place of an entry."""
    found: set[str] = set()

    def visit(node: Expression, _: list[None]) -> None:
        if isinstance(node, Apply) and node.operation in ("entry", "unit"):
            found.update(place.name for place in node.args[1:] if isinstance(place, Name))

    fold(value, visit)
    return found
