"""A vector or matrix, marked entry by entry.

``[1, 2]``, ``(1, 2)`` and ``[1 2]`` are a column, ``[[1, 2]]`` is a row, ``[[1, 2], [3, 4]]`` has the rows
1 2 and 3 4; ``[1, 2; 3, 4]``, ``[1 2; 3 4]`` and rows on lines of their own are read too, and a transpose
after any of them, and the matrices of LaTeX. A transposed list ``[1, 2]^T`` is a row to some and a column to others, so we ask.
"""

from __future__ import annotations

import re
from fractions import Fraction

from grader.answers.key import Key
from grader.answers.number import (
    EVEN,
    Rows,
    advice,
    agrees,
    quoted,
    read_number,
    rounded,
    show_number,
    unlabelled,
)
from grader.answers.outcome import NOTHING, Outcome, Verdict
from grader.answers.passages import numbers
from reference.language.dimensions import describe
from reference.language.errors import ReadingError

MAX_LENGTH = 20_000
MAX_ENTRIES = 2_000
TRANSPOSES = ("'", "^T", "^{T}", "^\\top", "^{\\top}", ".T", "ᵀ")
LATEX = re.compile(r"\\begin\s*\{([bp]?matrix)\}(.*?)\\end\s*\{\1\}", re.DOTALL)
APART = re.compile(r"[\d.]\s+[-+−]?[\d.]")  # two numbers with a space between, as in 3 -4


class MatrixKey(Key, frozen=True):
    """Rows of values, each right within its own distance."""

    values: Rows
    within: Rows

    def read(self, text: str) -> tuple[Rows, str]:
        return read_matrix(text)

    def judge(self, given: Rows, understood: str) -> Outcome:
        expected, found = size(self.values), size(given)
        if found != expected:
            return Outcome(Verdict.INCORRECT, NOTHING, self.wrong_shape(given), understood)
        right = self.compare(given)
        share = Fraction(sum(map(sum, right)), expected[0] * expected[1])
        if share == 1:
            return Outcome(Verdict.CORRECT, share, "", understood)
        verdict = Verdict.PARTIAL if share else Verdict.INCORRECT
        shown = "; ".join(" ".join("✓" if entry else "✗" for entry in row) for row in right)
        message = (
            f"{sum(map(sum, right))} of {expected[0] * expected[1]} entries are right: {shown}"
        )
        if any(advice(*entry) == EVEN for rows in self.beside(given) for entry in rows):
            message += "; what comes out even is given as it is"
        return Outcome(verdict, share, message, understood, given)

    def beside(self, given: Rows) -> list[list[tuple[float, float, float]]]:
        """Of each entry what is given, its value and how far it may be off."""
        return [
            [*zip(*rows, strict=True)] for rows in zip(given, self.values, self.within, strict=True)
        ]

    def compare(self, given: Rows) -> list[list[bool]]:
        return [[agrees(*entry) for entry in row] for row in self.beside(given)]

    def wrong_shape(self, given: Rows) -> str:
        expected, found = size(self.values), size(given)
        message = f"the shape is {describe(found)}, expected {describe(expected)}"
        if found[::-1] != expected:
            return message
        fits = all(all(row) for row in self.compare(transpose(given)))
        return message + ("; transposed it is right" if fits else "; a transpose would fit")

    def show(self) -> str:
        if len(self.values[0]) == 1:
            return "[" + ", ".join(show_number(row[0]) for row in self.values) + "]"
        rows = ("[" + ", ".join(show_number(entry) for entry in row) + "]" for row in self.values)
        return "[" + ", ".join(rows) + "]"

    def near_misses(self) -> list[str]:
        """One entry just outside its tolerance, and the transpose."""
        misses = []
        for row, values in enumerate(self.values):
            for column, value in enumerate(values):
                reach = 1.01 * self.within[row][column] + 1e-7 * max(1.0, abs(value))
                changed = [list(line) for line in self.values]
                changed[row][column] = value + reach
                misses.append(repr(changed))
        if size(self.values)[0] != size(self.values)[1]:
            misses.append(repr(transpose(self.values)))
        return misses

    def tolerance(self) -> str:
        """Of the entry that may be off farthest."""
        return f"± {rounded(max(max(row) for row in self.within))}"

    def leeway(self) -> str:
        rows = [", ".join(rounded(entry) for entry in row) for row in self.within]
        return f"± [{'; '.join(rows)}]"

    def candidates(self, text: str) -> list[str]:
        return numbers(text)


def size(rows: Rows) -> tuple[int, int]:
    return len(rows), len(rows[0])


def transpose(rows: Rows) -> Rows:
    return [list(column) for column in zip(*rows, strict=True)]


def read_matrix(text: str) -> tuple[Rows, str]:
    """A matrix as a student writes it, and its LaTeX.

    Raises:
        LanguageError: a bracket or an entry cannot be read, or the rows differ in length.
    """
    if len(text) > MAX_LENGTH:
        raise ReadingError(f"too long: {len(text)} characters, at most {MAX_LENGTH} are read")
    body, flips = untransposed(from_latex(alone(text)))
    if len(body) < 2 or (body[0], body[-1]) not in (("[", "]"), ("(", ")")):
        raise ReadingError("expected a list in brackets, such as [1, 2] or [[1, 2], [3, 4]]")
    texts, flat = nested(body[1:-1].strip())
    if flat and flips:
        raise ReadingError(
            "can be a row or a column: write [1, 2] for a column, [[1, 2]] for a row"
        )
    if len({len(row) for row in texts}) > 1:
        raise ReadingError("expected rows of the same length")
    if len(texts) * len(texts[0]) > MAX_ENTRIES:
        raise ReadingError(f"expected at most {MAX_ENTRIES} entries")
    rows = [[read_number(entry) for entry in row] for row in texts]
    values = [[value for value, _ in row] for row in rows]
    shown = [[entry for _, entry in row] for row in rows]
    if flips % 2:
        values, shown = transpose(values), [list(column) for column in zip(*shown, strict=True)]
    inside = r" \\ ".join(" & ".join(row) for row in shown)
    return values, rf"\begin{{bmatrix}}{inside}\end{{bmatrix}}"


def alone(text: str) -> str:
    """An answer without what people put around it, as for a number; it may have several lines."""
    lines = "\n".join(line.partition("#")[0] for line in text.split("\n"))
    return unlabelled(lines.strip().rstrip(".;,").strip())


def from_latex(text: str) -> str:
    """A matrix of LaTeX in brackets, with what stands behind it; any other text as it is."""
    match = LATEX.match(text.strip("$ "))
    if match is None:
        return text
    rows = (row.replace("&", ",").strip() for row in match[2].split("\\\\"))
    return f"[{', '.join(f'[{row}]' for row in rows if row)}]{match.string[match.end() :]}"


def untransposed(text: str) -> tuple[str, int]:
    """A text without the transposes at its end, and how many there were."""
    for flips in range(5):
        sign = next((sign for sign in TRANSPOSES if text.endswith(sign)), "")
        if not sign:
            return text, flips
        text = text[: -len(sign)].rstrip()
    raise ReadingError("expected at most four transposes")


def nested(inside: str) -> tuple[list[list[str]], bool]:
    """The texts of the entries, row by row, and whether it is a list without rows."""
    if inside[:1] in ("[", "("):
        return [entries(row[1:-1]) for row in bracketed(inside)], False
    rows = split(inside, ";")
    if len(rows) == 1 and "\n" in inside:
        rows = [line.strip().rstrip(",") for line in inside.splitlines() if line.strip()]
    if len(rows) > 1:
        return [entries(row) for row in rows], False
    return [[entry] for entry in entries(inside)], True


def bracketed(inside: str) -> list[str]:
    """Rows in brackets of their own, between commas or, as NumPy prints them, between spaces."""
    parts = [part for part in split(inside, ",") if part]
    rows = [row for part in parts for row in split(part, " \n\t\r") if row]
    for row in rows:
        if (row[0], row[-1]) not in (("[", "]"), ("(", ")")):
            raise ReadingError(f"expected a row in brackets, found '{quoted(row)}'")
    return rows


def entries(row: str) -> list[str]:
    """The entries of a row, between commas or, where there are none, between spaces."""
    parts = split(row.strip(), ",")
    if len(parts) == 1:
        return row.split() or [row]
    if not parts[-1]:
        parts.pop()  # a comma at the end
    if any(APART.search(part) for part in parts):
        raise ReadingError(f"spaces and commas between the entries of '{quoted(row)}'")
    return parts


def split(text: str, signs: str) -> list[str]:
    """Cut at signs that stand outside brackets.

    Raises:
        ReadingError: brackets that do not match.
    """
    parts, depth, start = [], 0, 0
    for index, character in enumerate(text):
        depth += (character in "[(") - (character in "])")
        if depth < 0:
            raise ReadingError("a bracket is closed that was not opened", index + 2)
        if character in signs and depth == 0:
            parts.append(text[start:index].strip())
            start = index + 1
    if depth:
        raise ReadingError("a bracket is not closed")
    return [*parts, text[start:].strip()]
