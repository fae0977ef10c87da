"""A vector or matrix, marked entry by entry.

``[1, 2]``, ``(1, 2)``, ``[1 2]`` and ``1, 2`` are the column or the row that is asked for, ``[[1, 2]]`` is a row,
``[[1, 2], [3, 4]]`` has the rows 1 2 and 3 4; ``[1, 2; 3, 4]``, ``[1 2; 3 4]`` and rows on lines of their own are read
too, what NumPy and PyTorch print, the matrices of LaTeX, and a transpose after any of them. A transposed list
``[1, 2]^T`` is a row to some and a column to others, so we ask.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from fractions import Fraction
from itertools import chain
from typing import Any, TypeVar

from grader.answers import brackets
from grader.answers.brackets import split
from grader.answers.entrywise import applied
from grader.answers.factors import factored
from grader.answers.key import Key
from grader.answers.notes import Note, said
from grader.answers.number import (
    ENDS,
    PLAIN,
    Number,
    Rows,
    agrees,
    as_told_apart,
    nearness,
    read_number,
    rounded,
    show_number,
    unhedged,
    without_noise,
)
from grader.answers.number import equal as equal_numbers
from grader.answers.number import read_side as number_on_side
from grader.answers.outcome import NOTHING, Outcome, Verdict
from grader.answers.passages import numbers
from grader.answers.portable import Entries
from grader.answers.sides import Names, Side, concluded
from grader.answers.stated import Stated
from reference.language.dimensions import describe
from reference.language.errors import ReadingError, quoted
from reference.language.unicode import unicode_numbers
from reference.language.wrapping import unprinted, unwrapped

T = TypeVar("T")
Shape = tuple[int, int]
Texts = list[list[str]]

MAX_LENGTH = 20_000
MAX_ENTRIES = 2_000
MAX_FORMULAS = 200  # of them, what is more than digits and a point
TRANSPOSES = ("'", "^T", "^{T}", "^\\top", "^{\\top}", ".T", "ᵀ")
ANGLES = {r"⟨|\\langle(?![a-z])": "(", r"⟩|\\rangle(?![a-z])": ")"}
LATEX = re.compile(
    r"\\begin\s*\{((?:[bpvBV]|small)?matrix|array)\}(?:\{[lcr|\s]*\})?(.*?)\\end\s*\{\1\}",
    re.DOTALL,
)
LIST = re.compile(r"\[|\\begin")
LISTED = re.compile(r"[\[(][^\[\](),]+;[^\[\](),]+[\])]")  # [1; 2; 3]
WORD = re.compile(r"[\[({|]?\s*■[0-9]*\s*\((.*)\)\s*[\])}|]?", re.DOTALL)  # ■(1&2@3&4)
BRACED = re.compile(r"\{\s*\{[^\\]*\}\s*\}|(?:\{(?=[^{}]*[,;\s])[^{}\\]*\}[,;\s]*)+", re.DOTALL)
DRAWN = str.maketrans(dict.fromkeys("⎡⎢⎣⎤⎥⎦⎛⎜⎝⎞⎟⎠", " "))  # brackets over several lines
RULE = re.compile(r"[-:|\s]+")  # below the head of a table
DECIMALS = re.compile(r"[0-9],[0-9]|;")
AND = re.compile(r"(?<=[\w)}%])(?:\s*,)?\s+(?:and|und)\s+(?=[^\s,;]+$)")
BARS = re.compile(r"\|[^|]*\|")  # around a line
CELLS = frozenset("-+−0123456789., \t\n\r")  # signs of numbers in a spreadsheet, and between them
POINT = re.compile(r"\(\s*[-+−]?[0-9.,/]+(?:\s*\|\s*[-+−]?[0-9.,/]+)+\s*\)")  # (1|2|3)
LIST_OF_DECIMALS = re.compile(r"[\[(]?[^;,]+(?:,[0-9]+\s*)?(?:;[^;,]+(?:,[0-9]+\s*)?)+[\])]?")
SIZED = re.compile(r"\\(?:left|right)(?![a-z])")
ROW_ENDS = re.compile(r"\\\\(?:\s*\[[^\]]{0,20}\])?")
OTHERWISE = (
    (re.compile(r"([0-9]),([0-9]+)"), r"\1.\2"),
    (re.compile(r"([0-9])[, ]([0-9]{3})(?![0-9])"), r"\1\2"),
)
PER_CENT = re.compile(r"(?<=[0-9.])\s+\\?%")
SEPARATED = "a comma or space can stand between entries or in a number: write a decimal point, and no thousands separator"
APART = re.compile(r"[\d.]\s+[-+−]?[\d.]")  # two numbers with a space between, as in 3 -4


class MatrixKey(Key, frozen=True):
    """Rows of values, each right within its own distance; ``labels``: names of what is asked for."""

    values: Rows
    within: Rows
    labels: Names = ()

    def parse(self, text: str) -> tuple[Rows, str]:
        if size(self.values) == (1, 1) and not LIST.search(text):  # a number is a list of one
            value, latex = read_number(text, self.labels)
            return [[value]], latex
        return read_matrix(text, size(self.values), self.labels)

    def judge(self, given: Rows, understood: str) -> Outcome:
        expected, found = size(self.values), size(given)
        if found != expected:
            return Outcome(
                Verdict.INCORRECT, NOTHING, self.wrong_shape(given), understood, alike=repr(given)
            )
        right = self.compare(given)
        share = Fraction(sum(map(sum, right)), expected[0] * expected[1])
        if share == 1:
            return Outcome(Verdict.CORRECT, share, (), understood, given)
        verdict = Verdict.PARTIAL if share else Verdict.INCORRECT
        entries = expected[0] * expected[1]
        notes: tuple[Note, ...] = ()  # of one number, all is said by the verdict
        if entries > 1:
            notes = said("entries", right=sum(map(sum, right)), entries=entries)
            notes += said("places", shown=self.shown_places(right))
        if any(
            not agrees(*entry) and nearness(*entry) == "even"
            for row in self.beside(given)
            for entry in row
        ):
            notes += said("even-entries")
        return Outcome(verdict, share, notes, understood, given, self.alike(given))

    def shown_places(self, right: list[list[bool]]) -> str:
        return "; ".join(" ".join("✓" if entry else "✗" for entry in row) for row in right)

    def copied(self, stated: Stated) -> list[str]:
        given: dict[str, Rows] = {name: one.tolist() for name, one in stated.values.items()}
        alike = {name: rows for name, rows in given.items() if size(rows) == size(self.values)}
        return [name for name, rows in alike.items() if all(map(all, self.compare(rows)))]

    def alike(self, given: Rows) -> str:
        """The class of a wrong answer: its entries as far as they are told apart."""
        rows = zip(given, self.within, strict=True)
        return "; ".join(
            " ".join(itertools.starmap(as_told_apart, zip(*row, strict=True))) for row in rows
        )

    def beside(self, given: Rows) -> list[list[tuple[float, float, float]]]:
        """Of each entry what is given, its value and how far it may be off."""
        return [
            [*zip(*rows, strict=True)] for rows in zip(given, self.values, self.within, strict=True)
        ]

    def compare(self, given: Rows) -> list[list[bool]]:
        return [[agrees(*entry) for entry in row] for row in self.beside(given)]

    def wrong_shape(self, given: Rows) -> tuple[Note, ...]:
        expected, found = size(self.values), size(given)
        notes = said("shape", found=describe(found), expected=describe(expected))
        if found[::-1] != expected:
            return notes
        fits = all(all(row) for row in self.compare(transpose(given)))
        return notes + said("transposed" if fits else "would-fit")

    def portable(self) -> Entries:
        return Entries(self.values, self.within)

    def show(self) -> str:
        return show_matrix(self.values)

    def in_characters(self) -> str:
        return unicode_numbers(self.show())

    def near_misses(self) -> list[str]:
        """One entry just outside its tolerance, and the transpose."""
        misses = [repr(one) for one in self.slightly_off()]
        if size(self.values)[0] != size(self.values)[1]:
            misses.append(repr(transpose(self.values)))
        return misses

    def slightly_off(self) -> Iterator[Rows]:
        """The values with one entry just outside its tolerance, each in turn."""
        for row, values in enumerate(self.values):
            for column, value in enumerate(values):
                reach = 1.01 * self.within[row][column] + 1e-7 * max(1.0, abs(value))
                changed = [list(line) for line in self.values]
                changed[row][column] = value + reach
                yield changed

    def tolerance(self) -> str:
        """Of the entry that may be off farthest."""
        return f"± {rounded(max(max(row) for row in self.within))}"

    def leeway(self) -> str:
        rows = [", ".join(rounded(entry) for entry in row) for row in self.within]
        return f"± [{'; '.join(rows)}]"

    def candidates(self, text: str) -> list[str]:
        return numbers(text)


def show_matrix(rows: Rows) -> str:
    """Rows as a text that is read; a column as a list, a single entry as a number."""
    rows = without_noise(rows)
    if size(rows) == (1, 1):
        return show_number(rows[0][0])
    if len(rows[0]) == 1:
        return "[" + ", ".join(show_number(row[0]) for row in rows) + "]"
    shown = ("[" + ", ".join(show_number(entry) for entry in row) + "]" for row in rows)
    return "[" + ", ".join(shown) + "]"


def size(rows: Sequence[Sequence[Any]]) -> Shape:
    return len(rows), len(rows[0])


def transpose(rows: list[list[T]]) -> list[list[T]]:
    return [list(column) for column in zip(*rows, strict=True)]


def read_matrix(text: str, asked: Shape = (0, 1), labels: Names = ()) -> tuple[Rows, str]:
    """A matrix as a student writes it, and its LaTeX.

    Args:
        asked: rows and columns of what is asked for; where that is one row, a list is a row.
        labels: names of what is asked for.

    Raises:
        LanguageError: a bracket or an entry cannot be read, or the rows differ in length.
    """
    if len(text) > MAX_LENGTH:
        raise ReadingError(f"too long: {len(text)} characters, at most {MAX_LENGTH} are read")
    body = unhedged(unwrapped(text)).strip()
    if body.endswith(("..", "…")):
        raise ReadingError("expected all entries, without dots for some of them")
    body = body.rstrip(ENDS)
    found = concluded(body, labels, lambda side: read_side(side, asked), equal)
    return [[entry.value for entry in row] for row in found.value], found.latex


def check_formulas(entries: Iterable[str]) -> None:
    """Not more entries are worked out than there are in an answer.

    Raises:
        ReadingError: there are more.
    """
    if sum(PLAIN.fullmatch(entry) is None for entry in entries) > MAX_FORMULAS:
        raise ReadingError(f"expected numbers: at most {MAX_FORMULAS} others are read")


def read_side(text: str, asked: Shape) -> Side[list[list[Number]]]:
    """A matrix as it stands on one side of an equality sign, maybe with a number before or behind it, or a function around it."""
    function, text = applied(text.strip().rstrip(ENDS))
    factor, text = factored(in_brackets(text))
    texts = laid_out(text, asked)
    turned = (asked, asked[::-1]) if 1 in asked else (asked,)
    if size(texts) != asked and any(size(other) in turned for other in otherwise(text, asked)):
        raise ReadingError(SEPARATED)
    if (
        asked[0] == 1 < asked[1]
        and size(texts) == asked[::-1]
        and LISTED.fullmatch(unpacked(text)[0])
    ):
        raise ReadingError(
            "can be a list or a column: write [1, 2] for the one, [[1], [2]] for the other"
        )
    check_formulas(chain.from_iterable(texts))
    if function:
        texts = [[f"{function}({entry})" for entry in row] for row in texts]
    entries = [[number_on_side(entry) for entry in row] for row in texts]
    for entry in chain.from_iterable(entries):
        if entry.doubt:
            raise entry.doubt
    inside = r" \\ ".join(" & ".join(entry.latex for entry in row) for row in entries)
    values = [[entry.value for entry in row] for row in entries]
    shown = rf"\begin{{bmatrix}}{inside}\end{{bmatrix}}"
    if factor is None:
        return Side(values, shown)
    return Side(
        [[times(factor.value, one) for one in row] for row in values], f"{factor.latex} {shown}"
    )


def in_brackets(text: str) -> str:
    """A matrix of Word, of a computer algebra system, between bars or without anything around it, in brackets that are read."""
    if "\n" in text and text[0] in "⎡⎛":
        text = text.translate(DRAWN).strip()
    word = WORD.fullmatch(text)
    if word is not None:
        text = word[1].replace("@", r"\\")
    if word is not None or ("&" in text and "\\begin" not in text):
        return rf"\begin{{matrix}}{text}\end{{matrix}}"
    if text[:1] == text[-1:] == "|" and all(map(is_row, lines(text))):
        return table([line for line in lines(text) if not RULE.fullmatch(line)])
    if BRACED.fullmatch(text):
        return text.translate(str.maketrans("{}", "[]"))
    if text.count("|") > 2 and all(map(BARS.fullmatch, lines(text))):
        return text.replace("|", " ")
    if "\\begin" not in text:
        text = SIZED.sub("", text)
    for signs, sign in ANGLES.items():
        text = re.sub(signs, sign, text)
    if " and " in text or " und " in text:
        text = AND.sub("; " if DECIMALS.search(text) else ", ", text)
    return POINT.sub(as_list, text) if "|" in text else text


def is_row(line: str) -> bool:
    """Is a line one of a table of Markdown? In |-1|, |2| the bars stand for absolute values."""
    if not line[0] == line[-1] == "|" or line.count("|") < 3:
        return False
    cells = line[1:-1].split("|")
    return RULE.fullmatch(line) is not None or all(any(map(str.isalnum, cell)) for cell in cells)


def table(rows: list[str]) -> str:
    """The rows of a table of Markdown, without its rule and an empty head, as LaTeX has them; of one row, a list."""
    cells = [row[1:-1].split("|") for row in rows]
    if len(cells) == 1:
        return ";".join(cells[0])
    inside = r"\\".join("&".join(row) for row in cells)
    return rf"\begin{{matrix}}{inside}\end{{matrix}}"


def as_list(point: re.Match[str]) -> str:
    """``(0,3|-0,9)`` as a list, whose commas stand before decimals unless they may set thousands apart."""
    text = point[0]
    if not re.search("(?<!0),[0-9]{3}(?![0-9])", text):
        text = text.replace(",", ".")
    return text.replace("|", ";" if "," in text else ",")


def times(factor: Number, entry: Number) -> Number:
    """A number by which a list is multiplied, and one of its entries."""
    return Number(factor.value * entry.value, abs(factor.value) * entry.unit)


def equal(one: list[list[Number]], other: list[list[Number]]) -> bool:
    """Are two sides equal, entry by entry?"""
    if size(one) != size(other):
        return False
    return all(
        equal_numbers(*pair)
        for rows in zip(one, other, strict=True)
        for pair in zip(*rows, strict=True)
    )


def laid_out(text: str, asked: Shape) -> Texts:
    """The texts of the entries, row by row.

    Raises:
        ReadingError: a list can be a row or a column, or is none.
    """
    body, flips = unpacked(text)
    latex = LATEX.fullmatch(unframed(body))
    if latex:
        rows, flat = latex_rows(latex[2])
    elif "\t" in body and CELLS.issuperset(body) and not re.search(r",\s", body):
        rows, flat = cells(body)
    else:
        rows, flat = nested(inside(body))
    running = [[f"{number}."] for number in range(1, len(rows) + 1)]
    if 1 in asked and [row[:-1] for row in rows] == running:
        raise ReadingError(
            "a number can be an entry or count them: write [1, 2] without running numbers"
        )
    flat = flat or (not latex and body[0] not in "[(" and size(rows)[1] == 1)
    if flat and flips:
        raise ReadingError(
            "can be a row or a column: write [1, 2] for a column, [[1, 2]] for a row"
        )
    ragged = len({len(row) for row in rows}) > 1
    decimals = 1 in asked and 1 < len(rows) == max(asked) and LIST_OF_DECIMALS.fullmatch(body)
    if decimals and (ragged or (len(rows[0]) == 2 and body[0] == "(")):
        rows, flat = [[",".join(row)] for row in rows], True  # (0; 0,881) is no matrix
    elif ragged:
        raise ReadingError("expected rows of the same length")
    if len(rows) * len(rows[0]) > MAX_ENTRIES:
        raise ReadingError(f"expected at most {MAX_ENTRIES} entries")
    if flat and min(asked) > 1 and len(rows) == asked[0] * asked[1]:
        raise ReadingError("expected rows in brackets, such as [[1, 2], [3, 4]]")
    turned = asked[0] == 1 if flat else flips % 2 == 1
    return transpose(rows) if turned else rows


def otherwise(text: str, asked: Shape) -> Iterator[Texts]:
    """As :func:`laid_out`, with what stands between digits as a decimal comma, or as what sets thousands apart."""
    for pattern, numeral in OTHERWISE:
        changed = pattern.sub(numeral, text)
        if changed != text:
            with suppress(ReadingError):
                yield laid_out(changed, asked)


def unpacked(text: str) -> tuple[str, int]:
    """A text without the transposes behind it and what programs print around it, and how many transposes there were."""
    body, flips = untransposed(text)
    inner = unprinted(body).strip()
    if inner == body:
        return body, flips
    body, more = untransposed(inner)
    return body, flips + more


def unframed(text: str) -> str:
    """A matrix of LaTeX without brackets around it; any other text as it is."""
    inner = SIZED.sub("", text).strip("()[] ")
    return inner if LATEX.fullmatch(inner) else text


def inside(body: str) -> str:
    """What stands within the brackets around a list; a list without any as it is."""
    pair = (body[:1], body[-1:])
    if pair in (("[", "]"), ("(", ")")) and (brackets.surround(body) or not brackets.match(body)):
        return " " + body[1:-1]
    if not (brackets.match(body) and len(split(body, ",; \n\t")) > 1):
        raise ReadingError("expected a list in brackets, such as [1, 2] or [[1, 2], [3, 4]]")
    return body


def latex_rows(inside: str) -> tuple[Texts, bool]:
    """The entries of a matrix of LaTeX, which is never a list without rows."""
    rows = (row.strip() for row in ROW_ENDS.split(inside))
    return [[entry.strip() for entry in row.split("&")] for row in rows if row] or [[""]], False


def untransposed(text: str) -> tuple[str, int]:
    """A text without the transposes at its end, and how many there were."""
    for flips in range(5):
        sign = next((sign for sign in TRANSPOSES if text.endswith(sign)), "")
        if not sign:
            return text, flips
        text = text[: -len(sign)].rstrip()
    raise ReadingError("expected at most four transposes")


def cells(text: str) -> tuple[Texts, bool]:
    """As :func:`nested`, of cells of a spreadsheet, with tabs between them; a comma stands before decimals."""
    rows = [[cell.strip() for cell in re.split(r"\t+", line)] for line in lines(text)]
    return (rows, False) if len(rows) > 1 else ([[cell] for cell in rows[0]], True)


def nested(inside: str) -> tuple[list[list[str]], bool]:
    """The texts of the entries, row by row, and whether it is a list without rows."""
    if inside.lstrip()[:1] in ("[", "("):
        return [entries(row[1:-1]) for row in bracketed(inside)], False
    rows, lines = split(inside, ";"), in_lines(inside)
    if len(lines) > 1 and (
        len(rows) == 1 or not any(map(APART.search, ";".join(lines).split(";")))
    ):
        rows = lines
    if len(rows) > 1:
        return [entries(row) for row in rows], False
    return [[entry] for entry in entries(inside)], True


def in_lines(text: str) -> list[str]:
    """The lines of a text, without signs at their ends."""
    return [line.rstrip(",;") for line in lines(text)]


def lines(text: str) -> list[str]:
    """The lines of a text on which something stands."""
    return [line.strip() for line in text.splitlines() if line.strip()]


def bracketed(inside: str) -> list[str]:
    """Rows in brackets of their own, between commas or, as NumPy prints them, between spaces."""
    parts = [part for part in split(inside, ",;") if part]
    rows = [row for part in parts for row in split(part, " \n\t\r") if row]
    for row in rows:
        if (row[0], row[-1]) not in (("[", "]"), ("(", ")")):
            raise ReadingError(f"expected a row in brackets, found '{quoted(row)}'")
    return rows


def entries(row: str) -> list[str]:
    """The entries of a row, between commas or, where there are none, between spaces."""
    row = PER_CENT.sub("%", row)
    if ";" in row:  # then a comma stands before decimals
        return split(row.strip(), ";")
    parts = split(row.strip(), ",")
    if len(parts) == 1:
        return row.split() or [row]
    if not parts[-1]:
        parts.pop()  # a comma at the end
    if any(APART.search(part) for part in parts):
        raise ReadingError(f"spaces and commas between the entries of '{quoted(row)}'")
    return parts
