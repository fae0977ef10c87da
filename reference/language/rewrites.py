"""Rewrites as rows: what stands on the left may be written as on the right.

Names in a row stand for any expressions. What gathering terms does (common factors, cancelling, a · (1/b), −(a − b))
needs no rows: see :mod:`reference.language.terms`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from msgspec import Struct

from reference.language.dimensions import Shape
from reference.language.expression import Apply, Expression, Name, Number, apply, number
from reference.language.shapes import infer

A, B, X, Y = map(Name, ("a", "b", "X", "Y"))
ROW, OTHER, COLUMN = map(Name, ("i", "j", "k"))
ZERO, ONE = number(0), number(1)


class Facts(Struct, frozen=True):
    """What is known of the names of an expression.

    ``summing``: names whose columns have the sum 1, as a softmax and a one-hot label have. ``apart``: index → those
    that stand for another place.
    """

    shapes: Mapping[str, Shape]
    summing: frozenset[str] = frozenset()
    apart: Mapping[str, frozenset[str]] = {}

    def sums_to_one(self, one: Expression) -> bool:
        return isinstance(one, Name) and one.name in self.summing

    def differ(self, one: Expression, other: Expression) -> bool:
        """Are these two different places?"""
        match one, other:
            case Name(first), Name(second):
                return second in self.apart.get(first, ())
            case Number(here), Number(there):
                return here != there
        return False


Found = Mapping[str, Expression]


class Rewrite(Struct, frozen=True):
    """``left`` → ``right``, where ``when`` holds of what the names stand for."""

    left: Expression
    right: Expression
    when: Callable[[Facts, Found], bool] = lambda facts, found: True


def sums_to_one(facts: Facts, found: Found) -> bool:
    return facts.sums_to_one(found["Y"])


def column_sums_to_one(facts: Facts, found: Found) -> bool:
    return sums_to_one(facts, found) and infer(found["Y"], facts.shapes)[1] == 1


def alike(facts: Facts, found: Found) -> bool:
    return infer(found["a"], facts.shapes) == infer(found["X"], facts.shapes)


def apart(facts: Facts, found: Found) -> bool:
    return facts.differ(found["i"], found["j"])


def stands_in_sums(facts: Facts, found: Found) -> bool:
    """Is it a number or a column, which a sum spreads over a matrix?"""
    return infer(found["a"], facts.shapes)[1] == 1


UNIT = apply("unit", X, OTHER, COLUMN)

ROWS = (
    Rewrite(apply("sum", Y), ONE, column_sums_to_one),
    Rewrite(apply("fill", apply("column_sums", Y), X), apply("fill", ONE, X), sums_to_one),
    Rewrite(apply("sum", UNIT), ONE),
    Rewrite(apply("sum", apply("hadamard", A, UNIT)), apply("entry", A, OTHER, COLUMN), alike),
    Rewrite(apply("sum", apply("hadamard", UNIT, A)), apply("entry", A, OTHER, COLUMN), alike),
    Rewrite(apply("entry", apply("unit", X, ROW, COLUMN), ROW, COLUMN), ONE),
    Rewrite(apply("entry", UNIT, ROW, COLUMN), ZERO, apart),
    Rewrite(apply("entry", UNIT, ROW, COLUMN), apply("eq", ROW, OTHER)),
)
"""Rows that always hold from left to right."""

SHORTER = (
    Rewrite(apply("scale", apply("exp", A), apply("exp", B)), apply("exp", apply("add", A, B))),
    Rewrite(apply("hadamard", apply("exp", A), apply("exp", B)), apply("exp", apply("add", A, B))),
    Rewrite(
        apply("transpose", apply("matmul", A, apply("transpose", B))),
        apply("matmul", B, apply("transpose", A)),
    ),
    Rewrite(
        apply("transpose", apply("matmul", apply("transpose", A), B)),
        apply("matmul", apply("transpose", B), A),
    ),
    *(
        Rewrite(
            apply("negate", apply(odd, apply("subtract", A, B))),
            apply(odd, apply("subtract", B, A)),
        )
        for odd in ("sign", "tanh", "sin")
    ),
    *(
        Rewrite(apply(test, apply("subtract", A, B), ZERO), apply(test, A, B))
        for test in ("gt", "ge", "lt", "le")
    ),
    *(
        Rewrite(apply(test, apply("negate", A), ZERO), apply(other, A, ZERO))
        for test, other in (("gt", "lt"), ("ge", "le"), ("lt", "gt"), ("le", "ge"))
    ),
)
"""Rows for what is left when everything is gathered, as exponentials that are one no longer cancel."""

SPELLED = (
    Rewrite(apply("fill", ZERO, X), apply("scale", ZERO, X)),
    Rewrite(apply("fill", A, X), apply("add", A, apply("scale", ZERO, X)), stands_in_sums),
    Rewrite(
        apply("fill", A, X),
        apply(
            "transpose",
            apply("add", apply("transpose", A), apply("scale", ZERO, apply("transpose", X))),
        ),
    ),
)
"""Rows for what only our own notation has a name for, wherever it is left."""


def rewritten(node: Expression, rows: tuple[Rewrite, ...], facts: Facts) -> Expression | None:
    """What the first row that fits makes of a node; none where no row fits."""
    for row in rows:
        found: dict[str, Expression] = {}
        alike = row.left.operation == node.operation  # most are not
        if alike and fits(row.left, node, found) and row.when(facts, found):
            return filled(row.right, found)
    return None


def fits(pattern: Expression, node: Expression, found: dict[str, Expression]) -> bool:
    """Is a node of a pattern's form? What its names stand for is put into ``found``."""
    if isinstance(pattern, Name):
        return found.setdefault(pattern.name, node) == node
    if isinstance(pattern, Number):
        return isinstance(node, Number) and node.value == pattern.value
    return (
        isinstance(node, Apply)
        and node.operation == pattern.operation
        and all(fits(part, one, found) for part, one in zip(pattern.args, node.args, strict=True))
    )


def filled(pattern: Expression, found: Found) -> Expression:
    if isinstance(pattern, Name):
        return found[pattern.name]
    if not isinstance(pattern, Apply):
        return pattern
    return Apply(pattern.operation, tuple(filled(part, found) for part in pattern.args))
