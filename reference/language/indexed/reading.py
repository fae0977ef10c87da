r"""Text → the nodes of an indexed equation, by the grammar of all expressions.

y[i] = sum_j w[j] x[i + j - 1]
P[i, j] = max_{p in 1..2, q in 1..2} Z[2 (i - 1) + p, 2 (j - 1) + q]
xp[i] = (x[i - p] else 0)  for i in 1..n + 2 p
\sum_{j=1}^{k} w_j g_{m-j+1}
"""

from __future__ import annotations

import functools
import operator
from collections.abc import Collection, Mapping
from fractions import Fraction

from reference.language.errors import ReadingError, Undeclared
from reference.language.indexed.nodes import (
    UNIT,
    ZERO,
    At,
    Call,
    Cond,
    Condition,
    Constant,
    Else,
    First,
    Guard,
    Node,
    Place,
    Reduce,
    letter,
    walk,
)
from reference.language.indexed.places import ORDER, split, whole_of
from reference.language.indexed.pulling import Leaves
from reference.language.indexed.reductions import Reductions
from reference.language.names import Vocabulary, canonical, undeclared
from reference.language.operands import EULER, OPENING
from reference.language.operations import OPERATIONS, slope_of
from reference.language.over_time import ABSENT
from reference.language.rolling import names_over_time
from reference.language.step_places import with_subscripts
from reference.language.tokens import Token, tokenize
from reference.language.whole import Range, Whole, whole

OF_MATRICES = frozenset(
    [
        "diag",
        "diagonal",
        "is_largest",
        "argmax",
        "entry",
        "unit",
        "span",
        "sum_over",
        "softmax",
        "inv",
        "det",
        "largest",
        "smallest",
        "sum",
        "mean",
        "count",
        "row_sums",
        "column_sums",
    ]
)  # what has no meaning for a single entry
REDUCERS = frozenset({"sum", "max", "min", "mean", "var", "softmax"})
EXTREMES = {"argmax": "max", "argmin": "min"}
KEYWORDS = frozenset({"else", "for", "where", "in"})


class IndexedReader(Reductions):
    """Reads one side of an indexed equation.

    Args:
        axes: quantity → how many places an entry of it has.
        sizes: names of sizes.
        free: the free indices.
        computed: a size → the formula for which it stands.
        vocabulary: what a text may name, if that is not all of these.
    """

    def __init__(
        self,
        tokens: list[Token],
        axes: Mapping[str, int],
        sizes: Collection[str],
        free: Collection[str] = (),
        computed: Mapping[str, Whole] | None = None,
        vocabulary: Vocabulary | None = None,
    ) -> None:
        self.axes, self.sizes, self.free = axes, {*sizes}, {*free}
        self.computed = computed or {}
        vocabulary = vocabulary or Vocabulary((*axes, *sizes, *free))
        super().__init__([*split(with_subscripts(tokens, vocabulary), vocabulary)], vocabulary)

    # The whole text

    def equation(self) -> tuple[Node, dict[str, Range]]:
        """A right side and, behind ``for``, the ranges that are written."""
        body, ranges = self.condition(), dict[str, Range]()
        if self.token.text == "for":
            self.advance()
            while True:
                index = self.advance().text
                self.word_expected("in")
                ranges[index] = self.range()
                if not self.accept(","):
                    break
        if self.token.kind != "end":
            self.fail("an operator or the end")
        return self.checked(body), ranges

    def whole(self) -> Node:
        return self.checked(super().whole())

    def checked(self, node: Node) -> Node:
        """Every entry has as many places as its quantity has axes; one at a step that is not there is 0."""
        entries = [one for one in walk(node) if isinstance(one, At)]
        for one in entries:
            if len(one.at) != self.count_of(one.name):
                axes = self.count_of(one.name)
                [name] = names_over_time([one.name.removeprefix(ABSENT)], self.time)
                message = f"{name} has {axes} {'axis' if axes == 1 else 'axes'}, found {len(one.at)} places"
                raise ReadingError(message)
        for place in (place for one in entries for place in one.at):
            self.check_degree(place)
        return without_absent(node) if self.time else node

    def check_degree(self, place: Whole) -> None:
        """A place holds no product of indices.

        Raises:
            ReadingError: it does.
        """
        for monomial, _ in place.terms:
            atoms = [one for one in monomial if isinstance(one, str)] if len(monomial) > 1 else []
            found = [letter(one) for one in atoms if one in self.free or letter(one) != one]
            if len(found) > 1:
                by = "itself" if found[0] == found[1] else found[1]
                message = f"a place is of degree 1 in {found[0]}, which is multiplied by {by}"
                raise ReadingError(message)

    def count_of(self, name: str) -> int:
        """How many axes a quantity has, also at a step that is not there."""
        return self.axes[name.removeprefix(ABSENT)]

    def condition(self, equality: bool = False) -> Node:
        """``a``, ``a else b``, ``a where c, else b``."""
        value = super().condition(equality)
        if self.token.text == "where":
            self.advance()
            conds = self.comparisons()
            self.accept(",")
            self.word_expected("else")
            return Guard(conds, value, self.condition())
        if self.token.text == "else":
            self.advance()
            return Else(value, self.condition())
        return value

    def word_expected(self, word: str) -> None:
        if self.token.text != word:
            self.fail(f"'{word}'")
        self.advance()

    def starts_operand(self) -> bool:
        return self.token.text not in KEYWORDS and super().starts_operand()

    # Places

    def place(self) -> Whole:
        column = self.token.column
        try:
            return whole_of(self.sum())
        except ValueError as error:
            raise ReadingError(str(error), column) from None

    def range(self) -> Range:
        low = self.place()
        self.expect("..")
        return low, self.place()

    def comparisons(self) -> tuple[Condition, ...]:
        found: list[Condition] = []
        while True:
            found += self.chain(self.place())
            following = self.ahead().text
            if not self.at(",", "and") or following == "else":
                return tuple(found)
            self.advance()

    def chain(self, left: Whole) -> list[Condition]:
        """``1 <= k <= i``, of which the first place is read."""
        found: list[Condition] = []
        while self.token.text in ORDER:
            sign = self.advance().text
            right = self.place()
            found.append(ORDER[sign](left, right))
            left = right
        if not found:
            self.fail("a comparison of indices")
        return found

    def places(self, axes: int) -> tuple[Whole, ...]:
        """What stands between ``[`` and ``]``, or behind ``_``; indices may be written side by side."""
        closing = "]" if self.accept("[") else ""
        if not closing:
            self.expect("_")
            closing = "}" if self.accept("{") else ""
        if not closing:
            return self.side_by_side(self.advance(), axes)
        run = self.run_of_indices(closing) if axes > 1 else []
        found = tuple(one for token in run for one in self.side_by_side(token, axes))
        if not run:
            found = (self.place(),)
            while self.accept(","):
                found += (self.place(),)
        self.expect(closing)
        return found

    def run_of_indices(self, closing: str) -> list[Token]:
        """The words and numbers up to a bracket, if nothing else stands there: ``1j``."""
        found: list[Token] = []
        start = self.index
        while self.token.kind in ("word", "number"):
            found.append(self.advance())
        if self.token.text == closing:
            return found
        self.seek(start)
        return []

    def side_by_side(self, token: Token, axes: int) -> tuple[Whole, ...]:
        if token.kind == "number" and token.text.isdigit():
            return (whole(int(token.text)),)
        one = self.index_of(token.text)
        if one is not None:
            return (one,)
        several = [self.index_of(letter) for letter in token.text]
        if token.kind != "word" or axes < 2 or None in several:
            raise ReadingError(self.no_index(token.text), token.column)
        return tuple(one for one in several if one is not None)

    def index_of(self, text: str) -> Whole | None:
        if text in self.bound:
            return whole(self.bound[text])
        known = self.declared.get(canonical(text))
        if known in self.free or known in self.sizes:
            return whole(str(known))
        if known is not None and known in self.computed:
            return self.computed[known]
        return whole(int(text)) if text.isascii() and text.isdigit() else None

    def no_index(self, text: str) -> str:
        if canonical(text) in self.declared:
            return f"'{text}' is a quantity; a place is made of indices, sizes and whole numbers"
        return f"'{text}' is no index here: it stands neither on the left nor under a sum"

    # What the grammar makes

    def quantity(self, name: str, column: int) -> Node:
        if name in self.computed:
            return Place(self.computed[name])
        known = name.removeprefix(ABSENT) in self.axes
        return At(name) if known else Place(whole(name))

    def constant(self, value: Fraction, column: int) -> Node:
        return Constant(value)

    def apply(self, operation: str, args: tuple[Node, ...], column: int) -> Node:
        if operation in ("transpose", "prime", "matmul", "transpose or power"):
            raise ReadingError(
                "an index formula has entries and no matrices: write W[j, i] for an entry of W^T",
                column,
            )
        if operation in ("hadamard", "multiply", "dot"):
            operation = "scale"
        if operation in OF_MATRICES or operation not in OPERATIONS:
            called = operation.strip(":").partition(":")[0]  # without the words of its settings
            named = OPERATIONS[operation].written if operation in OPERATIONS else called
            message = f"{named} is of a matrix, and an index formula has entries"
            message = f"{message}: write a sum or a maximum over an index"
            if operation.startswith(":"):
                raise Undeclared(named, message, column)
            raise ReadingError(message, column)
        return Call(operation, args)

    def product_of(self, factors: tuple[Node, ...], signs: tuple[str, ...], column: int) -> Node:
        total = factors[0]
        for sign, one in zip(signs, factors[1:], strict=True):
            total = Call("divide" if sign == "/" else "scale", (total, one))
        return total

    def slope(self, operation: str, args: tuple[Node, ...]) -> Node | None:
        leaves = Leaves()
        found = slope_of(operation, tuple(map(leaves.expression, args)))
        return None if found is None else leaves.node(found)

    def raised(self, base: Node, exponent: Node, column: int) -> Node:
        if base == Constant(EULER):
            return Call("exp", (exponent,))
        return Call("power", (base, exponent))

    def compares(self, test: Node, value: Node) -> bool:
        return False

    def entry_of(self, value: Node, places: list[str], column: int) -> Node:
        raise ReadingError("expected places in brackets", column)

    def entry(self, value: Node) -> Node | None:
        if not isinstance(value, At) or len(value.at) >= self.count_of(value.name):
            return None
        at = (*value.at, *self.places(self.count_of(value.name)))
        numbered = f"{value.name}_{at[0]}"  # S_{1,i,j} of S_1, where there is an S as well
        if len(at) > self.count_of(value.name) and self.axes.get(numbered) == len(at) - 1:
            return At(numbered, at[1:])
        return At(value.name, at)

    def indexed(self, text: str) -> tuple[str | None, list[str]]:
        return None, []  # the places of an entry are read by themselves

    def call_or_run(self, token: Token) -> Node:
        if token.text in REDUCERS and self.at("_"):
            return self.reducer(token.text, token.column)
        return super().call_or_run(token)

    def kronecker(self, token: Token) -> Node | None:
        if token.text not in ("delta", "δ") or not self.at("_", "["):
            return None
        start, places = self.index, self.places(2)
        if len(places) != 2:
            self.seek(start)
            return None
        return Guard((Cond(places[0] - places[1], "=="),), UNIT, ZERO)

    def run(self, token: Token) -> Node:
        several = [self.index_of(letter) for letter in token.text if letter.isalpha()]
        if len(several) == len(token.text) > 1 and None not in several:  # si, for s i
            return Place(functools.reduce(operator.mul, [one for one in several if one]))
        if token.text in self.bound or (len(token.text) == 1 and token.text.isalpha()):
            raise Undeclared(token.text, self.no_index(token.text), token.column)
        raise undeclared(token.text, self.declared.values(), token.column)

    def abstract(self) -> Node | None:
        return None

    def cases(self) -> Node:
        raise ReadingError(
            "cases are written (a where c, else b) in an index formula", self.token.column
        )

    def indicator(self) -> Node:
        """Also ``1{(p, q) = argmax_{a, b} Z[a, b]}``, 1 at the first place of the largest."""
        start = self.index
        self.accept("_")
        closing = OPENING.get(self.token.text, "")
        stop = next(
            (at for at in range(start, len(self.tokens)) if self.tokens[at].text in EXTREMES), 0
        )
        if not closing or not stop or self.tokens[stop - 1].text not in ("=", "=="):
            self.seek(start)
            return super().indicator()
        self.advance()
        bracket = self.accept("(")
        at = [self.place()]
        while self.accept(","):
            at.append(self.place())
        if bracket:
            self.expect(")")
        self.seek(stop)
        token = self.advance()
        of = self.reducer(EXTREMES[token.text], token.column)
        self.expect(closing)
        if not isinstance(of, Reduce) or len(of.indices) != len(at):
            raise ReadingError("expected as many places as indices", token.column)
        return First(of, tuple(at))


def without_absent(node: Node) -> Node:
    """An equation without the terms in which an entry is 0 because its step is not there."""
    if isinstance(node, At):
        return ZERO if node.name.startswith(ABSENT) else node
    match node.over(tuple(map(without_absent, node.children))):
        case Call("scale", factors) if ZERO in factors:
            return ZERO
        case Call("negate" | "divide", (first, *_)) if first == ZERO:
            return ZERO
        case Call("add" | "subtract", (left, right)) if right == ZERO:
            return left
        case Call("add", (left, right)) if left == ZERO:
            return right
        case Reduce("sum", body=body) if body == ZERO:
            return ZERO
        case new:
            return new


def read_whole(text: str, sizes: Collection[str]) -> Whole:
    """A whole-number expression in sizes, as ``floor((n + 2 p - k) / s) + 1``.

    Raises:
        ReadingError: it is none.
    """
    reader = IndexedReader(tokenize(text), {}, sizes)
    found = reader.place()
    if reader.token.kind != "end":
        reader.fail("an operator or the end")
    return found
