"""What every wrong solver makes of a network, equation by equation, and of a count."""

import pytest

from reference.counting.polynomial import expression
from reference.derivatives.named import with_derivatives
from reference.language.dimensions import SCALAR
from reference.language.reading import read
from reference.language.shapes import resolve
from reference.language.writing import plain
from reference.misconceptions.counts import wrong_counts
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


def rewritten(solver):
    """Misconception → the equations of each of its solvers that are not the right ones."""
    right = solver.solved().equations
    found = {}
    for wrong in wrong_solvers(solver):
        equations = wrong.network.equations
        texts = [f"{name} = {plain(e)}" for name, e in equations.items() if right.get(name) != e]
        found.setdefault(wrong.name, []).append("; ".join(texts))
    return found


@pytest.mark.parametrize("name", REWRITTEN)
def test_what_a_wrong_solver_computes(name):
    networks = {"a shortcut": SHORTCUT, "a batch": BATCH, "two layers": DEEP}
    assert rewritten(networks[name]) == REWRITTEN[name]


def test_messages_are_those_of_the_table():
    table = {row.name: row.message for row in MISCONCEPTIONS}
    assert len(table) == len(MISCONCEPTIONS)
    assert [*NAMES] == [*table, "layer"]
    for wrong in wrong_solvers(SHORTCUT):
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
                ("bias", "a count without the bias b1", "d * h + d + h + 1"),
                ("bias", "a count without the bias b2", "d * h + d + 2 * h"),
                ("shortcut", "a count without the weights of the shortcut", "d * h + 2 * h + 1"),
            ],
        ),
        (
            SHORTCUT,
            ["W1", "b1"],
            [
                ("bias", "a count without the biases", "d * h"),
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
            ],
        ),
    ],
)
def test_what_a_wrong_count_is(solver, counted, expected):
    network = solver.network
    assert counts(network, counted or network.parameters) == expected
