"""Two pages of the docs, made of ``docs/catalogue.yaml`` and of the bank: which question one can ask, and which types there are.

``python -m tests.catalogue`` writes both.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec
from msgspec import Struct, field

from grader import bank
from grader.bank import AnswerFile, Exercise
from tests.shipped import BANK

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
FIXTURES = ROOT / "tests" / "fixtures" / "catalogue"


class Type(Struct, frozen=True, forbid_unknown_fields=True):
    """A type of question: which course asks it, and the exercises that ask it, or why that takes a detour or is out of reach."""

    type: str
    of: str
    by: str | list[str] = []
    detour: str = ""
    out: str = ""

    @property
    def shown(self) -> list[str]:
        return [self.by] if isinstance(self.by, str) else self.by


class Chapter(Struct, frozen=True, forbid_unknown_fields=True):
    name: str = field(name="chapter")
    types: list[Type]


CHAPTERS = msgspec.yaml.decode((DOCS / "catalogue.yaml").read_bytes(), type=list[Chapter])

WAYS = {  # key of an answer → what it is called, and the page that tells of it
    "values": ("values", "questions.md#values-and-gradients"),
    "gradients_of": ("gradients", "questions.md#values-and-gradients"),
    "updates": ("updates", "questions.md#updates"),
    "parameters": ("parameters", "questions.md#counts-and-shapes"),
    "entries": ("entries", "questions.md#counts-and-shapes"),
    "shapes": ("shapes", "questions.md#counts-and-shapes"),
    "counts": ("counts", "layers.md#what-can-be-asked"),
    "table": ("a table", "tables.md"),
    "chain": ("a chain", "formulas.md#products-of-partial-derivatives"),
    "choose_one": ("one option", "choices.md#one-option"),
    "choose_several": ("several options", "choices.md#several-options"),
    "match": ("a matching", "choices.md#matching"),
    "order": ("an order", "choices.md#putting-in-order"),
    "construct": ("a construct", "constructs.md"),
    "literal": ("a literal", "literals.md#literals"),
    "sequence": ("a sequence", "literals.md#sequences-and-sets"),
    "set": ("a set", "literals.md#sequences-and-sets"),
    "sufficiency": ("data", "data-sufficiency.md"),
    "text": ("a text", "texts.md"),
    "in_terms_of": ("formulas", "formulas.md"),
    "places": ("entries by place", "networks.md#entry-by-entry"),
}
BESIDES = {  # the same of a network
    "stack": ("layers", "layers.md"),
    "again": ("another point", "networks.md#the-network-at-another-point"),
    "laws": ("what is random", "networks.md#what-is-random"),
    "units": ("single units", "networks.md#a-network-of-single-units"),
}

QUESTIONS = """# Which question can I ask?

<!-- `make catalogue` writes this page from docs/catalogue.yaml and the bank: edit these, not the page. -->

By the chapters of a course: what is asked, an exercise to start from, and how its questions are written. Copy the file, change what you like, and
[check](authoring/checking.md) it. What stands in `tests/fixtures` is small and bare, to show one thing. `gradmark new` writes exercises
[whose comments explain the keys](authoring/first-exercise.md). [Types of question](catalogue.md) says where each comes from, and what is out of reach.
"""
TYPES = """# Types of question

<!-- `make catalogue` writes this page from docs/catalogue.yaml and the bank: edit that, not the page. -->

{total} types of question on neural networks, from public exams, courses and books, in our own words: {asked} are written as an examiner would write them,
{detour} take a detour, and {out} are out of reach. A detour has the right key and says nothing odd on the sheet, but the file is longer than the question.
The exercises that ask a type stand in the bank or, where they show one thing alone, in `tests/fixtures/catalogue`; of the latter, each has right
answers and near misses, which the tests mark.

| chapter | types | as an examiner would | by a detour | out of reach |
|---|---|---|---|---|
{counts}
"""


def address(name: str) -> str:
    """Where an exercise or a page of the docs stands, as seen from the docs."""
    if name in BANK:
        return f"../exercises/{Path(BANK[name].path).parent.name}/{name}.yaml"
    return name if name.endswith(".md") else f"../tests/fixtures/catalogue/{name}.yaml"


def link(name: str) -> str:
    return f"[{Path(name).stem}]({address(name)})"


def exercise(name: str) -> Exercise:
    return BANK[name] if name in BANK else bank.load(FIXTURES / f"{name}.yaml")


def answers(one: Exercise) -> Iterator[AnswerFile]:
    for question in one.file.questions:
        yield from question.answer if isinstance(question.answer, list) else [question.answer]


def written(one: Exercise) -> str:
    """How its questions are written, each way once, with links."""
    ways = [WAYS[key] for key in WAYS if any(getattr(answer, key) for answer in answers(one))]
    ways += [BESIDES[key] for key in BESIDES if getattr(one.file.network, key)]
    return ", ".join(f"[{word}](authoring/{page})" for word, page in dict.fromkeys(ways))


def row(name: str, types: Sequence[Type]) -> str:
    asks = "; ".join(one.type for one in types if name in one.shown)
    if name.endswith(".md"):
        return f"| {asks} | {link(name)} | |"
    one = exercise(name)
    return f"| {asks or ', '.join(one.file.topics)} | {link(name)}: {one.file.title} | {written(one)} |"


def of_chapter(number: int) -> list[str]:
    """The exercises of a chapter of the bank."""
    folder = f"{number:02}-"
    return [name for name, one in BANK.items() if Path(one.path).parent.name.startswith(folder)]


def questions() -> Iterator[str]:
    """The lines of the page by chapters."""
    every = [one for chapter in CHAPTERS for one in chapter.types]
    yield QUESTIONS
    for number, chapter in enumerate(CHAPTERS, start=1):
        others = [name for one in chapter.types for name in one.shown if name not in BANK]
        yield f"## {chapter.name}\n\n| to ask for | start from | written with |\n|---|---|---|"
        yield from (row(name, every) for name in [*of_chapter(number), *dict.fromkeys(others)])
        yield ""


def numbers(types: Sequence[Type]) -> tuple[int, int, int, int]:
    """How many there are, are asked as an examiner would, take a detour, and are out of reach."""
    detours, out = sum(bool(one.detour) for one in types), sum(bool(one.out) for one in types)
    return len(types), len(types) - detours - out, detours, out


def types() -> Iterator[str]:
    """The lines of the page of types."""
    total, asked, detour, out = numbers([one for chapter in CHAPTERS for one in chapter.types])
    rows = [[one.name, *map(str, numbers(one.types))] for one in CHAPTERS]
    counts = "\n".join(f"| {' | '.join(cells)} |" for cells in rows)
    yield TYPES.format(total=total, asked=asked, detour=detour, out=out, counts=counts)
    for chapter in CHAPTERS:
        yield f"## {chapter.name}\n\n| type | asked in | shown by | |\n|---|---|---|---|"
        for one in chapter.types:
            why = (
                f"a detour: {one.detour}"
                if one.detour
                else f"out of reach: {one.out}"
                if one.out
                else ""
            )
            yield f"| {one.type} | {one.of} | {', '.join(map(link, one.shown))} | {why} |"
        yield ""


PAGES = {DOCS / "which-question.md": questions, DOCS / "catalogue.md": types}


def text(lines: Iterator[str]) -> str:
    return "\n".join(lines).rstrip("\n") + "\n"


if __name__ == "__main__":
    for path, lines in PAGES.items():
        path.write_text(text(lines()), encoding="utf-8")
