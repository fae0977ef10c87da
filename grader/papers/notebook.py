"""Papers as Jupyter notebooks, and what comes back.

A notebook holds one cell for each blank, whose first line names it; its metadata does so too, but tools
strip metadata. A submission is read as data and never run.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from grader.errors import Problem, SubmissionError
from grader.papers import intake
from grader.papers.records import Submission
from grader.sheets import Question, Sheet, question_text
from grader.words import counted

MAX_CELLS = 5_000
MAX_NOTES = 50
MAX_TEXT = 50_000  # of a cell; an answer is shorter

# Before the address stands what the blank is called on paper; after it the hint in brackets, a colon, and maybe the answer.
HEADER = re.compile(
    r"(?:#+|//|%|<!--)?[ \t]*(?:[^\n·]{1,80}·[ \t]*)?answer to ([\w-]+/[\w.-]+)[ \t]*(?:\((?:[^()\n]|\([^()\n]*\))*\))?[ \t]*[:=]?(.*)",
    re.DOTALL | re.IGNORECASE,
)
# A line that names the blank it answers.
NAMED = re.compile(
    r"^[ \t]{0,20}(?:(?:#{1,6}|//|%|[-*])[ \t]{0,9})?(answer to[ \t]{1,9})?`?(([A-Za-z][\w-]{0,80})/[A-Za-z][\w.-]{0,160})`?[ \t]{0,9}"
    r"(?:\((?:[^()\n]|\([^()\n]{0,200}\)){0,400}\))?[ \t]{0,9}[:=]",
    re.MULTILINE | re.IGNORECASE,
)
CODE = re.compile(r"paper\s+`?([\w-]+)\s*/\s*([\w.@+'-]+)\s*/\s*([0-9a-f]{24})`?")

WELCOME = """# {title}

{text}

Student: **{student}**

{times}

Write each answer into the cell below its question, under the line that names it, and leave that line as it is.
The notebook is read and never run, so nothing has to be executed. Save it and hand in this one file.

paper `{quiz} / {student} / {code}`"""


# Out


def write(
    quiz: str,
    title: str,
    text: str,
    student: str,
    code: str,
    sheets: Sequence[Sheet],
    times: Sequence[str] = (),
) -> str:
    """One student's paper; the same bytes for the same paper. ``times``: when it may be written, in sentences."""
    identity = {"quiz": quiz, "student": student, "code": code}
    welcome = WELCOME.format(
        title=title, text=text.strip(), student=student, times=" ".join(times), quiz=quiz, code=code
    )
    cells = [prompt("welcome", welcome.replace("\n\n\n\n", "\n\n"))]
    for number, sheet in enumerate(sheets, start=1):
        heading = f"## {number}. {sheet.title}\n\n{sheet.stem}".strip()
        cells.append(prompt(sheet.exercise, heading))
        for question in sheet.questions:
            cells += question_cells(sheet.exercise, question)
    notebook = {
        "cells": cells,
        "metadata": {
            "gradmark": identity,
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
        },
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    return msgspec.json.format(msgspec.json.encode(notebook), indent=1).decode() + "\n"


def question_cells(exercise: str, question: Question) -> list[dict[str, Any]]:
    cells = [prompt(f"{exercise}/{question.id}", question_text(question))]
    for address, asked in question.blanks.items():
        full = f"{exercise}/{address}"
        cell: dict[str, Any] = {
            "cell_type": "code",
            "execution_count": None,
            "id": cell_id(full),
            "metadata": {"deletable": False, "gradmark": {"blank": full}},
            "outputs": [],
            "source": f"# {asked.header(question.number, full)}\n",
        }
        cells.append(cell)
    return cells


def prompt(name: str, text: str) -> dict[str, Any]:
    return {
        "cell_type": "markdown",
        "id": cell_id("prompt " + name),
        "metadata": {"deletable": False, "editable": False, "gradmark": {"prompt": name}},
        "source": text,
    }


def cell_id(name: str) -> str:
    return hashlib.blake2b(name.encode(), digest_size=8).hexdigest()


# Back


class Cell(Struct):
    """The parts of a cell that are read; the rest is ignored."""

    cell_type: str = ""
    source: str | list[str] | None = None
    metadata: dict[str, Any] | None = None

    @property
    def text(self) -> str:
        return "".join(self.source or "")

    @property
    def mark(self) -> dict[str, Any]:
        """Our own metadata, where no tool has stripped it."""
        found = (self.metadata or {}).get("gradmark")
        return found if isinstance(found, dict) else {}


class Notebook(Struct):
    cells: list[Cell]
    nbformat: int
    metadata: dict[str, Any] | None = None


def read(path: Path) -> Submission:
    """As :func:`parse`, of a file."""
    file = intake.File(str(path), intake.reader(path))
    return parse(file.bytes, file.name)


def parse(data: bytes, name: str, at: str = "") -> Submission:
    """The answers in a notebook; ``name`` is what the file is called in reports, ``at`` when it was handed in.

    Raises:
        SubmissionError: it is no notebook, or names no paper.
    """
    try:
        notebook = msgspec.json.decode(data.removeprefix(b"\xef\xbb\xbf"), type=Notebook)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise SubmissionError(Problem(name, f"not a notebook: {error}")) from None
    if notebook.nbformat < 4:
        message = f"expected a notebook of version 4, found version {notebook.nbformat}"
        raise SubmissionError(Problem(name, message))
    if len(notebook.cells) > MAX_CELLS:
        message = f"{len(notebook.cells)} cells, expected at most {MAX_CELLS}"
        raise SubmissionError(Problem(name, message))
    quiz, student, code = identity(notebook, name)
    cells = Cells([cell.mark for cell in notebook.cells])
    cells.collect(notebook.cells)
    answers, unreadable = cells.settle()
    notes = cells.notes[:MAX_NOTES]
    if len(cells.notes) > MAX_NOTES:
        notes.append(counted(len(cells.notes) - MAX_NOTES, "more remark"))
    return Submission(
        name, quiz, student, code, answers, unreadable, tuple(notes), tuple(cells.odd), at
    )


def identity(notebook: Notebook, file: str) -> tuple[str, str, str]:
    """Quiz, student and code: from the text that students see, else from the metadata."""
    for cell in notebook.cells:
        match = CODE.search(cell.text[:MAX_TEXT])
        if match:
            return match.group(1), match.group(2), match.group(3)
    found = (notebook.metadata or {}).get("gradmark")
    if isinstance(found, dict) and all(
        isinstance(found.get(key), str) for key in ("quiz", "student", "code")
    ):
        return found["quiz"], found["student"], found["code"]
    raise SubmissionError(
        Problem(file, "it does not say which paper it is: the first cell is missing")
    )


class Cells:
    """Gathers the texts of each blank, whatever happened to the cells.

    ``exercises``: those of the paper, as far as our metadata says. Where a tool has taken it away, a text cell may be
    one of our prompts.
    """

    def __init__(self, marks: Sequence[Mapping[str, Any]]) -> None:
        self.stripped = not any(marks)
        named = [one.get("blank") or one.get("prompt") for one in marks]
        self.exercises = {str(one).partition("/")[0] for one in named if one}
        self.texts: dict[str, list[str]] = {}
        self.notes: list[str] = []
        self.odd: list[str] = []

    def doubt(self, note: str) -> None:
        """A note on something that a person should look at."""
        self.notes.append(note)
        self.odd.append(note)

    def collect(self, cells: Sequence[Cell]) -> None:
        open_blank = ""  # the blank whose cell came last and may go on in the next
        for number, cell in enumerate(cells, start=1):
            text = cell.text[:MAX_TEXT]
            if self.collect_named(text, number):
                open_blank = ""
                continue
            match = HEADER.match(text.strip())
            named = cell.mark.get("blank")
            if match:
                open_blank = match.group(1)
                self.add(open_blank, match.group(2).strip())
            elif CODE.search(text) or "prompt" in cell.mark:
                open_blank = ""
            elif not text.strip():
                continue
            elif isinstance(named, str):
                self.without_header(named, text, number)
                open_blank = named
            elif open_blank and self.continues(open_blank, cell):
                self.notes.append(
                    f"cell {number} is taken as the answer to {open_blank}, split off"
                )
                self.texts[open_blank][-1] = text.strip()
            elif cell.cell_type != "markdown":
                self.doubt(f"cell {number} belongs to no question and is ignored")
            elif self.stripped:
                open_blank = ""  # a prompt, most likely

    def collect_named(self, text: str, number: int) -> bool:
        """Read a cell that answers several blanks, each named on a line of its own."""
        places = [
            one for one in NAMED.finditer(text) if one.group(1) or one.group(3) in self.exercises
        ]
        if len({one.group(2) for one in places}) < 2:
            return False
        ends = [one.start() for one in places[1:]] + [len(text)]
        for one, end in zip(places, ends, strict=True):
            self.add(one.group(2), text[one.end() : end].strip())
        self.notes.append(f"cell {number} holds the answers to {len(places)} blanks")
        return True

    def add(self, blank: str, text: str) -> None:
        self.texts.setdefault(blank, []).append(text)

    def without_header(self, blank: str, text: str, number: int) -> None:
        """A cell that only its metadata names: the rest of a split cell, or one that lost its first line."""
        known = self.texts.get(blank)
        if known and not known[-1]:
            known[-1] = text.strip()
            self.notes.append(f"cell {number} is taken as the answer to {blank}, split off")
        elif known:
            known[-1] = f"{known[-1]}\n{text.strip()}"
            self.notes.append(f"cell {number} continues the answer to {blank}")
        else:
            self.add(blank, text.strip())
            self.notes.append(f"cell {number} has lost its first line; it answers {blank}")

    def continues(self, blank: str, cell: Cell) -> bool:
        """May this unnamed cell hold the answer that its blank's own cell lacks?"""
        return not self.texts[blank][-1] and not (self.stripped and cell.cell_type == "markdown")

    def settle(self) -> tuple[dict[str, str], dict[str, str]]:
        """Blank → answer, and blank → why it cannot be told which of several answers is meant."""
        answers: dict[str, str] = {}
        unreadable: dict[str, str] = {}
        for blank, texts in self.texts.items():
            distinct = list(dict.fromkeys(text for text in texts if text))
            if len(texts) > 1:
                self.notes.append(f"{blank} has {len(texts)} cells")
            if len(distinct) > 1:
                unreadable[blank] = f"{len(distinct)} cells give different answers"
            answers[blank] = distinct[0] if distinct else ""
        return answers, unreadable


def missing(submission: Submission, expected: Mapping[str, object]) -> list[str]:
    """Remarks on blanks without cells, and on cells of unknown blanks."""
    notes = [
        f"the cell of {blank} is gone" for blank in expected if blank not in submission.answers
    ]
    notes += [
        f"{blank} is not on this paper" for blank in submission.answers if blank not in expected
    ]
    return notes
