"""Can the right option be told without knowing the subject?"""

from __future__ import annotations

from collections.abc import Iterator

from grader.bank import fill
from grader.bank import placeholders as placeholders_in
from grader.checking.guessing import guessed
from grader.checking.subject import Subject
from grader.drawing import Variant
from grader.errors import Problem
from grader.sheets import placeholders


def choices(subject: Subject) -> Iterator[Problem]:
    """Options that say the same, right options that place or length gives away, points for ticking everything or nothing."""
    for variant in subject.examples:
        yield from equal(subject, variant)
    yield from guessed(subject, "position", "length", "part-for-nothing")


def equal(subject: Subject, variant: Variant) -> Iterator[Problem]:
    """Options of a pool with the same text; one that names its own letter differs by that."""
    words = placeholders(variant)
    for blank in variant.solved.model.blanks:
        texts = [
            (fill(text, words), text)
            for text in blank.written
            if "sign" not in placeholders_in(text)
        ]
        seen: set[str] = set()
        for filled, text in texts:
            plain = " ".join(filled.casefold().split()).strip(" .")
            if plain in seen:
                place = subject.places[blank.question]["answer"]
                message = f"two options say '{plain[:60]}'"
                yield subject.problem_at("equal-options", place, text, message)
            seen.add(plain)
