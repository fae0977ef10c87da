"""What the default tolerance does: who is marked wrong, what is accepted, and how many draws are left.

``python -m tests.tolerances 1000`` counts over so many seeds of every exercise that a student of :mod:`tests.students` can do:
those of the bank, and those of :mod:`tests.exercises`.
"""

import random
import sys
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from msgspec import Struct

from grader import bank
from grader.answers import Verdict
from grader.bank import Exercise
from grader.drawing import Flags, Solved, Variant, by_rounding, meetings, survey
from reference.language.values import Array
from tests import exercises, students
from tests.shipped import BANK

Answer = float | list[list[float]]
NOISE = 1e-9
OFF = 1.031  # a little more than the 3 % at which a draw is too delicate
STUDENTS = {
    "each number": students.ByTheSheet,
    "any order": students.InAnyOrder,
    "reciprocals": students.ByReciprocals,
    "three figures": students.ThreeFigures,
    "arrays alike": students.Alike,
}


CARELESS = {
    "three decimals": students.ThreeDecimals,
    "three figures": students.EveryStepToThreeFigures,
    "cuts off": students.CutsOff,
    "two decimals": students.TwoDecimals,
}


class Count(Struct):
    """Of one exercise. ``wrong``, ``careless``: by student, answers marked wrong; ``blanks``: that each of them filled in.

    ``off``, ``misled``, ``given``: whole answers that are 3 % off, of misconceptions, and of the sheet, that are right;
    ``slips``: those of misconceptions that are only named, and reject no draw.
    """

    survival: float
    rejected: dict[str, int]
    blanks: int
    even: int
    wrong: Counter[str]
    careless: Counter[str]
    off: int
    misled: int
    slips: int
    given: int
    widest: float

    def line(self, name: str) -> str:
        wrong = "  ".join(f"{self.wrong[one]:6d}" for one in STUDENTS)
        return (
            f"{name:22s} {self.survival:7.1%} {self.blanks:7d} {self.even:7d}  {wrong}  "
            f"{self.off:4d} {self.misled:4d} {self.given:4d} {self.slips:5d}  {self.widest:6.2%}   "
            + " ".join(f"{self.careless[one] / self.blanks:9.1%}" for one in CARELESS)
        )


def known() -> dict[str, Exercise]:
    """The exercises that a student can do, by name."""
    folder = Path(exercises.__file__).parent
    found = {name: BANK[name] for name in students.BANK}
    found |= {name: bank.load(folder / f"{name}.yaml") for name in students.OTHERS}
    return found


def count(exercise: Exercise, seeds: int) -> Count:
    """Draw variants, let all students do them, and try what must be wrong."""
    found, survival = survey(exercise, range(seeds))
    variants = [one for one in found if one is not None]
    total = Count(survival.rate, survival.rejected, 0, 0, Counter(), Counter(), 0, 0, 0, 0, 0.0)
    for seed, variant in enumerate(variants):
        answers_of_students(variant, seed, total)
    groups: dict[int, tuple[Solved, list[int]]] = {}
    for variant in variants:
        groups.setdefault(id(variant.solved), (variant.solved, []))[1].append(variant.row)
    for solved, rows in groups.values():
        wrong_answers(solved, rows, total)
    return total


def answers_of_students(variant: Variant, seed: int, total: Count) -> None:
    by_hand = {**students.BANK, **students.OTHERS}[variant.exercise.id]
    values = {name: plain(rows) for name, rows in variant.draw.values.items()}
    values |= variant.draw.choices
    right = by_hand(values, students.Pen())
    total.blanks += len(right)
    for address, answer in right.items():
        key = variant.keys[address][1]
        assert np.allclose(answer, key.value if hasattr(key, "value") else key.values)
    for name, student in STUDENTS.items():
        pen = student(random.Random(f"{name} {seed}"))
        total.wrong[name] += wrong_ones(variant, by_hand(values, pen), pen)
    for name, careless in CARELESS.items():
        pen = careless()
        try:
            total.careless[name] += wrong_ones(variant, by_hand(values, pen), pen)
        except ZeroDivisionError:  # of a number that was rounded to nothing
            total.careless[name] += len(right)


def wrong_ones(variant: Variant, answers: Mapping[str, Answer], pen: students.Pen) -> int:
    """How many answers are not right as they are given in."""
    marks = [
        variant.keys[address][1].mark(repr(finished(answer, pen)))
        for address, answer in answers.items()
    ]
    return sum(mark.verdict is not Verdict.CORRECT for mark in marks)


def plain(rows: list[list[float]]) -> Answer:
    return rows[0][0] if len(rows) == len(rows[0]) == 1 else rows


def finished(answer: Answer, pen: students.Pen) -> Answer:
    """An answer as it is given in: all its numbers side by side."""
    if not isinstance(answer, list):
        return pen.answer([answer])[0]
    flat = iter(pen.answer([entry for row in answer for entry in row]))
    return [[next(flat) for _ in row] for row in answer]


def wrong_answers(solved: Solved, rows: list[int], total: Count) -> None:
    """Count what must not be right: whole answers that are off, of misconceptions and of the sheet."""
    model, everything = solved.model, solved.at(rows)
    for asked in model.numbers:
        if not by_rounding(asked.tolerance):
            continue
        key, within = everything[asked.target], solved.within[asked.target][rows]
        total.even += int((within == 0).all(axis=(-2, -1)).sum())
        size, reach = (np.abs(one).max(axis=(-2, -1)) for one in (key, within))
        total.widest = max(
            total.widest, float((reach[size > NOISE] / size[size > NOISE]).max(initial=0))
        )
        for factor in (OFF, 2 - OFF):
            total.off += int((right(key * factor, key, within) & (size > NOISE)).sum())
        met = {mistake for mistake, _ in meetings(solved)}
        for mistake, values in solved.wrong.get(asked.target, ()):
            found = inside(values[rows], key, within)
            if mistake in met:
                total.misled += found
            else:
                total.slips += found
        if not asked.may_be_trivial and key.shape[-2:] == (1, 1):
            scalars = [everything[name] for name in model.sampled]
            same = [one for one in scalars if one.shape[-2:] == (1, 1)]
            total.given += sum(inside(values, key, within) for values in same)


def inside(values: Array, key: Array, within: Array) -> int:
    """How many whole answers are right and differ from the key."""
    apart = (np.abs(values - key) > NOISE).any(axis=(-2, -1))
    return int((right(values, key, within) & apart).sum())


def right(values: Array, key: Array, within: Array) -> Flags:
    return (np.abs(values - key) <= within + NOISE).all(axis=(-2, -1))


def main(seeds: int) -> None:
    heads = "  ".join(f"{one.split()[-1]:>6s}" for one in STUDENTS)
    print(
        f"{'exercise':22s}   drawn  blanks    even  {heads}   off misl. given slips  widest   careless: {', '.join(CARELESS)}"
    )
    for name, exercise in known().items():
        print(count(exercise, seeds).line(name), flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1000)
