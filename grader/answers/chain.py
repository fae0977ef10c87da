"""A derivative as a product of local partial derivatives, ``dL/da2 · da2/dz2 · dz2/dw2``.

Every factor must be one step of the network; the factors may stand in any order. Where the derivative
runs along several ways, it is the sum of their products.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from itertools import pairwise

from grader.answers.key import Key
from grader.answers.notes import Note, said
from grader.answers.outcome import ALL, NOTHING, Outcome, Verdict
from reference.language.errors import ReadingError, quoted
from reference.language.expression import Apply, Expression, Name, Product, fold
from reference.language.labels import is_label, labels
from reference.language.names import Vocabulary
from reference.language.reading import Before, read_said
from reference.language.roles import derivative_name, is_derivative, of_and_by
from reference.language.unicode import unicode_name
from reference.language.writing import latex_name

Factors = tuple[str, ...]
MAX_FACTORS = 500


class ChainKey(Key, frozen=True):
    """The ways from ``of`` to ``by``, and the names that the equation of each name uses."""

    of: str
    by: str
    routes: tuple[tuple[str, ...], ...]
    edges: Mapping[str, frozenset[str]]
    vocabulary: Vocabulary

    def parse(self, text: str) -> tuple[list[Factors], str]:
        written = read_said(text, self.vocabulary)
        given = terms(written.answer)
        for side in written.before:
            self.check_before(side, given)
        return given, " + ".join(r" \cdot ".join(map(latex_name, one)) for one in given)

    def check_before(self, side: Before, given: list[Factors]) -> None:
        """What stands before an equality sign names what is asked for, or is the same sum of products.

        Raises:
            ReadingError: it is something else.
        """
        asked = derivative_name(self.of, self.by)
        if side.own or is_label(side.text, side.expression, labels((asked,), self.vocabulary)):
            return
        if isinstance(side.expression, Name):
            raise ReadingError(f"{side.expression.name} is not what is asked for", side.column)
        if side.expression is None or alike(terms(side.expression)) != alike(given):
            shown = quoted(side.text, 60)
            message = f"'{shown}' before the equality sign is something else: leave only the answer"
            raise ReadingError(message, side.column)

    def judge(self, given: list[Factors], understood: str) -> Outcome:
        expected = [factors_of(route) for route in self.routes]
        if alike(given) == alike(expected):
            return Outcome(Verdict.CORRECT, ALL, (), understood)
        notes = self.remark(given, expected)
        shown = " + ".join(" * ".join(term) for term in alike(given))
        return Outcome(Verdict.INCORRECT, NOTHING, notes, understood, alike=shown)

    def remark(self, given: list[Factors], expected: list[Factors]) -> tuple[Note, ...]:
        """What is wrong with the factors, without saying what is right."""
        for factor in (one for term in given for one in term):
            problem = self.no_edge(factor)
            if problem:
                return said("factor", text=problem)
        for term in given:
            if any(sorted(term) == sorted(route) for route in expected):
                continue
            nearest = min(expected, key=lambda route: apart(term, route))
            missing = sorted((Counter(nearest) - Counter(term)).elements())
            extra = sorted((Counter(term) - Counter(nearest)).elements())
            if missing:
                return said("factor-missing", factor=unicode_name(missing[0]))
            text = f"the factor {unicode_name(extra[0])} does not belong here, or occurs too often"
            return said("factor", text=text)
        if len(given) < len(expected):
            ways = {"ways": len(expected), "found": len(given)}
            return said("ways", of=unicode_name(self.of), by=unicode_name(self.by), **ways)
        return said("way-twice")

    def no_edge(self, factor: str) -> str:
        """What is wrong with a factor that is no single step of the network."""
        of, by = of_and_by(factor)
        shown, upper, lower = map(unicode_name, (factor, of, by))
        if by in self.edges.get(of, frozenset()):
            return ""
        if of in self.edges.get(by, frozenset()):
            return f"{shown} is upside down: {lower} is computed from {upper}"
        between = self.between(of, by)
        if between:
            return f"{shown} is not a single step: {unicode_name(between)} lies between {upper} and {lower}"
        return f"{shown} is not a step of the network: {upper} does not depend on {lower}"

    def between(self, of: str, by: str) -> str:
        """A name through which ``of`` depends on ``by``."""
        for name in sorted(self.edges.get(of, frozenset())):
            if self.reaches(name, by):
                return name
        return ""

    def reaches(self, of: str, by: str) -> bool:
        seen, stack = set(), [of]
        while stack:
            name = stack.pop()
            if name == by:
                return True
            if name not in seen:
                seen.add(name)
                stack += self.edges.get(name, frozenset())
        return False

    def show(self) -> str:
        return " + ".join(" * ".join(factors_of(route)) for route in self.routes)

    def in_characters(self) -> str:
        return " + ".join(" · ".join(map(unicode_name, factors_of(one))) for one in self.routes)

    def near_misses(self) -> list[str]:
        """A factor less, one twice, one upside down."""
        first = factors_of(self.routes[0])
        rest = [" * ".join(factors_of(route)) for route in self.routes[1:]]
        of, by = of_and_by(first[0])
        changed = [(*first, first[-1]), (derivative_name(by, of), *first[1:])]
        changed += [first[:-1], first[1:]] if len(first) > 1 else []
        return [" + ".join([" * ".join(one), *rest]) for one in changed]

    def ways(self) -> tuple[tuple[str, ...], ...]:
        return self.routes

    def steps(self) -> int:
        """The local derivatives along all ways."""
        return sum(len(route) - 1 for route in self.routes)


def factors_of(route: tuple[str, ...]) -> Factors:
    """The local derivatives along a way."""
    return tuple(derivative_name(of, by) for of, by in pairwise(route))


def alike(sum_of: list[Factors]) -> list[list[str]]:
    """Products and factors in an order of their own, so that equal sums are equal."""
    return sorted(map(sorted, sum_of))


def apart(term: Factors, route: Factors) -> int:
    """How many factors differ."""
    one, other = Counter(term), Counter(route)
    return (one - other).total() + (other - one).total()


def terms(written: Expression) -> list[Factors]:
    """A sum of products of derivatives as lists of their names; brackets are multiplied out.

    Raises:
        ReadingError: something else stands there, or too much.
    """
    return fold(written, multiplied_out)


def multiplied_out(node: Expression, args: list[list[Factors]]) -> list[Factors]:
    match node:
        case Apply("add"):
            return bounded([*args[0], *args[1]], node.column)
        case Product(_, signs) if "/" not in signs:
            found: list[Factors] = [()]
            for arg in args:
                found = bounded([(*one, *more) for one in found for more in arg], node.column)
            return found
        case Name(name) if is_derivative(name) and "[" not in name:
            return [(name,)]
    message = "expected a product of derivatives such as da/db * db/dc"
    raise ReadingError(message, node.column)


def bounded(found: list[Factors], column: int) -> list[Factors]:
    if len(found) * max(map(len, found)) > MAX_FACTORS:
        raise ReadingError(f"expected at most {MAX_FACTORS} factors", column)
    return found
