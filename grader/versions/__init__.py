"""Two versions of a bank: what an edit changes, and what it does to marks that were given."""

from typing import TYPE_CHECKING

from grader.faces import lazy

if TYPE_CHECKING:
    from grader.versions.comparing import Difference, Shift
    from grader.versions.diff import Comparison, compare_versions, stored_lines, stored_notebooks
    from grader.versions.regrade import Shifted, regrade_lines, regrade_papers
else:
    __getattr__ = lazy(__name__)

__all__ = [
    "Comparison",
    "Difference",
    "Shift",
    "Shifted",
    "compare_versions",
    "regrade_lines",
    "regrade_papers",
    "stored_lines",
    "stored_notebooks",
]
