"""Types of question that no exercise of the bank asks can be asked: a small exercise each, right answers right, near misses wrong."""

from pathlib import Path

import pytest

from grader import bank
from grader.bank import PRINTED
from grader.checking import Subject, findings
from grader.drawing import printed_variant

FILES = sorted((Path(__file__).parents[1] / "fixtures" / "catalogue").glob("*.yaml"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_type_of_question(path):
    exercise = bank.load(path)
    said = exercise.file.examples
    right = {blank for one in said if one.verdict == "correct" for blank in one.answers}
    assert right == {*printed_variant(exercise).keys}
    assert any(one.verdict != "correct" for one in said)
    assert {one.seed for one in said} == {PRINTED}
    assert findings(Subject(exercise, 1), ["examples"]) == []
