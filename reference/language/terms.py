"""Sums of products of powers: entrywise arithmetic, in which an expression is gathered, multiplied out and cancelled."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction

from msgspec import Struct

from reference.language.dimensions import SCALAR, Shape
from reference.language.expression import Apply, Expression, Name, Number, number
from reference.language.operands import TESTS
from reference.language.shapes import infer
from reference.language.writing import decimal

Powers = tuple[tuple[Expression, int], ...]

UNIT = Fraction(1)  # which most numbers are: they are this very object, so nothing is computed

LARGEST = 6  # power that is taken apart
PLACES = 3  # of a factor that is written as a decimal and not as a fraction
HALVES = frozenset({2, 4, 8})  # x / 2 and not 0.5 x


class Term(Struct, frozen=True):
    """A rational number times powers of expressions, in the order in which they are written."""

    number: Fraction
    powers: Powers = ()

    def times(self, other: Term) -> Term:
        found = dict(self.powers)
        for base, power in other.powers:
            found[base] = found.get(base, 0) + power
        left, right = self.number, other.number
        both = left if right is UNIT else right if left is UNIT else left * right
        return Term(both, tuple((b, p) for b, p in found.items() if p))

    def to(self, power: int) -> Term:
        own = self.number if self.number is UNIT else self.number**power
        return Term(own, tuple((base, p * power) for base, p in self.powers))

    def signed(self, sign: int) -> Term:
        return self if sign == 1 else Term(sign * self.number, self.powers)

    def only(self, kept: Iterable[Expression]) -> Term:
        """The powers of some expressions, without the number."""
        bases = {*kept}
        return Term(UNIT, tuple((b, p) for b, p in self.powers if b in bases))


ONE = Term(UNIT)


def terms(expression: Expression, shapes: Mapping[str, Shape]) -> list[Term]:
    """An expression as a sum; what has no entrywise arithmetic of its own is a base."""
    match expression:
        case Apply("add", (left, right)):
            return terms(left, shapes) + terms(right, shapes)
        case Apply("subtract", (left, right)):
            return terms(left, shapes) + [term.signed(-1) for term in terms(right, shapes)]
        case Apply("negate", (inner,)):
            return [term.signed(-1) for term in terms(inner, shapes)]
        case Apply("fill", (inner, _)) if infer(inner, shapes) == SCALAR:
            return terms(inner, shapes)
    return [factors(expression, shapes)]


def factors(expression: Expression, shapes: Mapping[str, Shape]) -> Term:
    """An expression as one product."""
    match expression:
        case Number(value):
            return Term(value)
        case Apply("negate", (inner,)):
            return factors(inner, shapes).signed(-1)
        case Apply("scale" | "hadamard", (left, right)):
            return factors(left, shapes).times(factors(right, shapes))
        case Apply("divide", (left, right)) if (below := factors(right, shapes)).number:
            return factors(left, shapes).times(below.to(-1))
        case Apply("power", (base, Number(value))) if value in range(1, LARGEST + 1):
            return factors(base, shapes).to(int(value))
        case Apply("fill", (inner, _)) if infer(inner, shapes) == SCALAR:
            return factors(inner, shapes)
    return Term(UNIT, ((expression, 1),))


def merged(found: Iterable[Term]) -> list[Term]:
    """Like terms added, and those that are zero left out."""
    total: dict[frozenset[tuple[Expression, int]], Term] = {}
    for term in found:
        key = frozenset(term.powers)
        before = total.get(key)
        total[key] = Term(term.number + before.number, term.powers) if before else term
    return [term for term in total.values() if term.number]


def common(found: Sequence[Term], below: bool) -> Term:
    """What all terms are multiples of; with ``below``, over the denominator of all of them."""
    powers: dict[Expression, int] = {}
    each = [dict(term.powers) for term in found]
    for base in dict.fromkeys(base for one in each for base in one):
        least = min(one.get(base, 0) for one in each)
        most = max(one.get(base, 0) for one in each)
        powers[base] = least if least > 0 or below else min(most, 0)
    first, *others = (positive(term).number for term in found)
    shared = first if all(one is first or one == first for one in others) else UNIT
    return Term(shared, tuple((base, power) for base, power in powers.items() if power))


def built(found: Sequence[Term], shapes: Mapping[str, Shape]) -> Expression:
    """A sum as it is written: what is added first, if anything is."""
    if not found:
        return number(0)
    first = next((place for place, term in enumerate(found) if term.number > 0), 0)
    ordered = [found[first], *found[:first], *found[first + 1 :]]
    sign = 1 if ordered[0].number > 0 else -1
    total = product(ordered[0].signed(sign), shapes)
    for term in ordered[1:]:
        operation = "add" if sign * term.number > 0 else "subtract"
        total = Apply(operation, (total, product(positive(term), shapes)))
    return total if sign > 0 else Apply("negate", (total,))


def positive(term: Term) -> Term:
    return term if term.number is UNIT else Term(abs(term.number), term.powers)


def product(term: Term, shapes: Mapping[str, Shape]) -> Expression:
    """A product of a positive number: scalars stand before matrices; what divides stands below, names first."""
    above = [(base, power) for base, power in term.powers if power > 0]
    below = [(base, -power) for base, power in term.powers if power < 0]
    if len(above) > 1:
        above.sort(key=lambda one: infer(one[0], shapes) != SCALAR)
    below.sort(key=lambda one: not isinstance(one[0], Name))
    front, divisor = term.number, UNIT
    shown = "1" if front is UNIT else decimal(front)
    if is_part(term) or shown is None or len(shown.partition(".")[2]) > PLACES:
        front, divisor = Fraction(front.numerator), Fraction(front.denominator)
    top = times(front, above, shapes)
    if not below and divisor == 1:
        return top
    return Apply("divide", (top, times(divisor, below, shapes)))


def is_part(term: Term) -> bool:
    """Is it a half, a quarter or an eighth of something? A slope before an indicator stays as it is."""
    part = term.number.numerator == 1 and term.number.denominator in HALVES
    return part and bool(term.powers) and not any(one.operation in TESTS for one, _ in term.powers)


def times(
    front: Fraction, powers: Sequence[tuple[Expression, int]], shapes: Mapping[str, Shape]
) -> Expression:
    if not powers:
        return Number(front)
    total = raised(*powers[0])
    shape = infer(powers[0][0], shapes) if len(powers) > 1 else SCALAR
    for base, power in powers[1:]:
        own = infer(base, shapes)
        operation = "scale" if SCALAR in (shape, own) else "hadamard"
        total, shape = (
            Apply(operation, (total, raised(base, power))),
            own if own != SCALAR else shape,
        )
    return total if front is UNIT or front == 1 else Apply("scale", (Number(front), total))


def raised(base: Expression, power: int) -> Expression:
    return base if power == 1 else Apply("power", (base, number(power)))
