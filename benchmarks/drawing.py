"""Variants drawn and solved, many in one pass and one by one."""

from __future__ import annotations

from collections.abc import Iterator
from statistics import median

from benchmarks.classes import Bank
from benchmarks.table import Row, digits, duration, rate, ratio
from benchmarks.timing import each, seconds
from grader import bank
from grader.bank import Exercise
from grader.drawing import survey
from grader.papers.blueprint import load

MANY = 10_000
SINGLE = 200
KEYS = 1_000
SEEDS = iter(range(10**6, 10**9, MANY))  # where the next seeds start; none is drawn twice


def rows(known: Bank) -> Iterator[Row]:
    """Seconds for many variants of each exercise of the sample quiz, and the gain over drawing them singly."""
    total, measured = 0.0, 0
    quiz = load(bank.home() / "quizzes" / "sample-quiz.yaml", known)
    for exercise in (known[name] for pick in quiz.picks for name in pick.candidates):
        if any(isinstance(options, str) for options in exercise.file.choose.values()):
            continue  # a structure for every variant, measured by itself
        row, taken = figures(exercise)
        total += taken
        measured += 1
        yield row
    count = MANY * measured
    yield Row(
        "Drawing and solving, all of these", rate(count, total, "variants"), f"{count:,} variants"
    )


def figures(exercise: Exercise) -> tuple[Row, float]:
    """One exercise; its models are built before the clock starts."""
    survey(exercise, fresh(SINGLE))
    batched = seconds(lambda: survey(exercise, fresh(MANY)))
    single = median(each(lambda seed: survey(exercise, [seed]), fresh(SINGLE)))
    variants = [one for one in survey(exercise, fresh(KEYS))[0] if one is not None]
    keys = median(each(lambda variant: variant.keys, variants))
    how = (
        f"{MANY:,} in one call: {digits(batched)} s; batched : singly = "
        f"{ratio(batched / MANY, single)} per variant; key objects {duration(keys)} each"
    )
    return Row(f"Drawing and solving {exercise.id}", rate(MANY, batched, "variants"), how), batched


def fresh(count: int) -> range:
    """Seeds that were not drawn yet."""
    start = next(SEEDS)
    return range(start, start + count)
