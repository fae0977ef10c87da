"""The use cases: where the stages meet. Each is loaded at its first use, so that no command loads what it does not need."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from grader.service.regrading import Shifted, regrade_lines, regrade_papers
    from grader.service.versions import Comparison, compare_versions, stored_lines, stored_notebooks

__all__ = [
    "Comparison",
    "Shifted",
    "compare_versions",
    "regrade_lines",
    "regrade_papers",
    "stored_lines",
    "stored_notebooks",
]

PLACES = {
    "regrading": ("Shifted", "regrade_lines", "regrade_papers"),
    "versions": ("Comparison", "compare_versions", "stored_lines", "stored_notebooks"),
}


def __getattr__(name: str) -> Any:
    for module, names in PLACES.items():
        if name in names:
            return getattr(importlib.import_module(f"{__name__}.{module}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
