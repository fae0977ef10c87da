"""A row of the table of operations: it holds all that is known of an operation.

Values are float arrays with any leading batch axes and two trailing ones, rows and columns. A *pull*
is a reverse-mode rule: from the adjoint ``g`` of the result, the result ``y`` and the arguments it
makes the adjoint of one argument, as an expression of the same language. A pull may return the shape
of the result where an argument was spread over it; :mod:`reference.derivatives.reverse_mode` sums that back.

Rules follow Magnus and Neudecker, *Matrix Differential Calculus*, in the layout in which a gradient
has the shape of its parameter.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from enum import Enum, auto
from typing import Any

import numpy as np
from msgspec import Struct

from reference.language.dimensions import Shape, keep
from reference.language.expression import Apply, Expression, apply, number
from reference.language.values import Array

Pull = Callable[..., Expression]

ZERO, ONE, TWO = number(0), number(1), number(2)


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


class Family(Enum):
    """What kind of operation it is, where others ask for the kind."""

    SUM = auto()
    PRODUCT = auto()  # entry by entry
    MATRIX_PRODUCT = auto()
    TOTAL = auto()  # over entries, so it depends on a size
    ACTIVATION = auto()
    OTHER = auto()


def of_first(*args: Any) -> Any:
    """What is true of the first of some arguments, all of which are followed by their flags."""
    return args[len(args) // 2]


def always(*args: Any) -> Any:
    """True whatever the arguments are."""
    return np.ones((1, 1, 1), bool)


class Operation(Struct, frozen=True, kw_only=True):
    """A row of the table.

    ``on_paper``: where it is not ``value``, what that would be without the noise of floating point, as at a tie of 0.1 · 3 and 0.3.
    ``pulls``: one reverse-mode rule per argument, ``(g, y, *args) -> adjoint``; ``None`` where the
    derivative is zero wherever it exists. ``kinks``: expressions whose zero is a point without a
    derivative, as their sign changes there; ``ties``: expressions that are never negative, at whose zero the value
    jumps. ``steep``: of a smooth operation, an expression whose size is how steep it is, and which is 0
    where it turns. ``by_hand``: the steps in which a person computes it on paper. ``keeps_digits``: its
    result has no more decimals than its arguments, so rounding it changes nothing; ``clean``: the entries of it that
    are then as everyone has them, by the arguments and the entries of theirs that are. ``derived``: stands
    in equations, where derivatives are taken; what does not stands in answers only. ``axes``: those along which it
    adds up entries. ``associative``: brackets around its arguments change nothing. ``whole``: whole arguments have a whole result.
    ``convention``: what its derivative is at a kink, in a sentence.
    ``factors``: of a sum of products, what is multiplied in each, (batch, rows, terms, columns). ``work``: of an equation entry
    by entry, the operations on numbers that it takes by hand, as :func:`reference.language.indexed.by_hand.work`.
    ``nothing_to_do``: where it takes no work by hand, by its arguments in units of which ``one`` make 1.
    ``sign`` is (LaTeX, plain) between two arguments, ``call`` the LaTeX name of a function.
    """

    arity: int
    shape: Callable[..., Shape]
    value: Callable[..., Array]
    on_paper: Callable[..., Array] | None = None
    pulls: tuple[Pull | None, ...]
    kinks: Callable[..., tuple[Expression, ...]] = lambda *args: ()
    ties: Callable[..., tuple[Expression, ...]] = lambda *args: ()
    steep: Callable[..., Expression] | None = None
    by_hand: Callable[..., Expression] | None = None
    keeps_digits: bool = False
    clean: Callable[..., Any] = of_first
    factors: Callable[..., list[Array] | None] | None = None
    work: Callable[..., Iterator[Any]] | None = None
    derived: bool = True
    family: Family = Family.OTHER
    axes: tuple[int, ...] = ()
    associative: bool = False
    whole: bool = False
    nothing_to_do: Callable[..., Any] | None = None
    convention: str = ""
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
    """A function of one argument, entry by entry; ``slope(x, y)`` is its derivative.

    >>> import numpy as np
    >>> from reference.language.expression import Name
    >>> from reference.language.writing import plain
    >>> square = entrywise(np.square, lambda x, y: apply("scale", TWO, x), "square", "square")
    >>> square.value(np.array([[1.0, 3.0]]))
    array([[1., 9.]])
    >>> plain(square.pulls[0](Name("g"), Name("y"), Name("x")))
    'g .* (2 * x)'
    """
    pulls = (None,) if slope is None else (lambda g, y, x: times(g, slope(x, y)),)
    return Operation(
        arity=1, shape=keep, value=function, pulls=pulls, call=call, written=written, **more
    )


def is_unit(one: int, value: Any) -> Any:
    """Where a factor is 0, 1 or -1."""
    return (value == 0) | (abs(value) == one)


def first_of(extreme: str) -> str:
    """What the derivative of a maximum or minimum is where several entries are that."""
    return f"Where several entries are the {extreme}, it is the first of them."
