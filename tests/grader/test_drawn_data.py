"""Questions on data that are drawn: balanced, proved, never trivial, and explained."""

import re
from collections import Counter

import pytest

from grader import bank
from grader.cli import main
from grader.drawing import printed_variant, restored, variants
from grader.errors import AuthorError
from grader.marking import mark
from grader.model import OPTIONS
from grader.sheets import worked
from reference.sufficiency import proofs
from tests.shipped import BANK

COUNT = 150

GOOD = """
id: drawn
title: Enough?
choose:
  question: sufficiency
network:
  units: {x: 2, h: 2 relu, y: 1}
printed:
  question: o_y | weights; inputs | outputs of h
questions:
  - id: q
    points: 1
    ask: Can {{question}} be known?
    answer:
      sufficiency: {target: "{{question.target}}", first: "{{question.first}}", second: "{{question.second}}"}
"""


def loaded(tmp_path, old="", new=""):
    assert old in GOOD
    path = tmp_path / "drawn.yaml"
    path.write_text(GOOD.replace(old, new) if old else GOOD)
    return bank.load(path)


@pytest.fixture(scope="module")
def drawn():
    return variants(BANK["drawn-data-sufficiency"], range(COUNT))


def question(variant):
    [blank] = variant.solved.model.blanks
    return blank.source.question


def test_the_five_answers_come_up_alike(drawn):
    """In the long run each is right for a fifth; ``make bench`` counts 2,000."""
    counts = Counter(question(one).key.right for one in drawn)
    assert counts.keys() == OPTIONS.keys()
    assert min(counts.values()) >= 0.1 * COUNT
    assert max(counts.values()) <= 0.3 * COUNT


def test_hardly_any_two_students_get_the_same(drawn):
    assert len({one.draw.choices["question"] for one in drawn}) >= 0.9 * COUNT
    assert len({one.draw.choices["network"] for one in drawn}) == 9


def test_all_are_decided_and_proved(drawn):
    for variant in drawn:
        for one in question(variant).proved:
            proofs.check(one.network, one.target, one.given, one.decision)


def test_none_is_trivial(drawn):
    for variant in drawn:
        asked = question(variant)
        first, second = set(asked.first), set(asked.second)
        assert asked.target not in first | second
        assert not first <= second
        assert not second <= first


def test_a_seed_has_one_question_in_any_company():
    exercise = BANK["drawn-data-sufficiency"]
    alone = [variants(exercise, [seed])[0].draw for seed in (3, "a", 11)]
    assert [one.draw for one in variants(exercise, [11, 3, "a"])] == [alone[2], alone[0], alone[1]]
    assert [one.draw for one in restored(exercise, alone)] == alone


def test_a_choice_that_is_no_question_is_refused(tmp_path):
    exercise = loaded(tmp_path)
    draw = printed_variant(exercise).draw
    draw.choices["question"] = "o_y"
    with pytest.raises(AuthorError, match="a choice that the exercise does not have"):
        restored(exercise, [draw])


CASES = {
    "a printed question in one part": ("o_y | weights; inputs | outputs of h", "o_y", "expected 'target | first item | second item', found 'o_y'"),
    "an unknown quantity": ("o_y | weights; inputs | outputs of h", "o_z | weights | inputs", "unknown name 'o_z'"),
    "something else to draw": ("question: sufficiency", "question: gossip", "found 'gossip'"),
    "no units": ("units: {x: 2, h: 2 relu, y: 1}", 'equations: "a = 1"', "drawn only for a network with 'units'"),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_authors_are_told(case, tmp_path):
    old, new, says = CASES[case]
    with pytest.raises(AuthorError) as caught:
        exercise = loaded(tmp_path, old, new)
        printed_variant(exercise)
        variants(exercise, [1])
    assert says in caught.value.problems[0].message


def test_units_can_be_drawn_as_one_text(tmp_path):
    text = GOOD.replace("units: {x: 2, h: 2 relu, y: 1}", "units: 'x: 2, h: 2 relu, y: 1'")
    (tmp_path / "text.yaml").write_text(text.replace("id: drawn", "id: drawn", 1))
    one = bank.load(tmp_path / "text.yaml")
    seeds = range(4)
    other = variants(loaded(tmp_path), seeds)
    assert [v.draw.choices for v in variants(one, seeds)] == [v.draw.choices for v in other]


# Explanations


def tables(text):
    """The rows of every table, as (role, quantity, first, second)."""
    for block in re.findall(r"(?:^\|.*\n?)+", text, re.MULTILINE):
        yield [
            tuple(cell.strip() for cell in line.strip("|").split("|"))
            for line in block.splitlines()[2:]
        ]


def test_two_networks_stand_side_by_side(drawn):
    found = 0
    for variant in drawn:
        [text] = worked(variant).values()
        for rows in tables(text):
            found += 1
            given = [row for row in rows if row[0] == "given"]
            assert all(row[2] == row[3] for row in given)
            assert [row[0] for row in rows].count("asked for") == 1
            assert rows[-1][0] == "asked for"
            assert rows[-1][2] != rows[-1][3]
            assert any(row[0] == "chosen" and row[2] != row[3] for row in rows)
    assert found > 50


def test_a_derivation_ends_with_what_is_asked(drawn):
    for variant in drawn:
        asked = question(variant)
        [text] = worked(variant).values()
        if asked.key.right in ("each", "together"):
            assert " enough:\n\n1. " in text
            assert re.search(r"\((chain rule|the unit's own equation|the two are|it grows)", text)


def test_a_wrong_option_is_answered_with_the_proof_against_it(drawn):
    for variant in drawn[:40]:
        right = question(variant).key.right
        for letter, option in zip("abcde", OPTIONS, strict=True):
            found = mark(variant, {"data": letter}).marks["data"]
            assert (found.verdict == "correct") == (option == right)
            assert found.message.startswith("not so: ") == (option != right)


def test_staff_see_why(run):
    for form in ("text", "markdown", "html", "json"):
        shown = run(
            main, "show", "drawn-data-sufficiency", "--printed", "--solution", "--format", form
        )
        assert shown.exit_code == 0
        assert "chain rule" in shown.stdout
        assert "is not enough: two networks" in shown.stdout
