"""Text to written expression: a tokenizer and a Pratt parser.

Length, nesting and numbers are bounded here, before anything is evaluated, and no text ever reaches
``eval`` or another parser.
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Iterable
from fractions import Fraction
from typing import NoReturn

from msgspec import Struct

from reference.language.errors import ReadingError
from reference.language.expression import (
    Apply,
    Expression,
    Name,
    Number,
    Product,
    number,
)
from reference.language.operations import FUNCTIONS, SPELLINGS

MAX_LENGTH = 4000
MAX_TOKENS = 1000
MAX_DEPTH = 50
MAX_MAGNITUDE = 300  # decimal exponent of a literal
MAX_SPLIT = 24  # letters in a run of names

TOKEN = re.compile(
    r"""(?P<space>\s+)
      | (?P<number>(?:[0-9]+(?:\.(?!\*)[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)
      | (?P<word>[^\W\d_](?:_\{\w+\}|(?![²³])\w|[\u0300-\u036f])*)
      | (?P<operator>\*\*|\.\*|\.T\b|<=|>=|[-+*/^@()\[\]{},<>'=∂])""",
    re.VERBOSE,
)
# One spelling for each sign; everything else keeps its own.
SIGNS = {
    **dict.fromkeys("−–", "-"),
    **dict.fromkeys("·×⋅", "*"),
    **dict.fromkeys("⊙∘", "⊙"),
    "≥": ">=",
    "≤": "<=",
    "²": "^2",
    "³": "^3",
    "′": "'",
}
COMPARISONS = {">": "gt", ">=": "ge", "<": "lt", "<=": "le"}
SUM, PRODUCT, UNARY, POWER = 1, 3, 4, 5
CONSTANTS = dict.fromkeys(("pi", "π"), Fraction("3.141592653589793"))  # as a float holds it


class Token(Struct, frozen=True):
    kind: str  # number, word, operator or end
    text: str
    column: int


def canonical(name: str) -> str:
    """The one key under which all spellings of a name meet: ``w_{21}``, ``w_21`` and ``w21``."""
    return unicodedata.normalize("NFC", name).translate({95: None, 123: None, 125: None})


def tokenize(text: str) -> list[Token]:
    """Cut a text into tokens, the last of kind ``end``.

    Raises:
        ReadingError: the text is too long, or holds a character that no expression has.
    """
    if len(text) > MAX_LENGTH:
        raise ReadingError(f"too long: {len(text)} characters, at most {MAX_LENGTH} are read")
    tokens: list[Token] = []
    position = 0
    while position < len(text):
        character = text[position]
        if character in SIGNS:
            for sign in re.findall(r"\d|\D+", SIGNS[character]):
                kind = "number" if sign.isdigit() else "operator"
                tokens.append(Token(kind, sign, position + 1))
            position += 1
            continue
        match = TOKEN.match(text, position)
        if match is None:
            raise ReadingError(f"unexpected character {character!r}", position + 1)
        if match.lastgroup and match.lastgroup != "space":
            spelled = {"**": "^", ".*": "⊙"}.get(match.group(), match.group())
            tokens.append(Token(match.lastgroup, spelled, position + 1))
        position = match.end()
        if len(tokens) > MAX_TOKENS:
            raise ReadingError(f"too long: more than {MAX_TOKENS} symbols")
    tokens.append(Token("end", "", len(text) + 1))
    return tokens


def literal(token: Token) -> Number:
    """An exact number.

    Raises:
        ReadingError: its magnitude is beyond what a float can hold.
    """
    mantissa, _, exponent = token.text.lower().partition("e")
    power = int(exponent or 0)
    digits = len(mantissa.partition(".")[0]) + power  # before the point
    if max(abs(power), len(mantissa) - 1, digits - 1) > MAX_MAGNITUDE:
        raise ReadingError(f"the number {token.text[:20]} is out of range", token.column)
    return Number(Fraction(mantissa.rstrip(".")) * Fraction(10) ** power, token.column)


class Reader:
    """A recursive-descent reader of one text; use :func:`read`."""

    def __init__(self, text: str, declared: Iterable[str]) -> None:
        self.declared = {canonical(name): name for name in declared}
        self.tokens = tokenize(text)
        self.index = 0
        self.depth = 0

    @property
    def token(self) -> Token:
        return self.tokens[self.index]

    def advance(self) -> Token:
        token = self.token
        self.index += 1
        return token

    def fail(self, expected: str) -> NoReturn:
        found = "the end" if self.token.kind == "end" else f"'{self.token.text}'"
        raise ReadingError(f"expected {expected}, found {found}", self.token.column)

    def expect(self, sign: str) -> None:
        if self.token.text != sign:
            self.fail(f"'{sign}'")
        self.index += 1

    # Grammar, loosest first

    def whole(self) -> Expression:
        result = self.condition()
        if self.token.kind != "end":
            self.fail("an operator or the end")
        return result

    def condition(self) -> Expression:
        """A sum, or a comparison of two, which is an indicator."""
        left = self.sum()
        operation = COMPARISONS.get(self.token.text)
        if operation is None:
            return left
        column = self.advance().column
        return Apply(operation, (left, self.sum()), column)

    def sum(self) -> Expression:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise ReadingError(f"nested more than {MAX_DEPTH} deep", self.token.column)
        result = self.product()
        while self.token.text in ("+", "-"):
            sign = self.advance()
            operation = "add" if sign.text == "+" else "subtract"
            result = Apply(operation, (result, self.product()), sign.column)
        self.depth -= 1
        return result

    def product(self) -> Expression:
        factors, signs = [self.unary()], []
        column = self.token.column
        while True:
            if self.token.text in ("*", "@", "⊙", "/") and self.token.kind == "operator":
                signs.append(self.advance().text)
            elif self.starts_operand():
                if signs and signs[-1] == "/":
                    raise ReadingError(
                        "a / b c can be read as (a / b) c or a / (b c): add brackets",
                        self.token.column,
                    )
                signs.append("*")
            else:
                break
            factors.append(self.unary())
        if not signs:
            return factors[0]
        return Product(tuple(factors), tuple(signs), column)

    def starts_operand(self) -> bool:
        return self.token.kind == "word" or self.token.text in ("(", "[", "∂")

    def unary(self) -> Expression:
        signs = []
        while self.token.text in ("-", "+"):
            signs.append(self.advance())
        value = self.postfix()
        if sum(sign.text == "-" for sign in signs) % 2:
            return Apply("negate", (value,), signs[0].column)
        return value

    def postfix(self) -> Expression:
        value = self.operand()
        while True:
            if self.token.text in ("'", ".T"):
                value = Apply("transpose", (value,), self.advance().column)
            elif self.token.text == "^":
                sign = self.advance()
                if self.token.text == "T" and "T" not in self.declared:
                    self.advance()
                    value = Apply("transpose", (value,), sign.column)
                else:
                    value = Apply("power", (value, self.exponent()), sign.column)
            else:
                return value

    def exponent(self) -> Expression:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise ReadingError(f"nested more than {MAX_DEPTH} deep", self.token.column)
        value = self.unary()
        self.depth -= 1
        return value

    def operand(self) -> Expression:
        token = self.token
        if token.kind == "number":
            self.advance()
            if token.text == "1" and self.token.text == "{":
                return self.bracketed("{", "}", indicator=True)
            if self.token.kind == "number":
                self.fail("an operator between two numbers")
            return literal(token)
        if token.text == "(":
            return self.bracketed("(", ")")
        if token.text == "[":
            return self.bracketed("[", "]", indicator=True)
        if token.kind != "word" and token.text != "∂":
            self.fail("a number, a name or a bracket")
        return self.word()

    def bracketed(self, opening: str, closing: str, indicator: bool = False) -> Expression:
        self.expect(opening)
        column = self.token.column
        value = self.condition()
        if indicator and not (isinstance(value, Apply) and value.operation in COMPARISONS.values()):
            raise ReadingError(f"expected a comparison inside {opening}…{closing}", column)
        self.expect(closing)
        return value

    # Words

    def word(self) -> Expression:
        token = self.advance()
        key = canonical(token.text)
        if key in self.declared:
            return Name(self.declared[key], token.column)
        derivative = self.derivative(token)
        if derivative is not None:
            return derivative
        lowered = token.text.lower() if token.text.isascii() else token.text  # Σ is not σ
        called = SPELLINGS.get(lowered, lowered)
        if any(called == function for function, _ in FUNCTIONS):
            return self.call(called, token)
        if token.text == "I" and self.token.text == "(":
            return self.bracketed("(", ")", indicator=True)
        if token.text in CONSTANTS:
            return Number(CONSTANTS[token.text], token.column)
        return self.run(token)

    def derivative(self, token: Token) -> Expression | None:
        """``dL/dW1`` or ``∂L/∂W1``, where L and W1 are declared."""
        start = self.index
        upper = self.differential(token)
        if upper and self.token.text == "/":
            self.advance()
            lower = self.differential(self.advance())
            if lower:
                return Name(derivative_name(upper, lower), token.column)
        self.index = start
        return None

    def differential(self, token: Token) -> str | None:
        """The declared name in ``dL`` or ``∂L``, whose first token was just read."""
        if token.text == "∂":
            return self.declared.get(canonical(self.advance().text))
        if token.kind == "word" and token.text[0] == "d":
            return self.declared.get(canonical(token.text[1:]))
        return None

    def call(self, function: str, token: Token) -> Expression:
        if self.token.text != "(":
            self.fail(f"'(' after {token.text}")
        self.advance()
        args = [self.condition()]
        while self.token.text == ",":
            self.advance()
            args.append(self.condition())
        self.expect(")")
        if (function, len(args)) == ("leaky_relu", 1):
            args.append(number(Fraction(1, 100)))
        operation = FUNCTIONS.get((function, len(args)))
        if operation is None:
            counts = " or ".join(str(count) for name, count in FUNCTIONS if name == function)
            raise ReadingError(
                f"{function} takes {counts} argument(s), found {len(args)}", token.column
            )
        return Apply(operation, tuple(args), token.column)

    def run(self, token: Token) -> Expression:
        """Names written without a space, ``dh`` for d h, where there is one way to cut them."""
        cuts = self.cuts(token.text)
        if len(cuts) == 1:
            columns = [token.column]
            for part in cuts[0]:
                columns.append(columns[-1] + len(part))
            factors = [
                Name(self.declared[canonical(part)], column)
                for part, column in zip(cuts[0], columns, strict=False)
            ]
            return Product(tuple(factors), ("*",) * (len(factors) - 1), token.column)
        if cuts:
            ways = " or ".join(" ".join(way) for way in cuts[:2])
            raise ReadingError(f"'{token.text}' can be read as {ways}: add spaces", token.column)
        raise ReadingError(unknown(token.text, self.declared.values()), token.column)

    def cuts(self, text: str) -> list[list[str]]:
        """All ways to cut a run of letters into declared names, two at the most."""
        if len(text) > MAX_SPLIT:
            return []
        ways: list[list[list[str]]] = [[[]]]
        for end in range(1, len(text) + 1):
            found = [
                [*way, text[start:end]]
                for start in range(end)
                if canonical(text[start:end]) in self.declared
                and text[start].isalpha()  # not the rest of a subscript
                and text[end - 1] not in "_{"
                for way in ways[start]
            ]
            ways.append(found[:2])
        return ways[-1]


def derivative_name(of: str, by: str) -> str:
    """The name under which the derivative of ``of`` by ``by`` is known."""
    return f"d{of}/d{by}"


def unknown(name: str, known: Iterable[str]) -> str:
    """What to say of a name that is not declared."""
    known = sorted(known)
    close = difflib.get_close_matches(name[:40], known, n=1)
    hint = f"; did you mean '{close[0]}'?" if close else ""
    allowed = ", ".join(known[:20]) if known else "none"
    return f"unknown name '{name[:40]}'{hint} (names here: {allowed})"


def read(text: str, declared: Iterable[str] = ()) -> Expression:
    """Read an expression over declared names; products stay as written.

    Raises:
        ReadingError: with the column, what was found and what was expected.
    """
    return Reader(text, declared).whole()
