"""What the questions of one structure ask for: every blank becomes an equation, a count or a key."""

from grader.asking.asked import Asked
from grader.asking.cases import count_cases, draw_case
from grader.asking.data import OPTIONS, DataQuestion, Proved
from grader.asking.questions import ask
from grader.asking.sufficiency import phrases
from grader.asking.values import defined, requirement

__all__ = [
    "OPTIONS",
    "Asked",
    "DataQuestion",
    "Proved",
    "ask",
    "count_cases",
    "defined",
    "draw_case",
    "phrases",
    "requirement",
]
