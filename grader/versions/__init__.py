"""Two versions of a bank: what an edit changes, and what it does to marks that were given."""

from typing import TYPE_CHECKING

from grader.faces import lazy

if TYPE_CHECKING:
    from grader.versions.comparing import Difference, MarkShift, Shift, mark_shifts
    from grader.versions.diff import Comparison, compare_versions, stored_lines, stored_notebooks
    from grader.versions.regrade import Shifted, not_lower, regrade_lines, regrade_papers
else:
    __getattr__ = lazy(__name__)

__all__ = [
    "Comparison",
    "Difference",
    "MarkShift",
    "Shift",
    "Shifted",
    "compare_versions",
    "mark_shifts",
    "not_lower",
    "regrade_lines",
    "regrade_papers",
    "stored_lines",
    "stored_notebooks",
]
