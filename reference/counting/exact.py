"""The exact value of an expression over whole numbers, with floors and comparisons."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from fractions import Fraction

from reference.counting.polynomial import MAX_BITS
from reference.language.errors import LanguageError
from reference.language.expression import Expression, Name, Number, fold

Rule = Callable[..., Fraction]


def exact(expression: Expression, values: Mapping[str, int]) -> Fraction:
    """The value at whole numbers; a comparison is 1 where it holds, else 0.

    Raises:
        LanguageError: it divides by 0, is too large, or holds what is never exact, as a root.
    """

    def visit(node: Expression, args: list[Fraction]) -> Fraction:
        match node:
            case Number(value):
                return value
            case Name(name):
                return Fraction(values[name])
        rule = RULES.get(node.operation)
        if rule is None:
            raise LanguageError(f"'{node.operation}' has no exact value among whole numbers")
        value = rule(*args)
        if value.numerator.bit_length() + value.denominator.bit_length() > MAX_BITS:
            raise LanguageError("too large a number")
        return value

    try:
        return fold(expression, visit)
    except ZeroDivisionError:
        raise LanguageError("a division by zero") from None


def power(base: Fraction, exponent: Fraction) -> Fraction:
    bits = base.numerator.bit_length() + base.denominator.bit_length()
    if exponent.denominator != 1 or abs(exponent) * bits > MAX_BITS:
        raise LanguageError("only small whole powers are exact")
    return base ** int(exponent)


RULES: dict[str, Rule] = {
    "add": lambda a, b: a + b,
    "subtract": lambda a, b: a - b,
    "negate": lambda a: -a,
    **dict.fromkeys(("scale", "hadamard", "matmul"), lambda a, b: a * b),
    "divide": lambda a, b: a / b,
    "power": power,
    "floor": lambda a: Fraction(math.floor(a)),
    "ceil": lambda a: Fraction(math.ceil(a)),
    "max": max,
    "min": min,
    "gt": lambda a, b: Fraction(a > b),
    "ge": lambda a, b: Fraction(a >= b),
    "lt": lambda a, b: Fraction(a < b),
    "le": lambda a, b: Fraction(a <= b),
}
