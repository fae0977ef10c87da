"""The nodes of an expression, and the one walk over them.

A *written* expression, as the reader returns it, may hold :class:`Product` nodes, whose meaning the
shapes decide, and knows the column of every node. A *resolved* one holds none and has no columns, so
equal expressions are equal values.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import ClassVar, TypeVar

from msgspec import Struct

T = TypeVar("T")


class Number(Struct, frozen=True):
    """An exact constant, 1 × 1."""

    value: Fraction
    column: int = 0
    args: ClassVar[tuple[Expression, ...]] = ()


class Name(Struct, frozen=True):
    """A declared quantity, or a derivative such as ``dL/dW1``."""

    name: str
    column: int = 0
    args: ClassVar[tuple[Expression, ...]] = ()


class Apply(Struct, frozen=True):
    """A row of the table of operations, applied to its arguments."""

    operation: str
    args: tuple[Expression, ...]
    column: int = 0


class Product(Struct, frozen=True):
    """A chain of factors as written; ``signs[i]`` stands between factors i and i + 1.

    A sign is ``*`` (left to the shapes), ``@``, ``⊙`` or ``/``.
    """

    args: tuple[Expression, ...]
    signs: tuple[str, ...]
    column: int = 0


Expression = Number | Name | Apply | Product


def number(value: int | Fraction) -> Number:
    """The constant ``value``."""
    return Number(Fraction(value))


def apply(operation: str, *args: Expression) -> Apply:
    """``operation`` of ``args``, without a column."""
    return Apply(operation, args)


def annotate(root: Expression, visit: Callable[[Expression, list[T]], T]) -> dict[int, T]:
    """Visit every node after its arguments, each shared node once; the results by ``id`` of the node.

    Iterative, so that the depth of an expression is no matter.
    """
    results: dict[int, T] = {}
    stack: list[Expression | None] = [root]
    opened: list[Expression] = []  # whose arguments stand above the None that belongs to it
    while stack:
        node = stack.pop()
        if node is None:
            node = opened.pop()
        elif id(node) in results:
            continue
        elif node.args:
            opened.append(node)
            stack.append(None)
            stack.extend(node.args[::-1])
            continue
        results[id(node)] = visit(node, [results[id(argument)] for argument in node.args])
    return results


def fold(root: Expression, visit: Callable[[Expression, list[T]], T]) -> T:
    """As :func:`annotate`; the root's result."""
    return annotate(root, visit)[id(root)]


def names(root: Expression) -> frozenset[str]:
    """The names that occur in an expression."""
    found: set[str] = set()

    def visit(node: Expression, _: list[None]) -> None:
        if isinstance(node, Name):
            found.add(node.name)

    fold(root, visit)
    return frozenset(found)


def mentioned(root: Expression) -> set[str]:
    """The names that a writer used: all but the sizes over which sums run."""

    found: set[str] = set()
    stack = [root]
    while stack:
        node = stack.pop()
        if isinstance(node, Name):
            found.add(node.name)
        elif not (isinstance(node, Apply) and node.operation == "span"):
            stack.extend(node.args)
    return found


def rebuild(node: Expression, args: list[Expression]) -> Expression:
    """``node`` with other arguments; the same object where none changed."""
    if all(new is old for new, old in zip(args, node.args, strict=True)):
        return node
    assert isinstance(node, Apply)
    return Apply(node.operation, tuple(args))


def substitute(root: Expression, replacements: Mapping[str, Expression]) -> Expression:
    """A resolved expression with names replaced by expressions of the same shapes."""

    def visit(node: Expression, args: list[Expression]) -> Expression:
        if isinstance(node, Name):
            return replacements.get(node.name, node)
        return rebuild(node, args)

    return fold(root, visit)
