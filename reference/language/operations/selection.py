"""Tests, cases, entries, and sums over an index."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from reference.language.dimensions import (
    entry_shape,
    keep,
    place_in_vector,
    single,
    spread,
    unit_shape,
)
from reference.language.expression import Expression, apply, number
from reference.language.operations.operation import (
    ONE,
    Family,
    Operation,
    always,
    minus,
    times,
)
from reference.language.values import (
    argmax,
    choose,
    entry,
    indicator,
    is_largest,
    settled,
    span,
    sum_over,
    unit,
)

FAR = 10**9  # below all values


def comparison(function: Callable[..., Any], latex: str, plain: str) -> Operation:
    """An indicator; it is flat, with a jump where both sides meet."""
    return Operation(
        arity=2,
        shape=spread,
        value=indicator(function),
        on_paper=settled(indicator(function)),
        pulls=(None, None),
        kinks=lambda a, b: (minus(a, b),),
        keeps_digits=True,
        clean=always,
        precedence=0,
        sign=(latex, plain),
    )


def lead(x: Expression) -> Expression:
    """By how much the largest entry is larger than any other."""
    others = apply("where", apply("is_largest", x), number(-FAR), x)
    return minus(apply("largest", x), apply("largest", others))


ROWS: dict[str, Operation] = {
    "gt": comparison(np.greater, ">", ">"),
    "ge": comparison(np.greater_equal, r"\ge", ">="),
    "lt": comparison(np.less, "<", "<"),
    "le": comparison(np.less_equal, r"\le", "<="),
    "eq": comparison(np.equal, "=", "="),
    "ne": comparison(np.not_equal, r"\ne", "!="),
    "is_largest": Operation(
        arity=1,
        shape=keep,
        value=is_largest,
        pulls=(None,),
        ties=lambda x: (lead(x),),
        keeps_digits=True,
        clean=always,
        call=r"\operatorname{islargest}",
        written="is_largest",
    ),
    "argmax": Operation(
        arity=1,
        shape=place_in_vector,
        value=argmax,
        pulls=(None,),
        ties=lambda x: (lead(x),),
        keeps_digits=True,
        clean=always,
        whole=True,
        call=r"\operatorname{argmax}",
        written="argmax",
    ),
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
