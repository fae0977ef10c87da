"""The same rows over formulas: what layers have and cost in symbols, and how a number comes about."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import cast

from msgspec import Struct
from msgspec.structs import replace

from reference.counting import polynomial
from reference.counting.floors import counted
from reference.counting.polynomial import Terms
from reference.language.errors import LanguageError
from reference.language.expression import Apply, Expression, Number, apply, number, substitute
from reference.language.writing import plain
from reference.layers.asked import Asked
from reference.layers.kinds import KINDS, Options
from reference.layers.ledger import ALL, Amount, Cell, Ledger, Placed, Row, ledger, row_of
from reference.layers.stack import Layer, Stack

ZERO, ONE = number(0), number(1)
FIELD = "receptive_field"


class Formula(Struct, frozen=True):
    """An expression that adds and multiplies like a number, without what changes nothing."""

    expression: Expression

    def __bool__(self) -> bool:
        return self.expression != ZERO

    def __add__(self, other: object) -> Formula:
        one, two = self.expression, expressed(other)
        return Formula(two if one == ZERO else one if two == ZERO else apply("add", one, two))

    def __radd__(self, other: object) -> Formula:
        return Formula(expressed(other)) + self

    def __sub__(self, other: object) -> Formula:
        two = expressed(other)
        return self if two == ZERO else Formula(apply("subtract", self.expression, two))

    def __rsub__(self, other: object) -> Formula:
        return Formula(expressed(other)) - self

    def __mul__(self, other: object) -> Formula:
        one, two = self.expression, expressed(other)
        if ZERO in (one, two):
            return Formula(ZERO)
        return Formula(two if one == ONE else one if two == ONE else apply("scale", one, two))

    def __rmul__(self, other: object) -> Formula:
        return Formula(expressed(other)) * self

    def __floordiv__(self, other: object) -> Formula:
        one, two = self.expression, expressed(other)
        if two == ONE:
            return self
        if one == two:
            return Formula(ONE)
        if isinstance(one, Number) and isinstance(two, Number) and not one.value % two.value:
            return Formula(apply("divide", one, two))
        return Formula(apply("floor", apply("divide", one, two)))

    def __rfloordiv__(self, other: object) -> Formula:
        return Formula(expressed(other)) // self

    def __pow__(self, other: object) -> Formula:
        two = expressed(other)
        return self if two == ONE else Formula(apply("power", self.expression, two))

    def __gt__(self, other: object) -> bool:
        if self == other:
            return False
        raise LanguageError("which of two sizes is larger is known in numbers alone")

    def __index__(self) -> int:
        raise LanguageError("places are counted in numbers alone")

    def __neg__(self) -> Formula:
        match self.expression:
            case Apply("floor", (Apply("divide", (Apply("negate", (one,)), two)),)):
                return Formula(apply("ceil", apply("divide", one, two)))
        return Formula(apply("negate", self.expression))


def expressed(value: object) -> Expression:
    return value.expression if isinstance(value, Formula) else number(cast(int, value))


def passed(expression: Expression) -> int:
    """A formula in the place of the number that it stands for."""
    return cast(int, Formula(expression))


def in_symbols(stack: Stack) -> Ledger:
    """What the layers of a stack have and cost, in the sizes of its texts; each number is a formula."""
    layers = [layer.placed(in_formulas(layer.options)) for layer in stack.layers]
    return ledger(stack.name, tuple(map(passed, stack.shape)), layers)


def in_formulas(options: Mapping[str, Expression]) -> Options:
    """The options that are written; all others stay plain numbers, which leave no trace where they are 0 or 1."""
    return {name: passed(one) for name, one in options.items()}


def symbolic(asked: Asked, known: Stack | Ledger | None) -> tuple[Expression, ...]:
    """What is asked of a stack, or of a ledger of formulas, as expressions in sizes, one for each axis of a shape.

    Raises:
        LanguageError: the layer has no such thing.
    """
    if known is None or not asked.cells:
        return put(asked, {})
    found = in_symbols(known) if isinstance(known, Stack) else known
    return put(asked, {name: found.value(*cell) for name, cell in asked.cells.items()})


def multiplied_out(formulas: Sequence[Expression]) -> tuple[Expression, ...]:
    """Formulas as polynomials, highest degree first; as they are where that is shorter and something is rounded.

    Raises:
        LanguageError: one is divided by a size.
    """
    return tuple(itertools.starmap(shorter, zip(formulas, polynomials(formulas), strict=True)))


def shorter(formula: Expression, terms: Terms) -> Expression:
    expanded = polynomial.expression(terms)
    if not polynomial.has_floors(terms):
        return expanded
    return min(expanded, formula, key=lambda one: len(plain(one)))


def polynomials(formulas: Iterable[Expression]) -> list[Terms]:
    """The terms of formulas, in which floors may stand.

    Raises:
        LanguageError: one is divided by a size.
    """
    try:
        found = [counted(one) for one in formulas]
    except polynomial.NotRational as error:
        raise LanguageError(f"no polynomial in sizes: {error}") from None
    if any(one.bottom.keys() - {()} for one in found):
        raise LanguageError("no polynomial in sizes: it is divided by one")
    return [{m: f / one.bottom[()] for m, f in one.top.items()} for one in found]


def worked_out(
    asked: Asked, stack: Stack, right: Ledger, known: Callable[[Cell], bool] = lambda _: True
) -> tuple[Expression, ...]:
    """The last step to what is asked, in numbers: a layer's row with what comes in, or a formula of what layers have.

    Args:
        known: is the number of a cell known by now? Any other that is needed is spelled out.
    """
    find = step if asked.cell is not None else part
    return put(asked, {name: find(one, stack, right, known) for name, one in asked.cells.items()})


def part(cell: Cell, stack: Stack, right: Ledger, known: Callable[[Cell], bool]) -> Amount:
    """A number that is known, or the step to it."""
    if known(cell):
        return tuple(passed(number(one)) for one in right.value(*cell))
    return step(cell, stack, right, known)


def step(cell: Cell, stack: Stack, right: Ledger, known: Callable[[Cell], bool]) -> Amount:
    """One cell from the numbers that come into its layer; a sum over all layers from theirs."""
    name, quantity = cell
    if name == ALL:
        own = ((one, quantity) for one in right.layers if any(right.value(one, quantity)))
        return (sum(part(one, stack, right, known)[0] for one in own),)
    layer = next((one for one in stack.layers if one.name == name), None)
    if layer is None or quantity == "influence":
        return right.value(name, quantity)
    rows = {one: numbers(row) for one, row in right.rows.items()}
    if quantity == FIELD:
        rows = with_fields(rows, stack, right, known)
    here = in_numbers(layer, right)
    found = row_of(here, rows)
    work = KINDS[layer.kind].multiply_adds(here.options, rows[layer.source].shape, rows[name].shape)
    return Ledger({name: replace(found, multiply_adds=work)}, {name: here}).value(name, quantity)


def in_numbers(layer: Layer, right: Ledger) -> Placed:
    """A layer whose written options are formulas of the numbers that they are."""
    options = right.layers[layer.name].options
    return layer.placed(in_formulas({one: number(options[one]) for one in layer.options}))


def with_fields(
    rows: Mapping[str, Row], stack: Stack, right: Ledger, known: Callable[[Cell], bool]
) -> dict[str, Row]:
    """Rows in which the fields that are not known are spelled out, but for those that are a window without gaps."""
    found = dict(rows)
    for layer in stack.layers:
        plain_window = right.rows[layer.name].receptive_field == window_of(layer, right)
        if not plain_window and not known((layer.name, FIELD)):
            field = row_of(in_numbers(layer, right), found).receptive_field
            found[layer.name] = replace(found[layer.name], receptive_field=field)
    return found


def window_of(layer: Layer, right: Ledger) -> int:
    """How many places a window has."""
    window = KINDS[layer.kind].window
    return window(right.layers[layer.name].options)[0] if window else 0


def numbers(row: Row) -> Row:
    """A row whose numbers are formulas."""
    shape = tuple(passed(number(one)) for one in row.shape)
    field, jump = (passed(number(one)) for one in (row.receptive_field, row.jump))
    return Row(shape, receptive_field=field, jump=jump)


def put(asked: Asked, cells: Mapping[str, Amount]) -> tuple[Expression, ...]:
    if asked.cell is not None:
        [amount] = cells.values()
        return tuple(map(expressed, amount))
    return (substitute(asked.expression, {name: expressed(one) for name, [one] in cells.items()}),)
