"""Gradients of layers as students write them, and near misses with what is told of them."""

from pathlib import Path

import msgspec
import pytest

from grader.drawing import printed_variant
from grader.marking import mark
from tests.grader.marked_answers import load

LAYERS = load(Path(__file__).parents[1] / "fixtures" / "layers-back.yaml")


@pytest.mark.parametrize("layer", LAYERS)
def test_gradients_of_a_layer(layer, exercise):
    given = LAYERS[layer]
    variant = printed_variant(exercise(msgspec.yaml.encode(given["exercise"]).decode()))
    for blank, texts in given["right"].items():
        for text in texts:
            assert mark(variant, {blank: text}).marks[blank].verdict == "correct", text
    for blank, texts in given["wrong"].items():
        for text, named in texts.items():
            found = mark(variant, {blank: text}).marks[blank]
            assert found.verdict in ("incorrect", "partial"), text
            [*told] = (note.about["id"] for note in found.notes if note.code == "misconception")
            assert told == ([named] if named else []), text
