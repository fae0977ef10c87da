"""Named operations: each row of the table against loops, its gradients against differences, and what is refused."""

from __future__ import annotations

import itertools
from pathlib import Path

import numpy as np
import pytest
from msgspec import structs

from reference.derivatives.certify import by_differences, distance
from reference.derivatives.reverse_mode import differentiate
from reference.language.dimensions import SCALAR, axes_of
from reference.language.expression import Name
from reference.language.indexed.rows import Called
from reference.language.named.opening import Call
from reference.language.named.table import TABLE
from reference.language.reading import read
from reference.language.shapes import resolve
from reference.language.whole import whole
from reference.language.writing import LATEX, plain
from reference.misconceptions.solver import Solver
from reference.misconceptions.wrong import wrong_solvers
from reference.network import NetworkError
from tests.reference.test_indexed import drawn, network


def convolved(x, w, b=0.0, s=1, p=0, d=1, g=1):
    """Channels × places … by kernels × channels × places …, in loops over everything."""
    axes = x.ndim - 1
    lengths = [
        (n + 2 * p - d * (k - 1) - 1) // s + 1
        for n, k in zip(x.shape[1:], w.shape[2:], strict=True)
    ]
    out = np.zeros((len(w), *lengths)) + np.reshape(b, (-1,) + (1,) * axes)
    for a, *at in np.ndindex(*out.shape):
        for e, *q in np.ndindex(*w.shape[1:]):
            place = [s * i + d * k - p for i, k in zip(at, q, strict=True)]
            if all(0 <= one < n for one, n in zip(place, x.shape[1:], strict=True)):
                channel = e + w.shape[1] * (a // (len(w) // g))
                out[(a, *at)] += w[(a, e, *q)] * x[(channel, *place)]
    return out


def spread(x, w, b=0.0, s=1, p=0):
    """Each entry puts a kernel down; the border of p places is cut off."""
    lengths = [s * (n - 1) + k for n, k in zip(x.shape[1:], w.shape[2:], strict=True)]
    out = np.zeros((w.shape[1], *lengths))
    for e, *at in np.ndindex(*x.shape):
        for a, *q in np.ndindex(*w.shape[1:]):
            out[(a, *(s * i + k for i, k in zip(at, q, strict=True)))] += (
                x[(e, *at)] * w[(e, a, *q)]
            )
    inner = (slice(None), *(slice(p, n - p) for n in lengths))
    return out[inner] + np.reshape(b, (-1,) + (1,) * (x.ndim - 1))


def pooled(x, k, s, p, of, axes):
    lead, sides = x.shape[: x.ndim - axes], x.shape[x.ndim - axes :]
    out = np.zeros((*lead, *((n + 2 * p - k) // s + 1 for n in sides)))
    for at in np.ndindex(*out.shape):
        places = itertools.product(*(range(s * i - p, s * i - p + k) for i in at[len(lead) :]))
        there = [one for one in places if all(0 <= m < n for m, n in zip(one, sides, strict=True))]
        out[at] = of([x[(*at[: len(lead)], *one)] for one in there])
    return out


def unpooled(y, x, k, s, p, axes):
    """Each number goes to the first largest entry of its window."""
    lead, sides = x.shape[: x.ndim - axes], x.shape[x.ndim - axes :]
    out = np.zeros(x.shape)
    for at in np.ndindex(*y.shape):
        places = itertools.product(*(range(s * i - p, s * i - p + k) for i in at[len(lead) :]))
        there = [one for one in places if all(0 <= m < n for m, n in zip(one, sides, strict=True))]
        out[(*at[: len(lead)], *max(there, key=lambda one: x[(*at[: len(lead)], *one)]))] += y[at]
    return out


def columns(x, k, s, p, d):
    padded = np.pad(x, [(0, 0)] + [(p, p)] * (x.ndim - 1))
    sides = [(n - d * (k - 1) - 1) // s + 1 for n in padded.shape[1:]]
    rows = []
    for at in np.ndindex(*sides):
        window = [
            padded[(slice(None), *(s * i + d * q for i, q in zip(at, one, strict=True)))]
            for one in np.ndindex(*[k] * len(sides))
        ]
        rows.append(np.transpose(window).ravel())
    return np.array(rows)


def softmax(x, axis, mask=True):
    powers = np.exp(x) * mask
    return powers / powers.sum(axis=axis, keepdims=True)


def normal(x, axis, mu, nu, eps, gamma, beta):
    out = np.zeros(x.shape)
    for at in np.ndindex(*x.shape):
        out[at] = (
            gamma[at[-1]] * (x[at] - mu[at[axis]]) / np.sqrt(nu[at[axis]] + eps) + beta[at[-1]]
        )
    return out


def maps_normal(x, mu, nu, eps):
    return np.stack([(x[:, a] - mu[a]) / np.sqrt(nu[a] + eps) for a in range(x.shape[1])], axis=1)


def split(x, h):
    return np.stack(np.split(x, h, axis=1))


ONE = {"n": 7, "k": 3, "s": 2, "p": 1, "d": 2}
TWO = {"n": 6, "m": 5, "k": 3, "l": 2, "s": 2, "p": 1}
MAPS = TWO | {"c": 2, "f": 3}
ALL = "stride: s, padding: p, dilation: d"
LOW = np.tril(np.ones((4, 4)))
# what is given, sizes, the call, loops over arrays of all axes
CASES = [
    ("x: n, w: k, b: ", ONE, f"conv(x, w, b, {ALL})", lambda x, w, b: convolved(x[None], w[None, None], b, 2, 1, 2)[0]),
    ("X: n × m, K: k × l", TWO, "conv(X, K, stride: s, padding: p)", lambda X, K: convolved(X[None], K[None, None], 0, 2, 1)[0]),
    ("X: c × n, K: f × c × k, b: f", MAPS, "conv(X, K, b, stride: s, padding: p)", lambda X, K, b: convolved(X, K, b, 2, 1)),
    ("X: c × n × m, K: f × c × k × l, b: f", MAPS | {"d": 2}, f"conv(X, K, b, {ALL})", lambda X, K, b: convolved(X, K, b, 2, 1, 2)),
    ("X: 2 c × n × m, K: 2 f × c × k × l", MAPS, "conv(X, K, groups: 2, padding: 1)", lambda X, K: convolved(X, K, 0, 1, 1, 1, 2)),
    ("X: t × c × n × m, K: f × c × k × l", MAPS | {"t": 2}, "conv(X, K, stride: 2)", lambda X, K: np.stack([convolved(x, K, 0, 2) for x in X])),
    ("X: c × n × m, K: c × k × l, b: c", MAPS, "depthwise(X, K, b, padding: 1)",
     lambda X, K, b: np.concatenate([convolved(X[a : a + 1], K[a][None, None], b[a], 1, 1) for a in range(2)])),
    ("x: n, w: k", ONE, "conv_transpose(x, w, stride: s, padding: p)", lambda x, w: spread(x[None], w[None, None], 0, 2, 1)[0]),
    ("X: n × m, K: k × l, b: ", TWO, "conv_transpose(X, K, b, stride: s)", lambda X, K, b: spread(X[None], K[None, None], b, 2)[0]),
    ("X: c × n × m, K: c × f × k × l, b: f", MAPS, "conv_transpose(X, K, b, stride: s)", lambda X, K, b: spread(X, K, b, 2)),
    ("x: n", ONE, "maxpool(x, kernel: k, stride: s, padding: p)", lambda x: pooled(x, 3, 2, 1, max, 1)),
    ("X: n × m", TWO, "maxpool(X, kernel: 2)", lambda X: pooled(X, 2, 2, 0, max, 2)),
    ("X: c × n × m", MAPS, "maxpool(X, kernel: k, stride: 1, padding: p)", lambda X: pooled(X, 3, 1, 1, max, 2)),
    ("x: n", ONE, "avgpool(x, kernel: k, stride: s)", lambda x: pooled(x, 3, 2, 0, np.mean, 1)),
    ("X: n × m", TWO, "avgpool(X, kernel: 2)", lambda X: pooled(X, 2, 2, 0, np.mean, 2)),
    ("X: c × n × m", MAPS, "avgpool(X, kernel: 2, stride: 1)", lambda X: pooled(X, 2, 1, 0, np.mean, 2)),
    ("y: m, x: n", ONE | {"m": 3}, "unpool(y, x, kernel: 3, stride: s)", lambda y, x: unpooled(y, x, 3, 2, 0, 1)),
    ("V: k × l, X: n × m", TWO, "unpool(V, X, kernel: 3, stride: s, padding: p)", lambda V, X: unpooled(V, X, 3, 2, 1, 2)),
    ("V: c × k × l, X: c × n × m", MAPS, "unpool(V, X, kernel: 2)", lambda V, X: unpooled(V, X, 2, 2, 0, 2)),
    ("x: n", ONE, "upsample(x, scale: 2)", lambda x: np.repeat(x, 2)),
    ("X: n × m", TWO, "upsample(X, scale: k)", lambda X: np.repeat(np.repeat(X, 3, 0), 3, 1)),
    ("X: c × n × m", MAPS, "upsample(X, scale: 2)", lambda X: np.repeat(np.repeat(X, 2, 1), 2, 2)),
    ("x: n", ONE, "repeat(x, k)", lambda x: np.repeat(x, 3)),
    ("x: n, w: k", ONE, "kron(x, w)", np.kron),
    ("X: n × m, K: k × l", TWO, "kron(X, K)", np.kron),
    ("x: n", ONE, "x ⊙ ones(n)", lambda x: x),
    ("X: n × m", TWO, "X @ ones(m, 2)", lambda X: np.stack([X.sum(axis=1)] * 2, axis=1)),
    ("X: c × n", MAPS, "globalpool(X)", lambda X: X.mean(axis=1)),
    ("X: c × n × m", MAPS, "globalpool(X)", lambda X: X.mean(axis=(1, 2))),
    ("x: n", ONE, "pad(x, padding: 2)", lambda x: np.pad(x, 2)),
    ("X: n × m", TWO, "pad(X, padding: p)", lambda X: np.pad(X, 1)),
    ("X: c × n × m", MAPS, "pad(X, padding: p)", lambda X: np.pad(X, ((0, 0), (1, 1), (1, 1)))),
    ("x: n, y: m", TWO, "concat(x, y)", lambda x, y: np.concatenate([x, y])),
    ("x: n, y: m, z: k", TWO, "concat(x, y, z)", lambda x, y, z: np.concatenate([x, y, z])),
    ("X: n × k, V: m × k", TWO, "concat(X, V)", lambda X, V: np.concatenate([X, V])),
    ("X: n × k, V: n × m", TWO, "concat(X, V, along: 2)", lambda X, V: np.concatenate([X, V], axis=1)),
    ("X: c × n × m, V: f × n × m", MAPS, "concat(X, V)", lambda X, V: np.concatenate([X, V])),
    ("x: n", ONE, "slice(x, from: 2, to: n - 1)", lambda x: x[1:6]),
    ("X: n × m", TWO, "slice(X, from: 2, to: k)", lambda X: X[1:3]),
    ("X: n × m", TWO, "slice(X, along: 2, from: 2, to: 4)", lambda X: X[:, 1:4]),
    ("X: f × n × m", MAPS, "slice(X, from: 2, to: f)", lambda X: X[1:3]),
    ("x: n", ONE, "flip(x)", lambda x: x[::-1]),
    ("X: n × m", TWO, "flip(X)", lambda X: X[::-1, ::-1]),
    ("K: f × c × k × l", MAPS, "flip(K)", lambda K: K[:, :, ::-1, ::-1]),
    ("w: k", ONE, "toeplitz(w, width: n)", lambda w: np.array([[*np.zeros(i), *w, *np.zeros(4 - i)] for i in range(5)])),
    ("x: n", ONE, "im2col(x, kernel: k, stride: s, padding: p, dilation: d)", lambda x: columns(x[None], 3, 2, 1, 2)),
    ("X: n × m", TWO, "im2col(X, kernel: 2, stride: s, padding: p)", lambda X: columns(X[None], 2, 2, 1, 1)),
    ("X: c × n × m", MAPS, "im2col(X, kernel: 2, stride: s)", lambda X: columns(X, 2, 2, 0, 1)),
    ("X: n × m", TWO, "flatten(X)", np.ravel),
    ("X: c × n × m", MAPS, "flatten(X)", np.ravel),
    ("X: c × n × m", MAPS, "flatten(X, from: 2)", lambda X: X.reshape(len(X), -1)),
    ("X: n × 2 m", TWO, "heads(X, count: 2)", lambda X: split(X, 2)),
    ("X: c × n × m", MAPS, "join_heads(X)", lambda X: np.concatenate([*X], axis=1)),
    ("X: n × m", TWO, "softmax(X, along: 1)", lambda X: softmax(X, 0)),
    ("X: n × m", TWO, "softmax(X, along: 2)", lambda X: softmax(X, 1)),
    ("X: c × n × m", MAPS, "softmax(X, along: 3)", lambda X: softmax(X, 2)),
    ("X: q × q", {"q": 4}, "causal_softmax(X)", lambda X: softmax(X, 1, LOW)),
    ("X: q × q", {"q": 4}, "causal_softmax(X, window: 2)", lambda X: softmax(X, 1, LOW - np.tril(LOW, -2))),
    ("X: c × q × q", {"q": 4, "c": 2}, "causal_softmax(X)", lambda X: softmax(X, 2, LOW)),
    ("X: n × m", TWO, "mean(X, along: 1)", lambda X: X.mean(axis=0)),
    ("X: n × m", TWO, "mean(X, along: 2)", lambda X: X.mean(axis=1)),
    ("x: n", ONE, "var(x)", np.var),
    ("X: n × m", TWO, "var(X)", lambda X: X.var(axis=0)),
    ("X: n × m", TWO, "var(X, along: 2)", lambda X: X.var(axis=1)),
    ("X: t × c × n × m", MAPS | {"t": 2}, "channel_mean(X)", lambda X: X.mean(axis=(0, 2, 3))),
    ("X: t × c × n × m", MAPS | {"t": 2}, "channel_var(X)", lambda X: X.var(axis=(0, 2, 3))),
    ("X: n × m, mu: m, nu: m, e: , g: m, b: m", TWO, "normalize(X, mu, nu^2, e^2, g, b)", lambda X, mu, nu, e, g, b: normal(X, 1, mu, nu**2, e**2, g, b)),
    ("X: n × m, mu: n, nu: n, g: m, b: m", TWO, "normalize(X, mu, nu^2, 1, g, b, along: 2)", lambda X, mu, nu, g, b: normal(X, 0, mu, nu**2, 1, g, b)),
    ("X: t × c × n × m, mu: c, nu: c", MAPS | {"t": 2}, "normalize(X, mu, nu^2, 1)", lambda X, mu, nu: maps_normal(X, mu, nu**2, 1)),
]  # fmt: skip


def declared(given, sizes, call):
    """The network of a call and of the sum of its entries, each times a number of its own."""
    shapes = dict(one.split(": ") for one in given.split(", "))
    alone = network(shapes, sizes, f"Y = {call}", {"p": 0})
    axes = axes_of(alone.shapes["Y"])
    letters = ", ".join(f"l{one}" for one, _ in enumerate(axes))
    loss = f"L = sum_{{{letters}}} probe[{letters}] Y[{letters}]" if axes else "L = probe Y"
    probed = shapes | {"probe": " × ".join(map(str, axes))}
    return shapes, probed, network(probed, sizes, f"Y = {call}\n{loss}", {"p": 0})


@pytest.mark.parametrize("case", CASES, ids=lambda case: case[2])
def test_values_are_those_of_loops_and_gradients_those_of_differences(case):
    given, sizes, call, loops = case
    shapes, probed, net = declared(given, sizes, call)
    arrays, values = drawn(probed, sizes)
    found = net.evaluate(values)["Y"]
    for row in range(3):
        expected = loops(*(arrays[one][row] for one in shapes))
        assert found[row].ravel() == pytest.approx(np.ravel(expected), abs=1e-12)
    _, values = drawn(probed, sizes, batch=1)
    gradients = differentiate(net, "L", [*shapes]).evaluate(values)
    for one in shapes:
        assert distance(gradients[f"dL/d{one}"], by_differences(net, "L", one, values)) < 1e-7, one


@pytest.mark.parametrize("case", CASES, ids=lambda case: case[2])
def test_a_call_reads_back(case):
    given, sizes, call, _ = case
    _, _, net = declared(given, sizes, call)
    own = net.equations["Y"]
    text = plain(own)
    again, shape = resolve(read(text, net.vocabulary), net.shapes, {}, net.symbols.least)
    assert (again, shape) == (own, net.shapes["Y"]), text


def test_every_row_of_the_table_is_looked_at(monkeypatch):
    chosen, row = [], Call.row

    def noted(call):
        found = row(call)
        chosen.append(found.row)
        return found

    monkeypatch.setattr(Call, "row", noted)
    for given, sizes, call, _ in CASES:
        network(dict(one.split(": ") for one in given.split(", ")), sizes, f"Y = {call}", {"p": 0})
    assert {*TABLE} == {*chosen}


def documented():
    """The table as authors read it: an operation a row, with the entries of its first form."""
    lines = ["| written | settings | an entry of what comes out |", "|---|---|---|"]
    for name, several in itertools.groupby(TABLE, key=lambda row: row.name):
        rows = [*several]
        also = dict.fromkeys(f"`{row.takes}`" for row in rows[1:] if row.takes != rows[0].takes)
        more = f"; also {', '.join(also)}" if also else ""
        words = [word for row in rows for word in row.settings.split(", ") if word]
        settings = ", ".join(f"`{word}`" for word in dict.fromkeys(words))
        left, _, right = rows[0].entries.partition("= ")
        lines.append(f"| `{name}({rows[0].takes})`{more} | {settings} | `y{left}= {right}` |")
    return "\n".join(lines)


def test_the_table_of_the_docs_is_that_of_the_code():
    page = Path(__file__).parents[2] / "docs" / "authoring" / "networks.md"
    assert documented() in page.read_text(encoding="utf-8")


SHAPES = {"x": "n", "w": "k", "X": "c × n × n", "K": "f × d × k × k", "a": "", "S": "n × m"}
REFUSED = {
    "conv(x, w, strides: 2)": "conv has no setting 'strides' (settings: dilation, groups, padding, stride): x is n × 1, w is k × 1",
    "conv(X, K)": "conv(X: c × n × m, K: f × c × k × l, b: f = 0): c is c and d: X is c × n × n, K is f × d × k × k",
    "conv(X, K, groups: 2)": "conv(X: c × n × m, K: f × h × k × l, b: f = 0) needs c = g h, f = g floor(f / g), and c is not 2 d: "
    "X is c × n × n, K is f × d × k × k",
    "maxpool(x)": "maxpool needs 'kernel: …' behind its arguments: x is n × 1",
    "maxpool(a, kernel: 2)": "maxpool gives nothing here, an axis would have 0 entries: a is a scalar",
    "slice(S, along: 3, from: 1, to: 2)": "slice of these does not go with along: 3, from: 1, to: 2: S is n × m",
    "conv(x, w, stride: a)": "the stride of conv is made of sizes and whole numbers",
    "conv(x, w, stride: 1/2)": "the stride of conv is made of sizes and whole numbers",
    "conv(x, w, stride: 0)": "the stride of conv is at least 1, found 0",
    "conv(x, w, stride: 2, w)": "expected a setting of conv, as 'stride: 2', found 'w'",
    "conv(x, w, stride: 2, stride: 3)": "'stride' is set twice",
    "slice(x, from: 3, to: 2)": "slice gives nothing here, an axis would have 0 entries: x is n × 1",
    "conv(x)": "expected conv(x: n, w: k, b = 0) or ",
}  # fmt: skip


@pytest.mark.parametrize("call", REFUSED)
def test_what_does_not_fit_the_table_is_refused(call):
    sizes = dict.fromkeys(("n", "k", "c", "f", "d", "m"), 3)
    with pytest.raises(NetworkError) as error:
        network(SHAPES, sizes, f"Y = {call}")
    [(_, problem)] = error.value.problems
    assert problem.message.startswith(REFUSED[call])


def test_a_run_of_declared_names_stays_one():
    """What was read before there were named operations means the same."""
    net = network({"p": "", "a": "", "d": ""}, {}, "Y = pad(a)")
    assert plain(net.equations["Y"]) == "p * a * d * a"


def test_a_size_that_is_called_like_an_index_is_no_index():
    net = network({"x": "i", "w": "q"}, {"i": 5, "q": 2}, "Y = conv(x, w)")
    assert net.shapes["Y"][0] == whole("i") - whole("q") + 1
    values = {"x": np.arange(1.0, 6).reshape(1, 5, 1), "w": np.array([[[1.0], [10.0]]])}
    sizes = {"i": np.full((1, 1, 1), 5.0), "q": np.full((1, 1, 1), 2.0)}
    assert net.evaluate(values | sizes)["Y"].ravel().tolist() == [21, 32, 43, 54]
    assert net.shapes["x"] != SCALAR


# Mistakes, each made by hand


def wrong(given, sizes, equations, asked, name, parameters="w"):
    """The values of what is asked for by each solver with a misconception, and what was given."""
    net = network(given, sizes, equations, {"p": 0})
    net = structs.replace(net, parameters=tuple(parameters))
    solver = Solver(net, {f"@{asked}": Name(asked)})
    arrays, values = drawn(given, sizes, batch=1)
    several = [*wrong_solvers(solver), *wrong_solvers(solver, named_only=True)]
    found = [
        one.network.evaluate(values)[f"@{asked}"][0].ravel() for one in several if one.name == name
    ]
    return found, [one[0] for one in arrays.values()], solver.right.evaluate(values)


SIGNAL = {"x": "n", "w": "k"}
SCORES = {"S": "n × n"}
MISTAKES = {
    "kernel": (SIGNAL, "y = conv(x, w, padding: 1)", lambda x, w: convolved(x[None], w[None, None, ::-1], p=1)),
    "stride": (SIGNAL, "y = conv(x, w, stride: 2)", lambda x, w: convolved(x[None], w[None, None])[0, :3]),
    "padding": (SIGNAL, "y = conv(x, w, padding: 1)", lambda x, w: convolved(np.append(x, [0, 0])[None], w[None, None])),
    "bias per term": (SIGNAL | {"b": ""}, "y = conv(x, w, b)", lambda x, w, b: convolved(x[None], w[None, None], 3 * b)),
    "pooling": ({"x": "n"}, "y = maxpool(x, kernel: 2)", lambda x: pooled(x, 2, 2, 0, np.mean, 1)),
    "axis": (SCORES, "y = softmax(S, along: 2)", lambda S: softmax(S, 0)),
    "mask after softmax": (SCORES, "y = causal_softmax(S)", lambda S: softmax(S, 1) * np.tril(np.ones(S.shape))),
    "mask of zeros": (SCORES, "y = causal_softmax(S)", lambda S: softmax(np.tril(S), 1)),
    "last place": (SIGNAL, "y = conv(x, w)", lambda x, w: convolved(x[None], np.append(w[:2], 0)[None, None])),
}  # fmt: skip


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_gives_what_it_gives_by_hand(name):
    given, equations, by_hand = MISTAKES[name]
    found, arrays, _ = wrong(
        given, {"n": 7, "k": 3}, equations, "y", name, [one for one in given if one in "wb"]
    )
    expected = by_hand(*arrays).ravel()
    assert any(one == pytest.approx(expected, abs=1e-12) for one in found), found


def test_a_mean_over_the_other_axis_shows_where_both_are_as_many():
    found, [S], _ = wrong(SCORES, {"n": 4}, "y = mean(S, along: 2)", "y", "axis")
    assert found[0] == pytest.approx(S.mean(axis=0))


def test_a_kernel_that_is_not_turned_round_on_the_way_back():
    loss = "y = conv(x, w)\nL = sum(y ⊙ y) / 2"
    found, [_, w], right = wrong(SIGNAL, {"n": 7, "k": 3}, loss, "dL/dx", "kernel")
    g = np.pad(right["y"].ravel(), 2)
    assert any(one == pytest.approx(np.correlate(g, w, "valid"), abs=1e-12) for one in found)


def test_a_gradient_that_goes_to_all_of_a_window():
    loss = "y = maxpool(x, kernel: 2, stride: 1)\nL = sum(y ⊙ y) / 2"
    found, _, right = wrong({"x": "n"}, {"n": 5}, loss, "dL/dx", "window")
    g = right["y"].ravel()
    assert found[0] == pytest.approx(np.append(g, 0) + np.append(0, g))


def test_a_call_without_arguments_is_written_without_a_comma():
    called = Called("ones", (("rows", whole("k")),), ())
    assert called.written((), LATEX).text == r"\operatorname{ones}\left(\text{rows } k\right)"
