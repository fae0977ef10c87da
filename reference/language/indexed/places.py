"""Places of entries: subscripts that stand by themselves, and nodes as whole-number expressions."""

from __future__ import annotations

import re
from collections.abc import Callable

from reference.language.indexed.nodes import At, Call, Cond, Constant, Node, Place
from reference.language.names import LOWERED, Vocabulary, canonical
from reference.language.tokens import Token, cut
from reference.language.whole import Whole, ceil, floor, whole

SUBSCRIPTED = re.compile(r"(?P<base>.+?)_(?:\{(?P<braced>.+)\}|(?P<bare>.+))")

ORDER: dict[str, Callable[[Whole, Whole], Cond]] = {
    "<=": lambda left, right: Cond(right - left),
    ">=": lambda left, right: Cond(left - right),
    "<": lambda left, right: Cond(right - left - 1),
    ">": lambda left, right: Cond(left - right - 1),
    "=": lambda left, right: Cond(left - right, "=="),
    "!=": lambda left, right: Cond(left - right, "!="),
}
INDEXED = re.compile(r"(?<![A-Za-z])(?:sum|max|min|mean|var|softmax)_")


def is_indexed(text: str) -> bool:
    """Does a reduction over indices stand in a text?"""
    return INDEXED.search(text) is not None


def split(tokens: list[Token], vocabulary: Vocabulary) -> list[Token]:
    """Tokens in which a subscript that is no part of a name stands by itself: ``x_i``, ``max_{i}``."""
    found: list[Token] = []
    for token in tokens:
        text = token.text.translate(LOWERED)  # gᵢ as g_i
        parted = SUBSCRIPTED.fullmatch(text) if token.kind == "word" else None
        if parted is None or canonical(token.text) in vocabulary.spellings:
            found.append(token)
            continue
        base, inner = parted["base"], (parted["braced"] or parted["bare"]).replace("_", "")
        column = token.column + len(base)
        inside = [Token(one.kind, one.text, column + one.column) for one in cut(inner)]
        found.append(Token("word", base, token.column))
        found += [
            Token("operator", "_", column),
            Token("operator", "{", column),
            *inside,
            Token("operator", "}", column),
        ]
    return found


def whole_of(node: Node) -> Whole:
    """A node as a whole-number expression.

    Raises:
        ValueError: it is none.
    """
    match node:
        case Constant(value) if value.denominator == 1:
            return whole(int(value))
        case Place(value):
            return value
        case Call("add", (left, right)):
            return whole_of(left) + whole_of(right)
        case Call("subtract", (left, right)):
            return whole_of(left) - whole_of(right)
        case Call("scale", (left, right)):
            return whole_of(left) * whole_of(right)
        case Call("negate", (inner,)):
            return -whole_of(inner)
        case Call("floor", (Call("divide", (top, bottom)),)):
            return floor(whole_of(top), whole_of(bottom))
        case Call("ceil", (Call("divide", (top, bottom)),)):
            return ceil(whole_of(top), whole_of(bottom))
        case Call("floor" | "ceil", (inner,)):
            return whole_of(inner)
        case Call("power", (base, Constant(power))) if power.denominator == 1 and 1 <= power <= 4:
            total = whole_of(base)
            for _ in range(int(power) - 1):
                total = total * whole_of(base)
            return total
        case Call("divide", _):
            raise ValueError("a quotient is whole only as floor(… / …)")
        case At(name):
            raise ValueError(
                f"'{name}' is a quantity; a place is made of indices, sizes and whole numbers"
            )
    raise ValueError("a place is made of indices, sizes and whole numbers")
