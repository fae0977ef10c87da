"""Answers that are right, near misses, and answers to ask back about, as data in ``fixtures/marking``."""

import functools
import re
import tracemalloc

import pytest
from msgspec import structs

from grader.answers import (
    ChainKey,
    CountKey,
    DerivationKey,
    ExpressionKey,
    ShapeKey,
    expression,
)
from grader.answers.derivation import split
from reference.equivalence.resolver import read_part
from tests import hostile
from tests.grader.marked_answers import VERDICTS, cases, groups

EXACT = (ExpressionKey, DerivationKey, ChainKey, ShapeKey, CountKey)  # every message is stated
LONG = re.compile(r"[^<>!]=|\bwhere\b|\bwith\b")  # what else is said: the short way leaves it
TYPED = (
    "the slope of a unit, in words",
    "gradients as programs",
    "a softmax of two",
    "matrix entries",
)
GROUPS = [group for found in groups().values() for group in found]
CASES = [
    pytest.param(group, place, text, verdict, says, id=f"{title}: {' '.join(text.split())}")
    for group in GROUPS
    for place, title, text, verdict, says in cases(group)
]


@pytest.mark.parametrize(("group", "place", "text", "verdict", "says"), CASES)
def test_is_marked(group, place, text, verdict, says):
    key = group.keys[place]
    outcome = key.mark(text)
    assert outcome.verdict == verdict
    assert outcome.message == says or (says is None and not isinstance(key, EXACT))
    assert outcome.message or verdict == "correct"
    assert (outcome.share == 1) == (verdict == "correct")
    assert (outcome.share == 0) == (verdict not in ("correct", "partial"))
    assert outcome.understood or "column" in outcome.message or verdict == "unreadable"


def test_what_is_still_being_typed_can_be_looked_at():
    """Whatever stands at its end."""
    unfinished = {
        (group, place, text[:end])
        for group, place, text, verdict, _ in (case.values for case in CASES)
        if verdict == "correct" and group.data["title"].startswith(TYPED)
        for end in range(len(text))
    }
    assert len(unfinished) > 1_500
    for group, place, text in unfinished:
        assert group.keys[place].read(text).state in ("read", "asks", "blank")


@functools.cache
def by_itself(group, place, text):
    """By a key that has marked nothing yet, and the same by the long way."""
    fresh = structs.replace(group.keys[place])
    outcome = fresh.mark(text)
    assert outcome == hostile.the_long_way(group.keys[place], text)
    return outcome


@pytest.mark.parametrize("most", [0, 30_000, 10**9])
def test_an_answer_is_marked_as_by_itself(most):
    """Whatever answers were marked before it, and however many of their parts are kept."""
    count = usual = short = 0
    for group, place, text, *_ in (case.values for case in CASES):
        key = group.keys[place]
        if isinstance(key, ExpressionKey):
            expression.parts_of(key).most = most
            assert key.mark(text) == by_itself(group, place, text)
            count += 1
            if LONG.search(text) is None:
                usual += 1
                short += read_part(text, expression.parts_of(key)) is not None
    assert count > 1000
    assert usual > 0.75 * count
    assert short > 0.6 * usual


def test_of_many_sums_few_values_are_kept():
    """Three sums in each other have three axes, so their values are large."""
    group = next(one for one in GROUPS if one.data["title"] == "softmax of scores, entry by entry")
    key = next(key for key in group.keys if isinstance(key, ExpressionKey))
    texts = [f"sum_i sum_j sum_k (P_i P_j P_k{f' * {n}' * 100})" for n in range(2, 22)]
    given = [key.read_formula(text)[0].node for text in texts]
    tracemalloc.start()
    assert key.first_met(given, (key.expression,), memory=10**6) == [None] * len(given)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 10 * 10**6


@pytest.mark.parametrize("group", GROUPS, ids=lambda group: group.data["title"])
def test_near_misses_are_wrong_and_what_is_shown_is_right(group):
    for key in group.keys:
        assert key.mark(key.show()).verdict == "correct"
        if key.mark("0").verdict == "correct":
            continue  # nothing is near zero
        misses = key.near_misses()
        assert len(misses) == len(set(misses)) >= 2
        verdicts = {"incorrect"} if isinstance(key, EXACT) else {"incorrect", "partial"}
        assert {key.mark(miss).verdict for miss in misses} <= verdicts


def test_sides_of_a_derivation_know_their_lines():
    text = "X = Y\n\n= (a = b) \\\\ &= X, = Z .\n;\n"
    found = [(side.line, side.text) for side in split(text)]
    assert found == [(1, "X"), (1, "Y"), (2, "(a = b)"), (3, "X,"), (3, "Z .")]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("x" * 4001, "too long: 4001 characters, at most 4000 are read"),
        ("x\0", "column 2: unexpected character U+0000"),
        (" = \n", "expected from 1 to 30 lines, found 0"),
        ("x\n" * 31, "expected from 1 to 30 lines, found 31"),
    ],
)
def test_a_derivation_within_bounds(text, says):
    key = next(key for group in GROUPS for key in group.keys if isinstance(key, DerivationKey))
    outcome = key.mark(text)
    assert (outcome.verdict, outcome.message) == ("unreadable", says)
    assert len(split("x\n" * 30)) == 30
    assert len(split("x" * 4000)) == 1


def test_a_chain_misses_by_a_factor():
    key = next(key for group in GROUPS for key in group.keys if isinstance(key, ChainKey))
    assert key.show() == "dL/da2 * da2/dz2 * dz2/dw2"
    assert key.near_misses() == [
        "dL/da2 * da2/dz2 * dz2/dw2 * dz2/dw2",
        "da2/dL * da2/dz2 * dz2/dw2",
        "dL/da2 * da2/dz2",
        "da2/dz2 * dz2/dw2",
    ]


def test_there_are_as_many_near_misses_as_right_answers():
    keys = [key for group in GROUPS for key in group.data["keys"]]
    count = {kind: sum(len(key.get(kind, ())) for key in keys) for kind in VERDICTS}
    assert min(count["right"], count["wrong"]) >= 300
    assert abs(count["right"] - count["wrong"]) <= 0.1 * count["right"]
    assert count["unreadable"] >= 40
    assert count["undecided"] <= 5
