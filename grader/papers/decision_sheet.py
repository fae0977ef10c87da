"""Decisions as a CSV file that goes out with all that waits, is filled in, and comes back.

A row belongs to its answer by its code, so rows may be sorted, and further columns added. A row that staff write themselves has no code:
``student`` is empty for all students, ``blank`` for the whole paper, ``answer`` for any answer.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from pathlib import Path

from msgspec import Struct

from grader.errors import AuthorError, Problem, UsageError
from grader.papers import tables
from grader.papers.decisions import Decisions, Open, code, decide, open_in, reopened
from grader.papers.files import write_bytes
from grader.papers.records import Decision, Graded
from grader.papers.tables import Row, Table, inert
from grader.words import counted, in_points

ABOUT = ("student", "blank", "code", "answer", "read as", "verdict", "message", "of", "rubric")
GIVEN = ("decision", "comment", "by", "at")
MET = "met: "
NOT_ASKED = "n/a"  # a criterion of another text
NUMBER = re.compile(
    r"([0-9]{1,6}(?:[.,][0-9]{1,6})?|[.,][0-9]{1,6}|[0-9]{1,4}/[1-9][0-9]{0,3})\s*(%?)"
)
EXCUSED, SETTLED = "excused", "ok"
ALL = ("", "*", "all")


class Sheet(Struct, frozen=True):
    """A file of decisions: its columns, its rows by what they are about, and the decisions among them."""

    columns: tuple[str, ...] = ()
    rows: Mapping[str, Mapping[str, str]] = {}
    decisions: Mapping[str, Decision] = {}


def read(path: Path) -> Sheet:
    """A file that we wrote and that staff filled in; files of texts of older versions are read as well.

    Raises:
        AuthorError: with every cell that cannot be used.
    """
    table = tables.read(path, ["code", "decision"])
    columns = tuple(name for name in table.columns if name)
    needed = (
        ("student", "exercise", "blank", "code")
        if "exercise" in columns
        else ("student", "blank", "decision")
    )
    missing = [name for name in needed if name not in columns]
    if missing:
        raise AuthorError(
            Problem(str(path), f"not a file of decisions: no column '{missing[0]}'", 1, 1)
        )
    problems, rows, decisions = (
        list[Problem](),
        dict[str, Mapping[str, str]](),
        dict[str, Decision](),
    )
    for row in table.rows:
        cells = today(row.cells)
        key = key_of(cells)
        faults = [*wrong(cells)]
        if key in rows:
            faults.append(("code", f"a second row for '{key[:60]}'"))
        problems += [at(path, table, row, name, message) for name, message in faults]
        rows[key] = cells
        if not faults and is_filled_in(cells):
            decisions[key] = decision(cells)
    if problems:
        raise AuthorError(*problems)
    return Sheet(columns, rows, decisions)


def at(path: Path, table: Table, row: Row, name: str, message: str) -> Problem:
    column = table.columns.index(name) + 1 if name in table.columns else 1
    return Problem(str(path), message, row.line, column)


def today(cells: Mapping[str, str]) -> dict[str, str]:
    """A row with the columns of today; older files have a column for the exercise, and a remark."""
    found = {name: cell.strip() for name, cell in cells.items() if name}
    if "exercise" in found:
        found["blank"] = f"{found.pop('exercise')}/{found['blank']}"
        found["answer"] = found.pop("text", "")
        found["comment"] = found.pop("remark", "")
    found["student"] = "" if found.get("student", "").casefold() in ALL else found["student"]
    return found


def key_of(cells: Mapping[str, str]) -> str:
    """What a row is about, as one text."""
    own = [cells.get(name, "") for name in ("student", "blank", "answer")]
    return cells.get("code", "") or " / ".join(own)


def wrong(cells: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """(column, what is wrong there) of one row."""
    given = cells.get("decision", "")
    if given and given.casefold() not in (EXCUSED, SETTLED) and number(given) is None:
        yield (
            "decision",
            f"expected points, a share such as 50 %, '{EXCUSED}' or '{SETTLED}', found '{given[:40]}'",
        )
    for name, cell in cells.items():
        if name.startswith(MET) and cell not in ("", NOT_ASKED) and share(cell) is None:
            yield name, f"expected a share from 0 to 1, found '{cell[:40]}'"
    of = number(cells.get("of", ""))
    found = number(given) if given else None
    if of and found and not found[1] and found[0] > of[0] > 0:
        yield "decision", f"expected at most {in_points(of[0])} points, found '{given[:40]}'"
    if found and found[1] and found[0] > 1:
        yield "decision", f"expected at most 100 %, found '{given[:40]}'"


def number(given: str) -> tuple[Fraction, bool] | None:
    """A number as people write it, and whether it is a share: ``2,5``, ``1/2``, ``50 %``."""
    match = NUMBER.fullmatch(given)
    if match is None:
        return None
    value = Fraction(match[1].replace(",", "."))
    return (value / 100, True) if match[2] else (value, False)


def share(given: str) -> Fraction | None:
    """A share from 0 to 1, if it is one."""
    found = number(given)
    return found[0] if found and found[0] <= 1 else None


def is_filled_in(cells: Mapping[str, str]) -> bool:
    """Did staff write anything into a row?"""
    return any(
        cell not in ("", NOT_ASKED)
        for name, cell in cells.items()
        if name in GIVEN or name.startswith(MET)
    )


def decision(cells: Mapping[str, str]) -> Decision:
    given = cells.get("decision", "").casefold()
    found = number(given) if given else None
    met = {
        name.removeprefix(MET): value
        for name, cell in cells.items()
        if name.startswith(MET) and (value := share(cell)) is not None
    }
    return Decision(
        student=cells.get("student", ""),
        blank=cells.get("blank", ""),
        code=cells.get("code", ""),
        answer=typed(cells.get("answer", "")),
        points=found[0] if found and not found[1] else None,
        share=found[0] if found and found[1] else None,
        excused=given == EXCUSED,
        settled=given == SETTLED,
        met=met,
        comment=" ".join(cells.get("comment", "").split()),
        by=cells.get("by", ""),
        at=cells.get("at", ""),
    )


def typed(answer: str) -> str:
    """An answer without the sign that keeps a spreadsheet from computing it."""
    return answer[1:] if answer[:1] == "'" and inert(answer[1:]) == answer else answer


def write(waiting: Sequence[Open], sheet: Sheet) -> bytes:
    """All that waits, with what staff filled in so far, then the other rows in which staff wrote something."""
    criteria = dict.fromkeys(MET + name for one in waiting for name in one.criteria)
    criteria |= dict.fromkeys(name for name in sheet.columns if name.startswith(MET))
    own = [*ABOUT, *GIVEN, *criteria]
    old = {"exercise", "text", "remark"}  # columns of older versions
    columns = [*own, *(name for name in sheet.columns if name not in own and name not in old)]
    rows = [
        {**sheet.rows.get(one.code, {}), **about(one, criteria, sheet.rows.get(one.code, {}))}
        for one in waiting
    ]
    current = {one.code for one in waiting}
    rows += [
        dict(row)
        for key, row in sheet.rows.items()
        if key not in current and key in sheet.decisions
    ]
    lines = tuple(Row(0, {name: inert(row.get(name, "")) for name in columns}) for row in rows)
    return Table(tuple(columns), lines, "utf-8-sig").bytes()


def added(path: Path, rows: Iterable[Mapping[str, str]]) -> bytes:
    """A file of decisions, which need not be there yet, with further rows; one on the same answer takes the place of an older one.

    Raises:
        AuthorError: the file cannot be used.
    """
    old = tables.read(path, ["code", "decision"]) if path.exists() else Table((*ABOUT, *GIVEN), ())
    found = {key_of(today(row.cells)): row for row in old.rows}
    for cells in rows:
        own = {name: inert(cell) for name, cell in cells.items()}
        before = found.get(key_of(today(cells)), Row(0, {}))
        found[key_of(today(cells))] = Row(before.line, {**before.cells, **own})
    encoding = old.encoding if path.exists() else "utf-8-sig"
    return Table(old.columns, tuple(found.values()), encoding, old.delimiter, old.before).bytes()


def about(one: Open, criteria: Mapping[str, object], row: Mapping[str, str]) -> dict[str, str]:
    """The columns that are ours."""
    cells = (
        one.student, one.blank, one.code, one.answer, one.understood, one.verdict, one.message, in_points(one.out_of), one.rubric,
    )  # fmt: skip
    asked = {MET + name for name in one.criteria}
    not_asked = {name: row.get(name) or NOT_ASKED for name in criteria if name not in asked}
    return {**dict(zip(ABOUT, cells, strict=True)), **not_asked}


def told(before: Sheet, now: Sheet, path: Path) -> list[str]:
    """Which decisions of an earlier run are withdrawn.

    Raises:
        UsageError: all of them would be lost, so this is no copy of their file.
    """
    gone = [key for key in before.decisions if key not in now.decisions]
    if gone and not before.rows.keys() & now.rows.keys():
        count = counted(len(before.decisions), "decision")
        raise UsageError(
            f"{path} holds no row of the {count} made so far: name the file that holds them, or one that is not there yet, "
            f"which is then written with them"
        )
    if not gone:
        return []
    shown = ", ".join(
        " ".join(filter(None, (d.student or "all", d.blank or "paper")))
        for d in map(before.decisions.__getitem__, gone[:5])
    )
    more = f" and {len(gone) - 5} more" if len(gone) > 5 else ""
    return [f"{counted(len(gone), 'decision')} withdrawn: {shown}{more}"]


class Settled(Struct, frozen=True):
    """Marks with all that was decided, what staff should know of it, and the file with all that waits."""

    graded: list[Graded]
    notes: tuple[str, ...]
    file: bytes


def settle(graded: Sequence[Graded], folder: Path, path: Path | None) -> Settled:
    """Apply what was decided so far; nothing is written.

    Args:
        folder: of the quiz, which keeps the decisions for runs that name no file.
        path: of the file that staff fill in.

    Raises:
        AuthorError: the file cannot be used.
        UsageError: decisions would be lost.
    """
    copy = kept_in(folder)
    before = read(copy) if copy.exists() else Sheet()
    now = read(path) if path is not None and path.exists() else before
    notes = told(before, now, path) if path is not None else []
    decisions = now.decisions.values()
    held = Decisions(decisions)
    graded = [reopened(one, held) for one in graded]
    waiting = [one for row in graded for one in open_in(row)]
    notes += strange(graded, waiting, decisions)
    return Settled(decide(graded, held), tuple(notes), write(waiting, now))


def kept_in(folder: Path) -> Path:
    return folder / "staff" / "decisions.csv"


def keep(settled: Settled, folder: Path, path: Path) -> None:
    """Write all that waits and was decided, for staff and for the next run."""
    write_bytes(path, settled.file)
    write_bytes(kept_in(folder), settled.file)


def strange(
    graded: Sequence[Graded], waiting: Sequence[Open], decisions: Iterable[Decision]
) -> Iterator[str]:
    """What is said of decisions that hold for nothing."""
    students = {one.student or one.file for one in graded}
    blanks = {
        f"{marks.exercise}/{name}" for one in graded for marks in one.marks for name in marks.marks
    }
    answers = {
        code(one.student, name, text) for one in graded for name, text in one.answers.items()
    }
    answers |= {one.code for one in waiting}
    changed = 0
    for one in decisions:
        if one.student and one.student not in students:
            yield f"a decision is on '{one.student}', who has no paper"
        elif one.blank and blanks and one.blank not in blanks:
            yield f"a decision is on '{one.blank}', which no paper has"
        elif one.code and one.code not in answers:
            changed += 1
    if changed:
        yield f"{counted(changed, 'decision')} made on answers that have changed since: they are kept, and hold no more"
