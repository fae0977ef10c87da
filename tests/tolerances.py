"""What the default tolerance does: who is marked wrong, what is accepted, and how many draws are left.

``python -m tests.tolerances 1000`` counts over so many seeds of every exercise with numbers whose tolerance is derived, those of
the bank and those of :mod:`tests.exercises` that a student of :mod:`tests.students` can do, and writes the tables of
``docs/tolerances.md``.
"""

from __future__ import annotations

import random
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np
from msgspec import Struct, field

from grader import bank
from grader.answers import Verdict, agrees
from grader.bank import Exercise
from grader.drawing import Flags, Solved, Variant, batched, by_rounding, meetings, survey
from grader.drawing.faults import scalars
from grader.drawing.solving import roundings
from reference.language.roles import address_of
from reference.language.values import Array
from tests import exercises, on_paper, students
from tests.shipped import BANK

Answer = float | list[list[float]]
PAGE = Path(__file__).parent.parent / "docs" / "tolerances.md"
HEAD = "## Measured\n"
NOISE = 1e-9
OFF = 1.031  # a little more than the 3 % at which a draw is too delicate
SHOWN = 3  # faults of a kind in an exercise that are listed

# By name: who works through the steps, and the one with formulas of their own.
STUDENTS = {
    "each number": (on_paper.Hand, students.ByTheSheet),
    "any order": (on_paper.InAnyOrder, students.InAnyOrder),
    "reciprocals": (on_paper.ByReciprocals, students.ByReciprocals),
    "three figures": (on_paper.ThreeFigures, students.ThreeFigures),
    "arrays alike": (on_paper.Alike, students.Alike),
}
CARELESS = {
    "three decimals, however small": on_paper.ThreeDecimals,
    "three figures at every step": on_paper.EveryStepToThreeFigures,
    "cuts off after three decimals": on_paper.CutsOff,
    "two decimals": on_paper.TwoDecimals,
}
BY_HAND = {**students.BANK, **students.OTHERS}


class Count(Struct):
    """Of one exercise. ``wrong``, ``careless``: by student, answers marked wrong; ``answers``: that each of them gave.

    ``by_hand``: answers of those who have formulas of their own, which are among the ``wrong`` too. ``off``, ``misled``,
    ``given``: whole answers that are 3 % off, of misconceptions, and of the sheet, that are right; ``slips``: those of
    misconceptions that are only named, and reject no draw.
    """

    survival: float
    rejected: dict[str, int]
    answers: int = 0
    by_hand: int = 0
    even: int = 0
    wrong: Counter[str] = field(default_factory=Counter)
    careless: Counter[str] = field(default_factory=Counter)
    off: int = 0
    misled: int = 0
    slips: int = 0
    given: int = 0
    widest: float = 0.0
    faults: list[str] = field(default_factory=list)

    @property
    def delicate(self) -> float:
        """Of the draws that are rejected, the share that is too delicate."""
        return self.rejected.get("delicate", 0) / max(sum(self.rejected.values()), 1)


def known() -> dict[str, Exercise]:
    """The exercises that a student with formulas of their own can do, by name."""
    folder = Path(exercises.__file__).parent
    found = {name: BANK[name] for name in students.BANK}
    return found | {name: bank.load(folder / f"{name}.yaml") for name in students.OTHERS}


def count(exercise: Exercise, seeds: int) -> Count:
    """Draw variants, let all students do them, and try what must be wrong."""
    found, survival = survey(exercise, range(seeds))
    variants = [one for one in found if one is not None]
    total = Count(survival.rate, survival.rejected)
    rows: dict[Solved, list[int]] = {}
    for one in variants:
        rows.setdefault(one.solved, []).append(one.row)
    for solved, own in rows.items():
        drawn = solved.only(np.isin(np.arange(solved.batch), own))
        answers_on_paper(drawn, total)
        wrong_answers(drawn, total)
    if exercise.id in BY_HAND:
        for seed, variant in enumerate(variants):
            answers_by_hand(variant, seed, total)
    return total


def answers_on_paper(solved: Solved, total: Count) -> None:
    """What students give in who work through the steps."""
    written = {one.target for one in solved.model.written}
    for decimals, rounding in roundings(solved.model).items():
        targets = sorted(written & {*rounding.targets})
        total.answers += solved.batch * len(targets)
        for name, hand in (
            *((one, hand) for one, (hand, _) in STUDENTS.items()),
            *CARELESS.items(),
        ):
            own = hand(np.random.default_rng(len(solved.model.network.equations)), decimals)
            found = on_paper.answers(rounding, solved.columns.known(), solved.batch, own)
            for target in targets:
                wrong = ~right(found[target], solved, target)
                kind = total.careless if name in CARELESS else total.wrong
                kind[name] += int(wrong.sum())
                if name in STUDENTS and wrong.any():
                    told(total, f"wrong by {name}", solved, target, wrong, found[target])


def right(given: Array, solved: Solved, target: str) -> Flags:
    """(batch,) whole answers that are right."""
    near = agrees(given, solved.values[target], solved.within[target])
    return np.asarray(near.all(axis=(-2, -1)))


def told(total: Count, kind: str, solved: Solved, target: str, rows: Flags, given: Array) -> None:
    """List faults, a few of each kind."""
    for row in np.flatnonzero(rows)[:SHOWN]:
        key, within = (one[target][row].tolist() for one in (solved.values, solved.within))
        where = f"{solved.columns.seeds[row]} {address_of(target)}"
        total.faults.append(f"{kind}: {where}: {given[row].tolist()} for {key} ± {within}")


def answers_by_hand(variant: Variant, seed: int, total: Count) -> None:
    """What students give in who have formulas of their own."""
    formulas = BY_HAND[variant.exercise.id]
    values = {name: plain(rows) for name, rows in variant.draw.values.items()}
    values |= variant.draw.choices
    exact = formulas(values, students.Pen())
    total.by_hand += len(exact)
    for address, answer in exact.items():
        key = variant.keys[address][1]
        assert np.allclose(answer, key.value if hasattr(key, "value") else key.values)
    for name, (_, student) in STUDENTS.items():
        pen = student(random.Random(f"{name} {seed}"))
        for address, answer in formulas(values, pen).items():
            text = repr(finished(answer, pen))
            if variant.keys[address][1].mark(text).verdict is not Verdict.CORRECT:
                total.wrong[name] += 1
                total.faults.append(f"wrong by {name}: {seed} {address}: {text} by hand")


def plain(rows: list[list[float]]) -> Answer:
    return rows[0][0] if len(rows) == len(rows[0]) == 1 else rows


def finished(answer: Answer, pen: students.Pen) -> Answer:
    """An answer as it is given in: all its numbers side by side."""
    if not isinstance(answer, list):
        return pen.answer([answer])[0]
    flat = iter(pen.answer([entry for row in answer for entry in row]))
    return [[next(flat) for _ in row] for row in answer]


def wrong_answers(solved: Solved, total: Count) -> None:
    """Count what must not be right: whole answers that are off, of misconceptions and of the sheet."""
    model, everything = solved.model, solved.everything
    met = {mistake for mistake, _ in meetings(solved)}
    for asked in model.written:
        if not by_rounding(asked.tolerance):
            continue
        target = asked.target
        key, within = solved.values[target], solved.within[target]
        total.even += int((within == 0).all(axis=(-2, -1)).sum())
        size, reach = (np.abs(one).max(axis=(-2, -1)) for one in (key, within))
        some = size > NOISE
        total.widest = max(total.widest, float((reach[some] / size[some]).max(initial=0)))
        for factor in (OFF, 2 - OFF):
            accepted = right(key * factor, solved, target) & some
            total.off += int(accepted.sum())
            told(total, "3 % off", solved, target, accepted, key * factor)
        for mistake, values in solved.wrong.get(target, ()):
            inside = right(values, solved, target) & apart(values, key)
            if mistake in met:
                total.misled += int(inside.sum())
                told(total, f"misconception {mistake.name}", solved, target, inside, values)
            else:
                total.slips += int(inside.sum())
        if asked.may_be_trivial or key.shape[-2:] != (1, 1):
            continue
        for name in scalars(model):
            values = batched(everything[name], solved.batch)
            inside = right(values, solved, target) & apart(values, key)
            total.given += int(inside.sum())
            told(total, f"{name} of the sheet", solved, target, inside, values)


def apart(values: Array, key: Array) -> Flags:
    """(batch,) whole answers that differ from the key."""
    return np.asarray((np.abs(values - key) > NOISE).any(axis=(-2, -1)))


def percent(part: float, whole: float = 1.0) -> str:
    return f"{100 * part / whole:.1f} %" if whole else "–"


def page(found: Mapping[str, Count]) -> Iterator[str]:
    """The lines of the tables."""

    def total(name: str) -> int:
        return sum(getattr(one, name) for one in found.values())

    answers = total("answers") + total("by_hand")
    yield f"| student | marked wrong, of {answers:,} answers |"
    yield "|---|---|"
    for name in STUDENTS:
        yield f"| {name} | {sum(one.wrong[name] for one in found.values())} |"
    yield ""
    yield "| answer | right |"
    yield "|---|---|"
    yield f"| a whole answer that is 3.1 % off, either way | {total('off')} |"
    yield f"| what a misconception gives, unless it is the same number | {total('misled')} |"
    yield f"| a number of the sheet, in blanks that may not be trivial | {total('given')} |"
    yield f"| what a slip gives that is [only named](authoring/misconceptions.md) | {total('slips'):,} |"
    yield ""
    heads = ["exercise", "answers", "good draws", "of the others, too delicate"]
    heads += ["even keys", "widest tolerance", *CARELESS]
    yield f"| {' | '.join(heads)} |"
    yield f"|{'---|' * len(heads)}"
    for name, one in found.items():
        cells = [f"`{name}`", f"{one.answers:,}", percent(one.survival), percent(one.delicate)]
        cells += [percent(one.even, one.answers), f"{100 * one.widest:.2f} %"]
        cells += [percent(one.careless[who], one.answers) for who in CARELESS]
        yield f"| {' | '.join(cells)} |"


def main(seeds: int, names: list[str]) -> None:
    found: dict[str, Count] = {}
    for name, exercise in {**BANK, **known()}.items():
        if not names or name in names:
            one = count(exercise, seeds)
            if one.answers:
                found[name] = one
                print("\n".join([f"{name}: {one.survival:.1%}", *one.faults]), flush=True)
    tables = "\n".join(page(found))
    if names:
        print(tables)
    else:
        text = PAGE.read_text("utf-8").partition(HEAD)[0]
        PAGE.write_text(f"{text}{HEAD}\n{tables}\n", "utf-8")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1000, sys.argv[2:])
