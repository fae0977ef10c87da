"""What stands on the sheet, typed as an answer: given numbers, given sizes, and the right-hand sides of what is printed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import numpy as np
from msgspec import Struct

from grader.answers import CountKey, ExpressionKey, Key, MatrixKey, NumberKey, Verdict, agrees
from grader.checking.subject import Subject
from grader.drawing import Variant
from grader.memo import memoized
from grader.model import Blank, Model
from reference.language.values import Array
from reference.language.writing import plain


class Copied(Struct, frozen=True):
    """What is right most often of all that stands on the sheet, and in how many variants."""

    times: int
    what: str


def copied(subject: Subject) -> dict[str, Copied]:
    """Address → the best that can be copied, for blanks of which something on the sheet is right."""
    found: dict[str, Counter[str]] = {}
    known: dict[tuple[str, str], bool] = {}
    for variant in subject.drawn:
        for address, (blank, key) in variant.keys.items():
            found.setdefault(address, Counter()).update({*right(variant, blank, key, known)})
    best = {address: counts.most_common(1)[0] for address, counts in found.items() if counts}
    return {address: Copied(times, what) for address, (what, times) in best.items()}


def right(
    variant: Variant, blank: Blank, key: Key, known: dict[tuple[str, str], bool]
) -> Iterator[str]:
    """All on the sheet of a variant that is right, called alike in all variants."""
    solved, row = variant.solved, variant.row
    match key:
        case NumberKey(value, within):
            for name in solved.model.stated_values:
                entries = solved.columns.values[name][row]
                for place in np.argwhere(agrees(entries, np.array(value), np.array(within))):
                    yield entry(name, entries, place.tolist())
        case MatrixKey():
            given = {name: solved.columns.values[name][row] for name in solved.model.stated_values}
            yield from (name for name, values in given.items() if is_right(key, values))
        case CountKey(names=()):
            sizes = solved.sizes(row)
            yield from (
                name for name in solved.model.stated_sizes if key.show() == str(sizes[name])
            )
        case ExpressionKey():
            shown = plain(key.expression)
            for name, text in right_sides(solved.model, blank.question).items():
                if (shown, text) not in known:
                    known[shown, text] = key.mark(text).verdict is Verdict.CORRECT
                if known[shown, text]:
                    yield f"the right-hand side of {name}"


def entry(name: str, entries: Array, place: list[int]) -> str:
    """One number of what is given, as it is read."""
    if entries.size == 1:
        return name
    rows, columns = (one + 1 for one in place)
    return f"{name}[{rows}]" if entries.shape[1] == 1 else f"{name}[{rows}, {columns}]"


def is_right(key: MatrixKey, given: Array) -> bool:
    values = np.array(key.values)
    return values.shape == given.shape and bool(agrees(given, values, np.array(key.within)).all())


@memoized
def right_sides(model: Model, question: str) -> dict[str, str]:
    """Name → what stands behind its equality sign, of the equations and definitions that the sheet prints."""
    own = model.own.get(question, {})
    printed = {**model.stated_equations, **model.stated_definitions, **own}
    return {name: plain(expression) for name, expression in printed.items()}
