"""The types of question: each is asked by an exercise of the bank or a small one of its own, or is out of reach for a reason."""

import pytest

from grader import bank
from grader.bank import PRINTED
from grader.checking import Subject, findings
from grader.drawing import printed_variant
from tests.catalogue import CHAPTERS, FIXTURES, PAGES, address, link, questions, text
from tests.shipped import BANK

FILES = sorted(FIXTURES.glob("*.yaml"))
TYPES = [one for chapter in CHAPTERS for one in chapter.types]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_small_exercise(path):
    """Right answers of every blank are right, and near misses are not."""
    exercise = bank.load(path)
    said = exercise.file.examples
    right = {blank for one in said if one.verdict == "correct" for blank in one.answers}
    assert right == {*printed_variant(exercise).keys}
    assert any(one.verdict != "correct" for one in said)
    assert {one.seed for one in said} == {PRINTED}
    assert findings(Subject(exercise, 1), ["examples"]) == []


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_pages_are_as_written(path):
    assert path.read_text(encoding="utf-8") == text(PAGES[path]()), "run `make catalogue`"


def test_every_exercise_has_a_row():
    page = text(questions())
    assert [name for name in BANK if f"| {link(name)}: " not in page] == []


def test_every_exercise_names_its_source():
    assert [name for name, exercise in BANK.items() if not exercise.file.source] == []


def test_every_type_is_shown_or_out_of_reach():
    assert [one.type for one in TYPES if bool(one.shown) == bool(one.out)] == []
    assert [one.type for one in TYPES if one.detour and one.out] == []


def test_every_small_exercise_shows_a_type():
    shown = {address(name) for one in TYPES for name in one.shown}
    assert [path.stem for path in FILES if address(path.stem) not in shown] == []
