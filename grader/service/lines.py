"""Answers as JSON lines, marked in bulk."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from grader.drawing import Variant, printed_variant, survey
from grader.errors import AuthorError
from grader.formats import jsonl
from grader.formats.jsonl import BadLine
from grader.records import Answers, Exercise, Marks
from grader.service.exercises import mark
from grader.service.quizzes import Bank

CHUNK = 2000  # lines that are marked together


def grade_lines(lines: Iterable[bytes], known: Bank) -> Iterator[Marks | BadLine]:
    """A result for each line, in order."""
    chunk: list[tuple[int, Answers | BadLine]] = []
    for line in jsonl.read(lines):
        chunk.append(line)
        if len(chunk) == CHUNK:
            yield from grade_chunk(chunk, known)
            chunk = []
    yield from grade_chunk(chunk, known)


def grade_chunk(
    chunk: Sequence[tuple[int, Answers | BadLine]], known: Bank
) -> Iterator[Marks | BadLine]:
    """Some lines, each exercise drawn once for all of them."""
    wanted: dict[str, dict[int | str, None]] = {}
    for _, line in chunk:
        if isinstance(line, Answers) and line.exercise in known:
            wanted.setdefault(line.exercise, {})[line.seed] = None
    drawn: dict[tuple[str, int | str], Variant | str] = {}
    for name, seeds in wanted.items():
        drawn |= {(name, seed): one for seed, one in draw_seeds(known[name], list(seeds)).items()}
    for number, line in chunk:
        if isinstance(line, BadLine):
            yield line
            continue
        one = drawn.get((line.exercise, line.seed), f"no exercise '{line.exercise}' in the bank")
        if isinstance(one, str):
            yield BadLine(number, one)
        else:
            yield mark(one, line.answers, line.student)


def draw_seeds(exercise: Exercise, seeds: Sequence[int | str]) -> dict[int | str, Variant | str]:
    """Seed → variant, or why there is none."""
    found: dict[int | str, Variant | str] = {}
    drawn = [seed for seed in seeds if seed != "printed"]
    try:
        for seed, one in zip(drawn, survey(exercise, drawn)[0], strict=True):
            found[seed] = one or f"seed {seed} of '{exercise.id}' has no good variant"
    except AuthorError as error:
        found = dict.fromkeys(drawn, str(error))
    if "printed" in seeds:
        try:
            found["printed"] = printed_variant(exercise)
        except AuthorError as error:
            found["printed"] = str(error)
    return found
