"""What helps to practise: hints as a ladder, an expression beside the right one, and the variant that a misconception changes most."""

import pytest

from grader.answers import ExpressionKey
from grader.drawing import most_telling, variant_of, variants
from grader.sheets import Notation, Rung, ladders
from reference.language.writing import plain


@pytest.fixture(scope="module")
def numbers(shipped):
    return variant_of(shipped["two-layer-numbers"], 1)


@pytest.fixture(scope="module")
def formulas(shipped):
    return variant_of(shipped["shortcut-network"], 1)


def told(ladder, right=()):
    return [one for one in ladder if one.given_by.isdisjoint(right)]


def test_hints_climb_from_a_quantity_to_its_formula_to_its_number(shipped):
    found = ladders(variant_of(shipped["broadcast-and-back"], 1), Notation.PLAIN)["loss.loss"]
    assert [one.rung for one in found[:3]] == [Rung.QUANTITY, Rung.FORMULA, Rung.NUMBER]
    name, formula, number = (one.text.strip() for one in found[:3])
    assert formula.startswith(f"{name} = ") and number.startswith(f"{formula} ")


def test_hints_begin_with_what_the_own_right_answers_do_not_give(numbers):
    """What an earlier blank asks for is not computed again: it is named until it is right."""
    found = ladders(numbers, Notation.PLAIN)["forward.o1"]
    assert [one.text.strip() for one in found] == [
        "h₃, asked for above", "h₄, asked for above", "o₁ = h₃ w₃₁ + h₄ w₄₁ + b₃"
    ]  # fmt: skip
    assert told(found, ["forward.h3", "forward.h1"]) == found[1:]
    assert told(found, ["forward.h3", "forward.h4"]) == found[2:]


def test_what_a_right_answer_went_by_is_no_hint_any_more(formulas):
    """Also where it was asked for later: who has the derivative by W1 has δ₁."""
    found = ladders(formulas, Notation.PLAIN)["gradients.b1"]
    assert any("δ₁" in one.text for one in found)
    assert [one.rung for one in told(found, ["gradients.W1"])] == [Rung.FORMULA]


@pytest.mark.parametrize("name", ["perceptron-order", "rnn-one-weight", "lstm-memory"])
def test_a_ladder_is_short(name, shipped):
    """However many steps there are."""
    found = ladders(variant_of(shipped[name], 1), Notation.PLAIN)
    for place, ladder in enumerate(found.values()):
        assert len(told(ladder, [*found][:place])) <= 8


@pytest.mark.parametrize("name", ["two-layer-numbers", "shortcut-network", "skip-connection"])
def test_no_hint_is_the_answer(name, shipped):
    """The last step is told as a formula of what was found before; what is found in one step has its formula alone."""
    variant = variant_of(shipped[name], 1)
    found = ladders(variant, Notation.PLAIN)
    for address, (blank, key) in variant.keys.items():
        if blank.value is not None:
            assert key.in_characters() not in found[address][-1].text.split()
            assert found[address][-1].rung is Rung.FORMULA


@pytest.mark.parametrize(
    "name",
    [
        "faulty-backward",
        "logistic-batch",
        "momentum-memory",
        "skip-connection",
        "vae-two-terms",
        "valley-rates",
    ],
)
def test_no_hint_is_the_formula_that_another_blank_asks_for(name, shipped):
    variant = variant_of(shipped[name], 4)
    formulas = {
        address: key.in_characters()
        for address, (_, key) in variant.keys.items()
        if isinstance(key, ExpressionKey)
    }
    assert formulas
    for address, ladder in ladders(variant, Notation.PLAIN).items():
        sides = {
            side.strip()
            for one in ladder
            for line in one.text.splitlines()
            for side in line.replace("≈", "=").split(" = ")[1:]
        }
        assert not sides & {text for other, text in formulas.items() if other != address}


def test_of_a_step_whose_formula_is_asked_for_the_name_and_the_number_are_told(shipped):
    found = ladders(variant_of(shipped["valley-rates"], 4), Notation.PLAIN)["best.u"]
    assert [one.text.strip() for one in found] == [
        "α_{best}", "α_{best} ≈ 0.20619", "h_u = 1 − α_{best} λ₁"
    ]  # fmt: skip
    found = ladders(variant_of(shipped["skip-connection"], 4), Notation.PLAIN)["gradients.b1"]
    assert [one.text.strip() for one in found[1:4]] == [
        "∂L/∂h₁", "δ₁", "δ₁ = ∂L/∂z₁ = ∂L/∂h₁ · g₁'(z₁)"
    ]  # fmt: skip


def test_a_ladder_is_made_only_of_steps(shipped):
    found = ladders(variant_of(shipped["vanishing-gradients"], 1))
    assert not any(found.values())


def firsts(key, text):
    """The part that differs first, and what stands in its place."""
    return [(plain(one.own), plain(one.right)) for one in key.by_parts(text) if one.first]


def test_the_first_part_that_differs_is_marked(formulas):
    key = formulas.keys["gradients.b1"][1]
    assert key.show() == "(W2^T @ (yhat - y)) .* (z1 > 0)"
    assert firsts(key, "(W2^T @ (y - yhat)) .* (z1 > 0)") == [("y - yhat", "yhat - y")]
    assert firsts(key, "(z1 < 0) .* (W2^T @ (yhat - y))") == [("(z1 < 0)", "(z1 > 0)")]
    assert firsts(key, "W2^T @ (yhat - y)") == [("W2^T @ (yhat - y)", key.show())]
    assert firsts(key, "(z1 > 0) .* (W2^T @ (yhat - y))") == []


@pytest.mark.parametrize(
    ("text", "agreeing"),
    [
        (
            "W2^T @ (yhat - y) @ x^T",
            ["yhat - y", "W2^T @ (yhat - y)"],
        ),  # one factor more than the right one
        ("relu(W2^T @ (yhat - y))", ["yhat - y", "W2^T @ (yhat - y)"]),  # another operation
    ],
)
def test_parts_that_both_have_agree_wherever_they_stand(formulas, text, agreeing):
    found = formulas.keys["gradients.b1"][1].by_parts(text)
    shown = [plain(one.own) for one in found if one.agrees]
    assert set(agreeing) <= set(shown)
    assert [one.first for one in found].count(True) == 1 and found[-1].first


def test_factors_are_beside_each_other_however_they_are_bracketed(shipped):
    """One that is only missing makes no other differ."""
    variant = variant_of(shipped["softmax-binary-losses"], 1)
    key = variant.keys["gradient"][1]
    assert key.show().startswith("s[k] * (") and key.show().endswith(" / 2")
    assert [(one.first, one.agrees) for one in key.by_parts("s_k (1 - s_k)")][-1] == (True, False)
    assert all(one.agrees for one in key.by_parts("s_k (1 - s_k)")[:-1])


def test_parts_are_evaluated_at_one_point(formulas):
    key = formulas.keys["gradients.b1"][1]
    whole = key.by_parts(f"2 ({key.show()})")[-1]
    assert whole.value == pytest.approx(2 * whole.expected)


def test_what_is_no_formula_has_nothing_beside_it(numbers, formulas):
    assert numbers.keys["forward.h1"][1].by_parts("3") == []
    assert formulas.keys["gradients.b1"][1].by_parts("W3 (") == []


def test_the_variant_to_practise_with_is_the_one_that_the_misconception_changes_most(shipped):
    exercise, seeds = shipped["two-layer-numbers"], range(12)

    def off(variant):
        found = [0.0]
        for target, mistakes in variant.solved.wrong.items():
            right = variant.solved.values[target][variant.row].item()
            for mistake, wrong in mistakes:
                if mistake.name == "bias" and abs(right) + abs(wrong[variant.row].item()) > 0:
                    other = wrong[variant.row].item()
                    found.append(abs(other - right) / (abs(other) + abs(right)))
        return max(found)

    chosen = most_telling(exercise, seeds, "bias")
    every = {one.draw.seed: off(one) for one in variants(exercise, seeds)}
    assert every[chosen.draw.seed] == pytest.approx(max(every.values()))
    assert min(every.values()) < max(every.values())


def test_a_structure_is_chosen_in_which_a_formula_shows_the_misconception(shipped):
    """Only a ReLU has a mask to forget."""
    chosen = most_telling(shipped["shortcut-network"], range(20), "mask")
    assert chosen.draw.choices["activation"] == "relu"
