"""What a wrong answer looks like: the misconception that leads to it."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from msgspec.structs import replace

from grader.answers import ExpressionKey, Key, MatrixKey, NumberKey
from grader.asking import Asked
from grader.drawing import Variant
from grader.mistakes import wrong_count_keys, wrong_expressions, wrong_values
from grader.records import Outcome, Verdict
from reference.equivalence import Agreement
from reference.language.errors import LanguageError

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
    if asked.target:
        yield from by_value(variant, asked, text)
    elif asked.counted:
        sizes = variant.draw.sizes
        for wrong, key in wrong_count_keys(variant.solved.model, asked, sizes):
            if key.mark(text).verdict is Verdict.CORRECT:
                yield wrong.message, asked.credit.get(wrong.name, Fraction(0))
    elif isinstance(asked.key, ExpressionKey) and asked.symbolic is not None:
        yield from by_expression(variant, asked, asked.key, text)


def by_value(variant: Variant, asked: Asked, text: str) -> Iterator[Suspect]:
    solved, row = variant.solved, variant.row
    within = solved.within[asked.target][row].tolist()
    for mistake, value in wrong_values(solved.model, solved.at(row), asked.target):
        rows = value[0].tolist()
        key: Key = MatrixKey(rows, within)
        if isinstance(variant.keys[asked.address][1], NumberKey):
            key = NumberKey(rows[0][0], within[0][0])
        if key.mark(text).verdict is Verdict.CORRECT:
            yield mistake.message, mistake.credit


def by_expression(
    variant: Variant, asked: Asked, key: ExpressionKey, text: str
) -> Iterator[Suspect]:
    try:
        given, shape = key.read(text)
    except LanguageError:
        return
    if shape != key.shape:
        return
    for wrong, expression in wrong_expressions(variant.solved.model, asked):
        if key.follows(given, expression) is Agreement.EQUAL:
            yield wrong.message, asked.credit.get(wrong.name, Fraction(0))
