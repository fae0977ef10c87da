"""What the wrong solvers give in the variants of an exercise."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from fractions import Fraction

import numpy as np
from msgspec import Struct
from msgspec.structs import replace

from grader.answers import Counted
from grader.memo import memoized
from grader.model import Blank, Count, Model, Symbolic, Tally, ledger
from reference.counting import polynomial
from reference.equivalence.points import SamplePoints
from reference.equivalence.several import Sides
from reference.language.errors import LanguageError
from reference.language.evaluating import evaluate_all
from reference.language.expression import Expression
from reference.language.roles import Role, answer_name, role
from reference.language.values import Array
from reference.language.writing import plain
from reference.layers.formulas import in_symbols as layers_in_symbols
from reference.layers.ledger import Ledger
from reference.layers.stack import Stack
from reference.misconceptions.counts import WrongCount, wrong_counts
from reference.misconceptions.layers import Misread, misreadings, wrong_amounts
from reference.misconceptions.solver import solver_of
from reference.misconceptions.wrong import Wrong, changed, expressed, wrong_solvers
from reference.network import Network


class WrongValue(Struct, frozen=True, eq=False):
    """A wrong value of one blank: how it comes about, and what share of the points it earns."""

    name: str
    message: str
    credit: Fraction
    target: str  # of the blank
    source: str  # the name of the wrong value


class Misled(Struct, frozen=True, eq=False):
    """A wrong solver.

    ``equations``: all that its mistakes need and the right values do not hold.
    """

    equations: Mapping[str, Expression]
    mistakes: tuple[WrongValue, ...]


@memoized
def misled(model: Model, named_only: bool) -> tuple[Misled, ...]:
    """Every mistake in a blank whose key is a value of the network, by who makes it."""
    if not model.targets:
        return ()
    solver = solver_of(model.declared, without_kinks(model.network))
    wrong = (in_blanks(model, each) for each in wrong_solvers(solver, named_only))
    return (*wrong,) if named_only else (Misled({}, by_author(model)), *wrong)


def by_author(model: Model) -> tuple[WrongValue, ...]:
    return tuple(
        WrongValue("own", one.message, one.credit, blank.value.target, one.target)
        for blank in model.blanks
        if blank.value is not None
        for one in blank.mistakes
    )


def without_kinks(network: Network) -> Network:
    equations = {n: e for n, e in network.equations.items() if role(n) is not Role.KINK}
    return replace(network, equations=equations)


def in_blanks(model: Model, wrong: Wrong) -> Misled:
    """The blanks of numbers whose value another solver gets wrong."""
    equations = changed(wrong.network, model.network, [value.target for value in model.targets])
    mistakes = tuple(
        WrongValue(wrong.name, wrong.message, credit, blank.value.target, blank.value.target)
        for blank in model.blanks
        if blank.value is not None and blank.value.target in equations
        for credit in [blank.credit.get(wrong.name, Fraction(0))]
    )
    return Misled(equations, mistakes)


def wrong_values(
    model: Model, known: Mapping[str, Array], named_only: bool = False
) -> Iterator[tuple[WrongValue, Array]]:
    """Each mistake with its values, of the blank's shape (batch, rows, columns)."""
    for one in misled(model, named_only):
        values = evaluate_all(one.equations, known)
        for mistake in one.mistakes:
            value, right = values[mistake.source], known[mistake.target]
            if value.shape == right.shape:
                yield mistake, value
            elif value.shape[-2:] == right.shape[-2:]:
                yield mistake, np.broadcast_arrays(value, right)[0]


@memoized
def wrong_expressions(
    model: Model, address: str, asked: Symbolic
) -> tuple[tuple[Wrong, ...], Sides]:
    """Wrong solvers, and what they give for a blank that asks for an expression, as far as its names allow."""
    target, points = answer_name(address), asked.key.points
    allowed = asked.key.last.usable
    defined = model.defined
    found: dict[Expression, Wrong] = {}
    for wrong in symbolic_solvers(model, points):
        if changed(wrong.network, points.network, [target]):
            expression = expressed(wrong.network, target, allowed, defined)
            if expression is not None:
                found.setdefault(expression, wrong)
    return tuple(found.values()), Sides(tuple(found), points)


@memoized
def symbolic_solvers(model: Model, points: SamplePoints) -> list[Wrong]:
    solver = solver_of(model.declared, points.network)
    return [*wrong_solvers(solver), *wrong_solvers(solver, named_only=True)]


def wrong_totals(
    model: Model, count: Count, sizes: Mapping[str, int]
) -> Sequence[tuple[WrongCount, Counted]]:
    """Wrong counts in symbols or in the sizes of one variant, as the key of that variant reads them."""
    if count.names:
        return in_symbols(model, count)
    key = count.key(sizes)
    given = ((wrong, str(polynomial.at(wrong.terms, sizes))) for wrong in miscounts(model, count))
    return [(wrong, key.parse(text)[0]) for wrong, text in given]


@memoized
def misread_numbers(stack: Stack, sizes: tuple[tuple[str, int], ...]) -> list[Misread]:
    """What the layers of a variant have and cost by each mistake."""
    return misreadings(ledger(stack, sizes))


@memoized
def misread_symbols(stack: Stack) -> tuple[Ledger, list[Misread]]:
    """What layers have and cost in terms of sizes, rightly and by each mistake."""
    right = layers_in_symbols(stack)
    return right, misreadings(right, None)


class WrongTally(Struct, frozen=True):
    """A wrong whole number or shape: how it comes about, what share of the points it earns, and how it is written."""

    name: str
    message: str
    credit: Fraction
    text: str


@memoized
def wrong_tallies(blank: Blank, sizes: tuple[tuple[str, int], ...]) -> list[WrongTally]:
    """Wrong whole numbers and shapes of one variant, or in terms of sizes; the author's own first."""
    asked, known = blank.source, dict(sizes)
    assert isinstance(asked, Tally)
    found = []
    for own in asked.mistakes:
        with suppress(LanguageError):
            texts = asked.texts(own.asked) if asked.names else asked.of(own.asked, known)
            found.append(WrongTally("own", own.message, own.credit, asked.written(texts)))
    if asked.stack is None or not asked.asked.cells:
        return found
    if asked.names:
        right, wrong = misread_symbols(asked.stack)
        others = wrong_amounts(
            asked.asked, right, wrong, lambda about, by: asked.written(asked.texts(about, by))
        )
    else:
        right, wrong = ledger(asked.stack, sizes), misread_numbers(asked.stack, sizes)
        others = wrong_amounts(
            asked.asked, right, wrong, lambda about, by: asked.written(about.value(known, by))
        )
    for name, message, text in others:
        found.append(WrongTally(name, message, blank.credit.get(name, Fraction(0)), text))
    return found


@memoized
def in_symbols(model: Model, count: Count) -> list[tuple[WrongCount, Counted]]:
    """Only counts whose sizes the question names, so that they are read as intended."""
    found = []
    for wrong in miscounts(model, count):
        with suppress(LanguageError):
            given = count.in_symbols.parse(plain(polynomial.expression(wrong.terms)))[0]
            if given.total.top == wrong.terms:
                found.append((wrong, given))
    return found


@memoized
def miscounts(model: Model, count: Count) -> list[WrongCount]:
    return wrong_counts(model.printed, count.counted) if count.counted else []
