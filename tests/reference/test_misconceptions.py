"""What every wrong solver makes of a network, equation by equation, and of a count."""

import pytest

from reference.counting.polynomial import expression
from reference.derivatives.named import with_derivatives
from reference.language.dimensions import SCALAR
from reference.language.reading import read
from reference.language.shapes import resolve
from reference.language.writing import plain
from reference.misconceptions.counts import wrong_counts
from reference.misconceptions.layers import NAMES as LAYERS
from reference.misconceptions.solver import Solver
from reference.misconceptions.table import MISCONCEPTIONS, NAMES
from reference.misconceptions.wrong import wrong_solvers
from reference.network import declare, split_equations


def solver(inputs, parameters, equations, constants=(), **answers):
    network = declare(
        inputs, parameters, split_equations(equations), dict.fromkeys(constants, SCALAR)
    )
    named = [word for text in answers.values() for word in text.split() if "/" in word]
    full = with_derivatives(network, named)
    asked = {
        f"@{name}": resolve(read(text, full.vocabulary), full.shapes)[0]
        for name, text in answers.items()
    }
    return Solver(network, asked)


SHORTCUT = solver(
    {"x": ("d", 1), "y": SCALAR},
    {"W1": ("h", "d"), "b1": ("h", 1), "W2": (1, "h"), "b2": SCALAR, "W": (1, "d")},
    "z1 = W1 x + b1\na1 = relu(z1)\nz2 = W2 a1 + b2 + W x\nyhat = sigmoid(z2)\nL = (yhat - y)^2 / 2",
    yhat="yhat",
    b1="dL/db1",
    new="b1 - 0.1 dL/db1",
)
BATCH = solver(
    {"X": ("d", "n"), "Y": ("k", "n")},
    {"V": ("k", "d"), "b": ("k", 1)},
    "Z = V X + b\nP = softmax(Z)\nL = -sum(Y ⊙ log(P)) / n\nM = mean(Z)",
    constants=("n",),
    L="L",
    M="M",
    slope="dL/dV",
)
DEEP = solver(
    {"x": ("d", 1)},
    {"A": ("h", "d"), "B": (1, "h")},
    "a = tanh(A x)\nq = B a\nL = q + q^2",
    L="L",
    A="dL/dA",
)
PAIRS = solver(
    {"x1": SCALAR, "x2": SCALAR, "t1": SCALAR, "t2": SCALAR},
    {"w11": SCALAR, "w12": SCALAR, "w21": SCALAR, "w22": SCALAR, "v": SCALAR, "M": (2, 2)},
    "z1 = w11 x1 + w21 x2\nz2 = w12 x1 + w22 x2\na1 = relu(z1)\na2 = relu(z2)\no1 = v a1\no2 = 3 a2\n"
    "E = (o1 - t1)^2 / 2 + (o2 - t2)^2 / 2\nF = (o1 + o2) / 2\nc = M[1,2] o1",
    w21="dE/dw21",
    v="v - 0.1 dE/dv",
    c="c",
    F="F",
)
NAMED_ONLY = {
    "a shortcut": {
        "half": ["L = (yhat - y)^2; dL/dyhat = 2 * (yhat - y)"],
        "tanh for sigmoid": ["dL/dz2 = dL/dyhat * (1 - yhat^2)"],
    },
    "a batch": {
        "batch": [
            "L = -sum(Y .* log(P)); dL/dP = -Y .* (1 / P)",
            "L = (-sum(Y .* log(P))) / n / n; dL/dP = -(1 / n / n) * Y .* (1 / P)",
        ],
    },
    "two layers": {"tanh for sigmoid": ["dL/dA = (dL/da .* a .* (1 - a)) @ x^T"]},
    "pairs": {
        "swapped indices": [
            "z1 = w11 * x1 + w12 * x2; z2 = w21 * x1 + w22 * x2; c = M[2, 1] * o1; dE/do2 = o2 - t2; dE/da2 = "
            "3 * (dE/do2); dE/dz2 = dE/da2 * (z2 > 0); dE/dw21 = dE/dz2 * x1",
            "z1 = w11 * x1 + w12 * x2; dE/dw21 = fill(0, w21)",
            "z2 = w21 * x1 + w22 * x2; dE/do2 = o2 - t2; dE/da2 = 3 * (dE/do2); dE/dz2 = dE/da2 * (z2 > 0); "
            "dE/dw21 = dE/dz2 * x1 + dE/dz1 * x2",
            "c = M[2, 1] * o1",
            "dE/do2 = o2 - t2; dE/da2 = 3 * (dE/do2); dE/dz2 = dE/da2 * (z2 > 0); dE/dw12 = dE/dz2 * x1; @w21 "
            "= dE/dw12",
        ],
        "half": ["E = (o1 - t1)^2 + (o2 - t2)^2; dE/do1 = 2 * (o1 - t1)"],
        "mean": ["F = o1 + o2"],
        "sum": [
            "E = ((o1 - t1)^2 / 2 + (o2 - t2)^2 / 2) / 2; F = (o1 + o2) / 2 / 2; dE/do1 = 0.5 * (o1 - t1)",
            "E = ((o1 - t1)^2 / 2 + (o2 - t2)^2 / 2) / 2; dE/do1 = 0.5 * (o1 - t1)",
            "F = (o1 + o2) / 2 / 2",
        ],
        "another mask": ["dE/dz1 = dE/da1 * (z2 > 0)"],
        "slopes mixed up": ["dE/dz1 = dE/da1 * (z2 > 0)"],
        "pre-activation": ["dE/dv = dE/do1 * z1"],
    },
}
REWRITTEN = {
    "a shortcut": {
        "ascent": ["@new = b1 + 0.1 * (dL/db1)"],
        "gradient for update": ["@new = dL/db1", "@new = 0.1 * (dL/db1)"],
        "update for gradient": ["@b1 = b1 - 0.1 * (dL/db1)"],
        "mask": ["dL/dz1 = dL/da1"],
        "other mask": ["dL/dz1 = dL/da1 .* (dL/da1 > 0)"],
        "slope": ["dL/dz2 = dL/dyhat", "dL/dz2 = dL/dyhat; dL/dz1 = dL/da1"],
        "sigmoid slope": ["dL/dz2 = dL/dyhat * yhat * (1 + yhat)"],
        "slope at argument": ["dL/dz2 = dL/dyhat * z2 * (1 - z2)"],
        "slope at value": ["dL/dz2 = dL/dyhat * sigmoid(yhat) * (1 - sigmoid(yhat))"],
        "power": ["dL/dyhat = 0.5 * (yhat - y)"],
        "bias": [
            "z1 = W1 @ x; z2 = W2 @ a1 + W @ x; dL/db1 = fill(0, b1)",
            "z1 = W1 @ x; dL/db1 = fill(0, b1)",
            "z2 = W2 @ a1 + W @ x",
        ],
        "shortcut": ["z2 = W2 @ a1 + b2"],
        "activation": [
            "a1 = z1; yhat = z2; dL/dz2 = dL/dyhat; dL/dz1 = dL/da1",
            "a1 = z1; dL/dz1 = dL/da1",
            "yhat = z2; dL/dz2 = dL/dyhat",
        ],
        "sign": ["@yhat = (-1) * yhat; @b1 = (-1) * (dL/db1); @new = (-1) * (b1 - 0.1 * (dL/db1))"],
        "factor": ["@b1 = 2 * (dL/db1)", "@b1 = (1 / 2) * (dL/db1)"],
    },
    "a batch": {
        "slope": ["dL/dZ = dL/dP"],
        "bias": ["Z = V @ X"],
        "activation": ["P = Z; dL/dZ = dL/dP"],
        "mean": ["M = sum(Z)"],
        "softmax axis": [
            "P = softmax(Z^T)^T; dL/dZ = (softmax(Z^T) .* ((dL/dP)^T - "
            "fill(column_sums(softmax(Z^T) .* (dL/dP)^T), "
            "softmax(Z^T))))^T"
        ],
        "sign": ["@L = (-1) * L; @M = (-1) * M; @slope = (-1) * (dL/dV)"],
        "factor": ["@slope = 2 * (dL/dV)", "@slope = (1 / 2) * (dL/dV)"],
        "batch": ["@slope = n * (dL/dV)", "@slope = dL/dV / n"],
    },
    "two layers": {
        "slope": ["dL/dA = dL/da @ x^T"],
        "slope at argument": ["dL/dA = (dL/da .* (1 - (A @ x)^2)) @ x^T"],
        "slope at value": ["dL/dA = (dL/da .* (1 - tanh(a)^2)) @ x^T"],
        "path": ["dL/dq = 1", "dL/dq = 2 * q"],
        "power": ["dL/dq = 1 + q"],
        "activation": ["a = A @ x; dL/dA = dL/da @ x^T"],
        "sign": ["@L = (-1) * L; @A = (-1) * (dL/dA)"],
        "factor": ["@A = 2 * (dL/dA)", "@A = (1 / 2) * (dL/dA)"],
    },
}


NETWORKS = {"a shortcut": SHORTCUT, "a batch": BATCH, "two layers": DEEP, "pairs": PAIRS}


def rewritten(solver, named_only=False):
    """Misconception → the equations of each of its solvers that are not the right ones."""
    right = solver.solved().equations
    found = {}
    for wrong in wrong_solvers(solver, named_only):
        equations = wrong.network.equations
        texts = [f"{name} = {plain(e)}" for name, e in equations.items() if right.get(name) != e]
        found.setdefault(wrong.name, []).append("; ".join(texts))
    return found


@pytest.mark.parametrize("name", REWRITTEN)
def test_what_a_wrong_solver_computes(name):
    assert rewritten(NETWORKS[name]) == REWRITTEN[name]


@pytest.mark.parametrize("name", NAMED_ONLY)
def test_what_a_solver_computes_whose_slip_is_only_named(name):
    assert rewritten(NETWORKS[name], named_only=True) == NAMED_ONLY[name]


def test_messages_are_those_of_the_table():
    table = {row.name: row.message for row in MISCONCEPTIONS}
    assert {row.message for row in MISCONCEPTIONS} == {*table.values()}
    further = ["layer", "bias per input", *LAYERS]
    assert [*NAMES] == [*dict.fromkeys([*table, *further])]
    for wrong in [*wrong_solvers(SHORTCUT), *wrong_solvers(SHORTCUT, named_only=True)]:
        assert wrong.message == table[wrong.name]


def counts(network, counted):
    return [
        (wrong.name, wrong.message, plain(expression(wrong.terms)))
        for wrong in wrong_counts(network, counted)
    ]


@pytest.mark.parametrize(
    ("solver", "counted", "expected"),
    [
        (
            SHORTCUT,
            None,
            [
                ("bias", "a count without the biases", "d * h + d + h"),
                ("bias", "a count without the bias b₁", "d * h + d + h + 1"),
                ("bias", "a count without the bias b₂", "d * h + d + 2 * h"),
                ("shortcut", "a count without the weights of the shortcut", "d * h + 2 * h + 1"),
                (
                    "bias per input",
                    "a count with a bias for each input, not for each unit",
                    "d * h + 2 * d + h + 1",
                ),
            ],
        ),
        (
            SHORTCUT,
            ["W1", "b1"],
            [
                ("bias", "a count without the biases", "d * h"),
                (
                    "bias per input",
                    "a count with a bias for each input, not for each unit",
                    "d * h + d",
                ),
                ("layer", "the count of another layer", "d + h + 1"),
            ],
        ),
        (
            SHORTCUT,
            ["W2", "b2", "W"],
            [
                ("bias", "a count without the biases", "d + h"),
                ("shortcut", "a count without the weights of the shortcut", "h + 1"),
                ("layer", "the count of another layer", "d * h + h"),
            ],
        ),
        (SHORTCUT, ["W1"], []),
        (
            BATCH,
            None,
            [
                ("bias", "a count without the biases", "d * k"),
                (
                    "batch",
                    "a count that grows with the number of examples, on which parameters do not depend",
                    "d * k * n + k * n",
                ),
                (
                    "bias per input",
                    "a count with a bias for each input, not for each unit",
                    "d * k + d",
                ),
            ],
        ),
    ],
)
def test_what_a_wrong_count_is(solver, counted, expected):
    network = solver.network
    assert counts(network, counted or network.parameters) == expected
