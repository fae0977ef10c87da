"""The author's words in one variant, each at its place in the file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from msgspec import Struct

from grader.bank import fill
from grader.checking.subject import Subject
from grader.drawing import Variant
from grader.errors import Place


class Passage(Struct, frozen=True):
    """A text of the author's, with its placeholders filled; ``question`` is empty for the exercise."""

    place: Place
    question: str
    text: str


def passages(subject: Subject, variant: Variant, words: Mapping[str, str]) -> Iterator[Passage]:
    """Title, text, questions and what is chosen from, with ``words`` for the placeholders."""
    file, model = subject.exercise.file, variant.solved.model
    yield Passage(subject.at["title"], "", fill(file.title, words))
    yield Passage(subject.at["text"], "", fill(file.text, words))
    for question in file.questions:
        place = subject.places[question.id]
        yield Passage(place["ask"], question.id, fill(question.ask, words))
    for blank in model.blanks:
        for text in blank.written:
            name = blank.question
            yield Passage(subject.places[name]["answer"], name, fill(text, {**words, "sign": ""}))


def told(subject: Subject, variant: Variant, words: Mapping[str, str]) -> Iterator[Passage]:
    """What the author says where answers are explained, which may hold them."""
    for blank in variant.solved.model.blanks:
        place = subject.places[blank.question]["answer"]
        for text in blank.reasons:
            yield Passage(place, blank.question, fill(text, {**words, "sign": ""}))
