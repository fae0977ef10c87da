"""The blanks of an exercise as boxes of a form: what stands in them, how it was read, and what a form gives back."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum

from msgspec import Struct

from grader.answers import State
from grader.sheets import Asked, Question
from grader.web.jobs import Printed, Read

LONG_NAME = 9  # signs of a name that stands above its box
WIDE = 400  # signs of an answer that is shown in a box of several lines
BLANK = Read(State.BLANK)
FORMULA = re.compile(r"\$([^$]+)\$")


class Way(StrEnum):
    """How an answer is given."""

    ONE = "one"  # of the options
    SOME = "some"  # of the options
    PAIRS = "pairs"
    LINES = "lines"  # a text of several lines
    LINE = "line"


WAYS = {  # by the kind of a blank
    "choice": Way.ONE,
    "several": Way.SOME,
    "match": Way.PAIRS,
    "text": Way.LINES,
    "derivation": Way.LINES,
}
SIGNS = {  # by the kind of a blank: (what is put, what is shown, what is said)
    "expression": (
        ("^T", "⊤", "transpose"),
        (" ⊙ ", "⊙", "times, entry by entry"),
        ("^2", "□²", "squared"),
        ("√(", "√", "square root"),
        ("sum_i ", "Σ", "sum over i"),
        ("∂", "∂", "partial derivative"),
    ),
    "count": (("^2", "□²", "squared"), (" * ", "×", "times")),
}
SIGNS |= dict.fromkeys(("derivation", "chain"), SIGNS["expression"])


class Box(Struct, frozen=True):
    """One blank; ``address`` within its exercise, ``place`` where a link finds it."""

    address: str
    place: str
    asked: Asked
    spoken: str
    way: Way
    kind: str
    value: str
    read: Read
    below: str  # what is asked for, where that stands below the box

    @property
    def state(self) -> str:
        """What its class says of it."""
        if self.read.state is not State.ASKS:
            return ""
        return "asks" if self.read.meant else "refused"

    @property
    def is_long(self) -> bool:
        """Does its name stand above it?"""
        return named_above(self.asked)

    @property
    def is_filled(self) -> bool:
        return bool(self.value.strip())

    @property
    def chosen(self) -> frozenset[str]:
        """The letters that are ticked."""
        return frozenset(re.findall(r"\b[a-z]\b", self.value))

    @property
    def pairs(self) -> Mapping[str, str]:
        """Number → letter, of what is matched."""
        return dict(re.findall(r"([0-9]+)([a-z])", self.value))


class Asking(Struct, frozen=True):
    """One question with its boxes; ``signs`` that keyboards lack: (what is put, what is shown, what is said)."""

    question: Question
    boxes: tuple[Box, ...]
    signs: Sequence[tuple[str, str, str]]
    names: Sequence[tuple[str, str]]

    @property
    def filled(self) -> int:
        return sum(one.is_filled for one in self.boxes)

    @property
    def refused(self) -> int:
        return sum(one.read.state is State.ASKS for one in self.boxes)


def asking(
    printed: Printed, answers: Mapping[str, str], readings: Mapping[str, Read]
) -> Iterator[Asking]:
    """The questions of an exercise with what was answered, by address within it."""
    for question in printed.sheet.questions:
        boxes = tuple(
            box(printed, question, address, answers.get(address, ""), readings.get(address, BLANK))
            for address in question.blanks
        )
        names = dict.fromkeys(name for one in boxes for name in names_in(one))
        signs = dict.fromkeys(sign for one in boxes for sign in signs_of(one))
        yield Asking(question, boxes, [*signs], [*names])


def named_above(asked: Asked) -> bool:
    """Does the name of a blank stand above its box?"""
    return not asked.called or len(asked.in_characters[0]) > LONG_NAME


def place_of(printed: Printed, address: str) -> str:
    """Where a link finds a blank; nothing where there is none."""
    for question in printed.sheet.questions:
        if address in question.blanks:
            return place_in(question, address)
    return ""


def place_in(question: Question, address: str) -> str:
    return f"box-{question.number}-{[*question.blanks].index(address) + 1}"


def box(printed: Printed, question: Question, address: str, value: str, read: Read) -> Box:
    """One blank of a question, with what stands in it."""
    asked, kind = question.blanks[address], printed.kinds[address]
    place = place_in(question, address)
    spoken, way = asked.spoken(question.number), WAYS.get(kind, Way.LINE)
    below = "" if question.shared or named_above(asked) else asked.how
    return Box(address, place, asked, spoken, way, kind, value, read, below)


def box_of(printed: Printed, address: str, value: str, read: Read) -> Box:
    """As :func:`box`, of an exercise that has it."""
    [question] = [one for one in printed.sheet.questions if address in one.blanks]
    return box(printed, question, address, value, read)


def signs_of(box: Box) -> Sequence[tuple[str, str, str]]:
    """The signs for a box; none where a number is asked for."""
    counted = box.kind == "count" and not any(names_in(box))
    return () if counted else SIGNS.get(box.kind, ())


def names_in(box: Box) -> Iterator[tuple[str, str]]:
    """The names in which an answer is to be written: as they are typed, and in LaTeX."""
    if box.kind not in SIGNS or " in " not in box.asked.how:
        return
    told, typed = (
        box.asked.how.partition(" in ")[2],
        box.asked.in_characters[1].partition(" in ")[2],
    )
    shown, plain = FORMULA.findall(told), typed.split(", ")
    if len(shown) == len(plain):
        yield from zip(plain, shown, strict=True)


# What a form gives back


def answers_in(form: Mapping[str, Sequence[str]], printed: Printed) -> dict[str, str]:
    """The answers of a form, by address within the exercise; only of blanks that there are.

    An answer that may be meant and was chosen is taken in the place of what was typed.
    """
    found = {}
    for question in printed.sheet.questions:
        for address in question.blanks:
            way = WAYS.get(printed.kinds[address], Way.LINE)
            if way is Way.PAIRS:
                numbers = [number for number, _ in question.items]
                chosen = [(one, form.get(f"{address}:{one}", [""])[0]) for one in numbers]
                found[address] = " ".join(f"{one}{letter}" for one, letter in chosen if letter)
            else:
                found[address] = ", ".join(one for one in form.get(address, ()) if one.strip())
    address, text = taken(form)
    return {**found, address: text} if address in found else found


def taken(form: Mapping[str, Sequence[str]]) -> tuple[str, str]:
    """The address of an answer that may be meant, and its text, where one was chosen."""
    address, _, text = form.get("use", [""])[0].partition("=")
    return address, text
