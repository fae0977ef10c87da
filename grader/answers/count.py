"""A count: a whole number, or a polynomial in sizes and floors of them, compared exactly."""

from __future__ import annotations

import functools
import hashlib
import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from grader.answers import units
from grader.answers.key import Key
from grader.answers.notes import Note, said
from grader.answers.number import ENDS, bare, unhedged
from grader.answers.numerals import doubt, plain
from grader.answers.outcome import ALL, NOTHING, Outcome, Verdict, unreadable
from grader.answers.passages import formulas, numbers
from grader.answers.portable import Entries
from grader.answers.sides import Names, Side, concluded, worked_out
from grader.answers.stated import Stated
from reference.counting.floors import counted, usual
from reference.counting.polynomial import NotRational, Rational
from reference.language.dimensions import SCALAR
from reference.language.errors import LanguageError, ReadingError
from reference.language.expression import Expression, names, number
from reference.language.reading import read
from reference.language.shapes import resolve
from reference.language.unicode import unicode
from reference.language.wrapping import unprinted
from reference.language.writing import latex

PLAIN = re.compile(r"[0-9]{1,17}")
SIDES = re.compile(  # 9 x 9, 9 × 7, 9*9, but no other product
    r"\(?\s*([0-9]+)(?:(?:\s*(?:[xX×⨯]|\\times|\bby\b)\s*[0-9]+)+|\s*[*·⋅]\s*\1)\s*\)?"
)
SEVERAL = "can be sides or their product: write one side, as 9 for 9 × 9"
Points = tuple[tuple[int, ...], ...]


class Counted(NamedTuple):
    """A count that was read: its exact total, and how it is written."""

    total: Rational
    written: Expression


class CountKey(Key, frozen=True):
    """A count in the plain syntax, over the names that an answer may use.

    ``labels``: names of what is asked for. ``unit``: the one it is asked for in. ``points``: values of the names at which floors are compared. ``side``: is it the
    side of a square, for which 9 x 9 may stand?
    """

    text: str
    names: tuple[str, ...] = ()
    labels: Names = ()
    points: Points = ()
    side: bool = False
    unit: str = ""

    def agrees(self, given: Rational) -> bool:
        """Is a count the right one?

        Raises:
            ReadingError: it is too large to tell.
        """
        return agrees(given, self.right.total, where(self.names, self.points))

    @property
    def right(self) -> Counted:
        return read_count(self.text, self.names)

    def parse(self, text: str) -> tuple[Counted, str]:
        text = units.without(unhedged(text), self.unit) if self.unit else text
        given = read_count(text, self.names, self.labels, self.side)
        return given, latex(given.written)

    def judge(self, given: Counted, understood: str) -> Outcome:
        try:
            right = self.agrees(given.total)
        except LanguageError as error:
            return unreadable(error)
        if right:
            return Outcome(Verdict.CORRECT, ALL, (), understood)
        return Outcome(
            Verdict.INCORRECT, NOTHING, self.notes(given), understood, given, self.alike(given)
        )

    def copied(self, stated: Stated) -> list[str]:
        if self.names:
            return []
        return [name for name, one in stated.sizes.items() if self.show() == str(one)]

    def alike(self, given: Counted) -> str:
        """The class of a wrong count: equal ones have one value, with a number of its own for each name."""
        value = given.total.value({name: 1009 + 1020 * at for at, name in enumerate(self.names)})
        if not self.names:
            return str(value)
        return hashlib.blake2b(str(value).encode(), digest_size=6).hexdigest()

    def notes(self, given: Counted) -> tuple[Note, ...]:
        """What can be said of a wrong count without giving the right one away."""
        if not self.names:
            return said("count")
        extra = sorted(names(given.written) - names(self.right.written))
        return said("independent", names=", ".join(extra)) if extra else said("count-formula")

    def show(self) -> str:
        return self.text

    def portable(self) -> Entries | None:
        """A number whose digits all have a place in a double."""
        if self.names or not PLAIN.fullmatch(self.text) or int(self.text) >= 2**53:
            return None
        return Entries([[float(self.text)]], [[0.0]])

    def in_characters(self) -> str:
        return unicode(self.right.written)

    def near_misses(self) -> list[str]:
        """Off by one, and by each name once."""
        return [f"{self.text} + 1", f"{self.text} - 1", *(f"{self.text} + {n}" for n in self.names)]

    def first_met(self, given: Sequence[Counted], others: Sequence[Counted]) -> list[int | None]:
        points = where(self.names, self.points)
        met = ((at for at, other in enumerate(others) if same(one, other, points)) for one in given)
        return [next(places, None) for places in met]

    def leeway(self) -> str:
        return f"in {', '.join(self.names)}"

    def steps(self) -> int:
        """The terms of the count."""
        return len(self.right.total.top)

    def candidates(self, text: str) -> list[str]:
        return formulas(text) if self.names else numbers(text)


def where(names: tuple[str, ...], points: Points) -> Sequence[Mapping[str, int]]:
    """The points at which floors are compared, by name."""
    return [dict(zip(names, one, strict=True)) for one in points] or usual(names)


def same(one: Counted, other: Counted, points: Sequence[Mapping[str, int]]) -> bool:
    """Are two counts equal, as far as that can be told?"""
    try:
        return one.total.agrees(other.total, points)
    except NotRational:
        return False


def agrees(given: Rational, key: Rational, points: Sequence[Mapping[str, int]]) -> bool:
    """Are two counts equal?

    Raises:
        ReadingError: the one given is too large to tell.
    """
    try:
        return given.agrees(key, points)
    except NotRational as error:
        raise ReadingError(str(error)) from None


@functools.lru_cache(maxsize=4096)
def read_count(
    text: str, declared: tuple[str, ...], labels: Names = (), is_side: bool = False
) -> Counted:
    """A count as a student writes it; thousands may be set apart.

    Args:
        labels: names of what is asked for.
        is_side: is that one side of several?

    Raises:
        LanguageError: it cannot be read, or is more than sums, products, quotients and powers.
    """
    if PLAIN.fullmatch(text):
        return exactly(text, declared)

    def read_side(side: str) -> Side[Counted]:
        side = unprinted(side).rstrip(ENDS)
        alone = units.uncounted(side)
        side = alone if not declared or PLAIN.fullmatch(alone.strip()) else side
        sides = ReadingError(SEVERAL) if is_side and SIDES.fullmatch(side.strip()) else None
        asks, side = sides or doubt(side, whole=True), plain(side, whole=True, names=bool(declared))
        found = exactly(side, declared)
        asks = asks or worked_out(side, lambda part: exactly(part, declared), equal)
        return Side(found, "", asks)

    def equal(one: Counted, other: Counted) -> bool:
        return agrees(one.total, other.total, usual(declared))

    return concluded(bare(text), labels, read_side, equal).value


def exactly(text: str, declared: tuple[str, ...]) -> Counted:
    """A whole number as it stands, and everything else by the language."""
    if PLAIN.fullmatch(text):
        expression: Expression = number(int(text))
    else:
        expression = resolve(read(text, declared), dict.fromkeys(declared, SCALAR))[0]
    try:
        return Counted(counted(expression), expression)
    except NotRational as error:
        raise ReadingError(str(error)) from None
