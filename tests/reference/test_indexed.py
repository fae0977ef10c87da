"""Indexed equations: values against NumPy, gradients three ways, texts that read back, what is refused."""

from __future__ import annotations

import numpy as np
import pytest

from reference.derivatives.certify import by_differences, certify, distance
from reference.derivatives.kinks import kinks
from reference.derivatives.reverse_mode import differentiate
from reference.language.dimensions import SCALAR, size_of, stored
from reference.language.equation import NetworkError
from reference.language.evaluating import evaluate
from reference.language.expression import Apply
from reference.language.indexed.contracting import Labelled, contracted
from reference.language.indexed.naive import Naive
from reference.language.indexed.reading import read_whole
from reference.language.indexed.rows import Text
from reference.language.whole import Known, whole
from reference.language.writing import plain
from reference.network import Network, declare, split_equations


def shape(text, sizes):
    parts = [part.strip() for part in text.split("×")] if text else []
    return stored(tuple(size_of(read_whole(part, sizes)) for part in parts))


def network(given, sizes, equations, least=None) -> Network:
    shapes = {name: shape(text, sizes) for name, text in given.items()}
    known = dict.fromkeys(sizes, 1) | (least or {})
    constants = dict.fromkeys(sizes, SCALAR)
    return declare(shapes, {}, split_equations(equations), constants, sizes=known)


def drawn(given, sizes, seed=0, batch=3):
    """Values as arrays of all axes, and as they are stored."""
    generator = np.random.default_rng(seed)
    arrays, kept = {}, {}
    for name, text in given.items():
        axes = (
            [int(read_whole(part.strip(), sizes).value(sizes)) for part in text.split("×")]
            if text
            else []
        )
        arrays[name] = generator.normal(size=(batch, *axes))
        columns = axes[-1] if len(axes) > 1 else 1
        kept[name] = arrays[name].reshape(batch, -1, columns)
    return arrays, kept | {
        name: np.full((batch, 1, 1), float(value)) for name, value in sizes.items()
    }


def windows(x, k, s):
    """(…, places, places, k, k) of the last two axes."""
    seen = np.lib.stride_tricks.sliding_window_view(x, (k, k), axis=(-2, -1))
    return seen[..., ::s, ::s, :, :]


def softmax(scores, mask=None):
    powers = np.exp(scores) if mask is None else np.exp(scores) * mask
    return powers / powers.sum(axis=-1, keepdims=True)


def padded(x, p):
    return np.pad(x, ((0, 0), (p, p), (p, p)))


def transposed(x, kernel, s):
    n, k = x.shape[0], kernel.shape[0]
    out = np.zeros((s * (n - 1) + k,) * 2)
    for i in range(n):
        for j in range(n):
            out[s * i : s * i + k, s * j : s * j + k] += x[i, j] * kernel
    return out


def toeplitz(x, w):
    n, k = len(x), len(w)
    return (
        np.array(
            [[w[j - i] if 0 <= j - i < k else 0.0 for j in range(n)] for i in range(n - k + 1)]
        )
        @ x
    )


def attention(x, q, k, v):
    queries, keys, values = x @ q.T, x @ k.T, x @ v.T
    return softmax(queries @ keys.T / np.sqrt(len(q)), np.tril(np.ones((len(x), len(x))))) @ values


def heads(q, k, v, d):
    parts = [slice(a, a + d) for a in range(0, q.shape[1], d)]
    return np.stack([softmax(q[:, a] @ k[:, a].T) @ v[:, a] for a in parts])


def layer_norm(x, gamma, beta):
    centred = x - x.mean(axis=1, keepdims=True)
    return gamma * centred / np.sqrt((centred**2).mean(axis=1, keepdims=True) + 0.01) + beta


def maps_norm(x):
    centred = x - x.mean(axis=(0, 2, 3), keepdims=True)
    return centred / np.sqrt((centred**2).mean(axis=(0, 2, 3), keepdims=True) + 0.01)


CONV = """Xp[e, i, j] = (X[e, i - p, j - p] else 0)  for e in 1..c, i in 1..n + 2 p, j in 1..n + 2 p
Y[a, i, j] = b[a] + sum_{e, q, r} K[a, e, q, r] Xp[e, s (i - 1) + q, s (j - 1) + r]"""
ATTENTION = """q[i, a] = sum_b Q[a, b] x[i, b]
m[i, a] = sum_b K[a, b] x[i, b]
v[i, a] = sum_b V[a, b] x[i, b]
S[i, j] = sum_a q[i, a] m[j, a] / sqrt(h)
A[i, j] = softmax_{j <= i} S[i, j]
Y[i, a] = sum_j A[i, j] v[j, a]"""
HEADS = """S[a, i, j] = sum_{b in 1..d} Q[i, d (a - 1) + b] K[j, d (a - 1) + b]  for a in 1..H
A[a, i, j] = softmax_j S[a, i, j]
Y[a, i, b] = sum_j A[a, i, j] V[j, d (a - 1) + b]  for a in 1..H, b in 1..d"""
LAYER_NORM = """mu[i] = mean_k x[i, k]
nu[i] = var_k x[i, k]
Y[i, j] = gamma[j] (x[i, j] - mu[i]) / sqrt(nu[i] + 0.01) + beta[j]"""
MAPS_NORM = """mu[a] = mean_{b, i, j} x[b, a, i, j]
nu[a] = mean_{b, i, j} (x[b, a, i, j] - mu[a])^2
Y[b, a, i, j] = (x[b, a, i, j] - mu[a]) / sqrt(nu[a] + 0.01)"""

# name: what is given, sizes, equations, the axes of Y, NumPy
OPERATIONS = {
    "convolution in one dimension": (
        {"x": "n", "w": "k"}, {"n": 7, "k": 3}, "Y[i] = sum_j w[j] x[i + j - 1]", "n - k + 1",
        lambda x, w: np.correlate(x, w, "valid"),
    ),
    "channels, stride, padding": (
        {"X": "c × n × n", "K": "f × c × k × k", "b": "f"}, {"n": 6, "k": 3, "s": 2, "p": 1, "c": 2, "f": 3}, CONV,
        "f × (floor((n + 2 p - k) / s) + 1) × (floor((n + 2 p - k) / s) + 1)",
        lambda X, K, b: np.einsum("eijqr,aeqr->aij", windows(padded(X, 1), 3, 2), K) + b[:, None, None],
    ),
    "depthwise": (
        {"X": "c × n × n", "K": "c × k × k"}, {"n": 5, "k": 3, "c": 2},
        "Y[a, i, j] = sum_{q, r} K[a, q, r] X[a, i + q - 1, j + r - 1]", "c × (n - k + 1) × (n - k + 1)",
        lambda X, K: np.einsum("aijqr,aqr->aij", windows(X, 3, 1), K),
    ),
    "dilated": (
        {"x": "n", "w": "k"}, {"n": 9, "k": 3, "d": 2}, "Y[i] = sum_j w[j] x[i + d (j - 1)]", "n - d k + d",
        lambda x, w: np.array([w @ x[i : i + 5 : 2] for i in range(5)]),
    ),
    "transposed": (
        {"X": "n × n", "K": "k × k"}, {"n": 3, "k": 3, "s": 2},
        "Y[u, v] = sum_{i, j} X[i, j] (K[u - s (i - 1), v - s (j - 1)] else 0)  for u in 1..s (n - 1) + k, v in 1..s (n - 1) + k",
        "(s n - s + k) × (s n - s + k)", lambda X, K: transposed(X, K, 2),
    ),
    "max pooling": (
        {"Z": "f × n × n"}, {"n": 7, "f": 2}, "Y[a, i, j] = max_{q in 1..2, r in 1..2} Z[a, 2 (i - 1) + q, 2 (j - 1) + r]",
        "f × floor(n / 2) × floor(n / 2)", lambda Z: windows(Z, 2, 2).max(axis=(-2, -1)),
    ),
    "overlapping windows": (
        {"Z": "f × n × n"}, {"n": 7, "f": 2}, "Y[a, i, j] = max_{q in 1..3, r in 1..3} Z[a, 2 (i - 1) + q, 2 (j - 1) + r]",
        "f × floor((n - 1) / 2) × floor((n - 1) / 2)", lambda Z: windows(Z, 3, 2).max(axis=(-2, -1)),
    ),
    "mean pooling": (
        {"Z": "f × n × n"}, {"n": 6, "f": 2}, "Y[a, i, j] = mean_{q in 1..2, r in 1..2} Z[a, 2 (i - 1) + q, 2 (j - 1) + r]",
        "f × floor(n / 2) × floor(n / 2)", lambda Z: windows(Z, 2, 2).mean(axis=(-2, -1)),
    ),
    "global pooling": (
        {"Z": "f × n × n"}, {"n": 4, "f": 3}, "Y[a] = mean_{i, j} Z[a, i, j]", "f", lambda Z: Z.mean(axis=(1, 2)),
    ),
    "a Toeplitz matrix": (
        {"x": "n", "w": "k"}, {"n": 6, "k": 3},
        "M[i, j] = (w[j - i + 1] else 0)  for i in 1..n - k + 1, j in 1..n\nY[i] = sum_j M[i, j] x[j]", "n - k + 1", toeplitz,
    ),
    "one after the other": (
        {"x": "d", "s": "h"}, {"d": 3, "h": 2}, "Y[i] = (x[i] else s[i - d])  for i in 1..d + h", "d + h",
        lambda x, s: np.concatenate([x, s]),
    ),
    "places with floors": (
        {"x": "n", "w": "n"}, {"n": 3},
        "Y[u] = (x[floor((u + 1) / 2)] else 0) (w[u - floor(u / 2)] else 0)  for u in 1..2 n", "2 n",
        lambda x, w: np.repeat(x * w, 2),
    ),
    "softmax along rows": (
        {"S": "n × d"}, {"n": 3, "d": 4}, "Y[i, j] = softmax_j S[i, j]", "n × d", softmax,
    ),
    "causal softmax, written out": (
        {"S": "n × n"}, {"n": 4}, "Y[i, j] = exp(S[i, j]) / sum_{k <= i} exp(S[i, k])  where j <= i, else 0", "n × n",
        lambda S: softmax(S, np.tril(np.ones((4, 4)))),
    ),
    "causal attention": (
        {"x": "n × d", "Q": "h × d", "K": "h × d", "V": "e × d"}, {"n": 4, "d": 3, "h": 2, "e": 2}, ATTENTION, "n × e", attention,
    ),
    "two heads": (
        {"Q": "N × H d", "K": "N × H d", "V": "N × H d"}, {"N": 3, "H": 2, "d": 2}, HEADS, "H × N × d",
        lambda Q, K, V: heads(Q, K, V, 2),
    ),
    "layer norm": ({"x": "n × d", "gamma": "d", "beta": "d"}, {"n": 3, "d": 4}, LAYER_NORM, "n × d", layer_norm),
    "batch norm of maps": ({"x": "N × c × n × n"}, {"N": 2, "c": 2, "n": 3}, MAPS_NORM, "N × c × n × n", maps_norm),
    "flattened": (
        {"Z": "c × n × n"}, {"c": 2, "n": 3},
        "Y[m] = sum_{a, i, j} (Z[a, i, j] where m = n n (a - 1) + n (i - 1) + j, else 0)  for m in 1..c n n", "c n n",
        lambda Z: Z.ravel(),
    ),
}  # fmt: skip
BY_SYMPY = (
    "convolution in one dimension",
    "dilated",
    "one after the other",
    "softmax along rows",
    "a Toeplitz matrix",
)


def with_loss(name):
    """An operation and the sum of its entries, each times a number of its own."""
    given, sizes, equations, axes, oracle = OPERATIONS[name]
    given = {**given, "probe": axes}
    letters = ", ".join(["l1", "l2", "l3", "l4"][: 1 + axes.count("×")])
    loss = f"L = sum_{{{letters}}} probe[{letters}] Y[{letters}]"
    return given, sizes, network(given, sizes, f"{equations}\n{loss}", {"p": 0}), oracle


@pytest.mark.parametrize("name", OPERATIONS)
def test_values_are_those_of_numpy(name):
    given, sizes, net, oracle = with_loss(name)
    arrays, values = drawn(given, sizes)
    found = net.evaluate(values)["Y"]
    for row in range(3):
        expected = oracle(*(arrays[one][row] for one in given if one != "probe"))
        assert found[row].ravel() == pytest.approx(np.ravel(expected), abs=1e-12)


@pytest.mark.parametrize("name", OPERATIONS)
def test_gradients_agree_with_differences(name):
    given, _, net, _ = with_loss(name)
    _, values = drawn(given, OPERATIONS[name][1], batch=1)
    by = [one for one in given if one != "probe"]
    found = differentiate(net, "L", by).evaluate(values)
    for one in by:
        assert distance(found[f"dL/d{one}"], by_differences(net, "L", one, values)) < 1e-7, one


@pytest.mark.parametrize("name", BY_SYMPY)
def test_gradients_agree_with_sympy(name):
    given, sizes, net, _ = with_loss(name)
    _, values = drawn(given, sizes, batch=1)
    for one in certify(net, "L", [one for one in given if one != "probe"], values):
        assert one.holds, one


@pytest.mark.parametrize("name", OPERATIONS)
def test_derivatives_read_back_as_equations(name):
    given, sizes, net, _ = with_loss(name)
    _, values = drawn(given, sizes)
    by = [one for one in given if one != "probe"]
    whole_network = differentiate(net, "L", by)
    found = whole_network.evaluate(values)
    own = {one: f"D{place}" for place, one in enumerate(whole_network.equations) if "/" in one}
    for one, expression in whole_network.equations.items():
        if not isinstance(expression, Apply) or not isinstance(expression.operation, Text):
            continue
        text, piece = plain(expression), expression.operation.rule.piece
        if "arg" in text:
            continue  # where a maximum was taken has no spelling
        for name_of, short in own.items():
            text = text.replace(name_of, short)
        places = ", ".join(map(str, piece.places))
        ranges = ", ".join(f"{i} in {low}..{high}" for i, (low, high) in piece.ranges)
        equation = f"again[{places}] = {text} for {ranges}" if places else f"again = {text}"
        shapes = {
            own.get(other, other): value
            for other, value in whole_network.shapes.items()
            if other not in sizes
        }
        try:
            again = declare(
                shapes,
                {},
                split_equations(equation),
                dict.fromkeys(sizes, SCALAR),
                sizes=dict.fromkeys(sizes, 1) | {"p": 0},
            )
        except NetworkError as error:
            # a place that does not exist is left out on paper, and not in an equation
            assert "has no such place for all indices" in str(error), (one, equation)
            continue
        known = {own.get(other, other): value for other, value in found.items()}
        assert again.evaluate(known)["again"] == pytest.approx(found[one], abs=1e-12), (
            one,
            equation,
        )


@pytest.mark.parametrize("name", ["channels, stride, padding", "places with floors"])
def test_both_evaluations_agree(name):
    given, sizes, net, _ = with_loss(name)
    _, values = drawn(given, sizes, batch=2)
    functions = {
        "number": float, "add": lambda a, b: a + b, "scale": lambda a, b: a * b, "divide": lambda a, b: a / b,
    }  # fmt: skip
    found = differentiate(net, "L", [*given][:2]).evaluate(values)
    expression = net.equations["Y"]
    rule = expression.operation.rule
    for row in range(2):
        arrays = {}
        for (name, ranges), argument in zip(rule.by_name.items(), expression.args, strict=False):
            lengths = [int((last - first + 1).value(sizes)) for first, last in ranges]
            arrays[name] = found[argument.name][row].reshape(lengths)
        entries = [value for _, value in Naive(rule, arrays, sizes, functions).entries()]
        assert entries == pytest.approx(found["Y"][row].ravel(), abs=1e-12)


def test_of_equal_entries_the_first_is_the_maximum():
    net = network({"z": "n"}, {"n": 4}, "L = max_i z[i]")
    values = {"z": np.array([[[1.0], [2.0], [2.0], [0.0]]]), "n": np.full((1, 1, 1), 4.0)}
    found = differentiate(net, "L", ["z"]).evaluate(values)
    assert found["dL/dz"][0, :, 0].tolist() == [0, 1, 0, 0]


def test_a_running_maximum_has_a_kink_at_each_place():
    """The index of the left side stands in the condition alone."""
    net = network({"z": "n"}, {"n": 4}, "last[t] = max_{i in 1..n, i <= t} z[i] for t in 1..n")
    values = {"z": np.array([[[1.0], [3.0], [2.5], [3.0]]]), "n": np.full((1, 1, 1), 4.0)}
    assert net.evaluate(values)["last"][0, :, 0].tolist() == [1, 3, 3, 3]
    [gap] = kinks(net)
    assert evaluate(gap, values)[0, 1:, 0].tolist() == [2, 0.5, 0]


def test_operations_that_differ_in_a_window_alone_are_told_apart():
    """An operation is the rule behind its name, so all that makes it what it is counts, and is written."""
    operations, texts = set(), set()
    for last in (2, 3):
        net = network({"z": "n"}, {"n": 4}, f"L = max_{{i in 1..{last}}} z[i]", {"n": 4})
        found = differentiate(net, "L", ["z"]).equations
        operations |= {found["L"].operation, found["dL/dz"].operation}
        texts |= {plain(found["L"]), plain(found["dL/dz"])}
    assert len(operations) == len(texts) == 4
    assert all("1..2" in one or "1..3" in one for one in texts)


REFUSED = {
    "Y = x[argmax(x)]": "x[argmax(x)]: a place is made of indices, sizes and whole numbers; a product has round brackets",
    "Y[i] = sum_j x[i + j - 1]": "how far j runs is not said: no quantity has j alone as a place; write {j in 1..…}",
    "Y[i] = sum_j w[j] x[j]": "j runs over different sizes: w has k, x has n",
    "Y[i] = x[i] + w[i]": "Y could end at n or k, whichever is smaller: write 'for i in 1..…'",
    "Y[i, j] = x[i + j - 1]": "x[i + j - 1] does not say how far i and j run each: write 'for i in 1..…'",
    "Y[i, j] = (w[j - i + 1] else 0)": "how far i runs is not said: every place with i has an 'else' or a condition; write 'for i in 1..…'",
    "Y[i] = sum_{k2 <= i} x[k2]": "how far i runs is not said: no place has i; write 'for i in 1..…'",
    "Y[i] = x[i - 1] + x[i + 1]": "every place exists from i = 2 on, so Y would begin there: shift i, or write 'for i in 2..n - 1'",
    "Y[i] = x[i + 1]  for i in 1..n": "x[i + 1] has no such place for all indices: axis 1 of x runs over 1..n; "
    "write (… else 0) for places beside it, or narrow the range",
    "Y[i] = x[i, 1]": "x has 1 axis, found 2 places",
    "Y[i] = x[x[i]]": "'x' is a quantity; a place is made of indices, sizes and whole numbers",
    "Y[i] = x[j]": "'j' is no index here: it stands neither on the left nor under a sum",
    "Y[i] = x[i / 2]": "a quotient is whole only as floor(… / …)",
    "Y[u] = x[floor((u + 1) / 2)]": "how far u runs is not clear from x[floor((u + 1) / 2)]: write 'for u in 1..…'",
    "Y[i] = x[i i]": "a place is of degree 1 in i, which is multiplied by itself",
    "Y[i] = sum_{j in 1..2} x[i j]  for i in 1..2": "a place is of degree 1 in i, which is multiplied by j",
    "Y[i, i] = x[i] w[i]": "Y could end at n or k, whichever is smaller: write 'for i in 1..…'",
    "Y[i, i] = x[i]": "Y[i, i]: i stands twice on the left side",
    "Y[i] = x[i]  for j in 1..n": "Y[i]: j stands not on the left side",
    "Y[i] = x[i]\nY[n + i] = w[i]": "'Y' has two equations",
    "Y[k + i] = x[i]": "Y[i + k]: each axis of a quantity is an index from 1 on",
    "Y[2 i] = x[i]": "Y[2 i]: each axis of a quantity is an index from 1 on",
    "Y[i = x[i]": "expected 'name = expression', found 'Y[i = x[i]'",
    "Y[] = x[1]": "expected 'name = expression', found 'Y[] = x[1]'",
    "Y[i] = Y[i] + x[i]": "Y needs itself: write steps in matrices",
    "Y[i] = (x[i - 99999999999] else 0)  for i in 1..n": "a size or place that large is not read",
    "Y[i] = x": "x has 1 axis, found 0 places",
}  # fmt: skip


@pytest.mark.parametrize("equation", REFUSED)
def test_what_is_not_clear_is_refused(equation):
    with pytest.raises(NetworkError) as raised:
        network({"x": "n", "w": "k"}, {"n": 5, "k": 3}, equation)
    assert REFUSED[equation] in str(raised.value)


def test_whole_numbers_are_proved():
    sizes = {"n", "k", "s", "p", "i"}
    known = Known((("k", 1), ("n", 1), ("p", 0), ("s", 1)), (read_whole("n - k", sizes),))

    def proves(text, **ranges):
        return known.proves(
            read_whole(text, sizes),
            {i: tuple(read_whole(one, sizes) for one in span) for i, span in ranges.items()},
        )

    assert proves("n + p - k")
    assert not proves("n - k - 1")
    assert proves("n - s floor((n - k) / s) - k")
    assert not proves("n - s floor((n - k) / s) - k - 1")
    assert proves("n - i - k + 1", i=("1", "n - k + 1"))
    assert not proves("floor((i - 3) / 2)", i=("1", "n"))
    assert str(read_whole("floor((s (n - 1) + k - k) / s) + 1", sizes)) == "n"
    assert (whole("n") + 1).value({"n": 4}) == 5


def test_indices_of_one_factor_alone_are_summed():
    """Of a product of three, the last pair has an index that is in one factor alone."""
    generator = np.random.default_rng(1)
    arrays = {
        labels: generator.normal(size=(1, *(len(labels) + 1,) * len(labels)))
        for labels in ("ij", "jk")
    }
    several = [Labelled(array, tuple(labels)) for labels, array in arrays.items()]
    found = contracted(several, ("i", "j", "k"), dict.fromkeys("ijk", 3))
    np.testing.assert_allclose(found.array, np.einsum("zij,zjk->z", arrays["ij"], arrays["jk"]))


PLACES = {
    "L = w x[n]": lambda x, w, W: 3 * x[4],
    "L = w x [n - 1] + w [n - 1]": lambda x, w, W: 3 * x[3] + 3 * 4,
    "L = W[q, n] (x)[q] - W[2, 2 (q - 1)]": lambda x, w, W: W[2, 4] * x[2] - W[1, 3],
    "L = sum(W x[n] x)": lambda x, w, W: (W @ x).sum() * x[4],
}


@pytest.mark.parametrize("text", PLACES)
def test_a_place_may_be_made_of_sizes(text):
    """Also in an equation of matrices, where what stands behind a scalar in brackets is a factor."""
    net = network({"x": "n", "w": "", "W": "n × n"}, {"n": 5, "q": 3}, text)
    x, W = np.arange(1.0, 6) ** 2, np.arange(25.0).reshape(5, 5) ** 0.5
    values = {"x": x[None, :, None], "w": np.full((1, 1, 1), 3.0), "W": W[None]}
    values |= {name: np.full((1, 1, 1), float(size)) for name, size in {"n": 5, "q": 3}.items()}
    assert net.evaluate(values)["L"].item() == pytest.approx(PLACES[text](x, 3.0, W))
    assert all(one.holds for one in certify(net, "L", ["x", "W"], values))
