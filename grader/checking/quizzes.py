"""Can a quiz be dealt out, and is it worth the same for every student?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from grader.bank import Exercise, QuizFile, decoding
from grader.errors import AuthorError, Place, Problem
from grader.papers import blueprint
from grader.words import counted, in_points


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
            least, most = in_points(min(worth)), in_points(max(worth))
            message = f"worth {least} to {most} points, depending on the exercise"
            yield at["pick"][number].problem(message)
    if file.points is not None and file.points != total:
        points = counted(in_points(total), "point")
        message = f"the picks add up to {points}, not {in_points(file.points)}"
        yield at["points"].problem(message)
