"""The papers of a quiz, ready to be printed."""

from __future__ import annotations

from collections.abc import Sequence

from grader.papers import Bank, Manifest, Paper, restore_all, roster
from grader.pdf.documents import Printed
from grader.sheets import in_print

NAMES = ("name", "full_name", "student_name")  # columns of a roster that are printed


def printed(manifest: Manifest, chosen: Sequence[Paper], known: Bank) -> list[Printed]:
    """Papers as they were made, with what is needed to print them.

    Raises:
        AuthorError: an exercise no longer fits its papers.
    """
    solved = restore_all(chosen, known)
    found = []
    for paper in chosen:
        variants = tuple(solved[paper.student, one.draw.exercise] for one in paper.items)
        sheets = (
            in_print(of, weight=item.weight) for of, item in zip(variants, paper.items, strict=True)
        )
        names = (paper.columns[one] for one in NAMES if paper.columns.get(one))
        found.append(
            Printed(
                manifest.quiz,
                manifest.title,
                manifest.text,
                paper.student,
                next(names, ""),
                paper.code,
                tuple(sheets),
                variants,
                tuple(roster.times(paper.columns)),
            )
        )
    return found
