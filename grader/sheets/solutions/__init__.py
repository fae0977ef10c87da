"""Worked solutions of a variant: why the right answers are right, derived and not written by hand."""

from __future__ import annotations

from collections.abc import Mapping

from grader.answers import Key
from grader.bank import fill
from grader.drawing import Variant
from grader.model import Blank, Count, DataSufficiency, Drawn, Symbolic, Value
from grader.sheets.notation import Notation, prose
from grader.sheets.printing import placeholders
from grader.sheets.solutions.counts import of_count
from grader.sheets.solutions.data import of_data
from grader.sheets.solutions.reasons import of_pool
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
    """One blank's solution: what the author says of it, then its steps; nothing where there are none."""
    words = placeholders(variant) if blank.reasons else {}
    said = prose(fill(blank.because, words), notation)
    steps = steps_of(variant, blank, key, words, done, notation)
    return "\n\n".join(part for part in (said, steps) if part)


def steps_of(
    variant: Variant,
    blank: Blank,
    key: Key,
    words: Mapping[str, str],
    done: set[str],
    notation: Notation,
) -> str:
    """What is derived, and what the author says of each text of a pool."""
    model = variant.solved.model
    match blank.source:
        case DataSufficiency(question):
            return prose(of_data(question), notation)
        case Count(counted=[_, *_]) as count:
            return of_count(count, key.show(), model.printed, variant.draw.sizes, notation)
        case Drawn(pool):
            return of_pool(pool, variant.draw.orders[blank.address], words, notation)
        case Value(target):
            values = variant.solved.at([variant.row])
            steps = [*of_value(target, key.show(), model.network, values, done, notation)]
        case Symbolic() as asked:
            steps = [*of_expression(blank.address, asked, done, notation)]
        case _:
            return ""
    return "\n".join(step.written(notation) for step in steps)
