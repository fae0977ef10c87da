"""Recurrences: values and gradients against a loop in NumPy and central differences, texts that read back, what is refused."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reference.derivatives.certify import certify
from reference.derivatives.named import with_derivatives
from reference.derivatives.reverse_mode import differentiate
from reference.equivalence.compare import Agreement, compare
from reference.equivalence.points import SamplePoints
from reference.language.dimensions import SCALAR
from reference.language.equation import NetworkError
from reference.language.errors import LanguageError
from reference.language.expression import Name
from reference.language.reading import read
from reference.language.rolling import recurrences, rolled
from reference.language.shapes import resolve
from reference.language.writing import latex, plain
from reference.misconceptions.solver import Solver
from reference.misconceptions.wrong import wrong_solvers
from reference.network import Network, declare, split_equations

H, D = 3, 2
VECTOR, INPUT, SQUARE = ("h", 1), ("d", 1), ("h", "h")
GATES = "fiog"
RNN = """
s_0 = 0
s_t = tanh(W s_{t-1} + U x_t + b)  for t in 1..T
L = sum_t v_t^T s_t
"""
LSTM = """
s_0 = 0
c_0 = 0
f_t = sigmoid(W_f s_{t-1} + U_f x_t)  for t in 1..T
i_t = sigmoid(W_i s_{t-1} + U_i x_t)  for t in 1..T
o_t = sigmoid(W_o s_{t-1} + U_o x_t)  for t in 1..T
g_t = tanh(W_g s_{t-1} + U_g x_t)  for t in 1..T
c_t = f_t ⊙ c_{t-1} + i_t ⊙ g_t  for t in 1..T
s_t = o_t ⊙ tanh(c_t)  for t in 1..T
L = sum_t v_t^T s_t
"""


def network(text: str, steps: int, **parameters) -> Network:
    constants = dict.fromkeys(("h", "d", "T"), SCALAR)
    inputs = {"x_t": INPUT, "v_t": VECTOR}
    sizes = {"h": 1, "d": 1, "T": steps}
    return declare(inputs, parameters, split_equations(text), constants, sizes=sizes)


def rnn(steps: int, text: str = RNN) -> Network:
    return network(text, steps, W=SQUARE, U=("h", "d"), b=VECTOR)


def lstm(steps: int) -> Network:
    weights = {f"W_{gate}": SQUARE for gate in GATES} | {f"U_{gate}": ("h", "d") for gate in GATES}
    return network(LSTM, steps, **weights)


def drawn(of: Network, seed: int, batch: int = 1):
    generator = np.random.default_rng(seed)
    numbers = {"h": H, "d": D, 1: 1}
    return {
        name: generator.normal(size=(batch, *(numbers[one] for one in of.shapes[name])))
        for name in (*of.inputs, *of.parameters)
    }


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def rnn_by_hand(values, steps):
    """Gradients of one variant, by a loop forward and one backward."""
    W, U, b = (values[name][0] for name in "WUb")
    s = [np.zeros((H, 1))]
    for t in range(1, steps + 1):
        s.append(np.tanh(W @ s[-1] + U @ values[f"x_{t}"][0] + b))
    found = {name: np.zeros_like(values[name][0]) for name in "WUb"}
    delta = np.zeros((H, 1))
    for t in range(steps, 0, -1):
        delta = values[f"v_{t}"][0] + delta
        z = delta * (1 - s[t] ** 2)
        found["W"] += z @ s[t - 1].T
        found["U"] += z @ values[f"x_{t}"][0].T
        found["b"] += z
        found[f"s_{t}"] = delta
        delta = W.T @ z
    return found


def lstm_by_hand(values, steps):
    W, U = ({gate: values[f"{kind}_{gate}"][0] for gate in GATES} for kind in "WU")
    s, c, kept = [np.zeros((H, 1))], [np.zeros((H, 1))], [{}]
    for t in range(1, steps + 1):
        z = {gate: W[gate] @ s[-1] + U[gate] @ values[f"x_{t}"][0] for gate in GATES}
        kept.append({gate: (np.tanh if gate == "g" else sigmoid)(z[gate]) for gate in GATES})
        c.append(kept[t]["f"] * c[-1] + kept[t]["i"] * kept[t]["g"])
        s.append(kept[t]["o"] * np.tanh(c[-1]))
    found = {name: np.zeros_like(value[0]) for name, value in values.items() if name[0] in "WU"}
    ds, dc = np.zeros((H, 1)), np.zeros((H, 1))
    for t in range(steps, 0, -1):
        f, i, o, g = (kept[t][gate] for gate in GATES)
        ds = ds + values[f"v_{t}"][0]
        dc = dc + ds * o * (1 - np.tanh(c[t]) ** 2)
        dz = {
            "f": dc * c[t - 1] * f * (1 - f),
            "i": dc * g * i * (1 - i),
            "o": ds * np.tanh(c[t]) * o * (1 - o),
            "g": dc * i * (1 - g**2),
        }
        for gate in GATES:
            found[f"W_{gate}"] += dz[gate] @ s[t - 1].T
            found[f"U_{gate}"] += dz[gate] @ values[f"x_{t}"][0].T
        ds = sum(W[gate].T @ dz[gate] for gate in GATES)
        dc = dc * f
    return found


@pytest.mark.parametrize("made, by_hand", [(rnn, rnn_by_hand), (lstm, lstm_by_hand)])
def test_backpropagation_through_time_against_two_loops(made, by_hand):
    for seed in range(60):
        steps = 1 + seed % 6
        of = made(steps)
        values = drawn(of, seed)
        expected = by_hand(values, steps)
        used = [
            name for name in expected if name in of.shapes
        ]  # with one step, no weight of the state is
        found = differentiate(of, "L", used).evaluate(values)
        for name in used:
            assert found[f"dL/d{name}"][0] == pytest.approx(expected[name], abs=1e-12), (seed, name)


@pytest.mark.parametrize("made", [rnn, lstm])
def test_three_ways_to_its_gradients_agree(made):
    of = made(3)
    values = {name: 0.5 * value for name, value in drawn(of, 3, batch=2).items()}
    for one in certify(of, "L", [*of.parameters, "x_1"], values):
        assert one.holds, one


@settings(max_examples=25, deadline=None)
@given(st.integers(1, 7), st.integers(0, 10**6), st.booleans())
def test_a_loop_is_what_it_is_written_out(steps, seed, begins):
    """With the state before the first step given, or 0 in the text."""
    first = {"s_0": VECTOR} if begins else {}
    loop = declare(
        {**first, "x_t": INPUT},
        {"W": SQUARE, "U": ("h", "d")},
        split_equations(
            ("" if begins else "s_0 = 0\n") + "s_t = tanh(W s_{t-1} + U x_t)  for t in 1..T"
        ),
        dict.fromkeys(("h", "d", "T"), SCALAR),
        sizes={"h": 1, "d": 1, "T": steps},
    )
    lines = [
        f"s_{t} = tanh({f'W s_{t - 1} + ' if t > 1 or begins else ''}U x_{t})"
        for t in range(1, steps + 1)
    ]
    own = declare(
        first | {f"x_{t}": INPUT for t in range(1, steps + 1)},
        {"W": SQUARE, "U": ("h", "d")},
        split_equations("\n".join(lines)),
    )
    values = drawn(own, seed)
    assert loop.equations == own.equations
    ours, theirs = loop.evaluate(values), own.evaluate(values)
    assert all((ours[name] == theirs[name]).all() for name in own.equations)


SUM = "sum_t (delta_t ⊙ (1 - s_t^2)) s_{t-1}^T"
RIGHT = [
    SUM,
    r"\sum_{t=1}^{T} (\delta_t \odot (1 - s_t^2)) s_{t-1}^\top",
    r"\sum_{k=2}^{T} \operatorname{diag}(1 - s_k^2) \delta_k s_{k-1}^{\top}",
    "sum_{t in 1..T} (delta_t ⊙ (1 - s_t^2)) s_{t-1}^T",
    "sum_{t=1}^{T-1} (delta_{t+1} ⊙ (1 - s_{t+1}^2)) s_t^T",
    "Σ_{t=1}^T (δ_t ⊙ (1 − s_t²)) s_{t−1}ᵀ",
    "(delta_T ⊙ (1 - s_T^2)) s_{T-1}^T + sum_{t=1}^{T-1} (delta_t ⊙ (1 - s_t^2)) s_{t-1}^T",
    "sum_t sum_{k=t}^{t} (delta_k ⊙ (1 - s_k^2)) s_{k-1}^T",
    "sum_t (delta_t ⊙ (1 - s_t^2)) s_{t-1}^T + sum_{t=T+1}^{T} delta_t s_t^T",
]
NEAR_MISSES = {
    "the last step dropped": "sum_{t=1}^{T-1} (delta_t ⊙ (1 - s_t^2)) s_{t-1}^T",
    "the first step dropped": "sum_{t=3}^{T} (delta_t ⊙ (1 - s_t^2)) s_{t-1}^T",
    "the last step alone": "(delta_T ⊙ (1 - s_T^2)) s_{T-1}^T",
    "slope of another step": "sum_t (delta_t ⊙ (1 - s_{t-1}^2)) s_{t-1}^T",
    "s_t for s_{t-1}": "sum_t (delta_t ⊙ (1 - s_t^2)) s_t^T",
    "no slope": "sum_t delta_t s_{t-1}^T",
    "not carried through time": "sum_t (v_t ⊙ (1 - s_t^2)) s_{t-1}^T",
    "not transposed": "(sum_t (delta_t ⊙ (1 - s_t^2)) s_{t-1}^T)^T",
}


@pytest.fixture(scope="module")
def defined() -> Network:
    """A network with names for the derivatives by its states, as an exercise defines them."""
    of = with_derivatives(rnn(4), ["dL/dW", *(f"dL/ds_{t}" for t in range(1, 5))])
    for t in range(1, 5):
        meaning = read(f"dL/ds_{t}", of.vocabulary)
        of = of.extended({f"delta_{t}": meaning}, {f"delta_{t}": VECTOR})
    return of.spanning("delta_t")


def agrees(text: str, key: str, of: Network, step: int = 0) -> Agreement:
    of = of.at_step(step) if step else of
    shapes = of.shapes
    one, other = (resolve(read(one, of.vocabulary), shapes)[0] for one in (text, key))
    return compare(one, other, SamplePoints(of, {}, {"h": 3, "d": 2, "T": 4}))


@pytest.mark.parametrize("text", RIGHT)
def test_a_gradient_as_a_sum_over_steps(defined, text):
    assert agrees(text, "dL/dW", defined) is Agreement.EQUAL


@pytest.mark.parametrize("text", NEAR_MISSES.values(), ids=NEAR_MISSES)
def test_what_is_nearly_the_gradient_is_not(defined, text):
    assert agrees(text, "dL/dW", defined) is Agreement.DIFFERENT


def test_at_any_step_the_letter_stands_for_one(defined):
    step = "v_t + W^T (delta_{t+1} ⊙ (1 - s_{t+1}^2))"
    assert agrees(step, "dL/ds_t", defined, 2) is Agreement.EQUAL
    for wrong in ("s_t", "s_{t-1}"):
        other = step.replace("s_{t+1}", wrong)
        assert agrees(other, "dL/ds_t", defined, 2) is Agreement.DIFFERENT
    assert agrees("v_t", "dL/ds_t", defined, 2) is Agreement.DIFFERENT
    assert (
        agrees("v_t", "dL/ds_t", defined, 4) is Agreement.EQUAL
    )  # nothing comes from behind the last


def test_what_is_printed_is_the_recurrence_and_reads_back(defined):
    time = defined.symbols.time
    printed = recurrences(defined.equations, time)
    assert {name: plain(printed[name]) for name in ("s_t", "L", "dL/dW")} == {
        "s_t": "tanh(W @ s_{t-1} + U @ x_t + b)",
        "L": "(sum_{t=1}^{T} (v_t^T @ s_t))",
        "dL/dW": "(sum_{t=2}^{T} ((dL/ds_t .* (1 - s_t^2)) @ s_{t-1}^T))",
    }
    for name in ("L", "dL/dW"):
        assert agrees(plain(printed[name]), name, defined) is Agreement.EQUAL
        assert agrees(latex(printed[name]), name, defined) is Agreement.EQUAL
    at = defined.at_step(2).symbols.time
    general = rolled(defined.equations["dL/ds_2"], at)
    assert plain(general) == "v_t + W^T @ (dL/ds_{t+1} .* (1 - s_{t+1}^2))"
    assert agrees(plain(general), "dL/ds_t", defined, 3) is Agreement.EQUAL


REFUSED = {
    "s_t = tanh(W s_{t-1})": "s needs itself: write how far t runs, 'for t in 1..T'",
    "s_t = tanh(W s_{t-1})  for t in 1..T": "s_{t-1} at t = 1 is s_0: declare s_0 as an input, or write 's_0 = 0'",
    "s_0 = 0\ns_t = tanh(W s_{t+1})  for t in 1..T": "s_{t+1} comes after s_t: a recurrence goes on from the steps before",
    "s_0 = 0\ns_{t+1} = tanh(W s_t)  for t in 1..T": "expected s_t on the left side, as in 's_t = … s_{t-1} …'",
    "s_0 = 0\ns_t = tanh(W s_{t-1})  for t in 1..0": "t runs over 1..0: expected from 1 to 60 steps",
    "s_0 = 0\ns_t = tanh(W s_{t-1})  for t in 1..100": "t runs over 1..100: expected from 1 to 60 steps",
    "s_0 = 0\ns_t = tanh(W s_{t-1})  for t in 1..n": "expected 'for t in 1..T' with a size or a number for T",
    "s_0 = 0\ns_t = tanh(W s_{t-1} + U x_{t+1})  for t in 1..T": "x_{t+1} at t = 3 is x_4: it has no value",
    "s_0 = 0\ns_t = tanh(W s_{t-1} + U x_{t-1})  for t in 1..T": "x_{t-1} at t = 1 is x_0: declare x_0 as an input",
    "s_0 = 0\ns_t = W s_{t-1}  for t in 1..T\nq_t = s_t  for t in 1..2": "all recurrences of a network run alike: for t in 1..T",
    "s[t, i] = tanh(sum_j W[i, j] s[t - 1, j])  for t in 1..T": "s needs itself: write steps in matrices, as 's_t = … s_{t-1} …  for t in 1..T'",
}


@pytest.mark.parametrize("text", REFUSED)
def test_what_is_no_recurrence_is_refused(text):
    with pytest.raises(NetworkError) as caught:
        rnn(3, text)
    assert REFUSED[text] in str(caught.value)


def test_no_steps_to_run_over():
    with pytest.raises(NetworkError, match=r"t runs over 1\.\.0"):
        rnn(0)


@pytest.mark.parametrize(
    "text",
    [
        " ".join(f"sum_{letter}" for letter in "tijkmn") + " s_n",
        "sum_{t=1}^{9} s_t",
        "sum_{t=a}^T s_t",
    ],
)
def test_sums_over_steps_are_bounded(defined, text):
    with pytest.raises(LanguageError):
        read(text, defined.vocabulary)


def wrong(of: Network, text: str, named_only: bool = False) -> dict[str, list[str]]:
    """Misconception of steps → what its solvers give for ∂L/∂W in terms of the derivatives by the states."""
    found: dict[str, list[str]] = {}
    for one in wrong_solvers(Solver(of, {"@W": Name(text)}), named_only):
        if one.name in OVER_TIME:
            equations = recurrences(one.network.equations, of.symbols.time)
            found.setdefault(one.name, []).append(plain(equations[text]))
    return found


OVER_TIME = {"through time", "last step", "one step", "state of the step", "slope of the step"}
BEGUN = RNN.replace("s_0 = 0\n", "")
SLOPED = "(dL/ds_t .* (1 - s_t^2))"


def test_steps_that_are_misunderstood():
    of = declare(
        {"s_0": VECTOR, "x_t": INPUT, "v_t": VECTOR},
        {"W": SQUARE, "U": ("h", "d"), "b": VECTOR},
        split_equations(BEGUN),
        dict.fromkeys(("h", "d", "T"), SCALAR),
        sizes={"h": 1, "d": 1, "T": 4},
    )
    right = f"(sum_{{t=1}}^{{T}} ({SLOPED} @ s_{{t-1}}^T))"
    assert wrong(of, "dL/dW") == {
        "through time": [right],  # as the derivatives by the states are others
        "last step": [right.replace("{T}", "{T-1}")] * 2,  # the other one by a shorter loss
        "one step": ["(dL/ds_4 .* (1 - s_4^2)) @ s_3^T"],
    }
    assert wrong(of, "dL/dW", named_only=True) == {
        "state of the step": [right.replace("s_{t-1}", "s_t")],
        "slope of the step": [right.replace("1 - s_t^2", "1 - s_{t-1}^2")],
    }
    values = drawn(of, 5)
    solvers = {one.name: one.network for one in wrong_solvers(Solver(of, {"@W": Name("dL/dW")}))}
    slopes = solvers["through time"].evaluate(values)
    for t in range(1, 5):
        assert slopes[f"dL/ds_{t}"] == pytest.approx(values[f"v_{t}"])
