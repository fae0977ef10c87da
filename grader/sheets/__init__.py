"""A variant on paper: its words, figures and worked solutions."""

from typing import TYPE_CHECKING

from grader.faces import lazy

if TYPE_CHECKING:
    from grader.sheets.answer_key import solution
    from grader.sheets.html import page, rendered
    from grader.sheets.notation import Notation
    from grader.sheets.printing import (
        Question,
        Sheet,
        document,
        in_print,
        placeholders,
        question_text,
    )
    from grader.sheets.solutions import worked
    from grader.sheets.solutions.picture import graph
else:
    __getattr__ = lazy(__name__)

__all__ = [
    "Notation",
    "Question",
    "Sheet",
    "document",
    "graph",
    "in_print",
    "page",
    "placeholders",
    "question_text",
    "rendered",
    "solution",
    "worked",
]
