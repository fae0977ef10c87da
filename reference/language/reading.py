"""Text to written expression: a Pratt parser over the tokens of a text, plain, Unicode or LaTeX.

Length, nesting and numbers are bounded here, before anything is evaluated, and no text ever reaches
``eval`` or another parser.
"""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

from reference.language.cursor import MAX_DEPTH, OPENING, Cursor
from reference.language.errors import ReadingError
from reference.language.expression import (
    Apply,
    Expression,
    Name,
    Number,
    Product,
    apply,
    names,
    number,
)
from reference.language.names import (
    Vocabulary,
    canonical,
    cuts,
    derivative_name,
    function_name,
    unknown,
)
from reference.language.operations import FUNCTIONS, SPELLINGS, slope_of
from reference.language.tokens import MAX_LENGTH, Token, tokenize

MAX_MAGNITUDE = 300  # decimal exponent of a literal
MAX_PRIMES = 3

COMPARISONS = {">": "gt", ">=": "ge", "<": "lt", "<=": "le"}
EQUALITIES = {"=": "eq", "!=": "ne"}  # inside an indicator
TESTS = frozenset({*COMPARISONS.values(), *EQUALITIES.values()})
CONSTANTS = {  # as a float holds them
    "pi": Fraction("3.141592653589793"),
    "π": Fraction("3.141592653589793"),
    "e": Fraction("2.718281828459045"),
}
PRODUCT_SIGNS = ("*", "@", "⊙", "/")
FUNCTION_NAMES = frozenset(name for name, _ in FUNCTIONS)


def literal(token: Token) -> Number:
    """An exact number.

    Raises:
        ReadingError: its magnitude is beyond what a float can hold.
    """
    mantissa, _, exponent = token.text.lower().partition("e")
    power = int(exponent or 0) if len(exponent) < 9 else MAX_LENGTH
    digits = len(mantissa.partition(".")[0]) + power  # before the point
    if max(abs(power), len(mantissa) - 1, digits - 1) > MAX_MAGNITUDE:
        raise ReadingError(f"the number {token.text[:20]} is out of range", token.column)
    return Number(Fraction(mantissa.rstrip(".")) * Fraction(10) ** power, token.column)


class Reader(Cursor):
    """A recursive-descent reader of tokens; use :func:`read` or :func:`read_answer`."""

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
        if operation is None and equality:
            operation = EQUALITIES.get(self.token.text)
        if operation is None or self.token.kind != "operator":
            return left
        column = self.advance().column
        return Apply(operation, (left, self.sum()), column)

    def sum(self) -> Expression:
        self.deeper()
        result = self.product()
        over = self.open_sum(result)
        while self.at("+", "-"):
            sign = self.advance()
            operation = "add" if sign.text == "+" else "subtract"
            term = self.product()
            if over and over in names(term):
                raise ReadingError(f"'{over}' after a sum over {over}: add brackets", sign.column)
            over = over or self.open_sum(term)
            result = Apply(operation, (result, term), sign.column)
        self.depth -= 1
        return result

    def open_sum(self, term: Expression) -> str:
        """The index of a sum that stands last in a term, without brackets after it."""
        while isinstance(term, (Apply, Product)) and term.args:
            if isinstance(term, Apply) and term.operation == "sum_over":
                return "" if self.tokens[self.index - 1].text == ")" else str(base_of(term))
            if isinstance(term, Apply) and term.operation != "negate":
                return ""
            term = term.args[-1]
        return ""

    def product(self) -> Expression:
        column = self.token.column
        factors, signs = [self.unary()], []
        while True:
            if self.at(*PRODUCT_SIGNS):
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
        token = self.token
        if token.kind == "word":
            return token.text not in ("if", "else") or token.text in self.declared
        if token.kind == "number":  # 1{z > 0} and 1_{z > 0}, but never two numbers in a row
            return token.text == "1" and self.tokens[self.index + 1].text in ("{", "_")
        return (token.kind == "command" and token.text != "end") or self.at("(", "[", "∂", "{")

    def unary(self) -> Expression:
        signs = []
        while self.at("-", "+"):
            signs.append(self.advance())
        value = self.postfix()
        if sum(sign.text == "-" for sign in signs) % 2:
            return Apply("negate", (value,), signs[0].column)
        return value

    def postfix(self) -> Expression:
        value = self.operand()
        while True:
            column = self.token.column
            if self.accept("'", ".T"):
                value = Apply("transpose", (value,), column)
            elif self.at("["):
                places = self.entry()
                if places is None:
                    return value
                value = Apply("entry", (value, *places), column)
            elif self.at("^"):
                self.advance()
                if self.transposes():
                    value = Apply("transpose", (value,), column)
                else:
                    value = Apply("power", (value, self.exponent()), column)
            else:
                return value

    def transposes(self) -> bool:
        """Pass over what after ``^`` stands for a transpose, if it does."""
        start = self.index
        braced = self.accept("{")
        named = self.token.text == "T" and "T" not in self.declared
        if self.at("⊤") or named:
            self.advance()
            if not braced or self.accept("}"):
                return True
        self.index = start
        return False

    def exponent(self) -> Expression:
        self.deeper()
        value = self.unary()
        self.depth -= 1
        if isinstance(value, Apply) and value.operation == "transpose":
            raise ReadingError("a power and a transpose: write (A^2)^T", value.column)
        return value

    def entry(self) -> tuple[Expression, Expression] | None:
        """The place in ``yhat[k]`` or ``W[i, j]``; nothing where it is an indicator ``[z > 0]``."""
        start = self.index
        places = self.place_in_brackets()
        if places is None and self.tests_in_brackets(start):
            return None
        if places is None:
            self.index = start + 1
            self.fail("an index or a number between [ and ]")
        return places

    def tests_in_brackets(self, start: int) -> bool:
        """Does a comparison stand in the brackets that open here?"""
        self.index = start
        depth = 0
        for token in self.tokens[start:]:
            if token.kind == "operator":
                depth += (token.text == "[") - (token.text == "]")
                if depth == 1 and token.text in (*COMPARISONS, *EQUALITIES):
                    return True
            if depth == 0:
                break
        return False

    def operand(self) -> Expression:
        token = self.token
        if token.kind == "number":
            return self.number()
        if token.kind == "command":
            return self.command()
        if self.at("("):
            return self.bracketed("(")
        if self.at("["):
            return self.bracketed("[", indicator=True)
        if self.at("{"):
            return self.bracketed("{")
        if self.at("|"):
            self.advance()
            value = self.condition()
            self.expect("|")
            return Apply("abs", (value,), token.column)
        if token.kind != "word" and not self.at("∂"):
            self.fail("a number, a name or a bracket")
        return self.word()

    def number(self) -> Expression:
        token = self.advance()
        if token.text == "1" and self.at("{", "_", "["):
            self.accept("_")
            return self.bracketed(self.token.text, indicator=True)
        if self.token.kind == "number" and not self.starts_operand():
            self.fail("an operator between two numbers")
        return literal(token)

    def bracketed(self, opening: str, indicator: bool = False) -> Expression:
        if not self.at(*OPENING):
            self.fail("a bracket")
        self.expect(opening)
        column = self.token.column
        value = self.condition(equality=indicator)
        if indicator and not (isinstance(value, Apply) and value.operation in TESTS):
            shown = f"{opening}…{OPENING[opening]}"
            raise ReadingError(f"expected a comparison inside {shown}", column)
        self.expect(OPENING[opening])
        return value

    # LaTeX with structure

    def command(self) -> Expression:
        token = self.token
        if token.text == "frac":
            return self.fraction()
        if token.text == "sqrt":
            self.advance()
            if not self.at("{", "("):
                self.fail("'{' after sqrt")
            return Apply("sqrt", (self.bracketed(self.token.text),), token.column)
        if token.text == "begin":
            return self.cases()
        if token.text == "sum":
            return self.sum_over()
        if token.text not in ("hat", "bar", "tilde"):
            self.fail("a number, a name or a bracket")
        return self.word()

    def fraction(self) -> Expression:
        token = self.advance()
        start = self.index
        if self.accept("{"):
            upper = self.differential()
            if upper is not None and self.accept("}") and self.accept("{"):
                lower = self.differential()
                if lower is not None and self.accept("}"):
                    return self.quotient(upper, lower, token.column)
        self.index = start
        parts = self.fraction_part(), self.fraction_part()
        return Product(parts, ("/",), token.column)

    def fraction_part(self) -> Expression:
        r"""A part of ``\frac{a}{b}``, or of ``\frac12``."""
        token = self.token
        if token.kind == "number" and token.text.isdigit() and len(token.text) <= 2:
            digits = [
                Token("number", digit, token.column + i) for i, digit in enumerate(token.text)
            ]
            self.tokens[self.index : self.index + 1] = digits
            return literal(self.advance())
        if not self.at("{"):
            self.fail("'{' after \\frac")
        return self.bracketed("{")

    def cases(self) -> Expression:
        r"""``\begin{cases} a & c \\ b & \text{otherwise} \end{cases}``."""
        column = self.advance().column
        self.environment("cases")
        rows: list[tuple[Expression, Expression | None]] = []
        while not (self.token.kind == "command" and self.token.text == "end"):
            value = self.sum()
            self.accept(",")
            self.expect("&")
            rows.append((value, self.case_condition()))
            self.accept(",", ";")
            if not self.accept("\\\\"):
                break
        if self.token.text != "end":
            self.fail("\\\\ or \\end{cases}")
        self.advance()
        self.environment("cases")
        return piecewise(rows, column)

    def case_condition(self) -> Expression | None:
        """A comparison; nothing where it is ``otherwise``."""
        while self.token.text in ("if", "for", "when"):
            self.advance()
        if self.token.text in ("otherwise", "else", "elsewhere"):
            self.advance()
            return None
        test = self.comparison(equality=True)
        if not (isinstance(test, Apply) and test.operation in TESTS):
            raise ReadingError("expected a comparison or 'otherwise' after &", self.token.column)
        return test

    def environment(self, name: str) -> None:
        self.expect("{")
        if self.token.text != name:
            self.fail(f"'{name}'")
        self.advance()
        self.expect("}")

    def sum_over(self) -> Expression:
        r"""``sum_j …``, ``\sum_{j=1}^{K} …``, ``sum_{j != k} …``: a product's length."""
        column = self.advance().column
        self.expect("_")
        braced = self.accept("{")
        if self.token.kind != "word":
            self.fail("the index of the sum")
        text = self.advance().text
        name = self.indices.get(canonical(text), text)
        if name in self.declared.values() and name not in self.indices.values():
            raise ReadingError(f"'{name}' is a quantity here, expected an index", column)
        self.bound.append(name)
        self.deeper()
        other = None
        if braced:
            if self.accept("=") and not (self.token.text == "1" and self.advance()):
                self.fail("1, as sums run over the whole index")
            if self.accept("!="):
                other = self.sum()
            self.expect("}")
        args = [self.limit()] if self.accept("^") else []
        body = self.product()
        self.bound.pop()
        self.depth -= 1
        if other is not None:
            guard = Apply("ne", (Name(name), other), column)
            body = Apply("where", (guard, body, number(0)), column)
        return Apply("sum_over", (Name(name), body, *args), column)

    def limit(self) -> Expression:
        """The last value of an index, which the shapes must agree to."""
        if self.at("{"):
            return self.bracketed("{")
        return self.number() if self.token.kind == "number" else self.word()

    # Words

    def word(self) -> Expression:
        if self.token.text in self.bound:
            token = self.advance()
            return Name(token.text, token.column)
        function = self.abstract()
        if function is not None:
            return function
        found = self.name() or self.derivative()
        if found is not None:
            return found
        token = self.advance()
        if token.kind == "command":
            raise ReadingError(f"\\{token.text} makes no name that is known here", token.column)
        return self.call_or_run(token)

    def abstract(self) -> Expression | None:
        """A call ``g1(z1)`` of a declared function, or of its derivative ``g1'(z1)``."""
        start, column = self.index, self.token.column
        if not self.functions or self.token.kind != "word":
            return None
        text = self.advance().text
        while canonical(text) not in self.functions and (suffix := self.suffix()):
            text += suffix[0]
        name, count = self.functions.get(canonical(text), ("", 0))
        order, by = self.primes() if name else (0, 0)
        if not name or not self.at("("):
            self.index = start
            return None
        args = self.arguments()
        if len(args) != count:
            message = f"{name} takes {count} argument(s), found {len(args)}"
            raise ReadingError(message, column)
        if by > count or (order and not by and count > 1):
            raise ReadingError(f"by which argument is {name} derived? write {name}'1(…)", column)
        orders = [order if place == max(by, 1) else 0 for place in range(1, count + 1)]
        function = Name(function_name(name), column)
        return Apply(f"call{count}", (function, *map(number, orders), *args), column)

    def primes(self) -> tuple[int, int]:
        """How often a function is derived, and by which argument where that is said."""
        column, order = self.token.column, 0
        while self.accept("'"):
            order += 1
        if order > MAX_PRIMES:
            raise ReadingError(f"at most {MAX_PRIMES} primes are read", column)
        if order and self.token.kind == "number" and self.token.text in ("1", "2"):
            return order, int(self.advance().text)
        return order, 0

    def call_or_run(self, token: Token) -> Expression:
        """A function, a constant, or names written without a space; none of them is declared."""
        lowered = token.text.lower() if token.text.isascii() else token.text  # Σ is not σ
        called = SPELLINGS.get(lowered, lowered)
        if called in FUNCTION_NAMES:
            return self.call(called, token)
        if token.text == "I" and self.at("(", "{", "["):
            return self.bracketed(self.token.text, indicator=True)
        if token.text in CONSTANTS:
            return Number(CONSTANTS[token.text], token.column)
        delta = self.kronecker(token)
        return delta if delta is not None else self.run(token)

    def kronecker(self, token: Token) -> Expression | None:
        """``delta_ij``, which is 1 where i = j."""
        text = token.text
        suffix = self.suffix() if text in ("delta", "δ") else None
        text += suffix[0] if suffix else ""
        base, _, subscript = canonical(text.replace("_", ",")).partition(",")
        parts = self.parts(subscript)
        if base != "delta" or len(parts) != 2:
            return None
        return Apply("eq", self.places(parts, token.column), token.column)

    def arguments(self) -> list[Expression]:
        closing = OPENING[self.advance().text]
        args = [self.condition()]
        while self.accept(","):
            args.append(self.condition())
        self.expect(closing)
        return args

    def call(self, function: str, token: Token) -> Expression:
        derived = self.accept("'")
        if not self.at("(", "{"):
            self.fail(f"'(' after {token.text[:40]}")
        args = self.arguments()
        if (function, len(args)) == ("leaky_relu", 1):
            args.append(number(Fraction(1, 100)))
        operation = FUNCTIONS.get((function, len(args)))
        if operation is None:
            counts = " or ".join(str(count) for name, count in FUNCTIONS if name == function)
            raise ReadingError(
                f"{function} takes {counts} argument(s), found {len(args)}", token.column
            )
        if not derived:
            return Apply(operation, tuple(args), token.column)
        slope = slope_of(operation, tuple(args))
        if slope is None:
            raise ReadingError(f"the derivative {function}' is not read", token.column)
        return slope

    def run(self, token: Token) -> Expression:
        """Names written without a space, ``dh`` for d h, where there is one way to cut them."""
        ways = cuts(token.text, self.declared)
        if len(ways) == 1:
            columns = [token.column]
            for part in ways[0]:
                columns.append(columns[-1] + len(part))
            factors = [
                Name(self.declared[canonical(part)], column)
                for part, column in zip(ways[0], columns, strict=False)
            ]
            return Product(tuple(factors), ("*",) * (len(factors) - 1), token.column)
        if ways:
            shown = " or ".join(" ".join(way) for way in ways)
            raise ReadingError(f"'{token.text}' can be read as {shown}: add spaces", token.column)
        known = [*self.declared.values(), *(name for name, _ in self.functions.values())]
        raise ReadingError(unknown(token.text, known), token.column)


def piecewise(rows: list[tuple[Expression, Expression | None]], column: int) -> Expression:
    """The value of the first row whose condition holds; the last row is for all else."""
    if len(rows) < 2 or rows[-1][1] is not None or any(test is None for _, test in rows[:-1]):
        raise ReadingError("expected cases of which the last one is 'otherwise'", column)
    value = rows[-1][0]
    for branch, test in reversed(rows[:-1]):
        assert test is not None
        value = Apply("where", (test, branch, value), column)
    return value


def base_of(total: Apply) -> str:
    """The index of a sum."""
    index = total.args[0]
    assert isinstance(index, Name)
    return index.name


def read(text: str, declared: Iterable[str] | Vocabulary = ()) -> Expression:
    """Read an expression over declared names; products stay as written.

    Raises:
        ReadingError: with the column, what was found and what was expected.
    """
    return Reader(tokenize(text), declared).whole()


def read_answer(text: str, declared: Iterable[str] | Vocabulary = ()) -> Expression:
    """As :func:`read`, for what people put around an answer: ``dL/dW1 = …``, a full stop at the end.

    Raises:
        ReadingError: as above; also where nothing stands behind the last equality sign.
    """
    tokens = tokenize(text.rstrip(" \t\r\n.,;$"))
    return Reader(tokens[last_side(tokens) :], declared).whole()


def last_side(tokens: list[Token]) -> int:
    """The place after the last equality sign or arrow that stands outside brackets."""
    depth, start = 0, 0
    for position, token in enumerate(tokens):
        if token.kind == "operator":
            depth += (token.text in "([{") - (token.text in ")]}")
            if depth == 0 and token.text in ("=", "←"):
                start = position + 1
    return start


__all__ = [
    "MAX_DEPTH",
    "MAX_LENGTH",
    "Vocabulary",
    "apply",
    "canonical",
    "derivative_name",
    "read",
    "read_answer",
    "tokenize",
    "unknown",
]
