"""What stands on the sheet, typed as an answer: given numbers, given sizes, and the right-hand sides of what is printed."""

from __future__ import annotations

from collections import Counter

from msgspec import Struct

from grader.answers import Stated
from grader.checking.subject import Subject
from grader.drawing import Variant
from grader.memo import memoized
from grader.model import Model
from reference.language.writing import plain


class Copied(Struct, frozen=True):
    """What is right most often of all that stands on the sheet, and in how many variants."""

    times: int
    what: str


def copied(subject: Subject) -> dict[str, Copied]:
    """Address → the best that can be copied, for blanks of which something on the sheet is right."""
    found: dict[str, Counter[str]] = {}
    fixed: dict[int, list[str]] = {}  # of the keys that all variants of a structure have
    for variant in subject.drawn:
        numbers = stated(variant)
        for address, (blank, key) in variant.keys.items():
            printed = Stated(
                numbers.values, numbers.sizes, right_sides(variant.solved.model, blank.question)
            )
            if blank.fixed is None:
                right = key.copied(printed)
            else:
                if id(key) not in fixed:
                    fixed[id(key)] = key.copied(printed)
                right = fixed[id(key)]
            found.setdefault(address, Counter()).update(right)
    best = {address: counts.most_common(1)[0] for address, counts in found.items() if counts}
    return {address: Copied(times, what) for address, (what, times) in best.items()}


def stated(variant: Variant) -> Stated:
    """The numbers and sizes that the sheet of a variant gives."""
    solved, row = variant.solved, variant.row
    model = solved.model
    values = {name: solved.columns.values[name][row] for name in model.stated_values}
    values |= {name: solved.at([row], [name])[name][0] for name in model.told}
    sizes = solved.sizes(row)
    return Stated(values, {name: sizes[name] for name in solved.model.stated_sizes})


@memoized
def right_sides(model: Model, question: str) -> dict[str, str]:
    """Name → what stands behind its equality sign, of the equations and definitions that the sheet prints."""
    own = model.own.get(question, {})
    printed = {**model.stated_equations, **model.stated_definitions, **own}
    return {name: plain(expression) for name, expression in printed.items()}
