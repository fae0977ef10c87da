"""What stands before an equality sign: names that an exercise gives to a blank, and no others."""

import pytest

from grader import drawing
from grader.answers import CountKey, ExpressionKey, MatrixKey, NumberKey, ShapeKey
from grader.sheets import in_print
from tests.shipped import BANK, drawn

LABELLED = (NumberKey, CountKey, ShapeKey, MatrixKey)


@pytest.mark.parametrize("name", BANK)
def test_names_of_a_blank_are_read_and_names_of_others_asked_about(name):
    [variant] = drawn(name, [1])
    keys = {address: key for address, (_, key) in variant.keys.items()}
    all_labels = {label for key in keys.values() for label in getattr(key, "labels", ())}
    for address, key in keys.items():
        if isinstance(key, LABELLED):
            assert {address, address.rpartition(".")[2]} <= {*key.labels}
            read_as = {label: key.mark(f"{label} = {key.show()}").verdict for label in all_labels}
            right = {label for label, verdict in read_as.items() if verdict == "correct"}
            assert right == {*key.labels}, address
            assert {read_as[label] for label in all_labels - right} <= {"unreadable"}, address


@pytest.mark.parametrize(
    ("address", "labels"),
    [
        ("forward.o1", {"o1", "forward.o1"}),
        ("error", {"error", "E"}),
        ("update.gradient", {"gradient", "update.gradient", "dE/dw21"}),
        ("update.w21", {"w21", "update.w21", "w21 - alpha * (dE/dw21)"}),
    ],
)
def test_where_names_come_from(address, labels):
    key = drawing.printed_variant(BANK["two-layer-numbers"]).keys[address][1]
    assert {*key.labels} == labels


@pytest.mark.parametrize(
    ("address", "text"),
    [
        ("update.w21", "w21_new = 0.65"),
        ("update.w21", "w_{21}^{new} = 0.65"),
        ("update.w21", "new w21 = 0.65"),
        ("update.w21", "w21 - alpha dE/dw21 = 0.65"),
        ("update.w21", "w21 - alpha * (dE/dw21) = 0.5 + 0.15 = 0.65"),
        ("update.gradient", "∂E/∂w₂₁ = -1.5"),
        ("update.gradient", "Gradient: -1.5"),
        ("update.gradient", "dw21 = -1.5"),
        ("error", "Error = 2.5"),
    ],
)
def test_other_spellings_of_names(address, text):
    key = drawing.printed_variant(BANK["two-layer-numbers"]).keys[address][1]
    assert key.mark(text).verdict == "correct"


def test_a_count_is_named_by_what_is_counted():
    keys = drawing.printed_variant(BANK["layer-sizes"]).keys
    for label in ("A", "hidden1", "|A|", "size(A)", "outputs.A"):
        assert keys["outputs.A"][1].mark(f"{label} = 32768").verdict == "correct"
    assert keys["outputs.A"][1].mark("B = 32768").verdict == "unreadable"
    assert keys["parameters.total"][1].mark("Total: 557,057").verdict == "correct"


@pytest.mark.parametrize(
    "name",
    [
        "low-rank-adapter",
        "contrastive-loss",
        "threshold-table",
        "shared-kernel-gradient",
        "faulty-backward",
        "bptt-any-length",
    ],
)
def test_what_the_sheet_calls_a_blank_may_stand_before_an_equality_sign(name):
    variant = drawing.printed_variant(BANK[name])
    for question in in_print(variant).questions:
        for address, blank in question.blanks.items():
            key = variant.keys[address][1]
            if isinstance(key, (*LABELLED, ExpressionKey)):
                for called in filter(None, {blank.name, blank.in_characters[0]}):
                    assert key.mark(f"{called} = {key.show()}").verdict == "correct", called
