"""Chapter 13, engineering."""

import re
from decimal import ROUND_HALF_UP, Decimal, localcontext
from functools import reduce

import numpy as np
import pytest

from grader.bank import fill
from grader.drawing import variants
from tests.grader.chapters import Near, agrees, holds
from tests.grader.chapters.slopes import slope

ARRAY = re.compile(r"\([\d, ]+\)")


def shape_of(text):
    """The shape that NumPy gives arrays of these shapes, or error."""
    try:
        text = text.replace("matmul", "@")
        return str(eval(ARRAY.sub(lambda one: f"np.zeros({one[0]})", text)).shape)
    except ValueError:
        return "error"


def broadcast_and_back(v):
    y, t = v["y"].reshape(3, 1), v["t"]

    def loss(y):
        return ((y - t) ** 2).mean()

    added = np.zeros((v["n"], 1, v["k"])) + np.eye(v["m"], 1)
    moved = [loss(y + 1e-6 * step) - loss(y - 1e-6 * step) for step in np.eye(3)[:, :, None]]
    return {
        "back": added.sum(),
        "loss.loss": loss(y),
        "loss.gradient": Near(np.array(moved) / 2e-6, 1e-6),
        "loss.pull": t.mean(),
        "always": "(y[1]^2 + y[2]^2 + y[3]^2) / 3 - 2 m_t mean(y) + m_t^2 + s",
    }


def test_shapes_are_those_of_numpy(shipped):
    exercise, met = shipped["broadcast-and-back"], set()
    for variant in variants(exercise, range(200)):
        sizes = {name: str(size) for name, size in variant.draw.sizes.items()}
        for blank, option in variant.draw.choices.items():
            text = fill(exercise.file.choose[blank][option]["text"], sizes)
            holds(variant.keys[f"shapes.{blank}"][1], shape_of(text), text)
            met.add((blank, option))
    assert len(met) == sum(map(len, exercise.file.choose.values()))


def gradient_check(v):
    def loss(w):
        return (np.tanh(w * v["x"]) - v["y"]) ** 2 / 2

    def centred(step):
        return (loss(v["w"] + step) - loss(v["w"] - step)) / step / 2

    def one_sided(step):
        return (loss(v["w"] + step) - loss(v["w"])) / step

    def bent(u):
        return max(v["p"] * u - v["q"], 0)

    right, step, u = slope(loss, v["w"]), v["epsilon"], v["u"]
    return {
        "slope": right,
        "quotients.centred": centred(step),
        "quotients.one_sided": one_sided(step),
        "quotients.centred_error": centred(step) - right,
        "quotients.one_sided_error": one_sided(step) - right,
        "leading.error": "T epsilon epsilon / 6",
        "half.centred": (centred(step) - right) / (centred(step / 2) - right),
        "half.one_sided": (one_sided(step) - right) / (one_sided(step / 2) - right),
        "kink.slope": v["p"] if bent(u) > 0 else 0,
        "kink.quotient": (bent(u + step) - bent(u - step)) / step / 2,
        "kink.safe": abs(u - v["q"] / v["p"]),
    }


def uneven_batches(v):
    sizes = {
        "two-two-one": [2, 2, 1],
        "one-three-one": [1, 3, 1],
        "three-one-one": [3, 1, 1],
        "one-one-three": [1, 1, 3],
        "two-one-two": [2, 1, 2],
    }[v["parts"]]

    def items(w):
        return slope(lambda each: (each * v["x"] - v["y"]) ** 2 / 2 @ np.ones(5), np.full(5, w))

    parts = [part.mean() for part in np.split(items(v["w"]), np.cumsum(sizes)[:-1])]
    store = np.cumsum(np.multiply(parts, sizes)) / 5
    first = v["w"] - v["alpha"] * store[-1]
    emptied = first - v["alpha"] * items(first).mean()
    return {
        "gradients.items": items(v["w"]),
        **{f"gradients.part_{place}": part for place, part in enumerate(parts, 1)},
        "weights.formula": "k_1 / (k_1 + k_2 + k_3)",
        **{f"weights.part_{place}": size / 5 for place, size in enumerate(sizes, 1)},
        **{f"store.store_{place}": stored for place, stored in enumerate(store, 1)},
        "steps.first": first,
        "steps.emptied": emptied,
        "steps.forgotten": emptied - v["alpha"] * store[-1],
    }


def affine_quantiser(v):
    """Every code by trying all of them, as halves are no matter of the draws."""
    low = v["low"]
    w = np.array([low, v["a"], v["b"], low + 15 * v["step"]])

    def stored(s, codes):
        zero = codes[np.argmin(abs(low + s * codes))]
        place = [codes[np.argmin(abs(x / s + zero - codes))] for x in w]
        return np.array(place), s * (np.array(place) - zero), zero

    whole = np.arange(16)
    (codes, decoded, zero), (far, read, _) = (stored(s, whole) for s in (v["step"], v["wide"]))
    even = abs(w).max() / 7
    return {
        "codes.s": v["step"],
        "codes.z": zero,
        "codes.codes": codes,
        "codes.decoded": decoded,
        "errors.largest": v["step"] / 2,
        "errors.square": v["step"] ** 2 / 12,
        "outlier.step": v["wide"],
        "outlier.codes": far,
        "outlier.decoded": read,
        "even.step": even,
        "even.codes": np.rint(w / even),
        "sum": int(v["n"] * 15**2).bit_length(),
    }


def parallel_steps(v):
    w, alpha = v["w"], v["alpha"]
    a, c = np.array([v["a"], v["b"]]), np.array([v["c"], v["d"]])

    def by(at):
        return a * (at - c)

    once = w - alpha * by(w).mean()
    late = np.array([by(once)[0], by(w)[1]])

    def alone(at):
        for _ in range(2):
            at = at - alpha * by(at)
        return at

    rest = np.full(2, w)
    for _ in range(2000):
        rest = np.full(2, alone(rest).mean())
    means, variances = [v["m_1"], v["m_2"]], [v["v_1"], v["v_2"]]
    batches = [mean + np.sqrt(variance) * np.array([-1, 1]) for mean, variance in zip(means, variances, strict=True)]  # fmt: skip
    return {
        "together.first": once,
        "together.second": once - alpha * by(once).mean(),
        "alone.P": alone(np.full(2, w))[0],
        "alone.Q": alone(np.full(2, w))[1],
        "alone.mean": alone(np.full(2, w)).mean(),
        "stale": once - alpha * late.mean(),
        "ends.least": np.average(c, weights=a),
        "ends.formula": "(c (2 - alpha a) a + d (2 - alpha b) b) / ((2 - alpha a) a + (2 - alpha b) b)",
        "ends.number": rest[0],
        "traffic.ring": 2 * sum(v["M"] / v["N"] for _ in range(int(v["N"]) - 1)),
        "traffic.seconds": 2 * (v["N"] - 1) * v["M"] / v["N"] / v["B"],
        "traffic.server": 2 * v["N"] * v["M"] / v["B"],
        "variance": np.var(batches),
    }


def memory_ledger(v):
    """Entries of matrices, and batches and spacings that are tried."""
    sides = [v[name] for name in "abce"]
    shapes = [*zip(sides[1:], sides, strict=False)]
    weights = [rows * columns for rows, columns in shapes]
    learned = [rows * columns + rows for rows, columns in shapes]
    total, memory = sum(learned), v["M"] * 1024 * 1024
    moments = {"adam": 8, "momentum": 4}[v["optimiser"]]
    item = sum(2 * side for side in sides)
    beside = max(2 * (one + other) for one, other in zip(sides[1:], sides, strict=False))

    def largest(held, each):
        count = (memory - held) // each
        assert held + count * each <= memory < held + (count + 1) * each
        return count

    layers = v["q"] * v["q"]
    held = {s: layers // s + s for s in range(1, layers + 1) if layers % s == 0}
    best = min(held, key=held.get)
    names = ("first", "second", "last")
    found = {f"layers.{n}-parameters": one for n, one in zip(names, learned, strict=True)}
    found |= {f"layers.{n}-multiply-adds": one for n, one in zip(names, weights, strict=True)}
    found |= {
        "work": sum(weights) + sum(weights[1:]),
        "bytes.moments": sum(moments * one for one in learned),
        "bytes.all": sum((2 + 2 + 4 + moments) * one for one in learned),
        "item": item,
        "batch.training": largest((2 + 2 + 4 + moments) * total, item),
        "batch.use": largest(2 * total, beside),
        "spacing.spacing": best,
        "spacing.held": held[best],
    }
    return {blank: str(answer) for blank, answer in found.items()}


def toy_decimals(v):
    """The machine is Python's decimal arithmetic with three digits."""
    with localcontext(prec=3, rounding=ROUND_HALF_UP):
        d = [v["d_1"], v["d_2"], v["d_3"]]
        x = [Decimal(int(v["m"] + one)) for one in [*d, -sum(d)]]
        w, small, large = (Decimal(str(v[name])) for name in ("w", "small", "large"))

        def mean(numbers):
            return sum(numbers, Decimal(0)) / 4

        def one_pass(numbers):
            return mean([one * one for one in numbers]) - mean(numbers) ** 2

        def added(number, to):
            return reduce(lambda total, _: total + number, range(10), to)

        found = {
            "variance.one_pass": one_pass(x),
            "variance.two_passes": mean([(one - mean(x)) ** 2 for one in x]),
            "variance.shifted": one_pass([one - 100 for one in x]),
            "steps.one_by_one": added(small, w),
            "steps.together": w + added(small, Decimal(0)),
            "steps.larger": added(large, w),
        }
        sum_with_one = 1 + Decimal(v["z"]).exp()
    return {
        **{name: float(value) for name, value in found.items()},
        "logarithm.machine": np.log(float(sum_with_one)),
        "logarithm.exact": np.log1p(np.exp(v["z"])),
    }


KEYS = [
    broadcast_and_back,
    gradient_check,
    uneven_batches,
    affine_quantiser,
    parallel_steps,
    memory_ledger,
    toy_decimals,
]


@pytest.mark.parametrize("solve", KEYS)
def test_keys(solve, shipped):
    agrees(shipped[solve.__name__.replace("_", "-")], solve)
