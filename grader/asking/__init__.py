"""What the questions of one structure ask for: every blank becomes an equation, a count or a key."""

from grader.asking.asked import Asked
from grader.asking.questions import ask
from grader.asking.values import defined, requirement

__all__ = ["Asked", "ask", "defined", "requirement"]
