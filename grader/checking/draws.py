"""Can variants be drawn, do they differ, and does the printed one fit?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import msgspec

from grader.answers import agrees
from grader.checking.guessing import guessed
from grader.checking.subject import Subject
from grader.drawing import Solved, Survival, distinct, meetings, propose
from grader.errors import Problem
from grader.words import counted
from reference.language.roles import address_of, answer_name

LEAST_SURVIVAL = 0.02
LEAST_VARIANTS = 10  # a row of students, none of whom has the paper of a neighbour
MANY = 10**9  # more than that, and hardly one is drawn twice
PROPOSED = 64  # draws that are looked at for what they meet
TOLD = 3
REPEATED = 0.5  # of the different variants that as many seeds would give by chance
STATED = ("require", "evenly", "given")  # keys of the file that reject draws
CODES = {  # what most draws are rejected for → what is to be mended
    "kink": "kink",
    "delicate": "delicate",
    "trivial": "trivial",
    "misconception": "misconception",
    "options": "equal-options",
}


def draws(subject: Subject) -> Iterator[Problem]:
    """Draws that fail, the printed variant, and variants that are too few."""
    yield from unsolvable(subject)
    yield from subject.pinned[1]
    yield from always_right(subject)
    yield from variety(subject)


def unsolvable(subject: Subject) -> Iterator[Problem]:
    """Too few draws are good."""
    survival, missing = subject.surveyed[1], subject.seeds - len(subject.drawn)
    if not missing and survival.rate >= LEAST_SURVIVAL:
        return
    message = (
        f"{survival.rate:.2%} of the draws are good, expected {LEAST_SURVIVAL:.0%} or more; "
        f"{missing} of {subject.seeds} seeds have no good draw (rejected: {reasons(survival)})"
    )
    most = max(survival.rejected, key=lambda reason: survival.rejected[reason], default="")
    if most == "misconception":
        message += f"; {'; '.join(met(subject))}"
    code = CODES.get(most, "unsolvable" if missing else "rarely-solvable")
    place = subject.at[most if most in STATED else "sample"]
    yield place.key.problem(message, code)


def met(subject: Subject) -> Iterator[str]:
    """The misconceptions that give what is right, the most frequent first, with the blank and their share."""
    counts: Counter[tuple[str, str]] = Counter()
    tried = range(PROPOSED)
    for group in propose(subject.exercise, tried, 0):
        for mistake, flags in meetings(Solved(group)):
            counts[mistake.name, address_of(mistake.target)] += int(flags.sum())
    for (name, address), count in counts.most_common(TOLD):
        if count:
            yield f"'{name}' gives the right answer to {address} in {count} of {PROPOSED} draws"


def reasons(survival: Survival) -> str:
    counts = sorted(survival.rejected.items(), key=lambda item: -item[1])
    return ", ".join(f"{reason} {count}" for reason, count in counts if count)


def always_right(subject: Subject) -> Iterator[Problem]:
    """Misconceptions of the author's that give the right answer in every variant."""
    for number, question in enumerate(subject.exercise.file.questions):
        blanks = [
            one for model in subject.models for one in model.blanks if one.question == question.id
        ]
        for index, mistake in enumerate(question.misconceptions):
            targets = {answer_name(f"{one.address} {index}"): one.address for one in blanks}
            right = [address for one, address in targets.items() if always_same(subject, one)]
            if right:
                place = subject.at["questions"][number]["misconceptions"][index]["value"]
                message = f"'{mistake.value}' is the right answer to {right[0]} in every variant"
                yield place.problem(message, "misconception")


def always_same(subject: Subject, source: str) -> bool:
    found = [*same(subject, source)]
    return bool(found) and all(found)


def same(subject: Subject, source: str) -> Iterator[bool]:
    """For each variant, whether a misconception gives what is right."""
    for variant in subject.drawn:
        for several in variant.solved.wrong.values():
            for mistake, values in several:
                if mistake.source == source:
                    solved, row, target = variant.solved, variant.row, mistake.target
                    key, within = solved.values[target][row], solved.within[target][row]
                    yield bool(agrees(values[row], key, within).all())


def variety(subject: Subject) -> Iterator[Problem]:
    """Too few variants, or the same ones again and again."""
    possible = distinct(subject.exercise)
    if possible < LEAST_VARIANTS:
        message = f"{counted(possible, 'variant')}, expected {LEAST_VARIANTS} or more"
        yield subject.at["sample"].key.problem(message, "few-variants")
    else:
        yield from guessed(subject, "few-variants")
    count = len(subject.drawn)
    by_chance = expected(count, possible)
    found = len({without_seed(variant.draw) for variant in subject.drawn})
    if found < REPEATED * by_chance:
        different = counted(found, "different variant")
        message = f"{counted(count, 'seed')} give {different}, expected about {by_chance:.0f}"
        yield subject.at["sample"].key.problem(message, "repeated-variants")


def expected(count: int, possible: int) -> float:
    """How many different ones are among ``count`` that are drawn evenly from so many."""
    if possible > MANY:
        return float(count)
    return possible * (1.0 - (1.0 - 1.0 / possible) ** count)


def without_seed(draw: msgspec.Struct) -> bytes:
    """What tells a draw from another, whatever its seed."""
    return msgspec.json.encode(msgspec.structs.replace(draw, seed=0), order="deterministic")
