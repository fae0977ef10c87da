"""Shorten what the rules of reverse mode produce to what a person would write.

Only identities that hold for all values are used; whether two expressions agree is never decided here.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from reference.language.dimensions import SCALAR, Shape
from reference.language.expression import Apply, Expression, Number, fold, number
from reference.language.operations import Family, of_family
from reference.language.shapes import infer, own_shape

Shaped = tuple[Expression, Shape]
PRODUCTS = of_family(Family.PRODUCT)
UNIT = Fraction(1)  # which most coefficients are, and this very object
TRIVIAL_ON_SCALARS = frozenset({"transpose", "sum", "mean", "row_sums", "column_sums"})


def simplify(expression: Expression, shapes: Mapping[str, Shape]) -> Expression:
    """An equal, usually shorter expression of the same shape.

    Args:
        expression: resolved.
        shapes: the shape of each name in it.
    """

    def visit(node: Expression, args: list[Shaped]) -> Shaped:
        shape = own_shape(node, [shape for _, shape in args], shapes)
        if isinstance(node, Apply):
            if node.operation in PRODUCTS:
                args = unfilled(args, shapes)
            return shorten(node.operation, args, shape), shape
        return node, shape

    return fold(expression, visit)[0]


def shorten(operation: str, args: list[Shaped], shape: Shape) -> Expression:
    """One operation on simplified arguments."""
    values = [value for value, _ in args]
    if not args:
        return Apply(operation, ())  # an equation of indices alone
    match operation:
        case "scale" | "hadamard":
            return product(args[0], args[1])
        case "matmul" if SCALAR in (args[0][1], args[1][1]):
            return product(args[0], args[1])
        case "negate":
            return negated(values[0])
        case "add" | "subtract":
            return added(operation, args, shape)
        case "divide" if isinstance(values[1], Number) and values[1].value:
            return scaled(1 / values[1].value, values[0])
        case "power" if isinstance(values[1], Number) and values[1].value == 1:
            return values[0]
        case "fill" if args[0][1] == args[1][1]:
            return values[0]
        case "transpose" if isinstance(values[0], Apply) and values[0].operation == "transpose":
            return values[0].args[0]
    if operation in TRIVIAL_ON_SCALARS and args[0][1] == SCALAR:
        return values[0]
    if not args:  # entries that depend on nothing, as the derivative of a step
        return Apply(operation, ())
    rows, columns = args[0][1]
    match operation, rows, columns:
        case ("row_sums", _, 1) | ("column_sums", 1, _):
            return values[0]
        case ("column_sums", _, 1) | ("row_sums", 1, _):
            return Apply("sum", (values[0],))
    return Apply(operation, tuple(values))


def coefficient(value: Expression) -> tuple[Fraction, Expression | None]:
    """A value as a rational number times the rest; no rest where it is a number."""
    match value:
        case Number(constant):
            return constant, None
        case Apply("negate", (inner,)):
            constant, rest = coefficient(inner)
            return -constant, rest
        case Apply("scale", (Number(constant), rest)):
            return constant, rest
    return UNIT, value


def times(one: Fraction, other: Fraction) -> Fraction:
    """Their product, without arithmetic where one of them is the unit."""
    return other if one is UNIT else one if other is UNIT else one * other


def scaled(constant: Fraction, value: Expression) -> Expression:
    """``constant * value``, the constant standing first and only once."""
    own, rest = coefficient(value)
    constant = times(constant, own)
    if rest is None:
        return Number(constant)
    if constant is UNIT or constant == 1:
        return rest
    if constant == -1:
        return Apply("negate", (rest,))
    if constant < 0:
        return Apply("negate", (scaled(-constant, rest),))
    return Apply("scale", (Number(constant), rest))


def negated(value: Expression) -> Expression:
    return scaled(Fraction(-1), value)


def product(left: Shaped, right: Shaped) -> Expression:
    """A product in which one side is a scalar, or an entrywise one."""
    (left_value, left_shape), (right_value, right_shape) = left, right
    left_constant, left_rest = coefficient(left_value)
    right_constant, right_rest = coefficient(right_value)
    constant = times(left_constant, right_constant)
    if left_rest is None or right_rest is None:
        rest = right_rest if left_rest is None else left_rest
        return Number(constant) if rest is None else scaled(constant, rest)
    scalar = SCALAR in (left_shape, right_shape)
    operation = "scale" if scalar else "hadamard"
    return scaled(constant, Apply(operation, (left_rest, right_rest)))


def unfilled(args: list[Shaped], shapes: Mapping[str, Shape]) -> list[Shaped]:
    """Two factors, less a filling of a scalar that the other factor's shape makes superfluous."""
    for index, (value, shape) in enumerate(args):
        other = args[1 - index]
        filling = isinstance(value, Apply) and value.operation == "fill" and other[1] == shape
        if filling and infer(value.args[0], shapes) == SCALAR:
            bare = (value.args[0], SCALAR)
            return [bare, other] if index == 0 else [other, bare]
    return args


def added(operation: str, args: list[Shaped], shape: Shape) -> Expression:
    """A sum or difference, less a zero term that has no shape to give."""
    (left, left_shape), (right, right_shape) = args
    zero = number(0)
    if right == zero and left_shape == shape:
        return left
    if left == zero and right_shape == shape:
        return right if operation == "add" else negated(right)
    if isinstance(left, Number) and isinstance(right, Number):
        signed = right.value if operation == "add" else -right.value
        return Number(left.value + signed)
    match right:
        case Apply("negate", (inner,)):
            other = "subtract" if operation == "add" else "add"
            return Apply(other, (left, inner))
    return Apply(operation, (left, right))
