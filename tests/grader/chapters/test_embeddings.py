"""Chapter 10, embeddings."""

from collections import Counter
from functools import reduce
from itertools import pairwise

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


def shifted_vectors(v):
    U, c, alpha = v["U"], v["v"], v["alpha"]
    (word,) = np.flatnonzero(v["y"])
    gradient = slope(lambda at: -np.log(softmax(at @ c)[word]), U)
    shift = np.linalg.lstsq(np.vstack([np.eye(2)] * 3), -U.ravel(), rcond=None)[0]
    return {
        "numbers.p": softmax(U @ c),
        "numbers.doubled": softmax((2 * U) @ (2 * c)),
        "numbers.moved": softmax(U @ (c + v["s"])),
        "shortest.c": shift,
        "shortest.before": np.trace(U.T @ U),
        "shortest.after": np.trace((U + shift).T @ (U + shift)),
        "step.plain": np.mean(U - alpha * gradient, axis=0),
        "step.decay": np.mean(U * (1 - alpha * v["lambda"]) - alpha * gradient, axis=0),
    }


def window_and_rows(v):
    text, w = [int(word) - 1 for word in v["t"]], int(v["w"])
    near = {i: [j for j in range(8) if 0 < abs(i - j) <= w] for i in range(8)}
    pairs = [(text[i], text[j]) for i in near for j in near[i]]
    context = [text[j] for j in near[int(v["centre"]) - 1]]
    gradient = slope(lambda E: v["g"] @ E[context].mean(0), v["E"])
    often = max(context, key=context.count)
    return {
        "pairs.number": len(pairs),
        "pairs.formula": "n w + n w - w^2 - w",
        "pairs.counts": [pairs.count((int(v["q"]) - 1, word)) for word in range(5)],
        "mean.mean": v["E"][context].mean(0),
        "rows.gradient": gradient,
        "rows.row": (v["E"] - v["alpha"] * gradient)[often],
    }


def byte_pairs(v):
    corpus = dict(
        zip(("low", "lower", "newest", "widest"), (v[name] for name in "abcd"), strict=True)
    )

    def merged(word, pair):
        found = []
        for token in word:
            if found and (found[-1], token) == pair:
                found[-1] += token
            else:
                found.append(token)
        return found

    words, merges, counts = {word: [*word] for word in corpus}, [], []
    for _ in range(5):
        pairs = Counter()
        for word, tokens in words.items():
            for pair in pairwise(tokens):
                pairs[pair] += corpus[word]
        best = min(pairs, key=lambda pair: (-pairs[pair], "".join(pair)))
        merges.append(best)
        counts.append(pairs[best])
        words = {word: merged(tokens, best) for word, tokens in words.items()}
    return {
        "merges": " ".join(map("".join, merges)),
        "counts.first": counts[0],
        "counts.third": counts[2],
        "counts.fifth": counts[4],
        "tokens.before": sum(len(word) * times for word, times in corpus.items()),
        "tokens.after": sum(len(words[word]) * times for word, times in corpus.items()),
        **{
            f"words.{word}": " ".join(reduce(merged, merges, [*word]))
            for word in ("lowest", "newer")
        },
    }


@pytest.mark.parametrize(
    "solve",
    [
        byte_pairs,
        window_and_rows,
        skip_gram_step,
        negative_samples,
        analogy_geometry,
        shifted_vectors,
    ],
)
def test_keys(solve, shipped):
    agrees(shipped[solve.__name__.replace("_", "-")], solve)
