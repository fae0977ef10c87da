"""Rounded is right, 5 % off is wrong, and every named mistake is wrong and told by its name: in every blank that is not chosen.

``python -m tests.rounded 60 [exercise …]`` tries that at so many seeds, and lists each fault.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import Any, NamedTuple

import numpy as np

from grader.answers import DerivationKey, ExpressionKey, Key, LiteralKey, Outcome, Verdict
from grader.bank import Exercise, Tolerance
from grader.checking import examples
from grader.checking.subject import Subject
from grader.drawing import (
    Solved,
    by_rounding,
    meetings,
    wrong_expressions,
    wrong_tallies,
    wrong_totals,
)
from grader.marking.diagnosis import rounded as lost
from grader.marking.diagnosis import suspects
from grader.marking.scoring import WRONG, Response, outcome
from grader.model import Blank, Constructed, Count, Symbolic, Tally, Value
from reference.language.errors import ShapeError
from reference.language.evaluating import evaluate
from reference.language.expression import Expression
from reference.language.indexed.answers import by_entries
from reference.language.indexed.declaring import known_of
from reference.language.rolling import rolled
from reference.language.values import Array
from reference.language.writing import plain
from tests.on_paper import figures, place, rounded
from tests.shipped import BANK

NOISE = 1e-9
LARGE = 0.6  # of the largest entry: 5 % of it are 3 % of that, which no tolerance reaches
FORMULAS = ("expression", "derivation")
EXEMPT = ("delicate", "misconception")  # what printed variants may be
PARTS = ("sequence", "set", "chain")
NO_DIFFERENCE = "a mistake that makes no difference"
OFF = {"5 % more": 1.05, "5 % less": 0.95}


class Try(NamedTuple):
    """A text for a blank in a row of solved columns; how it came about, and whether it is right.

    ``names``: of the mistakes that lead to it, if any; ``excused``: may it be right after all?
    """

    row: int
    kind: str
    text: str
    right: bool
    names: frozenset[str] = frozenset()
    excused: bool = False


def tries(solved: Solved, blank: Blank) -> Iterator[Try]:
    """What is tried in a blank, in all rows; of what is the same in every row, in the first."""
    if isinstance(blank.source, Value):
        yield from of_values(solved, blank, blank.source)
        return
    if isinstance(blank.source, Constructed) or solved.key(blank, 0).criteria():
        return  # judged together, or by a person
    seen = set()
    for row in range(solved.batch):
        key = solved.key(blank, row)
        if key.show() in seen:
            continue
        seen.add(key.show())
        found = {"as it is shown": key.show(), "in characters": key.in_characters()}
        if isinstance(key, LiteralKey) and not isinstance(key.right, str):
            numbers = np.where(key.within, figures(np.array(key.right)), key.right)
            found["three figures"] = repr((*numbers.tolist(),))
        yield from (Try(row, kind, text, True) for kind, text in found.items())
        yield from (Try(row, kind, text, False) for kind, text in near(key))
        yield from mistakes(solved, blank, row)
        own = frozenset({"own"})
        yield from (Try(row, "own", one.text, False, own) for one in blank.misanswers)


def near(key: Key) -> Iterator[tuple[str, str]]:
    """Kind and text of what is nearly the key."""
    shown = key.show()
    match key.kind:
        case "count":
            yield from (
                (kind, f"{shown} {sign} 1") for kind, sign in (("one more", "+"), ("one less", "-"))
            )
            if shown.isdigit():
                off = ((kind, round(int(shown) * factor)) for kind, factor in OFF.items())
                yield from ((kind, str(one)) for kind, one in off if str(one) != shown)
            else:
                yield "5 % more", f"1.05 * ({shown})"
        case "shape":
            yield from (("an axis", text) for text in key.near_misses())
        case "literal":
            yield from off_literal(key)
        case kind if kind in PARTS:
            yield from (("a part", text) for text in key.near_misses())
        case kind if kind in FORMULAS:
            yield from off_formula(key)


def off_literal(key: Key) -> Iterator[tuple[str, str]]:
    """A number of several that is off by 5 %, or by one."""
    right = getattr(key, "right", "")
    for at, number in enumerate(() if isinstance(right, str) else right):
        whole = number == round(number)
        others = {"one more": number + 1, "one less": number - 1} if whole else {}
        others |= {kind: number * factor for kind, factor in OFF.items() if not whole}
        for kind, other in others.items():
            yield kind, repr((*right[:at], float(other), *right[at + 1 :]))


def off_formula(key: Key) -> Iterator[tuple[str, str]]:
    """A formula times a factor, and with a small term besides."""
    shown = key.show()
    if shown != "0":
        for kind, factor in {**OFF, "a thousandth more": 1.001}.items():
            yield kind, f"{factor} * ({shown})"
    if getattr(key, "shape", None) == (1, 1):
        yield "a small term", f"{shown} + 0.001"


def of_values(solved: Solved, blank: Blank, asked: Value) -> Iterator[Try]:
    """Keys that are numbers: rounded as the sheet allows, off by 5 %, and what mistakes give."""
    key, within = solved.values[asked.target], solved.within[asked.target]
    axes = solved.model.lengths(asked.target, solved.sizes(0))

    def text(values: Array) -> str:
        return repr(np.reshape(values + 0.0, axes).tolist())

    for row in range(solved.batch):
        value, reach = key[row], within[row]
        for kind, values in allowed(asked.tolerance, value, reach):
            yield Try(row, kind, text(values), True)
        stated = not by_rounding(asked.tolerance)
        for kind, values, large in off(value):
            wide = stated and bool((reach > 0.049 * np.abs(value)).any())
            kind = f"{kind}, where more is stated" if wide else kind
            yield Try(row, kind, text(values), False, excused=wide or not large)
        if asked.unit != "%" and stated is False and value.any():
            yield Try(row, "another sign", text(-value), False)
    met = {mistake for mistake, _ in meetings(solved)}
    several = solved.wrong.get(asked.target, ())
    for mistake, wrong in several:
        for row in np.flatnonzero(np.isfinite(wrong).all(axis=(-2, -1))):
            if (np.abs(wrong[row] - key[row]) <= NOISE * (1 + np.abs(key[row]))).all():
                yield Try(int(row), NO_DIFFERENCE, text(wrong[row]), False, excused=True)
                continue
            reach = np.maximum(within[row].max(), lost(wrong[row][None])[0]) + 1e-6
            names = frozenset(
                one.name
                for one, other in several
                if (np.abs(other[row] - wrong[row]) <= 2 * reach).all()
            )
            kind = "a mistake" if mistake in met else "a mistake that is only named"
            yield Try(int(row), kind, text(wrong[row]), False, names, mistake not in met)
            short = rounded(wrong[row], np.maximum(3, 2 - place(np.abs(wrong[row]).max())))
            if (short != wrong[row]).any():
                yield Try(int(row), f"{kind}, rounded", text(short), False, names, True)
    for one in blank.misanswers:
        yield from (
            Try(row, "own", one.text, False, frozenset({"own"})) for row in range(solved.batch)
        )


def allowed(tolerance: Tolerance, value: Array, reach: Array) -> Iterator[tuple[str, Array]]:
    """What the sheet allows in place of a value."""
    yield "in full", value
    if by_rounding(tolerance):
        even = not reach.any()
        least = np.maximum(tolerance.rounding or 3, 2 - place(np.abs(value).max()))
        yield "three decimals", value if even else rounded(value, least)
        yield "three figures", np.where(reach == 0, value, figures(value))
    elif tolerance.decimals is not None:
        yield "decimals", rounded(value, tolerance.decimals)
    elif tolerance.significant is not None:
        yield "figures", rounded(value, tolerance.significant - 1 - place(value))
    elif not tolerance.exact:
        yield "nearly as far as is stated", value + 0.99 * reach
        yield "nearly as far as is stated", value - 0.99 * reach


def off(value: Array) -> Iterator[tuple[str, Array, bool]]:
    """What is 5 % off: all of it, and each entry; is that large beside the others?"""
    if not value.any():
        yield "0.05 for 0", value + 0.05, True
        return
    for kind, factor in OFF.items():
        yield kind, value * factor, True
    if value.size > 1:
        largest = np.abs(value).max()
        for at in zip(*np.nonzero(value), strict=True):
            changed = value.copy()
            changed[at] *= 1.05
            large = bool(abs(value[at]) >= LARGE * largest)
            yield "an entry" if large else "a small entry", changed, large


def mistakes(solved: Solved, blank: Blank, row: int) -> Iterator[Try]:
    """What misconceptions give that is no value of the network; what makes no difference may be right."""
    sizes, key = solved.sizes(row), solved.key(blank, row)
    match blank.source:
        case Count() as count:
            totals = wrong_totals(solved.model, count, sizes)
            numbers = {name: 1009 + 1020 * at for at, name in enumerate(count.names)}
            found = [
                (one.name, plain(given.written), str(given.total.value(numbers)))
                for one, given in totals
            ]
            right = str(count.totals(sizes)[0].value(numbers))
        case Tally():
            several = wrong_tallies(blank, tuple(sizes.items()))
            found = [(one.name, one.text, one.text) for one in several]
            right = key.show()
        case Symbolic(last):
            wrong, sides = wrong_expressions(solved.model, blank.address, blank.source)
            pairs = zip(wrong, sides.expressions, strict=True)
            found = [
                (one.name, as_written(each, last.last), at_points(each, last))
                for one, each in pairs
            ]
            right = at_points(last.expression, last)
        case _:
            return
    for _, text, value in found:
        names = frozenset(name for name, _, other in found if is_same(other, value))
        nothing = is_same(value, right)
        kind = NO_DIFFERENCE if nothing else "a mistake"
        yield Try(row, kind, text, False, names, nothing)


def as_written(expression: Expression, key: ExpressionKey) -> str:
    """A formula as a student writes it: by the letters of steps and places, where they are asked for."""
    network = key.points.network
    if key.places:
        with suppress(ShapeError):
            known = known_of(network.symbols.least, {})
            expression = by_entries(expression, key.places, network.shapes, known)
    return plain(rolled(expression, network.symbols.time))


def at_points(expression: Expression, key: ExpressionKey | DerivationKey) -> Array:
    return np.array(evaluate(expression, key.points.values), float)


def is_same(one: Any, other: Any) -> bool:
    """Are two texts, or two arrays of values, the same?"""
    if isinstance(one, str):
        return bool(one == other)
    shapes = one.shape[-2:], other.shape[-2:]
    return shapes[0] == shapes[1] and np.allclose(one, other, rtol=1e-6, atol=1e-9, equal_nan=True)


def faults(solved: Solved, counts: Counter[str]) -> Iterator[str]:
    """What is marked wrongly, or not told by its name; ``counts`` is added up on the way."""
    for blank in solved.model.blanks:
        tried = [*tries(solved, blank)]
        outcomes = [outcome(blank, solved.key(blank, one.row), one.text) for one in tried]
        named = looks(solved, blank, tried, outcomes)
        for one, found, name in zip(tried, outcomes, named, strict=True):
            accepted = found.verdict is Verdict.CORRECT
            kind = f"{'right' if one.right else 'wrong'}: {one.kind}"
            counts[f"{kind}: {found.verdict}"] += 1
            told = f"{solved.columns.seeds[one.row]} {blank.address}: {one.text} is {found.verdict}"
            if accepted is not one.right and not (accepted and one.excused):
                yield f"{kind}: {told}, key {solved.key(blank, one.row).show()}"
            elif one.names and found.verdict in WRONG and name not in one.names:
                counts[f"{kind}: not told"] += 1
                yield f"not told: {told}, as {name or 'nothing'}, not {', '.join(one.names)}"


def looks(
    solved: Solved, blank: Blank, tried: Sequence[Try], outcomes: Sequence[Outcome]
) -> list[str]:
    """The name of the misconception that each answer looks like, or nothing."""
    names = [""] * len(tried)
    places = [at for at, one in enumerate(tried) if one.names and outcomes[at].verdict in WRONG]
    wrong = [Response(tried[at].row, {blank.address: outcomes[at]}) for at in places]
    for at, suspect in zip(places, suspects(solved, blank, wrong), strict=True):
        names[at] = suspect.name if suspect else ""
    return names


def of_exercise(exercise: Exercise, seeds: int, counts: Counter[str]) -> Iterator[str]:
    """The faults of an exercise."""
    subject = Subject(exercise, seeds)
    several, printed = [*subject.drawn], subject.pinned[0]
    if printed and not any(printed.solved.faults[one].any() for one in EXEMPT):
        several.append(printed)
    rows: dict[Solved, list[int]] = {}
    for one in several:
        rows.setdefault(one.solved, []).append(one.row)
    for solved, own in rows.items():
        drawn = solved.only(np.isin(np.arange(solved.batch), own))
        yield from (f"{exercise.id} {one}" for one in faults(drawn, counts))
    yield from (f"{exercise.id} {one}" for one in examples.examples(subject))


def main(seeds: int, names: list[str]) -> None:
    counts: Counter[str] = Counter()
    several = 0
    for name, exercise in BANK.items():
        if not names or name in names:
            for fault in of_exercise(exercise, seeds, counts):
                several += 1
                print(fault, flush=True)
    print("\n".join(f"{count:9,} {kind}" for kind, count in sorted(counts.items())))
    sys.exit(bool(several))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 60, sys.argv[2:])
