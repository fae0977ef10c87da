"""The computation graph of a variant, with the values that went forward and the gradients that came back."""

from __future__ import annotations

from grader.answers import show_number
from grader.drawing import Variant
from grader.figures import Figure, computation_graph
from reference.language.dimensions import SCALAR
from reference.language.roles import is_derivative, of_and_by

DIGITS = 4
MINUS = str.maketrans("-", "−")


def graph(variant: Variant) -> Figure | None:
    """The graph with its numbers; nothing where the variant has none, or they are no scalars."""
    model = variant.solved.model
    shapes = {*model.printed.shapes.values()}
    if not model.targets or not model.printed.equations or shapes != {SCALAR}:
        return None
    known = variant.solved.at([variant.row])
    shown = {
        name: show_number(float(f"{value.item():.{DIGITS}g}")).translate(MINUS)
        for name, value in known.items()
    }
    derivatives = {name: of_and_by(name) for name in shown if is_derivative(name)}
    last = next((of for of, _ in reversed(derivatives.values())), "")
    gradients = {by: shown[name] for name, (of, by) in derivatives.items() if of == last}
    values = {name: shown[name] for name in model.printed.shapes if name in shown}
    name = f"{model.exercise.id}-solution"
    title = "The network with its numbers"
    return computation_graph(model.printed, name, title, values, gradients, last)
