"""A whole number of layers, from the numbers that come into its layer, or from those of several."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace

from grader.drawing import Variant
from grader.model import Blank, Tally, ledger
from grader.sheets.notation import Notation
from grader.sheets.solutions.step import Side, aligned, written
from reference.language.expression import (
    Apply,
    Expression,
    Name,
    Number,
    fold,
    number,
    rebuild,
    substitute,
)
from reference.layers.asked import Asked
from reference.layers.formulas import multiplied_out, symbolic, worked_out
from reference.layers.ledger import Cell

SIGNS = {"lt": ("<", "<"), "le": ("≤", r"\le"), "gt": (">", ">"), "ge": ("≥", r"\ge")}


class TallyStep(Struct, frozen=True):
    """How a number comes about, and what it is."""

    formula: Expression
    total: Expression

    def written(self, notation: Notation) -> str:
        return in_line(
            written(self.formula, notation), "=", written(self.total, notation), notation
        )


class Met(Struct, frozen=True):
    """The comparison that a number meets."""

    comparison: Apply

    def written(self, notation: Notation) -> str:
        left, right = (written(side, notation) for side in self.comparison.args)
        sign = SIGNS[self.comparison.operation][notation is Notation.LATEX]
        return in_line(left, sign, right, notation)


class Told(Struct, frozen=True):
    """A number or shape that needs no step, or none again, by what it is called; in symbols, expressions."""

    name: str
    total: str | Sequence[Expression]

    def written(self, notation: Notation) -> str:
        name = rf"\text{{{self.name}}}" if notation is Notation.LATEX else self.name
        if isinstance(self.total, str):
            return in_line(name, "=", self.total, notation)
        parts = ", ".join(written(one, notation) for one in self.total)
        return in_line(name, "=", f"({parts})" if len(self.total) > 1 else parts, notation)


def in_line(left: str, sign: str, right: str, notation: Notation) -> str:
    return aligned([Side("", left), Side(sign, right)], 1, notation)


def of_tally(
    variant: Variant, blank: Blank, asked: Tally, total: str, done: set[str]
) -> Sequence[TallyStep | Met | Told]:
    """One step, and of a search the comparison that is met; ``done``: the steps that were shown before."""
    called = (", ".join(blank.cell) if blank.cell else blank.name or blank.question).replace(
        "_", " "
    )
    if asked.names:
        formulas = symbolic(asked.asked, asked.stack)
        found = multiplied_out(formulas)
        if len(found) == 1 and found != formulas:
            return [TallyStep(formulas[0], found[0])]
        return [Told(called, found)]
    sizes = variant.solved.sizes(variant.row)
    known: Mapping[str, Expression] = {name: number(size) for name, size in sizes.items()}
    wanted, seen = from_before(variant, blank, asked.asked)
    found = (wanted.expression,)
    if asked.stack is not None and wanted.cells:
        right = ledger(asked.stack, tuple(sizes.items()))
        found = worked_out(wanted, asked.stack, right, seen.__contains__)
    search = wanted.search
    if search is not None:
        comparison = substitute(found[0], {**known, search.name: number(int(total))})
        assert isinstance(comparison, Apply)
        return [Met(comparison), Told(search.name, total)]
    step = TallyStep(substitute(found[0], known), number(asked.value(sizes)[0]))
    said = step.written(Notation.PLAIN)
    if len(found) > 1 or isinstance(step.formula, Number) or said in done:
        return [Told(called, total)]
    done.add(said)
    return [step]


def from_before(variant: Variant, blank: Blank, wanted: Asked) -> tuple[Asked, frozenset[Cell]]:
    """What is asked, with numbers in place of what earlier blanks ask for; and the cells that these ask for."""
    sizes = variant.solved.sizes(variant.row)
    totals: dict[Expression, Expression] = {}
    cells = set[Cell]()
    for one in itertools.takewhile(lambda one: one is not blank, variant.solved.model.blanks):
        if not isinstance(one.source, Tally) or one.source.names or one.source.asked.search:
            continue
        if one.source.asked.cell is not None:
            cells.add(one.source.asked.cell)
        elif isinstance(one.source.asked.expression, Apply):
            totals[by_cells(one.source.asked)] = number(one.source.value(sizes)[0])
    own = {f"{quantity} of {layer}": Name(name) for name, (layer, quantity) in wanted.cells.items()}

    def visit(node: Expression, args: list[Expression]) -> Expression:
        again = rebuild(node, args)
        return totals.get(again, again)

    reduced = substitute(fold(by_cells(wanted), visit), own)
    return (
        wanted if isinstance(reduced, Number) else replace(wanted, expression=reduced)
    ), frozenset(cells)


def by_cells(asked: Asked) -> Expression:
    """An expression in which the name of a cell says which it is."""
    names = {
        name: Name(f"{quantity} of {layer}") for name, (layer, quantity) in asked.cells.items()
    }
    return substitute(asked.expression, names)
