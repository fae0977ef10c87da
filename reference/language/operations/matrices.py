"""Inverses and determinants of square matrices.

Rules: Magnus and Neudecker, *Matrix Differential Calculus*, sections 8.3 and 8.4.
"""

from __future__ import annotations

from reference.language.dimensions import number_of_square, square
from reference.language.expression import apply
from reference.language.operations.operation import Operation, negative, times, transposed
from reference.language.values import determinant, inverse

ROWS: dict[str, Operation] = {
    "inv": Operation(
        arity=1,
        shape=square,
        value=inverse,
        pulls=(
            lambda g, y, x: negative(
                apply("matmul", apply("matmul", transposed(y), g), transposed(y))
            ),
        ),
        call=r"\operatorname{inv}",
        written="inv",
    ),
    "det": Operation(
        arity=1,
        shape=number_of_square,
        value=determinant,
        pulls=(lambda g, y, x: apply("scale", times(g, y), transposed(apply("inv", x))),),
        call=r"\det",
        written="det",
        whole=True,
    ),
}
