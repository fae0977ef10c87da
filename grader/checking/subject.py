"""The subject of a check: an exercise with its structures and variants, each made once."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from grader.bank import Exercise
from grader.drawing import Survival, Variant, printed_variant, structures, survey
from grader.errors import AuthorError, Place, Problem
from grader.model import Blank, Model, build


class Subject(Struct, frozen=True, dict=True):
    """An exercise, and the number of seeds over which it is checked.

    What looks for a finding is a function of a subject that yields problems, each at its place and with its code:

    >>> from grader.bank import load_folder
    >>> def odd(subject):
    ...     if subject.exercise.points % 2:
    ...         yield subject.at["points"].problem(f"{subject.exercise.points:g} points", "points")
    >>> subject = Subject(load_folder()["layer-sizes"], seeds=2)
    >>> [(one.message, one.code) for one in odd(subject)]
    [('7 points', 'points')]
    >>> len(subject.drawn)
    2
    """

    exercise: Exercise
    seeds: int

    @functools.cached_property
    def models(self) -> list[Model]:
        """Every structure.

        Raises:
            AuthorError: one cannot be made.
        """
        return [build(self.exercise, choices) for choices in structures(self.exercise)]

    @functools.cached_property
    def surveyed(self) -> tuple[list[Variant | None], Survival]:
        """The variants of the seeds, as far as there are good ones, and how many draws that took."""
        return survey(self.exercise, range(self.seeds))

    @functools.cached_property
    def drawn(self) -> list[Variant]:
        return [variant for variant in self.surveyed[0] if variant is not None]

    @functools.cached_property
    def pinned(self) -> tuple[Variant | None, tuple[Problem, ...]]:
        """The printed variant, where there is one, and what is wrong with it."""
        if not self.at["printed"].is_there:
            return None, ()
        try:
            return printed_variant(self.exercise), ()
        except AuthorError as error:
            found = [replace(one, code="printed") for one in error.problems]
            return None, tuple(found)

    @functools.cached_property
    def variants(self) -> list[Variant]:
        """The drawn variants, and the printed one."""
        printed = self.pinned[0]
        return [*self.drawn, *([printed] if printed else [])]

    @functools.cached_property
    def examples(self) -> list[Variant]:
        """A variant of each structure that came up."""
        return list({one.solved.model: one for one in reversed(self.variants)}.values())

    @functools.cached_property
    def at(self) -> Place:
        """The file."""
        return self.exercise.at

    @functools.cached_property
    def places(self) -> dict[str, Place]:
        """Question → its place in the file."""
        questions = self.exercise.file.questions
        return {one.id: self.at["questions"][index] for index, one in enumerate(questions)}

    def problem_at(self, code: str, at: Place, needle: str, message: str) -> Problem:
        """A problem at a text within a value; at the value itself if it does not contain the text literally."""
        found = at.problem(message, code)
        line, column = at.positions.get(at.path, (1, 1))
        lines = self.source[line - 1 :]
        for below, text in enumerate(lines):
            start = text.find(needle, column - 1 if below == 0 else 0)
            if start >= 0:
                return replace(found, line=line + below, column=start + 1)
        return found

    @functools.cached_property
    def source(self) -> list[str]:
        """The lines of the file; none if it no longer exists."""
        path = Path(self.exercise.path)
        return path.read_text("utf-8").splitlines() if path.is_file() else []


def first_of_each(problems: Iterable[Problem]) -> list[Problem]:
    """One problem of each code for each place, so that no fault is reported a thousand times."""
    found: dict[tuple[Any, ...], Problem] = {}
    for one in problems:
        found.setdefault((one.code, one.file, one.line, one.column), one)
    return list(found.values())


def each_key(subject: Subject) -> Iterator[tuple[Variant, str, Any]]:
    """Every key of every variant with its address; a key of a whole structure once."""
    seen: set[Blank] = set()
    for variant in subject.variants:
        for address, (blank, key) in variant.keys.items():
            if blank.fixed is not None:
                if blank in seen:
                    continue
                seen.add(blank)
            yield variant, address, key
