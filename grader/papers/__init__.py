"""A class: its quiz, papers, submissions, gradebook and feedback; a file for each format."""

from typing import TYPE_CHECKING

from grader.faces import lazy

if TYPE_CHECKING:
    from grader.papers import (
        blueprint,
        decision_sheet,
        decisions,
        folder,
        measuring,
        platforms,
        reports,
        standing,
        tables,
    )
    from grader.papers.balancing import said
    from grader.papers.decision_sheet import settle
    from grader.papers.feedback import write_feedback
    from grader.papers.files import (
        Progress,
        alone,
        in_its_place,
        no_progress,
        write_bytes,
        write_private,
        write_text,
    )
    from grader.papers.folder import read_manifest
    from grader.papers.making import Bank, make_quiz, restore_all
    from grader.papers.owners import read_notebooks
    from grader.papers.records import Decision, Graded, Manifest, Paper
    from grader.papers.submissions import Take, grade_notebooks, undecided
    from grader.papers.tables import inert
else:
    __getattr__ = lazy(__name__)

__all__ = [
    "Bank",
    "Decision",
    "Graded",
    "Manifest",
    "Paper",
    "Progress",
    "Take",
    "alone",
    "blueprint",
    "decision_sheet",
    "decisions",
    "folder",
    "grade_notebooks",
    "in_its_place",
    "inert",
    "make_quiz",
    "measuring",
    "no_progress",
    "platforms",
    "read_manifest",
    "read_notebooks",
    "reports",
    "restore_all",
    "said",
    "settle",
    "standing",
    "tables",
    "undecided",
    "write_bytes",
    "write_feedback",
    "write_private",
    "write_text",
]
