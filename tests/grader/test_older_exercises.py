"""Exercise files of an older version load and mean the same: draws, keys and marks are those that it gave.

``fixtures/older`` holds six exercises as they were before equations could be written entry by entry, and beside them what the code of
that day made of three variants of each: it is never written anew.
"""

import json
from pathlib import Path

import msgspec
import pytest

from grader import bank
from grader.drawing import Draw, printed_variant, restored, variants
from grader.marking import mark

FOLDER = Path(__file__).parents[1] / "fixtures" / "older"
MADE = [*map(json.loads, (FOLDER / "made-of-them.jsonl").read_text(encoding="utf-8").splitlines())]


def made_today(exercise, seed):
    if seed == "printed":
        return printed_variant(exercise)
    [variant] = variants(exercise, [seed])
    return variant


@pytest.mark.parametrize("made", MADE, ids=lambda one: f"{one['exercise']} {one['draw']['seed']}")
def test_an_older_exercise_means_the_same(made):
    variant = made_today(bank.load(FOLDER / f"{made['exercise']}.yaml"), made["draw"]["seed"])
    drawn = msgspec.json.decode(msgspec.json.encode(variant.draw))
    assert {name: drawn[name] for name in made["draw"]} == made["draw"]
    assert {address: key.show() for address, (_, key) in variant.keys.items()} == made["keys"]
    for address, answers in made["marks"].items():
        for text, expected in answers.items():
            found = mark(variant, {address: text}).marks[address]
            assert [found.verdict.value, found.points] == expected, (address, text)


@pytest.mark.parametrize("name", dict.fromkeys(one["exercise"] for one in MADE))
def test_variants_that_were_stored_then_are_restored(name):
    exercise = bank.load(FOLDER / f"{name}.yaml")
    made = [one for one in MADE if one["exercise"] == name]
    stored = [{"exercise": name, "digest": exercise.digest, **one["draw"]} for one in made]
    for variant, one in zip(
        restored(exercise, msgspec.convert(stored, list[Draw])), made, strict=True
    ):
        assert {address: key.show() for address, (_, key) in variant.keys.items()} == one["keys"]
