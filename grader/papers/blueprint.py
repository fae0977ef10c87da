"""Quiz + roster → who gets which exercises under which seeds. Pure: the same secret, the same papers.

Seeds are keyed hashes of the quiz's secret and the student, so nobody can work out another's paper. A
student has several seeds for each exercise, of which those are taken that make the paper about as difficult
as any other.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import msgspec
from msgspec import Struct

from grader.bank import Exercise, Pick, QuizFile, decoding
from grader.drawing import Draw
from grader.errors import AuthorError, Place
from grader.words import counted


class Quiz(Struct, frozen=True):
    """A quiz with its picks looked up; each pick has candidates, a number and points."""

    id: str
    title: str
    text: str
    picks: tuple[Picked, ...]
    balance: bool = True


CANDIDATES = 4  # seeds of one student for one exercise, of which one is taken


class Picked(Struct, frozen=True):
    """``choose`` of ``candidates`` for each student."""

    candidates: tuple[str, ...]
    choose: int = 1
    points: float | None = None

    @property
    def fixed(self) -> bool:
        """Does every student get the same?"""
        return len(self.candidates) == self.choose


class Assignment(Struct, frozen=True):
    """One exercise of one student's paper, and the seeds that it may be drawn from, the first one first.

    ``slot``: the place of its pick, from 1.
    """

    exercise: str
    seeds: tuple[int, ...]
    points: float | None
    slot: int = 0


def load(path: Path, bank: Mapping[str, Exercise]) -> Quiz:
    """A quiz file.

    Raises:
        AuthorError: the file is unusable, or picks what is not in the bank.
    """
    file, positions, _ = decoding.load(path, QuizFile)
    at = Place(str(path), positions, code="quiz")["pick"]
    picks = []
    for index, pick in enumerate(file.pick):
        picked = Pick(exercise=pick) if isinstance(pick, str) else pick
        candidates, fault = candidates_of(picked, bank)
        if fault:
            at[index].report(fault)
        picks.append(Picked(candidates, picked.choose, picked.points))
    for fault in () if at.found else conflicts(picks):  # nothing to compare where one is wrong
        at.report(fault)
    if at.found:
        raise AuthorError(*at.found)
    return Quiz(file.id, file.title, file.text, tuple(picks), file.balance)


def conflicts(picks: Sequence[Picked]) -> Iterator[str]:
    """Picks that could leave too little for each other, so that papers would differ in size."""
    fixed = [name for pick in picks if pick.fixed for name in pick.candidates]
    for name in dict.fromkeys(name for name in fixed if fixed.count(name) > 1):
        yield f"'{name}' is picked twice"
    loose = [pick for pick in picks if not pick.fixed]
    for index, pick in enumerate(loose):
        free = set(pick.candidates) - set(fixed)
        before = [other for other in loose[:index] if free & set(other.candidates)]
        if len(free) - sum(other.choose for other in before) < pick.choose:
            shown = ", ".join(pick.candidates)
            yield f"other picks can leave fewer than {pick.choose} of {shown}"


def candidates_of(pick: Pick, bank: Mapping[str, Exercise]) -> tuple[tuple[str, ...], str]:
    """The exercises that a pick may take, and what is wrong with it if anything is."""
    ways = [pick.exercise is not None, pick.among is not None, pick.topic is not None]
    if sum(ways) != 1:
        return (), "expected one of 'exercise', 'from' and 'topic'"
    if pick.topic is not None:
        candidates = [name for name, one in bank.items() if pick.topic in one.file.topics]
        if not candidates:
            return (), f"no exercise has the topic '{pick.topic}'"
    else:
        candidates = [pick.exercise] if pick.exercise is not None else list(pick.among or ())
    for name in candidates:
        if name not in bank:
            return (), f"no exercise '{name}' in the bank"
    if len(set(candidates)) < pick.choose:
        found = counted(len(set(candidates)), "exercise")
        return (), f"{found} to choose from, expected at least {pick.choose}"
    return tuple(sorted(set(candidates))), ""


def assign(quiz: Quiz, student: str, secret: bytes) -> list[Assignment]:
    """The exercises of one student, none twice."""
    reserved = {name for pick in quiz.picks if pick.fixed for name in pick.candidates}
    taken: list[Assignment] = []
    for slot, pick in enumerate(quiz.picks, start=1):
        gone = {one.exercise for one in taken} | (set() if pick.fixed else reserved)
        free = [name for name in pick.candidates if name not in gone]
        ranked = sorted(free, key=lambda name: keyed(secret, "pick", quiz.id, student, name))
        for name in ranked[: pick.choose]:
            own = seeds(quiz.id, student, name, secret)
            taken.append(Assignment(name, own, pick.points, slot))
    return taken


def seeds(quiz: str, student: str, exercise: str, secret: bytes) -> tuple[int, ...]:
    """The seeds of one student for one exercise of a quiz."""
    parts = [(), *((str(index),) for index in range(1, CANDIDATES))]
    own = [keyed(secret, "seed", quiz, student, exercise, *part) for part in parts]
    return tuple(int.from_bytes(one[:8], "big") >> 1 for one in own)


def goal(quiz: Quiz, typical: Mapping[str, float]) -> float:
    """The difficulty that papers are to have, from that of each exercise; the same for every student.

    Where a pick chooses, its candidates count by their mean.
    """
    return sum(
        pick.choose * sum(typical[name] for name in pick.candidates) / len(pick.candidates)
        for pick in quiz.picks
    )


def balanced(scores: Sequence[Sequence[float]], aim: float) -> list[int]:
    """Which seed to take for each exercise, so that the sum of their scores comes near to ``aim``.

    From the first ones on, the one change that brings the sum nearest is made, as long as one does.
    """
    taken = [0] * len(scores)
    while True:
        total = sum(own[at] for own, at in zip(scores, taken, strict=True))
        off = {
            (item, seed): round(abs(total - own[taken[item]] + score - aim), 6)
            for item, own in enumerate(scores)
            for seed, score in enumerate(own)
        }
        item, seed = min(off, key=off.__getitem__)
        if off[item, seed] >= off[item, taken[item]]:
            return taken
        taken[item] = seed


def code(secret: bytes, quiz: str, student: str, draws: Iterable[Draw]) -> str:
    """The signature of a paper, over all that was drawn for it."""
    parts = [msgspec.json.encode(drawn(one), order="deterministic").decode() for one in draws]
    return keyed(secret, "paper 2", quiz, student, *parts).hex()[:24]


def drawn(draw: Draw) -> dict[str, object]:
    """What a draw holds, but for the version of its exercise; a part that is empty is not there, so that parts may be added."""
    return {
        name: part
        for name, part in msgspec.structs.asdict(draw).items()
        if part and name != "digest"
    }


def code_of_names(secret: bytes, quiz: str, student: str, exercises: Collection[str]) -> str:
    """The signature of a paper of older versions, over the names of its exercises."""
    return keyed(secret, "paper", quiz, student, *exercises).hex()[:24]


def digest(quiz: Quiz) -> str:
    """What a quiz picks, in short, to see whether it was changed."""
    return hashlib.blake2b(msgspec.json.encode(quiz), digest_size=8).hexdigest()


def genuine(given: str, expected: str) -> bool:
    return hmac.compare_digest(given.encode(), expected.encode())


def keyed(secret: bytes, *parts: str) -> bytes:
    text = "\n".join(parts).encode()
    return hashlib.blake2b(text, key=secret[:64], digest_size=16).digest()
