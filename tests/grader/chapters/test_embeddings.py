"""Chapter 10, embeddings."""

import numpy as np
import pytest

from tests.grader.chapters import agrees
from tests.grader.chapters.slopes import slope


def softmax(z):
    return np.exp(z) / np.exp(z).sum()


def skip_gram_step(v):
    (word,) = np.flatnonzero(v["y"])

    def loss(U, c):
        return -np.log(softmax(U @ c)[word])

    U, c = v["U"], v["v"]
    by_v, by_U = slope(lambda at: loss(U, at), c), slope(lambda at: loss(at, c), U)
    model = np.zeros((2, v["N"], v["d"]), bool)
    model[0, 0] = model[1] = True
    return {
        "forward.p": softmax(U @ c),
        "forward.L": loss(U, c),
        "formulas.v": "U^T p - U^T y",
        "formulas.U": "(v (p - y)^T)^T",
        "gradients.v": by_v,
        "gradients.U": by_U,
        "step": np.exp(-loss(U - v["alpha"] * by_U, c - v["alpha"] * by_v)),
        "changed.changed": model.sum(),
        "changed.all": model.size,
    }


def negative_samples(v):
    times = {"twice": 2, "thrice": 3}[v["times"]]

    def loss(c, o, a, b):
        samples = [o, *[-a] * times, -b]
        return sum(np.log(1 + np.exp(-(each @ c))) for each in samples)

    at = [v["v"], v["o"], v["a"], v["b"]]

    def by(place):
        return slope(lambda x: loss(*at[:place], x, *at[place + 1 :]), at[place])

    power = np.sqrt(v["n"] * np.sqrt(v["n"]))
    return {
        "loss": loss(*at),
        "formulas.o": "p_o v - v",
        "formulas.a": f"{times} v - {times} p_a v",
        **{f"gradients.{name}": by(place) for place, name in enumerate("voab")},
        "changed.sampled": len(at) * v["d"],
        "changed.softmax": (1 + v["N"]) * v["d"],
        "law": power / power.sum(),
    }


def analogy_geometry(v):
    roles = [v["p"], v["t"] + v["o"], v["r"], v["s"]]
    t, named = v["t"], {"PQRS"[int(one) - 1]: x for one, x in zip(v["m"], roles, strict=True)}
    words = {name: named[name] for name in "PQRS"}
    cosine = {w: x @ t / np.sqrt((x @ x) * (t @ t)) for w, x in words.items()}
    product = {w: x @ t for w, x in words.items()}
    distance = {w: np.hypot(*(x - t)) for w, x in words.items()}
    measures = {"cosine": cosine, "product": product, "distance": distance}
    nearest = [max(cosine, key=cosine.get), max(product, key=product.get)]
    direct = [np.hypot(*(x / np.hypot(*x) - t / np.hypot(*t))) for x in words.values()]
    return {
        "target": t,
        **{f"table.{w}-{name}": m[w] for name, m in measures.items() for w in words},
        "nearest": ", ".join([*nearest, min(distance, key=distance.get)]),
        "unit.formula": "2 - kappa - kappa",
        "unit.number": max(direct) ** 2,
    }


@pytest.mark.parametrize("solve", [skip_gram_step, negative_samples, analogy_geometry])
def test_keys(solve, shipped):
    agrees(shipped[solve.__name__.replace("_", "-")], solve)
