"""The feedback of one student as Markdown, in which all that came from outside is inert."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from grader.answers import Level
from grader.marking import Mark
from grader.papers.records import Graded
from grader.papers.returned import (
    KEPT,
    Returned,
    earned,
    out_of,
    points,
    remark,
    said,
    shortened,
    with_a_person,
)
from grader.sheets import Question, question_text
from grader.words import counted, in_points

PUNCTUATION = re.compile(r"([!-/:-@\[-`{-~])")


def document(title: str, graded: Graded, returned: Sequence[Returned], level: Level) -> str:
    """All exercises: points first, then each answer with its mark."""
    parts = [f"# {inert(title)}", f"{inert(graded.student)}: {summary(graded, level)}"]
    parts += [f"- {inert(note)}" for note in graded.notes]
    for one in returned:
        parts += exercise(one)
    return "\n\n".join(part for part in parts if part) + "\n"


def summary(graded: Graded, level: Level) -> str:
    if not earned(graded, level):
        return f"{out_of(graded)} in all"
    waiting = with_a_person(mark for one in graded.marks for mark in one.marks.values())
    more = f"; up to {waiting} more with a person" if waiting else ""
    return f"**{earned(graded, level)} of {out_of(graded)}**{more}"


def exercise(returned: Returned) -> Iterator[str]:
    sheet, marks = returned.sheet, returned.marks
    yield f"## {sheet.title}"
    if returned.level >= Level.POINTS:
        yield f"{in_points(marks.points)} of {counted(in_points(marks.out_of), 'point')}"
    yield from (f"- {inert(note)}" for note in marks.notes)
    yield sheet.stem
    for question in sheet.questions:
        yield question_text(question)
        yield from answered(question, returned)
    if returned.graph is not None:
        yield f"**{returned.graph.title}**"
        yield returned.graph.markdown


def answered(question: Question, returned: Returned) -> Iterator[str]:
    """The answers to one question, each with its mark, then the solutions."""
    own = [*returned.blanks(question)]
    yield "\n".join(
        marked(question.blanks[address].filed(address), text, mark, returned.level)
        for address, text, mark in own
    )
    solved = [address for address, _, _ in own if address in returned.solutions]
    if solved:
        yield "**Solution**"
    for address in solved:
        if len(own) > 1:
            yield question.blanks[address].filed(address)
        yield returned.solutions[address]


def marked(called: str, text: str, mark: Mark, level: Level = Level.REMARK) -> str:
    """One answer: verdict and points, then what was written, how it was understood and why, as far as it is told."""
    verdict, earned_of_it = said(mark, level), points(mark, level)
    line = f"- {called}:"
    if verdict is not KEPT:
        line += f" **{verdict.word}**" + (f", {earned_of_it}." if earned_of_it else ".")
    elif earned_of_it:
        line += f" **{earned_of_it}**."
    if text.strip():
        line += f" You wrote {code(text)}"
        line += f", read as ${mark.understood}$." if mark.understood else "."
    message = remark(mark, level)
    return f"{line} {inert(message)}" if message else line


def inert(text: str) -> str:
    """A text that means nothing in Markdown, nor in HTML made of it."""
    return PUNCTUATION.sub(r"\\\1", " ".join(text.split()))


def code(text: str) -> str:
    """A text as code, whatever it holds."""
    shown = shortened(text)
    longest = max((len(run) for run in re.findall("`+", shown)), default=0)
    fence = "`" * (longest + 1)
    return f"{fence} {shown} {fence}" if longest or shown[:1] == " " else f"{fence}{shown}{fence}"
