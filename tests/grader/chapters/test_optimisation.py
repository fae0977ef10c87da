"""Chapter 4, optimisation: runs of the optimisers."""

from itertools import combinations, permutations

import numpy as np
import pytest

from tests.grader.chapters import Near, agrees


def valley_rates(v):
    curvature, rate, bound = np.array([v["lambda_1"], v["lambda_2"]]), v["alpha"], v["eta"]

    def run(rate, steps):
        at = np.ones(2)
        for _ in range(steps):
            at = at - rate * curvature * at
        return at

    def first(rate):
        return next(t for t in range(1, 400) if abs(run(rate, t)).max() < bound)

    rates = np.linspace(0, 2 / curvature[0], 20001)
    best = rates[abs(1 - rates[:, None] * curvature).max(axis=1).argmin()]
    return {
        "stable.rate": 2 / curvature.max(),
        "factors.u": run(rate, 1)[0],
        "factors.w": run(rate, 1)[1],
        "best.rate": "1 / ((lambda_1 + lambda_2) / 2)",
        "best.u": Near(1 - best * curvature[0], 2e-4),
        "best.w": Near(1 - best * curvature[1], 2e-4),
        "steps.yours": first(rate),
        "steps.at_best": first(2 / curvature.sum()),
        "loss.loss": curvature @ run(rate, 2) ** 2 / 2,
    }


def momentum_memory(v):
    beta, g = v["beta"], v["g"]

    def run(gradients):
        kept, seen = 0.0, []
        for gradient in gradients:
            kept = beta * kept + gradient
            seen.append(kept)
        return seen

    same, swinging = run([g] * 600), run([g, -g] * 300)
    needed = np.linspace(0, 1, 100001)[:-1]
    ratio = (1 / (1 - needed)) / (1 / (1 + needed))
    return {
        "first.v1": same[0],
        "first.v2": same[1],
        "first.v3": same[2],
        "limit.v": "g / (1 - beta)",
        "limit.step": v["alpha"] * same[-1],
        "time.t": 1 + next(t for t, kept in enumerate(same) if kept >= v["eta"] * same[-1]),
        "swing.v": abs(swinging[-1]),
        "swing.ratio": "1 / (1 - beta) + beta / (1 - beta)",
        "chosen.beta": Near(needed[abs(ratio - v["r"]).argmin()], 1e-4),
    }


def adam_three_steps(v):
    first, second, rate = v["beta_1"], v["beta_2"], v["alpha"]

    def run(gradients):
        m = n = 0.0
        for t, g in enumerate(gradients, 1):
            m, n = first * m + (1 - first) * g, second * n + (1 - second) * g**2
            yield m, n, -rate * (m / (1 - first**t)) / np.sqrt(n / (1 - second**t))

    gradients = [v["g1"], v["g2"], v["g3"]]
    (*_, scaled) = run([v["c"] * g for g in gradients])
    steps = [*run(gradients), scaled]
    names = ["steps.first-{}", "steps.second-{}", "steps.third-{}", "scaled.{}"]
    found = {
        name.format(letter): value
        for name, step in zip(names, steps, strict=True)
        for letter, value in zip("mvd", step, strict=True)
    }
    low, high = -200.0, 200.0
    for _ in range(80):
        middle = (low + high) / 2
        (*_, (_, _, change)) = run([*gradients[:2], middle])
        low, high = (middle, high) if change > 0 else (low, middle)
    return {**found, "still.g": Near(low, 1e-6)}


def adaptive_rates(v):
    found = {}
    for name, keep, share in (("ada", 1, 1), ("rms", v["rho"], 1 - v["rho"])):
        s = 0.0
        for step in (1, 2):
            g = v[f"g{step}"]
            s = keep * s + share * g * g
            found |= {
                f"steps.{name}-s{step}": s,
                f"steps.{name}-d{step}": -v["alpha"] * g / np.sqrt(s),
            }
    changes = 1 / np.sqrt(np.cumsum(np.ones(500)))
    return {**found, "later.step": 1 + abs(changes - 1 / v["c"]).argmin()}


def one_pass_order(v):
    def gradient(name, w):
        return (w * v[f"x_{name}"] - v[f"y_{name}"]) * v[f"x_{name}"]

    def after(order):
        w = 0.0
        for name in order:
            w -= v["alpha"] * gradient(name, w)
        return w

    singles = [gradient(name, 0) for name in "abc"]
    pairs = {
        "".join(pair): np.mean([gradient(n, 0) for n in pair]) for pair in combinations("abc", 2)
    }
    return {
        "order": ", ".join(max(permutations("abc"), key=after)),
        "batch.w": -v["alpha"] * np.mean(singles),
        **{f"passes.w_{''.join(order)}": after(order) for order in permutations("abc")},
        **{f"pairs.g_{pair}": value for pair, value in pairs.items()},
        "spread.mean": np.mean(singles),
        "spread.pairs": np.var(list(pairs.values())),
        "spread.singles": np.var(singles),
    }


def descent_guarantee(v):
    bend, square = v["Lambda"], v["q"]

    def gain(rate):
        """Of a step on the parabola that bends as much as any loss may."""
        start = np.sqrt(square) / bend
        return bend / 2 * (start**2 - (start - rate * bend * start) ** 2)

    rates = np.linspace(0, 2 / bend, 2001)
    return {
        "gain.gain": gain(v["alpha"]),
        "best.rate": "Lambda^(-1)",
        "best.gain": Near(max(gain(rate) for rate in rates), 1e-6),
        "steps.steps": v["F"] / (v["eta"] / (2 * bend)),
    }


def warmup_cosine(v):
    sizes = [min(v["m"], v["n"] - at) for at in np.arange(0, v["n"], v["m"])]
    if v["last"] == "dropped":
        sizes = [size for size in sizes if size == v["m"]]
    steps, total = len(sizes), len(sizes) * v["E"]

    def rate(t):
        if t <= steps:
            return v["alpha"] * t / steps
        return v["alpha"] * np.cos(np.pi / 2 * (t - steps) / (total - steps)) ** 2

    below = next(t for t in range(steps + 1, int(total) + 1) if rate(t) < v["r"])
    return {
        "steps.in_epoch": steps,
        "steps.rest": sizes[-1] if v["last"] == "kept" else v["n"] - sum(sizes),
        "steps.all": total,
        "rates.warm": rate(v["t_1"]),
        "rates.later": rate(v["t_2"]),
        "below.step": str(below),
        "epoch.epoch": -(-below // steps),
    }


def look_ahead(v):
    def loss(w):
        return (w * v["x"] - v["y"]) ** 2 / 2

    def slope(w):
        return loss(w + 0.5) - loss(w - 0.5)  # of a parabola, exactly

    def step(velocity):
        ahead = v["w"] + v["beta"] * velocity
        return ahead - v["alpha"] * slope(ahead)

    here = v["alpha"] * slope(v["w"])
    weights = {
        "plain": v["w"] - here,
        "momentum": v["w"] + v["beta"] * v["v"] - here,
        "lookahead": step(v["v"]),
    }
    without, more = step(0) - v["y"] / v["x"], step(1) - step(0)
    losses = {name: loss(w) for name, w in weights.items()}
    shown = v["best"]
    return {
        "gradients.here": slope(v["w"]),
        "gradients.ahead": slope(v["w"] + v["beta"] * v["v"]),
        **{f"weights.{name}": w for name, w in weights.items()},
        **{f"losses.{name}": one for name, one in losses.items()},
        "best": "abc"[shown.index(min(losses, key=losses.get))],
        "landing": -without / more,
    }


@pytest.mark.parametrize(
    "solve",
    [
        look_ahead,
        adam_three_steps,
        adaptive_rates,
        descent_guarantee,
        momentum_memory,
        one_pass_order,
        valley_rates,
        warmup_cosine,
    ],
)
def test_keys(solve, shipped):
    agrees(shipped[solve.__name__.replace("_", "-")], solve)
