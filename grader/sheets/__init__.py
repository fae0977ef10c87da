"""A variant on paper: its words, figures and worked solutions."""

from typing import TYPE_CHECKING

from grader.faces import lazy

if TYPE_CHECKING:
    from grader.sheets.html import page, rendered
    from grader.sheets.printing import (
        Notation,
        Question,
        Sheet,
        document,
        placeholders,
        question_text,
        sheet,
    )
    from grader.sheets.solutions import graph, worked
else:
    __getattr__ = lazy(__name__)

__all__ = [
    "Notation",
    "Question",
    "Sheet",
    "document",
    "graph",
    "page",
    "placeholders",
    "question_text",
    "rendered",
    "sheet",
    "worked",
]
