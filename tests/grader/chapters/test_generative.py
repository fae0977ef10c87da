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
        "least.mu": w * (x - b) / precision,
        "least.variance": 1 / precision,
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
        "close.t": "[{}, {}, {}]".format(*joint),
    }


def gan_optimum(v):
    p, g = v["P"] / v["P"].sum(), v["G"] / v["G"].sum()
    middle = (p + g) / 2
    jensen = (divergence(p, middle) + divergence(g, middle)) / 2
    return {
        "best": p / middle / 2,
        "values.V": 2 * jensen - np.log(4),
        "values.J": jensen,
        "smoothed.number": (p - v["l"] * p) / middle / 2,
        "smoothed.formula": "(p - l p) / (p + g)",
    }


def linear_autoencoder(v):
    line = {"diagonal": (1, 1), "falling": (1, -1), "steep": (3, 4), "flat": (4, 3)}
    line |= {
        "steep-falling": (3, -4),
        "flat-falling": (4, -3),
        "steeper": (1, 2),
        "flatter": (2, 1),
    }
    turned = np.array(line[v["line"]]) @ [1, 1j]
    mirrored = np.conj(v["p"] @ [1, 1j]) * turned / np.conj(turned)
    both = v["p"], np.array([mirrored.real, mirrored.imag])
    points = np.array([sign * at for at in both for sign in (1, -1)])

    def loss(encode, decode):
        return ((points - np.outer(points @ encode, decode)) ** 2).sum(1).mean() / 2

    _, axes = np.linalg.eigh(points.T @ points)
    best = axes[:, 1] * np.sign(axes[0, 1])
    return {
        "loss": loss(v["w"], v["w"]),
        "gradient.w": slope(lambda w: loss(w, w), v["w"]),
        "best.g": "[{:.6f}, {:.6f}]".format(*best),
        "least": loss(best, best),
    }


def coupling_flow(v):
    (kept, changed) = {"second-first": (0, 1), "first-first": (1, 0)}[v["order"]]

    def flow(x, a=v["a"], b=v["b"], c=v["c"], d=v["d"]):
        new = x[changed] * np.exp(a * x[kept]) + b * x[kept]
        other = x[kept] * np.exp(c * new) + d * new
        return np.array([other, new])[[kept, changed]]

    def log_det(a=v["a"], b=v["b"], c=v["c"]):
        """By the chain of both layers, each of which scales one number."""
        new = x[changed] * np.exp(a * x[kept]) + b * x[kept]
        return a * x[kept] + c * new

    x = np.array([v["x_1"], v["x_2"]])
    jacobian = np.array([slope(lambda at, row=row: flow(at)[row], x) for row in (0, 1)])
    found = np.log(abs(np.linalg.det(jacobian)))
    target, at = np.array([v["t_1"], v["t_2"]]), np.zeros(2)
    at[kept] = (target[kept] - v["d"] * target[changed]) / np.exp(v["c"] * target[changed])
    at[changed] = (target[changed] - v["b"] * at[kept]) / np.exp(v["a"] * at[kept])
    assert np.allclose(flow(at), target)
    return {
        "forward.y_1": flow(x)[0],
        "forward.y_2": flow(x)[1],
        "density.J": found,
        "density.log_density": found - flow(x) @ flow(x) / 2 - np.log(2 * np.pi),
        "known": {"determinant": "a, b, c", "layer": "a", "number": "a, b"}[v["wanted"]],
        "inverse.x_1": at[0],
        "inverse.x_2": at[1],
        **{
            f"gradients.{name}": slope(lambda to, name=name: log_det(**{name: to}), v[name])
            for name in "abc"
        },
    }


def rbm_states(v):
    visible = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])

    def weights(W):
        energies = [-(s @ v["a"]) - v["b"] * h - h * (s @ W) for s in visible for h in (0, 1)]
        return np.exp(-np.array(energies)).reshape(4, 2)

    seen = {"01": 1, "10": 2, "11": 3}[v["seen"]]

    def likelihood(W):
        found = weights(W)
        return np.log(found[seen].sum() / found.sum())

    found = weights(v["W"])
    return {
        "energies.zero": -np.log(found[:, 0]),
        "energies.one": -np.log(found[:, 1]),
        "sum.Z": found.sum(),
        "sum.p": found.sum(1) / found.sum(),
        "hidden": found[:, 1] / found.sum(1),
        "free": -np.log(found.sum(1)),
        "gradient": slope(likelihood, v["W"]),
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


def diffusion_there_and_back(v):
    """What is there after each step is normal together, so a regression leads back."""
    t = {"second": 2, "third": 3}[v["asked"]]
    beta = np.array([v[f"beta_{step}"] for step in range(1, 5)])
    left = np.cumprod(1 - beta)
    factor, variance = np.sqrt(left[t - 1]), 1 - left[t - 1]
    noisy = factor * v["x_0"] + np.sqrt(variance) * v["epsilon"]
    before = 1 - left[t - 2]
    together = np.sqrt(1 - beta[t - 1]) * before
    by_t = together / variance
    by_0 = np.sqrt(left[t - 2]) - by_t * factor
    return {
        **{f"products.alphabar_{step}": left[step - 1] for step in range(1, 5)},
        "noise.factor": factor,
        "noise.variance": variance,
        "noise.ratio": factor**2 / variance,
        "loud": 1 + np.argmax(left < 0.5),
        "there": noisy,
        "back": (v["u"] - np.sqrt(variance) * v["e"]) / factor,
        "between.by_0": by_0,
        "between.by_t": by_t,
        "between.mean": by_0 * v["x_0"] + by_t * noisy,
        "between.variance": before - together**2 / variance,
    }


@pytest.mark.parametrize(
    "solve",
    [
        gan_two_steps,
        diffusion_there_and_back,
        vae_two_terms,
        elbo_gap,
        gan_optimum,
        linear_autoencoder,
        coupling_flow,
        rbm_states,
    ],
)
def test_keys(solve, shipped):
    agrees(shipped[solve.__name__.replace("_", "-")], solve)
