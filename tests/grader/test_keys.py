"""A new answer shape is a key and who makes it: nothing else knows of it."""

import doctest
from contextlib import suppress

import pytest

from grader import checking, marking
from grader.answers import ALL, NOTHING, Key, Outcome, Verdict, expression, key
from grader.drawing import predict, variant_of
from grader.model import texts
from grader.sheets import solution
from grader.sheets.solutions import worked
from grader.versions.comparing import compare
from reference.language.errors import LanguageError
from tests import hostile

ASKED = """
id: history
title: History
questions:
  - id: when
    points: 2
    ask: In which year was backpropagation made popular?
    answer: {text: {rubric: {year: {text: Names the year.}}}}
  - {id: why, points: 2, ask: Why then?, answer: {text: {rubric: {why: {text: Names a reason.}}}}}
"""


class YearKey(Key, frozen=True):
    """No more than the four things that every key must say."""

    year: int

    def read(self, text):
        if not text.strip().isdecimal():
            raise LanguageError("expected a year, as 1986")
        return int(text), text.strip()

    def judge(self, given, understood):
        if given == self.year:
            return Outcome(Verdict.CORRECT, ALL, "", understood)
        return Outcome(Verdict.INCORRECT, NOTHING, "another year", understood, given)

    def show(self):
        return str(self.year)

    def near_misses(self):
        return [str(self.year - 1), str(self.year + 1)]


@pytest.fixture
def history(exercise, monkeypatch):
    """An exercise whose maker of keys gives a year where the rubric asks for one."""
    made = texts.TextKey

    def make(rubric):
        return YearKey(1986) if "year" in rubric else made(rubric)

    monkeypatch.setattr(texts, "TextKey", make)
    return exercise(ASKED)


def test_the_example_of_the_contract_holds():
    found = doctest.testmod(key, raise_on_error=True)
    assert found.attempted > 3


def test_a_new_answer_shape_goes_through_every_door(history):
    variant = variant_of(history, 0)
    verdicts = [
        marking.mark(variant, {"when": text, "why": "…"}).marks["when"].verdict
        for text in ("1986", "1943", "long ago", "")
    ]
    assert verdicts == ["correct", "incorrect", "unreadable", "blank"]
    assert solution(variant) == [
        ("when", "1986", "exact"),
        ("why", "why (1): Names a reason.", "marked by a person"),
    ]
    assert worked(variant) == {}
    assert predict([variant])[0].steps == 1  # of the rubric
    codes = {problem.code for problem in checking.check(history, 3).problems}
    assert codes == {"few-variants"}  # as nothing is drawn
    assert compare("history", {0: variant}, {0: variant}).keys == ()


def compared(*_):
    raise AssertionError("compared with the key")


def test_reading_knows_no_right_answer(monkeypatch):
    """What stands before an equality sign, which may be what is asked for, is looked at when an answer is judged."""
    for name in ("compare", "compare_sides", "at_sight"):
        monkeypatch.setattr(expression, name, compared)
    keys, read = hostile.keys(), 0
    for one in keys.values():
        for text in (
            "dL/dz2 = yhat - y",
            "dL/dW1 = yhat\n= y",
            "w ← yhat - y\nyhat",
            "2/3",
            "[1, 2]",
        ):
            with suppress(LanguageError):
                one.read(text)
                read += 1
    assert read > len(keys)
