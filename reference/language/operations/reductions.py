"""What makes one number of many entries, or one of every row or column."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from reference.language.dimensions import (
    Shape,
    single,
)
from reference.language.expression import Expression, apply
from reference.language.operations.operation import (
    Family,
    Operation,
    always,
    first_of,
    negative,
    over,
    times,
)
from reference.language.values import (
    reduce_with,
)


def extreme(
    function: Callable[..., Any], place: Callable[[Expression], Expression], written: str
) -> Operation:
    """The largest or smallest entry of one argument; of several, the first one counts, which ``place`` marks."""
    reduced = reduce_with(function, -2, -1)
    return Operation(
        arity=1,
        shape=single,
        value=reduced,
        pulls=(lambda g, y, x: times(g, place(x)),),
        keeps_digits=True,
        convention=first_of(written),
        clean=lambda x, flags: (flags & (x == reduced(x))).any((-2, -1), keepdims=True),
        call="\\" + written,
        written=written,
    )


def total(
    function: Callable[..., Any],
    axes: tuple[int, ...],
    shape: Callable[[Shape], Shape],
    **more: Any,
) -> Operation:
    return Operation(
        arity=1,
        shape=shape,
        value=reduce_with(function, *axes),
        pulls=(lambda g, y, x: apply("fill", g, x),),
        family=Family.TOTAL,
        axes=axes,
        **more,
    )


ROWS: dict[str, Operation] = {
    "largest": extreme(np.max, lambda x: apply("is_largest", x), "max"),
    "smallest": extreme(np.min, lambda x: apply("is_largest", negative(x)), "min"),
    "sum": total(np.sum, (-2, -1), single, call=r"\operatorname{sum}", written="sum"),
    "mean": Operation(
        arity=1,
        shape=single,
        value=reduce_with(np.mean, -2, -1),
        pulls=(lambda g, y, x: over(apply("fill", g, x), apply("count", x)),),
        call=r"\operatorname{mean}",
        written="mean",
        family=Family.TOTAL,
        axes=(-2, -1),
    ),
    "count": Operation(
        arity=1,
        shape=single,
        value=lambda x: np.full((1, 1), float(x.shape[-2] * x.shape[-1])),
        pulls=(None,),
        keeps_digits=True,
        clean=always,
        call=r"\operatorname{count}",
        written="count",
        family=Family.TOTAL,
    ),
    "row_sums": total(
        np.sum,
        (-1,),
        lambda shape: (shape[0], 1),
        call=r"\operatorname{rowsums}",
        written="row_sums",
    ),
    "column_sums": total(
        np.sum,
        (-2,),
        lambda shape: (1, shape[1]),
        call=r"\operatorname{columnsums}",
        written="column_sums",
    ),
}
