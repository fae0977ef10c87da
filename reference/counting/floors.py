"""Counts of sizes that are rounded down or up, as ``floor((n + 2 p - k) / s) + 1``: a floor is one more symbol of a count."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction

from reference.counting.polynomial import (
    ONE,
    Expansion,
    Monomial,
    NotRational,
    Rational,
    Terms,
    constant,
    size,
    symbol,
)
from reference.counting.roots import logarithm, raised
from reference.language.dimensions import size_of
from reference.language.errors import ReadingError
from reference.language.expression import Expression
from reference.language.whole import Atom, Floor, Whole, floor, summed

# Functions that are exact of some numbers without names.
OF_NUMBERS: dict[str, Callable[..., Fraction | int]] = {
    "sign": lambda a: (a > 0) - (a < 0),
    "abs": abs,
    "max": max,
    "min": min,
    "sqrt": lambda a: raised(a, Fraction(1, 2)),
    "power": raised,
    "log2": lambda a: logarithm(a, 2),
    "log10": lambda a: logarithm(a, 10),
}
MOST = 200  # points at which floors are compared
USUAL = 7  # values of a size of which nothing is known
GOLDEN = 0.618  # of a grid: steps like that come everywhere


class Counting(Expansion):
    """Multiplies out a count, in which floors may stand."""

    def apply(self, operation: str, args: list[Rational]) -> Rational:
        match operation:
            case "floor":
                return rounded_down(args[0])
            case "ceil":
                return self.negated(rounded_down(self.negated(args[0])))
        rule = OF_NUMBERS.get(operation)
        numbers = [*map(number, args)] if rule else []
        if rule is None or None in numbers or (operation == "power" and is_whole(numbers[1])):
            return super().apply(operation, args)
        return Rational(constant(Fraction(rule(*numbers))), ONE)

    def negated(self, value: Rational) -> Rational:
        return Rational(self.multiply(constant(Fraction(-1)), value.top), value.bottom)


def counted(expression: Expression) -> Rational:
    """A resolved expression over sizes as a quotient of polynomials, with floors as symbols of them.

    Raises:
        NotRational: it holds another function, a power that is no small whole number, or is too large.
    """
    return Counting().of(expression)


def number(value: Rational) -> Fraction | None:
    """The number that a count without names is."""
    if not {*value.top, *value.bottom} <= {()}:
        return None
    return value.top.get((), Fraction(0)) / value.bottom[()]


def is_whole(value: Fraction | None) -> bool:
    return value is not None and value.denominator == 1


def rounded_down(value: Rational) -> Rational:
    """A floor without its whole parts, so that equal ones look alike."""
    try:
        top, bottom = whole_parts(value)
        if bottom.symbol is None and bottom.constant is None:
            return symbol(Floor(top, bottom))
        return Rational(size(size_of(floor(top, bottom))), ONE)
    except ReadingError as error:
        raise NotRational(error.message) from None


def whole_parts(value: Rational) -> tuple[Whole, Whole]:
    """Top and bottom with whole coefficients that have no common factor; the first one below is positive."""
    parts = (value.top, value.bottom)
    factors = [factor for terms in parts for factor in terms.values()]
    scale = Fraction(math.lcm(*(one.denominator for one in factors)))
    scale /= math.gcd(*(int(one * scale) for one in factors))
    if next(iter(value.bottom.values())) < 0:
        scale = -scale
    top, bottom = (whole_of(terms, scale) for terms in parts)
    return top, bottom


def whole_of(terms: Terms, scale: Fraction) -> Whole:
    return summed((atoms_of(one), int(factor * scale)) for one, factor in terms.items())


def atoms_of(monomial: Monomial) -> tuple[Atom, ...]:
    return tuple(atom for atom, power in monomial for _ in range(power))


# Where floors are compared


@functools.lru_cache(maxsize=64)
def usual(names: tuple[str, ...]) -> Sequence[Mapping[str, int]]:
    """Points for sizes of which nothing is known."""
    return spread({name: range(1 + place, 1 + place + USUAL) for place, name in enumerate(names)})


def spread(values: Mapping[str, Sequence[int]], most: int = MOST) -> list[dict[str, int]]:
    """Points of a grid, all of them or some from everywhere."""
    lengths = [len(one) for one in values.values()]
    total = math.prod(lengths)
    count = min(total, most)
    step = round(total * GOLDEN) | 1
    while math.gcd(step, total) > 1:
        step += 2
    return [point(values, place * step % total) for place in range(count)]


def point(values: Mapping[str, Sequence[int]], place: int) -> dict[str, int]:
    """One point of a grid, by its number."""
    found = {}
    for name, options in values.items():
        place, here = divmod(place, len(options))
        found[name] = options[here]
    return found
