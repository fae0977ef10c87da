"""Closed forms: what the rules of reverse mode give, as a person writes it, ŷ − y.

Each part is gathered into a sum of products, and written in the shortest of some ways: with its common factors in front,
over one denominator, multiplied out. Nothing is tried without a bound, and the same expression always has the same form.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence

from reference.language.dimensions import SCALAR, Shape, expressed
from reference.language.errors import ShapeError
from reference.language.expression import (
    ONLY,
    Apply,
    Expression,
    fold,
    names,
    number,
    parts,
    rebuild,
)
from reference.language.rewrites import ROWS, SHORTER, SPELLED, Facts, rewritten
from reference.language.shapes import infer
from reference.language.sums import indexed, is_entrywise
from reference.language.terms import ONE, UNIT, Term, built, common, factors, merged, terms
from reference.language.whole import whole
from reference.language.writing import plain

KEPT = 1024  # expressions
LARGEST = 400  # parts of an expression that is closed
MOST = 24  # terms of a sum that is multiplied out
DEPTH = 3  # of what is multiplied out within what is multiplied out
SUMS = frozenset({"add", "subtract"})
Shapes = tuple[tuple[str, Shape], ...]
GATHERED = frozenset({"add", "subtract", "negate", "scale", "hadamard", "divide", "power"})
LINEAR = frozenset({"matmul", "transpose", "row_sums", "column_sums"})


def closed(expression: Expression, facts: Facts) -> Expression:
    """An equal expression of the same shape, as short as it is found; a sum beside entries runs over an index.

    Structures of an exercise have many keys in common, and keys many parts, so what was found last is kept.

    Args:
        expression: resolved.
    """
    if len(parts(expression)) > LARGEST:
        return expression
    own = names(expression)
    apart = tuple((name, facts.apart[name]) for name in sorted(own & facts.apart.keys()))
    return found_closed(expression, shapes_in(expression, facts.shapes), facts.summing & own, apart)


def shapes_in(expression: Expression, shapes: Mapping[str, Shape]) -> Shapes:
    """The shapes of the names in an expression, and of sizes that have a name."""
    found = {name: shapes[name] for name in sorted(names(expression))}
    sizes = {one for shape in found.values() for size in shape for one in whole(size).symbols}
    found |= dict.fromkeys(sorted(sizes & shapes.keys()), SCALAR)
    return tuple(found.items())


@functools.lru_cache(maxsize=KEPT)
def found_closed(
    expression: Expression,
    shapes: Shapes,
    summing: frozenset[str],
    apart: tuple[tuple[str, frozenset[str]], ...],
) -> Expression:
    """As :func:`closed`, by facts on the names that occur."""
    facts = Facts(dict(shapes), summing, dict(apart))
    closing = Closing(facts)
    found = fold(fold(expression, closing.visit), closing.shortened)
    found = fold(fold(found, closing.on_diagonals), closing.spelled)
    if any(part.operation == "entry" for part in parts(found)):
        return indexed(found, facts.shapes)
    return found


def length(expression: Expression) -> tuple[int, int, bool, int]:
    """How long an expression is: names and numbers, then operations, then whether it is a sum, then characters."""
    return *counted(expression), len(plain(expression))


def shortest(found: Sequence[Expression]) -> Expression:
    """The first of those with the least length; characters are looked at only where all else is alike."""
    sizes = [*map(counted, found)]
    least = min(sizes)
    left = dict.fromkeys(one for one, size in zip(found, sizes, strict=True) if size == least)
    return next(iter(left)) if len(left) == 1 else min(left, key=lambda one: len(plain(one)))


def counted(expression: Expression) -> tuple[int, int, bool]:
    """The length but for characters; an exponent counts twice, so a (1 - a) is shorter than a - a^2."""
    nodes = parts(expression)
    operations = [node for node in nodes if isinstance(node, Apply)]
    powers = sum(node.operation == "power" for node in operations)
    leaves = len(nodes) - len(operations) + powers
    return leaves, len(operations), expression.operation in SUMS


class Closing:
    """The walk over one expression."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self.shapes = facts.shapes

    def visit(self, node: Expression, args: list[Expression]) -> Expression:
        """A node whose arguments are closed."""
        new = rebuild(node, args)
        if not isinstance(new, Apply):
            return new
        match new:
            case Apply("sum", (body,)):
                return self.total(body)
            case Apply("entry", (of, row, column)):
                return self.entry(of, row, column)
            case Apply("fill", (inner, model)) if infer(inner, self.shapes) != SCALAR:
                return self.spread(inner, model)
            case Apply("count", (of,)):
                return self.count(of)
        if new.operation in LINEAR:
            return self.linear(new)
        if new.operation in GATHERED:
            return self.gathered(new)
        return rewritten(new, ROWS, self.facts) or new

    def shortened(self, node: Expression, args: list[Expression]) -> Expression:
        """A node of a closed form, by the rows that make it shorter."""
        new = self.gathered(rebuild(node, args)) if any(map(is_not, args, node.args)) else node
        other = rewritten(new, SHORTER, self.facts)
        if other is None:
            return new
        other = fold(other, self.visit)
        return shortest([new, other])

    def on_diagonals(self, node: Expression, args: list[Expression]) -> Expression:
        """A node in which a row that is repeated, as a factor, becomes a diagonal matrix."""
        new = rebuild(node, args)
        if new.operation != "hadamard" or not any(part.operation == "fill" for part in parts(new)):
            return new
        flat = self.multiplied_out(merged(terms(new, self.shapes))) or []
        found = [self.on_diagonal(term) for term in flat]
        return new if None in found else built([one for one in found if one], self.shapes)

    def on_diagonal(self, term: Term) -> Term | None:
        """P ⊙ fill(r, P) as P diag(rᵀ); none where nothing of the shape of the matrix stands beside it."""
        fills = [base for base, _ in term.powers if base.operation == "fill"]
        if not fills:
            return term
        (row, model), others = fills[0].args, [one for one, _ in term.powers if one != fills[0]]
        front, rest = self.taken_out(Term(term.number, term.only(others).powers))
        left = built([rest], self.shapes)
        if len(fills) > 1 or infer(left, self.shapes) != infer(model, self.shapes):
            return None
        if infer(row, self.shapes)[0] != 1:
            return None
        diagonal = Apply("diag", (Apply("transpose", (row,)),))
        return front.times(factors(Apply("matmul", (left, diagonal)), self.shapes))

    def spelled(self, node: Expression, args: list[Expression]) -> Expression:
        """A node as it is written in the end: without what only our own notation has a name for, scalars first of all."""
        rebuilt = rebuild(node, args)
        new = rewritten(rebuilt, SPELLED, self.facts) or rebuilt
        match new:
            case Apply("scale", (scalars, Apply("matmul") as of)) if self.is_scalar(scalars):
                return self.led_by(scalars, of)
        return new

    def led_by(self, scalars: Expression, of: Expression) -> Expression:
        """A product of matrices with scalars before the first of them, c A B, which needs no brackets."""
        match of:
            case Apply("matmul", (left, right)):
                return Apply("matmul", (self.led_by(scalars, left), right))
        return built([factors(Apply("scale", (scalars, of)), self.shapes)], self.shapes)

    def is_scalar(self, one: Expression) -> bool:
        return infer(one, self.shapes) == SCALAR

    def gathered(self, node: Expression) -> Expression:
        """The shortest way to write a sum of products, if it has the shape of the node."""
        return gathered(node, shapes_in(node, self.shapes)) if node.operation in GATHERED else node

    def best(self, found: Sequence[Term], like: Expression, depth: int = DEPTH) -> Expression:
        """The shortest way to write a sum; ``like``, where no way has its shape."""
        shape = infer(like, self.shapes)
        ways = [built(one, self.shapes) for one in self.ways(found, depth)]
        fitting = [way for way in ways if self.has(way, shape)]
        return shortest(fitting) if fitting else like

    def has(self, way: Expression, shape: Shape) -> bool:
        try:
            return infer(way, self.shapes) == shape
        except ShapeError:
            return False

    def ways(self, found: Sequence[Term], depth: int) -> list[list[Term]]:
        """A sum in several ways."""
        ways = [list(found)]
        if depth and len(found) == 1:
            ways += self.distributed(found[0], depth)
        elif depth and len(found) > 1:
            ways += self.factored(found, depth)
            flat = self.multiplied_out(found)
            if flat is not None and flat != list(found):
                ways += [flat, *(self.factored(flat, depth) if len(flat) > 1 else [])]
        return ways

    def factored(self, found: Sequence[Term], depth: int) -> list[list[Term]]:
        """A sum as a product of what its terms have in common and the rest."""
        ways: list[list[Term]] = []
        for shared in dict.fromkeys((common(found, below=False), common(found, below=True))):
            if shared == ONE:
                continue
            rest = merged(term.times(shared.to(-1)) for term in found)
            ways.append(self.multiplied(shared, rest))
            if depth > 1:
                for way in self.ways(rest, depth - 1)[1:]:
                    ways.append(self.multiplied(shared, way))
        return ways

    def multiplied(self, shared: Term, rest: Sequence[Term]) -> list[Term]:
        """A product with a sum, which is one factor."""
        if len(rest) < 2:
            return [shared.times(term) for term in rest]
        sum_ = built(rest, self.shapes)
        return [shared.times(factors(sum_, self.shapes))]

    def distributed(self, term: Term, depth: int) -> list[list[Term]]:
        """A product with one of the sums in it multiplied out, or with its sign in that."""
        ways: list[list[Term]] = []
        for base, power in term.powers:
            inner = merged(terms(base, self.shapes))
            if power < 1 or len(inner) < 2:
                continue
            others = term.times(Term(UNIT, ((base, -1),)))
            flat = merged(others.times(one) for one in inner)
            ways += [flat, *self.ways(flat, depth - 1)]
            if term.number < 0:
                opposite = [one.signed(-1) for one in inner]
                ways.append(self.multiplied(others.signed(-1), opposite))
        return ways

    def multiplied_out(self, found: Sequence[Term]) -> list[Term] | None:
        """A sum without sums in its products; none where it has too many terms."""
        flat = list[Term]()
        for term in found:
            partial = [Term(term.number)]
            for base, power in term.powers:
                inner = merged(terms(base, self.shapes)) if power > 0 else []
                if len(inner) < 2:
                    partial = [one.times(Term(UNIT, ((base, power),))) for one in partial]
                    continue
                for _ in range(power):
                    partial = [one.times(other) for one in partial for other in inner]
                    if len(partial) > MOST:
                        return None
            flat += partial
        return merged(flat) if len(flat) <= MOST else None

    def taken_out(self, term: Term) -> tuple[Term, Term]:
        """The number and the scalars of a product, and the rest."""
        scalars = [base for base, _ in term.powers if infer(base, self.shapes) == SCALAR]
        arrays = [base for base, _ in term.powers if base not in scalars]
        outside = term.only(scalars)
        return Term(term.number, outside.powers), term.only(arrays)

    def linear(self, node: Apply) -> Expression:
        """A linear operation with the scalars of its arguments in front."""
        outside, inside = ONE, list[Expression]()
        for arg in node.args:
            front, rest = self.taken_out(factors(arg, self.shapes))
            if not rest.powers:
                return node
            outside = outside.times(front)
            inside.append(built([rest], self.shapes))
        base = untransposed(Apply(node.operation, tuple(inside)))
        if base == node or not self.has(base, infer(node, self.shapes)):
            return node
        return self.best([outside.times(Term(UNIT, ((base, 1),)))], node)

    def total(self, body: Expression) -> Expression:
        """A sum of all entries: of each term by itself, or of all, whichever is shorter."""
        found = merged(terms(body, self.shapes))
        each = [self.total_of(term, body) for term in found]
        split = self.best([one for one in each if one is not None], Apply("sum", (body,)))
        whole = Apply("sum", (body,))
        if None in each:
            return whole
        return shortest([split, whole])

    def total_of(self, term: Term, body: Expression) -> Term | None:
        """The sum of the entries of one product."""
        front, rest = self.taken_out(term)
        if not rest.powers:
            sizes = self.count(body)
            return None if sizes.operation == "count" else front.times(factors(sizes, self.shapes))
        whole = Apply("sum", (built([rest], self.shapes),))
        short = rewritten(unit_last(whole), ROWS, self.facts) or whole
        if short.operation == "entry":
            short = fold(short, self.visit)
        return front.times(factors(short, self.shapes))

    def spread(self, inner: Expression, model: Expression) -> Expression:
        """A row or column again and again, term by term."""
        found = list[Term]()
        for term in merged(terms(inner, self.shapes)):
            front, rest = self.taken_out(term)
            node = Apply("fill", (built([rest], self.shapes), model))
            short = rewritten(node, ROWS, self.facts) or node
            found.append(front.times(factors(short, self.shapes)))
        split = built(merged(found), self.shapes)
        if infer(split, self.shapes) == SCALAR:
            return Apply("fill", (split, model))
        return self.best(merged(found), Apply("fill", (inner, model)))

    def count(self, of: Expression) -> Expression:
        """How many entries there are, in numbers and sizes; as it was where a size has no name here."""
        sizes = infer(of, self.shapes)
        if any(not whole(size).symbols <= self.shapes.keys() for size in sizes):
            return Apply("count", (of,))
        named = [*map(expressed, sizes)]
        found = factors(named[0], self.shapes).times(factors(named[1], self.shapes))
        return built([found], self.shapes)

    def entry(self, of: Expression, row: Expression, column: Expression) -> Expression:
        """One entry, by the entries of what it is made of."""
        return fold(self.at(of, row, column), self.inside)

    def inside(self, node: Expression, args: list[Expression]) -> Expression:
        """As :meth:`visit`, for what holds entries of names already."""
        new = rebuild(node, args)
        if isinstance(new, Apply) and new.operation == "entry":
            return rewritten(new, ROWS, self.facts) or new
        return self.visit(node, args)

    def at(self, node: Expression, row: Expression, column: Expression) -> Expression:
        rows, columns = shape = infer(node, self.shapes)
        if shape == SCALAR:
            return node
        match node:
            case Apply("fill", (inner, _)):
                return self.at(inner, row, column)
            case Apply(operation, args) if is_entrywise(operation) or operation in GATHERED:
                each = tuple(self.at(arg, row, column) for arg in args)
                return Apply("scale" if operation == "hadamard" else operation, each)
            case Apply(operation, (left, right)) if operation in TESTS:
                return Apply(operation, (self.at(left, row, column), self.at(right, row, column)))
        place = row if rows != 1 else number(1)
        return Apply("entry", (node, place, column if columns != 1 else ONLY))


@functools.lru_cache(maxsize=KEPT)
def gathered(node: Expression, shapes: Shapes) -> Expression:
    """The shortest way to write a sum of products, by the shapes of the names in it."""
    known = dict(shapes)
    return Closing(Facts(known)).best(merged(terms(node, known)), node)


def untransposed(node: Apply) -> Expression:
    """What is transposed twice, as it was."""
    match node:
        case Apply("transpose", (Apply("transpose", (inner,)),)):
            return inner
    return node


TESTS = frozenset({"gt", "ge", "lt", "le", "eq", "ne"})


def is_not(one: object, other: object) -> bool:
    return one is not other


def unit_last(whole: Apply) -> Apply:
    """A sum of a product with its unit vector as the last factor."""
    body, found = whole.args[0], list[Expression]()
    while isinstance(body, Apply) and body.operation == "hadamard":
        found.insert(0, body.args[1])
        body = body.args[0]
    first, *others = sorted([body, *found], key=lambda one: one.operation == "unit")
    total = functools.reduce(lambda left, right: Apply("hadamard", (left, right)), others, first)
    return Apply("sum", (total,))
