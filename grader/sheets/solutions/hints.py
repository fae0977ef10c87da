"""Hints as a ladder made from a solution: which quantity comes next, its formula, its number; the answer itself is no hint.

A quantity that an earlier blank asks for is not taken apart again: that it is needed is a hint, and how it is found are the hints there.
Nor is a step told as far as it is an answer already: of one whose formula a blank asks for, the name and the number.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum

from msgspec import Struct
from msgspec.structs import replace

from grader.drawing import Variant
from grader.sheets.notation import Notation
from grader.sheets.solutions import steps
from grader.sheets.solutions.naming import as_on_the_sheet
from grader.sheets.solutions.precision import flat
from grader.sheets.solutions.step import Rounded, Step, named
from reference.language.expression import names

MOST = 8  # rungs of a ladder
AHEAD = 6  # of them with steps, where there are too many to tell each of them three times
LISTED = 12  # names of what is found on the way; of more, the first and the last
ALIKE = 2e-3  # relative, of numbers of which one, as it is written down, is right for the other

Sign = tuple[tuple[str, ...], bool]


class Rung(StrEnum):
    """What a hint tells."""

    QUANTITY = "quantity"
    FORMULA = "formula"
    NUMBER = "number"
    STEPS = "steps"


class Hint(Struct, frozen=True):
    """One rung, as Markdown; ``given_by``: the blanks that tell as much once they are right."""

    rung: Rung
    text: str
    given_by: frozenset[str] = frozenset()


def ladders(variant: Variant, notation: Notation = Notation.LATEX) -> dict[str, list[Hint]]:
    """Address → the hints for a blank, each telling a little more than those before it; none where a solution has no steps."""
    solutions = {
        address: [one for one in steps(variant, *asked, set()) if isinstance(one, Step)]
        for address, asked in variant.keys.items()
    }
    model = variant.solved.model
    return {
        address: [
            replace(one, text=as_on_the_sheet(one.text, model))
            for one in (ladder(address, solutions, notation) if lines else [])
        ]
        for address, lines in solutions.items()
    }


def ladder(address: str, solutions: Mapping[str, Sequence[Step]], notation: Notation) -> list[Hint]:
    """Of one blank, where the steps of all blanks are known."""
    *ahead, last = solutions[address]
    passed = on_the_way(address, solutions)
    known = {sign(one) for name in passed for one in solutions[name]}
    own, given = [], {}
    for one in ahead:
        if sign(one) not in known:
            asked = any(is_formula_of(lines, one) for lines in solutions.values())
            own.append(as_hint(bare(one) if asked else one, last))
            given[sign(own[-1])] = givers(one, address, solutions)
    found = [
        asked_above(name, solutions[name][-1], notation) for name in nearest(passed, solutions)
    ]
    single = [
        replace(hint, given_by=given[sign(one)]) for one in own for hint in rungs(one, notation)
    ]
    many = own and len(found) + len(single) >= MOST
    found += together(own, given, notation) if many else single
    return [*found, *to_the_answer(address, solutions, notation)]


def to_the_answer(
    address: str, solutions: Mapping[str, Sequence[Step]], notation: Notation
) -> Iterator[Hint]:
    """The formula of the last step, where it is not the answer; of a number whose formula is asked for, that it is."""
    last = solutions[address][-1]
    if isinstance(last.result, Rounded):
        for name, lines in solutions.items():
            if is_formula_of(lines, last):
                yield asked_above(name, last, notation)
                return
        is_open = last.formula is not None and bool(names(last.formula))
    elif last.result is None or last.formula is None:
        is_open = False  # the formula of a last step that gives nothing else is the answer
    else:
        formula = replace(last, result=None).sides(Notation.PLAIN)
        is_open = not names(last.formula) <= names(last.result)
        is_open = is_open and formula != last.sides(Notation.PLAIN)
    yield from (one for one in rungs(last, notation) if is_open and one.rung is Rung.FORMULA)


def is_formula_of(lines: Sequence[Step], number: Step) -> bool:
    """Do these steps lead to a formula of a quantity, of which the number is found too?"""
    if not lines or not number.names or not lines[-1].names:
        return False
    return not isinstance(lines[-1].result, Rounded) and lines[-1].names[0] == number.names[0]


def bare(step: Step) -> Step:
    """A step without its formula."""
    result = step.result if isinstance(step.result, Rounded) else None
    return replace(step, formula=None, numbers={}, terms=None, result=result)


def as_hint(step: Step, last: Step) -> Step:
    """A step without what is the answer already: its formula, or its number."""
    match step.result, last.result:
        case Rounded(rows), Rounded(right) if alike(flat(rows), flat(right)):
            return replace(step, numbers={}, result=None)
        case _, (None | Rounded()):
            return step
        case _ if step.formula is not None:
            own = replace(step, numbers={}, result=None).sides(Notation.PLAIN)
            same = own[-1].text == last.sides(Notation.PLAIN)[-1].text
            return replace(step, formula=None, numbers={}) if same else step
    return step


def alike(one: Sequence[float], other: Sequence[float]) -> bool:
    """Is each of the numbers, as it is written down, that beside it?"""
    return len(one) == len(other) and all(
        math.isclose(a, b, rel_tol=ALIKE) for a, b in zip(one, other, strict=True)
    )


def sign(step: Step) -> Sign:
    """What a step finds: of the formula and of the number of one quantity, neither tells the other."""
    return step.names, isinstance(step.result, Rounded)


def on_the_way(address: str, solutions: Mapping[str, Sequence[Step]]) -> list[str]:
    """The earlier blanks whose answers a solution goes by."""
    names, way = [*solutions], {sign(one) for one in solutions[address][:-1]}
    earlier = (name for name in names[: names.index(address)] if solutions[name])
    return [name for name in earlier if sign(solutions[name][-1]) in way]


def nearest(passed: Sequence[str], solutions: Mapping[str, Sequence[Step]]) -> list[str]:
    """Those blanks that no other of them goes by."""
    hidden = {sign(one) for name in passed for one in solutions[name][:-1]}
    return [name for name in passed if sign(solutions[name][-1]) not in hidden]


def givers(step: Step, address: str, solutions: Mapping[str, Sequence[Step]]) -> frozenset[str]:
    """The other blanks whose solutions go by a step."""
    return frozenset(
        name
        for name, lines in solutions.items()
        if name != address and sign(step) in map(sign, lines)
    )


def asked_above(address: str, goal: Step, notation: Notation) -> Hint:
    return Hint(
        Rung.QUANTITY, f"{shown(goal.names[0], notation)}, asked for above", frozenset([address])
    )


def together(
    own: Sequence[Step], given: Mapping[Sign, frozenset[str]], notation: Notation
) -> Iterator[Hint]:
    """Of many steps: what is found on the way, in order; then the steps, some at a time."""
    names = dict.fromkeys(one.names[0] for one in own if one.names)
    found = [shown(one, notation) for one in names]
    told = found if len(found) <= LISTED else [*found[: LISTED // 2], "…", found[-1]]
    yield Hint(Rung.QUANTITY, ", ".join(told), by_all(own, given))
    open_ones = [one for one in own if one.formula is not None or one.result is not None]
    size = -(-len(open_ones) // AHEAD) or 1
    for first in range(0, len(open_ones), size):
        some = open_ones[first : first + size]
        text = "\n\n".join(one.written(notation) for one in some)
        yield Hint(Rung.STEPS, text, by_all(some, given))


def by_all(some: Sequence[Step], given: Mapping[Sign, frozenset[str]]) -> frozenset[str]:
    """The blanks that give each of some steps."""
    first, *rest = (given[sign(one)] for one in some)
    return first.intersection(*rest)


def rungs(step: Step, notation: Notation) -> Iterator[Hint]:
    """What can be told of one step."""
    for name in step.names[:1]:
        yield Hint(Rung.QUANTITY, shown(name, notation))
    if step.formula is not None:
        alone = replace(step, numbers={}, result=None)
        yield Hint(Rung.FORMULA, alone.written(notation))
    if step.result is not None and (step.numbers or step.formula is None):
        yield Hint(Rung.NUMBER, step.written(notation))


def shown(name: str, notation: Notation) -> str:
    sign = named(name, notation)
    return sign if notation is Notation.PLAIN else f"${sign}$"
