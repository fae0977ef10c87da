"""What an author offers to choose from, match, put in order or mark by: records of an exercise file."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

from grader.answers import Criterion, Scoring

Identifier = Annotated[str, Meta(pattern=r"^[A-Za-z][A-Za-z0-9_-]*\Z", max_length=60)]
Shown = Annotated[int, Meta(ge=2, le=26)]
Spare = Annotated[int, Meta(ge=0, le=24)]


class Option(Struct, frozen=True, forbid_unknown_fields=True):
    """One option of a choice.

    ``text``: What students read.
    ``right``: Is it a right one? `false` unless given.
    """

    text: str
    right: bool = False


class Choose(Struct, frozen=True, forbid_unknown_fields=True):
    """A single choice: ``show`` options drawn of a pool, at most one of them right.

    ``options``: Id → option; more than are shown, so that students see different ones.
    ``show``: How many options a student sees; all unless given.
    ``none_of_these``: The text of a last option that is right where no other one shown is.
    ``shuffle``: `false` keeps your order.
    """

    options: dict[Identifier, Option]
    show: Shown | None = None
    none_of_these: str | None = None
    shuffle: bool = True


class ChooseSeveral(Struct, frozen=True, forbid_unknown_fields=True):
    """Several choices: ``show`` options drawn of a pool, right and wrong ones among them.

    ``options``: Id → option; more than are shown, so that students see different ones.
    ``show``: How many options a student sees; all unless given.
    ``scoring``: `all` or nothing; `each`: the share judged rightly; `penalised`: right less wrong ones chosen.
    ``shuffle``: `false` keeps your order.
    """

    options: dict[Identifier, Option]
    show: Shown | None = None
    scoring: Scoring = Scoring.ALL
    shuffle: bool = True


class Pair(Struct, frozen=True, forbid_unknown_fields=True):
    """One item of a matching, and the texts that belong to it, of which one is shown.

    ``text``: The item, which gets a number.
    ``right``: Id → text that belongs to the item; one of them is shown, with a letter.
    """

    text: str
    right: dict[Identifier, str]


class Match(Struct, frozen=True, forbid_unknown_fields=True):
    """A matching: ``show`` pairs drawn of a pool, and distractors that belong to no item.

    ``pairs``: Id → item with the texts that are right for it.
    ``show``: How many pairs a student sees; all unless given.
    ``distractors``: Id → text that belongs to no item.
    ``show_distractors``: How many distractors a student sees; all unless given.
    ``shuffle``: `false` keeps your order of the items; the texts are always shuffled.
    """

    pairs: dict[Identifier, Pair]
    show: Shown | None = None
    distractors: dict[Identifier, str] = {}
    show_distractors: Spare | None = None
    shuffle: bool = True


class Text(Struct, frozen=True, forbid_unknown_fields=True):
    """A short text, which staff mark by a rubric.

    ``rubric``: Id → criterion.
    """

    rubric: dict[Identifier, Criterion]


class Order(Struct, frozen=True, forbid_unknown_fields=True):
    """Lines in their right order, shown in another one, and distractors that do not belong.

    ``lines``: Id → line, in the right order; all are shown.
    ``distractors``: Id → line that does not belong.
    ``show_distractors``: How many distractors a student sees; all unless given.
    """

    lines: dict[Identifier, str]
    distractors: dict[Identifier, str] = {}
    show_distractors: Spare | None = None
