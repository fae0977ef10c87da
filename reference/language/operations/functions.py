"""Activations and other functions, entry by entry or over a column."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

import numpy as np

from reference.language.dimensions import (
    keep,
    power_shape,
    spread,
)
from reference.language.expression import apply, number
from reference.language.operations.operation import (
    ONE,
    TWO,
    ZERO,
    Family,
    Operation,
    always,
    entrywise,
    indicates,
    minus,
    negative,
    over,
    plus,
    times,
)
from reference.language.values import (
    Array,
    call1,
    call2,
    erf,
    leaky,
    settled,
    sigmoid,
    softmax,
    softplus,
    stepwise,
)

HALF = number(Fraction(1, 2))
PI = number(Fraction("3.141592653589793"))


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
        clean=lambda a, b, of_a, of_b: np.where(function(a, b) == a, of_a, of_b),
        convention=f"Where the two arguments of a {written} are equal, it is the first one.",
        call="\\" + written,
        written=written,
    )


def steps(function: Callable[..., Array], written: str) -> Operation:
    """``floor`` or ``ceil``: flat, with a jump at every whole number."""
    return entrywise(
        function,
        None,
        rf"\operatorname{{{written}}}",
        written,
        on_paper=stepwise(function),
        kinks=lambda x: (minus(x, apply("floor", plus(x, HALF))),),
        keeps_digits=True,
        clean=always,
        whole=True,
    )


ROWS: dict[str, Operation] = {
    "relu": entrywise(
        lambda x: np.maximum(x, 0.0),
        lambda x, y: indicates("gt", x, ZERO),
        r"\operatorname{ReLU}",
        "relu",
        kinks=lambda x: (x,),
        keeps_digits=True,
        clean=lambda x, flags: flags | (x < 0),
        convention="The derivative of a ReLU at 0 is 0.",
        family=Family.ACTIVATION,
        whole=True,
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
        convention="The derivative of a leaky ReLU at 0 is 1.",
        call=r"\operatorname{LeakyReLU}",
        written="leaky_relu",
        family=Family.ACTIVATION,
        nothing_to_do=lambda one, a, slope: a >= 0,
    ),
    "sigmoid": entrywise(
        sigmoid,
        lambda x, y: times(y, minus(ONE, y)),
        r"\sigma",
        "sigmoid",
        steep=lambda x: x,
        by_hand=lambda x: over(ONE, plus(ONE, apply("exp", negative(x)))),
        family=Family.ACTIVATION,
    ),
    "tanh": entrywise(
        np.tanh,
        lambda x, y: minus(ONE, apply("power", y, TWO)),
        r"\tanh",
        "tanh",
        steep=lambda x: x,
        family=Family.ACTIVATION,
        nothing_to_do=lambda one, a: a == 0,
    ),
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
        steep=lambda x: x,
        call=r"\operatorname{softmax}",
        written="softmax",
        family=Family.ACTIVATION,
    ),
    "exp": entrywise(
        np.exp,
        lambda x, y: y,
        r"\exp",
        "exp",
        steep=lambda x: x,
        nothing_to_do=lambda one, a: a == 0,
    ),
    "log": entrywise(
        np.log,
        lambda x, y: over(ONE, x),
        r"\log",
        "log",
        steep=lambda x: apply("log", x),
        nothing_to_do=lambda one, a: a == one,
    ),
    "log2": entrywise(
        np.log2,
        lambda x, y: over(ONE, times(x, apply("log", TWO))),
        r"\log_{2}",
        "log2",
        steep=lambda x: apply("log2", x),
        nothing_to_do=lambda one, a: a == one,
    ),
    "log10": entrywise(
        np.log10,
        lambda x, y: over(ONE, times(x, apply("log", number(10)))),
        r"\log_{10}",
        "log10",
        steep=lambda x: apply("log10", x),
        nothing_to_do=lambda one, a: a == one,
    ),
    "softplus": entrywise(
        softplus,
        lambda x, y: apply("sigmoid", x),
        r"\operatorname{softplus}",
        "softplus",
        steep=lambda x: x,
        by_hand=lambda x: apply("log", plus(ONE, apply("exp", x))),
        family=Family.ACTIVATION,
    ),
    "sin": entrywise(
        np.sin,
        lambda x, y: apply("cos", x),
        r"\sin",
        "sin",
        steep=lambda x: x,
        nothing_to_do=lambda one, a: a == 0,
    ),
    "cos": entrywise(
        np.cos,
        lambda x, y: negative(apply("sin", x)),
        r"\cos",
        "cos",
        steep=lambda x: x,
        nothing_to_do=lambda one, a: a == 0,
    ),
    "tan": entrywise(
        np.tan,
        lambda x, y: plus(ONE, apply("power", y, TWO)),
        r"\tan",
        "tan",
        steep=lambda x: x,
        nothing_to_do=lambda one, a: a == 0,
    ),
    "sinh": entrywise(
        np.sinh,
        lambda x, y: apply("cosh", x),
        r"\sinh",
        "sinh",
        steep=lambda x: x,
        nothing_to_do=lambda one, a: a == 0,
    ),
    "cosh": entrywise(
        np.cosh,
        lambda x, y: apply("sinh", x),
        r"\cosh",
        "cosh",
        steep=lambda x: x,
        nothing_to_do=lambda one, a: a == 0,
    ),
    "arctan": entrywise(
        np.arctan,
        lambda x, y: over(ONE, plus(ONE, apply("power", x, TWO))),
        r"\arctan",
        "arctan",
        steep=lambda x: x,
        nothing_to_do=lambda one, a: a == 0,
    ),
    "erf": entrywise(
        erf,
        lambda x, y: times(
            over(TWO, apply("sqrt", PI)), apply("exp", negative(apply("power", x, TWO)))
        ),
        r"\operatorname{erf}",
        "erf",
        steep=lambda x: x,
        nothing_to_do=lambda one, a: a == 0,
    ),
    "floor": steps(np.floor, "floor"),
    "ceil": steps(np.ceil, "ceil"),
    "sqrt": entrywise(
        np.sqrt,
        lambda x, y: over(HALF, y),
        r"\sqrt",
        "sqrt",
        steep=lambda x: over(apply("log", x), TWO),
        nothing_to_do=lambda one, a: (a == 0) | (a == one),
    ),
    "abs": entrywise(
        np.abs,
        lambda x, y: apply("sign", x),
        r"\operatorname{abs}",
        "abs",
        kinks=lambda x: (x,),
        convention="The derivative of an absolute value at 0 is 0.",
        keeps_digits=True,
    ),
    "sign": entrywise(
        np.sign,
        None,
        r"\operatorname{sign}",
        "sign",
        on_paper=settled(np.sign),
        kinks=lambda x: (x,),
        keeps_digits=True,
        clean=always,
    ),
    "max": larger(np.maximum, "ge", "lt", "max"),
    "min": larger(np.minimum, "le", "gt", "min"),
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
}
