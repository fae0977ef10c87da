"""A whole number of layers, from the numbers that come into its layer, or from those of several."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec import Struct

from grader.drawing import Variant
from grader.model import Tally, ledger
from grader.sheets.notation import Notation
from grader.sheets.solutions.step import Side, aligned, written
from reference.language.expression import Apply, Expression, Number, number, substitute
from reference.layers.formulas import worked_out

SIGNS = {"lt": ("<", "<"), "le": ("≤", r"\le"), "gt": (">", ">"), "ge": ("≥", r"\ge")}


class TallyStep(Struct, frozen=True):
    """How a number comes about, and what it is; of a search, the comparison that it meets."""

    formula: Expression
    total: int

    def written(self, notation: Notation) -> str:
        match self.formula:
            case Apply(operation, (left, right)) if operation in SIGNS:
                sign = SIGNS[operation][notation is Notation.LATEX]
                sides = [("", written(left, notation)), (sign, written(right, notation))]
            case formula:
                sides = [("", written(formula, notation)), ("=", str(self.total))]
        return aligned([Side(*one) for one in sides], 1, notation)


def of_tally(variant: Variant, asked: Tally) -> Sequence[TallyStep]:
    """One step; none where the number stands on the sheet."""
    sizes = variant.solved.sizes(variant.row)
    known: Mapping[str, Expression] = {name: number(size) for name, size in sizes.items()}
    value = asked.value(sizes)
    search = asked.asked.search
    if search is not None:
        known = {**known, search.name: number(value[0])}
    found: tuple[Expression, ...] = (asked.asked.expression,)
    if asked.stack is not None and asked.asked.cells:
        found = worked_out(asked.asked, asked.stack, ledger(asked.stack, tuple(sizes.items())))
    formulas = [substitute(one, known) for one in found]
    if len(formulas) > 1 or isinstance(formulas[0], Number):
        return []
    return [TallyStep(formulas[0], value[0])]
