"""A stream of marks → a class, some hundreds of lines at a time: memory grows with the answers, a few bytes each, not with the file."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path

import msgspec

from grader.analysis.cohort import NOBODY, WRONG, Asked, Builder, Cohort, Part, Response
from grader.analysis.quantities import recognised
from grader.bank import Exercise
from grader.bulk import draw_seeds, source
from grader.drawing import Draw, Solved, Variant, restored
from grader.errors import AuthorError
from grader.marking import Mark, Marks, showable
from grader.model import Blank
from grader.papers import read_manifest

AT_A_TIME = 1024  # lines
LARGEST = 1_000_000  # bytes of a line
KEPT = 400  # signs of a formula

Bank = Mapping[str, Exercise]
Drawer = Callable[[Sequence[Marks]], Sequence[Variant | None]]


def gather(marks: Path, known: Bank, quiz: Path | None = None) -> Cohort:
    """The class of a file of marks; what was drawn is restored from the folder of the quiz, or drawn again from the seeds.

    Raises:
        UsageError: a file cannot be used.
    """
    builder, drawn, everyone = Builder(), by_seed(known), set[str]()
    if quiz is not None:
        manifest = read_manifest(quiz)
        everyone = {paper.student for paper in manifest.papers if not paper.left}
        draws = {
            (paper.student, item.draw.exercise): item.draw
            for paper in manifest.papers
            for item in paper.items
        }
        drawn = by_draw(known, draws)
    with source(marks) as given:
        stream = read(given.blocks, builder)
        while chunk := [*islice(stream, AT_A_TIME)]:
            add(builder, chunk, drawn(chunk))
    return builder.cohort(len(everyone - builder.students.places.keys()))


def read(blocks: Iterable[bytes], builder: Builder) -> Iterator[Marks]:
    """The marks of blocks of bytes; lines that hold none are counted."""
    decoder = msgspec.json.Decoder(Marks)
    for line in lines(blocks):
        try:
            yield decoder.decode(line)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            builder.unread += 1


def lines(blocks: Iterable[bytes]) -> Iterator[bytes]:
    rest = b""
    for block in blocks:
        *whole, rest = (rest + block).split(b"\n")
        yield from (line for line in whole if line.strip())
        if len(rest) > LARGEST:  # it is no file of marks
            yield rest
            rest = b""
    if rest.strip():
        yield rest


# What was drawn


def by_draw(known: Bank, draws: Mapping[tuple[str, str], Draw]) -> Drawer:
    """From the values that papers store."""

    def drawn(chunk: Sequence[Marks]) -> Sequence[Variant | None]:
        wanted = [(one.exercise, draws.get((one.student, one.exercise))) for one in chunk]
        found: list[Variant | None] = [None] * len(chunk)
        for name in {name for name, draw in wanted if draw and name in known}:
            places = [place for place, (other, draw) in enumerate(wanted) if other == name and draw]
            own = [draw for place in places if (draw := wanted[place][1])]
            for place, one in zip(places, each(known[name], own), strict=True):
                found[place] = one
        return found

    return drawn


def each(exercise: Exercise, draws: Sequence[Draw]) -> Sequence[Variant | None]:
    """Variants of draws; nothing of one that fits the exercise no more."""
    try:
        return restored(exercise, draws)
    except AuthorError:
        if len(draws) == 1:
            return [None]
        return [one for draw in draws for one in each(exercise, [draw])]


def by_seed(known: Bank) -> Drawer:
    """Drawn again."""

    def drawn(chunk: Sequence[Marks]) -> Sequence[Variant | None]:
        found: list[Variant | None] = [None] * len(chunk)
        for name in {one.exercise for one in chunk} & known.keys():
            seeds = {one.seed: None for one in chunk if one.exercise == name}
            variants = draw_seeds(known[name], [*seeds])
            for place, one in enumerate(chunk):
                if one.exercise == name:
                    variant = variants[one.seed]
                    found[place] = variant if isinstance(variant, Variant) else None
        return found

    return drawn


# Marks and what was asked, taken together


def add(builder: Builder, chunk: Sequence[Marks], variants: Sequence[Variant | None]) -> None:
    """Some marks; those of one structure are looked at together."""
    groups: dict[Solved | None, list[tuple[int, Marks]]] = {}
    for marks, variant in zip(chunk, variants, strict=True):
        group = groups.setdefault(variant.solved if variant else None, [])
        group.append((variant.row if variant else 0, marks))
    for solved, rows in groups.items():
        asked = all_asked(solved, rows) if solved else {}
        quantities = all_quantities(solved, rows) if solved else {}
        for place, (row, marks) in enumerate(rows):
            own = {address: found[row] for address, found in asked.items()}
            named = {address: found[place] for address, found in quantities.items()}
            structure = taken(builder, marks, own, named)
            if solved:
                sample = (marks.exercise, structure)
                builder.samples.setdefault(sample, Variant(solved, row))


def all_asked(solved: Solved, rows: Sequence[tuple[int, Marks]]) -> dict[str, Mapping[int, Asked]]:
    """Address → row → what is asked there."""
    return {
        blank.address: asked(solved, blank, {row: None for row, _ in rows})
        for blank in solved.model.blanks
    }


def asked(solved: Solved, blank: Blank, rows: Iterable[int]) -> dict[int, Asked]:
    """What a blank asks, by row; records that are equal are the same, as most are."""
    named = showable(solved, blank)
    seen: dict[frozenset[tuple[str, str]], Asked] = {}
    found: dict[int, Asked] = {}
    for row in rows:
        key = solved.key(blank, row) if solved.model.pools.get(blank.address) or not found else None
        options, right = (key.shown_options(), key.right_options()) if key else ((), [])
        if right:
            chosen = (one for one, is_right in zip(options, right, strict=True) if is_right)
            found[row] = Asked(tuple(sorted(options)), tuple(sorted(chosen)), named[row])
        else:
            found[row] = seen.setdefault(named[row], Asked(showable=named[row]))
    return found


def all_quantities(solved: Solved, rows: Sequence[tuple[int, Marks]]) -> dict[str, Sequence[str]]:
    """Address → for each of the students, what a wrong number is that no misconception explains."""
    found: dict[str, Sequence[str]] = {}
    for blank in solved.model.blanks:
        answers = [marks.marks.get(blank.address) for _, marks in rows]
        texts = [
            one.answer if one and one.verdict in WRONG and not one.misconception else ""
            for one in answers
        ]
        if blank.value is not None and any(texts):
            places = [row for row, _ in rows]
            found[blank.address] = recognised(solved, blank, places, texts)
    return found


def taken(
    builder: Builder, marks: Marks, asked: Mapping[str, Asked], quantities: Mapping[str, str]
) -> int:
    """Take the marks of one student; the number of the structure."""
    student = builder.students.place(marks.student)
    if marks.columns:
        builder.roster[student] = marks.columns
    structure = builder.structure(marks.exercise, marks.choices)
    part = Part(marks.slot, marks.exercise)
    builder.parts.place(part)
    difficulty = math.nan if marks.difficulty is None else marks.difficulty
    builder.rows.setdefault(part, {})[student] = structure, difficulty
    for address, mark in marks.marks.items():
        answers = builder.column(marks.slot, marks.exercise, address, mark.kind)
        answers.student.append(student)
        is_missing = mark.to_look_at
        answers.earned.append(math.nan if is_missing else mark.points)
        answers.out_of.append(0 if is_missing else mark.out_of)
        what = response(mark, structure, quantities.get(address, ""))
        answers.response.append(NOBODY if is_missing else answers.responses.place(what))
        is_known = address in asked
        answers.asked.append(answers.all_asked.place(asked[address]) if is_known else NOBODY)
        if is_missing:
            builder.missing[mark.verdict] += 1
    return structure


def response(mark: Mark, structure: int, quantity: str) -> Response:
    if mark.verdict not in WRONG or mark.by:
        return Response(structure, mark.verdict, chosen=mark.chosen)
    says = next((one.about["says"] for one in mark.notes if one.code == "misconception"), "")
    return Response(
        structure, mark.verdict, mark.answer, mark.understood[:KEPT], mark.alike, mark.chosen,
        (mark.misconception, says), quantity,
    )  # fmt: skip
