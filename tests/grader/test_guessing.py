"""What guessing and copying earn, counted again by marking what a guesser hands in."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.answers import NumberKey, Scoring, SeveralKey, Verdict
from grader.checking import Subject, check
from grader.checking.guessing import constant, rows, ticking

CHOICE = """
id: lengths
title: Lengths
questions:
  - id: pick
    points: 1
    ask: Which is it?
    answer:
      choose_one:
        show: 3
        options:
          one: {right: true, text: this is the longest of them all}
          two: {right: true, text: short}
          three: {text: not so short}
          four: {text: rather short}
          five: {text: a little longer}
accept: ACCEPT
"""
NUMBERS = """
id: numbers
title: Numbers
network:
  inputs: {x: 1}
  parameters: {w: 1, b: 1}
  equations: |
    z = relu(w x) + b
sample:
  x: {from: [-3, 3], step: 1, not: 0}
  w, b: {from: [-1, 1], step: 0.1, not: 0}
questions:
  - id: forward
    points: 1
    ask: Compute $z$.
    answer: {values: [z, w]}
    may_be_trivial: true
"""
SEEDS = 60


def marked(subject, address, answer):
    """How often an answer, which may depend on the variant, is right."""
    right = [one.keys[address][1].mark(answer(one)).verdict for one in subject.drawn]
    return right.count(Verdict.CORRECT) / len(right)


@pytest.fixture
def choice(exercise):
    return Subject(exercise(CHOICE.replace("ACCEPT", "[]")), SEEDS)


def letter_of(subject, which):
    texts = {
        name: option.text
        for name, option in subject.exercise.file.questions[0].answer.choose_one.options.items()
    }

    def answer(variant):
        order = variant.draw.orders["pick"]
        return "abc"[order.index(which(order, key=lambda name: len(texts[name])))]

    return answer


@pytest.mark.parametrize(("way", "which"), [("longest", max), ("shortest", min)])
def test_an_option_by_its_length(choice, way, which):
    [row] = rows(choice)
    assert row.ways[way].share == pytest.approx(marked(choice, "pick", letter_of(choice, which)))


def test_a_letter_and_a_text(choice):
    [row] = rows(choice)
    letters = {letter: marked(choice, "pick", lambda _, one=letter: one) for letter in "abc"}
    assert row.ways["same letter"].share == pytest.approx(max(letters.values()))
    assert letters[row.ways["same letter"].answer] == max(letters.values())
    assert row.different == 2
    assert row.chance == pytest.approx(1 / 3)
    assert row.ways["same text"].share >= 0.5


def test_what_is_given_is_copied(exercise):
    subject = Subject(exercise(NUMBERS), SEEDS)
    by_address = {row.address: row for row in rows(subject)}
    for name in ("z", "w"):
        way = by_address[f"forward.{name}"].ways["copied"]
        values = [
            marked(subject, f"forward.{name}", lambda v, one=one: repr(v.draw.values[one][0][0]))
            for one in "xwb"
        ]
        assert way.share == pytest.approx(max(values))
        assert way.answer == "xwb"[values.index(max(values))]
    assert by_address["forward.w"].ways["copied"].share == 1
    assert 0.3 < by_address["forward.z"].ways["copied"].share < 0.7


@given(
    st.lists(
        st.tuples(st.integers(-20, 20), st.sampled_from([0.0, 0.25, 1.5])), min_size=1, max_size=12
    )
)
def test_the_best_number_is_right_as_often_as_any(keys):
    numbers = [NumberKey(float(value), within) for value, within in keys]
    found = constant(numbers, [one.show() for one in numbers])
    tried = [one.value + sign * one.within for one in numbers for sign in (-1, 0, 1)]
    right = [
        sum(key.mark(repr(text)).verdict is Verdict.CORRECT for key in numbers) for text in tried
    ]
    assert found.share == pytest.approx(max(right) / len(numbers))


@given(st.integers(1, 4), st.integers(1, 4), st.sampled_from(Scoring))
def test_ticking_everything_or_nothing(right, wrong, scoring):
    options = tuple(f"option{number}" for number in range(right + wrong))
    key = SeveralKey(options[:right], options, scoring)
    ways = ticking([key])
    assert ways["everything"].share == (right / (right + wrong) if scoring is Scoring.EACH else 0)
    assert ways["nothing"].share == (wrong / (right + wrong) if scoring is Scoring.EACH else 0)


def codes(exercise):
    return [(one.code, one.line, one.column) for one in check(exercise, SEEDS).problems]


@pytest.mark.parametrize(
    "accept",
    [
        "[few-variants, no-because, length]",
        "{few-variants: two facts, no-because: a test, length: a test}",
    ],
)
def test_what_is_accepted_with_a_reason_or_without_is_no_finding(exercise, accept):
    one_fact = CHOICE.replace("two: {right: true, ", "two: {")
    found = {code for code, *_ in codes(exercise(one_fact.replace("ACCEPT", "[no-because]")))}
    assert found == {"few-variants", "length"}
    assert codes(exercise(one_fact.replace("ACCEPT", accept))) == []


def test_what_cannot_be_accepted_is_said_at_its_place(exercise):
    accept = "{few-variants: two, no-because: a test, length: a test, near-miss: no reason}"
    assert codes(exercise(CHOICE.replace("ACCEPT", accept))) == [("schema", 17, 65)]


def test_formulas_are_alike_by_nature_and_listed_once(shipped):
    report = check(shipped["scalar-classifier"], 20)
    [line] = [one for one in report.remarks if "the same for every student" in one]
    assert "chain_w1" in line and "chain_w2" in line and "gradient_w1" not in line
    assert not [one for one in report.problems if one.code == "few-variants"]
