"""The use cases: where the stages meet. Each is loaded at its first use, so that no command loads what it does not need."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from grader.service.balancing import said
    from grader.service.files import write_private, write_text
    from grader.service.giving_back import write_feedback
    from grader.service.lines import grade_lines
    from grader.service.notebooks import grade_notebooks
    from grader.service.quizzes import make_quiz, read_manifest, restore_all
    from grader.service.regrading import Shifted, regrade_lines, regrade_papers
    from grader.service.texts import mark_texts
    from grader.service.versions import Comparison, compare_versions, stored_lines, stored_notebooks

__all__ = [
    "Comparison",
    "Shifted",
    "compare_versions",
    "grade_lines",
    "grade_notebooks",
    "make_quiz",
    "mark_texts",
    "read_manifest",
    "regrade_lines",
    "regrade_papers",
    "restore_all",
    "said",
    "stored_lines",
    "stored_notebooks",
    "write_feedback",
    "write_private",
    "write_text",
]

PLACES = {
    "balancing": ("said",),
    "files": ("write_private", "write_text"),
    "giving_back": ("write_feedback",),
    "lines": ("grade_lines",),
    "notebooks": ("grade_notebooks",),
    "quizzes": ("make_quiz", "read_manifest", "restore_all"),
    "regrading": ("Shifted", "regrade_lines", "regrade_papers"),
    "texts": ("mark_texts",),
    "versions": ("Comparison", "compare_versions", "stored_lines", "stored_notebooks"),
}


def __getattr__(name: str) -> Any:
    for module, names in PLACES.items():
        if name in names:
            return getattr(importlib.import_module(f"{__name__}.{module}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
