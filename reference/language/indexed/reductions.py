"""Sums, means, maxima and softmax of an indexed equation, with the indices that they bind; sums over steps among them."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable
from fractions import Fraction

from msgspec.structs import replace

from reference.language.errors import ReadingError
from reference.language.indexed.differentials import Differentials
from reference.language.indexed.nodes import (
    Call,
    Cond,
    Condition,
    Constant,
    Node,
    Numbers,
    Reduce,
    Softmax,
)
from reference.language.indexed.places import ORDER
from reference.language.names import Vocabulary, canonical
from reference.language.step_sums import StepSums
from reference.language.tokens import Token
from reference.language.whole import Range, Whole, whole

MAX_INDICES = 12  # of the reductions in one text


class Reductions(StepSums[Node], Differentials):
    """Reads what runs over indices of its own."""

    sizes: set[str]

    def __init__(self, tokens: list[Token], declared: Iterable[str] | Vocabulary) -> None:
        super().__init__(tokens, declared)
        self.last = 0  # number of a bound index
        self.again = 0  # how many of these stand at a further step of a sum
        self.counted: set[int] = set()  # where the bodies begin whose indices are counted

    @abstractmethod
    def place(self) -> Whole:
        """A whole-number expression."""

    @abstractmethod
    def range(self) -> Range:
        """Two of them with ``..`` between."""

    @abstractmethod
    def comparisons(self) -> tuple[Condition, ...]:
        """Comparisons of places, with commas between."""

    @abstractmethod
    def chain(self, left: Whole) -> list[Condition]:
        """``1 <= k <= i``, of which the first place is read."""

    @abstractmethod
    def side_by_side(self, token: Token, axes: int) -> tuple[Whole, ...]:
        """The places that a word or a number is."""

    @abstractmethod
    def index_of(self, text: str) -> Whole | None:
        """The index, size or number that a text is."""

    @abstractmethod
    def no_index(self, text: str) -> str:
        """What to say of a text that is none of these."""

    def sum_over(self) -> Node:
        found = self.step_sum()
        if found is not None:
            return found
        column = self.advance().column
        return self.reducer("sum", column)

    def term_at(self, letter: str, step: int, body: int) -> Node:
        before, again = self.last, self.again
        found = super().term_at(letter, step, body)
        if body in self.counted:
            self.again = again + self.last - before
        self.counted.add(body)
        return found

    def reducer(self, kind: str, column: int) -> Node:
        self.deeper()
        outer = dict(self.bound)
        self.expect("_")
        if kind == "softmax":
            found: Node = self.softmax(column)
        else:
            ranges, conds = self.bounds_of_reduction()
            found = Reduce(kind, tuple(ranges), tuple(conds), self.product())
        self.bound = outer
        self.depth -= 1
        return found if kind != "var" else self.variance(found)

    def variance(self, node: Node) -> Node:
        """The mean of the squares of deviations from the mean."""
        assert isinstance(node, Reduce)
        mean = replace(node, kind="mean")
        numbers = Numbers(node)
        numbers.last = max(numbers.last, self.last)
        inner = numbers.copy(mean)
        self.last = numbers.last
        self.check_indices()
        deviation = Call("subtract", (node.body, inner))
        return replace(mean, body=Call("power", (deviation, Constant(Fraction(2)))))

    def bounds_of_reduction(self) -> tuple[list[tuple[str, Range | None]], list[Condition]]:
        ranges: list[tuple[str, Range | None]] = []
        conds: list[Condition] = []
        if not self.at("{"):
            ranges = [(one, None) for one in self.new_indices()]
        else:
            depth = 0
            while self.accept("{"):  # also those of \substack
                depth += 1
            while True:
                self.binder(ranges, conds)
                if not self.accept(",", ";", "\\\\", ":"):
                    break
            for _ in range(depth):
                self.expect("}")
        if ranges and self.accept("^"):
            high = self.upper_end()
            index, span = ranges[-1]
            ranges[-1] = index, (span[0] if span else whole(1), high)
        return ranges, conds

    def upper_end(self) -> Whole:
        if not self.accept("{"):
            return self.side_by_side(self.advance(), 1)[0]
        high = self.place()
        self.expect("}")
        return high

    def new_indices(self) -> list[str]:
        """An index that stands for no place yet; several letters side by side are one each."""
        token = self.token
        if token.kind != "word":
            self.fail("the index of a sum")
        names = [token.text] if len(token.text) == 1 or not token.text.isalpha() else [*token.text]
        for name in names:
            if self.index_of(name) is not None and name not in self.sizes:
                message = f"'{name}' stands for a place already: choose another letter for the sum"
                raise ReadingError(message, token.column)
            if canonical(name) in self.declared:
                raise ReadingError(f"expected the index of a sum, found '{name}'", token.column)
        self.advance()
        return [self.bind(name) for name in names]

    def bind(self, name: str) -> str:
        self.last += 1
        self.check_indices()
        self.bound = {**self.bound, name: f"{name}#{self.last}"}
        return self.bound[name]

    def check_indices(self) -> None:
        if self.last - self.again > MAX_INDICES:
            raise ReadingError(f"at most {MAX_INDICES} indices of sums are read", self.token.column)

    def binder(self, ranges: list[tuple[str, Range | None]], conds: list[Condition]) -> None:
        """``p``, ``p in 1..2``, ``p = 1``, ``k <= i``, ``1 <= k <= i``, ``k != i``."""
        following = self.ahead().text
        fresh = self.token.kind == "word" and self.index_of(self.token.text) is None
        fresh = fresh and canonical(self.token.text) not in self.declared
        fresh = fresh and following != "("  # a floor
        if fresh or following in (",", "}", "in"):
            several = self.new_indices()
            ranges += [(one, None) for one in several]
            if self.token.text == "in":
                self.advance()
                self.written_range(ranges, conds)
            elif self.accept("="):
                low = self.place()
                closed = self.accept("..") or (
                    self.accept(",") and self.accept("..") and self.accept(",")
                )
                ranges[-1] = several[-1], ((low, self.place()) if closed else (low, low))
            elif self.token.text in ORDER:
                conds += self.chain(whole(several[-1]))
            return
        conds += self.chain(self.place())

    def written_range(self, ranges: list[tuple[str, Range | None]], conds: list[Condition]) -> None:
        """Behind ``in``; ends with indices in them are conditions, over all places that there are."""
        index, _ = ranges[-1]
        low, high = self.range()
        if (low.symbols | high.symbols) <= self.sizes:
            ranges[-1] = index, (low, high)
        else:
            conds += [Cond(whole(index) - low), Cond(high - whole(index))]

    def softmax(self, column: int) -> Node:
        """``softmax_j S[i, j]``, ``softmax_{j <= i} S[i, j]``: along an index that stands around it."""
        conds: tuple[Condition, ...] = ()
        braced = self.accept("{")
        index = self.index_of(self.token.text)
        if index is None or index.symbol is None:
            raise ReadingError(self.no_index(self.token.text), self.token.column)
        if braced and self.ahead().text != "}":
            self.seek(self.index + 2 * (self.ahead().text == ","))
            conds = self.comparisons()
        else:
            self.advance()
        if braced:
            self.expect("}")
        return Softmax(index, None, conds, self.product())
