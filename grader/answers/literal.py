"""Numbers as they stand, in a row of any length, or a word in their place: ``(8, 5, 4)``, ``3``, ``error``."""

from __future__ import annotations

import re
from itertools import starmap
from typing import Any

from grader.answers import brackets, units
from grader.answers.factors import factored
from grader.answers.key import Key
from grader.answers.matrix import ANGLES, LATEX, POINT, SIZED, inside, latex_rows, nested, times
from grader.answers.notes import said
from grader.answers.number import (
    ENDS,
    Number,
    agrees,
    as_told_apart,
    bare,
    equal,
    rounded,
    show_number,
)
from grader.answers.number import read_side as number_on_side
from grader.answers.numerals import TIGHT
from grader.answers.outcome import ALL, NOTHING, Outcome, Verdict
from grader.answers.passages import numbers
from grader.answers.sides import Names, Side, concluded
from grader.answers.words import word_in
from reference.language.errors import LanguageError, ReadingError, quoted
from reference.language.tokens import MAX_LENGTH
from reference.language.unicode import unicode_numbers
from reference.language.wrapping import unprinted

TIMES = re.compile(r"×|⨯|\\times(?![a-zA-Z])|(?<=[0-9 ])[xX](?=[0-9 ])|\bby\b")
SPACED = re.compile(r"[-+]?[0-9]+(?:\.[0-9]*)?(?:\s+[-+]?[0-9]+(?:\.[0-9]*)?)+")
THOUSANDS = re.compile(r"[-+]?[0-9]{1,3}(?:\s[0-9]{3})+")
FACTORS = re.compile(r"\(?\s*[0-9]+(?:\s*[*·⋅]\s*[0-9]+)+\s*\)?")  # 8*5*4*4
TWO = re.compile(r"\s*[-+]?[0-9]+,[0-9]+\s*")  # a decimal number to some, two numbers to others
BRACED = re.compile(r"\{[^{}]*[,;][^{}]*\}")
MAX_NUMBERS = 64

Given = tuple[float, ...] | str


class LiteralKey(Key, frozen=True):
    """``right`` numbers, each ``within`` its own distance, or a word.

    ``words``: those that may stand in place of numbers. ``single``: is it a number by itself, which is shown without brackets?
    ``labels``: names of what is asked for. ``unit``: that of a number by itself.
    """

    right: Given
    within: tuple[float, ...] = ()
    words: tuple[str, ...] = ()
    single: bool = False
    labels: Names = ()
    unit: str = ""

    def parse(self, text: str) -> tuple[Given, str]:
        text = units.without(text, self.unit) if self.unit else text
        return read_literal(text, self.words, self.labels)

    def judge(self, given: Given, understood: str) -> Outcome:
        if self.agrees(given):
            return Outcome(Verdict.CORRECT, ALL, (), understood)
        notes = said("different")
        numbers = not isinstance(given, str) and not isinstance(self.right, str)
        if numbers and len(given) != len(self.right):
            notes += said("how-many")
        return Outcome(Verdict.INCORRECT, NOTHING, notes, understood, alike=self.alike(given))

    def agrees(self, given: Given) -> bool:
        if isinstance(given, str) or isinstance(self.right, str):
            return given == self.right
        return len(given) == len(self.right) and all(
            starmap(agrees, zip(given, self.right, self.within, strict=True))
        )

    def alike(self, given: Given) -> str:
        if isinstance(given, str):
            return given
        within = self.within if len(self.within) == len(given) else (0.0,) * len(given)
        return ", ".join(map(as_told_apart, given, within))

    def show(self) -> str:
        return shown(self.right, self.single)

    def in_characters(self) -> str:
        return self.show() if isinstance(self.right, str) else unicode_numbers(self.show())

    def near_misses(self) -> list[str]:
        """Each word; a number just outside its distance, one left out, one too many, two exchanged."""
        misses = [word for word in self.words if word != self.right]
        if isinstance(self.right, str):
            return [*misses, "(1, 2)", "0"]
        right = [*self.right]
        for place, (value, within) in enumerate(zip(right, self.within, strict=True)):
            reach = 1.01 * within + 1e-7 * max(1.0, abs(value))
            misses.append(repr((*right[:place], value + reach, *right[place + 1 :])))
            if len(right) > 1:
                misses.append(shown((*right[:place], *right[place + 1 :])))
        swapped = (
            (*right[:at], *right[at : at + 2][::-1], *right[at + 2 :])
            for at in range(len(right) - 1)
        )
        misses += [shown(one) for one in swapped if not self.agrees(one)]
        return [*dict.fromkeys([*misses, shown((1.0, *right)), shown((*right, 1.0))])]

    def tolerance(self) -> str:
        widest = max(self.within, default=0.0)
        return f"± {rounded(widest)}" if widest else "exact"

    def leeway(self) -> str:
        return f"± [{', '.join(map(rounded, self.within))}]" if any(self.within) else ""

    def candidates(self, text: str) -> list[str]:
        return numbers(text) if self.single else []


def shown(right: Given, single: bool = False) -> str:
    """A literal as one may write it."""
    if isinstance(right, str):
        return right
    listed = ", ".join(map(show_number, right))
    if len(right) == 1:
        return listed if single else f"({listed},)"
    return f"({listed})"


def read_literal(text: str, words: tuple[str, ...], labels: Names = ()) -> tuple[Given, str]:
    """What a student writes, and its LaTeX; a number by itself is a row of one.

    Args:
        words: those that may stand in place of numbers.
        labels: names of what is asked for.

    Raises:
        LanguageError: it is neither one of the words nor numbers, or can be read in two ways.
    """
    if len(text) > MAX_LENGTH:
        raise ReadingError(f"too long: {len(text)} characters, at most {MAX_LENGTH} are read")
    word = word_in(text, words)
    if word:
        return word, rf"\text{{{word}}}"
    try:
        found = concluded(bare(text), labels, lambda side: read_side(side, words), alike)
    except LanguageError:
        if any(map(str.isdigit, text)):
            raise
        listed = " or ".join(["numbers, as (1, 2),", *words])
        raise ReadingError(f"expected {listed}, found '{quoted(text)}'") from None
    value = found.value
    return (value if isinstance(value, str) else tuple(one.value for one in value)), found.latex


def read_side(text: str, words: tuple[str, ...]) -> Side[Any]:
    """A word or numbers as they stand on one side of an equality sign."""
    word = word_in(text, words)
    if word:
        return Side(word, rf"\text{{{word}}}")
    factor, body = factored(in_round_brackets(unprinted(text).strip().rstrip(ENDS)))
    texts = parted(body)
    if len(texts) > MAX_NUMBERS:
        raise ReadingError(f"expected at most {MAX_NUMBERS} numbers, found {len(texts)}")
    parts = [number_on_side(part) for part in texts]
    listed = ", ".join(one.latex for one in parts)
    single = len(parts) == 1 and body[:1] not in "(["
    doubts = [one.doubt for one in parts if one.doubt]
    latex = listed if single else rf"\left({listed}\right)"
    values = (one.value for one in parts)
    if factor is None:
        return Side(tuple(values), latex, *doubts[:1])
    scaled = tuple(times(factor.value, one) for one in values)
    return Side(scaled, f"{factor.latex} {latex}", *doubts[:1])


def in_round_brackets(text: str) -> str:
    """A row or a column of LaTeX, and numbers in brackets of another kind, as a list in round brackets."""
    text = SIZED.sub("", text).strip()
    for signs, sign in ANGLES.items():
        text = re.sub(signs, sign, text)
    if BRACED.fullmatch(text) or POINT.fullmatch(text):
        return f"({text[1:-1].replace('|', ';')})"

    def listed(match: re.Match[str]) -> str:
        rows, _ = latex_rows(match[2])
        if len(rows) > 1 and len(rows[0]) > 1:
            raise ReadingError("expected numbers in one row, as (1, 2, 3)")
        row = rows[0] if len(rows) == 1 else [";".join(row) for row in rows]
        return f"({'; '.join(row)})"

    return LATEX.sub(listed, text, count=1)


def parted(body: str) -> list[str]:
    """The texts of the numbers, whatever stands between them and around them.

    Raises:
        ReadingError: it is not clear where one ends.
    """
    if FACTORS.fullmatch(body):
        raise ReadingError("can be a product or numbers in a row: write commas between several")
    if TWO.fullmatch(body):
        raise ReadingError(TIGHT)
    body = TIMES.sub(",", body)
    if THOUSANDS.fullmatch(body):
        message = f"'{quoted(body)}' can be one number or several: write commas between several"
        raise ReadingError(message)
    if SPACED.fullmatch(body):
        return body.split()
    if body in ("()", "[]"):
        return []
    if not (brackets.surround(body) or len(brackets.split(body, ",;")) > 1):
        return [body]
    if ";" in body:
        return brackets.split(inside(body), ";")
    rows, flat = nested(inside(body))
    if not flat and len(rows) > 1 and len(rows[0]) > 1:
        raise ReadingError("expected numbers in one row, as (1, 2, 3)")
    return [entry for row in rows for entry in row]


def alike(one: tuple[Number, ...] | str, other: tuple[Number, ...] | str) -> bool:
    """Are two sides equal, number by number?"""
    if isinstance(one, str) or isinstance(other, str):
        return one == other
    return len(one) == len(other) and all(starmap(equal, zip(one, other, strict=True)))
