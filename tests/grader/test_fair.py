"""No blank of the bank pays who knows nothing, and no student has less to do for the same points."""

from collections import Counter
from fractions import Fraction

import numpy as np
import pytest

from grader.api import Bank
from tests import shipped

BANK = Bank(shipped.BANK)

SEEDS = range(1000)

# One row of options may be right somewhat more often than chance; one number may be right in so many draws.
CLOSED, OPEN = Fraction(13, 10), Fraction(15, 100)
STRUCTURES = ("scalar-residual-block", "shortcut-network", "skip-connection", "scalar-classifier")


def keys_of(exercise):
    """Address → the keys of all seeds."""
    found = {}
    for variant in BANK[exercise].variants(SEEDS):
        for address, key in variant.keys.items():
            found.setdefault(address, []).append(key)
    return found


def most_frequent(things):
    return Counter(things).most_common(1)[0][1]


@pytest.mark.parametrize(
    "exercise", ["scalar-residual-block", "two-layer-numbers", "two-two-one", "softmax-stability"]
)
def test_no_constant_is_right_often(exercise):
    for address, keys in keys_of(exercise).items():
        if keys[0].kind == "number":
            assert most_frequent(key.show() for key in keys) <= OPEN * len(keys), address


@pytest.mark.parametrize("exercise", ["data-sufficiency", "drawn-data-sufficiency"])
def test_no_letter_is_right_often(exercise):
    for address, keys in keys_of(exercise).items():
        assert most_frequent(key.show() for key in keys) <= CLOSED * len(keys) / 5, address


@pytest.mark.parametrize("exercise", STRUCTURES)
def test_every_structure_has_as_many_blanks(exercise):
    asked = {
        tuple(sorted(Counter(address.partition(".")[0] for address in variant.keys).items()))
        for variant in BANK[exercise].variants(range(200))
    }
    assert len(asked) == 1


def collapsed(scale, shortcut, depth, width, random):
    """The matrix of linear layers with a first layer of so many units, by random weights, and all other sizes 4."""
    one, two, three, around = (
        random.standard_normal(shape) for shape in ((width, 4), (4, width), (4, 4), (4, 4))
    )
    factor = {"none": 1, "doubled": 2, "tripled": 3, "halved": 0.5, "negated": -1, "constant": 0.7}
    matrix = two @ (factor[scale] * one) + (around if shortcut == "there" else 0)
    return three @ matrix if depth == "three" else matrix


def test_what_is_said_of_a_narrow_layer_is_so():
    random = np.random.default_rng(0)
    said = {"missing": "limits the rank", "there": "lifts the limit"}
    seen = Counter()
    for variant in BANK["linear-layers-collapse"].variants(range(3000)):
        key = variant.keys["why"]
        if "rank" not in key.options:
            continue
        drawn = variant.draw.choices
        ranks = [
            np.linalg.matrix_rank(
                collapsed(drawn["scale"], drawn["shortcut"], drawn["depth"], width, random)
            )
            for width in (1, 2, 3)
        ]
        limited = ranks == [1, 2, 3]
        assert limited or ranks == [4, 4, 4]
        assert (said["missing"] in variant.markdown()) == limited
        assert (said["there"] in variant.markdown()) != limited
        assert "rank" in key.right
        seen[limited] += 1
    assert min(seen.values()) > 100
