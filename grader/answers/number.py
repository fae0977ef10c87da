"""A number, right within a distance."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from grader.answers.key import Key
from grader.answers.outcome import ALL, NOTHING, Outcome, Verdict
from grader.answers.passages import numbers
from reference.language.errors import ReadingError
from reference.language.evaluating import evaluate
from reference.language.reading import MAX_LENGTH, read
from reference.language.shapes import resolve
from reference.language.writing import latex

PLAIN = re.compile(r"[-+]?[0-9]{1,17}(?:\.[0-9]{1,17})?")
COMMA = re.compile(r"([-+−]?)([0-9]+),([0-9]+)")
NAME = re.compile(r"[\w\s.{}^\[\]/∂']{0,60}")  # before an equality sign
Rows = list[list[float]]
Array = NDArray[np.float64]
Values = TypeVar("Values", float, Array)

CLOSE = "close, but not within the tolerance: carry more decimals"
EVEN = "close, but this value comes out even: give it as it is"
OFF = "not within the tolerance"
NEAR = 0.01  # of a value that comes out even, or of 1 below that: what may have been rounded on the way
SHORT = 6  # decimals
FEW = 3  # times the tolerance; what is farther off is no matter of decimals
NOISE = 1e-9  # of the arithmetic itself, relative to the value; of what is nearly nothing, to
LITTLE = 1e-3


class NumberKey(Key, frozen=True):
    """``value``, right within ``within`` either way."""

    value: float
    within: float

    def read(self, text: str) -> tuple[float, str]:
        return read_number(text)

    def judge(self, given: float, understood: str) -> Outcome:
        right = agrees(given, self.value, self.within)
        return judged(right, given, understood, self.value, self.within)

    def show(self) -> str:
        return show_number(self.value)

    def near_misses(self) -> list[str]:
        """Answers just outside the tolerance, and the one with the other sign."""
        reach = 1.01 * self.within + 1e-7 * max(1.0, abs(self.value))
        misses = [repr(self.value + reach), repr(self.value - reach)]
        if not agrees(-self.value, self.value, self.within):
            misses.append(repr(-self.value))
        return misses

    def tolerance(self) -> str:
        return f"± {rounded(self.within)}"

    def leeway(self) -> str:
        return self.tolerance()

    def candidates(self, text: str) -> list[str]:
        return numbers(text)


def agrees(given: Values, value: Values, within: Values) -> Any:
    """Is ``given`` within the distance, but for the last bits of the arithmetic? Of arrays, entry by entry."""
    return abs(given - value) <= within + NOISE * (LITTLE + abs(value))


def judged(right: bool, given: float, understood: str, value: float, within: float) -> Outcome:
    if right:
        return Outcome(Verdict.CORRECT, ALL, "", understood)
    return Outcome(Verdict.INCORRECT, NOTHING, advice(given, value, within), understood, given)


def advice(given: float, value: float, within: float) -> str:
    """What a wrong number is told: whether it is near, and what may help then."""
    if within:
        return CLOSE if abs(given - value) <= FEW * within else OFF
    near = abs(given - value) <= NEAR * max(1.0, abs(value))
    return EVEN if near and agrees(value, round(value, SHORT), 0.0) else OFF


def at_sight(texts: Sequence[str], values: Array, within: Array) -> list[Outcome | None]:
    """What a key would find of each text that is a plain number; nothing of the others.

    Args:
        values, within: of the keys, (len(texts),).
    """
    found: list[Outcome | None] = [None] * len(texts)
    plain = [place for place, text in enumerate(texts) if PLAIN.fullmatch(text)]
    given = np.array([float(texts[place]) for place in plain])
    keys = given, values[plain], within[plain]
    right = agrees(*keys).tolist()
    for place, is_right, *one in zip(plain, right, *(each.tolist() for each in keys), strict=True):
        own, value, allowed = one
        found[place] = judged(is_right, own, texts[place], value, allowed)
    return found


def show_number(value: float) -> str:
    """Ten significant digits, without an exponent where it reads well."""
    return format(value + 0.0, ".10g")  # 0.0, as there is a -0.0


def rounded(within: float) -> str:
    """A distance to three significant digits."""
    return show_number(float(f"{within:.3g}"))


def read_number(text: str) -> tuple[float, str]:
    """A number as a student writes it, and its LaTeX.

    Decimals, fractions, scientific notation, arithmetic with functions and ``pi``; a decimal comma
    where it cannot be a thousands separator.

    Raises:
        LanguageError: it cannot be read, or is no single finite number.
    """
    if not PLAIN.fullmatch(text):
        text = bare(text)
    if PLAIN.fullmatch(text):
        return float(text), text
    expression, shape = resolve(read(decimal_point(text)), {})
    if shape != (1, 1):
        raise ReadingError("expected a single number")
    value = float(evaluate(expression, {})[0, 0])
    if not math.isfinite(value):
        raise ReadingError("expected a finite number")
    return value, latex(expression)


def bare(text: str) -> str:
    """An answer without what people put around it: ``w21 = `` before, a full stop or comment after.

    Raises:
        ReadingError: it has several lines, so it is not clear which one is meant.
    """
    text = text.partition("#")[0].strip()
    if len(text) > MAX_LENGTH:
        raise ReadingError(f"too long: {len(text)} characters, at most {MAX_LENGTH} are read")
    if "\n" in text or "\r" in text:
        raise ReadingError("expected one line: leave only the answer")
    return unlabelled(text).rstrip(".;,").rstrip()


def unlabelled(text: str) -> str:
    """What stands behind the last equality sign, if a name stands before the first: ``w = 1 - 0.4 = 0.6``."""
    name, sign, rest = text.partition("=")
    return rest.rpartition("=")[2].strip() if sign and NAME.fullmatch(name) else text


def decimal_point(text: str) -> str:
    """A text with a decimal point for a decimal comma.

    Raises:
        ReadingError: the comma may as well separate thousands.
    """
    match = COMMA.fullmatch(text)
    if match is None:
        return text
    sign, whole, decimals = match.groups()
    if len(decimals) == 3 and len(whole) <= 3 and whole.lstrip("0"):
        raise ReadingError(
            f"{text} can be {sign}{whole}.{decimals} or {sign}{whole}{decimals}: "
            "write a decimal point, and no thousands separator",
            len(sign) + len(whole) + 1,
        )
    return f"{sign}{whole}.{decimals}"


def quoted(text: str, length: int = 40) -> str:
    """The beginning of a student's text, in which every character can be seen."""
    return "".join(sign if sign.isprintable() else "\ufffd" for sign in text.strip()[:length])
