"""A shape: how long each axis is, as ``K × D_a``, ``(K, D_a)``, ``R^{K × D_a}`` or ``[2, 3, 4]``."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from grader.answers import brackets
from grader.answers.count import Points, agrees, read_count, where
from grader.answers.key import Key
from grader.answers.notes import Note, said
from grader.answers.number import bare
from grader.answers.outcome import ALL, NOTHING, Outcome, Verdict, unreadable
from grader.answers.sides import Names, Side, concluded
from reference.counting.floors import usual
from reference.counting.polynomial import ONE, Rational
from reference.language.errors import LanguageError, ReadingError
from reference.language.expression import Apply, Name, Number
from reference.language.names import canonical
from reference.language.tokens import MAX_LENGTH
from reference.language.unicode import unicode
from reference.language.wrapping import unprinted
from reference.language.writing import latex

SPACE = re.compile(r"(?:\\(?:mathbb|mathbf|mathrm|text)\s*\{?\s*R\s*\}?|ℝ|R)\s*(\^|$)\s*")
ELEMENT = re.compile(r"∈|\\in(?![a-zA-Z])")
TIMES = re.compile(r"×|\\times(?![a-zA-Z])|⨯")
WORDS = re.compile(r"(?<![A-Za-z_])(?:x|X|by)(?![A-Za-z_])")
CALLED = re.compile(r"(?<=[\w)\]}])[\s-]*\b(?:matrix|tensor)$")  # a 3 × 2 matrix
ROUNDED = (
    ("\\lfloor", "⌊"),
    ("\\rfloor", "⌋"),
    ("\\lceil", "⌈"),
    ("\\rceil", "⌉"),
)  # brackets, too
WHERE = re.compile(r"\s*([^=]+?),?\s+(?:where|with)\s+([A-Za-z]\w*)\s*=([^=]+)")
MAX_AXES = 8
MAX_BRACKETS = 10
BRACKETS = {"(": ")", "[": "]", "{": "}"}
ALONE = Rational(ONE, ONE)  # the length of an axis that nobody wrote

Axes = list[Rational]


class ShapeKey(Key, frozen=True):
    """How long each axis is, in the plain syntax, over the sizes that an answer may use; a column has one of length 1.

    ``labels``: names of what has the shape. ``points``: values of the sizes at which floors are compared.
    """

    axes: tuple[str, ...]
    names: tuple[str, ...] = ()
    labels: Names = ()
    points: Points = ()

    @property
    def right(self) -> Axes:
        return [read_count(one, self.names).total for one in self.axes]

    def parse(self, text: str) -> tuple[Axes, str]:
        return read_shape(text, self.names, (*self.labels, "shape"))

    def judge(self, given: Axes, understood: str) -> Outcome:
        try:
            remark = self.remark(given)
        except LanguageError as error:
            return unreadable(error)
        if not remark:
            return Outcome(Verdict.CORRECT, ALL, (), understood)
        return Outcome(Verdict.INCORRECT, NOTHING, remark, understood, given, understood)

    def remark(self, given: Axes) -> tuple[Note, ...]:
        """What is wrong with a shape, axis by axis; nothing of a right one."""
        expected, points = self.right, where(self.names, self.points)
        found = padded(given)
        if len(found) != len(expected):
            return self.of_another_rank(given, expected, points)
        right = [agrees(*pair, points) for pair in zip(found, expected, strict=True)]
        if all(right):
            return ()
        if reordered(found, expected, points):
            return said("swapped" if len(expected) == 2 else "axes-order")
        if len(expected) == 2:
            return said("neither" if not any(right) else "columns" if right[0] else "rows")
        return said("axes", wrong=[place for place, one in enumerate(right, start=1) if not one])

    def of_another_rank(
        self, given: Axes, expected: Axes, points: Sequence[Mapping[str, int]]
    ) -> tuple[Note, ...]:
        """What is said where there are more or fewer axes than asked for; one that is missing is named."""
        notes = said("rank", found=len(given), expected=len(expected))
        for place in range(len(expected)):
            rest = expected[:place] + expected[place + 1 :]
            if alike(padded(given), padded(rest), points):
                return notes + said("axis-missing", axis=place + 1)
        return notes

    def first_met(self, given: Sequence[Axes], others: Sequence[Axes]) -> list[int | None]:
        points = where(self.names, self.points)
        return [
            next((at for at, other in enumerate(others) if same(one, other, points)), None)
            for one in given
        ]

    def show(self) -> str:
        return f"({', '.join(self.axes)})"

    def in_characters(self) -> str:
        axes = [read_count(one, self.names).written for one in self.axes]
        shown = [
            unicode(one) if isinstance(one, Name | Number) else f"({unicode(one)})" for one in axes
        ]
        return " × ".join(shown) if len(shown) > 1 else f"({shown[0]},)"

    def near_misses(self) -> list[str]:
        """One more on each axis, two axes swapped, and the first of many left out."""
        misses = []
        for place, one in enumerate(self.axes):
            misses.append([*self.axes[:place], f"{one} + 1", *self.axes[place + 1 :]])
        first, second, *rest = self.axes
        if first != second:
            misses.append([second, first, *rest])
        if rest:
            misses.append([second, *rest])
        return [f"({', '.join(one)})" for one in misses]

    def leeway(self) -> str:
        return f"in {', '.join(self.names)}"

    def steps(self) -> int:
        """The terms of all axes."""
        return sum(len(one.top) for one in self.right)


def read_shape(text: str, names: tuple[str, ...], labels: Names = ()) -> tuple[Axes, str]:
    """The axes as a student writes them, and their LaTeX.

    Args:
        labels: names of what has the shape.

    Raises:
        LanguageError: it cannot be read.
    """
    if len(text) > MAX_LENGTH:
        raise ReadingError(f"too long: {len(text)} characters, at most {MAX_LENGTH} are read")

    def equal(one: Axes, other: Axes) -> bool:
        return alike(padded(one), padded(other), usual(names))

    found = concluded(
        ELEMENT.sub("=", filled_in(bare(text), names)),
        labels,
        lambda side: read_side(side, names),
        equal,
    )
    return found.value, found.latex


def filled_in(text: str, names: tuple[str, ...]) -> str:
    """``(m, h) where h = n // 2`` as ``(m, (n // 2))``; any other text as it is.

    Raises:
        ReadingError: that is too long.
    """
    match = WHERE.fullmatch(text)
    if match is None or canonical(match[2]) in map(canonical, names):
        return text
    named = re.compile(rf"(?<![\w\\]){match[2]}(?![\w(])")
    if len(match[1]) + len(match[3]) * len(named.findall(match[1])) > MAX_LENGTH:
        raise ReadingError(f"too long where {match[2][:40]} is put in: write it shorter")
    return named.sub(lambda _: f"({match[3]})", match[1])


def read_side(text: str, names: tuple[str, ...]) -> Side[Axes]:
    """The axes as they stand on one side of an equality sign."""
    body = CALLED.sub("", unprinted(text).strip().rstrip(".; "))
    space = SPACE.match(body)
    if space:
        body = body[space.end() :] or "1"
    for command, sign in ROUNDED:
        body = body.replace(command, sign)
    body = unbracketed(body).replace(";", ",")
    parts = brackets.split(separated(body, names), ",")
    closed = body.endswith(",") and len(parts) > 1  # (K,) as Python writes it
    if closed:
        parts.pop()
    if len(parts) > MAX_AXES:
        raise ReadingError(f"expected a shape, as 3 × 2, found {len(parts)} sizes")
    found = [read_count(part, names) for part in parts]
    alone = len(parts) == 1 and not closed
    if alone and isinstance(found[0][1], Apply) and found[0][1].operation == "scale":
        raise ReadingError("expected rows and columns, as 3 × 2, found one product")
    return Side([value for value, _ in found], r" \times ".join(latex(e) for _, e in found))


def padded(axes: Axes) -> Axes:
    """At least rows and columns: one size alone is a column."""
    return [*axes, ALONE] if len(axes) == 1 else axes


def alike(one: Axes, other: Axes, points: Sequence[Mapping[str, int]]) -> bool:
    """Are two shapes the same?"""
    return len(one) == len(other) and all(
        agrees(*pair, points) for pair in zip(one, other, strict=True)
    )


def same(one: Axes, other: Axes, points: Sequence[Mapping[str, int]]) -> bool:
    """Are two shapes the same, as far as that can be told?"""
    try:
        return alike(padded(one), padded(other), points)
    except LanguageError:
        return False


def reordered(one: Axes, other: Axes, points: Sequence[Mapping[str, int]]) -> bool:
    """Are the axes of one shape those of another, in any order?"""
    left = [*other]
    for axis in one:
        place = next((at for at, own in enumerate(left) if agrees(axis, own, points)), None)
        if place is None:
            return False
        left.pop(place)
    return True


def separated(body: str, names: tuple[str, ...]) -> str:
    """Axes with a comma between them, whatever stood there: ``×``, ``x`` or ``by``."""
    body = outside(TIMES, body)
    known = {canonical(name) for name in names}
    if "x" in known or "X" in known:
        return body
    body = outside(WORDS, body)
    parts = body.split("x")  # KxD_a
    close = all(canonical(part.strip()) in known or part.strip().isdigit() for part in parts)
    return ",".join(parts) if close else body


def outside(sign: re.Pattern[str], text: str) -> str:
    """A text with a comma for each sign that stands in no brackets."""
    depths = brackets.depths(text)
    return sign.sub(lambda found: found.group() if depths[found.start()] else ",", text)


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
