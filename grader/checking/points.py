"""Do the points add up to what the file states?"""

from __future__ import annotations

from collections.abc import Iterator

from grader.checking.subject import Subject
from grader.errors import Problem
from grader.words import counted, in_points


def points(subject: Subject) -> Iterator[Problem]:
    """A stated total that is not that of the questions."""
    stated = subject.exercise.file.points
    if stated is not None and stated != subject.exercise.points:
        points = counted(in_points(subject.exercise.points), "point")
        message = f"the questions add up to {points}, not {in_points(stated)}"
        yield subject.at["points"].problem(message, "points")
