r"""Sums over the steps of a recurrence: ``sum_t delta_t s_{t-1}^T``, ``\sum_{t=1}^{T} …``, written out term by term."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from functools import reduce

from reference.language.errors import ReadingError
from reference.language.expression import Apply, Expression, Number, Product, fold, number
from reference.language.grammar import Grammar
from reference.language.names import Vocabulary, canonical
from reference.language.operands import E
from reference.language.over_time import MAX_LAG, lagged
from reference.language.tokens import Token

MAX_TERMS = 400  # of all sums over steps in one text


class StepSums(Grammar[E]):
    """Reads the body of such a sum once for each step, at which its letter stands for that."""

    terms = 0

    def __init__(self, tokens: list[Token], declared: Iterable[str] | Vocabulary) -> None:
        super().__init__(tokens, declared)
        self.steps = dict(self.time.steps) if self.time else {}  # letters, with the step of each

    def step_sum(self) -> E | None:
        """The terms of a sum, added up; nothing, and nothing passed over, where it runs over something else."""
        start, column = self.index, self.advance().column
        braced = self.accept("_") and self.accept("{")
        letter = self.letter_of_steps()
        if letter is None:
            self.seek(start)
            return None
        if letter in self.steps:
            message = f"'{letter}' stands for a step already: write another letter under the sum"
            raise ReadingError(message, column)
        first, last = self.range_of_steps(braced)
        self.terms += abs(last - first) + 1
        if self.terms > MAX_TERMS:
            raise ReadingError(f"too long: sums of more than {MAX_TERMS} terms", column)
        body = self.index
        found = [self.term_at(letter, step, body) for step in range(first, max(first, last) + 1)]
        if last < first:
            return self.product_of((self.constant(Fraction(0), column), *found), ("*",), column)
        return reduce(lambda total, term: self.apply("add", (total, term), column), found)

    def letter_of_steps(self) -> str | None:
        """Pass over the letter under a sum, if it runs over steps: it is theirs, or that of a name behind it."""
        if self.time is None or self.token.kind != "word":
            return None
        letter = self.advance().text
        own = letter == self.time.letter or letter in self.steps
        return letter if own or self.is_lettered(letter) else None

    def is_lettered(self, letter: str) -> bool:
        """Does a name with this letter for a step stand in what follows?"""
        assert self.time is not None
        own = {canonical(lagged(base, letter, 0)) for base in self.time.spans}
        for place, token in enumerate(self.tokens[self.index :], start=self.index):
            behind = [one.text for one in self.tokens[place + 1 : place + 4]]
            subscript = behind[:2] == ["_", letter] or behind == ["_", "{", letter]
            if canonical(token.text + f"_{letter}" * subscript) in own:
                return True
        return False

    def range_of_steps(self, braced: bool) -> tuple[int, int]:
        """The first and the last step of a sum: all of them, unless written."""
        assert self.time is not None
        first, last = 1, self.time.last
        if braced and self.accept("=", "in"):
            first = self.bound_of_steps()
            last = self.bound_of_steps() if self.accept("..") else last
        if braced and self.at(","):
            self.part()
        if braced:
            self.expect("}")
        if self.accept("^"):
            inside = self.accept("{")
            last = self.bound_of_steps(inside)
            if inside:
                self.expect("}")
        return first, last

    def part(self) -> None:
        """The comma of ``sum_{t, j}`` as the beginning of a sum of its own."""
        column = self.token.column
        other = [Token("command", "sum", column), *(Token("operator", one, column) for one in "_{")]
        self.tokens[self.index : self.index + 1] = [Token("operator", "}", column), *other]
        self.seek(self.index)

    def bound_of_steps(self, whole: bool = True) -> int:
        """A step as a number, T, or a letter of a sum around; ``whole``: may something be added to it?"""
        assert self.time is not None
        token = self.advance()
        letter = token.text.replace("⊤", "T")  # in bold
        if token.kind == "number" and token.text.isdigit() and len(token.text) < 4:
            value = int(token.text)
        elif letter in self.steps:
            value = self.steps[letter]
        else:
            raise ReadingError(f"expected a step, as 1 or {self.time.limit}", token.column)
        while whole and self.at("+", "-"):
            sign = 1 if self.advance().text == "+" else -1
            if not (self.token.kind == "number" and self.token.text.isdigit()):
                self.fail("a number of steps")
            value += sign * int(self.advance().text[:4])
        if not -MAX_LAG <= value <= self.time.last + MAX_LAG:
            raise ReadingError(f"there are steps from 1 to {self.time.limit} alone", token.column)
        return value

    def term_at(self, letter: str, step: int, body: int) -> E:
        """The body of a sum at one step."""
        assert self.time is not None
        self.seek(body)
        self.deeper()
        outside = self.declared, self.plain_names, self.steps
        own = self.vocabulary.at_step(letter, step)
        self.declared, self.plain_names = {**self.declared, **own}, {**self.plain_names, **own}
        self.steps = {**self.steps, letter: step}
        term = self.product()
        self.declared, self.plain_names, self.steps = outside
        self.depth -= 1
        return term


def without_absent(written: Expression, shaped: bool = True) -> Expression:
    """A written expression without the terms in which a factor is 0 because its step is not there.

    Args:
        shaped: may what is left of these be 0 in the shape of a later step?
    """

    def visit(node: Expression, args: list[Expression]) -> Expression:
        if not any(map(is_absent, args)):
            return rebuilt(node, args)
        nothing = next(filter(is_absent, args))
        match node:
            case Product(_, signs) if not is_divisor(args, signs):
                return nothing
            case Apply("add", _) if not all(map(is_absent, args)):
                return next(one for one in args if not is_absent(one))
            case Apply("subtract", _) if not is_absent(args[0]):
                return args[0]
            case Apply("subtract", _) if not is_absent(args[1]):
                return Apply("negate", (args[1],), node.column)
            case Apply("add" | "subtract" | "negate" | "transpose" | "transpose or power"):
                return nothing
        return rebuilt(node, [one if shaped or not is_absent(one) else number(0) for one in args])

    found = fold(written, visit)
    return found if shaped or not is_absent(found) else number(0)


def is_absent(node: Expression) -> bool:
    """Is it 0 in the shape of something else?"""
    match node:
        case Apply("fill", (Number(value), _)):
            return value == 0
    return False


def is_divisor(args: list[Expression], signs: tuple[str, ...]) -> bool:
    return any(sign == "/" and is_absent(one) for sign, one in zip(signs, args[1:], strict=True))


def rebuilt(node: Expression, args: list[Expression]) -> Expression:
    match node:
        case Apply("fill", _):
            return node
        case Apply(operation, _, column):
            return Apply(operation, tuple(args), column)
        case Product(_, signs, column):
            return Product(tuple(args), signs, column)
    return node
