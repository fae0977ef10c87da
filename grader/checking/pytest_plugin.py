"""Exercise files as tests: ``pytest exercises/`` has a test for each file and group of findings.

A YAML file is collected if it has questions, or picks exercises. What is drawn for a file is kept while its
tests run, so the groups of a file share it.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from grader.checking.subject import Subject
    from grader.errors import Problem

EXERCISE = re.compile(rb"^questions:", re.MULTILINE)
QUIZ = re.compile(rb"^pick:", re.MULTILINE)
QUIZZES = "quiz"  # the group of findings in quizzes


def pytest_addoption(parser: pytest.Parser) -> None:
    about = "seeds over which exercises are checked; 100 unless given"
    parser.getgroup("gradmark").addoption("--gradmark-seeds", type=int, help=about)
    parser.addini("gradmark_seeds", about, default="100")


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    if file_path.suffix not in (".yaml", ".yml"):
        return None
    text = file_path.read_bytes()
    if EXERCISE.search(text):
        return ExerciseFile.from_parent(parent, path=file_path)
    return QuizFile.from_parent(parent, path=file_path) if QUIZ.search(text) else None


class ExerciseFile(pytest.File):
    """An exercise; one test for each group of findings."""

    def collect(self) -> Iterator[pytest.Item]:
        from grader.checking.groups import GROUPS

        for group in GROUPS:
            yield Findings.from_parent(self, name=group)


class QuizFile(pytest.File):
    """A quiz; one test."""

    def collect(self) -> Iterator[pytest.Item]:
        yield Findings.from_parent(self, name=QUIZZES)


class Found(Exception):
    """Something must be mended."""

    def __init__(self, problems: list[Problem]) -> None:
        from grader.words import counted

        super().__init__(counted(len(problems), "finding"))
        self.problems = problems


class Findings(pytest.Item):
    """A group of findings in one file; it passes if there are none."""

    def runtest(self) -> None:
        problems = quiz(self.path) if self.name == QUIZZES else self.look()
        if problems:
            raise Found(problems)

    def look(self) -> list[Problem]:
        from grader.checking.groups import findings
        from grader.errors import AuthorError

        given = self.config.getoption("--gradmark-seeds")
        seeds = int(given or self.config.getini("gradmark_seeds"))
        try:
            return findings(subject(self.path, self.path.stat().st_mtime_ns, seeds), [self.name])
        except AuthorError as error:
            if self.name != "file":
                pytest.skip("the file cannot be used: see its test 'file'")
            return list(error.problems)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> str:
        from grader.checking.showing import told

        if isinstance(excinfo.value, Found):
            return "\n".join(map(told, excinfo.value.problems))
        return str(super().repr_failure(excinfo, style))

    def reportinfo(self) -> tuple[Path, int, str]:
        return self.path, 0, f"{self.path.name}: {self.name}"


@functools.lru_cache(maxsize=2)
def subject(path: Path, changed: int, seeds: int) -> Subject:
    """The subject of a file; loaded again when the file was ``changed``.

    Raises:
        AuthorError: the file cannot be used.
    """
    from grader import bank
    from grader.checking.subject import Subject

    return Subject(bank.load(path), seeds)


def quiz(path: Path) -> list[Problem]:
    """The problems of a quiz over the exercises around it, or over the whole bank if there are none."""
    from grader import bank
    from grader.checking.quizzes import quiz as look
    from grader.checking.running import around

    near = path.parent.parent if path.parent.name == "quizzes" else path.parent
    return list(look(path, around(bank.files([near]))))
