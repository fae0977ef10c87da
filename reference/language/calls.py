"""Calls that are other words for operations we have: ``np.square(z)``, ``sech(z)``, ``torch.outer(a, b)``."""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence
from fractions import Fraction
from typing import Protocol, TypeVar

from reference.language.expression import Apply, Expression, Name, Number, Product, fold
from reference.language.programs import SCALAR

# What a call stands for, by its name and the number of its arguments a, b, c.
STANDS_FOR = {
    ("square", 1): "a ⊙ a",
    ("negative", 1): "-a",
    ("reciprocal", 1): "1 / a",
    ("log1p", 1): "log(1 + a)",
    ("expm1", 1): "exp(a) - 1",
    ("sec", 1): "1 / cos(a)",
    ("csc", 1): "1 / sin(a)",
    ("cot", 1): "1 / tan(a)",
    ("sech", 1): "1 / cosh(a)",
    ("csch", 1): "1 / sinh(a)",
    ("coth", 1): "1 / tanh(a)",
    ("arcsin", 1): "2 arctan(a / (1 + sqrt(1 - a ⊙ a)))",
    ("arccos", 1): "pi / 2 - 2 arctan(a / (1 + sqrt(1 - a ⊙ a)))",
    ("arsinh", 1): "log(a + sqrt(a ⊙ a + 1))",
    ("arcosh", 1): "log(a + sqrt(a ⊙ a - 1))",
    ("artanh", 1): "log((1 + a) / (1 - a)) / 2",
    ("cbrt", 1): "sign(a) ⊙ abs(a)^(1/3)",
    ("round", 1): "floor(a + 1/2)",
    ("gelu", 1): "a ⊙ (1 + erf(a / sqrt(2))) / 2",
    ("silu", 1): "a ⊙ sigmoid(a)",
    ("argmin", 1): "argmax(-a)",
    ("norm", 1): "sqrt(sum(a ⊙ a))",
    ("trace", 1): "sum(diagonal(a))",
    ("transpose", 1): "a^T",
    ("step", 1): "(a > 0)",
    ("step", 2): "(a > 0) + b 1{a = 0}",
    ("trunc", 1): "sign(a) ⊙ floor(abs(a))",
    ("float", 1): "a",
    ("int", 1): "a",  # of a comparison
    ("ones_like", 1): "fill(1, a)",
    ("zeros_like", 1): "fill(0, a)",
    ("add", 2): "a + b",
    ("subtract", 2): "a - b",
    ("divide", 2): "a / b",
    ("log", 2): "log(a) / log(b)",
    ("pow", 2): "a^b",
    ("power", 2): "a^b",
    ("matmul", 2): "a @ b",
    ("clip", 3): "min(max(a, b), c)",
}
LETTER = re.compile(r"\b[abc]\b")
TWICE = frozenset(  # those that hold an argument twice, so a tower of them would grow without bound
    name
    for (name, _), text in STANDS_FOR.items()
    if len(found := LETTER.findall(text)) > len({*found})
)
MAX_TWICE = 8  # of them inside one another
# Those whose meaning hangs on the shapes, with the number of their arguments.
BY_SHAPE = frozenset({("dot", 2), ("outer", 2), ("multiply", 2)})
ALONG = frozenset({"sum", "mean", "softmax"})  # which take an axis
CHOICE = ("where", 3)  # np.where(test, yes, no)
CALLED = frozenset(name for name, _ in (*STANDS_FOR, *BY_SHAPE, CHOICE))
POWERED = frozenset({"sec", "csc", "cot", "sech", "csch", "coth"})  # as in sech^2(z)
COUNTS = frozenset((*STANDS_FOR, *BY_SHAPE, CHOICE))
OTHER_NAMES = {
    **dict.fromkeys(("maximum", "fmax"), "max"),
    **dict.fromkeys(("minimum", "fmin"), "min"),
    **dict.fromkeys(("absolute", "fabs"), "abs"),
    **dict.fromkeys(("atan", "arctg"), "arctan"),
    "asin": "arcsin",
    "acos": "arccos",
    **dict.fromkeys(("asinh", "arcsinh"), "arsinh"),
    **dict.fromkeys(("acosh", "arccosh"), "arcosh"),
    **dict.fromkeys(("atanh", "arctanh"), "artanh"),
    **dict.fromkeys(("expit", "logistic"), "sigmoid"),
    **dict.fromkeys(("heaviside", "theta", "θ", "Θ", "unit_step"), "step"),
    **dict.fromkeys(("inner", "vdot"), "dot"),
    **dict.fromkeys(("mm", "mv", "bmm"), "matmul"),
    "loge": "log",
    "swish": "silu",
    "inverse": "inv",
    "neg": "negative",
    "mul": "multiply",
    "sub": "subtract",
    "div": "divide",
    "true_divide": "divide",
    "clamp": "clip",
    "ger": "outer",
    "tr": "trace",
    "diagflat": "diag",
    "lrelu": "leaky_relu",
}

E = TypeVar("E")


class Maker(Protocol[E]):
    """What makes nodes or parts of what is read."""

    def constant(self, value: Fraction, column: int) -> E: ...

    def apply(self, operation: str, args: tuple[E, ...], column: int) -> E: ...

    def product_of(self, factors: tuple[E, ...], signs: tuple[str, ...], column: int) -> E: ...


@functools.cache
def stands_for(function: str, count: int) -> Expression | None:
    """What a call with so many arguments stands for, as an expression of a, b and c."""
    from reference.language.reading import read  # which reads calls

    text = STANDS_FOR.get((function, count))
    return None if text is None else read(text, "abc")


def filled(meaning: Expression, args: Sequence[E], maker: Maker[E], column: int) -> E:
    """What a call stands for, with its own arguments."""

    def visit(node: Expression, parts: list[E]) -> E:
        match node:
            case Name(name):
                return args["abc".index(name)]
            case Number(value):
                return maker.constant(value, column)
            case Apply(operation):
                return maker.apply(operation, tuple(parts), column)
            case Product(_, signs):
                return maker.product_of(tuple(parts), signs, column)

    return fold(meaning, visit)


def einstein(indices: Sequence[str], args: Sequence[E], maker: Maker[E], column: int) -> E | None:
    """A sum of Einstein's where it is one product of two factors; nothing elsewhere.

    Args:
        indices: of both factors and of the result, as ``ij``, ``j`` and ``i``.
    """
    left, right, result = (one.replace(SCALAR, "") for one in indices)
    if any(len({*one}) < len(one) for one in (left, right, result)):
        return None

    def turned(value: E, when: bool) -> E:
        return maker.apply("transpose", (value,), column) if when else value

    first, second = (
        maker.apply("column", (value,), column) if len(own) == 1 else value
        for value, own in zip(args, (left, right), strict=True)
    )
    shared = {*left} & {*right}
    if {*left} == {*right} and {*result} in ({*left}, set()):
        whole = maker.product_of((first, turned(second, left != right)), ("⊙",), column)
        return turned(whole, result != left) if result else maker.apply("sum", (whole,), column)
    if shared & {*result} or len(shared) > 1 or not (shared or len(left) == len(right) == 1):
        return None
    first = turned(first, bool(shared) and not (left[-1] in shared and len(left) == 2))
    second = turned(second, right[0] not in shared)
    rows, columns = ("".join(one for one in own if one not in shared) for own in (left, right))
    if result not in (rows + columns, columns + rows):
        return None
    whole = maker.product_of((first, second), ("@",), column)
    return turned(whole, result != rows + columns or (not rows and bool(columns)))
