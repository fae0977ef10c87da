"""Numbered items matched to lettered texts: ``1b 2a 3c``, ``1-b, 2-a`` or ``1: b; 2 -> a``."""

from __future__ import annotations

import re
from fractions import Fraction
from itertools import pairwise

from grader.answers.key import Key
from grader.answers.letters import LETTERS, plain
from grader.answers.notes import said
from grader.answers.outcome import ALL, Outcome, Verdict
from grader.answers.portable import Pairs
from reference.language.errors import ReadingError, quoted

TOKEN = re.compile(
    r"(?:and|items?|texts?|with|is)\b|\\(?:to|mapsto|rightarrow)(?![a-z])|([0-9]+|[a-z])|[\s,;:.=&()\[\]{}<>→↦⇒-]+"
)
EXPECTED = "expected pairs such as 1b 2a"


class MatchKey(Key, frozen=True):
    """``letters``: what belongs to each item, in their order; ``shown``: how many letters there are."""

    letters: str
    shown: int

    def parse(self, text: str) -> tuple[dict[int, str], str]:
        given = read_pairs(text, len(self.letters), LETTERS[: self.shown])
        pairs = ", ".join(f"{number}{given[number]}" for number in sorted(given))
        return given, rf"\text{{{pairs}}}"

    def judge(self, given: dict[int, str], understood: str) -> Outcome:
        right = sum(self.letters[number - 1] == letter for number, letter in given.items())
        if right == len(self.letters):
            return Outcome(Verdict.CORRECT, ALL, (), understood)
        notes = said("pairs", right=right, pairs=len(self.letters))
        verdict = Verdict.PARTIAL if right else Verdict.INCORRECT
        share = Fraction(right, len(self.letters))
        alike = " ".join(f"{number}{given[number]}" for number in sorted(given))
        return Outcome(verdict, share, notes, understood, alike=alike)

    def show(self) -> str:
        return written(self.letters)

    def portable(self) -> Pairs:
        return Pairs(self.letters, self.shown)

    def near_misses(self) -> list[str]:
        """Two neighbours swapped, a pair left out, a letter that belongs to no item."""
        misses = [
            written(self.letters.translate(str.maketrans(one + other, other + one)))
            for one, other in pairwise(self.letters)
        ]
        misses += [written(self.letters[:-1])]
        spare = sorted({*LETTERS[: self.shown]} - {*self.letters})
        return misses + [written(self.letters[:-1] + one) for one in spare]


def written(letters: str) -> str:
    return " ".join(f"{number}{letter}" for number, letter in enumerate(letters, start=1))


def read_pairs(text: str, items: int, letters: str) -> dict[int, str]:
    """Number → letter, of the pairs that a text lists in any order.

    Raises:
        ReadingError: something else stands there, or a number or a letter stands there twice.
    """
    tokens = read_tokens(plain(text))
    turned = tokens[0].isalpha()  # b1 a2
    found: dict[int, str] = {}
    for first, second in zip(tokens[::2], tokens[1::2], strict=True):
        number, letter = (second, first) if turned else (first, second)
        if not number.isdigit() or not letter.isalpha():
            raise ReadingError(f"{EXPECTED}, found '{quoted(first + second)}'")
        if len(number) > 2 or not 1 <= int(number) <= items:
            message = f"expected numbers from 1 to {items}, found {quoted(number)}"
            raise ReadingError(message)
        if letter not in letters:
            raise ReadingError(f"expected letters from a to {letters[-1]}, found {letter}")
        for sign in (int(number), letter):
            if sign in found or sign in found.values():
                raise ReadingError(f"{sign} stands there twice: match it once")
        found[int(number)] = letter
    return found


def read_tokens(text: str) -> list[str]:
    """The numbers and letters of a text, an even number of them."""
    tokens: list[str] = []
    position = 0
    while position < len(text):
        match = TOKEN.match(text, position)
        if match is None:
            raise ReadingError(f"{EXPECTED}, found '{quoted(text[position:])}'")
        tokens += [match[1]] if match[1] else []
        position = match.end()
    if not tokens or len(tokens) % 2:
        raise ReadingError(f"{EXPECTED}, found '{quoted(text)}'")
    return tokens
