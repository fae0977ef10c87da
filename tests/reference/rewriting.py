"""Rewriting expressions: identities that keep the value wherever it exists, and slips that change it.

The identities are those of school books and are written down here; nothing of the simplifier is used.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from fractions import Fraction

from reference.language.dimensions import SCALAR, Shape
from reference.language.expression import Apply, Expression, Name, Number, apply, number
from reference.language.shapes import infer
from tests.reference.strategies import ANSWER_SHAPES, COMPARISONS

ONE, TWO = number(1), number(2)
# What jumps where its arguments meet: another way to write those may move them by a last digit.
JUMPS = frozenset({*COMPARISONS, "eq", "ne"})


def shape_of(node: Expression) -> Shape:
    return infer(node, ANSWER_SHAPES)


def add(a: Expression, b: Expression) -> Apply:
    return apply("add", a, b)


def subtract(a: Expression, b: Expression) -> Apply:
    return apply("subtract", a, b)


def times(a: Expression, b: Expression) -> Apply:
    return apply("hadamard", a, b)


def matmul(a: Expression, b: Expression) -> Apply:
    return apply("matmul", a, b)


def divide(a: Expression, b: Expression) -> Apply:
    return apply("divide", a, b)


def negate(a: Expression) -> Apply:
    return apply("negate", a)


def flip(a: Expression) -> Apply:
    return apply("transpose", a)


def same(*nodes: Expression) -> bool:
    """Do all have one shape, so that nothing is spread?"""
    return len({shape_of(node) for node in nodes}) == 1


def identities(node: Expression, leaf: Expression, sums: bool) -> Iterator[Expression]:
    """Other ways to write one node; ``leaf`` is a name of its shape, to add and take away.

    ``sums``: may a sum over an index be put there, as it is in no other?
    """
    yield negate(negate(node))
    yield subtract(add(node, leaf), leaf)
    yield add(leaf, subtract(node, leaf))
    yield flip(flip(node))
    yield divide(add(node, node), TWO)
    yield apply("scale", TWO, subtract(node, divide(node, TWO)))
    yield apply("where", apply("gt", leaf, number(0)), node, node)
    if shape_of(node) == SCALAR:
        yield apply("sum", node)
        yield apply("entry", node, ONE, ONE)
    match node:
        case Number(value):
            yield divide(number(value.numerator), number(value.denominator))
            yield subtract(number(value + 1), ONE)
        case Apply("add", (a, b)):
            yield add(b, a)
            yield subtract(a, negate(b))
            yield negate(subtract(negate(a), b))
        case Apply("subtract", (a, b)):
            yield add(a, negate(b))
            yield negate(subtract(b, a))
        case Apply("negate", (a,)):
            yield apply("scale", number(-1), a)
        case Apply("scale" | "hadamard", (a, b)):
            yield times(b, a)
            yield from distributed(a, b, times)
            yield negate(times(negate(a), b))
            if not (isinstance(b, Number) and not b.value):
                yield divide(times(a, add(b, b)), TWO)
        case Apply("matmul", (a, b)):
            yield flip(matmul(flip(b), flip(a)))
            yield from distributed(a, b, matmul)
            if isinstance(a, Apply) and a.operation == "matmul":
                yield matmul(a.args[0], matmul(a.args[1], b))
            if isinstance(b, Apply) and b.operation == "matmul":
                yield matmul(matmul(a, b.args[0]), b.args[1])
            if shape_of(a)[0] == shape_of(b)[1] == 1:
                yield apply("sum", times(flip(a), b))
        case Apply("divide", (a, b)):
            yield times(a, divide(ONE, b))
            yield negate(divide(a, negate(b)))
        case Apply("power", (a, Number(exponent))) if exponent in (2, 3):
            square = times(a, a)
            yield square if exponent == 2 else times(square, a)
            if isinstance(a, Name):  # which is not zero
                yield divide(times(square, square), apply("power", a, number(4 - exponent)))
        case Apply("transpose", (a,)) if isinstance(a, Apply) and a.operation in (
            "add",
            "hadamard",
        ):
            if same(*a.args):
                yield Apply(a.operation, tuple(map(flip, a.args)))
        case Apply("sigmoid", (a,)):
            yield divide(ONE, add(ONE, apply("exp", negate(a))))
            yield subtract(ONE, apply("sigmoid", negate(a)))
            yield divide(add(apply("tanh", divide(a, TWO)), ONE), TWO)
        case Apply("tanh", (a,)):
            yield subtract(apply("scale", TWO, apply("sigmoid", apply("scale", TWO, a))), ONE)
            yield negate(apply("tanh", negate(a)))
        case Apply("relu", (a,)):
            yield times(a, apply("gt", a, number(0)))
            yield apply("max", a, number(0))
            yield divide(add(a, apply("abs", a)), TWO)
            yield apply("where", apply("ge", a, number(0)), a, number(0))
        case Apply("abs", (a,)):
            yield add(apply("relu", a), apply("relu", negate(a)))
            yield apply("max", a, negate(a))
            yield times(a, apply("sign", a))
            yield apply("sqrt", times(a, a))
        case Apply("leaky_relu", (a, slope)):
            yield subtract(apply("relu", a), times(slope, apply("relu", negate(a))))
        case Apply("max", (a, b)):
            yield negate(apply("min", negate(a), negate(b)))
            yield add(apply("relu", subtract(a, b)), b)
        case Apply("min", (a, b)):
            yield apply("where", apply("lt", a, b), a, b)
        case Apply("gt" | "ge" | "lt" | "le" | "eq" | "ne" as operation, (a, b)):
            opposite = {"gt": "le", "ge": "lt", "lt": "ge", "le": "gt", "eq": "ne", "ne": "eq"}
            mirrored = {"gt": "lt", "ge": "le", "lt": "gt", "le": "ge", "eq": "eq", "ne": "ne"}
            yield subtract(ONE, apply(opposite[operation], a, b))
            yield apply(mirrored[operation], b, a)
            yield apply("where", node, ONE, number(0))
        case Apply("where", (test, a, b)):
            yield add(times(test, a), times(subtract(ONE, test), b))
            yield apply("where", subtract(ONE, test), b, a)
        case Apply("softmax", (a,)):
            yield apply("softmax", subtract(a, apply("fill", apply("column_sums", a), a)))
        case Apply("exp", (a,)):
            half = apply("exp", divide(a, TWO))
            yield times(half, half)
            yield divide(ONE, apply("exp", negate(a)))
        case Apply("log", (a,)):
            yield negate(apply("log", divide(ONE, a)))
        case Apply("sqrt", (a,)):
            yield apply("power", a, Number(Fraction(1, 2)))
            yield divide(a, apply("sqrt", a))
        case Apply("sum", (a,)):
            yield apply("sum", flip(a))
            yield apply("row_sums", apply("column_sums", a))
            if sums:
                yield from term_by_term(a)
        case Apply("mean", (a,)):
            yield divide(apply("sum", a), apply("count", a))
        case Apply("largest", (a,)):
            yield negate(apply("smallest", negate(a)))
        case Apply("row_sums", (a,)):
            yield flip(apply("column_sums", flip(a)))
        case Apply("entry", (a, row, column)):
            yield apply("entry", flip(a), column, row)
            yield apply("sum", times(a, apply("unit", a, row, column)))
        case Apply("sum_over", (axis, Apply("add" | "subtract" as operation, (a, b)))):
            yield apply(operation, apply("sum_over", axis, a), apply("sum_over", axis, b))
        case Apply("sum_over", (axis, Apply("scale", (a, b)))):
            yield apply("sum_over", axis, apply("scale", b, a))
            yield negate(apply("sum_over", axis, apply("scale", negate(a), b)))


def distributed(
    a: Expression, b: Expression, product: Callable[[Expression, Expression], Apply]
) -> Iterator[Expression]:
    """A product with a sum multiplied out, and one whose factors are sums of halves."""
    for first, second, swapped in ((a, b, False), (b, a, True)):
        match second:
            case Apply("add" | "subtract" as operation, (x, y)) if same(x, y):
                parts = [product(one, first) if swapped else product(first, one) for one in (x, y)]
                yield Apply(operation, tuple(parts))


def term_by_term(a: Expression) -> Iterator[Expression]:
    """The sum of a column of a known size over an index."""
    rows, columns = shape_of(a)
    if columns == 1 and isinstance(rows, str) and isinstance(a, Name):
        axis = apply("span", Name(rows), number(0))
        yield apply("sum_over", axis, apply("entry", a, axis, ONE))


def slips(node: Expression) -> Iterator[Expression]:
    """What a student may write instead of one node, in the same shape."""
    yield negate(node)
    yield apply("scale", TWO, node)
    yield divide(node, TWO)
    rows, columns = shape_of(node)
    if rows == columns != 1:
        yield flip(node)
    match node:
        case Number(value):
            yield number(value + 1)
            yield number(value * (1 + Fraction(1, 100_000)))
        case Name(name) if name in ("k", "q"):
            yield Name("q" if name == "k" else "k")
        case Apply("add", (a, b)):
            yield subtract(a, b)
            if shape_of(a) == shape_of(node):
                yield a
        case Apply("subtract", (a, b)):
            yield add(a, b)
            if same(a, b):
                yield subtract(b, a)
        case Apply("scale" | "hadamard", (a, b)):
            yield from (one for one in (a, b) if shape_of(one) == shape_of(node))
        case Apply("matmul", (a, b)):
            if same(a, b):
                yield times(a, b)
                yield matmul(b, a)
        case Apply("divide", (a, b)):
            yield times(a, b)
        case Apply("power", (a, Number(exponent))):
            yield apply("power", a, number(exponent + 1))
        case Apply("transpose", (a,)) if same(a, node):
            yield a
        case Apply("relu" | "sigmoid" | "tanh" | "abs" as operation, (a,)):
            yield a
            yield apply("tanh" if operation == "sigmoid" else "sigmoid", a)
        case Apply("gt" | "ge" | "lt" | "le" | "eq" | "ne" as operation, (a, b)):
            turned = {"gt": "lt", "ge": "le", "lt": "gt", "le": "ge", "eq": "ne", "ne": "eq"}
            yield apply(turned[operation], a, b)
        case Apply("where", (test, a, b)):
            yield apply("where", test, b, a)
            yield from (one for one in (a, b) if shape_of(one) == shape_of(node))
        case Apply("max" | "min" as operation, (a, b)):
            yield apply("min" if operation == "max" else "max", a, b)
        case Apply("sum" | "mean" as operation, (a,)):
            yield apply("mean" if operation == "sum" else "sum", a)
        case Apply("softmax", (a,)):
            yield apply("sigmoid", a)
        case Apply("entry", (a, row, column)):
            for place in (ONE, TWO):
                if shape_of(a)[0] != 1:
                    yield apply("entry", a, place, column)
                if shape_of(a)[1] != 1:
                    yield apply("entry", a, row, place)
        case Apply("call1", (function, Number(order), a)):
            yield apply("call1", function, number(order + 1), a)
        case Apply("call2", (function, m, n, a, b)):
            yield apply("call2", function, n, m, a, b)
            if same(a, b):
                yield apply("call2", function, m, n, b, a)
        case Apply("sum_over", (_, body)) if not depends(body, node.args[0]):
            yield body


def depends(node: Expression, axis: Expression) -> bool:
    return node == axis or any(depends(argument, axis) for argument in node.args)


def spots(root: Expression, into_jumps: bool) -> list[tuple[int, ...]]:
    """The ways from the root to every node that can be rewritten."""
    found: list[tuple[int, ...]] = []
    stack: list[tuple[tuple[int, ...], Expression]] = [((), root)]
    while stack:
        way, node = stack.pop()
        found.append(way)
        if isinstance(node, Apply) and (into_jumps or node.operation not in JUMPS):
            inner = quantities(node)
            if into_jumps and node.operation == "where":
                inner = [0, *inner]
            stack += [((*way, i), node.args[i]) for i in inner]
    return found


def quantities(node: Apply) -> list[int]:
    """The arguments of a node that are quantities, not places, orders or functions."""
    fixed = {
        "span": (0, 1),
        "sum_over": (0,),
        "entry": (1, 2),
        "unit": (1, 2),
        "call1": (0, 1),
        "call2": (0, 1, 2),
        "where": (0,),
        "power": (1,),
        "leaky_relu": (1,),
        "fill": (1,),
        "count": (0,),
    }.get(node.operation, ())
    return [i for i in range(len(node.args)) if i not in fixed]


def at(root: Expression, way: tuple[int, ...]) -> Expression:
    for step in way:
        root = root.args[step]
    return root


def replaced(root: Expression, way: tuple[int, ...], new: Expression) -> Expression:
    if not way:
        return new
    assert isinstance(root, Apply)
    args = list(root.args)
    args[way[0]] = replaced(args[way[0]], way[1:], new)
    return Apply(root.operation, tuple(args))


def leaf_of(shape: Shape, chooser: random.Random) -> Expression:
    """A name of a shape, or the transpose of one, or a product of two."""
    named = [Name(name) for name, own in ANSWER_SHAPES.items() if own == shape and name in LEAVES]
    turned = [
        flip(Name(name))
        for name, own in ANSWER_SHAPES.items()
        if own == shape[::-1] and name in LEAVES
    ]
    if named or turned:
        return chooser.choice(named or turned)
    return matmul(leaf_of((shape[0], 1), chooser), leaf_of((1, shape[1]), chooser))


LEAVES = frozenset(
    {"s", "t", "alpha", "u", "v", "yhat", "a", "w_1", "A", "B", "C", "X", "sigma2", "r"}
)


def rewritten(root: Expression, seed: int, times: int = 1) -> Expression:
    """The same value, written in another way."""
    chooser = random.Random(seed)
    for _ in range(times):
        way = chooser.choice(spots(root, into_jumps=False))
        node = at(root, way)
        sums = not any(
            isinstance(at(root, one), Apply) and at(root, one).operation == "sum_over"
            for one in spots(root, True)
        )
        ways = list(identities(node, leaf_of(shape_of(node), chooser), sums))
        root = replaced(root, way, chooser.choice(ways))
    return root


def slipped(root: Expression, seed: int) -> Expression:
    """Most probably another value, by one slip."""
    chooser = random.Random(seed)
    way = chooser.choice(spots(root, into_jumps=True))
    return replaced(root, way, chooser.choice(list(slips(at(root, way)))))
