"""Tests, cases, entries, and sums over an index."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from reference.language.dimensions import (
    entry_shape,
    single,
    spread,
    unit_shape,
)
from reference.language.expression import apply
from reference.language.operations.operation import (
    ONE,
    Family,
    Operation,
    always,
    minus,
    times,
)
from reference.language.values import (
    choose,
    entry,
    indicator,
    span,
    sum_over,
    unit,
)


def comparison(function: Callable[..., Any], latex: str, plain: str) -> Operation:
    """An indicator; it is flat, with a jump where both sides meet."""
    return Operation(
        arity=2,
        shape=spread,
        value=indicator(function),
        pulls=(None, None),
        kinks=lambda a, b: (minus(a, b),),
        keeps_digits=True,
        clean=always,
        precedence=0,
        sign=(latex, plain),
    )


ROWS: dict[str, Operation] = {
    "gt": comparison(np.greater, ">", ">"),
    "ge": comparison(np.greater_equal, r"\ge", ">="),
    "lt": comparison(np.less, "<", "<"),
    "le": comparison(np.less_equal, r"\le", "<="),
    "eq": comparison(np.equal, "=", "="),
    "ne": comparison(np.not_equal, r"\ne", "!="),
    "where": Operation(
        arity=3,
        shape=lambda test, yes, no: spread(test, spread(yes, no)),
        value=choose,
        pulls=(
            None,
            lambda g, y, test, yes, no: times(g, test),
            lambda g, y, test, yes, no: times(g, minus(ONE, test)),
        ),
        keeps_digits=True,
        clean=lambda test, yes, no, _, of_yes, of_no: np.where(test != 0, of_yes, of_no),
    ),
    "entry": Operation(
        arity=3,
        shape=entry_shape,
        value=entry,
        pulls=(lambda g, y, x, i, j: times(g, apply("unit", x, i, j)), None, None),
        keeps_digits=True,
        clean=lambda x, i, j, flags, *_: (flags & (unit(x, i, j) == 1)).any(
            (-2, -1), keepdims=True
        ),
    ),
    "unit": Operation(
        arity=3,
        shape=unit_shape,
        value=unit,
        pulls=(None, None, None),
        keeps_digits=True,
        clean=always,
        call=r"\operatorname{unit}",
        written="unit",
    ),
    "span": Operation(
        arity=2,
        shape=single,
        value=span,
        pulls=(None, None),
        keeps_digits=True,
        clean=always,
        derived=False,
    ),
    "sum_over": Operation(
        arity=2,
        shape=lambda index, body: body,
        value=sum_over,
        pulls=(None, None),
        precedence=3,
        derived=False,
        family=Family.TOTAL,
    ),
}
