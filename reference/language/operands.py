"""What stands between the signs of an expression: numbers, brackets, names, calls."""

from __future__ import annotations

from abc import abstractmethod
from fractions import Fraction
from typing import Generic, Protocol, TypeVar

from reference.language.errors import ReadingError
from reference.language.names import MAX_NAME, canonical
from reference.language.spelling import Spelling
from reference.language.tokens import MAX_LENGTH, Token
from reference.language.writing import PI

MAX_MAGNITUDE = 300  # decimal exponent of a literal
MAX_GUESSES = 6

EULER = Fraction("2.718281828459045")
CONSTANTS = {"pi": PI, "π": PI, "e": EULER}
OTHERWISE = ("otherwise", "else", "elsewhere")
OF_CASES = frozenset({"if", "for", "when", "then", "and", *OTHERWISE})  # words between operands
OPENING = {"(": ")", "[": "]", "{": "}", "|(": ")|", "⌊": "⌋", "⌈": "⌉"}
ODD = frozenset({"3", "5", "7", "9"})  # degrees of roots
STARTS = frozenset({*OPENING, "∂"})
MEANING = {"|(": "abs", "⌊": "floor", "⌈": "ceil"}  # of brackets that are functions
BRACKETS = frozenset("()[]{}")
COMPARISONS = {">": "gt", ">=": "ge", "<": "lt", "<=": "le", "==": "eq", "!=": "ne"}
TESTS = frozenset(COMPARISONS.values())


class Made(Protocol):
    """What a reader makes of a text: the operation at its top, if there is one, and where that stands."""

    @property
    def operation(self) -> str: ...

    @property
    def column(self) -> int: ...


E = TypeVar("E", bound=Made)


class Operands(Spelling, Generic[E]):
    """Reads one operand; what stands around it is the business of the grammar."""

    bars = ""  # the sign of an absolute value or norm that is open here
    guesses = 0  # at a norm written ||x||, each of which may be read twice

    # What is made of what is read

    @abstractmethod
    def quantity(self, name: str, column: int) -> E:
        """A declared name."""

    @abstractmethod
    def constant(self, value: Fraction, column: int) -> E: ...

    @abstractmethod
    def apply(self, operation: str, args: tuple[E, ...], column: int) -> E: ...

    @abstractmethod
    def product_of(self, factors: tuple[E, ...], signs: tuple[str, ...], column: int) -> E:
        """A chain of factors, whose meaning hangs on their shapes."""

    @abstractmethod
    def slope(self, operation: str, args: tuple[E, ...]) -> E | None:
        """The derivative of an operation by its argument, if it has one that can be read."""

    @abstractmethod
    def entry_of(self, value: E, places: list[str], column: int) -> E: ...

    # What only some readers read

    @abstractmethod
    def derivative(self) -> E | None:
        """``dL/dW1`` or ``∂P_i/∂h_i``, where the names are declared."""

    @abstractmethod
    def derivative_in_braces(self, column: int) -> E | None:
        r"""What stands behind ``\frac`` in ``\frac{dL}{dW1}``."""

    @abstractmethod
    def abstract(self) -> E | None:
        """A call ``g1(z1)`` of a declared function, or of its derivative ``g1'(z1)``."""

    @abstractmethod
    def partial(self) -> E | None:
        r"""A call ``\partial_{1} Loss(a, y)``, derived by its first argument."""

    @abstractmethod
    def kronecker(self, token: Token) -> E | None:
        """``delta_ij``, which is 1 where i = j."""

    @abstractmethod
    def run(self, token: Token) -> E:
        """Names written without a space, ``dh`` for d h, where there is one way to cut them."""

    @abstractmethod
    def cases(self) -> E:
        r"""``\begin{cases} a & c \\ b & \text{otherwise} \end{cases}``."""

    @abstractmethod
    def sum_over(self) -> E:
        r"""``sum_j …``, ``\sum_{j=1}^{K} …``, ``sum_{j != k} …``: a product's length."""

    # The grammar, which is written below

    @abstractmethod
    def call_or_run(self, token: Token) -> E:
        """A function, a constant, or names written without a space; none of them is declared."""

    @abstractmethod
    def condition(self, equality: bool = False) -> E: ...

    @abstractmethod
    def sum(self) -> E: ...

    @abstractmethod
    def postfix(self) -> E: ...

    @abstractmethod
    def exponent(self) -> E: ...

    # Operands

    def starts_operand(self) -> bool:
        token = self.token
        if token.kind == "word":
            return token.text not in OF_CASES or token.text in self.declared
        if token.kind == "number":  # 1{z > 0} and 1_{z > 0}, but never two numbers in a row
            return token.text == "1" and self.ahead().text in ("{", "_", "[")
        if token.text in ("|", "‖"):
            return self.bars != token.text
        return (
            token.text in STARTS
            or token.kind == "named"
            or (token.kind == "command" and token.text != "end")
        )

    def operand(self) -> E:
        token = self.token
        if token.kind in ("word", "named"):
            return self.word()
        if token.kind == "number":
            return self.number()
        if token.kind == "command":
            return self.command()
        if token.text in MEANING:
            return self.apply(MEANING[token.text], (self.bracketed(token.text),), token.column)
        if token.text in OPENING:
            return self.bracketed(token.text, equality=token.text == "[")
        if token.text in ("|", "‖"):
            return self.barred()
        if token.text != "∂":
            self.fail("a number, a name or a bracket")
        return self.word()

    def number(self) -> E:
        token = self.advance()
        if token.text == "1" and self.at("{", "_"):
            return self.indicator()
        if self.token.kind == "number" and not self.starts_operand():
            self.fail("an operator between two numbers")
        return self.literal(token)

    def literal(self, token: Token) -> E:
        return self.constant(exact(token), token.column)

    def bracketed(self, opening: str, equality: bool = False) -> E:
        self.expect(opening)
        outer, self.bars = self.bars, ""
        value = self.condition(equality)
        self.expect(OPENING[opening])
        self.bars = outer
        return value

    def indicator(self) -> E:
        """The condition after a 1, with or without an underscore between."""
        lowered, start = self.accept("_"), self.index
        opening = self.token.text
        if opening not in OPENING:
            self.fail("a condition in brackets")
        if self.ahead().text in COMPARISONS:
            return self.indicator_of_argument()
        column = self.ahead().column
        value = self.bracketed(opening, equality=True)
        if value.operation not in TESTS:
            shown = f"{opening}…{OPENING[opening]}"
            raise ReadingError(f"expected a comparison inside {shown}", column)
        if lowered and self.at("("):
            self.variable_behind(start)
        return value

    def variable_behind(self, start: int) -> None:
        """Pass over ``(x)`` behind ``1_{x > 0}``, which is the usual notation of an indicator at x.

        Any other bracket is a factor, unless a quantity stands in it alone, or with numbers that of the condition.

        Raises:
            ReadingError: it is not the only one of the condition, which begins at the token ``start``.
        """
        end = self.index
        column = self.advance().column + 1
        if self.name() is None or not self.at(")"):
            self.seek(end)
            words, own = self.words_in_bracket(), {*self.words(start, end)}
            if len(own) == 1 and words == own:
                raise function_or_product(column)
            return
        variable, condition = self.spelling(end + 1, self.index), self.spelling(start, end)
        sides = (
            (condition[:at], condition[at + 1 :])
            for at, text in enumerate(condition)
            if text in COMPARISONS or text == "="
        )
        if not any(variable in pair and any(map(is_number, pair)) for pair in sides):
            raise function_or_product(column)
        self.advance()

    def words(self, start: int, end: int) -> list[str]:
        """The words among some tokens."""
        return [one.text for one in self.tokens[start:end] if one.kind in ("word", "named")]

    def words_in_bracket(self) -> set[str]:
        """Those in the bracket that opens here."""
        depth, end = 0, self.index
        for end in range(self.index, len(self.tokens)):
            depth += (self.tokens[end].text == "(") - (self.tokens[end].text == ")")
            if not depth:
                break
        return {*self.words(self.index, end)}

    def spelling(self, start: int, end: int) -> list[str]:
        """The texts of some tokens, but for brackets."""
        return [one.text for one in self.tokens[start:end] if one.text not in BRACKETS]

    def indicator_of_argument(self) -> E:
        """``1_{>0}(x)``, what is compared standing behind it."""
        closing = OPENING[self.advance().text]
        sign = self.advance()
        limit = self.sum()
        self.expect(closing)
        if not self.at("("):
            self.fail("'(' after the indicator")
        return self.apply(COMPARISONS[sign.text], (self.bracketed("("), limit), sign.column)

    def barred(self) -> E:
        """An absolute value ``|x|``, or a norm ``‖x‖``, also ``||x||``, ``‖x‖_2`` and ``‖x‖₁``."""
        sign = self.token
        if sign.text == "‖":
            return self.ordered(self.norm(1), sign)
        if self.doubled() and not self.bars and self.guesses < MAX_GUESSES:
            self.guesses += 1
            start, depth = self.index, self.depth
            try:
                value = self.norm(2)
            except ReadingError:  # ||x| - y|
                self.seek(start)
                self.depth, self.bars = depth, ""
            else:
                return self.ordered(value, sign)
        self.advance()
        value = self.apply("abs", (self.between("|", 1),), sign.column)
        order = self.ahead(2) if self.ahead().text == "{" else self.ahead()
        if self.at("₁", "₂") or (self.at("_") and order.text in ("1", "2")):
            message = "|…|_1 can be a norm or an entry: write ‖…‖_1, or the place within the bars"
            raise ReadingError(message, sign.column)
        return value

    def doubled(self) -> bool:
        """Does another bar stand right behind this one?"""
        following = self.ahead()
        return following.text == "|" and following.column == self.token.column + 1

    def norm(self, count: int) -> E:
        """What stands between the bars of a norm."""
        sign = self.token
        for _ in range(count):
            self.advance()
        return self.between(sign.text, count)

    def ordered(self, value: E, sign: Token) -> E:
        """The norm of a value, Euclidean unless a 1 stands below its bars; with an F, of a matrix as well."""
        order = ""
        if self.token.text in ("₁", "₂"):
            order = canonical(self.advance().text)
        elif self.accept("_"):
            braced = self.accept("{")
            order = self.advance().text
            if braced:
                self.expect("}")
        if order in ("1", "2"):
            value = self.apply(f"norm {order}", (value,), sign.column)
        elif order not in ("", "F"):
            message = "only the norms with 1, 2 and F are read: write others out"
            raise ReadingError(message, sign.column)
        if order == "1":
            return self.apply("sum", (self.apply("abs", (value,), sign.column),), sign.column)
        squares = self.apply("power", (value, self.constant(Fraction(2), 0)), sign.column)
        return self.apply("sqrt", (self.apply("sum", (squares,), sign.column),), sign.column)

    def between(self, sign: str, count: int) -> E:
        """What stands before a sign, or two of them, that close what is open."""
        outer, self.bars = self.bars, sign
        value = self.condition()
        for _ in range(count):
            self.expect(sign)
        self.bars = outer
        return value

    # LaTeX with structure

    def command(self) -> E:
        readers = {
            "frac": self.fraction,
            "sqrt": self.root,
            "indicator": self.one,
            "begin": self.cases,
            "sum": self.sum_over,
            "hat": self.word,
            "bar": self.word,
            "tilde": self.word,
        }
        if self.token.text not in readers:
            self.fail("a number, a name or a bracket")
        return readers[self.token.text]()

    def root(self) -> E:
        r"""``\sqrt{x}``, ``√x``, and ``\sqrt[4]{x}`` as a power; the odd root of a negative number is the negative of one."""
        column = self.advance().column
        odd = self.ahead().text in ODD and self.ahead(2).text == "]"
        degree = self.bracketed("[") if self.at("[") else None
        negative = degree is not None and odd and self.negative()
        value = negative or (self.bracketed("{") if self.at("{") else self.operand())
        if degree is None:
            return self.apply("sqrt", (value,), column)
        one = self.constant(Fraction(1), column)
        found = self.apply("power", (value, self.product_of((one, degree), ("/",), column)), column)
        return self.apply("negate", (found,), column) if negative else found

    def negative(self) -> E | None:
        """The number of ``(-8)`` without its sign, where nothing else stands in the bracket."""
        inner = self.ahead(2)
        if not self.at("(", "{") or self.ahead().text != "-" or inner.kind != "number":
            return None
        if self.ahead(3).text != OPENING[self.token.text]:
            return None
        self.seek(self.index + 4)
        return self.literal(inner)

    def one(self) -> E:
        self.advance()
        return self.indicator()

    def fraction(self) -> E:
        column = self.advance().column
        found = self.derivative_in_braces(column)
        if found is not None:
            return found
        return self.product_of((self.fraction_part(), self.fraction_part()), ("/",), column)

    def fraction_part(self) -> E:
        r"""A part of ``\frac{a}{b}``, or of ``\frac12`` and ``\frac1n``, where it is one character."""
        token = self.token
        if token.kind == "word" or token.text.isdigit():
            if len(token.text) > 1 and (token.kind == "number" or not self.is_name(token.text)):
                first, rest = token.text[0], token.text[1:]
                kind = "number" if rest.isdigit() else "word"
                split = [
                    Token(token.kind, first, token.column),
                    Token(kind, rest, token.column + 1),
                ]
                self.tokens[self.index : self.index + 1] = split
                self.seek(self.index)
            return self.literal(self.advance()) if token.kind == "number" else self.word()
        if not self.at("{"):
            self.fail("'{' after \\frac")
        return self.bracketed("{")

    # Words

    def known(self) -> E | None:
        """A name as it is declared, without an index or a sign that could belong to it."""
        token = self.token
        found = self.plain_names.get(token.text)
        if found is None or token.kind != "word" or token.text in self.bound or self.takes_suffix():
            return None
        self.seek(self.index + 1)
        return self.quantity(found, token.column)

    def word(self) -> E:
        if self.token.text in self.bound:
            token = self.advance()
            return self.quantity(self.bound[token.text], token.column)
        function = self.partial() if self.at("∂") else self.abstract()
        if function is not None:
            return function
        found = None if self.is_foreign() else self.name() or self.derivative()
        if found is not None:
            return found
        token = self.advance()
        if token.kind == "command":
            raise ReadingError(f"\\{token.text} makes no name that is known here", token.column)
        if token.text == "∂":
            raise ReadingError("expected a derivative of known names, as ∂L/∂w", token.column)
        return self.call_or_run(token)

    def is_foreign(self) -> bool:
        """Is a word neither a name or a derivative nor the beginning of one, at first sight?"""
        text = self.token.text
        return (
            self.token.kind == "word"
            and len(text) <= MAX_NAME
            and text[0] != "d"
            and text.isalpha()
            and text.isascii()
            and text not in self.declared
            and not self.takes_suffix()
        )

    def name(self, drop: int = 0) -> E | None:
        """A declared name, with its entry or transpose if it has one; ``drop`` as in :meth:`spelled`."""
        column = self.token.column
        found = self.spelled(drop)
        if found is None:
            return None
        value = self.quantity(found.name, column)
        if found.places:
            value = self.entry_of(value, found.places, column)
        return self.apply("transpose", (value,), column) if found.transposed else value


def exact(token: Token) -> Fraction:
    """The exact value of a number.

    Raises:
        ReadingError: its magnitude is beyond what a float can hold.
    """
    if token.text.isdigit() and len(token.text) <= 18:
        return Fraction(int(token.text))
    mantissa, _, exponent = token.text.lower().partition("e")
    power = int(exponent or 0) if len(exponent) < 9 else MAX_LENGTH
    digits = len(mantissa.partition(".")[0]) + power  # before the point
    if max(abs(power), len(mantissa) - 1, digits - 1) > MAX_MAGNITUDE:
        raise ReadingError(f"the number {token.text[:20]} is out of range", token.column)
    return Fraction(mantissa.rstrip(".")) * Fraction(10) ** power


def is_number(texts: list[str]) -> bool:
    return all(text in ("+", "-", "/") or text[0].isdigit() for text in texts)


def function_or_product(column: int) -> ReadingError:
    """What to ask of an indicator before a bracket."""
    message = "this can be the indicator as a function or a product: write the indicator alone, or * between"
    return ReadingError(message, column)
