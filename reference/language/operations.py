"""The table of operations: one row holds all that the language knows of an operation.

Values are float arrays with any leading batch axes and two trailing ones, rows and columns. A *pull*
is a reverse-mode rule: from the adjoint ``g`` of the result, the result ``y`` and the arguments it
makes the adjoint of one argument, as an expression of the same language. A pull may return the shape
of the result where an argument was spread over it; :mod:`reference.backprop` sums that back.

Rules follow Magnus and Neudecker, *Matrix Differential Calculus*, in the layout in which a gradient
has the shape of its parameter.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
from msgspec import Struct

from reference.language.dimensions import (
    Mismatch,
    Shape,
    chain,
    describe,
    entry_shape,
    flipped,
    keep,
    like,
    power_shape,
    scaled,
    single,
    spread,
    spread_column,
    unit_shape,
)
from reference.language.errors import ShapeError
from reference.language.expression import Apply, Expression, apply, number
from reference.language.values import (
    Array,
    call1,
    call2,
    choose,
    entry,
    fill,
    indicator,
    leaky,
    reduce_with,
    sigmoid,
    softmax,
    span,
    sum_over,
    swap,
    unit,
)

Pull = Callable[..., Expression]

ONE, TWO = number(1), number(2)


def times(left: Expression, right: Expression) -> Apply:
    return apply("hadamard", left, right)


def plus(left: Expression, right: Expression) -> Apply:
    return apply("add", left, right)


def minus(left: Expression, right: Expression) -> Apply:
    return apply("subtract", left, right)


def over(left: Expression, right: Expression) -> Apply:
    return apply("divide", left, right)


def negative(value: Expression) -> Apply:
    return apply("negate", value)


def transposed(value: Expression) -> Apply:
    return apply("transpose", value)


def indicates(comparison: str, left: Expression, right: Expression) -> Apply:
    """The indicator of a comparison: 1 where it holds, 0 elsewhere."""
    return apply(comparison, left, right)


ZERO = number(0)


class Operation(Struct, frozen=True, kw_only=True):
    """A row of the table.

    ``pulls``: one reverse-mode rule per argument, ``(g, y, *args) -> adjoint``; ``None`` where the
    derivative is zero wherever it exists. ``kinks``: expressions whose zero is a point without a
    derivative. ``by_hand``: the steps in which a person computes it on paper. ``keeps_digits``: its
    result has no more decimals than its arguments, so rounding it changes nothing. ``derived``: stands
    in equations, where derivatives are taken; what does not stands in answers only.
    ``sign`` is (LaTeX, plain) between two arguments, ``call`` the LaTeX name of a function.
    """

    arity: int
    shape: Callable[..., Shape]
    value: Callable[..., Array]
    pulls: tuple[Pull | None, ...]
    kinks: Callable[..., tuple[Expression, ...]] = lambda *args: ()
    by_hand: Callable[..., Expression] | None = None
    keeps_digits: bool = False
    derived: bool = True
    precedence: int = 9
    sign: tuple[str, str] | None = None
    call: str = ""
    written: str = ""


def entrywise(
    function: Callable[[Array], Array],
    slope: Callable[[Expression, Expression], Expression] | None,
    call: str,
    written: str,
    **more: Any,
) -> Operation:
    """A function of one argument, entry by entry; ``slope(x, y)`` is its derivative."""
    pulls = (None,) if slope is None else (lambda g, y, x: times(g, slope(x, y)),)
    return Operation(
        arity=1, shape=keep, value=function, pulls=pulls, call=call, written=written, **more
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
        precedence=0,
        sign=(latex, plain),
    )


def larger(function: Callable[..., Array], greater: str, less: str, written: str) -> Operation:
    """``max`` or ``min`` of two arguments; where they meet, the first one counts."""
    return Operation(
        arity=2,
        shape=spread,
        value=function,
        pulls=(
            lambda g, y, a, b: times(g, indicates(greater, a, b)),
            lambda g, y, a, b: times(g, indicates(less, a, b)),
        ),
        kinks=lambda a, b: (minus(a, b),),
        keeps_digits=True,
        call="\\" + written,
        written=written,
    )


def extreme(
    name: str, function: Callable[..., Any], comparison_sign: str, written: str
) -> Operation:
    """The largest or smallest entry of one argument."""
    return Operation(
        arity=1,
        shape=single,
        value=reduce_with(function, -2, -1),
        pulls=(lambda g, y, x: times(g, indicates(comparison_sign, x, apply(name, x))),),
        keeps_digits=True,
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
        **more,
    )


OPERATIONS: dict[str, Operation] = {
    "add": Operation(
        arity=2,
        shape=spread_column,
        value=np.add,
        pulls=(lambda g, y, a, b: g, lambda g, y, a, b: g),
        precedence=1,
        sign=("+", "+"),
    ),
    "subtract": Operation(
        arity=2,
        shape=spread_column,
        value=np.subtract,
        pulls=(lambda g, y, a, b: g, lambda g, y, a, b: negative(g)),
        precedence=1,
        sign=("-", "-"),
    ),
    "negate": Operation(
        arity=1,
        shape=keep,
        value=np.negative,
        pulls=(lambda g, y, a: negative(g),),
        keeps_digits=True,
        precedence=2,
    ),
    "scale": Operation(
        arity=2,
        shape=scaled,
        value=np.multiply,
        pulls=(lambda g, y, a, b: times(g, b), lambda g, y, a, b: times(g, a)),
        precedence=3,
        sign=("\\,", "*"),
    ),
    "hadamard": Operation(
        arity=2,
        shape=spread,
        value=np.multiply,
        pulls=(lambda g, y, a, b: times(g, b), lambda g, y, a, b: times(g, a)),
        precedence=3,
        sign=("\\odot", ".*"),
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
    ),
    "transpose": Operation(
        arity=1,
        shape=flipped,
        value=swap,
        pulls=(lambda g, y, a: transposed(g),),
        keeps_digits=True,
        precedence=5,
    ),
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
    ),
    "entry": Operation(
        arity=3,
        shape=entry_shape,
        value=entry,
        pulls=(lambda g, y, x, i, j: times(g, apply("unit", x, i, j)), None, None),
        keeps_digits=True,
    ),
    "unit": Operation(
        arity=3,
        shape=unit_shape,
        value=unit,
        pulls=(None, None, None),
        keeps_digits=True,
        call=r"\operatorname{unit}",
        written="unit",
    ),
    "span": Operation(
        arity=2, shape=single, value=span, pulls=(None, None), keeps_digits=True, derived=False
    ),
    "sum_over": Operation(
        arity=2,
        shape=lambda index, body: body,
        value=sum_over,
        pulls=(None, None),
        precedence=3,
        derived=False,
    ),
    "call1": Operation(
        arity=3,
        shape=lambda function, order, x: x,
        value=call1,
        pulls=(None, None, lambda g, y, f, n, x: times(g, apply("call1", f, plus(n, ONE), x))),
    ),
    "call2": Operation(
        arity=5,
        shape=lambda function, first, second, a, b: spread(a, b),
        value=call2,
        pulls=(
            None,
            None,
            None,
            lambda g, y, f, m, n, a, b: times(g, apply("call2", f, plus(m, ONE), n, a, b)),
            lambda g, y, f, m, n, a, b: times(g, apply("call2", f, m, plus(n, ONE), a, b)),
        ),
    ),
    "relu": entrywise(
        lambda x: np.maximum(x, 0.0),
        lambda x, y: indicates("gt", x, ZERO),
        r"\operatorname{ReLU}",
        "relu",
        kinks=lambda x: (x,),
        keeps_digits=True,
    ),
    "leaky_relu": Operation(
        arity=2,
        shape=power_shape,
        value=leaky,
        pulls=(
            lambda g, y, x, slope: times(
                g, plus(indicates("ge", x, ZERO), times(slope, indicates("lt", x, ZERO)))
            ),
            lambda g, y, x, slope: times(g, times(x, indicates("lt", x, ZERO))),
        ),
        kinks=lambda x, slope: (x,),
        call=r"\operatorname{LeakyReLU}",
        written="leaky_relu",
    ),
    "sigmoid": entrywise(
        sigmoid,
        lambda x, y: times(y, minus(ONE, y)),
        r"\sigma",
        "sigmoid",
        by_hand=lambda x: over(ONE, plus(ONE, apply("exp", negative(x)))),
    ),
    "tanh": entrywise(np.tanh, lambda x, y: minus(ONE, apply("power", y, TWO)), r"\tanh", "tanh"),
    "softmax": Operation(
        arity=1,
        shape=keep,
        value=softmax,
        pulls=(
            lambda g, y, x: times(y, minus(g, apply("fill", apply("column_sums", times(y, g)), y))),
        ),
        by_hand=lambda x: over(
            apply("exp", x), apply("fill", apply("column_sums", apply("exp", x)), x)
        ),
        call=r"\operatorname{softmax}",
        written="softmax",
    ),
    "exp": entrywise(np.exp, lambda x, y: y, r"\exp", "exp"),
    "log": entrywise(np.log, lambda x, y: over(ONE, x), r"\log", "log"),
    "sqrt": entrywise(np.sqrt, lambda x, y: over(number(Fraction(1, 2)), y), r"\sqrt", "sqrt"),
    "abs": entrywise(
        np.abs,
        lambda x, y: apply("sign", x),
        r"\operatorname{abs}",
        "abs",
        kinks=lambda x: (x,),
        keeps_digits=True,
    ),
    "sign": entrywise(
        np.sign,
        None,
        r"\operatorname{sign}",
        "sign",
        kinks=lambda x: (x,),
        keeps_digits=True,
    ),
    "max": larger(np.maximum, "ge", "lt", "max"),
    "min": larger(np.minimum, "le", "gt", "min"),
    "largest": extreme("largest", np.max, "ge", "max"),
    "smallest": extreme("smallest", np.min, "le", "min"),
    "sum": total(np.sum, (-2, -1), single, call=r"\operatorname{sum}", written="sum"),
    "mean": Operation(
        arity=1,
        shape=single,
        value=reduce_with(np.mean, -2, -1),
        pulls=(lambda g, y, x: over(apply("fill", g, x), apply("count", x)),),
        call=r"\operatorname{mean}",
        written="mean",
    ),
    "count": Operation(
        arity=1,
        shape=single,
        value=lambda x: np.full((1, 1), float(x.shape[-2] * x.shape[-1])),
        pulls=(None,),
        keeps_digits=True,
        call=r"\operatorname{count}",
        written="count",
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
