"""Chapter 12, evaluation."""

from collections import Counter
from itertools import product
from math import comb

import numpy as np
import pytest

from tests.grader.chapters import agrees
from tests.grader.chapters.slopes import slope


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def shrunken_mean(v):
    m, variance, n, c = v["m"], v["v"], v["n"], v["c"]

    def error(c, n=n):
        return (c * m - m) ** 2 + c * c * variance / n + variance

    # A parabola is least at -b / 2a of the one through three of its points.
    a, b, _ = np.polyfit([0, 0.5, 1], [error(c) for c in (0, 0.5, 1)], 2)
    best = -b / a / 2
    larger = (n for n in range(1, 10**6) if error(c, n) >= error(1, n) - 1e-12)
    return {
        "parts.squared_bias": (c * m - m) ** 2,
        "parts.variance": variance * c**2 / n,
        "parts.error": error(c),
        "best.formula": "1 - v/(n m^2 + v)",
        "best.number": best,
        "best.error": error(best),
        "plain": error(1),
        "bound": next(larger) - 1,
    }


def ensemble_limits(v):
    def variance(k):
        covariances = v["v"] * (np.full((k, k), v["r"]) + (1 - v["r"]) * np.eye(k))
        return covariances.mean()

    precisions = 1 / np.array([v["v_1"], v["v_2"]])
    wrong, e = 0.0, v["e"]
    for votes in product([0, 1], repeat=3):
        wrong += (sum(votes) > 1) * np.prod([e if vote else 1 - e for vote in votes])
    return {
        "mean.formula": "v r + v (1 - r) / k",
        "mean.number": variance(int(v["k"])),
        "mean.limit": v["v"] * v["r"],
        "enough": next(k for k in range(1, 100) if variance(k) <= v["bound"] + 1e-9),
        "weights.formula": "1 / v_1 / (1 / v_1 + 1 / v_2)",
        "weights.weight": precisions[0] / precisions.sum(),
        "weights.variance": 1 / precisions.sum(),
        "vote": wrong,
    }


def auc_by_pairs(v):
    order = [np.sign(round(p - n, 9)) for p in v["P"] for n in v["N"]]

    def accuracy(power):
        positive = [p**power >= 0.5 for p in v["P"]]
        negative = [n**power < 0.5 for n in v["N"]]
        return (sum(positive) + sum(negative)) / 6

    area = np.mean([(1 + sign) / 2 for sign in order])
    return {
        "pairs.right": order.count(1),
        "pairs.tied": order.count(0),
        "pairs.wrong": order.count(-1),
        "area": area,
        "cube.area": area,
        "cube.before": accuracy(1),
        "cube.after": accuracy(3),
    }


def calibration_temperature(v):
    c, n, hits = v["c"], v["n"], v["n"] * v["share"]

    def at(T):
        return sigmoid((np.log(c) - np.log(1 - c)) / T)

    def loss(T):
        return -(hits @ np.log(at(T)) + (n - hits) @ np.log(1 - at(T))) / n.sum()

    def error(T):
        return np.average(abs(at(T) - hits / n), weights=n)

    share = hits[0] / n[0]
    return {
        "gaps.gaps": abs(hits / n - c),
        "gaps.error": error(1),
        "slope.loss": loss(1),
        "slope.slope": slope(loss, 1.0),
        "mends": np.log(1 / c[0] - 1) / np.log(1 / share - 1),
        "warm.confidences": at(2),
        "warm.error": error(2),
        "warm.accuracy": hits.sum() / n.sum(),
    }


def folds_and_luck(v):
    folds = [len(part) for part in np.array_split(np.arange(v["n"]), v["k"])]
    least = {"seven": 7, "eight": 8, "nine": 9}[v["hits"]]
    law = np.array([comb(10, hits) for hits in range(11)]) / 2**10
    best = np.diff(np.cumsum(law) ** v["m"], prepend=0)
    return {
        "sizes.size": max(folds),
        "sizes.number": folds.count(max(folds)),
        "sizes.training": v["n"] - max(folds),
        "fits": len(folds) * v["g"] + 1,
        "score.mean": np.mean(v["a"]),
        "score.error": np.std(v["a"], ddof=1) / np.sqrt(5),
        "luck.one": law[least:].sum(),
        "luck.best": best[least:].sum(),
        "luck.mean": best @ np.arange(11),
    }


def nms_interval(v):
    boxes, side = [*zip(v["X"], v["Y"], strict=True)], v["s"]

    def overlap(one, other):
        inside = np.prod([max(side - abs(a - b), 0) for a, b in zip(one, other, strict=True)])
        return inside / (2 * side**2 - inside)

    def kept(threshold):
        found = []
        for place in np.argsort(-v["p"]):
            if all(overlap(boxes[place], boxes[one]) <= threshold + 1e-12 for one in found):
                found.append(place)
        return sorted(found)

    ends = sorted({0.0, *(overlap(one, other) for one in boxes for other in boxes)})
    same = [end for end in ends if kept(end) == kept(v["t"])]
    return {
        "overlap.AB": overlap(boxes[0], boxes[1]),
        "overlap.BC": overlap(boxes[1], boxes[2]),
        "overlap.AC": overlap(boxes[0], boxes[2]),
        "overlap.CD": overlap(boxes[2], boxes[3]),
        "kept": ", ".join("ABCDE"[place] for place in kept(v["t"])),
        "interval.lower": same[0],
        "interval.upper": next(end for end in ends if end > same[-1]),
    }


def bleu_clip(v):
    p = [int(word) for word in v["p"]]
    reference, candidate = [*p[:4], p[0], p[4]], [int(word) for word in v["c"]]

    def matches(length):
        def counts(text):
            return Counter(tuple(text[i : i + length]) for i in range(len(text) - length + 1))

        return (counts(candidate) & counts(reference)).total()

    words, pairs, size = matches(1), matches(2), len(candidate)
    factor = np.exp(1 - len(reference) / size)
    return {
        "matches.words-matches": words,
        "matches.words-precision": words / size,
        "matches.pairs-matches": pairs,
        "matches.pairs-precision": pairs / (size - 1),
        "score.factor": factor,
        "score.BLEU": factor * np.sqrt(words * pairs / size / (size - 1)),
    }


def threshold_table(v):
    def counts(cut):
        called = v["s"] >= cut - 1e-9
        return [np.sum((v["y"] == y) & (called == c)) for y, c in ((1, 1), (0, 1), (1, 0), (0, 0))]

    def rates(TP, FP, FN, times=1):
        return {
            "precision": TP / (TP + times * FP),
            "recall": TP / (TP + FN),
            "F1": TP / (TP + (times * FP + FN) / 2),
        }

    found = {}
    for name in ("high", "middle", "low"):
        TP, FP, FN, _ = counts(v[name])
        cells = {"TP": TP, "FP": FP, **rates(TP, FP, FN)}
        found |= {f"cuts.{name}-{cell}": value for cell, value in cells.items()}
    TP, FP, FN, TN = counts(v["middle"])
    best = max(v["s"], key=lambda cut: rates(*counts(cut)[:3])["F1"])
    flipped = rates(FN, TN, TP)
    return found | {
        "best.threshold": best,
        "best.F1": rates(*counts(best)[:3])["F1"],
        **{f"more.{name}": value for name, value in rates(TP, FP, FN, v["f"]).items()},
        "flipped.accuracy": (FN + FP) / 8,
        "flipped.precision": flipped["precision"],
        "flipped.recall": flipped["recall"],
    }


def error_ledger(v):
    errors = np.array([v[name] for name in "habdt"])
    gaps = np.diff(errors)
    place = gaps.argmax() + 1

    def still_largest(error):
        changed = np.diff([*errors[:place], error, *errors[place + 1 :]])
        return changed[place - 1] > changed.max() - 1e-9

    missing = ["people", "training", "unseen", "development"].index(v["missing"])
    names = ("bias", "variance", "mismatch", "luck")
    known = ["cannot be determined" if missing in (i, i + 1) else gap for i, gap in enumerate(gaps)]
    return {
        **{f"gaps.{name}": gap for name, gap in zip(names, gaps, strict=True)},
        **{f"known.{name}": str(one) for name, one in zip(names, known, strict=True)},
        "bound": next(e for e in np.arange(errors[place - 1], 30, 0.25) if still_largest(e)),
    }


@pytest.mark.parametrize(
    "solve",
    [
        bleu_clip,
        error_ledger,
        threshold_table,
        shrunken_mean,
        ensemble_limits,
        auc_by_pairs,
        calibration_temperature,
        folds_and_luck,
        nms_interval,
    ],
)
def test_keys(solve, shipped):
    agrees(shipped[solve.__name__.replace("_", "-")], solve)
