"""Papers as notebooks, made and marked by gradmark."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import NamedTuple

from benchmarks.classes import Bank, Class, all_right, hold
from benchmarks.table import Row, duration, rate
from benchmarks.timing import each, gradmark, process, seconds
from grader import bank
from grader.papers import Graded, grade_notebooks

STUDENTS = 200
CLASSES = 3
ALONE = 60
FRESH_PROCESSES = 5
TWENTY = """\
id: twenty-blanks
title: Twenty numbers
text: A calculator is allowed.
pick: [scalar-residual-block, two-layer-numbers]
"""


def notebook_round(temporary: Path, known: Bank) -> Iterator[Row]:
    """The sample quiz for a whole class, from the draw to the marks."""
    quiz = bank.home() / "quizzes" / "sample-quiz.yaml"
    classes = [hold(quiz, STUDENTS, temporary / f"round-{n}", known) for n in range(CLASSES)]
    made = median(held.made_in for held in classes)
    marked = median(marking(held, known) for held in classes)
    blanks = classes[0].blanks
    setting = f"{STUDENTS} papers of the sample quiz, {blanks} blanks; median of {CLASSES} classes"
    yield Row("Papers built", rate(STUDENTS, made, "papers"), setting)
    yield Row(
        "Blanks marked", rate(blanks, marked, "blanks"), f"the same, {duration(marked)} in all"
    )


def marking(held: Class, known: Bank) -> float:
    """Seconds to mark a class; all that was handed in must be found correct."""
    graded: list[Graded] = []
    taken = seconds(
        lambda: graded.extend(grade_notebooks([held.folder / "handed-in"], held.folder, known))
    )
    all_right(graded, held.blanks)
    return taken


class Twenty(NamedTuple):
    """Seconds for one notebook of twenty blanks, by setting; and the class it came from."""

    in_class: float
    alone: float
    one_of_class: float
    first_call: float
    whole_process: float
    blanks: int
    sample: Class


def twenty_blanks(temporary: Path, known: Bank) -> Twenty:
    """One notebook of twenty number blanks in every setting; no answer is marked twice in any."""
    quiz = temporary / "twenty.yaml"
    quiz.write_text(TWENTY)
    classes = [hold(quiz, STUDENTS, temporary / f"twenty-{n}", known) for n in range(CLASSES)]
    singles = [hold(quiz, 1, temporary / f"single-{n}", known) for n in range(ALONE)]
    some = classes[0]
    return Twenty(
        in_class=median(marking(held, known) for held in classes) / STUDENTS,
        alone=median(marking(held, known) for held in singles),
        one_of_class=median(
            each(lambda file: grade_notebooks([file], some.folder, known), some.handed_in[:9])
        ),
        first_call=median(first_call(held) for held in singles[:FRESH_PROCESSES]),
        whole_process=median(whole_process(held) for held in singles[:FRESH_PROCESSES]),
        blanks=singles[0].blanks,
        sample=singles[0],
    )


def first_call(held: Class) -> float:
    """Seconds of the first call in a new process, with nothing built but the bank loaded."""
    module = (sys.executable, "-m", "benchmarks.first_call")
    return float(process(*module, held.handed_in[0], held.folder)[1])


def whole_process(held: Class) -> float:
    """Seconds of ``gradmark grade`` for one notebook, the interpreter's start included."""
    out = held.folder / "marks.csv"
    words = ("grade", held.handed_in[0], "--quiz", held.folder, "--out", out)
    return process(gradmark(), *words)[0]


def twenty_rows(twenty: Twenty) -> Iterator[Row]:
    what = f"Notebook of {twenty.blanks} number blanks"
    yield Row(
        f"{what}, in a class",
        duration(twenty.in_class),
        f"from disk to marks, {STUDENTS} together; median of {CLASSES} classes; goal: 5 ms",
    )
    yield Row(
        f"{what}, alone",
        duration(twenty.alone),
        f"a call for a quiz of one paper; median of {ALONE} quizzes; goal: 5 ms",
    )
    yield Row(
        f"{what}, one of a class",
        duration(twenty.one_of_class),
        f"a call for one notebook, the quiz has {STUDENTS} papers; median of 9",
    )
    yield Row(
        f"{what}, first call",
        duration(twenty.first_call),
        f"alone, in a new process, bank loaded; median of {FRESH_PROCESSES}",
    )
    yield Row(
        f"{what}, whole process",
        duration(twenty.whole_process),
        f"`gradmark grade`; median of {FRESH_PROCESSES}",
    )
