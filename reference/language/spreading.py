"""Rows and columns that spread over a matrix, as in NumPy, where an answer says what each entry is."""

from __future__ import annotations

from collections.abc import Sequence

from reference.language.dimensions import Shape, Stored
from reference.language.expression import Apply, Expression, Table, fold
from reference.language.operations import transposed

Shaped = tuple[Expression, Shape]


def spread_out(args: Sequence[Shaped], table: Table) -> tuple[tuple[Expression, ...], Shape] | None:
    """A matrix, and a row or a column that spreads over it; one that is as long as its rows lies across it."""
    first, second = args
    model, axes = first if 1 not in first[1] else second
    if not table.spreads or 1 in axes or isinstance(axes, Stored):
        return None
    found: list[Expression] = []
    for value, shape in args:
        if shape == (axes[1], 1) and axes[0] != axes[1]:
            value, shape = transposed(value), (1, axes[1])
        if shape not in (axes, (1, axes[1]), (axes[0], 1)):
            return None
        found.append(value if shape == axes else table.apply("fill", (value, model)))
    return tuple(found), axes


def unspread(value: Expression) -> Expression:
    """An expression as it was written, before rows and columns were spread over matrices."""

    def visit(node: Expression, args: list[Expression]) -> Expression:
        if not isinstance(node, Apply):
            return node
        return args[0] if node.operation == "fill" else Apply(node.operation, tuple(args))

    return fold(value, visit)
