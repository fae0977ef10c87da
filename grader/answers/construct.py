"""What a student constructs: numbers and matrices of which a stated property must hold, so that many answers are right.

The blanks of a construct are read one by one and judged together.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from itertools import chain

import numpy as np
from msgspec import Struct
from msgspec.structs import replace

from grader.answers.key import Key
from grader.answers.matrix import Shape, read_matrix, show_matrix, size
from grader.answers.notes import Note, said
from grader.answers.number import Rows, read_number, show_number
from grader.answers.outcome import ALL, NOTHING, Outcome, Verdict
from grader.answers.reading import State
from grader.answers.sides import Names
from grader.answers.stated import entry
from reference.language.dimensions import SCALAR, describe
from reference.language.errors import ReadingError
from reference.language.unicode import unicode_name, unicode_numbers
from reference.language.values import Array
from reference.network import Network
from reference.properties.trying import Edge, Miss, Task, Trial, tried

MOST = 1e9  # in size; what is larger leaves nothing of the numbers beside it
NEAR = 1e-9
ROUNDED = 0.005  # of a sum to 1, as its terms may be
DECIMALS, SMALL = 3, 0.1  # of what is smaller, so many figures
LOST = (Verdict.UNREADABLE, Verdict.ERROR)
EXACT = Edge(rounding=False)

DOMAINS: dict[str, tuple[str, Callable[[Array], bool]]] = {
    "positive": ("positive", lambda x: bool((x > 0).all())),
    "probability": ("from 0 to 1", lambda x: bool(((x >= 0) & (x <= 1)).all())),
    "binary": ("0 or 1", lambda x: bool(np.isin(x, (0, 1)).all())),
    "one-hot": ("0 but for one 1", lambda x: sorted(x.flat) == [0] * (x.size - 1) + [1]),
    "simplex": (
        "from 0 to 1, with the sum 1",
        lambda x: bool((x >= 0).all()) and abs(x.sum() - 1) <= ROUNDED,
    ),
    "integer": ("whole numbers", lambda x: bool((np.abs(x - np.round(x)) <= NEAR).all())),
    "permutation": (
        "the whole numbers from 1 on, each once",
        lambda x: sorted(x.flat) == [*range(1, x.size + 1)],
    ),
}  # from which numbers a part comes, in words, and whether it does


class Wanted(Struct, frozen=True):
    """One of the things that are constructed.

    ``domain``: from which numbers its entries come. ``sample``: how it is written, in an answer that is no solution.
    """

    shape: Shape
    domain: str
    sample: Rows

    @property
    def numbers(self) -> str:
        """Which numbers are meant, in words; empty where any are."""
        return DOMAINS[self.domain][0] if self.domain in DOMAINS else ""

    @property
    def example(self) -> str:
        return shown(self.sample)

    def misfit(self, rows: Rows) -> tuple[Note, ...]:
        """What is said of rows of another shape, or of numbers that are not meant; nothing where they fit."""
        if size(rows) != self.shape:
            return said("shape", found=describe(size(rows)), expected=describe(self.shape))
        if self.domain in DOMAINS and not DOMAINS[self.domain][1](np.array(rows)):
            return said("domain", expected=self.numbers)
        return ()


class Construct(Struct, frozen=True, eq=False, dict=True):
    """All that is constructed in one variant.

    ``known``: what was drawn, (1, rows, columns) each. ``answering``: the network of a right answer; ``entries``: the names of
    its entries there, or the one name of all of it. ``each``: do the comparisons that hold earn their share?
    """

    parts: Mapping[str, Wanted]
    task: Task
    known: Mapping[str, Array]
    answering: Network
    entries: Mapping[str, Sequence[Sequence[str]]]
    edge: Edge
    each: bool

    @functools.cached_property
    def reference(self) -> dict[str, Rows]:
        """One right answer."""
        values = self.answering.evaluate(self.known)
        return {
            name: np.block([[values[one][0] for one in row] for row in rows]).tolist()
            for name, rows in self.entries.items()
        }

    def printed(self, name: str) -> tuple[Rows, bool]:
        """A part of it to three decimals, and to three figures of what is small; is that exact?"""
        rows = self.reference[name]
        shortened = [[short(one) for one in row] for row in rows]
        return shortened, bool(np.allclose(shortened, rows, rtol=NEAR, atol=NEAR))

    @property
    def sample(self) -> dict[str, Rows]:
        return {name: part.sample for name, part in self.parts.items()}

    def tried(self, given: Mapping[str, Rows], edge: Edge | None = None) -> Trial:
        """Does what is asked hold of values in the right shapes?"""
        arrays = {name: np.array(rows)[None] for name, rows in given.items()}
        return tried(self.task, self.known, arrays, edge or self.edge)

    def holds(self, given: Mapping[str, Rows]) -> bool:
        """Is it right, as it stands?"""
        fits = not any(self.parts[name].misfit(rows) for name, rows in given.items())
        return fits and self.tried(given, EXACT).miss is None

    def judge(self, given: Mapping[str, Rows]) -> Outcome:
        """The outcome for all of it."""
        trial = self.tried(given)
        if trial.miss is None:
            return Outcome(Verdict.CORRECT, ALL)
        share = Fraction(trial.held, trial.tried) if self.each else NOTHING
        notes = said("holds", held=trial.held, tried=trial.tried) + counterexample(trial.miss)
        return Outcome(Verdict.PARTIAL if share else Verdict.INCORRECT, share, notes)


class ConstructKey(Key, frozen=True):
    """One blank of a construct: the ``name`` of its part; by itself it is judged with a right answer for the others."""

    name: str
    whole: Construct
    labels: Names = ()

    @property
    def part(self) -> Wanted:
        return self.whole.parts[self.name]

    def parse(self, text: str) -> tuple[Rows, str]:
        if self.part.shape == SCALAR:
            number, latex = read_number(text, self.labels)
            rows = [[number]]
        else:
            rows, latex = read_matrix(text, self.part.shape, self.labels)
        if max(map(abs, chain(*rows))) > MOST:
            raise ReadingError(f"expected numbers of at most {MOST:.0e} in size")
        return rows, latex

    def judge(self, given: Rows, understood: str) -> Outcome:
        alone = Outcome(Verdict.INCORRECT, NOTHING, self.part.misfit(given), understood, given)
        rest = {
            name: Outcome(Verdict.CORRECT, given=rows)
            for name, rows in self.whole.reference.items()
        }
        return self.together({**rest, self.name: alone})[self.name]

    def by_itself(self, text: str) -> Outcome:
        reading = self.read(text)
        if reading.state is not State.READ:
            return self.outcome(reading)
        notes = self.part.misfit(reading.given)
        return Outcome(Verdict.INCORRECT, NOTHING, notes, reading.latex, reading.given)

    def together(self, found: Mapping[str, Outcome]) -> dict[str, Outcome]:
        """One verdict for all that was read; what lacks a part, or has one that does not fit, cannot be right."""
        read = {name: one for name, one in found.items() if one.given is not None}
        lost = [name for name, one in found.items() if one.verdict in LOST]
        missing = [name for name in found if name not in read]
        strange = [name for name, one in read.items() if one.notes]
        if lost:
            whole = Outcome(Verdict.UNREADABLE, notes=said("waits", names=lost))
        elif missing or strange:
            whole = Outcome(Verdict.INCORRECT, notes=said("lacks", names=missing or strange))
        else:
            whole = self.whole.judge({name: one.given for name, one in read.items()})
        right, first = whole.verdict is Verdict.CORRECT, next(iter(read), "")
        alike = "" if right or lost else repr([one.given for one in read.values()])
        beside = whole.notes if right or lost else said("beside", names=[first])
        judged = {
            name: replace(
                whole,
                notes=one.notes or (whole.notes if name == first else beside),
                understood=one.understood,
                given=one.given,
                alike=alike,
            )
            for name, one in read.items()
        }
        return {**found, **judged}

    def construct(self) -> Construct:
        return self.whole

    def show(self) -> str:
        return shown(self.whole.printed(self.name)[0])

    def in_characters(self) -> str:
        return unicode_numbers(self.show())

    def near_misses(self) -> list[str]:
        """The sample, zeros and other signs, as far as they do not do with a right answer for the other blanks."""
        right = self.whole.reference
        zeros, signs = ([[by * one for one in row] for row in right[self.name]] for by in (0, -1))
        others = [self.part.sample, zeros, signs]
        return [shown(one) for one in others if not self.whole.holds({**right, self.name: one})]

    def tolerance(self) -> str:
        return "any that holds"

    def leeway(self) -> str:
        """What must hold."""
        return "; ".join(f"{one.of} {one.sign} {one.asked}" for one in self.whole.task.comparisons)

    def steps(self) -> int:
        """The entries that are chosen."""
        return math.prod(self.part.shape)


def shown(rows: Rows) -> str:
    """Rows, or a number, as a text that is read."""
    return show_number(rows[0][0]) if size(rows) == SCALAR else show_matrix(rows)


def short(value: float) -> float:
    return round(value, DECIMALS) if abs(value) >= SMALL else float(f"{value:.{DECIMALS}g}")


ASKED = {  # sign → what is asked
    "=": "{}",
    "!=": "anything but {}",
    "<": "less than {}",
    "<=": "at most {}",
    ">": "more than {}",
    ">=": "at least {}",
}


def counterexample(miss: Miss) -> tuple[Note, ...]:
    """Where something else comes out than is asked."""
    one = miss.comparison
    where = [f"{unicode_name(name)} = {in_words(values)}" for name, values in miss.at.items()]
    found, asked = (short_number(float(side[miss.entry])) for side in (miss.left, miss.right))
    of = entry(one.of, miss.left, miss.entry) if one.of else ""
    return said(
        "counterexample",
        where=", ".join(where),
        of=of,
        found=found,
        asked=ASKED[one.sign].format(asked),
    )


def in_words(values: Array) -> str:
    """A value, or those of a string one after the other; of a column, its entries in brackets."""
    shown = [
        f"({', '.join(map(short_number, one.flat))})" if one.size > 1 else short_number(one.item())
        for one in values
    ]
    return " ".join(shown)


def short_number(value: float) -> str:
    return unicode_numbers(f"{value + 0.0:.4g}")
