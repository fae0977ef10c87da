"""Sums, products, quotients, powers, and how matrices are laid out."""

from __future__ import annotations

import numpy as np

from reference.language.dimensions import (
    chain,
    flipped,
    keep,
    like,
    power_shape,
    scaled,
    spread,
    spread_column,
)
from reference.language.expression import apply
from reference.language.operations.operation import (
    ONE,
    Family,
    Operation,
    is_unit,
    minus,
    negative,
    over,
    times,
    transposed,
)
from reference.language.values import (
    fill,
    swap,
)

ROWS: dict[str, Operation] = {
    "add": Operation(
        arity=2,
        shape=spread_column,
        value=np.add,
        pulls=(lambda g, y, a, b: g, lambda g, y, a, b: g),
        precedence=1,
        sign=("+", "+"),
        family=Family.SUM,
        associative=True,
        whole=True,
        nothing_to_do=lambda one, a, b: (a == 0) | (b == 0),
    ),
    "subtract": Operation(
        arity=2,
        shape=spread_column,
        value=np.subtract,
        pulls=(lambda g, y, a, b: g, lambda g, y, a, b: negative(g)),
        precedence=1,
        sign=("-", "-"),
        family=Family.SUM,
        whole=True,
        nothing_to_do=lambda one, a, b: (a == 0) | (b == 0),
    ),
    "negate": Operation(
        arity=1,
        shape=keep,
        value=np.negative,
        pulls=(lambda g, y, a: negative(g),),
        keeps_digits=True,
        precedence=2,
        whole=True,
    ),
    "scale": Operation(
        arity=2,
        shape=scaled,
        value=np.multiply,
        pulls=(lambda g, y, a, b: times(g, b), lambda g, y, a, b: times(g, a)),
        precedence=3,
        sign=("\\,", "*"),
        family=Family.PRODUCT,
        associative=True,
        whole=True,
        nothing_to_do=lambda one, a, b: is_unit(one, a) | is_unit(one, b),
    ),
    "hadamard": Operation(
        arity=2,
        shape=spread,
        value=np.multiply,
        pulls=(lambda g, y, a, b: times(g, b), lambda g, y, a, b: times(g, a)),
        precedence=3,
        sign=("\\odot", ".*"),
        family=Family.PRODUCT,
        associative=True,
        whole=True,
        nothing_to_do=lambda one, a, b: is_unit(one, a) | is_unit(one, b),
    ),
    "matmul": Operation(
        arity=2,
        shape=chain,
        value=np.matmul,
        pulls=(
            lambda g, y, a, b: apply("matmul", g, transposed(b)),
            lambda g, y, a, b: apply("matmul", transposed(a), g),
        ),
        precedence=3,
        sign=("\\,", "@"),
        family=Family.MATRIX_PRODUCT,
        associative=True,
        whole=True,
    ),
    "divide": Operation(
        arity=2,
        shape=spread,
        value=np.divide,
        pulls=(
            lambda g, y, a, b: over(g, b),
            lambda g, y, a, b: negative(times(g, over(y, b))),
        ),
        precedence=3,
        sign=("/", "/"),
        nothing_to_do=lambda one, a, b: (a == 0) | (abs(b) == one),
    ),
    "power": Operation(
        arity=2,
        shape=power_shape,
        value=np.power,
        pulls=(
            lambda g, y, a, b: times(g, times(b, apply("power", a, minus(b, ONE)))),
            lambda g, y, a, b: times(g, times(y, apply("log", a))),
        ),
        precedence=5,
        sign=("^", "^"),
        nothing_to_do=lambda one, a, b: is_unit(one, a) | (b == 0) | (b == one),
    ),
    "transpose": Operation(
        arity=1,
        shape=flipped,
        value=swap,
        pulls=(lambda g, y, a: transposed(g),),
        keeps_digits=True,
        clean=lambda a, flags: swap(flags),
        precedence=5,
    ),
    "fill": Operation(
        arity=2,
        shape=like,
        value=fill,
        pulls=(lambda g, y, a, b: g, None),
        keeps_digits=True,
        call=r"\operatorname{fill}",
        written="fill",
    ),
}
