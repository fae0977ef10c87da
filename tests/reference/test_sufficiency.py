"""Whether data determine a quantity: the ledger's rows, brute force over tiny networks, tampered proofs."""

import itertools
import random

import numpy as np
import pytest
from msgspec.structs import replace

from reference.derivatives.reverse_mode import differentiate
from reference.language.expression import Apply, Name, number
from reference.language.writing import plain
from reference.network import declare, scalars, split_equations, units
from reference.sufficiency.deciding import EULER, Insufficient, Sufficiency, Sufficient, Undecided
from reference.sufficiency.proofs import Refused, check

NETWORK = declare(*units({"x": "4", "h": "3 relu", "j": "2 relu", "y": "1 identity"}))
LEDGER = Sufficiency(NETWORK)
WEIGHTS, INPUTS = list(NETWORK.parameters), list(NETWORK.inputs)
H = ["o_h1", "o_h2", "o_h3"]
HIDDEN = [name for name in WEIGHTS if name.startswith("w_h")]
ROWS = {
    "a": ("o_y", [*WEIGHTS, *H], [*WEIGHTS, "o_j1", "o_j2"], "each"),
    "b": ("o_h1", INPUTS, ["o_j1", "o_j2"], "neither"),
    "c": ("o_j1", HIDDEN, H, "together"),
    "d": ("do_y/dw_j2_y", ["o_j2"], [*WEIGHTS, *INPUTS], "each"),
    "e": ("do_y/dw_h2_j2", ["w_j2_y"], ["do_j2/dw_h2_j2"], "together"),
    "f": ("do_y/dw_x1_h3", [*WEIGHTS, *INPUTS], ["w_x1_h3"], "first"),
}
ANSWERS = {
    (True, False, True): "first",
    (False, True, True): "second",
    (False, False, True): "together",
    (True, True, True): "each",
    (False, False, False): "neither",
}


@pytest.mark.parametrize("row", ROWS)
def test_the_ledger_is_decided_and_proved(row):
    target, first, second, answer = ROWS[row]
    found = []
    for given in (first, second, [*first, *second]):
        decision = LEDGER.decide(target, given)
        check(NETWORK, target, given, decision)
        found.append(isinstance(decision, Sufficient))
    assert ANSWERS[tuple(found)] == answer


def test_a_counterexample_is_the_same_whatever_was_looked_for_before():
    """In a few rounds or many, in any order of what is given, among few that are kept."""
    target = ROWS["c"][0]
    asked = [(HIDDEN, 1), (H, 24), (HIDDEN[::-1], 24), (INPUTS, 3), (HIDDEN, 24)]
    kept = Sufficiency(NETWORK)
    for given, rounds in asked:
        fresh = Sufficiency(NETWORK).counterexample(target, given, rounds=rounds)
        assert kept.counterexample(target, given, rounds=rounds) == fresh
    assert kept.counterexample(target, HIDDEN, rounds=0) == fresh
    assert Sufficiency(NETWORK).counterexample(target, HIDDEN, rounds=0) is None


def test_a_counterexample_is_as_plain_as_it_can_be():
    """One value differs, and all others are 1 where that will do."""
    target, first, second, _ = ROWS["c"]
    for given in (first, second):
        decision = LEDGER.decide(target, given)
        values = [(one, decision.second[name]) for name, one in decision.first.items()]
        assert sum(one != other for one, other in values) == 1
        assert sum(pair != (1, 1) for pair in values) <= 2


@pytest.mark.parametrize("row", ROWS)
def test_a_counterexample_is_no_accident(row):
    """It has no zero weight, and in every layer a unit that is alive."""
    target, first, second, _ = ROWS[row]
    for given in (first, second):
        decision = LEDGER.decide(target, given)
        if isinstance(decision, Insufficient):
            for one in (decision.first, decision.second):
                assert 0 not in one.values()
                values = NETWORK.evaluate({k: np.full((1, 1, 1), v) for k, v in one.items()})
                assert any(values[name].item() > 0 for name in H)
                assert any(values[name].item() > 0 for name in ("o_j1", "o_j2"))


# A tiny network, of which every one of small integers can be looked at

TINY = declare(*units({"x": "2", "h": "2 relu", "y": "1 identity"}))
SMALL = Sufficiency(TINY)


@pytest.fixture(scope="module")
def every():
    """Every quantity in every network with weights from -2 to 2."""
    ranges = [(-1, 1, 2)] * len(TINY.inputs) + [range(-2, 3)] * len(TINY.parameters)
    grid = np.array(list(itertools.product(*ranges)), dtype=float)
    declared = (*TINY.inputs, *TINY.parameters)
    values = {name: grid[:, place, None, None] for place, name in enumerate(declared)}
    network = TINY
    for of in TINY.equations:
        network = differentiate(network, of, sorted(TINY.ancestors(of) - {of}))
    found = network.evaluate(values)
    return {
        name: np.broadcast_to(value, (len(grid), 1, 1))[:, 0, 0] for name, value in found.items()
    }


def determined(every, target, given):
    """Has the target one value wherever the given quantities have theirs?"""
    generator = np.random.Generator(np.random.Philox(key=5))
    mixed = np.zeros(len(every[target]), dtype=np.int64)
    for name in given:  # equal only where all are equal, but for one in 10^19
        mixed += every[name].astype(np.int64) * generator.integers(2**62, dtype=np.int64)
    order = np.lexsort((every[target], mixed))
    same = mixed[order][1:] == mixed[order][:-1]
    return not np.any(same & (every[target][order][1:] != every[target][order][:-1]))


@pytest.mark.slow
def test_brute_force_agrees(every):
    generator = random.Random(1)
    quantities = [
        *TINY.inputs,
        *TINY.parameters,
        *TINY.equations,
        *(f"d{of}/d{by}" for of, by in SMALL.derivatives),
    ]
    kinds = {Sufficient: 0, Insufficient: 0, Undecided: 0}
    for _ in range(300):
        target, *given = generator.sample(quantities, generator.randint(2, 10))
        decision = SMALL.decide(target, given)
        kinds[type(decision)] += 1
        if isinstance(decision, Undecided):
            continue
        check(TINY, target, given, decision)
        assert isinstance(decision, Sufficient) is determined(every, target, given), (target, given)
    assert kinds[Sufficient] >= 20
    assert kinds[Undecided] <= 30


# Networks that are no layers


def network(equations, inputs="x", parameters="w b"):
    return declare(
        scalars(dict.fromkeys(inputs.split())),
        scalars(dict.fromkeys(parameters.split())),
        split_equations(equations),
    )


RESIDUAL = network("u = w x + b\nh = relu(u)\nr = c h + x\ny = relu(r)", parameters="w b c")


@pytest.mark.parametrize(
    ("target", "given", "kind"),
    [
        ("r", ["c", "h", "x"], Sufficient),
        ("r", ["c", "h"], Insufficient),
        ("dy/dc", ["r", "h"], Sufficient),
        ("dy/dc", ["y", "h"], Sufficient),
        ("dy/dc", ["y", "u"], Sufficient),
        ("dy/dc", ["h"], Undecided),  # only where the one unit of the last layer is dead
        ("du/dw", ["h", "w"], Insufficient),
        ("dy/dw", ["dy/dh", "dh/dw"], Sufficient),
        ("dy/dw", ["dy/dr", "dr/dw"], Sufficient),
        ("dy/dx", ["dy/dr", "dr/dh", "dh/du"], Insufficient),
        ("dy/dx", ["dy/dr", "dr/dh", "dh/du", "w"], Sufficient),
        ("w", ["u", "x", "b"], Undecided),
        ("x", ["du/dw"], Sufficient),
    ],
)
def test_other_networks_are_decided(target, given, kind):
    decision = Sufficiency(RESIDUAL).decide(target, given)
    assert isinstance(decision, kind)
    if kind is not Undecided:
        check(RESIDUAL, target, given, decision)


def test_only_a_zero_against_it_is_no_decision():
    """u = w x + b gives w, unless x is 0."""
    decision = Sufficiency(RESIDUAL).decide("w", ["u", "x", "b"])
    assert decision.degenerate
    one, other = decision.degenerate
    assert one["x"] == other["x"] == 0


def test_saturated_sigmoids_are_no_counterexample():
    found = Sufficiency(network("z = w x + b\np = sigmoid(z)"))
    assert isinstance(found.decide("z", ["p"]), Undecided)
    assert isinstance(found.decide("dp/dz", ["p"]), Sufficient)


# Tampered proofs


def sufficient():
    target, _, given, _ = ROWS["f"][0], *ROWS["f"][1:2], ROWS["f"][1], ""
    return target, given, LEDGER.decide(target, given)


def test_a_derivation_without_one_of_its_steps_is_refused():
    target, given, decision = sufficient()
    assert len(decision.steps) > 3
    for left_out in range(len(decision.steps)):
        steps = decision.steps[:left_out] + decision.steps[left_out + 1 :]
        with pytest.raises(Refused):
            check(NETWORK, target, given, Sufficient(steps))


def test_a_derivation_with_a_wrong_formula_is_refused():
    target, given, decision = sufficient()
    for place, step in enumerate(decision.steps):
        for formula in (
            Apply("negate", (step.formula,)),
            Apply("add", (step.formula, number(1))),
            Name("o_x1"),
        ):
            steps = [*decision.steps]
            steps[place] = replace(step, formula=formula)
            with pytest.raises(Refused, match="does not follow"):
                check(NETWORK, target, given, Sufficient(tuple(steps)))


def test_a_derivation_of_something_else_is_refused():
    _, given, decision = sufficient()
    with pytest.raises(Refused, match="no step leads to o_y"):
        check(NETWORK, "o_y", given, Sufficient(decision.steps[:2]))
    with pytest.raises(Refused, match="not known"):
        check(NETWORK, "do_y/dw_x1_h3", given[1:], decision)


def test_tampered_counterexamples_are_refused():
    target, given, *_ = ROWS["b"]
    decision = LEDGER.decide(target, given)
    first, second = dict(decision.first), dict(decision.second)
    for wrong, says in (
        (Insufficient(first, first), "in both networks"),
        (Insufficient(first, {**second, "o_x1": second["o_x1"] + 1}), "o_x1 is"),
        (
            Insufficient(first, {k: v for k, v in second.items() if k != "o_x1"}),
            "a value for every",
        ),
        (Insufficient(first, {**second, "o_x9": 1}), "a value for every"),
        (Undecided(), "no proof"),
    ):
        with pytest.raises(Refused, match=says):
            check(NETWORK, target, given, wrong)


def test_unknown_quantities_are_refused():
    target, given, *_ = ROWS["b"]
    with pytest.raises(Refused, match="not a quantity"):
        check(NETWORK, "o_z", given, LEDGER.decide(target, given))


def test_what_a_refusal_says():
    """In full, as whoever wrote the proof has nothing else to go by."""
    target, given, decision = sufficient()
    with pytest.raises(Refused, match=r"^no step leads to o_y$"):
        check(NETWORK, "o_y", given, Sufficient(decision.steps[:2]))
    with pytest.raises(Refused, match=r"^there is no proof$"):
        check(NETWORK, target, given, Undecided())
    with pytest.raises(Refused, match=r"^p is not a quantity of the network$"):
        check(NETWORK, "p", ["p"], Sufficient(()))
    other = network("z = w x + b\np = sigmoid(z)")
    first, second = dict.fromkeys(("x", "w", "b"), 1), dict.fromkeys(("x", "w", "b"), 2)
    with pytest.raises(Refused, match=r"is unknown to this check$"):
        check(other, "p", [], Insufficient(first, second))
    with pytest.raises(Refused, match=r"^z is 2 in one network and 6 in the other$"):
        check(RESIDUAL_FREE, "b", ["z"], Insufficient(first, second))


RESIDUAL_FREE = network("z = w x + b")


def test_slopes_of_a_quantity_by_itself_and_by_names_with_a_d():
    """z2/dq is no derivative of z2 alone, and d is a name too."""
    found = declare(
        scalars({"d": None}), scalars({"dq": None}), split_equations("dd = d dq\nL = dd dd")
    )
    one = {"d": 2, "dq": 3}
    other = {"d": 3, "dq": 2}
    check(found, "ddd/ddq", ["L"], Insufficient(one, other))
    with pytest.raises(Refused, match="in both networks"):
        check(found, "dd", [], Insufficient(one, other))


def test_what_grows_with_a_layer_is_the_sum_of_its_slopes():
    """Euler's theorem for relu units, whose outputs double where all weights of one do."""
    found = Sufficiency(network("u = w x\nh = relu(u)\nz = v h", parameters="w v"))
    formulas = {
        plain(step.formula) for step, _ in found.laws if step.rule == EULER and step.quantity == "z"
    }
    assert formulas == {"dz/dh * h", "dz/du * u", "dz/dx * x", "dz/dv * v", "dz/dw * w"}
    biased = Sufficiency(network("z = w x + b"))
    assert "dz/dx * x" not in {plain(step.formula) for step, _ in biased.laws}
