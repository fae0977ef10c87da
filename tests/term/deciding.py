"""Staff fill in the file of decisions, in whatever a spreadsheet makes of it, and the ledger notes what they said."""

import csv
import io
import random
from collections import Counter
from fractions import Fraction
from pathlib import Path

from tests.term.handing_in import POPULAR
from tests.term.ledger import EXCUSED, PICK, TEXT, Ledger, U, Z

FORMATS = (("utf-8-sig", ","), ("utf-16", "\t"), ("cp1252", ";"))
LATE = Fraction(4, 5)
FOR_TEXTS = {"1": Fraction(1), "2,5": Fraction(5, 2), "1/2": Fraction(1, 2), "50 %": Fraction(3, 2), "100%": Fraction(3), "0": Fraction(0), EXCUSED: EXCUSED}  # fmt: skip
FOR_NUMBERS = {"0": Fraction(0), "2.5": Fraction(5, 2), "50 %": Fraction(5, 2), EXCUSED: EXCUSED}
FOR_PAPERS = {"4": Fraction(4), "12,25": Fraction(49, 4), EXCUSED: EXCUSED}
Row = dict[str, str]


def read(path: Path) -> list[Row]:
    return list(csv.DictReader(io.StringIO(path.read_bytes().decode("utf-8-sig"), newline="")))


def write(path: Path, rows: list[Row], form: tuple[str, str]) -> None:
    encoding, delimiter = form
    out = io.StringIO(newline="")
    columns = list(dict.fromkeys(name for row in rows for name in row))
    table = csv.DictWriter(out, columns, delimiter=delimiter, restval="")
    table.writeheader()
    table.writerows(rows)
    path.write_bytes(out.getvalue().encode(encoding, "replace"))


def decide(path: Path, ledger: Ledger, misprint: bool, rng: random.Random) -> None:
    """Most of what waits is decided, late papers cost a share, and some answers count for all."""
    rows = read(path)
    for row in rows:
        if not row["decision"] and row["student"] in ledger.pages:
            fill_in(row, ledger, rng)
    for student, page in ledger.pages.items():
        if page.is_late:
            page.late = LATE
            rows.append({"student": student, "decision": "80 %", "comment": "Late."})
    ledger.for_all[Z, POPULAR] = Fraction(1)
    rows.append({"student": "*", "blank": Z, "answer": POPULAR, "decision": "1"})
    if misprint:
        ledger.for_all[PICK, ""] = Fraction(1)
        rows.append({"student": "*", "blank": PICK, "decision": "100 %"})
    rng.shuffle(rows)
    write(path, rows, rng.choice(FORMATS))


def fill_in(row: Row, ledger: Ledger, rng: random.Random) -> None:
    """One row that waits, or is left to wait."""
    page, blank = ledger.pages[row["student"]], row["blank"]
    if rng.random() < 0.2:
        return
    if (
        blank == TEXT and rng.random() < 0.2
    ):  # by its rubric: two points of three for the first criterion
        row["met: slope"], row["met: product"] = "1", "0"
        page.decided[TEXT] = Fraction(2)
    elif blank in (TEXT, Z, U):
        row["decision"], page.decided[blank] = rng.choice(
            [*(FOR_TEXTS if blank == TEXT else FOR_NUMBERS).items()]
        )
    elif page.unread:
        row["decision"], page.whole = rng.choice([*FOR_PAPERS.items()])
    else:
        row["decision"], page.settled = "ok", True


def withdraw(path: Path, ledger: Ledger, count: int, rng: random.Random) -> int:
    """Rows of texts are deleted, so that they wait again; how many."""
    rows = read(path)
    decided = [
        row for row in rows if row["blank"] == TEXT and TEXT in ledger.pages[row["student"]].decided
    ]
    gone = rng.sample(decided, min(count, len(decided)))
    for row in gone:
        del ledger.pages[row["student"]].decided[TEXT]
    write(path, [row for row in rows if row not in gone], rng.choice(FORMATS))
    return len(gone)


def differences(path: Path, ledger: Ledger, retired: int) -> list[str]:
    """Doubts without a row, and rows without a doubt; ``retired``: decisions on answers that have changed since."""
    rows = [row for row in read(path) if row["code"]]
    found = Counter((row["student"], row["blank"]) for row in rows)
    doubts = ledger.doubts()
    said = [f"{place}: in doubt, and in no row" for place in doubts - found.keys()]
    open_ones = {(row["student"], row["blank"]) for row in rows if is_open(row)}
    said += [f"{place}: a row without a doubt" for place in open_ones - doubts]
    if sum(found.values()) != len(doubts) + retired:
        said.append(
            f"{sum(found.values())} rows for {len(doubts)} doubts and {retired} decisions of before"
        )
    return said


def is_open(row: Row) -> bool:
    """Has nobody written anything?"""
    return not row["decision"] and not (row.get("met: slope") or "n/a").replace("n/a", "")
