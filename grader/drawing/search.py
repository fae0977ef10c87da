"""Seeds → good variants: propose, solve, and draw again what would make a bad question."""

from __future__ import annotations

from array import array
from collections import Counter, defaultdict
from collections.abc import Sequence

from msgspec import Struct
from msgspec.structs import replace

from grader.bank import Exercise
from grader.drawing.batch import Columns, stacked
from grader.drawing.evenly import combinations, missed
from grader.drawing.faults import decided, requirements, sift
from grader.drawing.random_words import Seed
from grader.drawing.sampling import propose
from grader.drawing.solving import Solved, joined
from grader.drawing.variant import Variant, printed_variant

MAX_ATTEMPTS = 400
CONDITIONS = {"require": requirements, "evenly": missed}  # what is quick to tell
TOGETHER = 500  # draws that cost little more than one


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
        raise exercise.at[place].error(
            f"no draw of seed {missing[0]} makes a good question in {most_attempts(exercise)} attempts "
            f"({len(missing)} of {len(seeds)} seeds)",
            "unsolvable",
        )
    return [variant for variant in found if variant is not None]


def most_attempts(exercise: Exercise) -> int:
    """How often a seed is drawn: the more often, the more values may have been drawn for it first."""
    return MAX_ATTEMPTS * combinations(exercise)


def variant_of(exercise: Exercise, seed: int | str) -> Variant:
    """One variant; the seed ``printed`` is the pinned one."""
    return printed_variant(exercise) if seed == "printed" else variants(exercise, [seed])[0]


def survey(
    exercise: Exercise, seeds: Sequence[Seed], together: int = TOGETHER
) -> tuple[list[Variant | None], Survival]:
    """The variants of seeds as far as there are good ones, and the survival of the draws.

    How many attempts are made ``together`` has no say in what is found.
    """
    search = Search(exercise, seeds, together)
    search.run()
    found = [search.good[place][1] if place in search.good else None for place in range(len(seeds))]
    return gathered(found), search.survival()


class Search:
    """The search for the first good draw of each seed.

    What is required is looked at first, attempt by attempt, until each seed has a draw to solve; so the
    costly faults are looked for in many draws at once. Where few seeds are left, some attempts at each
    are made together.

    Tries are numbered as they are made, and the rows of columns are those numbers. ``place_of``: of each try, the
    place of its seed; ``attempt_of``: its attempt. ``next``: of each seed, how many attempts were made. ``good``:
    place → the first attempt that is good, and its variant. ``rejected``: reason → tries.
    """

    def __init__(self, exercise: Exercise, seeds: Sequence[Seed], together: int) -> None:
        self.exercise, self.seeds, self.together = exercise, seeds, together
        self.place_of, self.attempt_of = array("q"), array("q")  # as there are many
        self.next = [0] * len(seeds)
        self.good: dict[int, tuple[int, Variant]] = {}
        self.rejected: dict[str, array[int]] = defaultdict(lambda: array("q"))
        self.most = most_attempts(exercise)
        self.costly = any(isinstance(options, str) for options in exercise.file.choose.values())

    def run(self) -> None:
        pending, rounds = list(range(len(self.seeds))), 0
        while pending:
            for group in self.required(pending, self.ahead(rounds, len(pending))):
                solved, reasons = sift(group)
                self.reject(group.rows, reasons)
                for row, number in enumerate(solved.columns.rows):
                    place, attempt = self.place_of[number], self.attempt_of[number]
                    if place not in self.good or attempt < self.good[place][0]:
                        self.good[place] = attempt, Variant(solved, row)
            pending = [one for one in pending if one not in self.good and self.open(one)]
            rounds += 1

    def required(self, places: Sequence[int], wanted: int) -> list[Columns]:
        """Further draws that meet the requirements, by structure: at least so many of each seed."""
        kept: dict[object, list[Columns]] = {}
        count = Counter[int]()
        pending, rounds = list(places), 0
        while pending:
            for group in self.proposed(pending, max(wanted, self.ahead(rounds, len(pending)))):
                decided(group)
                left = group
                for reason, fault in CONDITIONS.items():
                    if not left.rows:
                        break
                    failed = fault(left)
                    self.reject(left.rows, [reason if one else "" for one in failed.tolist()])
                    left = left.only(~failed) if failed.any() else left
                if left.rows:
                    kept.setdefault(left.structure, []).append(left)
                count.update(self.place_of[number] for number in left.rows)
            pending = [one for one in pending if count[one] < wanted and self.open(one)]
            rounds += 1
        return [stacked(parts) for parts in kept.values()]

    def proposed(self, places: Sequence[int], ahead: int) -> list[Columns]:
        """The next attempts at some seeds."""
        first = len(self.place_of)
        for place in places:
            attempts = range(self.next[place], min(self.next[place] + ahead, self.most))
            self.place_of.extend([place] * len(attempts))
            self.attempt_of.extend(attempts)
            self.next[place] = attempts.stop
        seeds = [self.seeds[place] for place in self.place_of[first:]]
        return [
            replace(columns, rows=[first + row for row in columns.rows])
            for columns in propose(self.exercise, seeds, self.attempt_of[first:])
        ]

    def ahead(self, rounds: int, pending: int) -> int:
        """How many attempts are made at a time: a few draws cost as much as one, unless a case is drawn."""
        return 1 if self.costly else min(max(rounds, 1), max(self.together // pending, 1))

    def open(self, place: int) -> bool:
        return self.next[place] < self.most

    def reject(self, numbers: Sequence[int], reasons: Sequence[str]) -> None:
        for number, reason in zip(numbers, reasons, strict=True):
            if reason:
                self.rejected[reason].append(number)

    def survival(self) -> Survival:
        """Of the draws up to the first good one of each seed."""
        last = [
            self.good[one][0] + 1 if one in self.good else made
            for one, made in enumerate(self.next)
        ]
        counted = {
            reason: sum(self.attempt_of[one] < last[self.place_of[one]] for one in numbers)
            for reason, numbers in self.rejected.items()
        }
        rejected = {reason: count for reason, count in counted.items() if count}
        return Survival(sum(last), len(self.good), rejected)


def gathered(found: Sequence[Variant | None]) -> list[Variant | None]:
    """Variants of all attempts, with those of one structure in the same columns."""
    parts = dict.fromkeys(one.solved for one in found if one is not None)
    structures: dict[object, list[Solved]] = {}
    for solved in parts:
        structures.setdefault(solved.columns.structure, []).append(solved)
    moved: dict[Solved, tuple[Solved, int]] = {}
    for alike in structures.values():
        whole, start = joined(alike), 0
        for solved in alike:
            moved[solved] = whole, start
            start += solved.batch
    return [one and replaced(one, *moved[one.solved]) for one in found]


def replaced(variant: Variant, solved: Solved, start: int) -> Variant:
    return Variant(solved, start + variant.row)
