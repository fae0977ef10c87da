"""A class: its quiz, papers, submissions, gradebook and feedback; a file for each format."""

from typing import TYPE_CHECKING

from grader.faces import lazy

if TYPE_CHECKING:
    from grader.papers import (
        blueprint,
        decision_sheet,
        decisions,
        feedback_page,
        measuring,
        platforms,
        reports,
        returned,
        roster,
        standing,
        tables,
    )
    from grader.papers.balancing import draw_papers, said
    from grader.papers.decision_sheet import settle
    from grader.papers.feedback import given_back, write_feedback
    from grader.papers.files import (
        Progress,
        alone,
        in_its_place,
        no_progress,
        write_bytes,
        write_private,
        write_text,
    )
    from grader.papers.folder import read_manifest, read_secret, secret_file
    from grader.papers.lines import Line
    from grader.papers.making import make_quiz
    from grader.papers.owners import read_notebooks
    from grader.papers.records import ABSENT, Decision, Graded, Item, Manifest, Paper, Submission
    from grader.papers.restoring import Bank, restore_all, restore_each
    from grader.papers.returned import VERDICTS, Returned, Said, with_a_person
    from grader.papers.submissions import (
        Take,
        grade_by_code,
        grade_notebooks,
        grade_paper,
        undecided,
        waiting,
    )
    from grader.papers.tables import inert
else:
    __getattr__ = lazy(__name__)

__all__ = [
    "ABSENT",
    "VERDICTS",
    "Bank",
    "Decision",
    "Graded",
    "Item",
    "Line",
    "Manifest",
    "Paper",
    "Progress",
    "Returned",
    "Said",
    "Submission",
    "Take",
    "alone",
    "blueprint",
    "decision_sheet",
    "decisions",
    "draw_papers",
    "feedback_page",
    "given_back",
    "grade_by_code",
    "grade_notebooks",
    "grade_paper",
    "in_its_place",
    "inert",
    "make_quiz",
    "measuring",
    "no_progress",
    "platforms",
    "read_manifest",
    "read_notebooks",
    "read_secret",
    "reports",
    "restore_all",
    "restore_each",
    "returned",
    "roster",
    "said",
    "secret_file",
    "settle",
    "standing",
    "tables",
    "undecided",
    "waiting",
    "with_a_person",
    "write_bytes",
    "write_feedback",
    "write_private",
    "write_text",
]
