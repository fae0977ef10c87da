"""The nodes of an expression, and the one walk over them.

A *written* expression, as the reader returns it, may hold :class:`Product` nodes, whose meaning the
shapes decide, and knows the column of every node. A *resolved* one holds none and has no columns, so
equal expressions are equal values.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping
from fractions import Fraction
from itertools import islice
from typing import ClassVar, TypeVar

from msgspec import Struct

MANY = 1000  # parts, of which some are probably shared

T = TypeVar("T")


class Number(Struct, frozen=True, gc=False):
    """An exact constant, 1 × 1."""

    value: Fraction
    column: int = 0
    args: ClassVar[tuple[Expression, ...]] = ()
    operation: ClassVar[str] = ""


class Name(Struct, frozen=True, gc=False):
    """A declared quantity, or a derivative such as ``dL/dW1``."""

    name: str
    column: int = 0
    args: ClassVar[tuple[Expression, ...]] = ()
    operation: ClassVar[str] = ""


class Apply(Struct, frozen=True, gc=False):
    """A row of the table of operations, applied to its arguments."""

    operation: str
    args: tuple[Expression, ...]
    column: int = 0


class Product(Struct, frozen=True, gc=False):
    """A chain of factors as written; ``signs[i]`` stands between factors i and i + 1.

    A sign is ``*`` (left to the shapes), ``@``, ``⊙`` or ``/``.
    """

    args: tuple[Expression, ...]
    signs: tuple[str, ...]
    column: int = 0
    operation: ClassVar[str] = "product"


Expression = Number | Name | Apply | Product


def number(value: int | Fraction) -> Number:
    """The constant ``value``."""
    return Number(Fraction(value))


ONLY = number(
    1
)  # the column of an entry of a column, or the row of one of a row, which is this very object and not written


def apply(operation: str, *args: Expression) -> Apply:
    """``operation`` of ``args``, without a column."""
    return Apply(operation, args)


def parts(root: Expression) -> list[Expression]:
    """Every part of an expression, each after its own arguments.

    A part that is shared may occur as often as it is used, or once.
    """
    found = [root]
    for node in islice(found, MANY):  # while the list grows
        found += node.args[::-1]
    if len(found) > MANY:
        return distinct_parts(root)
    found.reverse()
    return found


def distinct_parts(root: Expression, seen: Container[int] = ()) -> list[Expression]:
    """As :func:`parts`, each once: where much is shared, an expression is far larger in writing.

    ``seen``: by ``id``, parts that are left out with all of their own.
    """
    found: dict[int, Expression] = {}
    stack: list[tuple[Expression, bool]] = [(root, False)]
    while stack:
        node, ready = stack.pop()
        key = id(node)
        if ready:
            found[key] = node
        elif key not in found and key not in seen:
            if node.args:
                stack.append((node, True))
                stack += [(argument, False) for argument in node.args[::-1]]
            else:
                found[key] = node
    return list(found.values())


def annotate(
    root: Expression,
    visit: Callable[[Expression, list[T]], T],
    results: dict[int, T] | None = None,
) -> dict[int, T]:
    """Visit every part after its arguments, each shared part once; the results by ``id`` of the part.

    Iterative, so that the depth of an expression is no matter.

    Args:
        results: of expressions that share parts with this one, and live as long; it is added to.
    """
    nodes = parts(root) if results is None else distinct_parts(root, results)
    results = {} if results is None else results
    result = results.__getitem__
    for node in nodes:
        if id(node) not in results:
            args = node.args
            results[id(node)] = visit(node, [*map(result, map(id, args))] if args else [])
    return results


def fold(root: Expression, visit: Callable[[Expression, list[T]], T]) -> T:
    """As :func:`annotate`; the root's result."""
    if not root.args:
        return visit(root, [])
    return annotate(root, visit)[id(root)]


class Table:
    """Parts of resolved expressions, each once: what is equal is one object, as far as it comes from the same table.

    Args:
        spreads: do rows and columns spread over a matrix, as in NumPy?
    """

    def __init__(self, spreads: bool = False) -> None:
        self.spreads = spreads
        self.parts: dict[object, Expression] = {}

    def name(self, name: str) -> Expression:
        found = self.parts.get(name)
        if found is None:
            found = self.parts[name] = Name(name)
        return found

    def number(self, value: Fraction) -> Expression:
        key = value.numerator, value.denominator
        found = self.parts.get(key)
        if found is None:
            found = self.parts[key] = Number(value)
        return found

    def apply(self, operation: str, args: tuple[Expression, ...]) -> Expression:
        key = (operation, *map(id, args))
        found = self.parts.get(key)
        if found is None:
            found = self.parts[key] = Apply(operation, args)
        return found


def names(root: Expression) -> frozenset[str]:
    """The names that occur in an expression."""
    return frozenset(node.name for node in parts(root) if isinstance(node, Name))


def mentioned(root: Expression) -> set[str]:
    """The names that a writer used: all but the sizes over which sums and the indices of equations run."""
    from reference.language.indexed.rows import rule_of  # which are made of expressions

    nodes = parts(root)
    limits: set[int] = set()
    for node in nodes:
        if node.operation == "span":
            limits.add(id(node.args[0]))
        elif (rule := rule_of(node)) is not None:
            limits |= {*map(id, node.args[len(rule.axes) :])}
    return {node.name for node in nodes if isinstance(node, Name) and id(node) not in limits}


def rebuild(node: Expression, args: list[Expression]) -> Expression:
    """``node`` with other arguments; the same object where none changed."""
    for new, old in zip(args, node.args, strict=True):
        if new is not old:
            assert isinstance(node, Apply)
            return Apply(node.operation, tuple(args))
    return node


def substitute(root: Expression, replacements: Mapping[str, Expression]) -> Expression:
    """A resolved expression with names replaced by expressions of the same shapes."""

    def visit(node: Expression, args: list[Expression]) -> Expression:
        if isinstance(node, Name):
            return replacements.get(node.name, node)
        return rebuild(node, args)

    return fold(root, visit)
