"""What one student gets back: the paper, the answers as they were understood, marks, and why."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from pathlib import Path

from msgspec import Struct

from grader.answers import Level, Verdict
from grader.drawing import Variant
from grader.figures import Figure
from grader.marking import LOOK, Mark, Marks
from grader.papers.files import Progress, no_progress, write_text
from grader.papers.making import Bank, read_manifest, restore_all
from grader.papers.records import Paper
from grader.papers.reports import Graded
from grader.sheets import Question, Sheet, graph, in_print, page, question_text, worked
from grader.words import counted, exact, in_points

MAX_SHOWN = 600  # characters of an answer
PUNCTUATION = re.compile(r"([!-/:-@\[-`{-~])")
VERDICTS = {
    Verdict.CORRECT: "correct",
    Verdict.PARTIAL: "partly correct",
    Verdict.FOLLOW_THROUGH: "correct from your own values",
    Verdict.INCORRECT: "incorrect",
    Verdict.NOT_AS_ASKED: "right in value, but not as asked",
    Verdict.BLANK: "left blank",
    Verdict.WAITING: "waits for a person to mark it",
    Verdict.UNREADABLE: "could not be read; a person will look at it",
    Verdict.ERROR: "could not be marked; a person will look at it",
}

RECEIVED = (Verdict.BLANK, *LOOK)  # of which nothing is given away


class Returned(Struct, frozen=True):
    """One exercise of a paper, marked; ``solutions``: address → Markdown, none where they are not released.

    ``level``: how much of the marks is told.
    """

    sheet: Sheet
    marks: Marks
    answers: Mapping[str, str]
    level: Level = Level.REMARK
    solutions: Mapping[str, str] = {}
    graph: Figure | None = None  # with the numbers of the solution

    @property
    def figures(self) -> list[Figure]:
        """All that is drawn."""
        return [*self.sheet.figures, *([self.graph] if self.graph else [])]


def document(title: str, student: str, returned: Sequence[Returned], notes: Sequence[str]) -> str:
    """The feedback of one student as Markdown, in which all that came from outside is inert."""
    earned = total(one.marks.points for one in returned)
    out_of = counted(total(one.marks.out_of for one in returned), "point")
    told = all(one.level >= Level.POINTS for one in returned)
    points = f"**{earned} of {out_of}**" if told else f"{out_of} in all"
    parts = [f"# {inert(title)}", f"{inert(student)}: {points}"]
    parts += [f"- {inert(note)}" for note in notes]
    for one in returned:
        parts += exercise(one)
    return "\n\n".join(part for part in parts if part) + "\n"


def total(points: Iterable[float]) -> str:
    return in_points(sum(map(exact, points), Fraction(0)))


def exercise(returned: Returned) -> Iterator[str]:
    sheet, marks = returned.sheet, returned.marks
    yield f"## {sheet.title}"
    if returned.level >= Level.POINTS:
        yield f"{in_points(marks.points)} of {counted(in_points(marks.out_of), 'point')}"
    yield sheet.stem
    for question in sheet.questions:
        yield question_text(question)
        yield from answered(question, returned)
    if returned.graph is not None:
        yield "**The network with its numbers**"
        yield returned.graph.markdown
    yield from (f"- {inert(note)}" for note in marks.notes)


def answered(question: Question, returned: Returned) -> Iterator[str]:
    """The answers to one question, each with its mark, then the solutions."""
    own = [address for address in question.blanks if address in returned.marks.marks]
    yield "\n".join(
        marked(
            question.blanks[address].filed(address),
            returned.answers.get(address, ""),
            returned.marks.marks[address],
            returned.level,
        )
        for address in own
    )
    solved = [address for address in own if address in returned.solutions]
    if solved:
        yield "**Solution**"
    for address in solved:
        if len(own) > 1:
            yield question.blanks[address].filed(address)
        yield returned.solutions[address]


def marked(called: str, text: str, mark: Mark, level: Level = Level.REMARK) -> str:
    """One answer: what was written, how it was understood, what it earned and why, as far as it is told."""
    points = f"{in_points(mark.points)} of {in_points(mark.out_of)}"
    line = f"- {called}:"
    if level >= Level.VERDICT:
        line += f" **{VERDICTS[mark.verdict]}**, {points}."
    elif mark.verdict in RECEIVED:
        line += f" **{VERDICTS[mark.verdict]}**."
    elif level >= Level.POINTS:
        line += f" **{points}**."
    if text.strip():
        line += f" You wrote {code(text)}"
        line += f", read as ${mark.understood}$." if mark.understood else "."
    message = mark.told(level)
    if message:
        line += f" {inert(message[:1].upper() + message[1:])}."
    return line


def inert(text: str) -> str:
    """A text that means nothing in Markdown, nor in HTML made of it."""
    return PUNCTUATION.sub(r"\\\1", " ".join(text.split()))


def code(text: str) -> str:
    """A text as code, whatever it holds."""
    shown = " ".join(text.split())
    if len(shown) > MAX_SHOWN:
        shown = shown[:MAX_SHOWN] + " …"
    longest = max((len(run) for run in re.findall("`+", shown)), default=0)
    fence = "`" * (longest + 1)
    return f"{fence} {shown} {fence}" if longest or shown[:1] == " " else f"{fence}{shown}{fence}"


def write_feedback(
    graded: Sequence[Graded],
    quiz: Path,
    known: Bank,
    out: Path,
    level: Level = Level.REMARK,
    progress: Progress = no_progress,
) -> int:
    """Write ``STUDENT.md`` and ``STUDENT.html`` for each marked paper; how many students have them."""
    manifest = read_manifest(quiz)
    marked = {one.student: one for one in graded if one.student and not one.problem}
    present = [paper for paper in manifest.papers if paper.student in marked]
    variants = restore_all(present, known)
    out.mkdir(parents=True, exist_ok=True)
    for paper in progress(present, "feedback"):
        one = marked[paper.student]
        returned = [*given_back(paper, one, variants, level)]
        text = document(manifest.title, paper.student, returned, one.notes)
        write_text(out / f"{paper.student}.md", text)
        figures = [figure for each in returned for figure in each.figures]
        heading = f"{manifest.title}: {paper.student}"
        write_text(out / f"{paper.student}.html", page(text, heading, figures))
    return len(present)


def given_back(
    paper: Paper,
    graded: Graded,
    variants: Mapping[tuple[str, str], Variant],
    level: Level,
) -> Iterator[Returned]:
    """Each exercise of a paper as it was, with what was made of the answers."""
    by_exercise: dict[str, Marks] = {marks.exercise: marks for marks in graded.marks}
    for item in paper.items:
        name = item.draw.exercise
        variant = variants[paper.student, name]
        answers = {
            address.removeprefix(f"{name}/"): text
            for address, text in graded.answers.items()
            if address.startswith(f"{name}/")
        }
        released = level >= Level.SOLUTION
        shown = solved(variant) if released else {}
        drawn = graph(variant) if released else None
        sheet = in_print(variant, weight=item.weight)
        yield Returned(sheet, by_exercise[name], answers, level, shown, drawn)


def solved(variant: Variant) -> dict[str, str]:
    """Address → its solution, or else the right answer as it may be written."""
    steps = worked(variant)
    return {
        address: steps.get(address) or code(key.show())
        for address, (_, key) in variant.keys.items()
    }
