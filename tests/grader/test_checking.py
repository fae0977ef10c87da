"""``check`` finds what is planted: a wrong derivative, a comparer that is too kind or too strict."""

import pytest
from msgspec.structs import replace

from grader import bank
from grader.answers import ChoiceKey, CountKey, MatrixKey, NumberKey, Outcome, Verdict
from grader.checking import check
from reference.language import operations
from reference.language.expression import apply
from tests.exercises import exercise_text
from tests.shipped import one_of_each_chapter

KINDS = {
    NumberKey: "two-two-one",
    CountKey: "layer-sizes",
    ChoiceKey: "vanishing-gradients",
    MatrixKey: None,
}
VECTORS = exercise_text("vectors")
SEEDS = 12


def told(exercise, seeds=20):
    return [problem.message for problem in check(exercise, seeds).problems]


@pytest.mark.slow
@pytest.mark.parametrize("name", one_of_each_chapter())
def test_no_finding(name, shipped):
    """At a few seeds, as ``gradmark check`` tries all exercises at a hundred and ``make seeds`` at a thousand."""
    report = check(shipped[name], SEEDS)
    assert report.problems == []
    assert report.survival.good == SEEDS


def test_vectors_are_certified_too(exercise):
    report = check(exercise(VECTORS), 100)
    assert report.problems == []
    assert report.certified == 202


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_a_comparer_that_is_too_kind(kind, exercise, shipped, monkeypatch):
    monkeypatch.setattr(kind, "mark", lambda self, text: Outcome(Verdict.CORRECT))
    target = shipped[KINDS[kind]] if KINDS[kind] else exercise(VECTORS)
    assert any("is marked correct" in message for message in told(target))


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_a_comparer_that_is_too_strict(kind, exercise, shipped, monkeypatch):
    monkeypatch.setattr(kind, "mark", lambda self, text: Outcome(Verdict.INCORRECT))
    target = shipped[KINDS[kind]] if KINDS[kind] else exercise(VECTORS)
    assert any("is marked incorrect" in message for message in told(target))


WRONG_RULES = {
    "relu": (lambda g, y, x: apply("hadamard", g, x),),
    "hadamard": (lambda g, y, a, b: g, lambda g, y, a, b: apply("hadamard", g, a)),
    "add": (lambda g, y, a, b: g, lambda g, y, a, b: apply("negate", g)),
}


@pytest.mark.parametrize("operation", ["relu", "add"])
def test_a_wrong_derivative_is_not_certified(operation, monkeypatch):
    row = operations.OPERATIONS[operation]
    wrong = replace(row, pulls=WRONG_RULES[operation])
    monkeypatch.setitem(operations.OPERATIONS, operation, wrong)
    path = bank.home() / "03-backpropagation" / "two-layer-numbers.yaml"
    text = (
        path.read_text().replace("  - h1 > 0.1\n", "  - h1 < -0.1\n") if operation == "relu" else ""
    )
    fresh = bank.load(path)  # a model of its own, built with the wrong rule
    if text:
        text = text.replace(
            "    ask: |\n      Find", "    may_be_trivial: true\n    ask: |\n      Find"
        )
        fresh = replace(fresh, file=_reread(text))
    assert any("is not certified" in message for message in told(fresh))


def _reread(text):
    import tempfile
    from pathlib import Path

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "two-layer-numbers.yaml"
        path.write_text(text)
        return bank.load(path).file
