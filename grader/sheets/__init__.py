"""A variant on paper: its words, figures and worked solutions, as Markdown, plain text and HTML."""

from typing import TYPE_CHECKING

from grader.faces import lazy

if TYPE_CHECKING:
    from grader.sheets.answer_key import solution
    from grader.sheets.asking import Asked
    from grader.sheets.html import formula, parsed, rendered
    from grader.sheets.languages import in_german
    from grader.sheets.notation import Notation, in_unicode
    from grader.sheets.pages import FONT, environment, page
    from grader.sheets.printing import (
        Question,
        Sheet,
        document,
        in_print,
        placeholders,
        question_text,
    )
    from grader.sheets.solutions import worked
    from grader.sheets.solutions.hints import Hint, Rung, ladders
    from grader.sheets.solutions.picture import graph
    from grader.sheets.solutions.side_by_side import Compared, side_by_side
    from grader.sheets.terminal import plain_text, without_code
else:
    __getattr__ = lazy(__name__)

__all__ = [
    "FONT",
    "Asked",
    "Compared",
    "Hint",
    "Notation",
    "Question",
    "Rung",
    "Sheet",
    "document",
    "environment",
    "formula",
    "graph",
    "in_german",
    "in_print",
    "in_unicode",
    "ladders",
    "page",
    "parsed",
    "placeholders",
    "plain_text",
    "question_text",
    "rendered",
    "side_by_side",
    "solution",
    "without_code",
    "worked",
]
