"""Chapter 7, convolution."""

import numpy as np
import pytest

from tests.grader.chapters import agrees


def shared_kernel_gradient(v):
    x, w, t = v["x"].ravel(), v["w"].ravel(), v["t"].ravel()
    matrix = np.zeros((len(t), len(x)))
    for i in range(len(t)):
        matrix[i, i : i + len(w)] = w
    y = matrix @ x
    shared = np.outer(y - t, x)  # the gradient of the matrix, whose diagonals share a weight
    return {
        "forward": y,
        "formula.kernel": "g[1] x[j] + sum_{i in 2..n - k + 1} g[i] x[i + j - 1]",
        "kernel": [np.trace(shared, offset=j) for j in range(len(w))],
        "signal": matrix.T @ (y - t),
        "matrix": matrix,
        "sharing.free": str(len(w)),
        "sharing.entries": str(matrix.size),
    }


def which_kernel(v):
    period = v["turns"] if "turns" in v else v["flat"]
    rough, even = v["rough"].ravel(), (period @ v["wave"]).ravel()
    rows, alike = (np.array([signal[i : i + 3] for i in range(3)]) for signal in (rough, even))
    kernel = np.linalg.solve(rows, rows @ v["w"].ravel())
    return {"kernel.kernel": kernel, "rank.number": int(np.linalg.matrix_rank(alike))}


def pool_routes(v):
    X, K, u = v["X"], v["K"], v["u"]
    Z = np.array([[(K * X[i : i + 2, j : j + 2]).sum() for j in range(3)] for i in range(3)])
    P, by_map = np.zeros((2, 2)), np.zeros((3, 3))
    by_kernel, by_picture = np.zeros((2, 2)), np.zeros((4, 4))
    for i, j in np.ndindex(2, 2):
        window = Z[i : i + 2, j : j + 2]
        P[i, j] = window.max()
        row, column = np.unravel_index(window.argmax(), (2, 2))
        by_map[i + row, j + column] += u[i, j]
    for i, j in np.ndindex(3, 3):
        by_kernel += by_map[i, j] * X[i : i + 2, j : j + 2]
        by_picture[i : i + 2, j : j + 2] += by_map[i, j] * K
    return {
        "forward.Z": Z,
        "forward.P": P,
        "forward.s": (u * P).sum(),
        "map": by_map,
        "kernel": by_kernel,
        "picture": by_picture,
        "counts.map": np.count_nonzero(by_map),
        "counts.pixels": 16 - np.count_nonzero(by_picture),
    }


def shift_test(v):
    x, w = v["x"], v["w"]
    found = {}
    for when, ring, suffix in (("before", x, ""), ("after", np.roll(x, 1), "_moved")):
        y = np.array([w[0] * ring[i] + w[1] * ring[(i + 1) % 8] for i in range(8)])
        found[f"stride.{when}"] = y[::2]
        found.setdefault("stride.one", y)
        found[f"pools.{when}"] = [max(ring[i], ring[i + 1]) for i in range(0, 8, 2)]
        found[f"sums.all{suffix}"] = sum(one for one in y if one > 0)
        found[f"sums.half{suffix}"] = sum(one for one in y[::2] if one > 0)
    return found


def standing_out(v):
    windows, r = v["x"].reshape(v["r"].size, -1), v["r"].reshape(-1, 1)
    first = np.arange(windows.shape[1]) == windows.argmax(axis=1)[:, None]
    c = windows.max(axis=1) - windows.mean(axis=1)
    return {
        "forward.c": c,
        "forward.L": r.ravel() @ c,
        "back": (r * (first - 1 / windows.shape[1])).ravel(),
        "entry": "kron(g, ones(k)) ⊙ (1{x = kron(y, ones(k))} - 1 / k)",
    }


SOLVED = [shared_kernel_gradient, which_kernel, pool_routes, shift_test, standing_out]


@pytest.mark.parametrize("solve", SOLVED)
def test_keys(solve, shipped):
    agrees(shipped[solve.__name__.replace("_", "-")], solve)
