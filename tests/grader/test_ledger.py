"""Every question of the source exams is asked, and the answers of the sources stand in its exercise."""

from pathlib import Path

import pytest

from grader.bank import PRINTED
from grader.checking import Subject, findings
from grader.drawing import printed_variant
from tests import data
from tests.shipped import BANK

SOURCES = data.load(Path(__file__).parents[1] / "sources.yaml")


def stated(exercise, verdict):
    """Blank → texts that are stated to be marked so in the printed variant."""
    return {
        address: texts if isinstance(texts, list) else [texts]
        for example in exercise.file.examples
        if example.seed == PRINTED and example.verdict == verdict
        for address, texts in example.answers.items()
    }


@pytest.mark.parametrize("name", BANK)
def test_answers_of_the_source(name, shipped):
    """Right ones and wrong ones stand in the file for each blank, and are marked so."""
    exercise = shipped[name]
    blanks = {*printed_variant(exercise).keys}
    assert {*stated(exercise, "correct")} == {*stated(exercise, "incorrect")} == blanks
    assert findings(Subject(exercise, 1), ["examples"]) == []


@pytest.mark.parametrize("question", SOURCES)
def test_every_question_of_the_sources_is_asked(question, shipped):
    for address in SOURCES[question]:
        name, _, place = address.partition("/")
        rows = [
            row for row in stated(shipped[name], "correct") if f"{row}.".startswith(f"{place}.")
        ]
        assert rows, address
