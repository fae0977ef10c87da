"""YAML → exercises; every message has file, line, column, what was found and what was expected."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from grader.bank import decoding
from grader.bank.consistency import inconsistencies
from grader.bank.exercise import Exercise
from grader.bank.exercise_file import ExerciseFile
from grader.errors import AuthorError, Problem, UsageError


def home() -> Path:
    """The folder of the bank that comes with gradmark, in a wheel or in a checkout."""
    here = Path(__file__).parents[1]
    shipped = here / "exercises"
    return shipped if shipped.is_dir() else here.parent / "exercises"


def files(paths: Iterable[Path], quizzes: bool = False) -> list[Path]:
    """Every exercise file below the given files and folders; quizzes only where they are asked for.

    Raises:
        UsageError: a path that is not there.
    """
    found: list[Path] = []
    for path in paths:
        if path.is_dir():
            below = sorted([*path.rglob("*.yaml"), *path.rglob("*.yml")])
            found += [file for file in below if quizzes or not is_quiz(file)]
        elif path.exists():
            found.append(path)
        else:
            raise UsageError(f"no such file or folder: {path}")
    return found


def is_quiz(path: Path) -> bool:
    """Is it a file that picks exercises?"""
    if path.parent.name == "quizzes":
        return True
    text = path.read_bytes() if path.is_file() else b""
    return bool(re.search(rb"^pick:", text, re.MULTILINE)) and b"\nquestions:" not in text


def load_folder(*folders: Path) -> dict[str, Exercise]:
    """The exercises of whole folders by id.

    Raises:
        AuthorError: with the problems of all files.
    """
    exercises: dict[str, Exercise] = {}
    problems: list[Problem] = []
    for path in files(folders or [home()]):
        try:
            exercise = load(path)
        except AuthorError as error:
            problems += error.problems
            continue
        other = exercises.setdefault(exercise.id, exercise)
        if other is not exercise:
            problems.append(
                exercise.at["id"].problem(f"'{exercise.id}' is also in {other.path}", "names")
            )
    if problems:
        raise AuthorError(*problems)
    return exercises


def find(name: str, folders: Sequence[Path] = ()) -> Exercise:
    """An exercise by its id in the bank, or by the path of its file.

    Raises:
        UsageError: there is none.
        AuthorError: its file cannot be used.
    """
    if name.endswith((".yaml", ".yml")):
        return load(files([Path(name)])[0])
    for path in files(folders or [home()]):
        if path.stem == name:  # the usual place, so that a fault elsewhere is no matter
            found = load(path)
            if found.id == name:
                return found
    known = load_folder(*folders)
    if name not in known:
        raise UsageError(f"no exercise '{name}' in the bank; 'gradmark list' shows what there is")
    return known[name]


def load(path: Path) -> Exercise:
    """One exercise.

    Raises:
        AuthorError: with every problem of the file.
    """
    file, positions, data = decoding.load(path, ExerciseFile)
    digest = hashlib.blake2b(data, digest_size=8).hexdigest()
    exercise = Exercise(file, str(path), positions, digest, path.parent.name)
    found = inconsistencies(exercise)
    if found:
        raise AuthorError(*found)
    return exercise
