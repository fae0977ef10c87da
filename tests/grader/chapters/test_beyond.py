"""What is asked beyond the chapters of a course: adversarial pictures, contrastive losses, meta-learning, adapters."""

import numpy as np
import pytest

from tests.grader.chapters import agrees
from tests.grader.chapters.slopes import slope


def adversarial_step(v):
    def loss(x):
        p = 1 / (1 + np.exp(-(v["w"] @ x + v["b"]).item()))
        return -np.log(p if v["y"] else 1 - p)

    corners = [
        v["x"] + v["epsilon"] * (2 * np.array(signs) - 1) for signs in np.ndindex(2, 2, 2, 2)
    ]
    worst = max(corners, key=loss)
    return {
        "gradient.gradient": slope(loss, v["x"]),
        "step.picture": worst,
        "step.logit": (v["w"] @ worst + v["b"]).item(),
        "step.loss": loss(worst),
        "most.most": "sum(epsilon abs(w))",
    }


def contrastive_loss(v):
    def loss(s):
        return np.log(np.exp((s - s[0]) / v["tau"]).sum())

    by_s = slope(loss, v["s"])
    return {
        "loss": loss(v["s"]),
        "slopes.positive": by_s[0],
        "slopes.negative": by_s[1],
        "sum.total": 0,
        "chance.chance": "-log(1/N)",
    }


def gradient_through_a_step(v):
    def learned(w):
        return w - v["alpha"] * v["x"] * (w * v["x"] - v["y"])

    def loss(w):
        return (w * v["u"] - v["t"]) ** 2 / 2

    w = np.array([v["w"]])
    return {
        "inner.weight": learned(v["w"]),
        "inner.loss": loss(learned(v["w"])),
        "outer.after": slope(lambda at: loss(at[0]), learned(w)),
        "outer.before": slope(lambda at: loss(learned(at[0])), w),
        "factor.factor": "1 - x^2 alpha",
        "blind.rate": 1 / v["x"] ** 2,
    }


def low_rank_adapter(v):
    d, r = v["d"], v["r"]
    return {
        "trained.adapter": str(np.zeros((r, d)).size + np.zeros((d, r)).size),
        "trained.frozen": str(d**2),
        "gradients.A": "(x g^T B)^T",
        "gradients.B": "g (A x)^T",
        "start.moving": "d r",
        "least": str(max(m for m in range(1, 1000) if 2 * d * m < d**2)),
    }


SOLVERS = [adversarial_step, contrastive_loss, gradient_through_a_step, low_rank_adapter]


@pytest.mark.parametrize("solve", SOLVERS, ids=lambda solve: solve.__name__.replace("_", "-"))
def test_keys(solve, shipped):
    agrees(shipped[solve.__name__.replace("_", "-")], solve)
