"""Seeds → good variants: propose, solve, and draw again what would make a bad question."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from grader.answers import Key
from grader.columns import Columns
from grader.records import Blank, Draw, Exercise
from grader.sampling import propose
from grader.solving import Solved, judge, solve
from grader.stored import columns, printed
from grader.words import Seed

MAX_ATTEMPTS = 400


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
    proposed, rejected = 0, dict[str, int]()
    for attempt in range(MAX_ATTEMPTS):
        if not pending:
            break
        proposed += len(pending)
        again: list[int] = []
        for group in propose(exercise, [seeds[index] for index in pending], attempt):
            solved = judge(group, only_good=True)
            for reason, flags in solved.faults.items():
                rejected[reason] = rejected.get(reason, 0) + int(flags.sum())
            for row, (place, good) in enumerate(zip(group.rows, solved.good, strict=True)):
                if good:
                    found[pending[place]] = Variant(solved, row)
                else:
                    again.append(pending[place])
        pending = sorted(again)
    return found, Survival(proposed, len(seeds) - len(pending), rejected)


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
