"""Chapter 13, engineering."""

import re

import numpy as np
import pytest

from grader.bank import fill
from grader.drawing import variants
from tests.grader.chapters import Near, agrees, holds

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
    }


@pytest.mark.parametrize("solve", [broadcast_and_back])
def test_keys(solve, shipped):
    agrees(shipped[solve.__name__.replace("_", "-")], solve)


def test_shapes_are_those_of_numpy(shipped):
    exercise, met = shipped["broadcast-and-back"], set()
    for variant in variants(exercise, range(200)):
        sizes = {name: str(size) for name, size in variant.draw.sizes.items()}
        for blank, option in variant.draw.choices.items():
            text = fill(exercise.file.choose[blank][option]["text"], sizes)
            holds(variant.keys[f"shapes.{blank}"][1], shape_of(text), text)
            met.add((blank, option))
    assert len(met) == sum(map(len, exercise.file.choose.values()))
