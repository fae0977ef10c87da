"""Learning platforms: what stands in the columns of their exports, a row each. Names of columns are those of their documentation.

A roster is made from any of them, and points are filled into the platform's own export, which it then reads again.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from msgspec import Struct

from grader.errors import AuthorError, Problem, UsageError
from grader.papers import tables
from grader.papers.roster import STUDENT, is_system_name, plain
from grader.papers.tables import Row, Table, inert
from grader.words import counted, listed


class Platform(Struct, frozen=True):
    """How a platform writes its lists.

    ``ids``: columns that tell students apart, the best ones first. ``names``, ``first_names`` and ``last_names``, ``emails``, ``sections``: what
    they are called. ``grade``: the column of points, by its beginning; empty where it is named. ``most``: the column with what the points are
    out of. ``skipped``: cells of the first column that make a row none of a student. ``role``: the column that says who is one.
    """

    ids: tuple[str, ...]
    names: tuple[str, ...] = ()
    first_names: tuple[str, ...] = ("First Name", "First name", "Vorname")
    last_names: tuple[str, ...] = ("Last Name", "Last name", "Surname", "Nachname")
    emails: tuple[str, ...] = ("Email", "Email address", "E-Mail-Adresse", "E-mail")
    sections: tuple[str, ...] = ("Section", "Sections", "Groups", "Gruppen")
    grade: str = ""
    most: str = ""
    skipped: tuple[str, ...] = ()
    role: str = ""


PLATFORMS = {
    "canvas": Platform(
        ids=("SIS Login ID", "SIS User ID", "Integration ID", "ID"),
        names=("Student",),
        skipped=("Points Possible", "Student, Test", "Test Student"),
    ),
    "moodle": Platform(
        ids=("Username", "Anmeldename", "ID number", "ID-Nummer", "Matrikelnummer", "Email address", "E-Mail-Adresse"),
    ),
    "moodle-assign": Platform(
        ids=("Username", "ID number", "Email address", "E-Mail-Adresse", "Identifier", "ID"),
        names=("Full name", "Vollständiger Name"),
        grade="Grade",
        most="Maximum Grade",
    ),
    "gradescope": Platform(
        ids=("SID", "Email"), names=("Name", "Full Name"), grade="Total Score", most="Max Points", role="Role",
    ),
    "blackboard": Platform(ids=("Username", "Student ID", "Student ID")),
}  # fmt: skip
HEADERS = [*dict.fromkeys(name for one in PLATFORMS.values() for name in one.ids)]
STUDENT_ROLES = ("", "student", "0")


class Listed(Struct, frozen=True):
    """A class list made from an export, and what was left out or joined."""

    table: Table
    notes: tuple[str, ...]


def read_list(path: Path, column: str = "") -> Listed:
    """A roster from the export of any platform.

    Args:
        column: the one with the ids; the first that holds a fitting id for everyone, unless given.

    Raises:
        AuthorError: the export has no ids that fit, or two people share one.
    """
    table = tables.read(path, [column] if column else HEADERS)
    platform = recognised(table)
    rows, skipped = [], 0
    for row in table.rows:
        if is_student(row, table, platform):
            rows.append(row)
        else:
            skipped += 1
    if not rows:
        raise AuthorError(Problem(str(path), "no student in it", 1, 1))
    column = column or id_column(path, table, platform, rows)
    found: dict[str, dict[str, str]] = {}
    joined = 0
    for row in rows:
        student = row.cells[column].strip()
        fault = is_system_name(student) or (
            ""
            if STUDENT.fullmatch(student)
            else f"'{student[:40]}' is no id of letters, digits and . _ - @ + '"
        )
        if fault:
            raise AuthorError(Problem(str(path), fault, row.line, table.columns.index(column) + 1))
        about = person(row, table, platform, column)
        if student in found:
            if found[student]["email"] != about["email"] or found[student]["name"] != about["name"]:
                raise AuthorError(
                    Problem(
                        str(path),
                        f"two people have the id '{student}'",
                        row.line,
                        table.columns.index(column) + 1,
                    )
                )
            sections = dict.fromkeys([*found[student]["section"].split("; "), about["section"]])
            found[student]["section"] = "; ".join(filter(None, sections))
            joined += 1
        else:
            found[student] = about
    columns = ("student", *next(iter(found.values())))
    lines = tuple(
        Row(0, {"student": student, **{name: inert(cell) for name, cell in about.items()}})
        for student, about in found.items()
    )
    notes = [f"{counted(len(found), 'student')} by the column '{column}'"]
    notes += [f"{counted(skipped, 'row')} of no student left out"] * bool(skipped)
    notes += [f"{counted(joined, 'row')} of students in several sections joined"] * bool(joined)
    return Listed(Table(columns, lines), tuple(notes))


def recognised(table: Table) -> Platform:
    """The platform whose columns a table has most of."""
    here = {name.casefold() for name in table.columns}

    def fits(one: Platform) -> int:
        known = {*one.ids, *one.names, *one.emails, *one.sections, one.most, one.role}
        return sum(name.casefold() in here for name in known)

    return max(PLATFORMS.values(), key=fits)


def is_student(row: Row, table: Table, platform: Platform) -> bool:
    cells = [row.cells[name].strip() for name in table.columns[:1]]
    if any(cell.startswith(platform.skipped) for cell in cells if platform.skipped):
        return False
    role = table.column([platform.role]) if platform.role else ""
    if role and row.cells[role].strip().casefold() not in STUDENT_ROLES:
        return False
    ids = [
        name
        for name in table.columns
        if name.casefold() in {one.casefold() for one in platform.ids}
    ]
    return any(row.cells[name].strip() for name in ids)


def id_column(path: Path, table: Table, platform: Platform, rows: Sequence[Row]) -> str:
    """The first column of ids that fits everyone."""
    for name in platform.ids:
        column = table.column([name])
        if column and all(STUDENT.fullmatch(row.cells[column].strip()) for row in rows):
            return column
    found = ", ".join(name for name in table.columns if name)
    message = f"no column holds an id of letters, digits and . _ - @ + ' for everyone: name one with --id; found {found}"
    raise AuthorError(Problem(str(path), message, 1, 1))


def person(row: Row, table: Table, platform: Platform, column: str) -> dict[str, str]:
    """Name, e-mail and section, and by what else the platform knows a person than the ``column`` with the ids."""

    def cell(names: Sequence[str]) -> str:
        column = table.column(names)
        return " ".join(row.cells[column].split()) if column else ""

    first, last = cell(platform.first_names), cell(platform.last_names)
    name = cell(platform.names) or " ".join(filter(None, (first, last)))
    about = {"name": name, "email": cell(platform.emails), "section": cell(platform.sections)}
    known = {column, *platform.emails}
    others = [table.column([one]) for one in platform.ids if one not in known]
    return about | {one: row.cells[one].strip() for one in dict.fromkeys(filter(None, others))}


# Points


class Earned(Struct, frozen=True):
    """What one student's row of our gradebook says; ``points`` is empty where nothing counts yet."""

    student: str
    points: str
    out_of: str
    others: Mapping[str, str]


def earned(path: Path) -> list[Earned]:
    """The rows of a gradebook that ``grade`` wrote.

    Raises:
        AuthorError: it is none.
    """
    table = tables.read(path, ["student"])
    missing = [name for name in ("student", "points", "out_of") if name not in table.columns]
    if missing:
        raise AuthorError(Problem(str(path), f"not a gradebook: no column '{missing[0]}'", 1, 1))
    found = []
    for row in table.rows:
        cells = {name: cell.strip().removeprefix("'") for name, cell in row.cells.items()}
        if cells["student"]:
            waits = cells.get("waiting", "0") not in ("", "0")
            points = "" if waits else cells["points"]
            found.append(Earned(cells["student"], points, cells["out_of"], cells))
    return found


class Filled(Struct, frozen=True):
    """A platform's export with points in it, and what staff should know."""

    table: Table
    notes: tuple[str, ...]


def fill(marks: Path, template: Path, name: str, column: str = "", scale: bool = False) -> Filled:
    """Points filled into a platform's own export.

    Args:
        column: of the points; the platform's usual one, unless given.
        scale: points are scaled to what the platform counts out of.

    Raises:
        AuthorError: a student is not in the export, or twice.
        UsageError: it is not said into which column, or it counts out of something else.
    """
    platform = PLATFORMS[name]
    table = tables.read(template, [*platform.ids, *platform.names])
    rows = [row for row in table.rows if is_student(row, table, platform)]
    marked = earned(marks)
    places = matched(template, table, platform, rows, marked)
    column = column or grade_column(template, table, platform)
    out_of = {one.out_of for one in marked if one.points}
    by_line = {place.line: one for one, place in places}
    most_column = table.column([platform.most]) if platform.most else ""

    def cell(row: Row) -> str | None:
        one = by_line.get(row.line)
        if one is None:
            first = row.cells[table.columns[0]].strip()
            new = column not in table.columns and len(out_of) == 1
            return next(iter(out_of)) if new and first == "Points Possible" else None
        most = row.cells[most_column].strip().replace(",", ".") if most_column else ""
        return scaled(one, most, scale, template)

    filled = table.filled(column, cell)
    open_ones = [one.student for one, _ in places if not one.points]
    absent = len(rows) - len({place.line for _, place in places})
    notes = [f"{counted(len(places) - len(open_ones), 'student')} filled in, column '{column}'"]
    notes += [f"left empty, as something waits or nothing counts: {listed(open_ones)}"] * bool(
        open_ones
    )
    notes += [f"{counted(absent, 'row')} of the export without a paper, left as they are"] * bool(
        absent
    )
    return Filled(filled, tuple(notes))


def scaled(one: Earned, most: str, scale: bool, template: Path) -> str:
    """The points as the platform counts them."""
    if not one.points or not most or float(most) == float(one.out_of):
        return one.points
    if not scale:
        raise UsageError(
            f"{template}: counts out of {most}, the paper of '{one.student}' out of {one.out_of}: pass --scale to convert, or change the platform"
        )
    return f"{round(float(one.points) * float(most) / float(one.out_of), 2):g}"


def grade_column(template: Path, table: Table, platform: Platform) -> str:
    """The column into which points go.

    Raises:
        UsageError: the platform has none of its own.
    """
    column = table.column([platform.grade]) if platform.grade else ""
    if column:
        return column
    found = ", ".join(name for name in table.columns if name)
    raise UsageError(
        f"{template}: name the column of the points with --column, new or one of {found}"
    )


def matched(
    path: Path, table: Table, platform: Platform, rows: Sequence[Row], marked: Sequence[Earned]
) -> list[tuple[Earned, Row]]:
    """Each student's row of the export.

    Raises:
        AuthorError: somebody is not found, or found twice.
    """
    columns = [table.column([name]) for name in (*platform.ids, *platform.emails)]
    best: tuple[int, dict[str, list[Row]]] = (-1, {})
    for column in dict.fromkeys(filter(None, columns)):
        index: dict[str, list[Row]] = {}
        for row in rows:
            index.setdefault(plain(row.cells[column].strip()), []).append(row)
        count = sum(any(plain(one) in index for one in names_of(each)) for each in marked)
        if count > best[0]:
            best = (count, index)
    index, found, problems = best[1], [], []
    for each in marked:
        hits = next((index[plain(one)] for one in names_of(each) if plain(one) in index), [])
        if len(hits) != 1:
            what = "is not in the export" if not hits else f"is in {len(hits)} rows of the export"
            problems.append(Problem(str(path), f"'{each.student}' {what}"))
        else:
            found.append((each, hits[0]))
    taken: dict[int, str] = {}
    for each, row in found:
        other = taken.setdefault(row.line, each.student)
        if other != each.student:
            problems.append(
                Problem(str(path), f"'{each.student}' and '{other}' have one row", row.line, 1)
            )
    if problems:
        raise AuthorError(*problems)
    return found


def names_of(one: Earned) -> Iterator[str]:
    """The id of a student, the e-mail, and the other ids that a roster brought along."""
    yield one.student
    yield from (cell for name in ("email", *HEADERS) if (cell := one.others.get(name, "")))
