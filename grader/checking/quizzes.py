"""Can a quiz be dealt out, and is it worth the same for every student?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from grader.bank import Exercise, QuizFile, decoding
from grader.errors import AuthorError, Place, Problem
from grader.papers import blueprint


def quiz(path: Path, bank: Mapping[str, Exercise]) -> Iterator[Problem]:
    """What is wrong with a quiz, whose exercises are in ``bank``."""
    try:
        loaded = blueprint.load(path, bank)
    except AuthorError as error:
        yield from error.problems
        return
    file, positions, _ = decoding.load(path, QuizFile)
    at = Place(str(path), positions, code="points")
    total = 0.0
    for number, pick in enumerate(loaded.picks):
        worth = [pick.points or bank[name].points for name in pick.candidates]
        total += sum(worth) if pick.fixed else pick.choose * max(worth)
        if not pick.fixed and min(worth) < max(worth):
            message = f"worth {min(worth):g} to {max(worth):g} points, depending on the exercise"
            yield at["pick"][number].problem(message)
    if file.points is not None and file.points != total:
        message = f"the picks add up to {total:g} points, not {file.points:g}"
        yield at["points"].problem(message)
