"""What has a structure of its own: LaTeX fractions, roots and cases, and sums over an index."""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations

from reference.language.cursor import Cursor
from reference.language.errors import ReadingError
from reference.language.expression import Apply, Expression, Name, Number, Product, names, number
from reference.language.names import canonical
from reference.language.tokens import MAX_LENGTH, Token

MAX_MAGNITUDE = 300  # decimal exponent of a literal
MAX_NESTED_SUMS = 3  # each is an axis of its own in evaluation
MAX_SUMS = 12

COMPARISONS = {">": "gt", ">=": "ge", "<": "lt", "<=": "le", "==": "eq", "!=": "ne"}
TESTS = frozenset(COMPARISONS.values())
# A second condition that holds where the first does not; at equality both sides may say what they like.
COMPLEMENTS = {
    ("gt", "le"), ("gt", "lt"), ("ge", "lt"), ("lt", "ge"), ("lt", "gt"), ("le", "gt"), ("eq", "ne"),
    ("ne", "eq"),
}  # fmt: skip
NOT_A_NUMBER = Apply("divide", (number(0), number(0)))


def literal(token: Token) -> Number:
    """An exact number.

    Raises:
        ReadingError: its magnitude is beyond what a float can hold.
    """
    if token.text.isdigit() and len(token.text) <= 18:
        return Number(Fraction(int(token.text)), token.column)
    mantissa, _, exponent = token.text.lower().partition("e")
    power = int(exponent or 0) if len(exponent) < 9 else MAX_LENGTH
    digits = len(mantissa.partition(".")[0]) + power  # before the point
    if max(abs(power), len(mantissa) - 1, digits - 1) > MAX_MAGNITUDE:
        raise ReadingError(f"the number {token.text[:20]} is out of range", token.column)
    return Number(Fraction(mantissa.rstrip(".")) * Fraction(10) ** power, token.column)


class Structures(Cursor):
    """Reads what a LaTeX command or a sign of a sum begins."""

    sums = 0
    open_sum = ("", -1)  # the index of the last sum, and where its body ended

    # Operands and the grammar, which are written below

    def operand(self) -> Expression:
        raise NotImplementedError

    def word(self) -> Expression:
        raise NotImplementedError

    def number(self) -> Expression:
        raise NotImplementedError

    def indicator(self) -> Expression:
        raise NotImplementedError

    def bracketed(self, opening: str, equality: bool = False) -> Expression:
        raise NotImplementedError

    def comparison(self, equality: bool = False) -> Expression:
        raise NotImplementedError

    def sum(self) -> Expression:
        raise NotImplementedError

    def product(self) -> Expression:
        raise NotImplementedError

    # LaTeX with structure

    def command(self) -> Expression:
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

    def root(self) -> Expression:
        column = self.advance().column
        if self.at("["):
            self.fail("'{' after sqrt, other roots as powers")
        value = self.bracketed("{") if self.at("{") else self.operand()
        return Apply("sqrt", (value,), column)

    def one(self) -> Expression:
        self.advance()
        return self.indicator()

    def fraction(self) -> Expression:
        token = self.advance()
        start = self.index
        if self.accept("{"):
            upper = self.differential(alone=True)
            if upper is not None and self.accept("}") and self.accept("{"):
                lower = self.differential(alone=True)
                if lower is not None:
                    self.expect("}")
                    return self.quotient(upper, lower, token.column)
        self.seek(start)
        parts = self.fraction_part(), self.fraction_part()
        return Product(parts, ("/",), token.column)

    def fraction_part(self) -> Expression:
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
            return literal(self.advance()) if token.kind == "number" else self.word()
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
            self.accept(",", ";", ".")
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
        r"""``sum_j …``, ``\sum_{j=1}^{K} …``, ``sum_{j != k} …``: a product's length.

        The index is a name of its own, ``j#1``, whatever else is called j.
        """
        column = self.advance().column
        self.sums += 1
        if len(self.bound) == MAX_NESTED_SUMS or self.sums > MAX_SUMS:
            message = f"at most {MAX_NESTED_SUMS} sums in each other are read, {MAX_SUMS} in all"
            raise ReadingError(message, column)
        self.expect("_")
        braced = self.accept("{")
        token = self.token
        if token.kind != "word" or (len(token.text) > 1 and not self.is_index(token.text)):
            self.fail("the index of the sum")
        name = self.advance().text
        index = Name(f"{name}#{self.sums}", token.column)
        outer, self.bound = self.bound, {**self.bound, name: index.name}
        self.deeper()
        other = self.range_of_sum() if braced else None
        args = [self.limit()] if self.accept("^") else []
        body = self.product()
        quantity = self.declared.get(canonical(name))
        if quantity in names(body) and quantity not in self.indices.values():
            message = f"'{name}' is a quantity here, expected an index"
            raise ReadingError(message, token.column)
        self.bound = outer
        self.depth -= 1
        if other is not None:
            guard = Apply("ne", (index, other), column)
            body = Apply("where", (guard, body, number(0)), column)
        self.open_sum = (name, self.index)
        return Apply("sum_over", (index, body, *args), column)

    def range_of_sum(self) -> Expression | None:
        """What stands after the index in ``{j=1}`` and ``{j != k}``: the place that is left out."""
        other = None
        if self.accept("=") and not (self.token.text == "1" and self.advance()):
            self.fail("1, as sums run over the whole index")
        if self.accept("!="):
            other = self.sum()
        self.expect("}")
        return other

    def limit(self) -> Expression:
        """The last value of an index, which the shapes must agree to."""
        if self.at("{"):
            return self.bracketed("{")
        return self.number() if self.token.kind == "number" else self.word()


def piecewise(rows: list[tuple[Expression, Expression | None]], column: int) -> Expression:
    """The value of the first row whose condition holds; without one, there is none."""
    tests: list[Expression | None] = [test for _, test in rows]
    if len(rows) < 2 or None in tests[:-1]:
        raise ReadingError("expected cases of which the last one is 'otherwise'", column)
    known = [bare(test) for test in tests if test is not None]
    if any(one == other for one, other in combinations(known, 2)):
        raise ReadingError("two cases have the same condition", column)
    value, last = rows[-1]
    if last is not None and not (len(rows) == 2 and complement(tests[0], last)):
        value = Apply("where", (last, value, NOT_A_NUMBER), column)
    for branch, test in reversed(rows[:-1]):
        assert test is not None
        value = Apply("where", (test, branch, value), column)
    return value


def complement(first: Expression | None, second: Expression) -> bool:
    """Does one condition hold where the other does not, as ``z > 0`` and ``z <= 0``?"""
    if not (isinstance(first, Apply) and isinstance(second, Apply)):
        return False
    same = [bare(one) == bare(other) for one, other in zip(first.args, second.args, strict=True)]
    return all(same) and (first.operation, second.operation) in COMPLEMENTS


def bare(node: Expression) -> object:
    """An expression without its columns."""
    match node:
        case Number(value):
            return value
        case Name(name):
            return name
        case Product(args, signs):
            return (signs, *map(bare, args))
        case Apply(operation, args):
            return (operation, *map(bare, args))
