"""The grammar of expressions, a Pratt parser, whatever is made of what it reads.

:class:`~reference.language.structures.Reader` makes written expressions of a text, with columns, and reads all
of the language. :class:`~reference.equivalence.resolver.Resolver` makes the parts of answers that are known already.
"""

from __future__ import annotations

from abc import abstractmethod

from reference.language.calling import Calls
from reference.language.errors import LanguageError, ReadingError
from reference.language.operands import COMPARISONS, TESTS, E, function_or_product
from reference.language.tokens import Token

POSTFIXES = frozenset({"'", ".T", "[", "^", "_", "⊤", "."})
MAX_POSTFIXES = 20
PRODUCT_SIGNS = frozenset("*@⊙/")
TERMS = {"+": "add", "-": "subtract"}
NO_OPERAND = frozenset({")", "}", "]", "+", "-", "", "=", ",", *COMPARISONS})
PRIMED = frozenset("'{")  # what follows the ^ of a prime


class Grammar(Calls[E]):
    """A recursive-descent reader of tokens."""

    def whole(self) -> E:
        result = self.condition()
        if self.token.kind != "end":
            self.fail("an operator or the end")
        return result

    # Loosest first

    def condition(self, equality: bool = False) -> E:
        """A sum; a comparison of two, which is an indicator; or ``a if c else b``."""
        value = self.comparison(equality)
        if self.token.text != "if" or "if" in self.declared:
            return value
        column = self.advance().column
        test = self.comparison(equality=True)
        if test.operation not in TESTS:
            raise ReadingError("expected a comparison after 'if'", column)
        if self.at(",") and self.ahead().text == "else":
            self.advance()
        if self.token.text != "else":
            self.fail("'else'")
        self.advance()
        self.deeper()
        otherwise = self.condition()
        self.depth -= 1
        return self.apply("where", (test, value, otherwise), column)

    def comparison(self, equality: bool = False) -> E:
        left = self.sum()
        operation = COMPARISONS.get(self.token.text)
        if operation is None and equality and self.at("="):
            operation = "eq"
        if operation is None:
            return left
        column = self.advance().column
        return self.apply(operation, (left, self.sum()), column)

    def sum(self) -> E:
        self.deeper()
        result = self.product()
        over = self.still_open()
        while (operation := TERMS.get(self.token.text)) is not None:
            column = self.token.column
            self.seek(self.index + 1)
            term = self.product()
            if over and self.mentions(term, over):
                raise ReadingError(f"'{over}' after a sum over {over}: add brackets", column)
            over = over or self.still_open()
            result = self.apply(operation, (result, term), column)
        self.depth -= 1
        return result

    def product(self) -> E:
        column = self.token.column
        factors, start = [self.unary()], self.index
        signs: list[str] = []
        while True:
            sign, called = self.token.text, False
            if sign in PRODUCT_SIGNS:
                joint = sign
                self.seek(self.index + 1)
            elif sign == "//":
                factors, signs = [self.floored(tuple(factors), tuple(signs), column)], []
                continue
            elif sign not in NO_OPERAND and self.starts_operand():
                if signs and signs[-1] == "/":
                    raise self.quotient_of_what(column, start)
                joint = "*"
                called = sign == "(" and self.tokens[self.index - 1].text == "}"
            else:
                break
            start = self.index
            factor = self.unary()
            if called and factors[-1].operation in TESTS:
                self.check_product(factors[-1], factor, self.tokens[start].column)
            if joint == "/" and factor.operation == "product":
                run = self.tokens[start].kind == "word" and self.tokens[start + 1].text != "("
                if run:
                    raise divided(self.tokens[start].column)
            signs.append(joint)
            factors.append(factor)
        if not signs:
            return factors[0]
        return self.product_of(tuple(factors), tuple(signs), column)

    def quotient_of_what(self, column: int, divisor: int) -> ReadingError:
        """What to ask of ``a / b c``, where a begins at a column, b is the token ``divisor``, and c comes next."""
        error, between = divided(self.token.column), self.behind()
        try:
            while self.token.text not in NO_OPERAND and self.starts_operand():
                self.unary()
        except LanguageError:
            return error
        below = self.tokens[divisor].column
        return error.meaning(
            (("", "(", column), ("", ")", between)), (("", "(", below), ("", ")", self.behind()))
        )

    def behind(self) -> int:
        """The column behind the token before."""
        before = self.tokens[self.index - 1]
        return before.column + len(before.text)

    def floored(self, factors: tuple[E, ...], signs: tuple[str, ...], column: int) -> E:
        """``a // b``, rounded down, of all factors before the sign, as programs read it."""
        self.seek(self.index + 1)
        ratio = self.product_of((*factors, self.unary()), (*signs, "/"), column)
        if self.token.text not in NO_OPERAND and self.starts_operand():
            raise divided(self.token.column)
        return self.apply("floor", (ratio,), column)

    def unary(self) -> E:
        column, negative = self.token.column, False
        while self.token.text in TERMS:
            negative ^= self.token.text == "-"
            self.seek(self.index + 1)
        value = self.postfix()
        return self.apply("negate", (value,), column) if negative else value

    def postfix(self) -> E:
        return self.postfixed(self.known() or self.operand())

    def postfixed(self, value: E) -> E:
        """An operand with the signs behind it: transposes, entries, primes, powers."""
        start = self.index
        while (sign := self.token.text) in POSTFIXES:
            column = self.token.column
            if self.index > start + MAX_POSTFIXES and self.tokens[self.index - 1].text in POSTFIXES:
                raise ReadingError("too many signs behind each other", column)
            if sign in (".T", "⊤"):
                self.seek(self.index + 1)
                value = self.apply("transpose", (value,), column)
            elif sign in ("[", "_"):
                entry = self.entry(value)
                if entry is None:
                    break
                value = entry
            elif sign == ".":
                called = self.method(value)
                if called is None:
                    break
                value = called
            elif (sign == "'" or self.ahead().text in PRIMED) and self.prime():
                value = self.apply("prime", (value,), column)
            else:
                base = self.index - 1
                self.advance()
                turned = self.transposes()
                if turned and self.is_number(base):
                    message = "a number is no row: write sum(…) for 1^T …, or ^(T) for a power"
                    raise ReadingError(message, column)
                if turned:
                    value = self.apply(turned, (value,), column)
                else:
                    value = self.raised(value, self.exponent(), column)
        return value

    def transposes(self) -> str:
        """Pass over what after ``^`` stands for a transpose, if it does; the operation that it is.

        Where a quantity is called T, shapes decide: of a matrix it is the transpose.
        """
        start, token = self.index, self.token
        if token.kind == "number" or ("T" in self.declared and self.raises_number(start - 2)):
            return ""
        rest = token.text[1:]
        joined = (
            token.kind == "word" and token.text[0] == "T" and rest and self.is_name(rest)
        )  # W^Tx
        if joined and not self.is_name(token.text):
            split = [Token("word", "T", token.column), Token("word", rest, token.column + 1)]
            self.tokens[start : start + 1] = split
            self.seek(start)
        braced = self.accept("{")
        named = self.token.text == "T" and "T" in self.declared
        if self.at("⊤", "T"):
            self.advance()
            if not braced or self.accept("}"):
                return "transpose or power" if named else "transpose"
        self.seek(start)
        return ""

    def is_number(self, index: int) -> bool:
        """Does a number stand there, and neither as the place of an entry nor as an exponent?"""
        before = self.tokens[index - 1].text
        return self.tokens[index].kind == "number" and before not in ("_", "^")

    def raises_number(self, index: int) -> bool:
        """Does a number stand there, or Euler's?"""
        base = self.tokens[index]
        return base.kind == "number" or (base.text == "e" and "e" not in self.declared)

    def exponent(self) -> E:
        self.deeper()
        value = self.unary()
        self.depth -= 1
        if value.operation == "transpose":
            raise ReadingError("a power and a transpose: write (A^2)^T", value.column)
        return value

    def check_product(self, test: E, factor: E, column: int) -> None:
        """An indicator before a bracket is a factor; before its own argument, it could be a function of it.

        Raises:
            ReadingError: the bracket holds what the indicator compares.
        """
        if self.compares(test, factor):
            raise function_or_product(column)

    # What only some readers read

    @abstractmethod
    def compares(self, test: E, value: E) -> bool:
        """Is a value one of the sides of a comparison?"""

    @abstractmethod
    def raised(self, base: E, exponent: E, column: int) -> E:
        """A power; one of e is the exponential function."""

    @abstractmethod
    def entry(self, value: E) -> E | None:
        """``yhat[k]``, ``W[i, j]``, ``A[i][j]`` or ``(P - y)_k``; nothing where it is none of these."""

    def still_open(self) -> str:
        """The index of a sum that ends here, without a bracket after it."""
        return ""

    def mentions(self, value: E, index: str) -> bool:
        """Does an index stand in what was read?"""
        raise NotImplementedError


def divided(column: int) -> ReadingError:
    return ReadingError("a / b c can be read as (a / b) c or a / (b c): add brackets", column)
