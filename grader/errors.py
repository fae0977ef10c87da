"""Who must act on an error, where, and the exit code that says so."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct


class Problem(Struct, frozen=True):
    """One thing that is wrong in a file, at a line and column counted from 1; 0 is the whole file.

    ``code``: what kind of thing, by a name that does not change; none where no page explains it.
    """

    file: str
    message: str
    line: int = 0
    column: int = 0
    code: str = ""

    def __str__(self) -> str:
        place = f":{self.line}:{self.column}" if self.line else ""
        return f"{self.file}{place}: {self.message}"


class GradmarkError(Exception):
    """Anything that stops a command; we must act unless a subclass says otherwise."""

    exit_code = 3


class InputError(GradmarkError):
    """Files of a person that cannot be used, with every problem found in them."""

    exit_code = 2

    def __init__(self, *problems: Problem) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = problems

    def __reduce__(self) -> tuple[type[InputError], tuple[Problem, ...]]:
        return type(self), self.problems  # as it comes from another process


class AuthorError(InputError):
    """An exercise, quiz or roster that its author must mend."""


class SubmissionError(InputError):
    """A submission that cannot be read; whoever handed it in must act."""


class UsageError(GradmarkError):
    """A command or call that names something that does not exist."""

    exit_code = 2


class Place(Struct, frozen=True, eq=False):
    """A place in an author's file, at which problems are told or noted: ``at["questions"][0]["ask"]``.

    ``path``: such as ``questions[0].ask``; where nothing stands, the nearest thing around it is meant.
    ``found``: the problems that were noted, here and at all places reached from the same one.
    ``code``: of a problem that has no other.
    """

    file: str
    positions: Mapping[str, tuple[int, int]]
    path: str = ""
    found: list[Problem] = []
    code: str = "schema"

    def __getitem__(self, step: str | int) -> Place:
        """The place of a key's value, or of an item of a list."""
        below = f"[{step}]" if isinstance(step, int) else f".{step}" if self.path else step
        return self.moved(self.path + below)

    @property
    def key(self) -> Place:
        """The place of the key itself, not of its value."""
        return self.moved(f"{self.path}:key")

    def moved(self, path: str) -> Place:
        return Place(self.file, self.positions, path, self.found, self.code)

    @property
    def is_there(self) -> bool:
        return self.path in self.positions

    def problem(self, message: str, code: str = "", line: int = 0, column: int = 0) -> Problem:
        """A problem here; ``line`` and ``column`` count from 1 within the text that stands here."""
        path = self.path
        while path and path not in self.positions:
            path = path[: max(path.rfind("."), path.rfind("["), 0)]
        start = self.positions.get(path, (1, 1))
        start = self.positions.get(f"{path}:block", start) if line else start
        first, left = start[0] + max(line - 1, 0), start[1] + max(column - 1, 0)
        return Problem(self.file, message, first, left, code or self.code)

    def report(self, message: str, code: str = "", line: int = 0, column: int = 0) -> None:
        """Note a problem here."""
        self.found.append(self.problem(message, code, line, column))

    def error(self, message: str, code: str = "") -> AuthorError:
        return AuthorError(self.problem(message, code))
