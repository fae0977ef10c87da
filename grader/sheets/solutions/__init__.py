"""Worked solutions of a variant: why the right answers are right, derived and not written by hand."""

from __future__ import annotations

from grader.answers import Key
from grader.drawing import Variant
from grader.model import Asked
from grader.sheets.notation import Notation, prose
from grader.sheets.solutions.counts import of_count
from grader.sheets.solutions.data import of_data
from grader.sheets.solutions.picture import graph
from grader.sheets.solutions.steps import of_expression, of_value


def worked(variant: Variant, notation: Notation = Notation.LATEX) -> dict[str, str]:
    """Address → its solution as Markdown; what an earlier blank needed is not said again."""
    done: set[str] = set()
    keys = variant.keys
    found = {
        asked.address: of_blank(variant, asked, keys[asked.address][1], done, notation)
        for asked in variant.solved.model.asked
    }
    return {address: text for address, text in found.items() if text}


def of_blank(variant: Variant, asked: Asked, key: Key, done: set[str], notation: Notation) -> str:
    """One blank's solution; nothing where it has no steps."""
    model = variant.solved.model
    if asked.data is not None:
        return prose(of_data(asked.data), notation)
    if asked.counted:
        return of_count(asked, key.show(), model.printed, variant.draw.sizes, notation)
    if asked.pool is not None:
        return ""
    if asked.target:
        values = variant.solved.at([variant.row])
        steps = [*of_value(asked, key.show(), model.network, values, done, notation)]
    elif asked.symbolic is not None:
        steps = [*of_expression(asked, asked.symbolic, done, notation)]
    else:
        return ""
    return "\n".join(step.written(notation) for step in steps)


__all__ = ["graph", "worked"]
