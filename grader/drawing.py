"""Seeds → good variants: propose, solve, and draw again what would make a bad question."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from msgspec import Struct

from grader.answers import Key
from grader.columns import Columns
from grader.records import Blank, Draw, Exercise
from grader.sampling import propose
from grader.solving import Solved, joined, judge, sift, solve
from grader.stored import columns, printed
from grader.words import Seed

MAX_ATTEMPTS = 400
TOGETHER = 500  # draws that cost little more than one


class Variant(Struct, frozen=True):
    """One variant: a row of solved columns."""

    solved: Solved
    row: int

    @property
    def exercise(self) -> Exercise:
        return self.solved.model.exercise

    @property
    def draw(self) -> Draw:
        return self.solved.columns.draw(self.row)

    @property
    def keys(self) -> dict[str, tuple[Blank, Key]]:
        return self.solved.keys(self.row)


class Survival(Struct, frozen=True):
    """How many draws were proposed and how many were good; rejected ones by reason."""

    proposed: int
    good: int
    rejected: dict[str, int]

    @property
    def rate(self) -> float:
        return self.good / self.proposed if self.proposed else 1.0


def variants(exercise: Exercise, seeds: Sequence[Seed]) -> list[Variant]:
    """A good variant for every seed, in order; the same for a seed whatever its company.

    Raises:
        AuthorError: some seed has no good draw in many attempts.
    """
    found, _ = survey(exercise, seeds)
    missing = [str(seed) for seed, variant in zip(seeds, found, strict=True) if variant is None]
    if missing:
        place = "require" if exercise.file.require else "sample"
        raise exercise.error(
            place,
            f"no draw of seed {missing[0]} makes a good question in {MAX_ATTEMPTS} attempts "
            f"({len(missing)} of {len(seeds)} seeds)",
            "unsolvable",
        )
    return [variant for variant in found if variant is not None]


def survey(exercise: Exercise, seeds: Sequence[Seed]) -> tuple[list[Variant | None], Survival]:
    """The variants of seeds as far as there are good ones, and the survival of the draws."""
    found: list[Variant | None] = [None] * len(seeds)
    pending = list(range(len(seeds)))
    proposed, rejected, attempt = 0, Counter[str](), 0
    while pending and attempt < MAX_ATTEMPTS:
        ahead = attempts_ahead(exercise, attempt, len(pending))
        tried = attempted(exercise, [seeds[index] for index in pending], attempt, ahead)
        for index, results in zip(pending, tried, strict=True):
            for result in results:
                proposed += 1
                if isinstance(result, Variant):
                    found[index] = result
                    break
                rejected[result] += 1
        pending = [index for index in pending if found[index] is None]
        attempt += ahead
    return gathered(found), Survival(proposed, len(seeds) - len(pending), dict(rejected))


def gathered(found: Sequence[Variant | None]) -> list[Variant | None]:
    """Variants of which those of one structure stand in the same columns, whatever attempt they are of."""
    parts: dict[int, Solved] = {id(one.solved): one.solved for one in found if one is not None}
    structures: dict[object, list[Solved]] = {}
    for solved in parts.values():
        structures.setdefault(solved.structure, []).append(solved)
    moved: dict[int, tuple[Solved, int]] = {}
    for alike in structures.values():
        whole, start = joined(alike), 0
        for solved in alike:
            moved[id(solved)] = whole, start
            start += solved.batch
    return [one and replaced(one, *moved[id(one.solved)]) for one in found]


def replaced(variant: Variant, solved: Solved, start: int) -> Variant:
    return Variant(solved, start + variant.row)


def attempts_ahead(exercise: Exercise, attempt: int, pending: int) -> int:
    """How many attempts are made at a time: a few draws cost as much as one, unless a case is drawn."""
    if any(isinstance(options, str) for options in exercise.file.choose.values()):
        return 1
    return min(max(attempt, 1), max(TOGETHER // pending, 1), MAX_ATTEMPTS - attempt)


def attempted(
    exercise: Exercise, seeds: Sequence[Seed], first: int, count: int
) -> list[list[Variant | str]]:
    """Some attempts at each seed: the good variant, or why it is none."""
    every = [seed for seed in seeds for _ in range(count)]
    attempts = [first + ahead for ahead in range(count)] * len(seeds)
    found: list[Variant | str] = [""] * len(every)
    for group in propose(exercise, every, attempts):
        solved, reasons = sift(group)
        for place, reason in zip(group.rows, reasons, strict=True):
            found[place] = reason
        for row, place in enumerate(solved.columns.rows):
            found[place] = Variant(solved, row)
    return [found[start : start + count] for start in range(0, len(every), count)]


def restored(exercise: Exercise, draws: Sequence[Draw]) -> list[Variant]:
    """The variants of stored draws, in order."""
    found: dict[int, Variant] = {}
    for group in columns(exercise, draws):
        solved = solve(group)
        found |= {place: Variant(solved, row) for row, place in enumerate(group.rows)}
    return [found[place] for place in range(len(draws))]


def printed_variant(exercise: Exercise) -> Variant:
    """The pinned variant, good or not."""
    [group] = columns(exercise, [printed(exercise)])
    return Variant(judge(group), 0)


__all__ = ["Columns", "Survival", "Variant", "printed_variant", "restored", "survey", "variants"]
