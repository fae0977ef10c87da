"""Text to written expression: a Pratt parser over the tokens of a text, plain, Unicode or LaTeX.

Length, nesting and numbers are bounded here, before anything is evaluated, and no text ever reaches
``eval`` or another parser.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import pairwise

from reference.language.cursor import MAX_DEPTH
from reference.language.errors import ReadingError
from reference.language.expression import Apply, Expression, Number, Product, names
from reference.language.names import Vocabulary, canonical, derivative_name, unknown
from reference.language.operands import EULER, Operands
from reference.language.structures import COMPARISONS, TESTS
from reference.language.tokens import MAX_LENGTH, Token, tokenize

POSTFIXES = frozenset({"'", ".T", "[", "^", "_", "⊤"})
MAX_POSTFIXES = 20
CHANGES = {"+=": "add", "-=": "subtract"}
BETWEEN_SIDES = re.compile(r"[=,←≔]|<-|\\(?:gets|leftarrow)")
PRODUCT_SIGNS = frozenset("*@⊙/")
GOES_ON = re.compile(r"[-+*/=·×∘⊙@^({\[,&\\|<>]\s*$")  # a line that cannot end here
GOES_BACK = re.compile(r"\s*[-+*/=·×∘⊙@^)}\],&|<>]")  # a line that cannot begin here
FRAME = re.compile(r"\\(?:begin|end)\s*\{(?:align|aligned|gather|gathered|equation|split)\*?\}")


class Reader(Operands):
    """A recursive-descent reader of tokens; use :func:`read` or :func:`read_sides`."""

    def whole(self) -> Expression:
        result = self.condition()
        if self.token.kind != "end":
            self.fail("an operator or the end")
        return result

    # Grammar, loosest first

    def condition(self, equality: bool = False) -> Expression:
        """A sum; a comparison of two, which is an indicator; or ``a if c else b``."""
        value = self.comparison(equality)
        if self.token.text != "if" or "if" in self.declared:
            return value
        column = self.advance().column
        test = self.comparison(equality=True)
        if not (isinstance(test, Apply) and test.operation in TESTS):
            raise ReadingError("expected a comparison after 'if'", column)
        if self.token.text != "else":
            self.fail("'else'")
        self.advance()
        self.deeper()
        otherwise = self.condition()
        self.depth -= 1
        return Apply("where", (test, value, otherwise), column)

    def comparison(self, equality: bool = False) -> Expression:
        left = self.sum()
        operation = COMPARISONS.get(self.token.text)
        if operation is None and equality and self.at("="):
            operation = "eq"
        if operation is None:
            return left
        column = self.advance().column
        return Apply(operation, (left, self.sum()), column)

    def sum(self) -> Expression:
        self.deeper()
        result = self.product()
        over = self.still_open()
        while self.token.text in ("+", "-"):
            sign = self.advance()
            operation = "add" if sign.text == "+" else "subtract"
            term = self.product()
            if over and over in names(term):
                raise ReadingError(f"'{over}' after a sum over {over}: add brackets", sign.column)
            over = over or self.still_open()
            result = Apply(operation, (result, term), sign.column)
        self.depth -= 1
        return result

    def still_open(self) -> str:
        """The index of a sum that ends here, without a bracket after it."""
        name, end = self.open_sum
        return name if end == self.index else ""

    def product(self) -> Expression:
        column = self.token.column
        factors, signs = [self.unary()], []
        while True:
            if self.token.text in PRODUCT_SIGNS:
                signs.append(self.advance().text)
            elif self.starts_operand():
                if signs and signs[-1] == "/":
                    raise divided(self.token.column)
                signs.append("*")
            else:
                break
            start = self.index
            factor = self.unary()
            if signs[-1] == "/" and isinstance(factor, Product) and self.index == start + 1:
                raise divided(self.tokens[start].column)  # by a run of names
            factors.append(factor)
        if not signs:
            return factors[0]
        return Product(tuple(factors), tuple(signs), column)

    def unary(self) -> Expression:
        if self.token.text not in ("-", "+"):
            return self.postfix()
        signs = []
        while self.at("-", "+"):
            signs.append(self.advance())
        value = self.postfix()
        if sum(sign.text == "-" for sign in signs) % 2:
            return Apply("negate", (value,), signs[0].column)
        return value

    def postfix(self) -> Expression:
        value = self.known() or self.operand()
        start = self.index
        while self.token.text in POSTFIXES:
            column = self.token.column
            if self.index > start + MAX_POSTFIXES and self.tokens[self.index - 1].text in POSTFIXES:
                raise ReadingError("too many signs behind each other", column)
            if self.accept(".T", "⊤"):
                value = Apply("transpose", (value,), column)
            elif self.at("[", "_"):
                entry = self.entry(value)
                if entry is None:
                    break
                value = entry
            elif self.prime():
                value = Apply("prime", (value,), column)
            else:
                self.advance()
                if self.transposes():
                    value = Apply("transpose", (value,), column)
                else:
                    value = raised(value, self.exponent(), column)
        return value

    def transposes(self) -> bool:
        """Pass over what after ``^`` stands for a transpose, if it does."""
        start, token = self.index, self.token
        rest = token.text[1:]
        joined = (
            token.kind == "word" and token.text[0] == "T" and rest and self.is_name(rest)
        )  # W^Tx
        if joined and not self.is_name(token.text):
            split = [Token("word", "T", token.column), Token("word", rest, token.column + 1)]
            self.tokens[start : start + 1] = split
            self.seek(start)
        braced = self.accept("{")
        named = self.token.text == "T" and "T" not in self.declared
        if self.at("⊤") or named:
            self.advance()
            if not braced or self.accept("}"):
                return True
        self.seek(start)
        return False

    def exponent(self) -> Expression:
        self.deeper()
        value = self.unary()
        self.depth -= 1
        if isinstance(value, Apply) and value.operation == "transpose":
            raise ReadingError("a power and a transpose: write (A^2)^T", value.column)
        return value

    def entry(self, value: Expression) -> Expression | None:
        """``yhat[k]``, ``W[i, j]``, ``A[i][j]`` or ``(P - y)_k``; nothing where it is none of these."""
        start, column = self.index, self.token.column
        follows = self.tokens[start - 1].text == "]"
        if self.at("["):
            places = self.place_in_brackets()
        else:
            self.advance()
            index = self.subscript(start)
            parts = self.parts(index[0].strip("_")) if index else []
            if not parts:
                self.seek(start)
                self.fail("an operator or the end, or an index after '_'")
            places = self.places(parts, column)
        if places is None:
            self.check_brackets()
            return None
        if follows and isinstance(value, Apply) and value.operation == "entry":
            return Apply("entry", (*value.args[:2], places[0]), column)
        return Apply("entry", (value, *places), column)

    def check_brackets(self) -> None:
        """Brackets with an index in them are meant to pick an entry, unless they compare."""
        depth, found = 0, None
        for token in self.tokens[self.index :]:
            depth += (token.text == "[") - (token.text == "]")
            if token.text in COMPARISONS or token.text == "=":
                return
            found = found or (token if self.is_index(token.text) else None)
            if depth == 0:
                break
        if found is not None:
            self.seek(self.index + 1)
            self.fail("an index or a number between [ and ]")


def divided(column: int) -> ReadingError:
    return ReadingError("a / b c can be read as (a / b) c or a / (b c): add brackets", column)


def raised(base: Expression, exponent: Expression, column: int) -> Apply:
    """A power; one of e is the exponential function."""
    if isinstance(base, Number) and base.value == EULER:
        return Apply("exp", (exponent,), column)
    return Apply("power", (base, exponent), column)


def read(text: str, declared: Iterable[str] | Vocabulary = ()) -> Expression:
    """Read an expression over declared names; products stay as written.

    Raises:
        ReadingError: with the column, what was found and what was expected.
    """
    return Reader(tokenize(text), declared).whole()


def read_sides(
    text: str, declared: Iterable[str] | Vocabulary = ()
) -> tuple[Expression | None, Expression]:
    """As :func:`read`, for what people put around an answer: ``dL/dW1 = …``, a full stop at the end.

    The first side of an equation, where it can be read, and the last.

    Raises:
        ReadingError: as above; also where nothing stands behind the last equality sign.
    """
    text = FRAME.sub(" ", text).rstrip(" \t\r\n.,;$")
    check_lines(text)
    tokens = tokenize(text)
    starts = sides(tokens) if BETWEEN_SIDES.search(text) else [0]
    if len(starts) == 1:
        return None, Reader(tokens, declared).whole()
    answer = Reader(tokens[starts[-1] :], declared).whole()
    sign = tokens[starts[1] - 1]
    left = [*tokens[: starts[1] - 1], Token("end", "", sign.column)]
    if sign.text in CHANGES:  # w -= a, as w - a
        operation = CHANGES[sign.text]
        return None, Apply(operation, (Reader(left, declared).whole(), answer), sign.column)
    try:
        return Reader(left, declared).whole(), answer
    except ReadingError:
        return None, answer  # a name that only the student knows


def check_lines(text: str) -> None:
    """One formula may be broken over lines; two formulas are one too many."""
    if "\n" not in text or "\\begin" in text:
        return
    lines = [line for line in text.splitlines() if line.strip()]
    for line, following in pairwise(lines):
        if not (GOES_ON.search(line) or GOES_BACK.match(following)):
            raise ReadingError("expected one line: leave only the answer")


def sides(tokens: list[Token]) -> list[int]:
    """Where the sides of an equation begin: at the signs that stand outside brackets and cases."""
    depth, starts = 0, [0]
    for position, token in enumerate(tokens):
        match token.text:
            case "(" | "[" | "{":
                depth += 1
            case ")" | "]" | "}":
                depth -= 1
            case "begin" | "end" if token.kind == "command":
                depth += 1 if token.text == "begin" else -1
            case "if" | "else":
                depth += 1 if token.text == "if" else -1
            case "=" | "←" | "+=" | "-=" if depth == 0:
                starts.append(position + 1)
            case "," if depth == 0:
                raise ReadingError("expected one formula, found ','", token.column)
    return starts


__all__ = [
    "MAX_DEPTH",
    "MAX_LENGTH",
    "Vocabulary",
    "canonical",
    "derivative_name",
    "read",
    "read_sides",
    "tokenize",
    "unknown",
]
