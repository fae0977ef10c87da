"""An exercise was mended: stored submissions are marked again, and compared with the marks they had."""

from __future__ import annotations

import csv
import itertools
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from pathlib import Path

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from grader.bulk import (
    BadLine,
    Engine,
    Report,
    compressed,
    draw_seeds,
    grade_lines,
    jsonl,
    no_report,
    redrawn,
    source,
)
from grader.errors import UsageError
from grader.marking import Marks, shown
from grader.papers import Bank, Graded, inert, standing
from grader.versions.comparing import MarkShift, mark_shifts

TOGETHER = 2_000  # lines that are written, and compressed, together
HEADER = ("student", "exercise", "seed", "blank", "was", "points", "is", "points now", "message")


class Shifted(Struct):
    """How marks changed, as far as they were looked at: counts, and the first few of them."""

    marked: int = 0
    changed: int = 0
    students: set[str] = set()
    blanks: Counter[tuple[str, str, str]] = msgspec.field(default_factory=Counter)
    points: Fraction = Fraction(0)
    kept: int = 0  # marks that would have been lower
    first: list[tuple[MarkShift, str]] = []
    limit: int = 20

    def add(self, shift: MarkShift, message: str) -> None:
        self.changed += 1
        self.students.add(shift.student)
        become = f"{shift.old or 'no mark'} -> {shift.new or 'no mark'}"
        self.blanks[shift.exercise, shift.blank, become] += 1
        self.points += Fraction(str(shift.new_points)) - Fraction(str(shift.old_points))
        if len(self.first) < self.limit:
            self.first.append((shift, message))


def regrade_lines(
    answers: Path,
    before: Path,
    out: Path,
    known: Bank,
    was: Bank,
    *,
    never_lower: bool = False,
    changes: Path | None = None,
    engine: Engine | None = None,
    report: Report = no_report,
) -> Shifted:
    """Mark lines again, on the variants that ``was`` draws for their seeds, and compare with ``before``.

    Writes the new marks to ``out``, compressed as its name says, and every mark that changes to ``changes``.
    Memory does not grow with the number of lines.

    Raises:
        UsageError: ``before`` does not hold the marks of these answers.
    """
    shifted = Shifted()
    with tempfile.TemporaryDirectory(dir=out.parent) as folder:
        fresh = Path(folder) / "marks.jsonl"
        grade_lines(answers, fresh, known, engine, report=report, was=was)
        with out.open("wb") as lines, ShiftsFile(changes) as table:
            both = pairs(before, fresh)
            while some := [*itertools.islice(both, TOGETHER)]:
                standing = [compared(old, new, never_lower, shifted, table) for old, new in some]
                lines.write(compressed(jsonl.write(standing), out.suffix))
    shifted.first = [(one, why(one, known, was) or told) for one, told in shifted.first]
    return shifted


def why(shift: MarkShift, known: Bank, was: Bank) -> str:
    """What became of the key of a mark that changes; nothing where it is the same."""
    if shift.exercise not in known or shift.exercise not in was:
        return ""
    before = draw_seeds(was[shift.exercise], [shift.seed])[shift.seed]
    after = redrawn(known[shift.exercise], was[shift.exercise], [shift.seed])[shift.seed]
    if isinstance(before, str) or isinstance(after, str):
        return ""
    had, has = before.keys.get(shift.blank), after.keys.get(shift.blank)
    if had is None or has is None:
        return "the blank was removed" if has is None else "the blank is new"
    sides = [(key.show(), key.leeway(), f"{shown(blank.points):g}") for blank, key in (had, has)]
    names = ("key", "tolerance", "points")
    shifts = [
        f"{name} {old} -> {new}" for name, old, new in zip(names, *sides, strict=True) if old != new
    ]
    return ", ".join(shifts)


def regrade_papers(
    graded: Sequence[Graded],
    before: Path,
    *,
    never_lower: bool = False,
    changes: Path | None = None,
) -> tuple[list[Graded], Shifted]:
    """Papers that were marked again, compared with the details of their marks before."""
    shifted = Shifted()
    old = standing.by_student(one for one in records(before) if isinstance(one, Marks))
    here = {one.student for one in graded}
    left = [
        Graded(student, "", (), problem="no longer on the roster")
        for student in old
        if student not in here
    ]
    found = []
    with ShiftsFile(changes) as table:

        def compare(one: Marks, new: Marks) -> Marks:
            result = compared(one, new, never_lower, shifted, table)
            assert isinstance(result, Marks)
            return result

        for paper in [*graded, *left]:
            own = old.get(paper.student, {})
            if paper.problem and own and never_lower:
                marks = [*own.values()]
                shifted.kept += sum(mark.points > 0 for one in marks for mark in one.marks.values())
                found.append(standing.kept(paper, marks))
            elif paper.problem:
                for one in own.values():
                    compare(one, nothing_of(one))
                found += [paper] if paper.student in here else []
            else:
                marks = [
                    compare(own[one.exercise], one) if one.exercise in own else one
                    for one in paper.marks
                ]
                found.append(replace(paper, marks=tuple(marks)))
    return found, shifted


def nothing_of(marks: Marks) -> Marks:
    """No marks, of answers that have some."""
    return replace(marks, points=0, out_of=0, marks={}, notes=[])


class ShiftsFile:
    """A CSV file of the marks that change, where one is wanted; inert in a spreadsheet."""

    def __init__(self, path: Path | None) -> None:
        self.file = path.open("w", newline="", encoding="utf-8") if path else None
        self.rows = csv.writer(self.file, lineterminator="\n") if self.file else None

    def __enter__(self) -> ShiftsFile:
        if self.rows:
            self.rows.writerow(HEADER)
        return self

    def add(self, shift: MarkShift, message: str) -> None:
        if self.rows:
            cells = (
                shift.student, shift.exercise, shift.seed, shift.blank, shift.old or "",
                shift.old_points, shift.new or "", shift.new_points, message,
            )  # fmt: skip
            self.rows.writerow([inert(one) if isinstance(one, str) else one for one in cells])

    def __exit__(self, *_: object) -> None:
        if self.file:
            self.file.close()


def compared(
    old: Marks | BadLine,
    new: Marks | BadLine,
    never_lower: bool,
    shifted: Shifted,
    table: ShiftsFile,
) -> Marks | BadLine:
    """What stands, with what changed noted; a line that could not be marked has no mark."""
    before = old if isinstance(old, Marks) else unmarked(new)
    after = new if isinstance(new, Marks) else unmarked(old)
    if before is None or after is None:
        return new
    shifted.marked += len({**before.marks, **after.marks})
    if never_lower and isinstance(new, BadLine):
        shifted.kept += sum(mark.points > 0 for mark in before.marks.values())
        return old
    if never_lower:
        new = not_lower(before, after)
        shifted.kept += sum(mark is not after.marks.get(name) for name, mark in new.marks.items())
        after = new
    for shift in mark_shifts(before, after):
        message = after.marks[shift.blank].message if shift.blank in after.marks else ""
        if isinstance(new, BadLine):
            message = new.error
        shifted.add(shift, message)
        table.add(shift, message)
    return new


def unmarked(other: Marks | BadLine) -> Marks | None:
    """No marks for a line that has some in another version; nothing where it has none there either."""
    return nothing_of(other) if isinstance(other, Marks) else None


def not_lower(old: Marks, new: Marks) -> Marks:
    """The new marks, but for those that would be lower: they stay as they were. What a person decided is left alone.

    Where blanks were renamed, added or removed, points cannot be compared blank by blank: the marks that are worth more stand as a whole.
    """
    gone = {name for name, mark in old.marks.items() if name not in new.marks and not mark.by}
    if gone:
        return old if old.points > new.points else new
    marks = dict(new.marks)
    for name, mark in old.marks.items():
        if name in marks and not (mark.by or marks[name].by) and mark.points > marks[name].points:
            marks[name] = mark
    if marks == new.marks:
        return new
    return standing.summed(replace(new, marks=marks))


def pairs(before: Path, fresh: Path) -> Iterator[tuple[Marks | BadLine, Marks | BadLine]]:
    """The old and new record of each line.

    Raises:
        UsageError: there are more of the ones than of the others, or they are marks of other answers.
    """
    both = itertools.zip_longest(records(before), records(fresh))
    for number, (old, new) in enumerate(both, start=1):
        if old is None or new is None:
            raise UsageError(f"{before}: expected a line of marks for each line of answers")
        if isinstance(old, Marks) and isinstance(new, Marks):
            same(old, new, f"{before}:{number}")
        yield old, new


def same(old: Marks, new: Marks, place: str) -> None:
    """Both are marks of the same answers.

    Raises:
        UsageError: they are not.
    """
    if (old.student, old.exercise, old.seed) != (new.student, new.exercise, new.seed):
        found = f"{old.student} {old.exercise} {old.seed}"
        raise UsageError(
            f"{place}: expected {new.student} {new.exercise} {new.seed}, found {found}"
        )


def records(path: Path) -> Iterator[Marks | BadLine]:
    """The lines of a file of marks.

    Raises:
        UsageError: a line is none.
    """
    with source(path) as given:
        for number, line in enumerate(whole_lines(given.blocks), start=1):
            try:
                yield read(line)
            except msgspec.DecodeError as error:
                raise UsageError(f"{path}:{number}: not a line of marks ({error})") from None


def read(line: bytes) -> Marks | BadLine:
    """A line of marks, or one that says why there are none; points as they are written."""
    try:
        found = msgspec.json.decode(line, type=Marks)
        marks = {
            name: replace(mark, points=tidy(mark.points), out_of=tidy(mark.out_of))
            for name, mark in found.marks.items()
        }
        return replace(found, points=tidy(found.points), out_of=tidy(found.out_of), marks=marks)
    except msgspec.ValidationError:
        return msgspec.json.decode(line, type=BadLine)


def tidy(points: float) -> float:
    """A whole number of points without a fraction."""
    return int(points) if points == int(points) else points


def whole_lines(blocks: Iterable[bytes]) -> Iterator[bytes]:
    rest = b""
    for block in blocks:
        *lines, rest = (rest + block).split(b"\n")
        yield from (line for line in lines if line.strip())
    if rest.strip():
        yield rest


__all__ = ["Shifted", "regrade_lines", "regrade_papers"]
