"""Papers that are about as difficult as each other: seeds taken by what is predicted of their variants."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import fmean

from msgspec import Struct
from msgspec.structs import replace

from grader.bank import Exercise
from grader.drawing import Draw, predict, spread, variants
from grader.memo import memoized
from grader.papers import blueprint
from grader.papers.blueprint import Assignment, Quiz
from grader.papers.files import Progress
from grader.papers.records import Item, Manifest, Paper

SAMPLE = range(16)  # the seeds that tell how difficult an exercise usually is
PAPER_FLOOR = 0.1  # of the median; a paper that is nearer is not far out

Bank = Mapping[str, Exercise]
Predicted = tuple[Draw, float]


class Typical(Struct, frozen=True):
    """How difficult an exercise usually is, and whether drawing several seeds of it is worthwhile."""

    score: float
    several: bool


def draw_papers(
    quiz: Quiz, students: Sequence[str], secret: bytes, known: Bank, progress: Progress
) -> list[Paper]:
    """A paper for each student; each exercise is drawn for all of them at once.

    A paper depends on the quiz, the secret and its student, and not on who else is in the class.
    """
    if not students:
        return []
    usual = usually(quiz, known, progress) if quiz.balance else {}
    aim = blueprint.goal(quiz, {name: one.score for name, one in usual.items()}) if usual else 0.0
    several = {name for name, one in usual.items() if one.several}
    assigned = {student: blueprint.assign(quiz, student, secret, several) for student in students}
    drawn = draw([one for items in assigned.values() for one in items], known, progress)
    made = []
    for student, items in assigned.items():
        options = [[drawn[one.exercise, seed] for seed in one.seeds] for one in items]
        weights = [weight(known[one.exercise], one.points) for one in items]
        worth = [known[one.exercise].points * own for one, own in zip(items, weights, strict=True)]
        slots = [one.slot for one in items]
        found = paper(student, options, weights, worth, slots, aim)
        draws = [item.draw for item in found.items]
        made.append(replace(found, code=blueprint.code(secret, quiz.id, student, draws)))
    return made


def usually(quiz: Quiz, known: Bank, progress: Progress) -> dict[str, Typical]:
    """The exercises that a quiz may take."""
    names = sorted({name for pick in quiz.picks for name in pick.candidates})
    return {name: typical(known[name]) for name in progress(names, "predicting difficulty")}


@memoized
def typical(exercise: Exercise) -> Typical:
    """The usual difficulty of an exercise over a fixed sample of seeds, the same for every quiz and class.

    Their mean, as means of exercises add up to that of a paper, and medians do not.
    Several seeds are drawn only where their scores differ, and where variants share structures: if each
    has a structure of its own, drawing them costs more than it gives.
    """
    found = variants(exercise, SAMPLE)
    scores = [one.score for one in predict(found)]
    structures = {one.solved.model for one in found}
    several = len({*scores}) > 1 and len(structures) < len(SAMPLE)
    return Typical(round(fmean(scores), 2), several)


def draw(
    assigned: Sequence[Assignment], known: Bank, progress: Progress
) -> dict[tuple[str, int], Predicted]:
    """All variants that papers may take, with their scores, by exercise and seed."""
    wanted: dict[str, list[int]] = {}
    for item in assigned:
        wanted.setdefault(item.exercise, []).extend(item.seeds)
    drawn: dict[tuple[str, int], Predicted] = {}
    for name in progress(list(wanted), "drawing variants"):
        seeds = wanted[name]
        found = variants(known[name], seeds)
        for seed, one, predicted in zip(seeds, found, predict(found), strict=True):
            drawn[name, seed] = one.draw, predicted.score
    return drawn


def paper(
    student: str,
    options: Sequence[Sequence[Predicted]],
    weights: Sequence[float],
    worth: Sequence[float],
    slots: Sequence[int],
    aim: float,
) -> Paper:
    """The paper of one student, not signed yet: the variant of each exercise that brings the sum near to a difficulty."""
    scores = [[score for _, score in own] for own in options]
    places = blueprint.balanced(scores, aim)
    taken = [own[place] for own, place in zip(options, places, strict=True)]
    return Paper(
        student,
        "",
        tuple(
            Item(one, weight, slot, score, round(points, 4))
            for (one, score), weight, points, slot in zip(taken, weights, worth, slots, strict=True)
        ),
        round(sum(score for _, score in taken), 2),
        round(sum(own[0] for own in scores), 2),
    )


def weight(exercise: Exercise, points: float | None) -> float:
    """What the points of an exercise are multiplied by so that they add up to ``points``."""
    if points is None:
        return 1.0
    return points / exercise.points


def said(manifest: Manifest) -> list[str]:
    """The spread of the predicted difficulty of papers, and who has one that is far out."""
    found = {one.student: one.difficulty for one in manifest.papers if one.difficulty is not None}
    first = {one.student: one.unbalanced for one in manifest.papers if one.unbalanced is not None}
    if not found:
        return []
    now, before = (spread(scores, PAPER_FLOOR) for scores in (found, first))
    half, everyone = (
        f"{low:.1f} to {high:.1f}"
        + (f" (unbalanced {other[0]:.1f} to {other[1]:.1f})" if found != first else "")
        for (low, high), other in ((now.quartiles, before.quartiles), (now.ends, before.ends))
    )
    lines = [
        f"predicted difficulty: median {now.median:.1f}, half of the papers {half}, all {everyone}"
    ]
    if now.outliers:
        listed = ", ".join(f"{student} ({score:.1f})" for student, score in now.outliers)
        lines.append(f"far from the others: {listed}")
    return lines
