"""A short text, which a person marks by a rubric; gradmark only carries it there and back."""

from __future__ import annotations

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

    def criteria(self) -> Mapping[str, Criterion]:
        return self.rubric


def earned(rubric: Mapping[str, Criterion], met: Mapping[str, Fraction]) -> Fraction:
    """The share that a person gave: to which share, from 0 to 1, a text meets each criterion, by its weight."""
    weights = {name: Fraction(str(one.weight)) for name, one in rubric.items()}
    return sum((weights[name] * met[name] for name in weights), Fraction(0)) / sum(weights.values())
