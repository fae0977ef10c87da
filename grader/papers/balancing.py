"""Papers that are about as difficult as each other: seeds taken by what is predicted of their variants, or was observed of others."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from operator import attrgetter
from statistics import fmean

from msgspec import Struct
from msgspec.structs import replace

from grader.bank import Exercise
from grader.cores import Each, here
from grader.drawing import Draw, listed, predict, spread, variants
from grader.memo import memoized
from grader.papers import blueprint
from grader.papers.blueprint import Assignment, Quiz
from grader.papers.files import Progress
from grader.papers.measuring import Measure
from grader.papers.records import Item, Manifest, Paper

SAMPLE = range(16)  # the seeds that tell how difficult an exercise usually is
SHARED = 100  # structures
PAPER_FLOOR = 0.1  # of the median; a paper that is nearer is not far out

Bank = Mapping[str, Exercise]
USUAL = Measure()


class Candidate(Struct, frozen=True):
    """A variant that a paper may take: its predicted difficulty, and what it counts in balancing."""

    draw: Draw
    predicted: float
    score: float


class Typical(Struct, frozen=True):
    """How difficult an exercise usually is: a sample of its variants; is drawing several seeds of it worthwhile?"""

    sample: tuple[tuple[Draw, float], ...]
    several: bool

    def score(self, measure: Measure = USUAL, worth: float = 1.0) -> float:
        """The mean, as means of exercises add up to that of a paper, and medians do not."""
        return round(fmean(measure.score(*one, worth) for one in self.sample), 2)


def draw_papers(
    quiz: Quiz,
    students: Sequence[str],
    secret: bytes,
    known: Bank,
    progress: Progress,
    measure: Measure = USUAL,
    each: Each | None = None,
) -> list[Paper]:
    """A paper for each student; each exercise is drawn for all of them at once.

    A paper depends on the quiz, the secret and its student, and not on who else is in the class.
    """
    if not students:
        return []
    assigned = {student: blueprint.assign(quiz, student, secret) for student in students}
    drawn = draw_each(quiz, assigned.values(), progress, each or here(known))
    worths = worth_of(quiz, known)
    scores = {
        name: one.typical.score(measure, worths[name])
        for name, one in drawn.items()
        if one.typical is not None
    }
    aim = blueprint.goal(quiz, scores) if scores else 0.0
    made = []
    for student, items in assigned.items():
        worth = [known[one.exercise].points if one.points is None else one.points for one in items]
        options = [
            drawn[one.exercise].candidates(one, points, measure)
            for one, points in zip(items, worth, strict=True)
        ]
        weights = [weight(known[one.exercise], one.points) for one in items]
        slots = [one.slot for one in items]
        found = replace(paper(student, options, weights, worth, slots, aim), measure=measure.name)
        draws = [item.draw for item in found.items]
        made.append(replace(found, code=blueprint.code(secret, quiz.id, student, draws)))
    return made


def draw_each(
    quiz: Quiz, assigned: Iterable[Sequence[Assignment]], progress: Progress, each: Each
) -> dict[str, Drawn]:
    """All variants that papers may take, and how difficult the exercises that a quiz may take usually are."""
    seeds: dict[str, list[tuple[int, ...]]] = {}
    if quiz.balance:
        seeds = {
            name: [] for name in sorted({name for pick in quiz.picks for name in pick.candidates})
        }
    for items in assigned:
        for one in items:
            seeds.setdefault(one.exercise, []).append(one.seeds)
    tasks = [Task(name, own, quiz.balance) for name, own in seeds.items()]
    found = zip(
        progress(tasks, "drawing variants"), each(draw, tasks, attrgetter("exercise")), strict=True
    )
    return {task.exercise: drawn for task, drawn in found}


def worth_of(quiz: Quiz, known: Bank) -> dict[str, float]:
    """The points of each exercise that a quiz may take, in the first pick that may."""
    found: dict[str, float] = {}
    for pick in quiz.picks:
        for name in pick.candidates:
            found.setdefault(name, known[name].points if pick.points is None else pick.points)
    return found


class Task(Struct, frozen=True):
    """An exercise to draw: the seeds of each student who gets it. ``balance``: is the usual difficulty wanted?"""

    exercise: str
    seeds: Sequence[tuple[int, ...]]
    balance: bool


class Drawn(Struct, frozen=True):
    """The variants of an exercise by seed, each with its predicted difficulty, and how many seeds of a student count."""

    by_seed: Mapping[int, tuple[Draw, float]]
    count: int
    typical: Typical | None

    def candidates(self, one: Assignment, worth: float, measure: Measure) -> list[Candidate]:
        """Those that one paper may take."""
        found = [self.by_seed[seed] for seed in one.seeds[: self.count]]
        return [
            Candidate(draw, predicted, measure.score(draw, predicted, worth))
            for draw, predicted in found
        ]


@memoized
def typical(exercise: Exercise) -> Typical:
    """The usual difficulty of an exercise over a fixed sample of seeds, the same for every quiz and class.

    Several seeds are drawn only where their scores differ, and where a class shares structures: if each
    variant has a structure of its own, drawing them costs more than it gives.
    """
    found = variants(exercise, SAMPLE)
    scores = [one.score for one in predict(found)]
    several = len({*scores}) > 1 and shares_structures(exercise)
    return Typical(tuple(zip((one.draw for one in found), scores, strict=True)), several)


def shares_structures(exercise: Exercise) -> bool:
    """Does it have so few structures that the variants of a class share them?"""
    drawn = any(isinstance(options, str) for options in exercise.file.choose.values())
    return not drawn and len(listed(exercise)) <= SHARED


def draw(known: Bank, task: Task) -> Drawn:
    """The variants of one exercise that papers may take: of several seeds each where that is worthwhile."""
    exercise = known[task.exercise]
    usual = typical(exercise) if task.balance else None
    count = blueprint.CANDIDATES if usual is not None and usual.several else 1
    seeds = [seed for own in task.seeds for seed in own[:count]]
    found = variants(exercise, seeds)
    scored = zip(seeds, found, predict(found), strict=True)
    return Drawn({seed: (one.draw, taken.score) for seed, one, taken in scored}, count, usual)


def paper(
    student: str,
    options: Sequence[Sequence[Candidate]],
    weights: Sequence[float],
    worth: Sequence[float],
    slots: Sequence[int],
    aim: float,
) -> Paper:
    """The paper of one student, not signed yet: the variant of each exercise that brings the sum near to a difficulty."""
    scores = [[one.score for one in own] for own in options]
    places = blueprint.balanced(scores, aim)
    taken = [own[place] for own, place in zip(options, places, strict=True)]
    return Paper(
        student,
        "",
        tuple(
            Item(one.draw, weight, slot, one.predicted, round(points, 4))
            for one, weight, points, slot in zip(taken, weights, worth, slots, strict=True)
        ),
        round(sum(one.score for one in taken), 2),
        round(sum(own[0] for own in scores), 2),
    )


def weight(exercise: Exercise, points: float | None) -> float:
    """What the points of an exercise are multiplied by so that they add up to ``points``."""
    if points is None:
        return 1.0
    return points / exercise.points


def said(manifest: Manifest) -> list[str]:
    """The spread of the difficulty of papers, by what it was measured, and who has one that is far out."""
    measures = dict.fromkeys(one.measure for one in manifest.papers)
    return [line for name in measures for line in said_by(name, manifest.papers)]


def said_by(measure: str, papers: Sequence[Paper]) -> list[str]:
    own = [one for one in papers if one.measure == measure]
    found = {one.student: one.difficulty for one in own if one.difficulty is not None}
    first = {one.student: one.unbalanced for one in own if one.unbalanced is not None}
    if not found:
        return []
    now, before = (spread(scores, PAPER_FLOOR) for scores in (found, first))
    half, everyone = (
        f"{low:.1f} to {high:.1f}"
        + (f" (unbalanced {other[0]:.1f} to {other[1]:.1f})" if found != first else "")
        for (low, high), other in ((now.quartiles, before.quartiles), (now.ends, before.ends))
    )
    lines = [f"{measure}: median {now.median:.1f}, half of the papers {half}, all {everyone}"]
    if now.outliers:
        listed = ", ".join(f"{student} ({score:.1f})" for student, score in now.outliers)
        lines.append(f"far from the others: {listed}")
    return lines
