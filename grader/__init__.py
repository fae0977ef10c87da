"""Exercises on neural networks: draw, solve, hand out, mark.

>>> from grader import load_bank
>>> variant = load_bank()["two-layer-numbers"].printed()
>>> variant.mark({"error": "2.5"}).marks["error"].verdict
<Verdict.CORRECT: 'correct'>
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from grader.api import Bank, Exercise, Variant, load_bank
    from grader.records import Mark, Marks, Verdict

__version__ = "0.1.0"
__all__ = ["Bank", "Exercise", "Mark", "Marks", "Variant", "Verdict", "load_bank"]


def __getattr__(name: str) -> Any:
    """Load a name at its first use, so that ``gradmark --version`` need not load NumPy."""
    if name in ("Mark", "Marks", "Verdict"):
        from grader import records

        return getattr(records, name)
    if name in __all__:
        from grader import api

        return getattr(api, name)
    raise AttributeError(f"module '{__name__}' has no attribute '{name}'")
