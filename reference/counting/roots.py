"""Roots and logarithms of numbers, where these are exact: the root of 625, the logarithm of 1024 to the base 2."""

from __future__ import annotations

from fractions import Fraction

from reference.counting.polynomial import MAX_BITS, NotRational

MAX_DEGREE = 64


def raised(base: Fraction, exponent: Fraction) -> Fraction:
    """A power of a positive number, or of 0, whose exponent is a quotient.

    Raises:
        NotRational: it is no quotient of whole numbers, or too large.

    >>> raised(Fraction(16, 81), Fraction(3, 4))
    Fraction(8, 27)
    """
    degree, power = exponent.denominator, exponent.numerator
    bits = base.numerator.bit_length() + base.denominator.bit_length()
    if base < 0 or degree > MAX_DEGREE or abs(power) * bits > MAX_BITS:
        raise NotRational("only roots that are whole numbers make a count")
    if not base and power < 0:
        raise NotRational("a division by zero")
    return Fraction(root(base.numerator, degree), root(base.denominator, degree)) ** power


def root(value: int, degree: int) -> int:
    """The whole root of a number that is not negative."""
    low, high = 0, 1 << -(-value.bit_length() // degree)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if middle**degree <= value else (low, middle - 1)
    if low**degree != value:
        raise NotRational("only roots that are whole numbers make a count")
    return low


def logarithm(value: Fraction, base: int) -> int:
    """The whole number to which a base must be raised.

    >>> logarithm(Fraction(1, 8), 2)
    -3
    """
    if 0 < value < 1:
        return -logarithm(1 / value, base)
    exponent, rest = 0, value
    while rest > 1:
        exponent, rest = exponent + 1, rest / base
    if rest != 1:
        raise NotRational("only logarithms that are whole numbers make a count")
    return exponent
