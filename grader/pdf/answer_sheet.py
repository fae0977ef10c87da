"""Where everything stands on an answer sheet, in millimetres; printing and scanning both ask here.

A sheet is a page or more, each with a machine-readable code in every corner, circles for letters, and boxes for all else.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable, Iterator, Sequence

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from grader.answers import Key, Pairs, Ticks
from grader.drawing import Variant
from grader.model import Blank, Constructed, Value
from grader.sheets import Asked, Question, Sheet

PAGE = (210.0, 297.0)  # A4
CORNERS = {"A": (10.0, 10.0), "B": (184.0, 10.0), "C": (10.0, 271.0), "D": (184.0, 271.0)}
CODE = 16.0  # the side of a code in a corner
LEFT, RIGHT, TOP, BOTTOM = 14.0, 196.0, 42.0, 266.0
FIELDS = 70.0  # where circles and boxes begin; what they are called stands before
RADIUS = 2.2  # of a circle
PITCH, LINE = 11.0, 7.0  # from circle to circle, and from line to line of them
HEAD, GAP = (
    7.0,
    2.5,
)  # the line over a question with several fields; what is left free below a field
ITEM, WORD = 7.0, 7.0  # room for the number of a line, and for what is longer than a letter
SIGNS_A_LINE = 16  # of what a field is called
NAMED = 10.0  # millimetres, of a high box
HEIGHTS = {"text": 58.0, "derivation": 58.0, "expression": 14.0}  # of boxes, by the kind of answer
NONE = "none"


class Circle(Struct, frozen=True):
    """One circle, by its centre; ``item``: the number of its line, where letters are matched with numbers."""

    letter: str
    x: float
    y: float
    item: str = ""


class Field(Struct, frozen=True):
    """What a blank has on the sheet: circles, or a box where there are none.

    ``blank``: its full address. ``called``: as Markdown. ``single``: does at most one circle of a line count? ``named``: the
    height of what it is called.
    """

    blank: str
    called: str
    page: int
    y: float
    height: float
    circles: tuple[Circle, ...] = ()
    single: bool = True
    named: float = 0.0

    @property
    def top(self) -> float:
        """The height of the part beside which its name stands."""
        return max(min(self.height, NAMED), self.named)

    @property
    def box(self) -> tuple[float, float, float, float]:
        """Left, top, width and height."""
        return FIELDS, self.y, RIGHT - FIELDS, self.height


class Head(Struct, frozen=True):
    """The line over the fields of a question; ``continued``: after the end of a page."""

    exercise: int
    question: int
    points: float
    page: int
    y: float
    height: float = HEAD - 1
    continued: bool = False


class AnswerSheet(Struct, frozen=True):
    """All that stands on a sheet; pages are counted from 1."""

    heads: tuple[Head, ...]
    fields: tuple[Field, ...]
    pages: int

    @property
    def edition(self) -> str:
        """Tells this arrangement from any other, as when an exercise was changed since a sheet was printed."""
        places = [(one.blank, one.page, one.y, one.height, one.circles) for one in self.fields]
        return hashlib.blake2b(msgspec.json.encode(places), digest_size=3).hexdigest()


def arranged(sheets: Sequence[Sheet], variants: Sequence[Variant]) -> AnswerSheet:
    """The answer sheet of a paper; a question stays on one page if it fits on one."""
    page, y = 1, TOP
    heads: list[Head] = []
    fields: list[Field] = []
    for number, (sheet, of) in enumerate(zip(sheets, variants, strict=True), start=1):
        for question in sheet.questions:
            group = [*fields_of(of, sheet, question)]
            over = HEAD if len(group) > 1 or not group else 0.0  # a single field stands beside it
            whole = over + sum(one.height + GAP for one in group)
            if y + whole - GAP > BOTTOM and whole - GAP <= BOTTOM - TOP:
                page, y = page + 1, TOP
            height = HEAD - 1 if over else group[0].top
            heads.append(Head(number, question.number, question.points, page, y, height))
            y += over
            for field in group:
                if y + field.height > BOTTOM:
                    page, y = page + 1, TOP
                    heads.append(
                        Head(number, question.number, question.points, page, y, continued=True)
                    )
                    y += HEAD
                fields.append(moved(field, page, y))
                y += field.height + GAP
    return AnswerSheet(tuple(heads), tuple(fields), page)


def moved(field: Field, page: int, y: float) -> Field:
    circles = tuple(replace(one, y=round(one.y + y, 2)) for one in field.circles)
    return replace(field, page=page, y=round(y, 2), circles=circles)


def fields_of(of: Variant, sheet: Sheet, question: Question) -> Iterator[Field]:
    """The fields of a question, at the height 0."""
    blanks = {one.address: one for one in of.solved.model.blanks}
    for address, asked in question.blanks.items():
        _, key = of.keys[address]
        circles = tuple(circles_of(key, question))
        ends = max((one.y for one in circles), default=0.0) + LINE / 2
        height = ends if circles else height_of(of, blanks[address], key)
        name = f"{sheet.exercise}/{address}"
        named, single = text_height(asked), not is_several(key)
        yield Field(name, asked.called, 0, 0.0, max(height, named), circles, single, named)


def is_several(key: Key) -> bool:
    match key.portable():
        case Ticks(scoring=scoring):
            return bool(scoring)
    return False


def circles_of(key: Key, question: Question) -> Iterator[Circle]:
    """Circles in lines, a line for each number that is matched; none where something is written."""
    letters = [letter for letter, _ in question.options]
    match key.portable():
        case Ticks():
            yield from in_lines([*letters, NONE] if is_several(key) else letters)
        case Pairs():
            y = 0.0
            for item, _ in question.items:
                line = [*in_lines(letters, item, y)]
                y = line[-1].y + LINE / 2
                yield from line


def in_lines(letters: Iterable[str], item: str = "", y: float = 0.0) -> Iterator[Circle]:
    """As many circles side by side as there is room for."""
    start = FIELDS + 4.5 + (ITEM if item else 0.0)
    most = math.floor((RIGHT - WORD - start - RADIUS) / PITCH) + 1
    for place, letter in enumerate(letters):
        row, column = divmod(place, most)
        x = start + column * PITCH + (WORD if len(letter) > 1 else 0.0)
        yield Circle(letter, x, y + row * LINE + LINE / 2, item)


def height_of(of: Variant, blank: Blank, key: Key) -> float:
    """The height of a box for what is written by hand."""
    match blank.source:
        case Value(target=target):
            axes = of.solved.model.lengths(target, of.draw.sizes)
            return boxed(math.prod(axes[:-1] or axes))
        case Constructed(name, construct):
            return boxed(construct.parts(of.draw.sizes)[name].shape[0])
    return HEIGHTS.get(key.kind, 10.0)


def boxed(rows: int) -> float:
    """A box for so many rows of numbers."""
    return 10.0 if rows == 1 else min(5.0 + 6.0 * rows, BOTTOM - TOP - HEAD)


def text_height(asked: Asked) -> float:
    """The height of what a blank is called."""
    signs = len(asked.letter) + len(asked.in_characters[0])
    return 5.0 * math.ceil(max(signs, 1) / SIGNS_A_LINE)
