"""The marks of a regrade stand until the next one, for gradebook and feedback alike."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from pathlib import Path

import msgspec
from msgspec.structs import replace

from grader.errors import UsageError
from grader.marking import Marks, shown
from grader.papers.files import write_bytes
from grader.papers.records import Graded

Standing = Mapping[str, Mapping[str, Marks]]  # student → exercise → marks


def read(folder: Path) -> Standing:
    """The marks that stand in the folder of a quiz; none where there was no regrade.

    Raises:
        UsageError: they cannot be read.
    """
    path = file(folder)
    if not path.exists():
        return {}
    try:
        found = [msgspec.json.decode(line, type=Marks) for line in path.read_bytes().splitlines()]
    except msgspec.DecodeError as error:
        raise UsageError(f"{path}: not a file of marks ({error})") from None
    return by_student(found)


def by_student(marks: Iterable[Marks]) -> Standing:
    found: dict[str, dict[str, Marks]] = {}
    for one in marks:
        found.setdefault(one.student, {})[one.exercise] = one
    return found


def file(folder: Path) -> Path:
    return folder / "staff" / "standing.jsonl"


def write(folder: Path, marks: Iterable[Marks]) -> None:
    lines = [msgspec.json.encode(one) + b"\n" for one in marks]
    write_bytes(file(folder), b"".join(lines))


def undecided(now: Sequence[Graded], before: Sequence[Graded]) -> list[Marks]:
    """The marks of a regrade as gradmark gave them: what people decided is kept by itself, and may be withdrawn."""
    ours = {(one.student, one.exercise): one.marks for row in before for one in row.marks}
    found = []
    for one in (marks for row in now if not row.problem for marks in row.marks):
        own = ours.get((one.student, one.exercise), {})
        marks = {name: own.get(name, mark) if mark.by else mark for name, mark in one.marks.items()}
        found.append(summed(replace(one, marks=marks)))
    return found


def as_left(now: Sequence[Graded], before: Sequence[Graded]) -> list[Graded]:
    """The rows of a regrade before anything is decided on them: as they were marked, or with the marks that are kept."""
    ours = {(row.student, row.file): row for row in before}
    marks = {(one.student, one.exercise): one for one in undecided(now, before)}
    found = []
    for row in now:
        own = ours.get((row.student, row.file))
        if own is None or own.problem != row.problem:
            kept_ones = tuple(marks[one.student, one.exercise] for one in row.marks)
            own = replace(
                row, marks=kept_ones, odd=(*(own.odd if own else ()), row.odd[-1]), decision=None
            )
        found.append(own)
    return found


def stand(graded: Sequence[Graded], standing: Standing) -> list[Graded]:
    """Rows of marks in which the marks of a regrade stand, wherever the answer is the one they were given for."""
    return [standing_in(one, standing) for one in graded] if standing else [*graded]


def standing_in(graded: Graded, standing: Standing) -> Graded:
    own = standing.get(graded.student, {})
    if graded.problem and own:
        return kept(graded, [*own.values()])
    marks = tuple(merged(one, own.get(one.exercise)) for one in graded.marks)
    return replace(graded, marks=marks)


def kept(graded: Graded, marks: Sequence[Marks]) -> Graded:
    """A row with marks from before, as what was handed in then is gone, damaged or doubled now."""
    return replace(
        graded,
        marks=tuple(marks),
        problem="",
        notes=(*graded.notes, "the marks from before stand"),
        for_staff=(*graded.for_staff, graded.problem),
        odd=(*graded.odd, graded.problem),
    )


def merged(now: Marks, before: Marks | None) -> Marks:
    """The marks of today, but for answers that have not changed since the regrade."""
    if before is None:
        return now
    if before.marks.keys() != now.marks.keys():
        return before if answered(before) == answered(now) else now
    marks = {
        name: before.marks[name] if before.marks[name].answer == mark.answer else mark
        for name, mark in now.marks.items()
    }
    return summed(replace(now, marks=marks))


def answered(marks: Marks) -> set[str]:
    """The answers that were given, whatever their blanks are called now."""
    return {mark.answer for mark in marks.marks.values() if mark.answer}


def summed(marks: Marks) -> Marks:
    """Marks whose points add up to those of their blanks."""
    points, out_of = (
        shown(sum((Fraction(str(getattr(one, name))) for one in marks.marks.values()), Fraction(0)))
        for name in ("points", "out_of")
    )
    return replace(marks, points=points, out_of=out_of)
