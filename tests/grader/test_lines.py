"""Lines of answers to a quiz: whose they are, which variant they answer, and what cannot be given to anyone."""

import json

import pytest

from grader import papers
from grader.errors import UsageError
from tests.grader.rounds import Round

QUIZ = """
id: week
title: A week
pick: [two-two-one, {from: [two-class-softmax, hinge-room], choose: 1}]
"""


@pytest.fixture(scope="module")
def quiz(tmp_path_factory):
    return Round(tmp_path_factory.mktemp("lines"), QUIZ, ["ada", "ben", "007"])


def line(quiz, owner, place, student, **changed):
    """The right answers to an exercise on the paper of an owner, as a student gave them."""
    [paper] = [one for one in quiz.manifest.papers if one.student == owner]
    draw = paper.items[place].draw
    keys = quiz.solved[owner, draw.exercise].keys
    answers = {address: key.show() for address, (_, key) in keys.items()} | changed
    return {"exercise": draw.exercise, "seed": draw.seed, "student": student, "answers": answers}


def graded(quiz, tmp_path, lines):
    path = tmp_path / "lines.jsonl"
    path.write_text(
        "".join(f"{one if isinstance(one, str) else json.dumps(one)}\n" for one in lines)
    )
    found = papers.grade_notebooks([path], quiz.folder, quiz.bank)
    return {one.student: one for one in found if one.student}, [
        one for one in found if not one.student
    ]


def test_a_student_may_have_had_the_paper_of_another(quiz, tmp_path):
    """Versions are handed out, and spreadsheets take zeros away; what is left out is blank."""
    lines = [line(quiz, "ben", 0, "ada"), line(quiz, "ben", 1, "ada"), line(quiz, "ada", 0, "7")]
    rows, lost = graded(quiz, tmp_path, lines)
    assert not lost
    assert rows["ada"].points == rows["ada"].out_of > 0
    assert 0 < rows["007"].points < rows["007"].out_of
    assert not rows["ada"].doubts and not rows["007"].doubts
    assert rows["ben"].is_absent


def test_what_is_nobodys_or_of_no_paper_has_a_row(quiz, tmp_path):
    stranger = line(quiz, "ben", 0, "eve")
    elsewhere = line(quiz, "ben", 0, "ben") | {"seed": 1}
    rows, lost = graded(quiz, tmp_path, [stranger, elsewhere, "{", line(quiz, "ada", 0, "ada")])
    assert [one.problem.partition(":")[0] for one in lost] == [
        "unknown paper", "no paper of this quiz has 'two-two-one' with the seed 1", "cannot be read",
    ]  # fmt: skip
    assert [one.file.rpartition(":")[2] for one in lost] == ["1", "2", "3"]
    assert rows["ada"].points and rows["ben"].is_absent


def test_two_answers_to_one_blank_wait_for_a_person(quiz, tmp_path):
    once = line(quiz, "ada", 0, "ada")
    address = next(iter(once["answers"]))
    again = once | {"answers": {address: "17"}}
    rows, _ = graded(quiz, tmp_path, [once, again])
    assert rows["ada"].marks[0].marks[address].verdict == "unreadable"
    assert rows["ada"].is_open


def test_lines_and_notebooks_are_graded_apart(quiz, tmp_path):
    (tmp_path / "lines.jsonl").write_text("")
    with pytest.raises(UsageError, match="found both"):
        papers.grade_notebooks([tmp_path / "lines.jsonl", quiz.folder], quiz.folder, quiz.bank)
