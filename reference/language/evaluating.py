"""Expression × values → arrays, over any leading batch axes."""

from __future__ import annotations

import functools
from collections.abc import Mapping

import numpy as np
from msgspec import Struct

from reference.language.expression import Apply, Expression, Name, Number, fold
from reference.language.operations import OPERATIONS
from reference.language.values import Array


class Step(Struct, frozen=True):
    """One step of an evaluation: a constant, a name, or an operation on results of other steps."""

    constant: Array | None = None
    name: str = ""
    operation: str = ""
    args: tuple[int, ...] = ()


@functools.lru_cache(maxsize=20_000)
def steps(expression: Expression) -> tuple[Step, ...]:
    """The steps of a resolved expression, shared parts once; the last one is its value."""
    found: list[Step] = []

    def visit(node: Expression, args: list[int]) -> int:
        match node:
            case Number(value):
                constant = np.full((1, 1), float(value))
                constant.flags.writeable = False
                found.append(Step(constant=constant))
            case Name(name):
                found.append(Step(name=name))
            case Apply(operation):
                found.append(Step(operation=operation, args=tuple(args)))
            case _:
                raise TypeError(f"not resolved: {node}")
        return len(found) - 1

    fold(expression, visit)
    return tuple(found)


def run(expression: Expression, values: Mapping[str, Array]) -> Array:
    """As :func:`evaluate`, with NumPy's warnings left as they are."""
    return run_all(expression, values)[-1]


def run_all(expression: Expression, values: Mapping[str, Array]) -> list[Array]:
    """The value of every part of an expression, the whole last."""
    results: list[Array] = []
    for step in steps(expression):
        if step.operation:
            args = [results[index] for index in step.args]
            results.append(OPERATIONS[step.operation].value(*args))
        else:
            results.append(values[step.name] if step.constant is None else step.constant)
    return results


def evaluate(expression: Expression, values: Mapping[str, Array]) -> Array:
    """The value of a resolved expression.

    Args:
        expression: resolved, so without written products.
        values: name → array of shape (..., rows, columns); leading axes broadcast.

    Returns:
        An array of shape (..., rows, columns). Outside a domain (the logarithm of a negative
        number, a division by zero) it holds NaN or infinity; nothing is raised or warned of.
    """
    with np.errstate(all="ignore"):
        return run(expression, values)


def evaluate_all(
    equations: Mapping[str, Expression], values: Mapping[str, Array]
) -> dict[str, Array]:
    """``values`` and the value of every equation, which may use those before it."""
    known = dict(values)
    with np.errstate(all="ignore"):
        for name, expression in equations.items():
            known[name] = run(expression, known)
    return known


def magnitudes(expression: Expression, values: Mapping[str, Array]) -> tuple[Array, Array]:
    """The value of an expression, and at each point the largest absolute value of any part of it.

    The second has the shape (..., 1, 1); a part that is not finite counts as 0.
    """
    with np.errstate(all="ignore"):
        parts = run_all(expression, values)
        largest = np.zeros((1, 1))
        for part in parts:
            size = np.abs(part).max(axis=(-2, -1), keepdims=True)
            largest = np.maximum(largest, np.where(np.isfinite(size), size, 0.0))
    return parts[-1], largest
