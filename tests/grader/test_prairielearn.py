"""A quiz in a course of PrairieLearn: what is drawn, shown, read and marked there is what gradmark draws, shows, reads and marks."""

import json
import re
from fractions import Fraction

import pytest

from grader import bank, drawing, exports, marking, sheets
from grader.exports import on_prairielearn
from tests.grader.readers.prairielearn import Course, Fields
from tests.grader.rounds import Round
from tests.shipped import BANK

TEXT = """
id: mixed
title: A number and a text
network:
  inputs: {x: 1}
  parameters: {w: 1, b: 1}
  equations: y = w x + b
sample:
  w, x: {from: [2, 9], step: 1}
  b: {from: [-9, -1], step: 0.5}
questions:
  - id: value
    points: 2
    ask: Compute $y$.
    answer: {values: [y]}
  - id: square
    points: 1
    ask: Multiply out the square of $y$.
    answer: {values: {q: (w x + b)^2}, in_terms_of: [w, x, b], form: expanded}
  - id: why
    points: 3
    ask: Why does it grow with $x$?
    answer:
      text:
        rubric:
          sign: {text: The weight is positive}
"""
QUIZ = """
id: course
title: All kinds
balance: false
pick:
  - position-shift
  - softmax-cross-entropy
  - receptive-gaps
  - scalar-classifier
  - broadcast-and-back
  - beam-against-greedy
  - {exercise: two-two-one, points: 1}
  - {from: [learning-rate-curves, symmetric-start, drawn-data-sufficiency], choose: 2}
  - mixed
"""


@pytest.fixture(scope="module")
def quiz(tmp_path_factory):
    folder = tmp_path_factory.mktemp("quiz")
    return Mixed(folder, QUIZ, [f"s{number}" for number in range(4)])


class Mixed(Round):
    """A quiz of the bank, and of one exercise more."""

    def reload(self):
        path = self.base / "mixed.yaml"
        path.write_text(TEXT)
        self.bank = {**BANK, "mixed": bank.load(path)}


@pytest.fixture(scope="module")
def course(quiz, tmp_path_factory):
    out = tmp_path_factory.mktemp("course")
    found = exports.export(quiz.folder, "prairielearn", out, quiz.bank, exports.Selection())
    assert not found.report.codes
    return Course(out)


@pytest.fixture(scope="module")
def variants(course, quiz):
    """One variant of each question, as PrairieLearn stores it and as gradmark draws it."""
    found = {name: question.variant(1) for name, question in course.questions.items()}
    return {name: (one, ours(quiz, one)) for name, one in found.items()}


def ours(quiz, variant):
    """The variant as gradmark draws it from the seed that staff see."""
    params = variant.made["params"]
    return drawing.variant_of(quiz.bank[params["exercise"]], params["seed"])


def ways(own):
    """Answers of several students: right; a near miss in every other blank; in the first alone; one left empty."""
    right = {address: key.show() for address, (_, key) in own.keys.items()}
    wrong = {address: (key.near_misses() or [""])[0] for address, (_, key) in own.keys.items()}
    first = next(iter(right))
    yield right
    yield {at: wrong[at] if place % 2 else right[at] for place, at in enumerate(right)}
    yield right | {first: wrong[first]}
    yield right | {first: ""}


def test_the_assessment_is_worth_what_a_paper_is(course, quiz):
    paper = {one.draw.exercise: one.out_of for one in quiz.manifest.papers[0].items}
    points = course.points()
    for exercise, out_of in paper.items():
        assert sum(map(Fraction, map(str, points[f"course/{exercise}"]))) == Fraction(str(out_of))
    assert points["course/mixed"] == (3, 3)
    slots = course.assessment["zones"][0]["questions"]
    [pool] = [one for one in slots if "alternatives" in one]
    assert pool["numberChoose"] == 2 and len(pool["alternatives"]) == 3
    assert len(slots) == 9


def test_points_are_those_of_mark(variants):
    for variant, own in variants.values():
        for answers in ways(own):
            agree(variant, own, answers)


def agree(variant, own, answers):
    """PrairieLearn gives the points that gradmark gives, blank by blank and in all; what waits for a person, none."""
    marks = marking.mark(own, answers).marks
    found = variant.submit(answers)
    assert not found.issue
    if not found.gradable:
        asks = {at for at, one in marks.items() if one.to_look_at and one.kind != "text"}
        assert asks == found.errors.keys() or not any(answers.values())
        return
    counted = {at: one for at, one in marks.items() if one.kind != "text"}
    assert found.parts.keys() == counted.keys()
    for at, one in counted.items():
        assert found.parts[at]["score"] * one.out_of == pytest.approx(one.points, abs=1e-4)
        assert found.parts[at]["weight"] == one.out_of
    earned, out_of = (sum(getattr(one, name) for one in counted.values()) for name in ("points", "out_of"))  # fmt: skip
    assert found.score * out_of == pytest.approx(earned, abs=1e-4)


def test_what_follows_from_a_wrong_answer_counts(course, quiz):
    variant = course.questions["course/two-two-one"].variant(3)
    values = {name: rows[0][0] for name, rows in ours(quiz, variant).draw.values.items()}
    right = {at: key.show() for at, (_, key) in ours(quiz, variant).keys.items()}
    h1 = float(right["output.h1"]) + 0.2
    y = values["v1"] * h1 + values["v2"] * float(right["output.h2"]) + values["b2"]
    found = variant.submit({**right, "output.h1": f"{h1:.6f}", "output.y": f"{y:.6f}"})
    scores = {at: one["score"] for at, one in found.parts.items()}
    assert scores == {"output.h1": 0, "output.h2": 1, "output.y": 1}
    assert found.score == pytest.approx(2 / 3)
    assert found.feedback["output.y"]["word"] == "Right from there"
    _, page = variant.shown(found, panel="submission")
    assert "Right from your value of h₁" in page and "0 of 1" in page


def test_what_cannot_be_read_costs_no_attempt(course, quiz):
    variant = course.questions["course/two-two-one"].variant(4)
    found = variant.submit({"output.h1": "0.5 +", "output.h2": "0.5"})
    assert not found.gradable and found.errors.keys() == {"output.h1"} and found.score is None
    _, page = variant.shown(found)
    assert found.errors["output.h1"] in page.replace("&#39;", "'")
    assert Fields(page).filled["output.h1"] == "0.5 +"
    nothing = variant.submit({})
    assert not nothing.gradable and [*nothing.errors.values()] == [on_prairielearn.NOTHING]


def test_reading_knows_no_key(course, quiz, monkeypatch):
    """So whether a text is a format error tells nothing."""

    def compared(*_):
        raise AssertionError("a key was compared with")

    variant = course.questions["course/two-two-one"].variant(4)
    for key in {type(key) for _, key in ours(quiz, variant).keys.values()}:
        monkeypatch.setattr(key, "judge", compared)
    assert not variant.submit({"output.h1": "0.5 +"}).gradable


def test_a_failure_of_ours_is_an_issue_and_no_wrong_answer(course, quiz, monkeypatch):
    variant = course.questions["course/two-two-one"].variant(4)
    [key] = {type(key) for _, key in ours(quiz, variant).keys.values()}
    monkeypatch.setattr(key, "judge", lambda *_: 1 / 0)
    monkeypatch.setattr("grader.marking.scoring.log.exception", lambda *_: None)
    found = variant.submit({"output.h1": "0.5"})
    assert found.issue and not found.gradable and found.score is None


def test_a_right_value_that_is_not_as_asked_goes_back(course):
    variant = course.questions["course/mixed"].variant(1)
    found = variant.submit({"value.y": "1", "square.q": "(w x + b)^2"})
    assert not found.gradable and "The value is right" in found.errors["square.q"]
    assert variant.submit({"square.q": "w^2 x^2 + 2 w x b + b^2"}).parts["square.q"]["score"] == 1


def test_no_key_is_in_the_data_of_a_page(variants):
    assert sum(hides(name, *both) for name, both in variants.items()) > 20


def hides(name, variant, own):
    """How many keys are searched for, and not there, in all that a page is made from; those that the sheet states anyway are not."""
    said = sheets.document(sheets.in_print(own))
    data, page = variant.shown()
    assert data["correct_answers"] == {} and data["params"].keys() == {"exercise", "seed", "digest"}
    _, answer = variant.shown(panel="answer")
    assert answer == "" and variant.question.info["showCorrectAnswer"] is False
    everything = json.dumps(data) + page
    shown = {address: key.show() for address, (_, key) in own.keys.items()}
    telling = {at: one for at, one in shown.items() if len(one) > 3 and one not in said}
    for address, one in telling.items():
        alone = rf"(?<![\w.]){re.escape(one)}(?![\w.])"  # no part of a digest, a colour or a longer number
        assert not re.search(alone, everything), (name, address)
    return len(telling)


def test_a_page_has_a_field_for_each_blank_and_shows_student_text_as_text(variants):
    for variant, own in variants.values():
        blanks = own.keys.keys()
        assert variant.fields.keys() == blanks
        assert Fields(variant.shown(editable=False)[1]).disabled == {*blanks}
        first = next(iter(blanks))
        hostile = '<script>alert("1")</script>'
        found = variant.submit({first: hostile})
        for panel in ("question", "submission"):
            assert "<script" not in variant.shown(found, panel=panel)[1]


def test_a_text_waits_for_a_person_who_sees_the_rubric(course):
    variant = course.questions["course/mixed"].variant(1)
    found = variant.submit({"value.y": "0", "why": "It does."})
    assert found.gradable and found.parts.keys() == {"value.y", "square.q"} and found.score == 0
    assert "The weight is positive" not in variant.shown(found, panel="submission")[1]
    graded = variant.shown(found, panel="submission", manual_grading=True)[1]
    assert "The weight is positive" in graded


def test_seeds_cannot_be_worked_out_from_the_bank(course, quiz):
    """A variant is drawn from the seed of PrairieLearn and from a salt, which is made from the quiz's secret and is not it."""
    assert not any(quiz.secret.encode() in content for content in contents(course.folder).values())
    question = course.questions["course/two-two-one"]
    one, again, other = (question.variant(seed) for seed in (5, 5, 6))
    assert one.made == again.made
    assert one.made["params"]["seed"] not in (5, other.made["params"]["seed"])


def test_a_variant_of_another_version_is_refused(course):
    variant = course.questions["course/two-two-one"].variant(5)
    variant.made["params"]["digest"] = "0"
    with pytest.raises(RuntimeError, match="was changed since"):
        variant.shown()


def test_the_same_quiz_is_the_same_bytes(course, quiz, tmp_path):
    exports.export(quiz.folder, "prairielearn", tmp_path, quiz.bank, exports.Selection())
    assert contents(tmp_path) == contents(course.folder)


def contents(folder):
    files = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder): path.read_bytes() for path in files}
