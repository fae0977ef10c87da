"""What one student gets back: the paper, the answers as they were understood, marks, and why."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from grader.answers import Level
from grader.drawing import Variant
from grader.marking import Marks
from grader.papers import feedback_page, feedback_text
from grader.papers.files import Progress, no_progress, write_text
from grader.papers.making import Bank, read_manifest, restore_all
from grader.papers.records import Paper
from grader.papers.reports import Graded
from grader.papers.returned import Returned
from grader.sheets import graph, in_print, worked


def write_feedback(
    graded: Sequence[Graded],
    quiz: Path,
    known: Bank,
    out: Path,
    level: Level = Level.REMARK,
    progress: Progress = no_progress,
) -> int:
    """Write ``STUDENT.md`` and ``STUDENT.html`` for each marked paper; how many students have them."""
    manifest = read_manifest(quiz)
    marked = {one.student: one for one in graded if one.student and not one.problem}
    present = [paper for paper in manifest.papers if paper.student in marked]
    variants = restore_all(present, known)
    out.mkdir(parents=True, exist_ok=True)
    for paper in progress(present, "feedback"):
        one = marked[paper.student]
        returned = [*given_back(paper, one, variants, level)]
        about = manifest.title, paper.student, returned, one.notes
        write_text(out / f"{paper.student}.md", feedback_text.document(*about))
        write_text(out / f"{paper.student}.html", feedback_page.document(*about))
    return len(present)


def given_back(
    paper: Paper,
    graded: Graded,
    variants: Mapping[tuple[str, str], Variant],
    level: Level,
) -> Iterator[Returned]:
    """Each exercise of a paper as it was, with what was made of the answers."""
    by_exercise: dict[str, Marks] = {marks.exercise: marks for marks in graded.marks}
    for item in paper.items:
        name = item.draw.exercise
        variant = variants[paper.student, name]
        answers = {
            address.removeprefix(f"{name}/"): text
            for address, text in graded.answers.items()
            if address.startswith(f"{name}/")
        }
        released = level >= Level.SOLUTION
        shown = solved(variant) if released else {}
        drawn = graph(variant) if released else None
        sheet = in_print(variant, weight=item.weight)
        yield Returned(sheet, by_exercise[name], answers, level, shown, drawn)


def solved(variant: Variant) -> dict[str, str]:
    """Address → its solution, or else the right answer as it may be written."""
    steps = worked(variant)
    return {
        address: steps.get(address) or feedback_text.code(key.show())
        for address, (_, key) in variant.keys.items()
    }
