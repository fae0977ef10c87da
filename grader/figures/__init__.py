"""Figures as SVG that needs nothing else: no script, no font, no colour; each with its text alternative."""

from grader.figures.curves import loss_curves
from grader.figures.graph import computation_graph
from grader.figures.layers import Layer, layer_diagram
from grader.figures.picture import Figure
from grader.figures.plots import Plot, plot

__all__ = ["Figure", "Layer", "Plot", "computation_graph", "layer_diagram", "loss_curves", "plot"]
