"""Expression × values → arrays, over any leading batch axes."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from reference.language.expression import Apply, Expression, Name, Number, fold
from reference.language.operations import OPERATIONS, Array


def evaluate(expression: Expression, values: Mapping[str, Array]) -> Array:
    """The value of a resolved expression.

    Args:
        expression: resolved, so without written products.
        values: name → array of shape (..., rows, columns); leading axes broadcast.

    Returns:
        An array of shape (..., rows, columns). Outside a domain (the logarithm of a negative
        number, a division by zero) it holds NaN or infinity; nothing is raised or warned of.
    """

    def visit(node: Expression, args: list[Array]) -> Array:
        match node:
            case Number(value):
                return np.full((1, 1), float(value))
            case Name(name):
                return values[name]
            case Apply(operation):
                return OPERATIONS[operation].value(*args)
        raise TypeError(f"not resolved: {node}")

    with np.errstate(all="ignore"):
        return fold(expression, visit)


def evaluate_all(
    equations: Mapping[str, Expression], values: Mapping[str, Array]
) -> dict[str, Array]:
    """``values`` and the value of every equation, which may use those before it."""
    known = dict(values)
    for name, expression in equations.items():
        known[name] = evaluate(expression, known)
    return known
