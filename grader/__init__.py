"""Exercises on neural networks: draw, solve, hand out, mark.

>>> from grader import load_bank
>>> variant = load_bank()["two-layer-numbers"].printed()
>>> variant.mark({"error": "2.5"}).marks["error"].verdict
<Verdict.CORRECT: 'correct'>
"""

from typing import TYPE_CHECKING

from grader.faces import lazy
from grader.version import __version__

if TYPE_CHECKING:
    from grader.answers import Verdict
    from grader.api import Bank, Exercise, Variant, load_bank
    from grader.marking import Mark, Marks
else:
    __getattr__ = lazy(__name__)

__all__ = ["Bank", "Exercise", "Mark", "Marks", "Variant", "Verdict", "__version__", "load_bank"]
