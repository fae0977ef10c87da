"""What a wrong answer looks like: the misconception that leads to it."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

import numpy as np
from msgspec.structs import replace

from grader.answers import DerivationKey, ExpressionKey, MatrixKey, NumberKey
from grader.answers.number import NOISE
from grader.asking import Asked
from grader.drawing import Variant
from grader.mistakes import wrong_count_keys, wrong_expressions
from grader.records import Outcome, Verdict
from reference.equivalence import Agreement

Suspect = tuple[str, Fraction]  # what it looks like, and what share of the points it earns


def named(variant: Variant, asked: Asked, text: str, outcome: Outcome) -> Outcome:
    """The outcome of a wrong answer, with what it looks like if it looks like anything."""
    found = next(suspects(variant, asked, text), None)
    if found is None:
        return outcome
    message, credit = found
    message = f"{outcome.message}; it looks like {message}" if outcome.message else message
    if credit <= outcome.share:
        return replace(outcome, message=message)
    return replace(outcome, verdict=Verdict.PARTIAL, share=credit, message=message)


def suspects(variant: Variant, asked: Asked, text: str) -> Iterator[Suspect]:
    """The misconceptions that give just this answer."""
    if asked.pool is not None:
        return
    if asked.target:
        yield from by_value(variant, asked, text)
    elif asked.counted:
        sizes = variant.draw.sizes
        for wrong, key in wrong_count_keys(variant.solved.model, asked, sizes):
            if key.mark(text).verdict is Verdict.CORRECT:
                yield wrong.message, asked.credit.get(wrong.name, Fraction(0))
    elif isinstance(asked.key, ExpressionKey | DerivationKey):
        yield from by_expression(variant, asked, asked.key, text)


def by_value(variant: Variant, asked: Asked, text: str) -> Iterator[Suspect]:
    solved, row = variant.solved, variant.row
    key = variant.keys[asked.address][1]
    assert isinstance(key, NumberKey | MatrixKey)
    rows = key.rows(text)
    if rows is None:
        return
    given, within = np.array(rows), solved.within[asked.target][row]
    for mistake, values in solved.wrong.get(asked.target, ()):
        wrong = values[row]
        if (np.abs(given - wrong) <= within + NOISE * np.abs(wrong)).all():
            yield mistake.message, mistake.credit


def by_expression(
    variant: Variant, asked: Asked, key: ExpressionKey | DerivationKey, text: str
) -> Iterator[Suspect]:
    claimed = key.claimed(text)
    last = key if isinstance(key, ExpressionKey) else key.last
    if claimed is None or claimed[1] != key.shape:
        return
    for wrong, expression in wrong_expressions(variant.solved.model, asked):
        if last.follows(claimed[0], expression) is Agreement.EQUAL:
            yield wrong.message, asked.credit.get(wrong.name, Fraction(0))
