"""Exact rational functions of symbols, for counts.

A polynomial is a mapping from monomials to rational coefficients; a monomial is a sorted tuple of
(symbol, power), and a floor counts as a symbol. Everything is exact, so an off-by-one in a large constant never passes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

from msgspec import Struct

from reference.language.dimensions import Size
from reference.language.dimensions import floored as written
from reference.language.expression import Apply, Expression, Name, Number, fold
from reference.language.whole import Atom, Floor, floored, named_in, whole

MAX_TERMS = 400
MAX_PRODUCTS = 20 * MAX_TERMS  # of terms, in one multiplication
MAX_POWER = 12
MAX_WORK = 2_000  # products of terms
MAX_BITS = 4096  # of a coefficient

Monomial = tuple[tuple[Atom, int], ...]
Terms = dict[Monomial, Fraction]


class NotRational(ValueError):
    """The expression is no rational function of its names, or too large a one."""


class Rational(Struct, frozen=True):
    """A quotient of two polynomials."""

    top: Terms
    bottom: Terms

    def __add__(self, other: Rational) -> Rational:
        return Expansion().combine(self, other, 1)

    def __sub__(self, other: Rational) -> Rational:
        return Expansion().combine(self, other, -1)

    def agrees(self, other: Rational, points: Sequence[Mapping[str, int]] = ()) -> bool:
        """Equal wherever both are defined; where floors are left, at every point at which both are.

        Raises:
            NotRational: that is too much to multiply out.
        """
        if self.is_same(other):
            return True
        if not any(map(has_floors, (self.top, self.bottom, other.top, other.bottom))):
            return False
        defined = False
        for point in points:
            one, two = self.value(point), other.value(point)
            if one is not None and two is not None:
                if one != two:
                    return False
                defined = True
        return defined

    def is_same(self, other: Rational) -> bool:
        """Equal as quotients of polynomials, in which a floor is one more symbol."""
        if self.bottom == other.bottom:
            return self.top == other.top
        work = len(self.top) * len(other.bottom) + len(other.top) * len(self.bottom)
        if work > MAX_WORK:
            raise NotRational("too much to multiply out: write it shorter")
        return convolve(self.top, other.bottom) == convolve(other.top, self.bottom)

    def value(self, values: Mapping[str, int]) -> Fraction | None:
        """The value at a point; ``None`` where something is divided by zero."""
        try:
            return at(self.top, values) / at(self.bottom, values)
        except ZeroDivisionError:
            return None


def constant(value: Fraction) -> Terms:
    return {(): value} if value else {}


ONE: Terms = constant(Fraction(1))


def add(left: Terms, right: Terms, sign: int = 1) -> Terms:
    total = dict(left)
    for monomial, factor in right.items():
        total[monomial] = total.get(monomial, Fraction(0)) + sign * factor
    return bounded({monomial: factor for monomial, factor in total.items() if factor})


def multiply(left: Terms, right: Terms) -> Terms:
    if len(left) * len(right) > MAX_PRODUCTS:
        raise NotRational("too many terms: write it shorter")
    return bounded(convolve(left, right))


def convolve(left: Terms, right: Terms) -> Terms:
    """The product of two polynomials, however large."""
    total: Terms = {}
    for first, factor in left.items():
        for second, other in right.items():
            powers = dict(first)
            for symbol, power in second:
                powers[symbol] = powers.get(symbol, 0) + power
            monomial = in_order(powers)
            total[monomial] = total.get(monomial, Fraction(0)) + factor * other
    return {monomial: factor for monomial, factor in total.items() if factor}


def in_order(powers: Mapping[Atom, int]) -> Monomial:
    return tuple(sorted(powers.items(), key=lambda factor: str(factor[0])))


def bounded(terms: Terms) -> Terms:
    if len(terms) > MAX_TERMS:
        raise NotRational("too many terms: write it shorter")
    for monomial, factor in terms.items():
        if any(power > 16 * MAX_POWER for _, power in monomial):
            raise NotRational("too high a power")
        if factor.numerator.bit_length() + factor.denominator.bit_length() > MAX_BITS:
            raise NotRational("too large a number")
    return terms


def at(terms: Terms, values: Mapping[str, int]) -> Fraction:
    """The value at a point.

    Raises:
        ZeroDivisionError: in a floor.
    """
    total: int | Fraction = 0
    for monomial, factor in terms.items():
        term: int | Fraction = factor.numerator if factor.denominator == 1 else factor
        for atom, power in monomial:
            term *= valued(atom, values) ** power
        total += term
    return Fraction(total)


def valued(atom: Atom, values: Mapping[str, int]) -> int:
    found: int = values[atom] if isinstance(atom, str) else floored(atom, values)
    return found


def symbols(terms: Terms) -> frozenset[str]:
    """The sizes in a polynomial, also within floors."""
    atoms = {atom for monomial in terms for atom, _ in monomial}
    return frozenset().union(*map(named_in, atoms))


def has_floors(terms: Terms) -> bool:
    return any(isinstance(atom, Floor) for monomial in terms for atom, _ in monomial)


def symbol(name: Atom) -> Rational:
    return Rational({((name, 1),): Fraction(1)}, ONE)


def rational(expression: Expression) -> Rational:
    """A resolved expression over scalar names as a quotient of polynomials.

    Raises:
        NotRational: it holds a function, a power that is no small whole number, or is too large.
    """
    return Expansion().of(expression)


class Expansion:
    """Multiplies out, as long as that is a bounded amount of work."""

    def __init__(self) -> None:
        self.work = 0

    def of(self, expression: Expression) -> Rational:
        return fold(expression, self.visit)

    def visit(self, node: Expression, args: list[Rational]) -> Rational:
        match node:
            case Number(value):
                return Rational(constant(value), ONE)
            case Name(name):
                return symbol(name)
        return self.apply(node.operation, args)

    def apply(self, operation: str, args: list[Rational]) -> Rational:
        match operation:
            case "add":
                return self.combine(args[0], args[1], 1)
            case "subtract":
                return self.combine(args[0], args[1], -1)
            case "negate":
                return Rational(self.multiply(constant(Fraction(-1)), args[0].top), args[0].bottom)
            case "scale" | "hadamard" | "matmul":
                return self.product(args[0], args[1])
            case "divide":
                return self.quotient(args[0], args[1])
            case "power":
                return self.raised(args[0], args[1])
        raise NotRational("only sums, products, quotients and whole powers make a count")

    def multiply(self, left: Terms, right: Terms) -> Terms:
        if left is ONE or right is ONE:
            return right if left is ONE else left
        self.work += len(left) * len(right)
        if self.work > MAX_WORK:
            raise NotRational("too much to multiply out: write it shorter")
        return multiply(left, right)

    def product(self, left: Rational, right: Rational) -> Rational:
        return Rational(
            self.multiply(left.top, right.top), self.multiply(left.bottom, right.bottom)
        )

    def combine(self, left: Rational, right: Rational, sign: int) -> Rational:
        if left.bottom is right.bottom is ONE:
            return Rational(add(left.top, right.top, sign), ONE)
        top = add(
            self.multiply(left.top, right.bottom), self.multiply(right.top, left.bottom), sign
        )
        return Rational(top, self.multiply(left.bottom, right.bottom))

    def quotient(self, left: Rational, right: Rational) -> Rational:
        if not right.top:
            raise NotRational("a division by zero")
        return Rational(
            self.multiply(left.top, right.bottom), self.multiply(left.bottom, right.top)
        )

    def raised(self, base: Rational, exponent: Rational) -> Rational:
        power = exponent.top.get((), Fraction(0))
        whole = exponent.bottom == ONE and set(exponent.top) <= {()} and power.denominator == 1
        if whole and set(base.top) | set(base.bottom) <= {()}:
            return raised_number(base.top.get((), Fraction(0)) / base.bottom[()], int(power))
        if not whole or abs(power) > MAX_POWER:
            raise NotRational(f"only whole powers up to {MAX_POWER} make a count")
        result = Rational(ONE, ONE)
        for _ in range(abs(int(power))):
            result = self.product(result, base)
        return result if power >= 0 else self.quotient(Rational(ONE, ONE), result)


def raised_number(base: Fraction, power: int) -> Rational:
    """A power of a number, which may be as high as its digits allow."""
    bits = base.numerator.bit_length() + base.denominator.bit_length()
    if abs(power) * bits > MAX_BITS:
        raise NotRational("too large a number")
    if not base and power < 0:
        raise NotRational("a division by zero")
    return Rational(constant(base**power), ONE)


def size(value: Size) -> Terms:
    """A size as a polynomial."""
    terms: Terms = {}
    for monomial, factor in whole(value).terms:
        powers: dict[Atom, int] = {}
        for atom in monomial:
            powers[atom] = powers.get(atom, 0) + 1
        terms[in_order(powers)] = Fraction(factor)
    return terms


def expression(terms: Terms) -> Expression:
    """A polynomial as an expression, highest degree first and what is taken away last of a degree, so that it can be shown."""

    def rank(monomial: Monomial) -> tuple[int, bool, list[tuple[str, int]]]:
        degree = sum(power for _, power in monomial)
        return -degree, terms[monomial] < 0, [(str(one), power) for one, power in monomial]

    total: Expression | None = None
    for monomial in sorted(terms, key=rank):
        factor = terms[monomial]
        term = monomial_expression(monomial, abs(factor))
        if total is None:
            total = Apply("negate", (term,)) if factor < 0 else term
        else:
            total = Apply("subtract" if factor < 0 else "add", (total, term))
    return total or Number(Fraction(0))


def monomial_expression(monomial: Monomial, factor: Fraction) -> Expression:
    parts: list[Expression] = [Number(factor)] if factor != 1 or not monomial else []
    for atom, power in monomial:
        base = Name(atom) if isinstance(atom, str) else written(atom)
        parts.append(base if power == 1 else Apply("power", (base, Number(Fraction(power)))))
    product = parts[0]
    for part in parts[1:]:
        product = Apply("scale", (product, part))
    return product
