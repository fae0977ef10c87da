"""A second look that fails: what was right stays right, what was wrong is an error, and other students are marked."""

import pytest
from msgspec.structs import replace

from grader.answers import CountKey, ExpressionKey, MatrixKey, ShapeKey
from grader.answers.alike import fingerprint
from grader.drawing import printed_variant
from grader.marking import Answers, batch, mark, mark_all, variants
from grader.marking.given import origin
from tests.shipped import BANK

KEYS = printed_variant(BANK["two-layer-numbers"]).keys
TEXTS = {"forward.h1": KEYS["forward.h1"][1].show(), "forward.h3": "77"}  # right, and wrong


def planted(*_):
    raise ZeroDivisionError


def test_what_was_right_stays_right_where_a_second_look_fails(monkeypatch):
    variant = printed_variant(BANK["two-layer-numbers"])
    monkeypatch.setattr(variants, "explained", planted)
    marks = mark(variant, TEXTS).marks
    assert marks["forward.h1"].verdict == "correct"
    assert marks["forward.h3"].verdict == "error"


def test_students_are_marked_one_by_one_where_a_second_look_at_all_fails(monkeypatch):
    variant = printed_variant(BANK["two-layer-numbers"])
    explained = batch.explained
    monkeypatch.setattr(
        batch, "explained", lambda solved, some: explained(solved, some) if len(some) < 2 else 1 / 0
    )
    lines = [Answers("two-layer-numbers", "printed", TEXTS) for _ in range(2)]
    found = mark_all(variant.solved, [(variant.row, line) for line in lines])
    assert found[0].marks == found[1].marks == mark(variant, TEXTS).marks
    assert found[0].marks["forward.h3"].verdict == "incorrect"


def test_the_quantity_that_a_blank_asks_for_is_not_one_that_it_implies():
    key = printed_variant(BANK["shortcut-network"]).keys["gradients.W2"][1]
    assert origin(key.points.network, "@gradients.W2") == "dL/dW2"


@pytest.mark.parametrize(
    ("address", "exercise", "says"),
    [
        ("parameters", "shortcut-network", "in n, d, h"),
        ("gradients.b2", "shortcut-network", "form: any; one layout"),
    ],
)
def test_staff_are_told_what_is_right_besides_the_key(address, exercise, says):
    key = printed_variant(BANK[exercise]).keys[address][1]
    assert isinstance(key, CountKey | ExpressionKey)
    assert key.leeway().endswith(says)


def test_leeway_of_matrices_and_layouts():
    assert MatrixKey([[1.0], [2.0]], [[0.1], [0.2]]).leeway() == "± [0.1; 0.2]"
    key = printed_variant(BANK["shortcut-network"]).keys["gradients.b1"][1]
    assert replace(key, either_layout=True).leeway().endswith("form: any; either layout")


def test_small_values_are_told_apart():
    key = printed_variant(BANK["shortcut-network"]).keys["gradients.b2"][1]
    value = key.side.value
    assert fingerprint(1e-9 * value) != fingerprint(2e-9 * value)


def test_a_wrong_shape_has_a_class_and_a_count_too_large_says_so():
    assert ShapeKey(("3", "2")).mark("4 × 2").alike
    names = tuple(f"{one}{i}" for one in "abc" for i in range(3))
    long = "*".join(f"(a{i} + b{i} + c{i} + 1)" for i in range(3))
    outcome = CountKey(long, names).mark(f"1 / ({long})")
    assert outcome.verdict == "unreadable"
    assert "write it shorter" in outcome.message
