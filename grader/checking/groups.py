"""Prove exercises right, fair and markable before a student sees them.

A group of findings a file; each takes a :class:`Subject` and yields problems, whose codes
:mod:`grader.checking.kinds` explains.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence

from msgspec import Struct

from grader.answers import agrees
from grader.bank import Exercise
from grader.checking.choices import choices
from grader.checking.claims import claims
from grader.checking.data import data
from grader.checking.draws import draws
from grader.checking.examples import examples
from grader.checking.fairness import difficulty, fairness
from grader.checking.gradients import certified, gradients
from grader.checking.guessing import rows
from grader.checking.keys import keys
from grader.checking.kinds import KINDS
from grader.checking.points import points
from grader.checking.reasons import reasons
from grader.checking.subject import Subject, first_of_each
from grader.checking.texts import texts
from grader.drawing import (
    Spread,
    Survival,
    Variant,
    distinct,
    wrong_expressions,
    wrong_tallies,
    wrong_totals,
)
from grader.errors import AuthorError, Problem
from grader.model import Count, Symbolic, Tally, at_each_step, claims_of

Group = Callable[[Subject], Iterator[Problem]]


class Report(Struct, frozen=True):
    """What a check of one exercise found.

    ``problems`` must be mended; ``unusable`` where they kept everything else from being looked at.
    ``remarks`` are what the pinned variant is exempt from.
    """

    exercise: str
    problems: list[Problem]
    file: str = ""
    remarks: list[str] = []
    variants: int = 0
    survival: Survival = Survival(0, 0, {})
    blanks: int = 0
    certified: int = 0
    unusable: bool = False
    difficulty: Spread | None = None  # predicted, over the seeds
    skipped: bool = False  # not looked at, as it is what it was when it passed
    quiz: bool = False
    misconceptions: dict[str, float] = {}  # name → share of the variants in which it applies


def file(subject: Subject) -> Iterator[Problem]:
    """Structures that cannot be made, questions that are not decided, quantities that no one uses."""
    _ = subject.surveyed
    for model in subject.models:
        claims_of(model)
    for kind in ("inputs", "parameters"):
        for name in getattr(subject.exercise.file.network, kind):
            steps = at_each_step(subject.exercise, name)
            if not any({*steps} & model.printed.shapes.keys() for model in subject.models):
                message = f"'{name}' is declared, but no equation uses it"
                yield subject.at["network"][kind][name].key.problem(message, "names")
    tastes = [code for code, kind in KINDS.items() if kind.matter_of_taste]
    accept = subject.exercise.file.accept
    for index, code in enumerate(accept):
        if code not in tastes:
            here = subject.at["accept"]
            message = f"'{code}' cannot be accepted, expected one of {', '.join(tastes)}"
            yield (here[code].key if isinstance(accept, dict) else here[index]).problem(message)


GROUPS: Mapping[str, Group] = {
    "file": file,
    "draws": draws,
    "gradients": gradients,
    "keys": keys,
    "choices": choices,
    "claims": claims,
    "reasons": reasons,
    "texts": texts,
    "data": data,
    "examples": examples,
    "points": points,
    "fairness": fairness,
}


def findings(subject: Subject, groups: Sequence[str] = tuple(GROUPS)) -> list[Problem]:
    """What some groups find, one of a kind for each place.

    Raises:
        AuthorError: the exercise cannot be used at all.
    """
    _ = subject.models, subject.surveyed
    found = first_of_each(problem for group in groups for problem in GROUPS[group](subject))
    accepted = subject.exercise.file.accepted
    return [one for one in found if one.code not in accepted or not KINDS[one.code].matter_of_taste]


def check(exercise: Exercise, seeds: int) -> Report:
    """Check one exercise over a number of seeds."""
    subject = Subject(exercise, seeds)
    try:
        problems = findings(subject)
    except AuthorError as error:
        return Report(exercise.id, list(error.problems), unusable=True)
    return Report(
        exercise.id,
        problems,
        remarks=remarks(subject),
        variants=distinct(exercise),
        survival=subject.surveyed[1],
        blanks=len(subject.variants[0].keys) if subject.variants else 0,
        certified=certified(subject),
        misconceptions=shares(subject.variants),
        difficulty=difficulty(subject),
    )


def remarks(subject: Subject) -> list[str]:
    """The keys that are alike for all by their nature, and what the printed variant is exempt from."""
    pinned = subject.pinned[0]
    faults = pinned.solved.faults if pinned else {}
    alike = [one.address for one in rows(subject) if one.by_nature and one.different == 1]
    listed = [f"the same for every student, as a formula is: {', '.join(alike)}"] if alike else []
    return listed + [
        f"the printed variant would not be drawn: {reason}"
        for reason, flags in faults.items()
        if flags.any()
    ]


def shares(good: Sequence[Variant]) -> dict[str, float]:
    """How often each misconception leads to a wrong answer, the most frequent first."""
    counts = Counter(name for variant in good for name in misconceptions(variant))
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return {name: count / len(good) for name, count in ordered}


def misconceptions(variant: Variant) -> set[str]:
    """The misconceptions that give a wrong answer to some blank of a variant."""
    solved, row = variant.solved, variant.row
    found = {
        mistake.name
        for several in solved.wrong.values()
        for mistake, values in several
        if not agrees(
            values[row], solved.values[mistake.target][row], solved.within[mistake.target][row]
        ).all()
    }
    for blank in solved.model.blanks:
        found |= {"own"} if blank.misanswers else set()
        match blank.source:
            case Symbolic() as asked:
                wrong = wrong_expressions(solved.model, blank.address, asked)[0]
                found |= {one.name for one in wrong}
            case Count() as count:
                totals = wrong_totals(solved.model, count, solved.sizes(row))
                found |= {one.name for one, _ in totals}
            case Tally():
                sizes = tuple(solved.sizes(row).items())
                found |= {one.name for one in wrong_tallies(blank, sizes)}
    return found
