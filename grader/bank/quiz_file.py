"""The records of a quiz file."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct, field

from grader.bank.exercise_file import Points
from grader.pools import Identifier


class Pick(Struct, frozen=True, forbid_unknown_fields=True):
    """Exercises of a quiz: one by its id, or some of a list or of a topic.

    ``exercise``: The id of an exercise.
    ``from``: Ids of exercises, some of which each student gets.
    ``topic``: Exercises with this topic, some of which each student gets.
    ``choose``: How many of them each student gets; 1 unless given.
    ``points``: The points of each exercise picked; its own unless given.
    """

    exercise: str | None = None
    among: list[str] | None = field(name="from", default=None)
    topic: str | None = None
    choose: Annotated[int, Meta(ge=1)] = 1
    points: Points | None = None


class QuizFile(Struct, frozen=True, forbid_unknown_fields=True):
    """A quiz as its author writes it.

    ``id``: The name under which the quiz is known: letters, digits, `-` and `_`, a letter first.
    ``title``: A heading.
    ``pick``: What each student gets: ids of exercises, or picks.
    ``text``: What stands above the paper: Markdown with LaTeX between `$`.
    ``points``: What every paper is worth, which `check` compares with the picks.
    ``balance``: Are papers to be about as difficult as each other? They are unless it is false.
    """

    id: Identifier
    title: str
    pick: Annotated[list[str | Pick], Meta(min_length=1)]
    text: str = ""
    points: Points | None = None
    balance: bool = True
