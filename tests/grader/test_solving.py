"""Which draws are good, and how far answers may be off."""

import numpy as np
import pytest

from grader.answers import Verdict
from grader.checking import check
from grader.drawing import printed_variant, survey, variants
from grader.errors import AuthorError
from tests.exercises import exercise_text
from tests.shipped import few

VECTORS = exercise_text("vectors")
UNIT = """
id: unit
title: A unit
network:
  inputs: {{x: 1}}
  parameters: {{w: 1, b: 1}}
  equations: |
    z = w x + b
    a = {function}(z)
sample:
  x: {{from: [-2, 2], step: 0.5, not: 0}}
  w, b: {{from: [-1, 1], step: 0.1, not: 0}}
{more}
questions:
  - {{id: q, points: 1, ask: Go., answer: {{values: [a]}}{rest}}}
"""


def unit(exercise, function="sigmoid", more="", rest=""):
    return exercise(UNIT.format(function=function, more=more, rest=rest))


def values(variant, name):
    return float(variant.solved.values[name][variant.row][0, 0])


def test_require_holds_for_every_draw(exercise):
    for variant in variants(unit(exercise, more="require: [z > 0.5, a <= 0.8]"), range(200)):
        assert values(variant, "z") > 0.5
        assert values(variant, "a") <= 0.8


def test_a_value_on_the_border_is_not_above_it(exercise):
    """z runs over a grid; exactly 0.3 comes up in floats above and below it, and must never pass."""
    found = {
        round(values(v, "z"), 9)
        for v in variants(unit(exercise, more="require: [z > 0.3]"), range(500))
    }
    assert min(found) > 0.3
    found = {
        round(values(v, "z"), 9)
        for v in variants(unit(exercise, more="require: [z >= 0.3]"), range(500))
    }
    assert min(found) == 0.3


@pytest.mark.parametrize(
    ("condition", "meets"),
    [
        ("da/dz > 0.2", lambda v: (a := values(v, "a")) * (1 - a) > 0.2),
        ("z == 0.3", lambda v: abs(values(v, "z") - 0.3) < 1e-9),
        ("abs(z) != 0.3", lambda v: abs(abs(values(v, "z")) - 0.3) > 1e-9),
    ],
)
def test_a_condition_is_any_comparison_also_of_derivatives(exercise, condition, meets):
    assert all(map(meets, variants(unit(exercise, more=f"require: ['{condition}']"), range(100))))
    assert not all(map(meets, variants(unit(exercise), range(100))))


def test_no_value_is_near_a_kink(exercise):
    for variant in variants(unit(exercise, "relu"), range(300)):
        assert values(variant, "z") > 0.0005


def test_a_zero_answer_is_drawn_only_where_it_may_be(exercise):
    assert all(values(v, "a") > 0 for v in variants(unit(exercise, "relu"), range(100)))
    free = unit(exercise, "relu", rest=", may_be_trivial: true")
    assert any(values(v, "a") == 0 for v in variants(free, range(100)))


def test_a_given_value_is_the_answer_only_by_nature(exercise):
    by_chance = unit(exercise, "abs")
    for variant in variants(by_chance, range(200)):
        for name in "xwb":
            assert abs(values(variant, "a") - values(variant, name)) > 0.0005
    by_nature = exercise(
        UNIT.format(function="relu", more="require: [z > 0.1]", rest="").replace(
            "{values: [a]}", "{gradients_of: a, by: [x]}"
        )
    )
    assert all(v.keys["q.x"][1].value == values(v, "w") for v in variants(by_nature, range(50)))


def test_a_value_outside_a_domain_is_not_drawn(exercise):
    assert all(values(v, "z") > 0 for v in variants(unit(exercise, "log"), range(100)))


def test_no_good_draw_is_an_authors_error(exercise):
    with pytest.raises(AuthorError, match="no draw of seed 0 makes a good question"):
        variants(unit(exercise, more="require: [z > 100]"), range(3))
    found, survival = survey(unit(exercise, more="require: [z > 100]"), range(3))
    assert found == [None] * 3
    assert survival.rate == 0


TOLERANCES = {
    "{absolute: 0.01}": (0.0099, 0.0101),
    "{relative: 0.01}": (0.0076, 0.0078),
    "{absolute: 0.001, relative: 0.01}": (0.0076, 0.0078),
    "{decimals: 2}": (0.0049, 0.0051),
    "{significant: 3}": (0.00049, 0.00051),
    "{exact: true}": (0.0, 1e-8),
    "{rounding: 2}": (0.005, 0.02),
}


@pytest.mark.parametrize("stated", TOLERANCES)
def test_stated_tolerances(exercise, stated):
    """At sigmoid(1.2) = 0.768525."""
    one = unit(
        exercise,
        more=f"tolerance: {stated}\nprinted: {{x: 1, w: 0.7, b: 0.5}}",
    )
    key = printed_variant(one).keys["q.a"][1]
    inside, outside = TOLERANCES[stated]
    for sign in (1, -1):
        assert key.mark(repr(key.value + sign * inside)).verdict is Verdict.CORRECT
        assert key.mark(repr(key.value + sign * outside)).verdict is Verdict.INCORRECT


def test_a_question_has_its_own_tolerance(exercise):
    one = unit(
        exercise,
        more="tolerance: {absolute: 1}\nprinted: {x: 1, w: 0.7, b: 0.5}",
        rest=", tolerance: {absolute: 0.1}",
    )
    assert printed_variant(one).keys["q.a"][1].within == 0.1


def test_vectors_and_matrices(exercise):
    variant = printed_variant(exercise(VECTORS))
    z = np.array([[0.5, 0.25], [-1, 0.75]]) @ [1, -0.5] + [0.5, -1]
    a = np.tanh(z)
    delta = (a - [1, 0]) * (1 - a**2)
    expected = {
        "forward.z": z[:, None],
        "forward.a": a[:, None],
        "backward.W": np.outer(delta, [1, -0.5]),
        "backward.b": delta[:, None],
    }
    for address, array in expected.items():
        key = variant.keys[address][1]
        assert np.allclose(key.values, array, atol=1e-12)
        assert key.mark(repr(np.round(array, 3).tolist())).verdict is Verdict.CORRECT
        assert key.mark(repr(array.T.tolist())).verdict is not Verdict.CORRECT


def test_shapes_in_numbers_in_the_hint(exercise):
    from grader.sheets import in_print

    sheet = in_print(printed_variant(exercise(VECTORS)))
    assert "a matrix of 2 × 2" in sheet.questions[1].blanks["backward.W"].how


def test_sizes_group_the_columns(exercise):
    found = variants(exercise(VECTORS), range(60))
    sizes = {variant.draw.sizes["h"] for variant in found}
    assert sizes == {2, 3}
    for variant in found:
        assert len(variant.keys["forward.z"][1].values) == variant.draw.sizes["h"]


def test_counts_of_drawn_sizes_are_exact(shipped):
    for variant in variants(shipped["layer-sizes"], range(50)):
        n = variant.draw.sizes
        total = n["n1"] * (n["n0"] + 1) + n["n2"] * (n["n1"] + 1) + n["n3"] * (n["n2"] + 1)
        assert variant.keys["parameters.total"][1].text == str(total)
        assert variant.keys["outputs.B"][1].text == str(n["n2"] * n["m"])


def test_the_structure_decides_the_count(shipped):
    for variant in variants(shipped["shortcut-network"], range(60)):
        choices = variant.draw.choices
        rows = "K" if choices["output"] == "classes" else "1"
        expected = f"h*d + {rows}*h"
        expected += {"both": f" + h + {rows}", "hidden": " + h", "neither": ""}[choices["bias"]]
        expected += f" + {rows}*d" if choices["shortcut"] == "with" else ""
        assert variant.keys["parameters"][1].mark(expected).verdict is Verdict.CORRECT
    assert check(shipped["shortcut-network"], len(few(40, 8))).problems == []


def test_the_right_option_is_anywhere_and_never_alone_in_its_length(shipped):
    places = [
        v.keys["true"][1].show() for v in variants(shipped["vanishing-gradients"], range(800))
    ]
    for letter in "abcd":
        assert 140 < places.count(letter) < 260


def test_no_entry_is_so_small_that_zero_passes_for_it(exercise):
    """An entry that is 0 itself, as of a dead unit, is no fault."""
    text = VECTORS.replace("a = tanh(z)", "a = relu(z)").replace(
        "{from: [-1, 1], step: 0.25, not: 0}", "{from: [-0.1, 0.1], step: 0.01, not: 0}"
    )
    zeros = 0
    for variant in variants(exercise(text), range(60)):
        for _, key in variant.keys.values():
            for row, distances in zip(key.values, key.within, strict=True):
                for value, within in zip(row, distances, strict=True):
                    zeros += value == 0
                    assert value == 0 or abs(value) > within
    assert zeros
