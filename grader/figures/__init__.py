"""Figures as SVG that needs nothing else: no script, no font, no colour; each with its text alternative."""

from grader.figures.graph import computation_graph
from grader.figures.picture import Figure

__all__ = ["Figure", "computation_graph"]
