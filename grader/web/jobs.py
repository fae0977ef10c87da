"""What is done with a paper in a process of its own: print it, read answers, mark them, give them back.

Each function takes a bank first; variants that were restored are kept for a while.
"""

from __future__ import annotations

import functools
import logging
import tempfile
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

import msgspec
from msgspec import Struct

from grader import analysis, drawing, papers, sheets
from grader.answers import Key, Level, State
from grader.bank import Exercise
from grader.drawing import Variant
from grader.errors import AuthorError
from grader.marking import Marks
from grader.papers import Graded, Item, Manifest, Paper, Submission
from grader.sheets import Compared, Hint, Rung, Sheet

log = logging.getLogger("gradmark")
Bank = Mapping[str, Exercise]
KEPT = 4000  # variants, as of a class of a thousand; each takes some 15 kB
AT_THE_START = "column 1: "  # which nobody needs to be told of a box
TRIED = 24  # variants of which the most telling one is drawn


class Printed(Struct, frozen=True):
    """An exercise of a paper as it is shown; ``kinds``: address of a blank → the kind of its answer."""

    sheet: Sheet
    kinds: Mapping[str, str]


class Read(Struct, frozen=True):
    """How an answer was understood, in LaTeX.

    ``message``: what keeps it from being understood, or from being an answer. ``meant``: texts that may be meant by it.
    """

    state: State
    latex: str = ""
    message: str = ""
    meant: tuple[str, ...] = ()


FAULT = Read(
    State.READ,
    message="could not be read because of a fault of ours, which is logged; it can be handed in as it is, and a person looks at it",
)


class Typed(Struct, frozen=True):
    """A text in a box of an exercise of a paper; ``draw`` as it is stored, ``address`` within the exercise."""

    exercise: str
    draw: bytes
    address: str
    text: str


class Ladder(Struct, frozen=True):
    """The hints for a blank that are open, what the ``next`` one tells, its number, and how many are left with it."""

    open: tuple[Hint, ...]
    next: Rung | None
    number: int = 0
    left: int = 0


@functools.lru_cache(KEPT)
def restored(exercise: Exercise, draw: bytes) -> Variant:
    [found] = drawing.restored(exercise, [msgspec.json.decode(draw, type=drawing.Draw)])
    return found


def variant(bank: Bank, item: Item) -> Variant:
    """The variant of an exercise of a paper.

    Raises:
        AuthorError: it does not fit the exercise.
    """
    return restored(bank[item.draw.exercise], msgspec.json.encode(item.draw))


def printed(bank: Bank, item: Item) -> Printed:
    """An exercise as a student sees it."""
    found = variant(bank, item)
    kinds = {address: key.kind for address, (_, key) in found.keys.items()}
    return Printed(sheets.in_print(found, weight=item.weight), kinds)


def read(bank: Bank, item: Item, answers: Mapping[str, str]) -> dict[str, Read]:
    """How answers are understood, by address within the exercise; nothing is compared with a key."""
    keys = variant(bank, item).keys
    return {
        address: read_or_fault(
            f"{item.draw.exercise}/{address}", functools.partial(understood, keys[address][1], text)
        )
        for address, text in answers.items()
        if address in keys
    }


def read_or_fault(at: str, reading: Callable[[], Read]) -> Read:
    """How one answer is understood; one with which we fail can be handed in, so that a person looks at it.

    Raises:
        MemoryError: it takes too much.
    """
    try:
        return reading()
    except MemoryError:
        raise
    except Exception as failure:
        log.error("%s cannot be read: %s: %s", at, type(failure).__name__, failure)
        return FAULT


def understood(key: Key, text: str) -> Read:
    """How one answer is understood."""
    reading = key.read(text)
    strange = key.strange(reading)
    state = State.ASKS if strange else reading.state
    meant = tuple(key.meant(text)) if reading.state is State.ASKS else ()
    message = (reading.message or strange).removeprefix(AT_THE_START)
    return Read(state, reading.latex, message, meant)


def readings(bank: Bank, typed: Sequence[Typed]) -> list[tuple[Read | None, float]]:
    """How texts are understood, each with the seconds that it took; nothing of one that takes too much."""
    found: list[tuple[Read | None, float]] = []
    for one in typed:
        start, reading = time.process_time(), None
        with suppress(MemoryError):
            reading = read_or_fault(
                f"{one.exercise}/{one.address}", functools.partial(typed_in, bank, one)
            )
        found.append((reading, time.process_time() - start))
    return found


def typed_in(bank: Bank, one: Typed) -> Read:
    """How a text in a box is understood."""
    return understood(restored(bank[one.exercise], one.draw).keys[one.address][1], one.text)


def graded(bank: Bank, paper: Paper, answers: Mapping[str, str]) -> Graded:
    """The marks of a paper, from answers by full address."""
    solved, misfits = {}, {}
    for item in paper.items:
        place = paper.student, item.draw.exercise
        try:
            solved[place] = variant(bank, item)
        except AuthorError as error:
            misfits[place] = error
    handed_in = Submission(f"{paper.student}.page", "", paper.student, paper.code, dict(answers))
    everything = {
        f"{name}/{address}": "" for (_, name), one in solved.items() for address in one.keys
    }
    handed_in = msgspec.structs.replace(handed_in, answers={**everything, **answers})
    return papers.grade_paper(paper, [handed_in], solved, misfits, bank)


def returned(bank: Bank, paper: Paper, marked: Graded, level: Level) -> list[papers.Returned]:
    """Each exercise as it is given back, with what a level tells."""
    solved = {(paper.student, one.draw.exercise): variant(bank, one) for one in paper.items}
    return [*papers.given_back(paper, marked, solved, level)]


def waiting(bank: Bank, paper: Paper, item: Item, answers: Mapping[str, str]) -> Graded:
    """The answers to an exercise that cannot be marked, all of which wait for a person."""
    handed_in = Submission("", "", paper.student, paper.code, dict(answers))
    marks = papers.waiting(paper, item, handed_in, bank)
    return Graded(
        paper.student, "page", (marks,), notes=(f"{item.draw.exercise} waits for a person",)
    )


def drawn(bank: Bank, exercise: str, seed: int, misconception: str = "") -> Item:
    """A further variant of an exercise, to practise; the one of some in which a misconception makes the largest difference."""
    if misconception:
        seeds = range(seed, seed + TRIED)
        found = drawing.most_telling(bank[exercise], seeds, misconception)
    else:
        found = drawing.variant_of(bank[exercise], seed)
    return Item(found.draw, out_of=bank[exercise].points)


def hints(
    bank: Bank, item: Item, count: Mapping[str, int], right: Collection[str] = ()
) -> dict[str, Ladder]:
    """The hints for each blank that has some, but for those ``right``; ``count``: up to which they were asked for, by address."""
    ladders = sheets.ladders(variant(bank, item))
    return {
        address: climbed(one, count.get(address, 0), frozenset(right))
        for address, one in ladders.items()
        if one and address not in right
    }


def climbed(ladder: Sequence[Hint], count: int, right: frozenset[str]) -> Ladder:
    """Without what right answers give already."""
    told = [place for place, one in enumerate(ladder) if right.isdisjoint(one.given_by)]
    rest = [place for place in told if place >= count]
    shown = tuple(ladder[place] for place in told if place < count)
    if not rest:
        return Ladder(shown, None)
    return Ladder(shown, ladder[rest[0]].rung, rest[0] + 1, len(rest))


def beside(
    bank: Bank, item: Item, answers: Mapping[str, str], level: Level
) -> dict[str, list[Compared]]:
    """Wrong formulas part by part, by address within the exercise; beside the right ones where solutions are told."""
    keys = variant(bank, item).keys
    told = level >= Level.SOLUTION
    found = {
        address: sheets.side_by_side(keys[address][1], text, told)
        for address, text in answers.items()
    }
    return {address: parts for address, parts in found.items() if parts}


def report(bank: Bank, made: Sequence[Paper], marks: Sequence[Marks], title: str) -> str:
    """What a class says of a quiz, as a whole page."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        lines, manifest = folder / "marks.jsonl", folder / "staff" / "manifest.json"
        manifest.parent.mkdir()
        manifest.write_bytes(msgspec.json.encode(Manifest("", title, "", [*made])))
        lines.write_bytes(b"".join(msgspec.json.encode(one) + b"\n" for one in marks))
        cohort = analysis.gather(lines, bank, folder)
    return analysis.document(analysis.analysed(cohort, bank, title), files=False)


def ready(bank: Bank) -> None:
    """Nothing is to be done but to have the bank."""


JOBS = {
    one.__name__: one
    for one in (
        printed,
        read,
        readings,
        graded,
        waiting,
        returned,
        drawn,
        hints,
        beside,
        report,
        ready,
    )
}
