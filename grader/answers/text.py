"""A short text, which a person marks by a rubric; gradmark only carries it there and back."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from fractions import Fraction
from typing import Annotated

from msgspec import Meta, Struct

from grader.answers.key import Key
from grader.answers.notes import said
from grader.answers.outcome import Outcome, Verdict


class Criterion(Struct, frozen=True, forbid_unknown_fields=True):
    """One thing that a text is marked by.

    ``text``: What the text must say.
    ``weight``: What it counts beside the others; 1 unless given.
    """

    text: str
    weight: Annotated[float, Meta(gt=0, le=1000)] = 1


class TextKey(Key, frozen=True):
    """``rubric``: what a text is marked by, criterion by criterion."""

    rubric: dict[str, Criterion]

    def parse(self, text: str) -> tuple[str, str]:
        return text, ""

    def judge(self, given: str, understood: str) -> Outcome:
        return Outcome(Verdict.WAITING, notes=said("waiting"))

    def awarded(self, met: Mapping[str, Fraction], remark: str = "") -> Outcome:
        """What a person gave: to which share, from 0 to 1, the text meets each criterion."""
        weights = {name: Fraction(str(one.weight)) for name, one in self.rubric.items()}
        earned = sum((weights[name] * met[name] for name in weights), Fraction(0))
        share = earned / sum(weights.values())
        verdict = Verdict.PARTIAL if share else Verdict.INCORRECT
        verdict = Verdict.CORRECT if share == 1 else verdict
        text = remark or f"marked by a person: {self.listed(met)}"
        return Outcome(verdict, share, said("person", text=text))

    def listed(self, met: Mapping[str, Fraction]) -> str:
        return ", ".join(f"{name} {float(met[name]):g}" for name in self.rubric)

    def show(self) -> str:
        """The rubric, as there is no one right answer."""
        return "; ".join(
            f"{name} ({one.weight:g}): {one.text}" for name, one in self.rubric.items()
        )

    def near_misses(self) -> list[str]:
        """Any text will do: none is marked without a person."""
        return ["as above"]

    def tolerance(self) -> str:
        return "marked by a person"

    def steps(self) -> int:
        """One for each criterion."""
        return len(self.rubric)

    def handed_in(self, student: str, exercise: str, blank: str, text: str) -> HandedIn:
        return HandedIn(student, exercise, blank, text, self)


class HandedIn(Struct, frozen=True):
    """A text of a student that waits for a person."""

    student: str
    exercise: str
    blank: str
    text: str
    key: TextKey

    @property
    def code(self) -> str:
        """Tells this text from any other; a letter first, or spreadsheets would make a number of it."""
        parts = (self.student, self.exercise, self.blank, self.text)
        data = "\0".join(parts).encode("utf-8", "surrogatepass")
        return "t" + hashlib.blake2b(data, digest_size=8).hexdigest()
