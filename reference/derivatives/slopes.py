"""The slope of a function may be told by its argument or by its value: tanh'(z) is 1 - tanh(z)^2, and 1 - a^2 for a = tanh(z).

The table of operations has one of the two. Rules of the other kind give the same wherever a is right.
"""

from __future__ import annotations

from reference.derivatives.reverse_mode import Rules
from reference.language.expression import Apply, Expression, apply, number
from reference.language.operations import OPERATIONS, Pull

ZERO, ONE = number(0), number(1)


def by_argument(operation: str) -> tuple[Pull | None, ...]:
    """The rules of an operation, with what it gives written out."""

    def written_out(pull: Pull) -> Pull:
        return lambda g, y, *args: pull(g, Apply(operation, args), *args)

    return tuple(pull and written_out(pull) for pull in OPERATIONS[operation].pulls)


def relu_by_value(g: Expression, y: Expression, x: Expression) -> Expression:
    """Its value has the sign of its argument."""
    return apply("hadamard", g, apply("gt", y, ZERO))


def leaky_relu_by_value(
    g: Expression, y: Expression, x: Expression, slope: Expression
) -> Expression:
    """The same; at 0 as PyTorch has it, where the table of operations has the other slope."""
    inside = apply("add", apply("gt", y, ZERO), apply("scale", slope, apply("le", y, ZERO)))
    return apply("hadamard", g, inside)


def softplus_by_value(g: Expression, y: Expression, x: Expression) -> Expression:
    """Its slope is 1 - e^-y, as the sigmoid of x is."""
    slope = apply("subtract", ONE, apply("exp", apply("negate", y)))
    return apply("hadamard", g, slope)


BY_ARGUMENT = Rules(
    {one: by_argument(one) for one in ("sigmoid", "tanh", "softmax", "exp", "sqrt")}
)
BY_VALUE = Rules(
    {
        "relu": (relu_by_value,),
        "leaky_relu": (leaky_relu_by_value, *OPERATIONS["leaky_relu"].pulls[1:]),
        "softplus": (softplus_by_value,),
    }
)
