"""What an author offers to choose from, match, put in order or mark by: records of an exercise file."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from msgspec import Meta, Struct

Identifier = Annotated[str, Meta(pattern=r"^[A-Za-z][A-Za-z0-9_-]*\Z", max_length=60)]
Shown = Annotated[int, Meta(ge=2, le=26)]
Spare = Annotated[int, Meta(ge=0, le=24)]


class Option(Struct, frozen=True, forbid_unknown_fields=True):
    """One option of a choice."""

    text: str
    right: bool = False


class Choose(Struct, frozen=True, forbid_unknown_fields=True):
    """A single choice: ``show`` options drawn of a pool, at most one of them right.

    ``none_of_these``: the text of a last option that is right where no other one shown is.
    """

    options: dict[Identifier, Option]
    show: Shown | None = None
    none_of_these: str | None = None
    shuffle: bool = True


class Scoring(StrEnum):
    """What several choices are worth."""

    ALL = "all"  # all or nothing
    EACH = "each"  # the share of options that are judged rightly
    PENALISED = "penalised"  # right ones chosen less wrong ones, as a share of the right ones


class ChooseSeveral(Struct, frozen=True, forbid_unknown_fields=True):
    """Several choices: ``show`` options drawn of a pool, right and wrong ones among them."""

    options: dict[Identifier, Option]
    show: Shown | None = None
    scoring: Scoring = Scoring.ALL
    shuffle: bool = True


class Pair(Struct, frozen=True, forbid_unknown_fields=True):
    """One item of a matching, and the texts that belong to it, of which one is shown."""

    text: str
    right: dict[Identifier, str]


class Match(Struct, frozen=True, forbid_unknown_fields=True):
    """A matching: ``show`` pairs drawn of a pool, and distractors that belong to no item.

    ``shuffle``: are the items shuffled? What is matched to them always is.
    """

    pairs: dict[Identifier, Pair]
    show: Shown | None = None
    distractors: dict[Identifier, str] = {}
    show_distractors: Spare | None = None
    shuffle: bool = True


class Criterion(Struct, frozen=True, forbid_unknown_fields=True):
    """One thing that a text is marked by; ``weight``: what it counts beside the others."""

    text: str
    weight: Annotated[float, Meta(gt=0, le=1000)] = 1


class Text(Struct, frozen=True, forbid_unknown_fields=True):
    """A short text, which staff mark by a rubric."""

    rubric: dict[Identifier, Criterion]


class Order(Struct, frozen=True, forbid_unknown_fields=True):
    """Lines in their right order, shown in another one, and distractors that do not belong."""

    lines: dict[Identifier, str]
    distractors: dict[Identifier, str] = {}
    show_distractors: Spare | None = None
