"""Text to written expression: sums over an index, cases, abstract functions, and runs of names."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import accumulate, combinations

from reference.language.calling import FUNCTION_NAMES
from reference.language.calls import CALLED
from reference.language.entries import Entries
from reference.language.errors import ReadingError
from reference.language.expression import (
    Apply,
    Expression,
    Name,
    Number,
    Product,
    names,
    number,
    rebuild,
)
from reference.language.named.table import NAMES as NAMED
from reference.language.names import LOWERED, Vocabulary, canonical, cuts, undeclared
from reference.language.operands import COMPARISONS, OTHERWISE, TESTS
from reference.language.roles import function_name, place_name
from reference.language.step_places import with_subscripts
from reference.language.step_sums import StepSums, without_absent
from reference.language.tokens import Token

MAX_NESTED_SUMS = 3  # each is an axis of its own in evaluation
MAX_SUMS = 12
MAX_PRIMES = 3

# A second condition that holds where the first does not; at equality both sides may say what they like.
COMPLEMENTS = {
    ("gt", "le"), ("gt", "lt"), ("ge", "lt"), ("lt", "ge"), ("lt", "gt"), ("le", "gt"), ("eq", "ne"),
    ("ne", "eq"),
}  # fmt: skip
CASES = frozenset({"if", "for", "when", *OTHERWISE, *COMPARISONS})  # words and signs of cases
NOT_A_NUMBER = Apply("divide", (number(0), number(0)))


class Reader(StepSums[Expression], Entries):
    """Reads all of the language; use :func:`~reference.language.reading.read`."""

    sums = 0
    open_sum = ("", -1)  # the index of the last sum, and where its body ended

    def __init__(self, tokens: list[Token], declared: Iterable[str] | Vocabulary) -> None:
        if isinstance(declared, Vocabulary):
            tokens = with_subscripts(tokens, declared)
        super().__init__(tokens, declared)
        self.runs: dict[tuple[str, ...], list[list[str]]] = {}  # ways to cut runs of names

    def compares(self, test: Expression, value: Expression) -> bool:
        return bare(value) in map(bare, test.args)

    # Cases

    def whole(self) -> Expression:
        """All of the text; cases in words where it is none as it stands."""
        depth = self.depth
        try:
            found = super().whole()
            return without_absent(found) if self.time else found
        except ReadingError:
            if not any(token.text in CASES for token in self.tokens):
                raise
            self.seek(0)
            self.depth, self.bars, self.bound = depth, "", {}
            try:
                return self.cases_in_words()
            except ReadingError:
                if any(token.text in ("for", "when") for token in self.tokens):
                    raise  # as nothing else is written with them
            raise

    def cases_in_words(self) -> Expression:
        """``0 for x < 0, 1 for x > 0``, ``{1, x > 0; 0, otherwise}``, ``if x > 0 then 1 else 0``."""
        column = self.token.column
        braced = self.token.text == "{" and self.tokens[-2].text == "}"
        self.advance() if braced else None
        rows: list[tuple[Expression, Expression | None]] = []
        if self.token.text == "if":
            test = self.case_condition()
            self.accept("then", ",")
            rows.append((self.sum(), test))
            self.accept(",", ";")
            if self.token.text not in OTHERWISE:
                self.fail("'else'")
            self.advance()
            rows.append((self.sum(), None))
        else:
            while not rows or self.token.text not in ("", "}"):
                rows.append(self.row_in_words(rows))
        if braced:
            self.expect("}")
        if self.token.kind != "end":
            self.fail("the end")
        return piecewise(rows, column)

    def row_in_words(
        self, rows: list[tuple[Expression, Expression | None]]
    ) -> tuple[Expression, Expression | None]:
        """A value with its condition, ``0 for x < 0,`` or ``otherwise 0``, and the sign or word behind it."""
        otherwise = self.accept(*OTHERWISE) if rows else False
        value = self.sum()
        self.accept(",")
        test = None if otherwise else self.case_condition()
        self.accept(",", ";", "\\\\")
        self.accept("and")
        return value, test

    def without_otherwise(
        self, rows: list[tuple[Expression, Expression]], column: int
    ) -> Expression:
        return piecewise([*rows], column)

    def cases(self) -> Expression:
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
        if self.accept(*OTHERWISE):
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

    # Sums

    def sum_over(self) -> Expression:
        r"""``sum_j …``, ``\sum_{j=1}^{K} …``, ``sum_{j != k} …``: a product's length.

        The index is a name of its own, ``j#1``, whatever else is called j.
        """
        found = self.step_sum()
        if found is not None:
            return found
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
        index = Name(place_name(name, self.sums), token.column)
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

    def still_open(self) -> str:
        name, end = self.open_sum
        return name if end == self.index else ""

    def mentions(self, value: Expression, index: str) -> bool:
        return index in names(value)

    # Functions and runs of names

    def abstract(self) -> Expression | None:
        start, column = self.index, self.token.column
        if not self.functions or self.token.kind != "word":
            return None
        text = self.advance().text
        while canonical(text) not in self.functions and (suffix := self.suffix()):
            text += suffix[0]
        name, count = self.functions.get(canonical(text), ("", 0))
        derived = self.primes() if name else {}
        if not name or not self.at("("):
            self.seek(start)
            return None
        args = self.arguments()
        if len(args) != count:
            message = f"{name} takes {count} argument(s), found {len(args)}"
            raise ReadingError(message, column)
        if count == 1:
            derived = {1: sum(derived.values())}
        if not derived.keys() <= {*range(1, count + 1)}:
            raise ReadingError(f"by which argument is {name} derived? write {name}'1(…)", column)
        orders = [derived.get(place, 0) for place in range(1, count + 1)]
        function = Name(function_name(name), column)
        return Apply(f"call{count}", (function, *map(number, orders), *args), column)

    def partial(self) -> Expression | None:
        start = self.index
        orders: dict[int, int] = {}
        while self.accept("∂"):
            found = self.subscript(self.index) if self.accept("_") else None
            if found is None or found[0] not in ("_1", "_2"):
                self.seek(start)
                return None
            by = int(found[0][1:])
            orders[by] = orders.get(by, 0) + 1
        call = self.abstract()
        if not isinstance(call, Apply) or call.operation != "call2":
            self.seek(start)
            return None
        function, _, _, *args = call.args
        derived = (number(orders.get(1, 0)), number(orders.get(2, 0)))
        return Apply("call2", (function, *derived, *args), call.column)

    def primes(self) -> dict[int, int]:
        """How often a function is derived by which argument; by 0 where that is not said."""
        column, derived = self.token.column, dict[int, int]()
        while self.prime():
            order = 1
            while self.prime():
                order += 1
            by = 0
            if self.token.kind == "number" and self.token.text in ("1", "2"):
                by = int(self.advance().text)
            derived[by] = derived.get(by, 0) + order
        if sum(derived.values()) > MAX_PRIMES:
            raise ReadingError(f"at most {MAX_PRIMES} primes are read", column)
        return derived

    def kronecker(self, token: Token) -> Expression | None:
        text = token.text.translate(LOWERED)
        suffix = self.suffix() if text in ("delta", "δ") else None
        base, _, subscript = (text + (suffix[0] if suffix else "")).partition("_")
        parts = self.parts(subscript.replace("_", "").strip("{}"))
        if base not in ("delta", "δ") or len(parts) != 2:
            return None
        return Apply("eq", tuple(self.places(parts, token.column)), token.column)

    def run(self, token: Token) -> Expression:
        place = (token.text, *self.bound)
        if place not in self.runs:
            ways = cuts(token.text, lambda text: self.is_name(text) or text in self.bound)
            self.runs[place] = [self.with_places(way) for way in ways]
        ways = self.starred_last(token) or self.runs[place]
        if token.text in NAMED and self.at("(") and (not ways or self.has_several()):
            return self.named_operation(token)
        if len(ways) == 1:
            factors, column = [], token.column
            for part in self.primed_last(ways[0]):
                factors.append(self.named(part, column))
                column += len(part) - ("_" in part and "_" not in token.text)
            factors[-1:] = map(self.postfixed, factors[-1:])  # dh^2 is d h², as in print
            if len(factors) == 1:
                return factors[0]
            return Product(tuple(factors), ("*",) * (len(factors) - 1), token.column)
        if not ways and self.at("(", "'", "^"):
            found = cuts(token.text, self.is_name, self.is_function)
            ways = [way for way in found if len(way) > 1]
            if len(ways) == 1:
                return self.cut_before_function(token, ways[0])
        if ways:
            shown = " or ".join(" ".join(way) for way in ways)
            error = ReadingError(f"'{token.text}' can be read as {shown}: add spaces", token.column)
            raise error.instead(token.text, *map(" ".join, ways), column=token.column)
        if canonical(token.text) in self.functions:
            raise ReadingError(f"expected '(' after {token.text[:40]}", token.column)
        if token.text in ("Σ", "∑"):
            raise ReadingError("a sum over what? write sum_i …", token.column)
        known = [*self.vocabulary.listed, *(name for name, _ in self.functions.values())]
        raise undeclared(token.text, known, token.column)

    def with_places(self, parts: list[str]) -> list[str]:
        """The names of a run, an index behind one of them being its place: ``Pi`` is P_i."""
        found: list[str] = []
        for part in parts:
            if found and self.is_index(part) and self.has_places(found[-1]):
                found[-1] += part if "_" in found[-1] else f"_{part}"
            else:
                found.append(part)
        return found

    def has_places(self, name: str) -> bool:
        """Can an index behind a name be a place in it, and no factor?"""
        return not self.is_index(name) and canonical(name) not in self.vocabulary.size_spellings

    def starred_last(self, token: Token) -> list[list[str]]:
        """The names of a run of which the last one has a star, ``wy^*``, which is passed over."""
        start = self.index
        if not self.starred or not self.at("^") or self.suffix() != ("star", False):
            self.seek(start)
            return []
        found = [way for way in cuts(token.text + "star", self.is_name) if len(way) > 1]
        ways = [way for way in found if way[-1].endswith("star")]
        if len(ways) != 1:
            self.seek(start)
            return []
        return ways

    def primed_last(self, parts: list[str]) -> list[str]:
        """The names of a run; the prime behind it belongs to the last one, where one with a prime is declared."""
        if not (parts and self.at("'") and canonical(parts[-1] + "'") in self.declared):
            return parts
        self.prime()
        return [*parts[:-1], parts[-1] + "'"]

    def is_function(self, text: str) -> bool:
        called = self.function_name(text)
        return canonical(text) in self.functions or called in FUNCTION_NAMES or called in CALLED

    def cut_before_function(self, token: Token, pieces: list[str]) -> Expression:
        """The first of the names before a function, ``w_2g_1(z)``; the others are read as what follows."""
        start = self.index - 1
        before = self.tokens[start - 1].text if start else ""
        if before == "^" or (before == "-" and self.tokens[start - 2].text == "^"):
            raise ReadingError(f"'{token.text}' as an exponent: add brackets", token.column)
        ends = [*accumulate(map(len, pieces), initial=token.column)]
        split = [Token("word", one, column) for one, column in zip(pieces, ends, strict=False)]
        self.tokens[start : start + 1] = split
        self.seek(start)
        return self.word()


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


def leaves_out(node: Expression) -> bool:
    """Is it the last of some cases, beside which there is no value?"""
    return isinstance(node, Apply) and node.operation == "where" and node.args[2] == NOT_A_NUMBER


def otherwise_nothing(node: Expression, args: list[Expression]) -> Expression:
    """A part, with 0 where a case is left out."""
    return rebuild(node, [*args[:2], number(0)] if leaves_out(node) else args)


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
