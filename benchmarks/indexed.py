"""Prints how long equations entry by entry and recurrences take, beside the same written by hand in NumPy."""

from __future__ import annotations

import time
import tracemalloc
from collections.abc import Callable, Iterator, Mapping
from statistics import median

import numpy as np
from numpy.typing import NDArray

from benchmarks.table import Row, duration, markdown
from reference.derivatives.reverse_mode import differentiate
from reference.derivatives.rounding import prepare
from reference.language.dimensions import SCALAR, Shape, size_of, stored
from reference.language.indexed.reading import read_whole
from reference.language.indexed.rows import row_of
from reference.network import Network, declare, split_equations

Values = Mapping[str, NDArray[np.float64]]

RUNS = 9
BATCH, FEW, BOUNDED = 10_000, 32, 1_000  # variants

SIGNAL = """
c[i] = b + sum_j w[j] x[i + j - 1]
r[i] = relu(c[i])
p = max_i r[i]
"""
PICTURE = """
Z[i, j] = b + sum_{q, r} K[q, r] (X[i + q - 2, j + r - 2] else 0)  for i in 1..n, j in 1..n
R[i, j] = relu(Z[i, j])
P[i, j] = max_{q in 1..2, r in 1..2} R[2 (i - 1) + q, 2 (j - 1) + r]
L = sum_{i, j} P[i, j]^2 / 2
"""
MAPS = """
G[e, i, j] = (X[e, i - p, j - p] else 0)  for e in 1..c, i in 1..n + 2 p, j in 1..n + 2 p
Z[a, i, j] = b[a] + sum_{e, q, r} K[a, e, q, r] G[e, s (i - 1) + q, s (j - 1) + r]
R[a, i, j] = relu(Z[a, i, j])
P[a, i, j] = max_{q in 1..2, r in 1..2} R[a, 2 (i - 1) + q, 2 (j - 1) + r]
L = sum_{a, i, j} P[a, i, j]^2 / 2
"""
RNN = """
s_0 = 0
s_t = tanh(W s_{t-1} + U x_t + b)  for t in 1..T
L = sum_t v_t^T s_t
"""
PICTURES = {"X": ("c", "n", "n"), "K": ("f", "c", "k", "k"), "b": ("f",)}
SIZES = {"n": 8, "k": 3, "s": 2, "p": 1, "c": 3, "f": 4}


def main() -> None:
    print(f"processor time, median of {RUNS}\n")
    print(markdown([*convolution(), *bounded(), *recurrences()]))


def taken(work: Callable[[], object]) -> float:
    """Seconds of processor time, the median of some runs after one that is not counted."""
    work()
    found = []
    for _ in range(RUNS):
        start = time.process_time()
        work()
        found.append(time.process_time() - start)
    return median(found)


def shaped(axes: tuple[str, ...], sizes: Mapping[str, int]) -> Shape:
    return stored(tuple(size_of(read_whole(one, sizes)) for one in axes))


def network(
    given: Mapping[str, tuple[str, ...]], sizes: Mapping[str, int], equations: str
) -> Network:
    inputs = {name: shaped(axes, sizes) for name, axes in given.items()}
    constants = dict.fromkeys(sizes, SCALAR)
    known = dict.fromkeys(sizes, 1) | {one: n for one, n in sizes.items() if one == "T"}
    return declare(inputs, {}, split_equations(equations), constants, sizes=known)


def drawn(
    given: Mapping[str, tuple[str, ...]], sizes: Mapping[str, int], batch: int
) -> dict[str, NDArray[np.float64]]:
    """Values with all axes."""
    generator = np.random.default_rng(1)
    return {
        name: generator.normal(size=(batch, *(sizes[one] for one in axes)))
        for name, axes in given.items()
    }


def kept(arrays: Values, sizes: Mapping[str, int]) -> dict[str, NDArray[np.float64]]:
    """The same as networks have them: matrices, and sizes as numbers."""
    batch = len(next(iter(arrays.values())))
    matrices = {
        name: one.reshape(batch, -1, one.shape[-1] if one.ndim > 2 else 1)
        for name, one in arrays.items()
    }
    return matrices | {name: np.full((batch, 1, 1), float(n)) for name, n in sizes.items()}


def convolution() -> Iterator[Row]:
    """Four filters of 3 × 3 over a picture of 3 × 8 × 8, with stride 2 and padding 1."""
    net = network(PICTURES, SIZES, MAPS)
    whole = differentiate(net, "L", ["K", "X", "b"])
    arrays = drawn(PICTURES, SIZES, BATCH)
    values, few = kept(arrays, SIZES), kept({n: one[:FEW] for n, one in arrays.items()}, SIZES)
    forward = net.pruned({"Z"})
    off = np.abs(
        forward.evaluate(values)["Z"].reshape(BATCH, -1) - by_hand(**arrays)[1].reshape(BATCH, -1)
    )
    assert off.max() < 1e-12
    yield Row("Convolution, 10,000 variants", duration(taken(lambda: forward.evaluate(values))), "")
    yield Row("the same by hand", duration(taken(lambda: by_hand(**arrays))), "im2col and matmul")
    yield Row(
        "with ReLU, pool, loss, gradients",
        duration(taken(lambda: whole.evaluate(values))),
        "by K, X and b",
    )
    yield Row("the same by hand", duration(taken(lambda: back_by_hand(**arrays))), "")
    yield Row(f"the same of {FEW} variants", duration(taken(lambda: whole.evaluate(few))), "")
    yield Row(
        "read and shaped",
        duration(taken(lambda: made_anew(network, PICTURES, SIZES, MAPS))),
        "once",
    )
    yield Row(
        "differentiated",
        duration(taken(lambda: made_anew(differentiate, net, "L", ["K", "X", "b"]))),
        "once",
    )


def made_anew(work: Callable[..., object], *given: object) -> None:
    """As if nobody had written these operations before."""
    row_of.cache_clear()
    work(*given)


def by_hand(
    X: NDArray[np.float64], K: NDArray[np.float64], b: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    padded = np.pad(X, ((0, 0), (0, 0), (1, 1), (1, 1)))
    seen = np.lib.stride_tricks.sliding_window_view(padded, (3, 3), axis=(2, 3))[:, :, ::2, ::2]
    columns = seen.transpose(0, 1, 4, 5, 2, 3).reshape(len(X), 27, 16)
    Z = (K.reshape(len(X), 4, 27) @ columns).reshape(len(X), 4, 4, 4) + b[:, :, None, None]
    return columns, Z


def back_by_hand(
    X: NDArray[np.float64], K: NDArray[np.float64], b: NDArray[np.float64]
) -> tuple[NDArray[np.float64], ...]:
    columns, Z = by_hand(X, K, b)
    blocks = np.maximum(Z, 0).reshape(-1, 4, 2, 2, 2, 2).transpose(0, 1, 2, 4, 3, 5)
    blocks = blocks.reshape(-1, 4, 2, 2, 4)
    hot = (blocks.argmax(axis=-1)[..., None] == np.arange(4)) * blocks.max(axis=-1)[..., None]
    G = hot.reshape(-1, 4, 2, 2, 2, 2).transpose(0, 1, 2, 4, 3, 5).reshape(-1, 4, 4, 4) * (Z > 0)
    g = G.reshape(len(X), 4, 16)
    below = K.reshape(len(X), 4, 27).transpose(0, 2, 1) @ g
    spread = below.reshape(len(X), 3, 3, 3, 4, 4)
    padded = np.zeros((len(X), 3, 10, 10))
    for p, q in np.ndindex(3, 3):
        padded[:, :, p : p + 8 : 2, q : q + 8 : 2] += spread[:, :, p, q]
    return g @ columns.transpose(0, 2, 1), padded[:, :, 1:-1, 1:-1], g.sum(-1)


def bounded() -> Iterator[Row]:
    """How far rounding carries, for all that is asked of an exercise of an exam's size."""
    for what, given, sizes, text, of, targets in (
        ("a signal of 5", {"x": ("n",), "w": ("k",), "b": ()}, {"n": 5, "k": 3}, SIGNAL, "p", ["c", "p", "dp/dw", "dp/dx"]),
        ("a padded picture of 4 × 4", {"X": ("n", "n"), "K": ("k", "k"), "b": ()}, {"n": 4, "k": 3}, PICTURE, "L", ["Z", "P", "L", "dL/dK", "dL/dX"]),
    ):  # fmt: skip
        whole = differentiate(network(given, sizes, text), of, list(given))
        values = kept(
            {n: np.round(one, 1) for n, one in drawn(given, sizes, BOUNDED).items()}, sizes
        )
        rounding = prepare(whole, targets)
        found = rounding.bounds(values)
        entries = sum(whole.evaluate(values)[name][0].size for name in found)
        tracemalloc.start()
        rounding.bounds(values)
        most = tracemalloc.get_traced_memory()[1] / 1e6
        tracemalloc.stop()
        spent = duration(taken(lambda rounding=rounding, values=values: rounding.bounds(values)))
        yield Row(
            f"Bounds, {what}", f"{spent}, {most:.0f} MB", f"{entries} entries, {BOUNDED:,} variants"
        )


def recurrences() -> Iterator[Row]:
    """A recurrence with a state of 3 and inputs of 2, forward and backward."""
    for steps in (3, 10, 30):
        sizes = {"h": 3, "d": 2, "T": steps}
        given = {"x_t": ("d",), "v_t": ("h",), "W": ("h", "h"), "U": ("h", "d"), "b": ("h",)}

        def built(given=given, sizes=sizes) -> Network:
            return differentiate(network(given, sizes, RNN), "L", ["W", "U", "b"])

        whole = built()
        written = {
            one: axes
            for name, axes in given.items()
            for one in ([name.replace("_t", f"_{t}") for t in range(1, steps + 1)] if "_t" in name else [name])
        }  # fmt: skip
        values = kept(drawn(written, sizes, BATCH), sizes)
        spent = duration(taken(lambda whole=whole, values=values: whole.evaluate(values)))
        yield Row(
            f"A recurrence of {steps} steps",
            f"{duration(taken(built))}, {spent}",
            "built; 10,000 variants",
        )


if __name__ == "__main__":
    main()
