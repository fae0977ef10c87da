"""A class in a folder of its own: papers made, filled in from the keys, handed in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from benchmarks.timing import Failed, seconds
from grader import papers, sheets
from grader.answers import Verdict
from grader.bank import Exercise
from grader.cli import demo
from grader.drawing import Variant
from grader.papers import Graded
from grader.papers.records import Manifest

Bank = Mapping[str, Exercise]


class Class(NamedTuple):
    """What ``make_quiz`` wrote, the variants of every paper, and how long it took to make them."""

    folder: Path
    manifest: Manifest
    variants: Mapping[tuple[str, str], Variant]
    made_in: float

    @property
    def handed_in(self) -> list[Path]:
        return sorted((self.folder / "handed-in").iterdir())

    @property
    def blanks(self) -> int:
        return sum(len(variant.keys) for variant in self.variants.values())


def hold(quiz: Path, size: int, folder: Path, known: Bank) -> Class:
    """Make the papers of a quiz for a class, under a new secret, and answer them all right."""
    folder.mkdir()
    roster = folder / "roster.csv"
    roster.write_text("student\n" + "".join(f"s{number:04}\n" for number in range(size)))
    out = folder / "quiz"
    made_in = seconds(lambda: papers.make_quiz(quiz, roster, out, known))
    manifest = papers.read_manifest(out)
    variants = papers.restore_all(manifest.papers, known)
    found = Class(out, manifest, variants, made_in)
    (out / "handed-in").mkdir()
    for student in (paper.student for paper in manifest.papers):
        paper = (out / "papers" / f"{student}.ipynb").read_text(encoding="utf-8")
        text = demo.filled(paper, right_answers(found, student))
        (out / "handed-in" / f"{student}.ipynb").write_text(text, encoding="utf-8")
    return found


def right_answers(held: Class, student: str) -> dict[str, str]:
    """Full address → key as a text, of one paper."""
    return {
        f"{exercise}/{address}": key
        for (owner, exercise), variant in held.variants.items()
        if owner == student
        for address, key, _ in sheets.solution(variant)
    }


def all_right(graded: Sequence[Graded], blanks: int) -> None:
    """A figure counts only if every blank was found and marked correct.

    Raises:
        Failed: not so.
    """
    verdicts = [
        mark.verdict for one in graded for marks in one.marks for mark in marks.marks.values()
    ]
    right = sum(verdict is Verdict.CORRECT for verdict in verdicts)
    if right != blanks:
        raise Failed(f"{right} of {blanks} right answers were marked correct")
