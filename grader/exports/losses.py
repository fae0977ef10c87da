"""What is lost where another program marks: codes, what each means, and the words to tell students."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence

import msgspec
from msgspec import Struct

from grader.exports.labels import Locale
from grader.words import counted, in_points


class Loss(Struct, frozen=True):
    """``what`` is lost, for staff; ``students``: what they must know of it, by language. ``marks``: can it change a mark?"""

    what: str
    students: Mapping[Locale, str]
    marks: bool = True


LOSSES: Mapping[str, Loss] = {
    "answer-forms": Loss(
        "only plain decimals are read: 4/5 may be read as 4, and sums, units and names are not",
        {
            Locale.EN: "Write each number as a decimal, such as 0.8 or 1.5e-3: no fraction such as 4/5, no unit, no formula.",
            Locale.DE: "Schreiben Sie jede Zahl als Dezimalzahl, etwa 0,8 oder 1,5e-3: keinen Bruch wie 4/5, keine Einheit, keine Formel.",
        },
    ),
    "follow-through": Loss(
        "what follows from a wrong answer is marked wrong; `gradmark collect` marks it again",
        {
            Locale.EN: "What follows from a wrong answer counts as wrong at first; it is marked again later.",
            Locale.DE: "Was aus einer falschen Antwort folgt, gilt zunächst als falsch; es wird später noch einmal bewertet.",
        },
    ),
    "decimals-4": Loss(
        "numbers are compared to four decimals",
        {
            Locale.EN: "Give at least four decimals.",
            Locale.DE: "Geben Sie mindestens vier Nachkommastellen an.",
        },
    ),
    "point-scale": Loss(
        "points are rounded, as the program counts in decimals",
        {
            Locale.EN: "Points are shown rounded.",
            Locale.DE: "Punkte werden gerundet angezeigt.",
        },
        marks=False,
    ),
    "partial-credit": Loss(
        "what is right in part is not worth what it is worth here",
        {
            Locale.EN: "Parts of an answer may count in another way than on paper; it is marked again later.",
            Locale.DE: "Teile einer Antwort zählen womöglich anders als auf Papier; sie wird später noch einmal bewertet.",
        },
    ),
    "order-distractors": Loss(
        "lines that do not belong cannot be left out of an order",
        {
            Locale.EN: "Write the letters of the lines in their order, and leave out what does not belong; a person marks it.",
            Locale.DE: "Schreiben Sie die Buchstaben der Zeilen in ihrer Reihenfolge, ohne die, die nicht dazugehören; eine Person bewertet das.",
        },
    ),
    "symbolic-manual": Loss(
        "a person must mark it, or `gradmark collect` does",
        {
            Locale.EN: "Write your answer as text; it is marked later.",
            Locale.DE: "Schreiben Sie Ihre Antwort als Text; sie wird später bewertet.",
        },
    ),
    "pool-split": Loss(
        "the questions of an exercise would be drawn one by one, each from another variant",
        {
            Locale.EN: "Every question states all that it needs.",
            Locale.DE: "Jede Frage nennt alles, was sie braucht.",
        },
    ),
    "locale-comma": Loss(
        "a decimal comma is not read as one: 0,8 may count as 8",
        {
            Locale.EN: "Write a decimal point: 0.8, never 0,8.",
            Locale.DE: "Schreiben Sie Dezimalzahlen mit Punkt: 0.8, nie 0,8.",
        },
    ),
    "choice-letters": Loss(
        "options bear no letters, so a text that names one by its letter may mislead",
        {
            Locale.EN: "Options may bear other letters than in the text.",
            Locale.DE: "Antworten können andere Buchstaben tragen als im Text.",
        },
        marks=False,
    ),
}


class Lost(Struct, frozen=True):
    """One loss in the report."""

    code: str
    what: str
    students: str


class Row(Struct, frozen=True, rename={"shape": "as"}):
    """What becomes of one blank; ``shape``: as what it is written. ``target_points``: as the program counts them."""

    exercise: str
    seed: int | str
    blank: str
    kind: str
    fidelity: str
    shape: str
    points: float
    target_points: float
    losses: tuple[Lost, ...] = ()

    @property
    def codes(self) -> list[str]:
        return [one.code for one in self.losses]


class Report(Struct, frozen=True):
    """What an export loses; ``summary``: points by fidelity, and how many blanks lose what."""

    format: int
    target: str
    quiz: str
    bank_digest: str
    items: tuple[Row, ...]
    summary: Mapping[str, Mapping[str, float]]

    @property
    def codes(self) -> list[str]:
        """The codes of all losses, in the order of their table."""
        found = {code for row in self.items for code in row.codes}
        return [code for code in LOSSES if code in found]

    def withheld(self, accepted: Collection[str]) -> list[str]:
        """The codes of losses that can change a mark, and that nobody accepted."""
        return [code for code in self.codes if LOSSES[code].marks and code not in accepted]

    def students(self, locale: Locale) -> list[str]:
        """What students must know."""
        return [LOSSES[code].students[locale] for code in self.codes]

    def json(self) -> bytes:
        return msgspec.json.format(msgspec.json.encode(self), indent=1) + b"\n"

    def markdown(self) -> str:
        """For people: a line a loss, with the blanks that it meets."""
        points = self.summary["points"]
        lines = [f"# What {self.target} loses of {self.quiz}", ""]
        lines += [
            f"- {NAMES[one]}: {in_points(points[one])} points" for one in NAMES if one in points
        ]
        for code in self.codes:
            met = Counter(
                f"`{row.exercise}/{row.blank}`" for row in self.items if code in row.codes
            )
            kept = "" if LOSSES[code].marks else " (changes no mark)"
            lines += ["", f"## {code}{kept}", "", f"{LOSSES[code].what.capitalize()}.", ""]
            lines += [f"- {one}, {counted(count, 'variant')}" for one, count in met.items()]
        return "\n".join(lines) + "\n"


FORMAT = 1  # of losses.json
NAMES = {
    "F": "marked as here",
    "A": "marked nearly as here",
    "M": "marked by a person",
    "R": "refused, or marked by a person where that is accepted",
}


def lost(codes: Sequence[str], locale: Locale) -> tuple[Lost, ...]:
    return tuple(Lost(one, LOSSES[one].what, LOSSES[one].students[locale]) for one in codes)


def report(target: str, quiz: str, digest: str, rows: Sequence[Row]) -> Report:
    """The rows with their sums."""
    points: Counter[str] = Counter()
    blanks: Counter[str] = Counter()
    for row in rows:
        points[row.fidelity] += row.points  # type: ignore[assignment]
        blanks.update(row.codes)
    rounded = {name: round(points[name], 4) for name in sorted(points)}
    summary = {"points": rounded, "losses": {name: blanks[name] for name in sorted(blanks)}}
    return Report(FORMAT, target, quiz, digest, tuple(rows), summary)
