"""The papers of a class, and its submissions."""

from __future__ import annotations

from msgspec import Struct

from grader.drawing import Draw


class Item(Struct, frozen=True):
    """One exercise of a paper: its variant, and what its points are multiplied by.

    ``slot``: the place of its pick in the quiz, from 1; 0 in papers of older versions. ``difficulty`` is predicted.
    """

    draw: Draw
    weight: float = 1.0
    slot: int = 0
    difficulty: float | None = None


class Paper(Struct, frozen=True):
    """One student's variants of a quiz; ``code`` signs who it is for, and what was drawn.

    ``difficulty`` is predicted; ``unbalanced`` is what it would be with the student's first seeds. ``columns``: what
    else the roster says of the student. ``left``: is the student no longer on the roster?
    """

    student: str
    code: str
    items: tuple[Item, ...]
    difficulty: float | None = None
    unbalanced: float | None = None
    columns: dict[str, str] = {}
    left: bool = False


class Manifest(Struct, frozen=True):
    """All papers of a quiz, for staff. ``picks``: a digest of what the quiz picked when papers were made last."""

    quiz: str
    title: str
    text: str
    papers: list[Paper]
    picks: str = ""


class Submission(Struct, frozen=True):
    """What a student handed in, by full address (``exercise/question.blank``).

    ``unreadable``: address → why its answer cannot be told; ``notes``: what was found and survived;
    ``doubts``: how many of them a person must look at.
    """

    file: str
    quiz: str
    student: str
    code: str
    answers: dict[str, str]
    unreadable: dict[str, str] = {}
    notes: tuple[str, ...] = ()
    doubts: int = 0
