"""Whole-number expressions in sizes and indices: polynomials with floors, and what can be proved of them.

One class serves for sizes (``n - k + 1``), for the places of entries (``s (i - 1) + q``) and for how far an
index runs. An index is a symbol like a size; a place has degree 1 in the indices that stand within no floor of it.
"""

from __future__ import annotations

import functools
import itertools
import re
from collections.abc import Iterable, Mapping
from typing import Any

from msgspec import Struct

from reference.language.errors import ReadingError

MAX_DEGREE = 12
MAX_TERMS = 60
MAX_FACTOR = 10**9
TOO_LARGE = "a size or place that large is not read"
NUMBERED = re.compile(r"#[0-9]+")  # behind a bound index


class TooLarge(ReadingError):
    """More terms or a higher power than anybody writes."""


class Floor(Struct, frozen=True):
    """``floor(top / bottom)``, with ``bottom`` one size or a number of at least 2."""

    top: Whole
    bottom: Whole

    def __str__(self) -> str:
        top = str(self.top)
        return (
            f"floor(({top}) / {self.bottom})"
            if len(self.top.terms) > 1
            else f"floor({top} / {self.bottom})"
        )


Atom = str | Floor
Monomial = tuple[Atom, ...]
Terms = tuple[tuple[Monomial, int], ...]


class Whole(Struct, frozen=True):
    """A sum of monomials with whole coefficients, in an order of its own, so equal ones are equal values."""

    terms: Terms = ()

    def __add__(self, other: Whole | int) -> Whole:
        return added(self.terms, whole(other).terms)

    def __neg__(self) -> Whole:
        return Whole(tuple((monomial, -factor) for monomial, factor in self.terms))

    def __sub__(self, other: Whole | int) -> Whole:
        return self + -whole(other)

    def __mul__(self, other: Whole | int) -> Whole:
        pairs = itertools.product(self.terms, whole(other).terms)
        return summed((tuple(sorted((*a, *b), key=str)), c * d) for (a, c), (b, d) in pairs)

    @property
    def constant(self) -> int | None:
        """The number it is, if it is one."""
        if not self.terms:
            return 0
        [(monomial, factor), *more] = self.terms
        return factor if not monomial and not more else None

    @property
    def symbol(self) -> str | None:
        """The size or index it is, if it is one."""
        if len(self.terms) != 1:
            return None
        [(monomial, factor)] = self.terms
        if factor != 1 or len(monomial) != 1 or isinstance(monomial[0], Floor):
            return None
        return monomial[0]

    @property
    def atoms(self) -> frozenset[Atom]:
        """The symbols and floors that are its factors."""
        return frozenset(atom for monomial, _ in self.terms for atom in monomial)

    @property
    def symbols(self) -> frozenset[str]:
        """Every symbol in it, also within floors."""
        return symbols_in(self.terms)

    @property
    def in_floors(self) -> frozenset[str]:
        """The symbols within its floors, in which it is not linear."""
        return in_floors_of(self.terms)

    def coefficient(self, index: str) -> Whole:
        """Of a symbol in which the expression has degree 1, and which stands within none of its floors."""
        return Whole(tuple((removed(m, index), c) for m, c in self.terms if index in m))

    def without(self, index: str) -> Whole:
        return Whole(tuple((m, c) for m, c in self.terms if index not in m))

    def put(self, index: str, value: Whole) -> Whole:
        """The expression with another in the place of an index, also within floors."""
        if index in self.in_floors:
            return filled_in(self, {index: value})
        if not any(index in monomial for monomial, _ in self.terms):
            return self
        return self.coefficient(index) * value + self.without(index)

    def value(self, known: Mapping[str, Any]) -> Any:
        """The number, or an array where a symbol stands for one."""
        total: Any = 0
        for monomial, factor in self.terms:
            term: Any = factor
            for atom in monomial:
                term = term * (known[atom] if isinstance(atom, str) else floored(atom, known))
            total = total + term
        return total

    @property
    def in_print(self) -> list[tuple[Monomial, int]]:
        """The terms as people write them: what is taken away behind the others, a number last."""
        return sorted(self.terms, key=lambda term: (term[1] < 0 and term[0] != (), term[0] == ()))

    def __str__(self) -> str:
        text = ""
        for monomial, factor in self.in_print:
            body = " ".join(map(str, monomial))
            shown = body if abs(factor) == 1 and monomial else f"{abs(factor)} {body}".strip()
            sign = "-" if factor < 0 else "+"
            text += f" {sign} {shown}" if text else ("-" if factor < 0 else "") + shown
        return text or "0"


@functools.lru_cache(maxsize=20_000)
def symbols_in(terms: Terms) -> frozenset[str]:
    """The symbols in the terms of an expression, which is asked many times an answer."""
    atoms = {atom for monomial, _ in terms for atom in monomial}
    return frozenset().union(*map(named_in, atoms))


@functools.lru_cache(maxsize=20_000)
def in_floors_of(terms: Terms) -> frozenset[str]:
    floors = {atom for monomial, _ in terms for atom in monomial if isinstance(atom, Floor)}
    return frozenset().union(*map(named_in, floors))


def named_in(atom: Atom) -> frozenset[str]:
    """The symbols in an atom."""
    return frozenset([atom]) if isinstance(atom, str) else atom.top.symbols | atom.bottom.symbols


def floored(atom: Floor, known: Mapping[str, Any]) -> Any:
    return atom.top.value(known) // atom.bottom.value(known)


@functools.lru_cache(maxsize=20_000)
def added(one: Terms, other: Terms) -> Whole:
    return summed(itertools.chain(one, other))


def summed(terms: Iterable[tuple[Monomial, int]]) -> Whole:
    total: dict[Monomial, int] = {}
    for monomial, factor in terms:
        total[monomial] = total.get(monomial, 0) + factor
    kept = [term for term in total.items() if term[1]]
    for monomial, factor in kept:
        if len(monomial) > MAX_DEGREE or not -MAX_FACTOR <= factor <= MAX_FACTOR:
            raise TooLarge(TOO_LARGE)
    if len(kept) > MAX_TERMS:
        raise TooLarge(TOO_LARGE)
    if len(kept) > 1:
        kept.sort(key=place_in_order)
    return Whole(tuple(kept))


@functools.lru_cache(maxsize=10_000)
def ordered(monomial: Monomial) -> tuple[int, list[str]]:
    return -len(monomial), [*map(str, monomial)]


def place_in_order(term: tuple[Monomial, int]) -> tuple[int, list[str]]:
    """By degree, then by letters."""
    return ordered(term[0])


def removed(monomial: Monomial, index: str) -> Monomial:
    """A monomial without a symbol, which occurs once."""
    rest = list(monomial)
    rest.remove(index)
    if index in rest:
        raise ReadingError(
            f"a place is of degree 1 in {bare(index)}, which is multiplied by itself"
        )
    return tuple(rest)


def whole(value: Whole | int | str) -> Whole:
    if isinstance(value, Whole):
        return value
    if isinstance(value, str):
        return Whole((((value,), 1),))
    if not -MAX_FACTOR <= value <= MAX_FACTOR:
        raise TooLarge(TOO_LARGE)
    return Whole((((), value),)) if value else Whole()


ONE = whole(1)


def bare(value: Whole | str) -> str:
    """An expression as its author wrote it, without the numbers of bound indices."""
    return NUMBERED.sub("", str(value))


def floor(top: Whole, bottom: Whole) -> Whole:
    """``floor(top / bottom)`` with whole parts taken out, so that equal ones look alike.

    Raises:
        ValueError: ``bottom`` is neither one size nor a positive number.
    """
    number, size = bottom.constant, bottom.symbol
    if size is None and (number is None or number < 1):
        raise ValueError(f"cannot divide by {bare(bottom)}: expected one size or a positive number")
    out: list[tuple[Monomial, int]] = []
    rest: list[tuple[Monomial, int]] = []
    for monomial, factor in top.terms:
        if number is not None:
            quotient, remainder = divmod(factor, number)
            out.append((monomial, quotient))
            rest.append((monomial, remainder))
        elif size in monomial:
            left = list(monomial)
            left.remove(size)
            out.append((tuple(left), factor))
        else:
            rest.append((monomial, factor))
    remainder_of = summed(rest)
    if not remainder_of.terms or (number is not None and remainder_of.constant is not None):
        return summed(out)
    return summed(out) + Whole((((Floor(remainder_of, bottom),), 1),))


def filled_in(value: Whole, meant: Mapping[str, Whole]) -> Whole:
    """An expression with others in the place of symbols, also within floors."""
    if not value.symbols & meant.keys():
        return value
    total = Whole()
    for monomial, factor in value.terms:
        term = whole(factor)
        for atom in monomial:
            if isinstance(atom, str):
                term = term * meant.get(atom, whole(atom))
            else:
                term = term * floor(filled_in(atom.top, meant), filled_in(atom.bottom, meant))
        total = total + term
    return total


def ceil(top: Whole, bottom: Whole) -> Whole:
    return -floor(-top, bottom)


Range = tuple[Whole, Whole]
"""From the first to the last value of an index."""


class Known(Struct, frozen=True):
    """What is known of sizes: the least value of each, 1 unless given, and expressions that are never negative."""

    least: tuple[tuple[str, int], ...] = ()
    facts: tuple[Whole, ...] = ()

    def proves(self, value: Whole, ranges: Mapping[str, Range] | None = None) -> bool:
        """Is ``value`` never negative, whatever the sizes, and the indices in their ranges? Sound, not complete."""
        number = value.constant
        if number is not None:
            return number >= 0
        return proved(self, value, tuple(ranges.items()) if ranges else ())

    def extreme(
        self, value: Whole, ranges: Mapping[str, Range], largest: bool = False
    ) -> Whole | None:
        """The least or largest value over indices; nothing where the sign of a factor is not known, or one stands in a floor.

        An index whose range ends at another one is replaced first.
        """
        for index, (low, high) in [*ranges.items()][::-1]:
            if index in value.in_floors:
                return None
            if not any(index in monomial for monomial, _ in value.terms):
                continue
            factor = value.coefficient(index)
            if self.plainly(factor):
                value = value.put(index, high if largest else low)
            elif self.plainly(-factor):
                value = value.put(index, low if largest else high)
            else:
                return None
        return value

    def unfloored(self, value: Whole) -> Whole:
        """A lower bound without floors, as P - q + 1 <= q floor(P / q) <= P.

        Of two floors by one divisor, one less the other, the difference is not negative where that of the tops is not.
        """
        alone = [(m[0], c) for m, c in value.terms if len(m) == 1 and isinstance(m[0], Floor)]
        for (first, c), (second, d) in itertools.permutations(alone, 2):
            if (
                c == -d > 0
                and first.bottom == second.bottom
                and self.plainly(first.top - second.top)
            ):
                return self.unfloored(value - Whole((((first,), c), ((second,), d))))
        for monomial, factor in value.terms:
            for atom in monomial:
                share = share_of(atom, monomial, factor)
                if share and isinstance(atom, Floor):
                    bound = atom.top if share < 0 else atom.top - atom.bottom + 1
                    return self.unfloored(value - Whole(((monomial, factor),)) + bound * share)
        return value

    def plainly(self, value: Whole) -> bool:
        """Has it no negative coefficient, every size counted from its least value?"""
        return counted_up(self.least, value)


@functools.lru_cache(maxsize=20_000)
def proved(known: Known, value: Whole, ranges: tuple[tuple[str, Range], ...]) -> bool:
    worst = known.extreme(value, dict(ranges))
    if worst is None:
        return False
    worst = known.unfloored(worst)
    if known.plainly(worst):
        return True
    facts = [known.unfloored(one) for one in known.facts]
    return any(known.plainly(worst - one) for one in facts) or any(
        known.plainly(worst - one - other)
        for one, other in itertools.combinations_with_replacement(facts, 2)
    )


def share_of(atom: Atom, monomial: Monomial, factor: int) -> int:
    """How many times a floor stands there with its divisor, which is then its top at most; 0 where it does not."""
    if not isinstance(atom, Floor):
        return 0
    rest = list(monomial)
    rest.remove(atom)
    number = atom.bottom.constant
    if number is not None:
        return factor // number if not rest and factor % number == 0 else 0
    return factor if (tuple(rest), 1) == atom.bottom.terms[0] else 0


@functools.lru_cache(maxsize=20_000)
def counted_up(least: tuple[tuple[str, int], ...], value: Whole) -> bool:
    if all(factor >= 0 for _, factor in value.terms):
        return True
    numbers = dict(least)
    for atom in value.atoms:
        if isinstance(atom, str):
            value = shifted(value, atom, numbers.get(atom, 1))
    return all(factor >= 0 for _, factor in value.terms)


def shifted(value: Whole, atom: str, by: int) -> Whole:
    """``value`` with ``atom + by`` in the place of ``atom``, of any degree."""
    total = Whole()
    for monomial, factor in value.terms:
        term = Whole(((tuple(one for one in monomial if one != atom), factor),))
        for _ in range(monomial.count(atom)):
            term = term * (whole(atom) + by)
        total = total + term
    return total
