"""Draws are pure: they hang on exercise and seed alone, on every NumPy."""

import functools
import hashlib
import math
import tracemalloc

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader import bank
from grader.drawing import distinct, propose, search, survey, variants
from grader.drawing.philox import philox
from grader.drawing.random_words import FEW, generator, pick, words
from tests.golden import FOLDER, kept, lines
from tests.shipped import BANK, few


@pytest.fixture(params=BANK.values(), ids=BANK)
def exercise(request):
    return request.param


@functools.cache
def surveyed(name):
    """Many seeds at once, and how their draws survived."""
    return survey(BANK[name], few(200, 40))


def test_the_first_variants_are_those_of_the_golden_file(exercise):
    assert lines(exercise) == kept(exercise.id).read_text().splitlines()


def test_every_golden_file_is_of_an_exercise():
    assert {path.name for path in FOLDER.iterdir()} == {kept(name).name for name in BANK}


def test_words_are_those_of_numpys_philox():
    text = b"an-exercise\n17\n3\nvalues"
    key = int.from_bytes(hashlib.blake2b(text, digest_size=16).digest(), "little")
    expected = np.random.Philox(key=key).random_raw(9)
    found = words("an-exercise", [5, 17, 6], 3, "values", 9)
    assert found[1].tolist() == expected.tolist()
    assert len({tuple(row) for row in found.tolist()}) == 3


@settings(max_examples=30)
@given(keys=st.lists(st.binary(min_size=16, max_size=16), min_size=1), count=st.integers(1, 30))
def test_words_for_many_keys_are_those_for_each(keys, count):
    halves = np.frombuffer(b"".join(keys), dtype="<u8").reshape(-1, 2).astype(np.uint64)
    expected = [generator(key).random_raw(count).tolist() for key in keys]
    assert philox(halves, count).tolist() == expected


def test_many_seeds_and_few_have_the_same_words():
    many = words("an-exercise", range(FEW + 1), 2, "values", 5)
    assert many[:3].tolist() == words("an-exercise", range(3), [2, 2, 2], "values", 5).tolist()


def test_attempts_made_together_are_those_made_in_turn(exercise):
    together, survival = survey(exercise, few(30))
    in_turn, other = survey(exercise, few(30), together=1)
    assert [one.draw for one in together] == [one.draw for one in in_turn]
    assert survival == other


def test_a_variant_does_not_hang_on_its_company(exercise):
    seeds = few(40)
    together = [variant.draw for variant in surveyed(exercise.id)[0][: len(seeds)]]
    backwards = [variant.draw for variant in variants(exercise, seeds[::-1])]
    assert backwards == together[::-1]
    for seed in {0, 3, seeds[-1]}:
        assert variants(exercise, [seed])[0].draw == together[seed]


def test_global_generators_have_no_say(exercise):
    before = surveyed(exercise.id)[0][3].draw
    np.random.seed(2)
    assert variants(exercise, [3])[0].draw == before


def test_a_number_and_its_text_are_the_same_seed(exercise):
    number, text = variants(exercise, [12, "12"])
    assert number.draw.values == text.draw.values
    assert number.draw.sizes == text.draw.sizes
    assert number.draw.orders == text.draw.orders


def test_seeds_give_different_variants(exercise):
    found, _ = surveyed(exercise.id)
    seen = {
        str((one.draw.choices, one.draw.sizes, one.draw.values, one.draw.orders)) for one in found
    }
    count = distinct(exercise)
    expected = count * -math.expm1(len(found) * math.log1p(-1 / count))  # of so many even draws
    assert len(seen) >= 0.9 * expected


def test_words_fall_evenly_on_a_grid():
    drawn = pick(words("even", range(4000), 0, "values", 5), 7)
    counts = np.bincount(drawn.ravel(), minlength=7)
    assert counts.sum() == 20000
    # chi-square with 6 degrees of freedom: 22.5 is the 99.9th percentile
    assert ((counts - 20000 / 7) ** 2 / (20000 / 7)).sum() < 22.5


def test_proposals_come_back_in_their_places(exercise):
    seeds = list(range(50))
    groups = propose(exercise, seeds, 0)
    places = sorted(row for group in groups for row in group.rows)
    assert places == seeds
    for group in groups:
        assert list(group.seeds) == [seeds[row] for row in group.rows]


def test_survival_adds_up(exercise):
    found, survival = surveyed(exercise.id)
    assert survival.good == sum(variant is not None for variant in found) == len(found)
    assert survival.proposed >= len(found)
    assert survival.proposed - len(found) <= sum(survival.rejected.values())


def test_draws_that_are_rejected_take_hardly_any_memory(tmp_path):
    """Many seeds of an exercise whose ``require`` never holds make many millions of them."""
    path = tmp_path / "never.yaml"
    path.write_text("""
id: never
title: Never
source: none
topics: [none]
network: {inputs: {x: 1, w: 1}, equations: y = x w}
sample: {"x, w": {from: [1, 3], step: 0.01}}
require: [x > 5]
questions: [{id: y, points: 1, ask: What is $y$?, answer: {values: y}}]
""")
    never = bank.load(path)
    survey(never, range(5))
    tracemalloc.start()
    _, survival = survey(never, range(250))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert survival.rejected == {"require": 250 * search.MAX_ATTEMPTS}
    assert peak < 5 * 2**20
