"""Two versions of a bank: what changes for students, and which stored answers are marked otherwise."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from grader import bank
from grader.bank import Exercise
from grader.bulk import draw_seeds, jsonl
from grader.drawing import Draw, Seed, Variant, restored
from grader.errors import AuthorError, UsageError
from grader.marking import Answers, Marks, mark
from grader.papers import Progress, no_progress, read_manifest, read_notebooks, undecided
from grader.versions.comparing import Difference, MarkShift, Status, compare, mark_shifts

ID = re.compile(r"^id:\s*([\w-]+)", re.MULTILINE)


class Version(Struct, frozen=True):
    """One version of a bank: exercises by id, and why others cannot be used."""

    known: dict[str, Exercise]
    unusable: dict[str, str]


class Stored(Struct, frozen=True):
    """One student's answers to one exercise; ``draw`` where a paper keeps it."""

    student: str
    exercise: str
    seed: Seed
    answers: dict[str, str]
    draw: Draw | None = None
    weight: float = 1.0
    unreadable: dict[str, str] = {}


class Total(Struct, frozen=True):
    """A student's points in all exercises that changed, by each version."""

    student: str
    old: float
    new: float


class Comparison(Struct, frozen=True):
    """Two versions of a bank.

    ``marked``: how many blanks were marked by both; ``elsewhere``: how many answers are to exercises that
    neither version has. ``lost``: stored answers that were not marked, and why.
    """

    exercises: tuple[Difference, ...]
    marks: tuple[MarkShift, ...] = ()
    totals: tuple[Total, ...] = ()
    marked: int = 0
    elsewhere: int = 0
    lost: tuple[str, ...] = ()

    @property
    def changed(self) -> bool:
        return any(one.status is not Status.UNCHANGED for one in self.exercises)

    @property
    def incomplete(self) -> bool:
        """Could something not be compared?"""
        return bool(self.lost) or any(one.troubles for one in self.exercises)


def compare_versions(
    old: Path,
    new: Path,
    seeds: int,
    stored: Sequence[Stored | str] = (),
    progress: Progress = no_progress,
) -> Comparison:
    """Compare two files or folders of exercises, and the marks of stored answers.

    Args:
        stored: answers, or why some could not be read.

    Raises:
        UsageError: a path that is not there, or has no exercise.
    """
    before, after = read_version(old), read_version(new)
    names = {**before.known, **before.unusable, **after.known, **after.unusable}
    found = tuple(
        difference(name, before, after, seeds) for name in progress([*names], "comparing")
    )
    unread = tuple(one for one in stored if isinstance(one, str))
    answers = [one for one in stored if isinstance(one, Stored)]
    elsewhere = sum(one.exercise not in names for one in answers)
    touched = {one.exercise for one in found if one.status is not Status.UNCHANGED}
    marks = regraded(before, after, [one for one in answers if one.exercise in touched])
    return replace(marks, exercises=found, elsewhere=elsewhere, lost=(*unread, *marks.lost))


def read_version(path: Path) -> Version:
    """All exercises of a file or folder that can be used, and why the others cannot.

    Raises:
        UsageError: there is none.
    """
    known: dict[str, Exercise] = {}
    unusable: dict[str, str] = {}
    files = bank.files([path])
    if not files:
        raise UsageError(f"no exercise in {path}")
    for file in files:
        try:
            exercise = bank.load(file)
        except AuthorError as error:
            unusable[named(file)] = str(error)
            continue
        if exercise.id in known:
            unusable[exercise.id] = f"{file}: '{exercise.id}' is also in {known[exercise.id].path}"
        known.setdefault(exercise.id, exercise)
    return Version(known, unusable)


def named(file: Path) -> str:
    """The id of an exercise that cannot be used, as far as one can be read."""
    try:
        found = ID.search(file.read_text(errors="replace"))
    except OSError:
        found = None
    return found.group(1) if found else file.stem


def difference(name: str, old: Version, new: Version, seeds: int) -> Difference:
    """What became of one exercise."""
    troubles = tuple(
        f"{side}: {version.unusable[name]}"
        for side, version in (("old", old), ("new", new))
        if name in version.unusable
    )
    if troubles:
        return Difference(name, Status.UNUSABLE, troubles=troubles)
    if name not in new.known:
        return Difference(name, Status.REMOVED)
    if name not in old.known:
        return Difference(name, Status.ADDED)
    before, after = old.known[name], new.known[name]
    if before.digest == after.digest:
        return Difference(name, Status.UNCHANGED)
    wanted: list[Seed] = [*range(seeds)]
    if before.at["printed"].is_there and after.at["printed"].is_there:
        wanted.append("printed")
    return compare(name, draw_seeds(before, wanted), draw_seeds(after, wanted))


# Stored answers


def stored_lines(path: Path) -> Iterator[Stored | str]:
    """The answers of a file of JSON lines, or why one cannot be read; a line without a student is its number."""
    with path.open("rb") as lines:
        for number, line in jsonl.read(lines):
            if isinstance(line, Answers):
                student = line.student or f"line {number}"
                yield Stored(student, line.exercise, line.seed, line.answers)
            else:
                yield f"{path}:{number}: {line.error}"


def stored_notebooks(
    paths: Sequence[Path], quiz: Path, progress: Progress = no_progress
) -> Iterator[Stored | str]:
    """The answers in the notebooks of a quiz, with the values that the papers store."""
    manifest = read_manifest(quiz)
    handed_in, lost = read_notebooks(paths, quiz, manifest, progress)
    yield from (f"{one.file}: {one.problem}" for one in lost)
    for paper in manifest.papers:
        found = handed_in[paper.student]
        problem = undecided(found)
        if problem:
            if found:
                yield f"{paper.student}: {problem}"
            continue
        for item in paper.items:
            answers, unreadable = (
                below(f"{item.draw.exercise}/", texts)
                for texts in (found[0].answers, found[0].unreadable)
            )
            yield Stored(
                paper.student, item.draw.exercise, item.draw.seed,
                answers, item.draw, item.weight, unreadable,
            )  # fmt: skip


def below(prefix: str, texts: Mapping[str, str]) -> dict[str, str]:
    return {
        name.removeprefix(prefix): text for name, text in texts.items() if name.startswith(prefix)
    }


def regraded(old: Version, new: Version, answers: Sequence[Stored]) -> Comparison:
    """What becomes of the marks of answers."""
    shifts: list[MarkShift] = []
    points: dict[str, tuple[float, float]] = {}
    lost: list[str] = []
    marked = 0
    for one, *both in zip(answers, marks_by(old, answers), marks_by(new, answers), strict=True):
        before, after = both
        if isinstance(before, str) or isinstance(after, str):
            told = zip(("old", "new"), both, strict=True)
            reasons = "; ".join(f"{side}: {why}" for side, why in told if isinstance(why, str))
            lost.append(f"{one.student} {one.exercise}: {reasons}")
            continue
        marked += len({**before.marks, **after.marks})
        shifts += mark_shifts(before, after)
        earlier = points.get(one.student, (0, 0))
        points[one.student] = earlier[0] + before.points, earlier[1] + after.points
    totals = (Total(name, *(round(sum_of, 4) for sum_of in both)) for name, both in points.items())
    moved = tuple(one for one in totals if one.old != one.new)
    return Comparison((), tuple(shifts), moved, marked, lost=tuple(lost))


def marks_by(version: Version, answers: Sequence[Stored]) -> Iterator[Marks | str]:
    """The marks of each answer by one version, or why there are none."""
    places: dict[str, list[int]] = {}
    for place, one in enumerate(answers):
        places.setdefault(one.exercise, []).append(place)
    found: dict[int, Variant | Marks | str] = {}
    for name, at in places.items():
        mine = [answers[place] for place in at]
        found |= zip(at, variants_of(version, name, mine), strict=True)
    for place, one in enumerate(answers):
        variant = found[place]
        if isinstance(variant, Variant):
            yield mark(
                variant, one.answers,
                student=one.student, weight=one.weight, unreadable=one.unreadable,
            )  # fmt: skip
        else:
            yield variant


def variants_of(
    version: Version, name: str, answers: Sequence[Stored]
) -> list[Variant | Marks | str]:
    """The variant that each answer is to; an exercise that a version has not gives no marks."""
    if name in version.unusable:
        return ["the exercise cannot be used"] * len(answers)
    if name not in version.known:
        return [Marks(one.student, name, one.seed, 0, 0) for one in answers]
    exercise = version.known[name]
    seeds = dict.fromkeys(one.seed for one in answers if one.draw is None)
    drawn = draw_seeds(exercise, [*seeds])
    kept = iter(refitted(exercise, [one.draw for one in answers if one.draw is not None]))
    return [drawn[one.seed] if one.draw is None else next(kept) for one in answers]


def refitted(exercise: Exercise, draws: Sequence[Draw]) -> list[Variant | str]:
    """The variants of stored draws, or why one does not fit the exercise."""
    try:
        return [*restored(exercise, draws)]
    except AuthorError as error:
        if len(draws) == 1:
            return [str(error)]
    return [one for draw in draws for one in refitted(exercise, [draw])]
