"""Bytes of lines → bytes of marks: the work of one partition."""

from __future__ import annotations

import contextlib
import functools
import gc
import logging
import pickle
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from msgspec import Struct

from grader.bank import Exercise
from grader.bulk import jsonl
from grader.bulk.jsonl import BadLine
from grader.bulk.partitions import Partition, halves, lines_of
from grader.bulk.streams import compressed
from grader.drawing import Solved, Variant, printed_variant, restored, survey
from grader.errors import AuthorError
from grader.marking import Answers, Marks, mark_all, to_look_at

Bank = Mapping[str, Exercise]
Chunk = Sequence[tuple[int, Answers | BadLine]]
FAILED = "gradmark failed ({}); a person must look at this line"
KILLED = "gradmark failed: every process that marked this line was lost; a person must look at it"

log = logging.getLogger("gradmark")


class Marked(Struct, frozen=True):
    """The marks of some lines, and how many lines, answers, and lines to look at there are."""

    data: bytes = b""
    lines: int = 0
    answers: int = 0
    look: int = 0

    def __add__(self, other: Marked) -> Marked:
        return Marked(
            self.data + other.data,
            self.lines + other.lines,
            self.answers + other.answers,
            self.look + other.look,
        )


def packed(known: Bank) -> bytes:
    """A bank as bytes, to travel with a partition."""
    return zlib.compress(pickle.dumps(dict(known)))


@functools.lru_cache(maxsize=4)
def unpacked(bank: bytes) -> Bank:
    """The bank of :func:`packed`; the same object for the same bytes, as what is made of it is kept."""
    known: Bank = pickle.loads(zlib.decompress(bank))
    return known


def mark_partition(bank: bytes, was: bytes, suffix: str, partition: Partition) -> Marked:
    """The marks of a partition, compressed by the suffix of the file that they go to.

    ``was``: the bank that draws the variants, as far as it is not ``bank`` itself.
    """
    with no_collections():
        chunk = [*jsonl.read(lines_of(partition.data), partition.line)]
        return written(grade_lines(chunk, unpacked(bank), unpacked(was)), suffix)


@contextlib.contextmanager
def no_collections() -> Iterator[None]:
    """Without looking for cycles: a partition makes records by the million, and hardly a cycle."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()


def written(records: Sequence[Marks | BadLine], suffix: str) -> Marked:
    data = compressed(jsonl.write(records), suffix)
    marks = [one for one in records if isinstance(one, Marks)]
    look = len(records) - len(marks) + sum(to_look_at([one]) > 0 for one in marks)
    return Marked(data, len(records), sum(len(one.marks) for one in marks), look)


def rescued(
    suffix: str, partition: Partition, alone: Callable[[Partition], Marked | None]
) -> Marked:
    """The marks of a partition that may kill who works on it: its lines but for those that do."""
    found = alone(partition)
    if found is not None:
        return found
    parts = halves(partition)
    if len(parts) == 1:
        return written([BadLine(partition.line, KILLED)], suffix)
    return rescued(suffix, parts[0], alone) + rescued(suffix, parts[1], alone)


def grade_lines(chunk: Chunk, known: Bank, was: Bank | None = None) -> list[Marks | BadLine]:
    """A result for each line; where all of them fail together, each by itself."""
    try:
        return [*grade_chunk(chunk, known, was or {})]
    except Exception:
        log.exception("marking in bulk failed")
        return [one for line in chunk for one in grade_line(line, known, was or {})]


def grade_line(
    line: tuple[int, Answers | BadLine], known: Bank, was: Bank
) -> list[Marks | BadLine]:
    try:
        return [*grade_chunk([line], known, was)]
    except Exception as failure:
        log.exception("marking failed")
        return [BadLine(line[0], FAILED.format(type(failure).__name__))]


def grade_chunk(chunk: Chunk, known: Bank, was: Bank) -> Iterator[Marks | BadLine]:
    """Some lines: each exercise is drawn once for all of them, and variants of one structure are marked together."""
    variants = draw_all([one for _, one in chunk if isinstance(one, Answers)], known, was)
    found: dict[int, Marks | BadLine] = {}
    groups: dict[Solved, list[tuple[int, Variant, Answers]]] = {}
    for place, (number, line) in enumerate(chunk):
        if isinstance(line, BadLine):
            found[place] = line
            continue
        one = variants[line.exercise, line.seed]
        if isinstance(one, str):
            found[place] = BadLine(number, one)
        else:
            groups.setdefault(one.solved, []).append((place, one, line))
    for solved, group in groups.items():
        marks = mark_all(solved, [(one.row, line) for _, one, line in group])
        for (place, _, line), given in zip(group, marks, strict=True):
            strange = not was and line.answers.keys() - given.marks.keys()
            number = chunk[place][0]
            found[place] = BadLine(number, "; ".join(given.notes)) if strange else given
    return (found[place] for place in range(len(chunk)))


def draw_all(
    lines: Iterable[Answers], known: Bank, was: Bank
) -> dict[tuple[str, int | str], Variant | str]:
    """(exercise, seed) → variant, or why there is none."""
    wanted: dict[str, dict[int | str, None]] = {}
    for line in lines:
        wanted.setdefault(line.exercise, {})[line.seed] = None
    found: dict[tuple[str, int | str], Variant | str] = {}
    for name, seeds in wanted.items():
        if name in known:
            drawn = redrawn(known[name], was.get(name), [*seeds])
        else:
            drawn = dict.fromkeys(seeds, f"no exercise '{name}' in the bank")
        found |= {(name, seed): one for seed, one in drawn.items()}
    return found


def redrawn(
    exercise: Exercise, was: Exercise | None, seeds: Sequence[int | str]
) -> dict[int | str, Variant | str]:
    """Seed → the variant that it stood for, as the exercise is now; or why there is none."""
    if was is None or was.digest == exercise.digest:
        return draw_seeds(exercise, seeds)
    found = draw_seeds(was, seeds)
    good = {seed: one.draw for seed, one in found.items() if isinstance(one, Variant)}
    try:
        return {**found, **dict(zip(good, restored(exercise, [*good.values()]), strict=True))}
    except AuthorError:
        for seed, draw in good.items():
            try:
                [found[seed]] = restored(exercise, [draw])
            except AuthorError as error:
                found[seed] = str(error)
        return found


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
