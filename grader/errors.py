"""Who must act on an error, and the exit code that says so."""

from __future__ import annotations

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


class AuthorError(InputError):
    """An exercise, quiz or roster that its author must mend."""


class SubmissionError(InputError):
    """A submission that cannot be read; whoever handed it in must act."""


class UsageError(GradmarkError):
    """A command or call that names what is not there."""

    exit_code = 2
