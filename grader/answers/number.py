"""A number, right within a distance."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from contextlib import suppress
from typing import Any, TypeVar

import numpy as np
from msgspec import Struct
from msgspec.structs import replace
from numpy.typing import NDArray

from grader.answers import units
from grader.answers.key import Key
from grader.answers.notes import said
from grader.answers.numerals import doubt, plain
from grader.answers.outcome import ALL, NOTHING, Outcome, Verdict
from grader.answers.passages import numbers
from grader.answers.portable import Entries
from grader.answers.sides import (
    Names,
    Side,
    concluded,
    is_label,
    known_labels,
    one_line,
    worked_out,
)
from grader.answers.stated import Stated
from reference.language.errors import LanguageError, ReadingError
from reference.language.evaluating import evaluate
from reference.language.expression import Expression
from reference.language.reading import MAX_LENGTH, defines, read, read_said
from reference.language.shapes import resolve
from reference.language.unicode import unicode_numbers
from reference.language.wrapping import unprinted, unwrapped
from reference.language.writing import latex

PLAIN = re.compile(r"[-+]?[0-9]{1,17}(?:\.[0-9]{1,17})?")
PERCENT = re.compile(r"(\s*[-+]?[0-9.,]+(?:[eE][-+]?[0-9]{1,3})?)\s*\\?%\s*")
DECIMAL = re.compile(
    r"\s*+[-+]?\s*+[0-9]*+(?:\.([0-9]*+))?(?:[eE]([-+]?[0-9]{1,3})|\s*+[*·×]\s*+10\^\{?([-+]?[0-9]{1,3})\}?)?\s*+"
)
# Words that say that a number was rounded, before it, or in a bracket behind it that holds no other number; signs before an entry.
HEDGES = re.compile(
    r"""(?<=[\[({,;])\s*(?:≈|\\approx(?![a-z]))\s*(?=[-+−]?[0-9.(\\])
        |(?:^|(?<=[=:≈]))\s*(?:ca\.?|circa|approx\.?|approximately|exactly|about|roughly|around|etwa|rund|ungefähr|genau)\s+(?=[-+−]?[0-9.([\\])
        |\(\s*(?:rounded|approx\.?|approximately|gerundet)
          (?:[\s,;][^()0-9]*(?:[0-9]\s*(?:decimal|digit|place|significant|figure|d\.?p|s\.?f|Stelle|Nachkomma|Dezimal)[^()0-9]*)?)?\)\s*$""",
    re.VERBOSE | re.IGNORECASE,
)
ENDS = " .;,…\\"
Rows = list[list[float]]
Array = NDArray[np.float64]
Values = TypeVar("Values", float, Array)

NEAR = 0.0095  # who is off by a hundredth has made another mistake than rounding
NOISE = 1e-9  # of the arithmetic itself, relative to the value; of what is nearly nothing, to
SURE = 0.1  # of that, where it is not known what the arithmetic would give
LAST = 2e-15  # two units in the last place of the largest entry beside
LITTLE = 1e-3
TINY = 1e-12  # what is left where the sides of an equality sign cancel
SHORT = 6  # decimals of what comes out even


class NumberKey(Key, frozen=True):
    """``value``, right within ``within`` either way; ``labels``: names of what is asked for; ``unit``: the one it is asked for in."""

    value: float
    within: float
    labels: Names = ()
    unit: str = ""

    def parse(self, text: str) -> tuple[float, str]:
        text = units.without(unhedged(text), self.unit) if self.unit else units.uncounted(text)
        return read_number(text, self.labels)

    def judge(self, given: float, understood: str) -> Outcome:
        right = agrees(given, self.value, self.within)
        found = judged(right, given, self.value, self.within, understood)
        if not right and self.unit and self.in_another_unit(given):
            return replace(found, notes=(*found.notes, *said("unit", unit=self.unit)))
        return found

    def in_another_unit(self, given: float) -> bool:
        """Is it the right number of another unit?"""
        others = (given * by for factor in units.FACTORS for by in (factor, 1 / factor))
        return bool(given) and any(agrees(one, self.value, self.within) for one in others)

    def show(self) -> str:
        return show_number(self.value)

    def in_characters(self) -> str:
        return unicode_numbers(self.show())

    def near_misses(self) -> list[str]:
        """Answers just outside the tolerance, and the one with the other sign."""
        reach = 1.01 * self.within + 1e-7 * max(1.0, abs(self.value))
        misses = [repr(self.value + reach), repr(self.value - reach)]
        if not agrees(-self.value, self.value, self.within):
            misses.append(repr(-self.value))
        if self.unit and not agrees(self.value / 100, self.value, self.within):
            misses.append(repr(self.value / 100))
        return misses

    def tolerance(self) -> str:
        return f"± {rounded(self.within)}"

    def leeway(self) -> str:
        return self.tolerance()

    def candidates(self, text: str) -> list[str]:
        return numbers(text)

    def copied(self, stated: Stated) -> list[str]:
        return [name for name, one in stated.entries() if agrees(one, self.value, self.within)]

    def portable(self) -> Entries:
        return Entries([[self.value]], [[self.within]])

    def reach(self) -> tuple[float, float]:
        return self.value - self.within, self.value + self.within


def agrees(given: Values, value: Values, within: Values) -> Any:
    """Is ``given`` within the distance, but for the last bits of the arithmetic? Of arrays, entry by entry."""
    return abs(given - value) <= within + NOISE * (LITTLE + abs(value))


def judged(right: bool, given: float, value: float, within: float, understood: str) -> Outcome:
    if right:
        return Outcome(Verdict.CORRECT, ALL, (), understood, given)
    notes, alike = said(nearness(given, value, within)), as_told_apart(given, within)
    return Outcome(Verdict.INCORRECT, NOTHING, notes, understood, given, alike)


def nearness(given: float, value: float, within: float) -> str:
    """What is said of a wrong number: is it so near that more decimals may help, or that it was even before it was rounded?"""
    apart = abs(given - value)
    if within:
        return "close" if apart <= 10 * within and apart < NEAR else "different"
    even = agrees(value, round(value, SHORT), 0.0)
    return "even" if even and apart < NEAR * max(1.0, abs(value)) else "different"


def as_told_apart(given: float, within: float) -> str:
    """A number to as many decimals as are told apart at a distance."""
    if not 0 < within < math.inf:
        return show_number(given)
    decimals = min(max(math.ceil(-math.log10(within)), 0), 12)
    return show_number(round(given, decimals))


def glance(value: float, within: float, labels: Names = (), unit: str = "") -> NumberKey:
    """A key that finds right only what is right by a key of which less is known.

    Args:
        value: its value, which may still hold noise; so most of what is let pass as such is left to it.
        within: at most the distance within which an answer is right.
    """
    return NumberKey(value, within - (1 - SURE) * NOISE * (LITTLE + abs(value)), labels, unit)


def at_sight(texts: Sequence[str], values: Array, within: Array) -> list[Outcome | None]:
    """What a key would find of each text that is a plain number; nothing of the others.

    Args:
        values, within: of the keys, (len(texts),).
    """
    found: list[Outcome | None] = [None] * len(texts)
    plain = [place for place, text in enumerate(texts) if PLAIN.fullmatch(text)]
    given = np.array([float(texts[place]) for place in plain])
    keys = given, values[plain], within[plain]
    rows = zip(plain, agrees(*keys).tolist(), *(each.tolist() for each in keys), strict=True)
    for place, right, number, value, reach in rows:
        found[place] = judged(right, number, value, reach, texts[place])
    return found


def show_number(value: float) -> str:
    """Ten significant digits, without an exponent where it reads well."""
    return format(value + 0.0, ".10g")  # 0.0, as there is a -0.0


def without_noise(rows: Rows) -> Rows:
    """Rows with 0 in place of what is left of it where larger entries cancel in the arithmetic."""
    least = LAST * max(abs(entry) for row in rows for entry in row)
    return [[entry if abs(entry) > least else 0.0 for entry in row] for row in rows]


def rounded(within: float) -> str:
    """A distance to three significant digits."""
    return show_number(float(f"{within:.3g}"))


class Number(Struct, frozen=True):
    """A number, and how much its last digit counts; nothing where it is exact."""

    value: float
    unit: float = 0.0


def read_number(text: str, labels: Names = ()) -> tuple[float, str]:
    """A number as a student writes it, and its LaTeX.

    Decimals, fractions, scientific notation, per cent, arithmetic with functions and ``pi``; a decimal comma
    where it cannot be a thousands separator; sides with equality signs between them, as far as they agree.

    Args:
        labels: names of what is asked for.

    Raises:
        LanguageError: it cannot be read, or is no single finite number.
    """
    if PLAIN.fullmatch(text):
        return float(text), text
    try:
        line = bare(text)
        if PLAIN.fullmatch(line):
            return float(line), line
        found = concluded(line, labels, read_side, equal)
    except LanguageError:
        if defines(text):
            with suppress(LanguageError):
                return read_defined(text, labels)
        raise
    return found.value.value, found.latex


def read_defined(text: str, labels: Names) -> tuple[float, str]:
    """A number with names in it that are said to stand for others: ``g = -1.5; 0.5 - 0.1 g``.

    Raises:
        LanguageError: it cannot be read, has two readings, or a name is that of the blank.
    """
    if asks := doubt(text):
        raise asks
    said = read_said(plain(text, names=True), known_labels(labels)[1])
    if said.definitions or not all(is_label(side.text, labels) for side in said.before):
        raise ReadingError("expected one number: leave only the answer")
    return valued(said.answer)


def read_side(text: str) -> Side[Number]:
    """A number as it stands on one side of an equality sign."""
    if PLAIN.fullmatch(text):
        return Side(Number(float(text), unit(text)), text)
    text = unprinted(text).rstrip(ENDS)
    percent = PERCENT.fullmatch(text)
    if percent is not None:
        text = f"{percent[1]} "
    asks, text = doubt(text), plain(text)
    value, shown = evaluated(text)
    asks = asks or worked_out(text, lambda part: Number(evaluated(part)[0], unit(part)), equal)
    if percent is not None:
        return Side(Number(value / 100, unit(text) / 100), rf"{shown}\%", asks)
    return Side(Number(value, unit(text)), shown, asks)


def evaluated(text: str) -> tuple[float, str]:
    """The value of an arithmetic expression, and its LaTeX."""
    if PLAIN.fullmatch(text.strip()):
        return float(text), text.strip()
    return valued(read(text))


def valued(written: Expression) -> tuple[float, str]:
    """The value of what holds no names, and its LaTeX."""
    expression, shape = resolve(written, {})
    if shape != (1, 1):
        raise ReadingError("expected a single number")
    value = float(evaluate(expression, {}).item())
    if not math.isfinite(value):
        raise ReadingError("expected a finite number")
    return value, latex(expression)


def unit(text: str) -> float:
    """What the last digit of a decimal number counts; nothing where a text is anything else, which is exact."""
    match = DECIMAL.fullmatch(text)
    if match is None:
        return 0.0
    exponent = int(match[2] or match[3] or 0)
    return float(f"1e{exponent - len(match[1] or '')}")


def equal(one: Number, other: Number) -> bool:
    """Are two sides equal, but for less than half a unit of the last digit of the coarser one?"""
    half = max(one.unit, other.unit) / 2
    if not half:
        return math.isclose(one.value, other.value, rel_tol=NOISE, abs_tol=TINY)
    return one.value == other.value or abs(one.value - other.value) < half * (1 - NOISE)


def unhedged(text: str) -> str:
    """A text without words that say that it was rounded, in its place."""
    return HEDGES.sub(lambda found: " " * len(found[0]), text)


def bare(text: str) -> str:
    """An answer of one line without what people put around it.

    Raises:
        ReadingError: it has several lines, so it is not clear which one is meant.
    """
    if len(text) > MAX_LENGTH:
        raise ReadingError(f"too long: {len(text)} characters, at most {MAX_LENGTH} are read")
    text = unhedged(unwrapped(text)).strip().rstrip(ENDS)
    if "\n" in text or "\r" in text:
        return one_line(text)
    return text
