"""A text read straight to the parts of answers: no columns, no shapes and no values that are known already."""

from __future__ import annotations

from fractions import Fraction
from typing import Any, NoReturn

import numpy as np

from reference.equivalence.parts import E, Part, Parts, literal, part_of
from reference.language.cursor import MAX_DEPTH
from reference.language.dimensions import SCALAR
from reference.language.errors import LanguageError, Unusual
from reference.language.grammar import POSTFIXES, PRODUCT_SIGNS, Grammar
from reference.language.layouts import LEFT_TO_SHAPES, TURNING
from reference.language.lexemes import Group, by_lexeme, in_a_row, usual_tokens
from reference.language.names import canonical
from reference.language.operands import CONSTANTS
from reference.language.over_time import ABSENT
from reference.language.reading import CHANGES, has_definitions, may_have_sides, sides, unframed
from reference.language.structures import NOT_A_NUMBER
from reference.language.tokens import MAX_TOKENS, Token

BELONGING = POSTFIXES | {"{"}  # signs that belong to the operand before them
SHALLOW = MAX_DEPTH - 40  # where the characters of a short bracket nest no deeper than is read


@np.errstate(all="ignore")
def read_part(text: str, parts: Parts) -> Part | None:
    """The part that a text is, the last side of an equation; nothing where only the long way tells."""
    text = unframed(text)
    if "\n" in text:
        return None
    parts.make_room()
    try:
        lexemes = by_lexeme(text)
        if not may_have_sides(text):
            return known_product(lexemes, parts) or Resolver(in_a_row(lexemes), parts).whole()
        if has_definitions(text):
            return None
        tokens = in_a_row(lexemes)
        start = sides(tokens)[-1]
        if start and tuple(tokens[:start]) not in parts.lefts:
            return None
        return Resolver(tokens[start:], parts).whole()
    except (Unusual, LanguageError):
        return None


def known_product(lexemes: list[tuple[Token, ...]], parts: Parts) -> Part | None:
    """The product that a text is, of operands that are lexemes and known, as most answers of a class are."""
    factors: list[Part] = []
    signs: list[str] = []
    behind, negative = "", bool(lexemes) and lexemes[0][0].text == "-"
    for tokens in lexemes[negative:]:
        token = tokens[0]
        part = parts.found.get(token.whole if type(token) is Group else token.text)
        beside = len(factors) > len(signs)
        if part is None:
            if not beside or token.text not in PRODUCT_SIGNS:
                return None
            signs.append(token.text)
            continue
        if beside:  # without a sign
            if signs[-1:] == ["/"] or (behind == "}" and token.text == "("):
                return None  # as either may be read in two ways
            signs.append("*")
        stray = token.kind == "command" or (token.kind == "number" and beside)
        if stray and type(token) is not Group:
            return None
        factors.append(part)
        behind = tokens[-1].text
    if len(factors) == len(signs) or sum(map(len, lexemes)) > MAX_TOKENS:
        return None
    if negative:
        first = parts.found.get(("negate", factors[0]))
        if first is None:
            return None
        factors[0] = first
    return parts.product(factors, signs)


def learn_left(text: str, parts: Parts) -> None:
    """What stands before the last equality sign of an answer that is read: there is nothing wrong with it."""
    text = unframed(text)
    if not {"\n", ";"}.isdisjoint(text) or not may_have_sides(text) or has_definitions(text):
        return
    try:
        tokens = usual_tokens(text)
    except (Unusual, LanguageError):
        return
    left = tuple(tokens[: sides(tokens)[-1]])
    if left and not any(one.text in CHANGES for one in left):
        parts.keep_left(left)


class Resolver(Grammar[Part]):
    """Finds the parts of a text in a table, or makes them.

    Raises:
        Unusual: what the text means is for the long way to tell.
    """

    def __init__(self, tokens: list[Token], parts: Parts) -> None:
        super().__init__(tokens, parts.points.network.vocabulary)
        self.table = parts
        self.found = parts.found
        self.keep = parts.keep

    # Operands that are known as a whole

    def unary(self) -> Part:
        token = self.token
        if type(token) is Group:
            return self.group(token)
        part = self.found.get(token.text)
        if (
            part is not None
            and token.kind != "command"
            and self.ends_at(self.index + 1)
            and (not self.starred or not self.takes_suffix())
        ):
            self.seek(self.index + 1)
            return part
        return super().unary()

    def ends_at(self, index: int) -> bool:
        """Does nothing that stands there belong to the operand before it?"""
        following = self.tokens[index]
        return following.text not in BELONGING and following.kind != "number"

    def group(self, token: Group) -> Part:
        """A short operand; of a bracket, with the signs behind it."""
        end = self.index + token.size
        if token.text == "(":
            part = self.found.get(token.whole)
            if part is None or self.depth > SHALLOW:
                part = self.keep(token.whole, self.bracketed("("))
            else:
                self.seek(end)
            return part if self.token.text not in POSTFIXES else self.postfixed(part)
        if not self.ends_at(end):
            return super().unary()
        part = self.found.get(token.whole)
        if part is None or self.depth > SHALLOW:
            part = super().unary()
            return self.keep(token.whole, part) if self.index == end else part
        self.seek(end)
        return part

    def known(self) -> Part | None:
        token = self.token
        if token.kind not in ("word", "named") or self.takes_suffix():
            return None
        part = self.found.get(token.text)
        if part is None:
            key = canonical(token.text)
            name = self.plain_names.get(key)
            if name is not None:
                part = self.quantity(name, 0)
            elif token.text in CONSTANTS and not self.functions:
                self.check_constant(token)
                part = self.constant(CONSTANTS[token.text], 0)
            else:
                return None
            self.keep(token.text, part)
        self.seek(self.index + 1)
        return part

    def literal(self, token: Token) -> Part:
        return self.found.get(token.text) or self.keep(token.text, literal(token.text))

    # Parts

    def quantity(self, name: str, column: int) -> Part:
        if name.startswith(ABSENT):
            raise Unusual
        key = (name,)
        return self.found.get(key) or self.keep(key, self.table.name(name))

    def constant(self, value: Fraction, column: int) -> Part:
        key = value.as_integer_ratio()
        return self.found.get(key) or self.keep(key, part_of(value))

    def apply(self, operation: str, args: tuple[Part, ...], column: int) -> Part:
        key = (operation, *args)
        return self.found.get(key) or self.keep(key, self.applied(operation, args))

    def applied(self, operation: str, args: tuple[Part, ...]) -> Part:
        if operation in LEFT_TO_SHAPES:
            if operation not in TURNING or args[0].shape == SCALAR:
                raise Unusual
            return self.apply("transpose", args, 0)
        if operation == "where" and args[2].node == NOT_A_NUMBER:
            raise Unusual
        rows, columns = args[0].shape
        if operation == "power" and rows == columns != 1:
            raise Unusual
        return self.table.apply(operation, args)

    def product_of(self, factors: tuple[Part, ...], signs: tuple[str, ...], column: int) -> Part:
        return self.table.product(factors, signs)

    def raised(self, base: Part, exponent: Part, column: int) -> Part:
        if base.node is E:
            return self.apply("exp", (exponent,), column)
        return self.apply("power", (base, exponent), column)

    def compares(self, test: Part, value: Part) -> bool:
        return value in test.args

    # What the long way tells

    def unusual(self, *_: Any, **__: Any) -> NoReturn:
        raise Unusual

    doubled = entry = entry_of = slope = partial = kronecker = run = cases = sum_over = unusual

    def abstract(self) -> None:
        if self.functions:
            raise Unusual

    def derivative(self) -> None:
        if self.token.text[:1] in ("d", "∂"):
            raise Unusual

    def derivative_in_braces(self, column: int) -> None:
        if self.token.text == "{" and self.tokens[self.index + 1].text[:1] in ("d", "∂"):
            raise Unusual
