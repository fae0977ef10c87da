"""The quizzes of the bank: one a week, and exams of both halves of a course."""

import re

import pytest
import yaml
from msgspec.structs import replace

from grader import bank
from grader.papers import blueprint, no_progress
from grader.papers.balancing import draw_papers

FOLDER = bank.home() / "quizzes"
NAMES = sorted(path.stem for path in FOLDER.glob("*.yaml") if path.stem != "sample-quiz")
PAIR = ["ada", "grace"]


def test_there_is_a_quiz_a_chapter():
    chapters = [path.name for path in bank.home().iterdir() if re.match(r"\d", path.name)]
    weeks = [name for name in NAMES if name.startswith("week-")]
    assert [f"week-{name[:2]}" for name in sorted(chapters)] == weeks


@pytest.mark.parametrize("name", NAMES)
def test_papers_of_a_quiz(name, shipped):
    """Both are worth what it says, and they differ."""
    path = FOLDER / f"{name}.yaml"
    quiz = replace(
        blueprint.load(path, shipped), balance=False
    )  # which takes longest, and has tests
    papers = draw_papers(quiz, PAIR, bytes(32), shipped, no_progress)
    whole = yaml.safe_load(path.read_text())["points"]
    assert [sum(item.out_of for item in paper.items) for paper in papers] == [whole, whole]
    ada, grace = ([item.draw for item in paper.items] for paper in papers)
    assert ada != grace


@pytest.mark.parametrize("name", [name for name in NAMES if name.startswith("week-")])
def test_a_week_asks_of_its_chapter_and_of_an_older_one(name, shipped):
    week = name.removeprefix("week-")
    quiz = blueprint.load(FOLDER / f"{name}.yaml", shipped)
    own, older = (
        {shipped[one].path.split("/")[-2][:2] for one in pick.candidates} for pick in quiz.picks
    )
    assert own == {week}
    assert week == "01" or max(older) < week
