"""What every student is owed, worked out apart from gradmark."""

from fractions import Fraction
from typing import Any

from msgspec import Struct, field

TEXT = "why/saturation"
Z, U, PICK = "line/forward.z", "line/forward.u", "rates/pick"
WORTH = {Z: Fraction(5), U: Fraction(5), PICK: Fraction(1), TEXT: Fraction(3)}
OUT_OF = sum(WORTH.values())
ILLEGIBLE = "see my notes"
EXCUSED = "excused"
Decided = Fraction | str  # points, or excused


class Page(Struct):
    """A student's paper in the ledger.

    ``odd``: why a person must look at the paper as a whole, in our words. ``unread``: nothing of it can be marked.
    ``late``: the share that counts, once a person has said so. ``kept``: points that a regrade did not lower.
    """

    key: dict[str, str]
    answers: dict[str, str] = {}
    is_there: bool = True
    odd: str = ""
    unread: bool = False
    settled: bool = False
    is_late: bool = False
    late: Fraction = Fraction(1)
    whole: Decided | None = None
    decided: dict[str, Decided] = field(default_factory=dict)
    kept: dict[str, Fraction] = field(default_factory=dict)


class Owed(Struct, frozen=True):
    """What a row of the gradebook must say; ``points`` is nothing where none count yet."""

    points: Fraction | None
    out_of: Fraction
    waiting: int
    looks: bool


class Ledger(Struct):
    """All papers of a quiz. ``for_all``: (blank, answer or nothing) → points for everybody. ``strays``: files that are nobody's."""

    pages: dict[str, Page] = {}
    for_all: dict[tuple[str, str], Fraction] = {}
    strays: set[str] = set()

    def decision(self, page: Page, blank: str) -> Decided | None:
        """What a person decided: of one student before of all, of an answer before of any."""
        answer = page.answers.get(blank, "")
        for found in (
            page.decided.get(blank),
            self.for_all.get((blank, answer)) if answer else None,
            self.for_all.get((blank, "")),
        ):
            if found is not None:
                return found
        return None

    def waits(self, page: Page, blank: str) -> bool:
        return is_doubtful(page, blank) and self.decision(page, blank) is None

    def points(self, page: Page, blank: str) -> Decided:
        decided = self.decision(page, blank)
        if decided is not None:
            return decided
        return max(own(page, blank), page.kept.get(blank, Fraction(0)))

    def owed(self, page: Page) -> Owed:
        """A row of the gradebook; for who is absent, one without points."""
        if not page.is_there or (page.unread and page.whole is None):
            return Owed(None, OUT_OF, 0, page.is_there and page.unread)
        if page.whole is not None:
            points = None if page.whole == EXCUSED else Fraction(page.whole)
        else:
            each = {blank: self.points(page, blank) for blank in WORTH}
            points = page.late * sum(one for one in each.values() if isinstance(one, Fraction))
        left_out = 0 if page.unread else sum(
            WORTH[blank] for blank in WORTH if self.points(page, blank) == EXCUSED
        )  # fmt: skip
        waiting = 0 if page.unread else sum(self.waits(page, blank) for blank in WORTH)
        doubt = bool(page.odd) and not (page.settled or page.unread)
        return Owed(points, OUT_OF - left_out, waiting, bool(waiting) or doubt)

    def doubts(self) -> set[tuple[str, str]]:
        """(student or file, blank or nothing) of every row that the file of decisions must have, decided or not."""
        found = {(name, "") for name in self.strays}
        for student, page in self.pages.items():
            if page.is_there and page.odd:
                found.add((student, ""))
            if page.is_there and not page.unread:
                found |= {(student, blank) for blank in WORTH if is_doubtful(page, blank)}
        return found


def own(page: Page, blank: str) -> Fraction:
    """What an answer earns by the key."""
    right = page.answers.get(blank, "") == page.key[blank] and blank != TEXT
    return WORTH[blank] if right else Fraction(0)


def is_doubtful(page: Page, blank: str) -> bool:
    """Can no program mark it?"""
    answer = page.answers.get(blank, "")
    return bool(answer) and (blank == TEXT or answer == ILLEGIBLE)


def differences(ledger: Ledger, rows: dict[str, dict[str, str]]) -> list[str]:
    """Where a gradebook says something else than the ledger."""
    found = []
    names = {name for name, page in ledger.pages.items()} | ledger.strays
    found += [f"{name}: no row, or one too many" for name in names ^ rows.keys()]
    for name in sorted(names & rows.keys()):
        row = rows[name]
        if name in ledger.strays:
            said: Any = (row["points"], bool(row["problem"]))
            owed: Any = ("", True)
        else:
            due = ledger.owed(ledger.pages[name])
            said = (
                Fraction(row["points"]) if row["points"] else None, Fraction(row["out_of"]), int(row["waiting"] or 0),
                row["to_look_at"] != "0" or bool(row["problem"] and row["file"] and not row["points"] and "excused" not in row["notes"]),
            )  # fmt: skip
            owed = (due.points, due.out_of, due.waiting, due.looks)
        if said != owed:
            found.append(
                f"{name}: owed {owed}, the gradebook says {said}: {row['problem'] or row['notes']}"
            )
    return found
