"""Chapter 6, regularisation."""

from itertools import product

import numpy as np
import pytest

from tests.grader.chapters import Near, agrees
from tests.grader.chapters.slopes import slope


def dropout_is_ridge(v):
    x, y, k = v["x"], v["y"], v["k"]
    masks = np.array([*product([0, 1], repeat=len(x))])
    chances = np.prod(np.where(masks, k, 1 - k), 1)

    def expected(w):
        return chances @ (masks / k * x @ w - y) ** 2 / 2

    plain = (v["w"] @ x - y) ** 2 / 2
    moments = np.einsum("m,mi,mj->ij", chances, masks / k * x, masks / k * x)
    best = np.linalg.solve(moments, y * x)
    return {
        "penalty": "sum_i (1/k - 1) (w_i x_i)^2 / 2",
        "loss.plain": plain,
        "loss.added": expected(v["w"]) - plain,
        "gradient.w": slope(expected, v["w"]),
        "least.w": best,
        "least.output": best @ x,
        "least.loss": expected(best),
    }


def ridge_or_lasso(v):
    """A convex loss on a line is least where its slope changes sign; L1 has its corner at 0."""
    a, c = v["a"], v["c"]
    corner = np.abs(c * a) <= v["lambda"]
    limits = np.sort(np.abs(c * a))
    return {
        "minimum.L1": np.where(corner, 0, a - np.sign(a) * v["lambda"] / c),
        "minimum.L2": np.linalg.solve(np.diag(c + v["lambda"]), c * a),
        "dies": np.abs(-c * a),
        "zeros.m": f"{limits[1:].mean():.4f}",
        "halved": c[1],
    }


def decay_or_l2(v):
    w, g, alpha, decay = v["w"], v["g"], v["alpha"], v["lambda"]

    def adam(d, beta1=0.9, beta2=0.999):
        m, s = (1 - beta1) * d, (1 - beta2) * d**2
        return -alpha * (m / (1 - beta1)) / np.sqrt(s / (1 - beta2))

    return {
        "adam.L2": adam(g + decay * w),
        "adam.decay": adam(g) - alpha * decay * w,
        "plain.L2": -alpha * (g + decay * w),
        "plain.decay": -alpha * g - alpha * decay * w,
        "turns": abs(g[0]) / abs(w[0]),
    }


def early_stop_as_ridge(v):
    curvatures = np.array([v["lambda_1"], v["lambda_2"]])
    path = [np.zeros(2)]
    while len(path) <= v["t"] or path[-1][1] < 0.5:
        path.append(path[-1] - v["alpha"] * curvatures * (path[-1] - 1))
    reached = path[int(v["t"])]
    rho = curvatures * (1 / reached - 1)
    return {
        "shares.f_1": reached[0],
        "shares.f_2": reached[1],
        "half": next(step for step, at in enumerate(path) if at[1] >= 0.5),
        "formula": "1 - rho / (rho + lambda_1)",
        "same.first": rho[0],
        "same.second": rho[1],
        "same.rule": 1 / v["alpha"] / v["t"],
        "compare": 1 / (1 + rho[1] / curvatures[0]),
    }


def three_runs(v):
    means, spread = v["P"].mean(1), v["P"].var(1)
    errors = ((v["P"] - v["t"][:, None]) ** 2).mean(1)
    bias2 = errors - spread
    return {
        "points.squared_bias": bias2,
        "points.variance": spread,
        "points.error": errors + v["s"],
        "means.squared_bias": bias2.mean(),
        "means.variance": spread.mean(),
        "means.error": errors.mean() + v["s"],
        "ensemble": ((means - v["t"]) ** 2).mean() + v["s"],
    }


def read_the_curves(v):
    """Epoch by epoch, as a training loop with patience goes."""
    steps = [*(-v["d"][1 : v["e"]]), *v["d"][v["e"] :]]
    losses = v["least"] + v["d"][1 : v["e"]].sum() / 10 + np.cumsum([0, *steps]) / 10
    best, since = 0, 0
    for epoch in range(1, 12):
        best, since = (epoch, 0) if losses[epoch] < losses[best] - 1e-9 else (best, since + 1)
        if since == v["p"]:
            break
    return {
        "stopping.end": epoch + 1,
        "stopping.kept": best + 1,
        "gain": losses[-1] - losses[best],
    }


def patience_window(v):
    top, losses = 0.92, []
    for t in range(1, 13):
        is_best = (t <= v["l"] and t != v["d"]) or t == v["g"]
        top -= is_best * v["s"][t - 1]
        losses.append(round(top + (not is_best) * v["u"][t - 1], 9))

    def run(patience, gain=0):
        kept = waited = 0
        for t, loss in enumerate(losses):
            kept, waited = (kept, waited + 1) if t and loss >= losses[kept] - gain else (t, 0)
            if waited == patience:
                break
        return t + 1, kept + 1

    best = losses.index(min(losses)) + 1
    return {
        **{
            f"stops.p{p}-{name}": run(p)[i]
            for p in (1, 2, 3)
            for i, name in enumerate(("stop", "kept"))
        },
        "gain": run(3, v["delta"])[0],
        "least": next(p for p in range(1, 12) if run(p)[1] == best),
    }


def dropout_all_masks(v):
    """All eight masks, one by one."""
    h = np.maximum(v["W"] @ v["x"] + v["b"], 0)
    row, k, c = np.ravel(v["v"]), v["k"], v["c"]

    masks = [*product([0, 1], repeat=3)]

    def outputs(k):
        chances = [np.prod([k if kept else 1 - k for kept in mask]) for mask in masks]
        return np.array(chances), np.array([row @ (h * mask) / k + c for mask in masks])

    def variance(k):
        chances, s = outputs(k)
        return chances @ s**2 - (chances @ s) ** 2

    chances, s = outputs(k)
    plain, kept = row @ h + c, np.linspace(k, 1, 20001)[:-1]
    gone = np.array([(1 - one) / one for one in kept]) / ((1 - k) / k)
    return {
        "values": len({*np.round(s, 9)}),
        "variance.formula": "(1 / k - 1) sum((v^T ⊙ h) ⊙ (v^T ⊙ h))",
        "variance.number": variance(k),
        "means.score": chances @ s,
        "means.output": chances @ (1 / (1 + np.exp(-s))),
        "means.loss": chances @ np.log1p(np.exp(s)),
        "without.output": 1 / (1 + np.exp(-plain)),
        "without.loss": np.log1p(np.exp(plain)),
        "kept": Near(kept[abs(gone - v["q"]).argmin()], 1e-4),
    }


@pytest.mark.parametrize(
    "solve",
    [
        dropout_all_masks,
        patience_window,
        dropout_is_ridge,
        ridge_or_lasso,
        decay_or_l2,
        early_stop_as_ridge,
        read_the_curves,
        three_runs,
    ],
)
def test_keys(solve, shipped):
    agrees(shipped[solve.__name__.replace("_", "-")], solve)
