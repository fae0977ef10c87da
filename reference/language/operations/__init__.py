"""The table of operations: one row holds all that the language knows of an operation. A family a file."""

from __future__ import annotations

from reference.language.dimensions import Mismatch, Shape, describe, keep, power_shape
from reference.language.errors import ShapeError
from reference.language.expression import Apply, Expression
from reference.language.operations import arithmetic, functions, matrices, reductions, selection
from reference.language.operations.operation import ONE, Family, Operation, Pull, transposed


class Rows(dict[str, Operation]):
    """The table; the row of an indexed equation is made of its rule when it is asked for."""

    def __missing__(self, operation: str) -> Operation:
        from reference.language.indexed.rows import Text, row_of  # which are made with this table

        if not isinstance(operation, Text):
            raise KeyError(operation)
        return row_of(operation)


OPERATIONS = Rows(
    {**arithmetic.ROWS, **selection.ROWS, **functions.ROWS, **matrices.ROWS, **reductions.ROWS}
)


def of_family(*families: Family) -> frozenset[str]:
    """The operations of some families."""
    return frozenset(name for name, row in OPERATIONS.items() if row.family in families)


# What authors and students may call, by name and number of arguments.
FUNCTIONS: dict[tuple[str, int], str] = {
    (row.written, row.arity): name for name, row in OPERATIONS.items() if row.written
}
SPELLINGS: dict[str, str] = {
    "σ": "sigmoid",
    "sigma": "sigmoid",
    "ln": "log",
    "leakyrelu": "leaky_relu",
    "sgn": "sign",
    "rowsums": "row_sums",
    "columnsums": "column_sums",
}


def slope_of(operation: str, args: tuple[Expression, ...]) -> Expression | None:
    """The derivative of an entrywise function by its first argument; ``None`` for any other."""
    row = OPERATIONS[operation]
    pull = row.pulls[0]
    if (
        pull is None
        or row.shape not in (keep, power_shape)
        or not row.call
        or operation == "softmax"
    ):
        return None
    pulled = pull(ONE, Apply(operation, args), *args)
    return pulled.args[1]  # of 1 times the slope


def shape_of(operation: str, shapes: list[Shape], column: int = 0) -> Shape:
    """The shape of an operation's result.

    Raises:
        ShapeError: the shapes do not fit.
    """
    try:
        return OPERATIONS[operation].shape(*shapes)
    except Mismatch:
        row = OPERATIONS[operation]
        what = f"'{row.sign[1]}'" if row.sign else row.written
        given = " and ".join(describe(shape) for shape in shapes)
        raise ShapeError(f"{what} does not fit shapes {given}", column) from None


__all__ = [
    "FUNCTIONS",
    "OPERATIONS",
    "SPELLINGS",
    "Family",
    "Operation",
    "Pull",
    "of_family",
    "shape_of",
    "slope_of",
    "transposed",
]
