"""A class as four learning platforms export it, each in an encoding and with separators of its own."""

import csv
import io
import random
from pathlib import Path

from msgspec import Struct

FIRST = ("Ada", "Čeněk", "王", "Zoë", "Muḥammad", "Ольга", "Anne-Marie", "=Ben", "José", "Ngọc")
LAST = ("Lovelace", "O'Neil", "伟", "van der Berg", "Ибрагимова", "Müller", "Smith, Jr.", "İnan")


class Person(Struct, frozen=True):
    """A student; ``login`` is what all platforms know."""

    login: str
    first: str
    last: str
    number: int
    section: str

    @property
    def email(self) -> str:
        return f"{self.login}+nn's@uni.example"

    @property
    def name(self) -> str:
        return f"{self.first} {self.last}"


def people(count: int, rng: random.Random) -> list[Person]:
    """A class; every tenth has a login of digits with zeros before them."""
    found = []
    for number in range(1, count + 1):
        letters = "".join(rng.choices("bcdfghjkmnpqrstvwxz", k=3))
        login = f"00{number + 30_000}" if number % 10 == 0 else f"{letters}{number:04}"
        first, last = rng.choice(FIRST), rng.choice(LAST)
        found.append(Person(login, first, last, number, rng.choice(("Monday", "Friday"))))
    return found


class Platform(Struct, frozen=True):
    """How a platform writes a class; ``before`` and ``after`` are rows of no student, ``column`` is the one of the points."""

    header: tuple[str, ...]
    encoding: str
    delimiter: str
    column: str
    first: str = ""  # a line before the header
    before: tuple[tuple[str, ...], ...] = ()
    after: tuple[tuple[str, ...], ...] = ()


PLATFORMS = {
    "canvas": Platform(
        ("Student", "ID", "SIS User ID", "SIS Login ID", "Section"), "utf-8-sig", ",", "Quiz",
        before=(("    Points Possible", "", "", "", ""),), after=(("Student, Test", "9", "", "x", "Monday"),),
    ),
    "moodle": Platform(
        ("Vorname", "Nachname", "Anmeldename", "E-Mail-Adresse", "Gruppen"), "cp1252", ";", "Quiz", "sep=;\r\n"
    ),
    "moodle-assign": Platform(
        ("Identifier", "Full name", "Email address", "Status", "Grade", "Maximum Grade"), "utf-8-sig", ",", "Grade"
    ),
    "gradescope": Platform(
        ("First Name", "Last Name", "SID", "Email", "Role", "Section", "Total Score", "Max Points"), "utf-8", ",", "Total Score",
        after=(("Dora", "Doc", "1", "dora@uni.example", "Instructor", "", "", "14"),),
    ),
    "blackboard": Platform(
        ("Last Name", "First Name", "Username", "Student ID", "Availability"), "utf-16", "\t", "Quiz [Total Pts: 14] |4711"
    ),
}  # fmt: skip


def cells(platform: str, one: Person) -> tuple[str, ...]:
    """A student's row."""
    match platform:
        case "canvas":
            return (
                f"{one.last}, {one.first}",
                str(one.number),
                f"1{one.number:05}",
                one.login,
                one.section,
            )
        case "moodle":
            return one.first, one.last, one.login, one.email, one.section
        case "moodle-assign":
            return f"Participant {one.number}", one.name, one.email, "Submitted", "", "14.00"
        case "gradescope":
            return one.first, one.last, one.login, one.email, "Student", one.section, "", "14"
        case _:
            return one.last, one.first, one.login, f"1{one.number:05}", "Yes"  # fmt: skip


def export(platform: str, students: list[Person], path: Path) -> Path:
    """Write a class as a platform does."""
    how = PLATFORMS[platform]
    out = io.StringIO(newline="")
    out.write(how.first)
    rows = csv.writer(out, delimiter=how.delimiter, lineterminator="\r\n")
    own = [cells(platform, one) for one in students]
    rows.writerows([how.header, *how.before, *own, *how.after])
    path.write_bytes(out.getvalue().encode(how.encoding, "replace"))
    return path


def points_in(platform: str, students: list[Person], path: Path) -> dict[str, str]:
    """Login → what stands in the column of points; nothing else may differ from the export."""
    how = PLATFORMS[platform]
    text = path.read_bytes().decode(how.encoding).removeprefix(how.first)
    rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=how.delimiter))
    place = rows[0].index(how.column)
    own = rows[1 + len(how.before) : len(rows) - len(how.after)]
    found = {}
    for one, row in zip(students, own, strict=True):
        kept = [text for n, text in enumerate(row) if n != place]
        written = [
            text.encode(how.encoding, "replace").decode(how.encoding)
            for text in cells(platform, one)
        ]
        assert kept == [text for n, text in enumerate(written) if n != place], (platform, row)
        found[one.login] = row[place]
    return found
