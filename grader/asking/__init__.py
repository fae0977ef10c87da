"""What the questions of one structure ask for: every blank becomes an equation, a count or a key."""

from grader.asking.asked import Asked
from grader.asking.cases import count_cases, draw_case
from grader.asking.data import OPTIONS, DataQuestion, Proved
from grader.asking.kinds import POOLS, pool_of
from grader.asking.pools import Pool
from grader.asking.questions import ask
from grader.asking.sufficiency import phrases
from grader.asking.values import defined, requirement

__all__ = [
    "OPTIONS",
    "POOLS",
    "Asked",
    "DataQuestion",
    "Pool",
    "Proved",
    "ask",
    "count_cases",
    "defined",
    "draw_case",
    "phrases",
    "pool_of",
    "requirement",
]
