"""Worked solutions of a variant: why the right answers are right, derived and not written by hand."""

from __future__ import annotations

from grader.answers import Key
from grader.drawing import Variant
from grader.model import Blank, Count, DataSufficiency, Symbolic, Value
from grader.sheets.notation import Notation, prose
from grader.sheets.solutions.counts import of_count
from grader.sheets.solutions.data import of_data
from grader.sheets.solutions.steps import of_expression, of_value


def worked(variant: Variant, notation: Notation = Notation.LATEX) -> dict[str, str]:
    """Address → its solution as Markdown; what an earlier blank needed is not said again."""
    done: set[str] = set()
    keys = variant.keys
    found = {
        blank.address: of_blank(variant, blank, keys[blank.address][1], done, notation)
        for blank in variant.solved.model.blanks
    }
    return {address: text for address, text in found.items() if text}


def of_blank(variant: Variant, blank: Blank, key: Key, done: set[str], notation: Notation) -> str:
    """One blank's solution; nothing where it has no steps."""
    model = variant.solved.model
    match blank.source:
        case DataSufficiency(question):
            return prose(of_data(question), notation)
        case Count(counted=[_, *_]) as count:
            return of_count(count, key.show(), model.printed, variant.draw.sizes, notation)
        case Value(target):
            values = variant.solved.at([variant.row])
            steps = [*of_value(target, key.show(), model.network, values, done, notation)]
        case Symbolic() as asked:
            steps = [*of_expression(blank.address, asked, done, notation)]
        case _:
            return ""
    return "\n".join(step.written(notation) for step in steps)
