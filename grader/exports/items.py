"""What other programs are told of an exercise on a paper, as records; made from the papers of a quiz, never drawn again."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction

from msgspec import Struct

from grader.answers import Criterion, Entries, Key, Lines, Pairs, Portable, Rows, Ticks
from grader.drawing import Variant
from grader.exports.labels import Locale
from grader.figures import Figure
from grader.marking import may_follow
from grader.papers import Item as PaperItem
from grader.papers import Paper
from grader.sheets import Asked, Question, Sheet, in_german, in_print

FORMULAS = ("expression", "count", "shape", "chain", "derivation")  # whose key is no number


class Wrong(Struct, frozen=True):
    """What a misconception gives, what is said of it, and its share of the points."""

    name: str
    message: str
    credit: Fraction
    values: Rows


class Blank(Struct, frozen=True):
    """One blank, all that is right in it, and all that is known to be wrong.

    ``kind``: a row of the table of kinds in :mod:`grader.exports.targets`. ``shown``: the key as a person reads it, ``tolerance`` likewise.
    ``follows``: may it be right from other answers?
    """

    address: str
    kind: str
    asked: Asked
    points: Fraction
    key: Portable | None
    shown: str
    tolerance: str
    follows: bool = False
    wrong: tuple[Wrong, ...] = ()
    criteria: Mapping[str, Criterion] = {}


class Part(Struct, frozen=True):
    """One question of an exercise: as it is printed, and its blanks."""

    printed: Question
    blanks: tuple[Blank, ...]

    @property
    def points(self) -> Fraction:
        return sum((one.points for one in self.blanks), Fraction(0))


class Item(Struct, frozen=True):
    """One exercise of one paper. ``code`` names it where students may see it; texts are Markdown with LaTeX.

    ``figure``: that of the stem, in which it also stands.
    """

    code: str
    exercise: str
    seed: int | str
    digest: str
    slot: int
    title: str
    stem: str
    parts: tuple[Part, ...]
    figure: Figure | None = None

    @property
    def sheet(self) -> Sheet:
        """The exercise as it is printed."""
        questions = tuple(part.printed for part in self.parts)
        return Sheet(self.exercise, self.title, self.stem, questions, self.figure)

    @property
    def blanks(self) -> list[Blank]:
        return [blank for part in self.parts for blank in part.blanks]

    @property
    def points(self) -> Fraction:
        return sum((one.points for one in self.blanks), Fraction(0))

    @property
    def figures(self) -> list[Figure]:
        found = [self.figure, *(part.printed.figure for part in self.parts)]
        return [figure for figure in found if figure is not None]


def code_of(paper: Paper, exercise: str) -> str:
    """The name of an exercise on a paper; it tells nothing of the seed, and is the same in every export."""
    return hashlib.blake2b(f"{paper.code} {exercise}".encode(), digest_size=6).hexdigest()


def item(paper: Paper, on_paper: PaperItem, variant: Variant, locale: Locale = Locale.EN) -> Item:
    """An exercise of a paper as a record, with gradmark's own phrases in a language."""
    sheet = in_print(variant, weight=on_paper.weight)
    if locale is Locale.DE:
        sheet = in_german(sheet)
    weight = Fraction(str(on_paper.weight))
    found = {blank.address: blank for blank in blanks(variant, sheet.questions, weight)}
    parts = (Part(one, tuple(found[at] for at in one.blanks)) for one in sheet.questions)
    draw = on_paper.draw
    return Item(
        code_of(paper, draw.exercise),
        draw.exercise,
        draw.seed,
        draw.digest,
        on_paper.slot,
        sheet.title,
        sheet.stem,
        tuple(parts),
        sheet.figure,
    )


def blanks(variant: Variant, questions: Sequence[Question], weight: Fraction) -> Iterator[Blank]:
    """The blanks of a variant."""
    asked = {address: one for question in questions for address, one in question.blanks.items()}
    follow = may_follow(variant.solved.model)
    for address, (blank, key) in variant.keys.items():
        portable = key.portable()
        yield Blank(
            address,
            kind(key, portable),
            asked[address],
            blank.points * weight,
            portable,
            key.show(),
            key.tolerance(),
            address in follow,
            tuple(wrong(variant, address, portable)),
            key.criteria(),
        )


def kind(key: Key, portable: Portable | None) -> str:
    """The row of the table of kinds to which a key belongs."""
    match portable:
        case Entries():
            plain = "count" if key.kind == "count" else "number"
            return plain if portable.single else "matrix"
        case Ticks(scoring=scoring):
            return f"several-{scoring}" if scoring else "choice"
        case Pairs():
            return "match"
        case Lines():
            return "order-distractors" if portable.distractors else "order"
    if key.kind == "text":
        return "text"
    return "formula" if key.kind in FORMULAS else "other"


def wrong(variant: Variant, address: str, portable: Portable | None) -> Iterator[Wrong]:
    """The wrong answers of a blank that somebody is known to give, one for each result; the right one is none of them."""
    blank, _ = variant.keys[address]
    if not isinstance(portable, Entries) or blank.value is None:
        return
    seen: list[Rows] = [portable.values]
    for mistake, values in variant.solved.wrong.get(blank.value.target, ()):
        rows: Rows = values[variant.row].tolist()
        finite = all(math.isfinite(entry) for row in rows for entry in row)
        if finite and not any(alike(rows, one, portable.within) for one in seen):
            seen.append(rows)
            yield Wrong(mistake.name, mistake.message, mistake.credit, rows)


def alike(some: Rows, others: Rows, within: Rows) -> bool:
    """Would one be marked as the other?"""
    entries = zip(
        *([entry for row in rows for entry in row] for rows in (some, others, within)), strict=True
    )
    return all(abs(one - other) <= apart for one, other, apart in entries)
