"""Answers to a quiz as JSON lines, one exercise of one student a line, as `collect` and `scan` write them.

A line names the variant by exercise and seed. It is one of the quiz, but need not be of the student's own paper: programs hand out
versions, or draw variants.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from grader.errors import UsageError
from grader.marking import Answers
from grader.papers.records import Graded, Item, Manifest, Paper, Submission
from grader.papers.roster import plain

SUFFIX = ".jsonl"
MAX_LINE = 1_000_000


class Line(Answers, frozen=True, omit_defaults=True):
    """Answers as a scan has them: ``unreadable`` says of a blank why its answer cannot be told, ``odd`` is what a person must look at besides.

    Without a student it is a page that belongs to nobody, and ``odd`` says why.
    """

    unreadable: dict[str, str] = {}
    odd: tuple[str, ...] = ()


class Answered(Struct, frozen=True):
    """A paper as a student had it, with what was handed in for it."""

    paper: Paper
    submission: Submission


def are_lines(paths: Sequence[Path]) -> bool:
    """Is it all lines?

    Raises:
        UsageError: it is lines and notebooks.
    """
    found = [path.suffix == SUFFIX for path in paths]
    if any(found) and not all(found):
        raise UsageError("expected lines or notebooks, found both: grade one after the other")
    return all(found)


def read(paths: Sequence[Path], manifest: Manifest) -> tuple[dict[str, Answered], list[Graded]]:
    """What each student handed in, and what could not be given to anyone.

    Raises:
        UsageError: a file cannot be read.
    """
    owners = {plain(paper.student): paper for paper in manifest.papers}
    items = {
        (one.draw.exercise, one.draw.seed): one for each in manifest.papers for one in each.items
    }
    given: dict[str, list[tuple[Item, Line]]] = {}
    lost: list[Graded] = []
    for place, line in numbered(paths):
        problem = ""
        if isinstance(line, str):
            problem = line
        elif not line.student and line.odd:
            problem = "; ".join(line.odd)
        elif plain(line.student) not in owners:
            problem = f"unknown paper: no student '{line.student[:80]}' has one in this quiz"
        elif (line.exercise, line.seed) not in items:
            problem = f"no paper of this quiz has '{line.exercise[:80]}' with the seed {str(line.seed)[:40]}"
        else:
            item = items[line.exercise, line.seed]
            given.setdefault(plain(line.student), []).append((item, line))
        if problem:
            lost.append(Graded("", place, (), problem=problem))
    file = ", ".join(str(path) for path in paths)
    found = {}
    for name, lines in given.items():
        own = owners[name]
        paper = as_it_was(own, manifest.papers, [item for item, _ in lines])
        found[own.student] = Answered(paper, submission(file, manifest.quiz, own, lines))
    return found, lost


def numbered(paths: Sequence[Path]) -> Iterator[tuple[str, Line | str]]:
    """Each line with its place, or why it cannot be read."""
    decoder = msgspec.json.Decoder(Line)
    for path in paths:
        try:
            data = path.read_bytes()
        except OSError as error:
            raise UsageError(f"{path}: cannot be read: {error.strerror}") from None
        for number, line in enumerate(data.splitlines(), start=1):
            if line.strip():
                try:
                    yield f"{path}:{number}", decoder.decode(line[:MAX_LINE])
                except (msgspec.DecodeError, UnicodeDecodeError) as error:
                    yield f"{path}:{number}", f"cannot be read: {error}"


def as_it_was(own: Paper, papers: Sequence[Paper], items: Sequence[Item]) -> Paper:
    """The paper that a student had: what was answered, and what stands beside it on the paper from which most of it is."""
    answered = {item.draw.exercise: item for item in items}
    draws = {(item.draw.exercise, item.draw.seed) for item in items}

    def shared(paper: Paper) -> int:
        return sum((one.draw.exercise, one.draw.seed) in draws for one in paper.items)

    base = max((own, *papers), key=shared)  # the student's own, where another has as many
    free = [item.slot for item in base.items]
    for item in answered.values():
        if item.slot in free:
            free.remove(item.slot)
    rest = []
    for item in base.items:
        if item.draw.exercise not in answered and item.slot in free:
            free.remove(item.slot)
            rest.append(item)
    found = sorted((*answered.values(), *rest), key=lambda item: item.slot)
    return replace(own, items=tuple(found))


def submission(file: str, quiz: str, own: Paper, lines: Sequence[tuple[Item, Line]]) -> Submission:
    """The answers of a student; of two to one blank, nobody knows which is meant."""
    answers: dict[str, str] = {}
    unreadable: dict[str, str] = {}
    odd = dict.fromkeys(one for _, line in lines for one in line.odd)
    for item, line in lines:
        name = item.draw.exercise
        unreadable |= {f"{name}/{address}": why for address, why in line.unreadable.items()}
        for address, text in line.answers.items():
            full = f"{name}/{address}"
            if answers.get(full, text) != text:
                unreadable[full] = "two lines give different answers"
            answers[full] = text
    return Submission(file, quiz, own.student, own.code, answers, unreadable, (), tuple(odd))
