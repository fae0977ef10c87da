"""``gradmark demo``: papers for a sample class, answers by simulated students, marks and gradebook."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click

from grader import bank, papers

if TYPE_CHECKING:
    from grader.answers import Key
    from grader.drawing import Variant

SECRET = "6772 6164 6d61 726b 2064 656d 6f20 7365 6372 6574"  # "gradmark demo secret"
GUIDE = """
Papers: {out}/papers. Submissions: {out}/handed-in. Keys and values: {out}/staff.
Every mark with its message: {out}/marks.jsonl.
"""


@click.command("demo")
@click.option(
    "--out", default="demo", show_default=True, type=click.Path(path_type=Path, file_okay=False)
)
def command(out: Path) -> None:
    """Make, answer and mark the papers of a sample class."""
    click.echo(run(out), nl=False)


def run(out: Path) -> str:
    """Make, answer and mark the papers in a folder; return the gradebook as text."""
    from grader.bulk import jsonl
    from grader.papers import reports

    known = bank.load_folder()
    quizzes = bank.home() / "quizzes"
    (out / "staff").mkdir(parents=True, exist_ok=True)
    papers.write_private(out / "staff" / "secret", SECRET)
    manifest = papers.make_quiz(
        quizzes / "sample-quiz.yaml", quizzes / "sample-roster.csv", out, known
    ).manifest
    solved = papers.restore_all(manifest.papers, known)
    handed_in = out / "handed-in"
    handed_in.mkdir(exist_ok=True)
    for paper in manifest.papers[:-1]:  # the last one hands in nothing
        variants = {
            item.draw.exercise: solved[paper.student, item.draw.exercise] for item in paper.items
        }
        blank = (out / "papers" / f"{paper.student}.ipynb").read_text("utf-8")
        answers = student_answers(paper.student, variants)
        papers.write_text(handed_in / f"{paper.student}.ipynb", filled(blank, answers))
    graded = papers.grade_notebooks([handed_in], out, known)
    papers.write_text(out / "marks.csv", reports.gradebook(graded))
    lines = jsonl.write(reports.marked(graded))
    papers.write_text(out / "marks.jsonl", lines.decode())
    return reports.table(graded) + GUIDE.format(out=out)


def student_answers(student: str, variants: Mapping[str, Variant]) -> dict[str, str]:
    """Answers as a class gives them: most are right, some wrong, blank or unreadable.

    They depend only on the names of the student, the exercise and the blank.
    """
    answers = {}
    care = 70 + chance(student, "care") * 30 // 100
    for name, variant in variants.items():
        for address, (_, key) in variant.keys.items():
            luck = chance(student, name, address)
            answers[f"{name}/{address}"] = key.show() if luck < care else slip(key, luck)
    return answers


def slip(key: Key, luck: int) -> str:
    """A wrong, missing or unreadable answer."""
    if luck % 7 == 0:
        return ""
    if luck % 11 == 0:
        return "see my notes"
    misses = key.near_misses()
    return misses[luck % len(misses)]


def chance(*parts: str) -> int:
    """A number from 0 to 99 that depends only on the parts."""
    return hashlib.blake2b("\n".join(parts).encode()).digest()[0] * 100 // 256


def filled(notebook: str, answers: Mapping[str, str]) -> str:
    """A paper with answers typed into its cells."""
    content = json.loads(notebook)
    for cell in content["cells"]:
        blank = cell["metadata"].get("gradmark", {}).get("blank")
        if blank in answers:
            cell["source"] += answers[blank]
    return json.dumps(content, indent=1)
