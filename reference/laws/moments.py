"""Mean and variance by rules, for sums and products of independent terms.

A matrix whose entries along an axis all have the same law is kept as one entry along it, so sizes may be symbols:
of W x with W of the variance s and x of d entries with the second moment v, each entry has the variance d s v.

Var(XY) of independent factors is Var X Var Y + Var X (E Y)^2 + (E X)^2 Var Y (Goodman, *On the Exact Variance of
Products*, 1960); variances of uncorrelated terms add up.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace

from reference.language.dimensions import SCALAR, Shape, Size, expressed
from reference.language.errors import ReadingError, ShapeError
from reference.language.expression import Apply, Expression, Name, apply, fold, number
from reference.language.operations.operation import TWO
from reference.language.shapes import infer, own_shape
from reference.language.simplifying import simplify
from reference.language.writing import plain

ZERO = number(0)
Shapes = Mapping[str, Shape]


class Moments(Struct, frozen=True):
    """What is known of a random matrix.

    ``mean``, ``variance``: of its entries; along an axis on which all have the same law, of one of them. The variance is 0
    of what is not random; where means and variances do not decide it there is none, and ``why`` says so. ``sources``: the
    random quantities it is made of. ``uncorrelated``: are its entries so?
    """

    shape: Shape
    mean: Expression
    variance: Expression | None = ZERO
    sources: frozenset[str] = frozenset()
    uncorrelated: bool = True
    why: str = ""


def moments(root: Expression, known: Mapping[str, Moments], shapes: Shapes) -> Moments:
    """The moments of an expression.

    Args:
        known: of the names that are random.
        shapes: of all names in the expression, and in what is known.

    Raises:
        ReadingError: means and variances do not decide it.
    """
    rules = Rules(shapes)

    def visit(node: Expression, args: list[Moments]) -> Moments:
        if isinstance(node, Name) and node.name in known:
            return known[node.name]
        shape = own_shape(node, [one.shape for one in args], shapes)
        if not any(one.sources for one in args):
            return Moments(shape, node)
        assert isinstance(node, Apply)
        rule = RULES.get(node.operation)
        if rule is None:
            raise undecided(
                node, "means and variances do not tell what it does to a random quantity"
            )
        try:
            return rule(rules, node, args, shape)
        except ShapeError:
            raise undecided(node, "its parts have the same law along different axes") from None

    return fold(root, visit)


def undecided(node: Expression, why: str) -> ReadingError:
    return ReadingError(f"the moments of {plain(node)} are not decided: {why}")


class Rules(Struct, frozen=True):
    """The rules, and the arithmetic of matrices that are kept as one entry along an axis."""

    shapes: Shapes

    def shape(self, value: Expression) -> Shape:
        return infer(value, self.shapes)

    def short(self, value: Expression) -> Expression:
        return simplify(value, self.shapes)

    # Arithmetic

    def plus(self, left: Expression, right: Expression, sign: str = "add") -> Expression:
        if ZERO in (left, right) and (sign == "add" or right == ZERO):
            return right if left == ZERO else left
        return apply(sign, left, right)

    def times(self, left: Expression, right: Expression) -> Expression:
        if ZERO in (left, right):
            return ZERO
        scalar = SCALAR in (self.shape(left), self.shape(right))
        return self.short(apply("scale" if scalar else "hadamard", left, right))

    def square(self, value: Expression) -> Expression:
        return ZERO if value == ZERO else apply("power", value, TWO)

    def along(self, left: Expression, right: Expression, terms: Size) -> Expression:
        """The sums of products of a matrix product of so many terms each."""
        if ZERO in (left, right):
            return ZERO
        columns, rows = self.shape(left)[1], self.shape(right)[0]
        if columns == rows == 1 != terms:
            return self.short(apply("scale", expressed(terms), apply("matmul", left, right)))
        if columns != rows:
            left = apply("row_sums", left) if columns != 1 else left
            right = apply("column_sums", right) if rows != 1 else right
        return self.short(apply("matmul", left, right))

    # Rules

    def of_sum(self, node: Apply, args: Sequence[Moments], shape: Shape) -> Moments:
        left, right = args
        variance, why = None, left.why or right.why or shared(left, right)
        if left.variance is not None and right.variance is not None and not why:
            variance = self.plus(left.variance, right.variance)
        return Moments(
            shape,
            self.plus(left.mean, right.mean, node.operation),
            variance,
            left.sources | right.sources,
            entrywise(args, shape) and not why,
            why,
        )

    def of_negative(self, node: Apply, args: Sequence[Moments], shape: Shape) -> Moments:
        [one] = args
        mean = ZERO if one.mean == ZERO else apply("negate", one.mean)
        return replace(one, mean=mean)

    def of_transpose(self, node: Apply, args: Sequence[Moments], shape: Shape) -> Moments:
        [one] = args
        mean = self.short(apply("transpose", one.mean))
        variance = one.variance and self.short(apply("transpose", one.variance))
        return replace(one, shape=shape, mean=mean, variance=variance)

    def of_product(self, node: Apply, args: Sequence[Moments], shape: Shape) -> Moments:
        """Entry by entry."""
        left, right = args
        if node.args[0] == node.args[1]:
            return self.of_square(node, left, shape)
        check_apart(node, left, right)
        return Moments(
            shape,
            self.times(left.mean, right.mean),
            self.of_both(left, right, self.times),
            left.sources | right.sources,
            entrywise(args, shape),
            left.why or right.why,
        )

    def of_square(self, node: Apply, one: Moments, shape: Shape) -> Moments:
        """E X^2 is Var X + (E X)^2; the variance hangs on further moments."""
        if one.variance is None:
            raise undecided(node, one.why)
        mean = self.plus(one.variance, self.square(one.mean))
        return Moments(shape, mean, None, one.sources, False, f"{plain(node)} is a square")

    def of_power(self, node: Apply, args: Sequence[Moments], shape: Shape) -> Moments:
        base, exponent = args
        if exponent.mean != TWO:
            raise undecided(node, "of powers, only squares are read")
        return self.of_square(node, base, shape)

    def of_quotient(self, node: Apply, args: Sequence[Moments], shape: Shape) -> Moments:
        above, below = args
        if below.sources:
            raise undecided(node, "it is divided by a random quantity")
        variance = above.variance
        if variance not in (None, ZERO):
            variance = apply("divide", variance, self.square(below.mean))
        mean = ZERO if above.mean == ZERO else apply("divide", above.mean, below.mean)
        spread = above.uncorrelated and above.shape == shape
        return Moments(shape, mean, variance, above.sources, spread, above.why)

    def of_matrices(self, node: Apply, args: Sequence[Moments], shape: Shape) -> Moments:
        left, right = args
        check_apart(node, left, right)
        terms = left.shape[1]
        why = left.why or right.why
        if terms != 1 and not (adds_up(left, right) and adds_up(right, left)):
            why = why or f"the terms of {plain(node)} are correlated"

        def product(a: Expression, b: Expression) -> Expression:
            return self.along(a, b, terms)

        return Moments(
            shape,
            product(left.mean, right.mean),
            None if why else self.of_both(left, right, product),
            left.sources | right.sources,
            shape == SCALAR
            or (shape[1] == 1 and own_rows(left, right))
            or (shape[0] == 1 and own_rows(right, left)),
            why,
        )

    def of_total(self, node: Apply, args: Sequence[Moments], shape: Shape) -> Moments:
        [one] = args
        why = one.why
        if not one.uncorrelated:
            why = why or f"the terms of {plain(node)} are correlated"
        mean, variance = one.mean, None if why else one.variance
        for axis in SIDES[node.operation]:
            mean = self.summed(mean, one.shape[axis], axis)
            variance = variance and self.summed(variance, one.shape[axis], axis)
        return Moments(shape, mean, variance, one.sources, one.uncorrelated, why)

    def of_mean(self, node: Apply, args: Sequence[Moments], shape: Shape) -> Moments:
        whole = self.of_total(node, args, shape)
        count = apply("scale", *map(expressed, args[0].shape))
        return self.of_quotient(node, [whole, Moments(SCALAR, self.short(count))], shape)

    def summed(self, value: Expression, terms: Size, axis: int) -> Expression:
        """The sums along an axis of so many terms."""
        if value == ZERO:
            return ZERO
        if self.shape(value)[axis] == 1 != terms:
            return self.short(apply("scale", expressed(terms), value))
        return self.short(apply(("column_sums", "row_sums")[axis], value))

    def of_both(
        self, left: Moments, right: Moments, product: Callable[[Expression, Expression], Expression]
    ) -> Expression | None:
        """The variance of a product of independent factors."""
        if left.variance is None or right.variance is None:
            return None
        whole: Expression = ZERO
        for one, other in (
            (left.variance, right.variance),
            (left.variance, self.square(right.mean)),
            (self.square(left.mean), right.variance),
        ):
            whole = self.plus(whole, product(one, other))
        return whole


def shared(left: Moments, right: Moments) -> str:
    """What both hang on, in words; empty where they are independent."""
    both = left.sources & right.sources
    return f"both parts hang on {', '.join(sorted(both))}" if both else ""


def check_apart(node: Apply, left: Moments, right: Moments) -> None:
    """The factors of a product are independent."""
    if both := shared(left, right):
        raise undecided(node, both)


def entrywise(args: Sequence[Moments], shape: Shape) -> bool:
    """Are the entries of a result uncorrelated, each made of its own ones?"""
    return all(one.uncorrelated and (not one.sources or one.shape == shape) for one in args)


def adds_up(one: Moments, other: Moments) -> bool:
    """Are the terms of a product of matrices uncorrelated, as this factor is, or the other one has the mean 0?"""
    free = other.sources and other.uncorrelated and other.mean == ZERO
    return not one.sources or one.uncorrelated or bool(free)


def own_rows(one: Moments, other: Moments) -> bool:
    """Is each entry of a column made of a row of its own, and of nothing random besides, unless rows have the mean 0?"""
    return bool(one.sources) and one.uncorrelated and (not other.sources or one.mean == ZERO)


SIDES = {"sum": (0, 1), "mean": (0, 1), "row_sums": (1,), "column_sums": (0,)}
RULES: dict[str, Callable[[Rules, Apply, Sequence[Moments], Shape], Moments]] = {
    "add": Rules.of_sum,
    "subtract": Rules.of_sum,
    "negate": Rules.of_negative,
    "transpose": Rules.of_transpose,
    "scale": Rules.of_product,
    "hadamard": Rules.of_product,
    "power": Rules.of_power,
    "divide": Rules.of_quotient,
    "matmul": Rules.of_matrices,
    "sum": Rules.of_total,
    "mean": Rules.of_mean,
    "row_sums": Rules.of_total,
    "column_sums": Rules.of_total,
}
