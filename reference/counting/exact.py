"""The exact value of an expression over whole numbers, with floors and comparisons."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from fractions import Fraction

from reference.counting.polynomial import MAX_BITS
from reference.language.errors import LanguageError
from reference.language.expression import Expression, Name, Number, fold

Exact = int | Fraction
Rule = Callable[[Mapping[str, int]], Exact]


def exact(expression: Expression) -> Rule:
    """From whole numbers by name to the value of an expression; a comparison is 1 where it holds, else 0.

    Raises:
        LanguageError: it holds what is never exact, as a root. So does the rule, where it divides by 0 or a power is too large.
    """
    return fold(expression, rule)


def rule(node: Expression, args: list[Rule]) -> Rule:
    match node, args:
        case Number(value), _:
            constant = plain(value)
            return lambda known: constant
        case Name(name), _:
            return lambda known: known[name]
        case _, [one] if node.operation in OF_ONE:
            apply = OF_ONE[node.operation]
            return lambda known: apply(one(known))
        case _, [one, other] if node.operation in OF_TWO:
            combine = OF_TWO[node.operation]
            return lambda known: combine(one(known), other(known))
    raise LanguageError(f"'{node.operation}' has no exact value among whole numbers")


def plain(value: Exact) -> Exact:
    return value.numerator if value.denominator == 1 else value


def quotient(one: Exact, other: Exact) -> Exact:
    if not other:
        raise LanguageError("a division by zero")
    return plain(Fraction(one) / other)


def power(base: Exact, exponent: Exact) -> Exact:
    bits = base.numerator.bit_length() + base.denominator.bit_length()
    if exponent.denominator != 1 or abs(int(exponent)) * bits > MAX_BITS:
        raise LanguageError("only small whole powers are exact")
    if not base and exponent < 0:
        raise LanguageError("a division by zero")
    return plain(Fraction(base) ** int(exponent))


OF_ONE: dict[str, Callable[[Exact], Exact]] = {
    "negate": lambda a: -a,
    "floor": math.floor,
    "ceil": math.ceil,
}
OF_TWO: dict[str, Callable[[Exact, Exact], Exact]] = {
    "add": lambda a, b: a + b,
    "subtract": lambda a, b: a - b,
    **dict.fromkeys(("scale", "hadamard", "matmul"), lambda a, b: plain(a * b)),
    "divide": quotient,
    "power": power,
    "max": max,
    "min": min,
    "gt": lambda a, b: int(a > b),
    "ge": lambda a, b: int(a >= b),
    "lt": lambda a, b: int(a < b),
    "le": lambda a, b: int(a <= b),
}
