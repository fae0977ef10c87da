"""A class: its quiz, papers, submissions, gradebook and feedback; a file for each format."""

from typing import TYPE_CHECKING

from grader.faces import lazy

if TYPE_CHECKING:
    from grader.papers import blueprint, reports
    from grader.papers.balancing import said
    from grader.papers.feedback import write_feedback
    from grader.papers.files import Progress, alone, no_progress, write_private, write_text
    from grader.papers.folder import read_manifest
    from grader.papers.making import Bank, make_quiz, restore_all
    from grader.papers.reports import Graded, inert
    from grader.papers.submissions import grade_notebooks, read_notebooks, undecided
    from grader.papers.text_marks import mark_texts
else:
    __getattr__ = lazy(__name__)

__all__ = [
    "Bank",
    "Graded",
    "Progress",
    "alone",
    "blueprint",
    "grade_notebooks",
    "inert",
    "make_quiz",
    "mark_texts",
    "no_progress",
    "read_manifest",
    "read_notebooks",
    "reports",
    "restore_all",
    "said",
    "undecided",
    "write_feedback",
    "write_private",
    "write_text",
]
