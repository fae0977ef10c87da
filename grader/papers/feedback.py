"""What one student gets back: the paper, the answers as they were understood, marks, and why."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from grader.answers import Level
from grader.drawing import Variant
from grader.marking import Marks
from grader.papers import feedback_page, feedback_text
from grader.papers.files import Progress, no_progress, write_bytes, write_text
from grader.papers.folder import read_manifest
from grader.papers.records import Graded, Paper
from grader.papers.restoring import Bank, restore_each
from grader.papers.returned import Returned
from grader.sheets import graph, in_print, worked

EXTENSIONS = re.compile(r"(?:\.(?:ipynb|json|txt))+$", re.IGNORECASE)


def write_feedback(
    graded: Sequence[Graded],
    quiz: Path,
    known: Bank,
    out: Path,
    level: Level = Level.REMARK,
    progress: Progress = no_progress,
) -> int:
    """Write ``STUDENT.md`` and ``STUDENT.html`` for each paper that was marked or decided on, or an archive of pages; how many students have them."""
    manifest = read_manifest(quiz)
    marked = {one.student: one for one in graded if one.student and one.counts}
    present = [paper for paper in manifest.papers if paper.student in marked]
    variants, _ = restore_each(present, known)

    def returned() -> Iterator[tuple[Graded, list[Returned]]]:
        for paper in progress(present, "feedback"):
            one = marked[paper.student]
            yield one, [] if one.problem else [*given_back(paper, one, variants, level)]

    if out.suffix == ".zip":
        pages = (
            (one, feedback_page.document(manifest.title, one, own, level))
            for one, own in returned()
        )
        write_archive(out, pages)
        return len(present)
    out.mkdir(parents=True, exist_ok=True)
    for paper in manifest.papers:
        if paper.student not in marked:  # what an earlier run gave back holds no more
            for suffix in (".md", ".html"):
                (out / f"{paper.student}{suffix}").unlink(missing_ok=True)
    for one, own in returned():
        about = manifest.title, one, own, level
        write_text(out / f"{one.student}.md", feedback_text.document(*about))
        write_text(out / f"{one.student}.html", feedback_page.document(*about))
    return len(present)


def write_archive(out: Path, pages: Iterable[tuple[Graded, str]]) -> None:
    """Pages under the names of the files that were handed in; the same bytes for the same pages."""
    data = io.BytesIO()
    taken: set[str] = set()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        for one, html in pages:
            name = returned_as(one)
            name = name if name not in taken else f"{one.student}.html"
            taken.add(name)
            archive.writestr(zipfile.ZipInfo(name), html, zipfile.ZIP_DEFLATED)
    write_bytes(out, data.getvalue())


def returned_as(graded: Graded) -> str:
    """The name of a page for a platform: that of the first file handed in, below the archive that it came in."""
    handed_in = graded.file.split(", ")[0]
    inside = re.sub(r"^.*?\.zip/", "", handed_in, flags=re.IGNORECASE)
    return f"{EXTENSIONS.sub('', inside) or graded.student}.html"


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
        variant = variants.get((paper.student, name))
        if variant is None or name not in by_exercise:
            continue  # it no longer fits, which a note says
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
