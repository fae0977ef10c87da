"""Chapter 2, losses."""

import numpy as np
import pytest

from tests.grader.chapters import Near, agrees


def cross_entropy(z, place):
    """The loss of a class at these logits."""
    return np.log(np.exp(z - z[place]).sum())


def gradient_read_back(v):
    p, place = v["p"], v["y"].argmax()
    g = p - v["y"]
    return {
        "back.class": place + 1,
        "back.probabilities": p,
        "back.loss": -np.log(p[place]),
        "logits.z": f"{list(np.log(p / p[1]))}",
        "step": cross_entropy(np.log(p) - v["alpha"] * g, place),
    }


def hinge_room(v):
    margin, target = v["Delta"], v["tau"]
    losses, open_margins, leads, wrong = [], [], [], []
    for scores, place in zip(v["S"], v["c"].astype(int) - 1, strict=True):
        others = np.delete(scores, place)
        terms = np.maximum(others - scores[place] + margin, 0)
        losses.append(terms.sum())
        open_margins.append(np.count_nonzero(terms))
        leads.append(scores[place] - others.max())
        wrong.append(others)
    worst = wrong[int(np.argmax(losses))]
    below, above = worst.min() - target, worst.max() + margin
    for _ in range(60):
        middle = (below + above) / 2
        too_much = np.maximum(worst - middle + margin, 0).sum() > target
        below, above = (middle, above) if too_much else (below, middle)
    return {
        "forward.losses": losses,
        "forward.violated": open_margins,
        "forward.slopes": -np.array(open_margins) / 3,
        "room": leads[losses.index(0)] - margin,
        "needed": above,
        "equal.loss": margin * (v["K"] - 1),
    }


def steepest_logit(v):
    sign, q, z = 1 if v["label"] == "positive" else -1, v["q"], v["z"]
    error = 1 / (1 + np.exp(sign * z))
    power, entropy = -sign * error**q * (1 - error), -sign * error
    grid = np.linspace(-6, 6, 1200001)
    steep = (1 / (1 + np.exp(sign * grid))) ** q / (1 + np.exp(-sign * grid))
    assert abs(grid[steep.argmax()] + sign * np.log(q)) < 2e-5
    worst = error.argmax()
    return {
        "slopes.power": power,
        "slopes.entropy": entropy,
        "slopes.hinge": np.where(1 - sign * z > 0, -sign, 0),
        "steepest.logit": "-log(q)" if sign == 1 else "log(q)",
        "steepest.slope": -sign * (q / (1 + q)) ** q / (1 + q),
        "ratio.ratio": entropy[worst] / power[worst],
    }


def weighted_threshold(v):
    c, q, p, a = v["c"], v["q"], v["p"], 1 / (1 + np.exp(-v["z"]))
    return {
        "constant.formula": "1 / (1 + (1 - q) / (c q))",
        "constant.number": 1 / (1 + (1 - q) / (c * q)),
        "decision.formula": "1 / (1 + 1 / c)",
        "decision.number": 1 / (1 + 1 / c),
        "decision.shift": np.log(c),
        "behind.rate": (p / (1 - p) / c) / (1 + p / (1 - p) / c),
        "slope.slope": (1 - q) * a - c * q * (1 - a),
    }


def constant_under_loss(v):
    def best(loss, points):
        low, high = 0.0, 200.0
        for _ in range(120):
            third = (high - low) / 3
            left, right = (sum(loss(x - a) for x in points) for a in (low + third, high - third))
            low, high = (low, high - third) if left < right else (low + third, high)
        return Near(low, 1e-6)

    points, tau, delta = [v[f"x{n}"] for n in range(1, 6)], v["tau"], v["delta"]
    losses = {
        "square": lambda e: e**2,
        "absolute": np.abs,
        "pinball": lambda e: np.where(e > 0, tau * e, (tau - 1) * e),
        "huber": lambda e: np.where(abs(e) <= delta, e**2 / 2, delta * (abs(e) - delta / 2)),
    }
    found = {"best": points, "outlier": [*points[:4], v["x_new"]]}
    return {
        f"{question}.{name}": best(loss, points)
        for question, points in found.items()
        for name, loss in losses.items()
    }


def smoothed_optimum(v):
    epsilon, y, z = v["epsilon"], v["y"], v["z"]
    t = (1 - epsilon) * y + epsilon / len(y)
    return {
        "gap.formula": "log(1 + K (1 - epsilon) / epsilon)",
        "gap.number": np.log(t.max() / t.min()),
        "least.loss": -t @ np.log(t),
        "logits.u": f"{list(np.log(t / t.max()))}",
        "gradient.gradient": np.exp(z) / np.exp(z).sum() - t,
    }


def least_squares(v):
    X, y, w = v["X"], v["y"], v["w"]
    best, (loss, *_), *_ = np.linalg.lstsq(X, y, rcond=None)
    return {
        "gradient.formula": "X^T X w - X^T y",
        "gradient.number": sum((row @ w - target) * row for row, target in zip(X, y, strict=True)),
        "parts.gram": sum(np.outer(row, row) for row in X),
        "parts.moments": sum(target * row for row, target in zip(X, y, strict=True)),
        "best.w": best,
        "best.loss": loss / 2,
    }


def loss_picks_winner(v):
    lists = {
        "few": [v["e1"], v["e2"], v["e3"], v["e0"], v["e5"]],
        "log": [v[f"l{n}"] for n in range(1, 6)],
        "square": [v["q1"], v["q2"], v["q3"], v["q0"], v["q5"]],
    }
    found = {}
    for letter, role in zip("ABC", v["cast"].split("-"), strict=True):
        p = np.array(lists[role])
        own = np.where([True, True, False, True, False], p, 1 - p)
        found |= {
            f"table.{letter}-errors": (own < 0.5).sum(),
            f"table.{letter}-log": -np.log(own).mean(),
            f"table.{letter}-square": ((1 - own) ** 2).mean(),
        }
    winners = [
        min("ABC", key=lambda one: found[f"table.{one}-{by}"]) for by in ("errors", "log", "square")
    ]
    assert sorted(winners) == ["A", "B", "C"]
    better = [0.49, 0.49, 0.51, 0.49, 0.51]
    sure = ["first", "second", "third", "fourth", "fifth"].index(v["sure"])
    better[sure] = 0.96 if better[sure] < 0.5 else 0.04
    return {**found, "winners": " ".join(winners), "better.p": str(better)}


@pytest.mark.parametrize(
    "solve",
    [
        constant_under_loss,
        gradient_read_back,
        hinge_room,
        least_squares,
        loss_picks_winner,
        smoothed_optimum,
        steepest_logit,
        weighted_threshold,
    ],
)
def test_keys(solve, shipped):
    agrees(shipped[solve.__name__.replace("_", "-")], solve)
