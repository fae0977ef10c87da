"""The feedback of one student as a page: points, then verdicts, then details."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain, count

from msgspec import Struct

from grader.answers import Level
from grader.figures import Figure
from grader.marking import Mark
from grader.papers.records import Graded
from grader.papers.returned import (
    EVERY,
    Returned,
    Said,
    earned,
    out_of,
    points,
    remark,
    said,
    shortened,
    with_a_person,
)
from grader.sheets import Asked, Question, Sheet, page
from grader.words import counted, in_points, total


class Answer(Struct, frozen=True):
    """One answer on the page; ``place`` is where a link finds it, ``name`` what the link says."""

    place: str
    name: str
    asked: Asked
    said: Said
    points: str
    understood: str
    wrote: str
    remark: str


class Answered(Struct, frozen=True):
    """One question with its answers; ``solutions``: (what is asked, Markdown)."""

    question: Question
    points: str
    answers: list[Answer]
    solutions: list[tuple[str, str]]


class Exercise(Struct, frozen=True):
    """One exercise on the page."""

    sheet: Sheet
    points: str
    notes: list[str]
    questions: list[Answered]
    figures: list[Figure]
    graph: Figure | None


def document(title: str, graded: Graded, returned: Sequence[Returned], level: Level) -> str:
    """The whole page."""
    places = (f"answer-{number}" for number in count(1))
    exercises = [exercise(one, places) for one in returned]
    told = earned(graded, level)
    marks = chain.from_iterable(one.marks.values() for one in graded.marks)
    return page(
        "feedback",
        title=title,
        student=graded.student,
        earned=told,
        out_of=out_of(graded),
        waiting=with_a_person(marks) if told else "",
        count=counted(len(answers_of(exercises)), "answer"),
        glance=glance(exercises),
        notes=graded.notes,
        exercises=exercises,
    )


def answers_of(exercises: Sequence[Exercise]) -> list[Answer]:
    return [
        answer for one in exercises for question in one.questions for answer in question.answers
    ]


def glance(exercises: Sequence[Exercise]) -> dict[Said, list[tuple[str, str]]]:
    """Each verdict that was given, with the places and names of its answers."""
    found = {said: list[tuple[str, str]]() for said in EVERY}
    for number, one in enumerate(exercises, start=1):
        for answer in answers_of([one]):
            found[answer.said].append((answer.place, f"{number}.{answer.name}"))
    return {said: links for said, links in found.items() if links}


def exercise(one: Returned, places: Iterator[str]) -> Exercise:
    told = one.level >= Level.POINTS
    return Exercise(
        one.sheet,
        f"{in_points(one.marks.points)} of {in_points(one.marks.out_of)}" if told else "",
        one.marks.notes,
        [answered(question, one, places) for question in one.sheet.questions],
        one.figures,
        one.graph,
    )


def answered(question: Question, one: Returned, places: Iterator[str]) -> Answered:
    own = [*one.blanks(question)]
    marks = [mark for _, _, mark in own]
    told = one.level >= Level.POINTS
    return Answered(
        question,
        f"{total(mark.points for mark in marks)} of {total(mark.out_of for mark in marks)}"
        if told
        else "",
        [
            answer(next(places), question, address, text, mark, one.level)
            for address, text, mark in own
        ],
        [
            (question.blanks[address].called, one.solutions[address])
            for address, _, _ in own
            if address in one.solutions
        ],
    )


def answer(
    place: str, question: Question, address: str, text: str, mark: Mark, level: Level
) -> Answer:
    asked = question.blanks[address]
    return Answer(
        place,
        f"{question.number} {asked.called}".strip(),
        asked,
        said(mark, level),
        points(mark, level),
        mark.understood,
        shortened(text),
        remark(mark, level),
    )
