"""Chapter 11, generative models."""

import numpy as np
import pytest

from tests.grader.chapters import agrees
from tests.grader.chapters.slopes import slope


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def divergence(p, q):
    kept = p > 0
    return (p[kept] * np.log(p[kept] / q[kept])).sum()


def vae_two_terms(v):
    x, w, b, mu, s = (v[name] for name in ("x", "w", "b", "mu", "s"))
    points, weights = np.polynomial.hermite_e.hermegauss(5)

    def sampled(mu, s, epsilon=v["epsilon"]):
        z = mu + np.exp(s / 2) * epsilon
        return z, (x - w * z - b) ** 2 / 2, (np.exp(s) + mu**2 - 1 - s) / 2

    def mean(mu, s):
        _, error, divergence = sampled(mu, s, points)
        return weights @ (error + divergence) / weights.sum()

    def loss(mu, s):
        return sum(sampled(mu, s)[1:])

    # The posterior of a normal z, of which a line with unit noise is seen.
    precision = 1 + w**2
    z, error, divergence = sampled(mu, s)
    return {
        "forward.z": z,
        "forward.R": error,
        "forward.D": divergence,
        "gradients.mu": slope(lambda at: loss(at, s), mu),
        "gradients.s": slope(lambda at: loss(mu, at), s),
        "expected.formula": "(x - b - w mu)^2/2 + (w^2 + 1) e^s/2 + mu^2/2 - s/2 - 1/2",
        "expected.number": mean(mu, s),
        "best.mu": "w x/(1 + w^2) - w b/(1 + w^2)",
        "best.variance": "(w^2 + 1)^(-1)",
        "least": mean(w * (x - b) / precision, -np.log(precision)),
    }


def elbo_gap(v):
    joint = v["R"] / v["R"].sum() * v["l"]
    q = v["Q"] / v["Q"].sum()
    posterior = joint / joint.sum()
    return {
        "exact.evidence": joint.sum(),
        "exact.posterior": posterior,
        "bound.B": -divergence(q, joint),
        "bound.K": divergence(q, posterior),
        "bound.sum": np.log(joint.sum()),
    }


def gan_optimum(v):
    p, g = v["P"] / v["P"].sum(), v["G"] / v["G"].sum()
    middle = (p + g) / 2
    jensen = (divergence(p, middle) + divergence(g, middle)) / 2
    return {
        "best": p / middle / 2,
        "values.V": 2 * jensen - np.log(4),
        "values.J": jensen,
        "smoothed": (p - v["l"] * p) / middle / 2,
    }


def gan_two_steps(v):
    def log_odds(ac, at):
        return ac[0] * at + ac[1]

    def fake(theta):
        return theta * v["z"] + 1

    def loss(ac):
        real, made = log_odds(ac, v["x"]), log_odds(ac, fake(v["theta"]))
        return np.log(1 + np.exp(-real)) + np.log(1 + np.exp(made))

    before = np.array([v["a"], v["c"]])
    by = slope(loss, before)
    after = before - v["alpha"] * by
    met = {"then": after, "at-once": before}[v["order"]]
    plain = slope(lambda theta: -np.log(sigmoid(log_odds(met, fake(theta)))), v["theta"])
    saturating = slope(lambda theta: np.log(sigmoid(-log_odds(met, fake(theta)))), v["theta"])
    return {
        "forward.G": fake(v["theta"]),
        "forward.D_x": sigmoid(log_odds(before, v["x"])),
        "forward.D_G": sigmoid(log_odds(before, fake(v["theta"]))),
        "discriminator.a": by[0],
        "discriminator.c": by[1],
        "discriminator.a_new": after[0],
        "discriminator.c_new": after[1],
        "generator.plain": plain,
        "generator.saturating": saturating,
        "generator.theta": v["theta"] - v["alpha"] * plain,
        "ratio.formula": "1/D_G - 1",
        "ratio.number": 1 / v["D_s"] - 1,
    }


@pytest.mark.parametrize("solve", [vae_two_terms, elbo_gap, gan_optimum, gan_two_steps])
def test_keys(solve, shipped):
    agrees(shipped[solve.__name__.replace("_", "-")], solve)
