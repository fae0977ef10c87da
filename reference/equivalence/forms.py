"""In which form an expression is written; equal values can be written in many."""

from __future__ import annotations

from reference.language.expression import Apply, Expression, Number, fold
from reference.language.operations import OPERATIONS, Family, of_family

SUMS = of_family(Family.SUM)
PRODUCTS = of_family(Family.PRODUCT, Family.MATRIX_PRODUCT)


def top(expression: Expression) -> str:
    """The operation at the top of an expression, signs left out."""
    while isinstance(expression, Apply) and expression.operation == "negate":
        expression = expression.args[0]
    return expression.operation if isinstance(expression, Apply) else ""


def is_expanded(expression: Expression) -> bool:
    """Is no sum multiplied, divided by a number or raised to a whole power?"""

    def visit(node: Expression, args: list[bool]) -> bool:
        if not isinstance(node, Apply) or not all(args):
            return all(args)
        if node.operation in PRODUCTS:
            return not any(top(argument) in SUMS for argument in node.args)
        if node.operation in ("power", "divide"):
            constant = isinstance(node.args[1], Number)
            return not (top(node.args[0]) in SUMS and constant)
        return True

    return fold(expression, visit)


def is_factored(expression: Expression) -> bool:
    """Is it a product, a quotient or a power, and not a sum?"""
    return top(expression) not in SUMS


def is_without_calls(expression: Expression) -> bool:
    """Is no function called, such as exp or relu?"""

    def visit(node: Expression, args: list[bool]) -> bool:
        called = isinstance(node, Apply) and bool(OPERATIONS[node.operation].written)
        abstract = isinstance(node, Apply) and node.operation.startswith("call")
        return all(args) and not called and not abstract

    return fold(expression, visit)
