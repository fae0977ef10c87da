"""A shape: rows and columns, as ``K × D_a``, ``(K, D_a)`` or ``R^{K × D_a}``."""

from __future__ import annotations

import re

from grader.answers import brackets
from grader.answers.count import agrees, read_count
from grader.answers.key import Key
from grader.answers.notes import said
from grader.answers.number import bare
from grader.answers.outcome import ALL, NOTHING, Outcome, Verdict, unreadable
from grader.answers.sides import Names, Side, concluded
from reference.counting.polynomial import Rational
from reference.language.errors import LanguageError, ReadingError
from reference.language.expression import Apply
from reference.language.names import canonical
from reference.language.tokens import MAX_LENGTH
from reference.language.wrapping import unprinted
from reference.language.writing import latex

SPACE = re.compile(r"(?:\\(?:mathbb|mathbf|mathrm|text)\s*\{?\s*R\s*\}?|ℝ|R)\s*(\^|$)\s*")
ELEMENT = re.compile(r"∈|\\in(?![a-zA-Z])")
TIMES = re.compile(r"×|\\times(?![a-zA-Z])|⨯")
WORDS = re.compile(r"(?<![A-Za-z_])(?:x|X|by)(?![A-Za-z_])")
MATRIX = re.compile(r"(?<=[\w)\]}])[\s-]*\bmatrix$")  # a 3 × 2 matrix
MAX_BRACKETS = 10
BRACKETS = {"(": ")", "[": "]", "{": "}"}


class ShapeKey(Key, frozen=True):
    """Rows and columns in the plain syntax, over the sizes that an answer may use; ``labels``: names of what has it."""

    rows: str
    columns: str
    names: tuple[str, ...] = ()
    labels: Names = ()

    @property
    def right(self) -> list[Rational]:
        return [read_count(one, self.names).total for one in (self.rows, self.columns)]

    def parse(self, text: str) -> tuple[list[Rational], str]:
        return read_shape(text, self.names, self.labels)

    def judge(self, given: list[Rational], understood: str) -> Outcome:
        expected = self.right
        try:
            right = [agrees(one, other) for one, other in zip(given, expected, strict=True)]
            swapped = [agrees(one, other) for one, other in zip(given, expected[::-1], strict=True)]
        except LanguageError as error:
            return unreadable(error)
        if all(right):
            return Outcome(Verdict.CORRECT, ALL, (), understood)
        remark = "neither"
        if all(swapped):
            remark = "swapped"
        elif any(right):
            remark = "columns" if right[0] else "rows"
        return Outcome(Verdict.INCORRECT, NOTHING, said(remark), understood, alike=understood)

    def show(self) -> str:
        return f"({self.rows}, {self.columns})"

    def near_misses(self) -> list[str]:
        """One more row, one more column, and rows and columns swapped."""
        misses = [f"({self.rows} + 1, {self.columns})", f"({self.rows}, {self.columns} + 1)"]
        if self.rows != self.columns:
            misses.append(f"({self.columns}, {self.rows})")
        return misses

    def leeway(self) -> str:
        return f"in {', '.join(self.names)}"

    def steps(self) -> int:
        """The terms of both numbers."""
        return sum(len(one.top) for one in self.right)


def read_shape(text: str, names: tuple[str, ...], labels: Names = ()) -> tuple[list[Rational], str]:
    """Rows and columns as a student writes them, and their LaTeX; one size alone is a column.

    Args:
        labels: names of what has the shape.

    Raises:
        LanguageError: it cannot be read, or has more than two sizes.
    """
    if len(text) > MAX_LENGTH:
        raise ReadingError(f"too long: {len(text)} characters, at most {MAX_LENGTH} are read")
    found = concluded(
        ELEMENT.sub("=", bare(text)), labels, lambda side: read_side(side, names), equal
    )
    return found.value, found.latex


def read_side(text: str, names: tuple[str, ...]) -> Side[list[Rational]]:
    """Rows and columns as they stand on one side of an equality sign."""
    body = MATRIX.sub("", unprinted(text).strip().rstrip(".; "))
    space = SPACE.match(body)
    if space:
        body = body[space.end() :] or "1"
    body = unbracketed(body)
    parts = brackets.split(separated(body, names), ",")
    if body.endswith(",") and len(parts) > 1:  # (K,) as Python writes it
        parts.pop()
    if not 1 <= len(parts) <= 2:
        raise ReadingError(f"expected rows and columns, as 3 × 2, found {len(parts)} sizes")
    found = [read_count(part, names) for part in (*parts, "1")[:2]]
    if len(parts) == 1 and isinstance(found[0][1], Apply) and found[0][1].operation == "scale":
        raise ReadingError("expected rows and columns, as 3 × 2, found one product")
    return Side([value for value, _ in found], r" \times ".join(latex(e) for _, e in found))


def equal(one: list[Rational], other: list[Rational]) -> bool:
    """Are two shapes the same?"""
    return all(agrees(*pair) for pair in zip(one, other, strict=True))


def separated(body: str, names: tuple[str, ...]) -> str:
    """Rows and columns with a comma between them, whatever stood there: ``×``, ``x`` or ``by``."""
    body = TIMES.sub(",", body)
    known = {canonical(name) for name in names}
    if "x" in known or "X" in known:
        return body
    body = WORDS.sub(",", body)
    left, sign, right = body.partition("x")  # KxD_a
    close = canonical(left.strip()) in known and canonical(right.strip()) in known
    return f"{left},{right}" if sign and close else body


def unbracketed(text: str) -> str:
    """A text without the brackets around all of it."""
    text = text.replace("\\left", "").replace("\\right", "").strip()
    for _ in range(MAX_BRACKETS):
        if (
            text[:1] not in BRACKETS
            or text[-1:] != BRACKETS[text[0]]
            or not brackets.surround(text)
        ):
            break
        text = text[1:-1].strip()
    return text
