"""What comes out even, entry by entry: an operation that keeps digits says of its result what holds of its arguments."""

import numpy as np
import pytest

from reference.derivatives.digits import half, off, written
from reference.language.operations import OPERATIONS
from tests.reference.test_operations import cases

KEEPING = [name for name, row in OPERATIONS.items() if row.keeps_digits and row.derived]
SIZES = {1: 1, "d": 3, "m": 2, "h": 2}
PLACES = {"entry": (1, 2), "unit": (1, 2)}  # the arguments that are places


def arguments(operation, generator):
    """Values in all the shapes that a row of the table takes, no two of them the same."""
    for shapes in cases(operation):
        values = [
            generator.uniform(-3, 3, (1, *(SIZES.get(size, 3) for size in shape)))
            for shape in shapes
        ]
        for place in PLACES.get(operation, ()):
            values[place] = np.ones((1, 1, 1))
        yield values


@pytest.mark.parametrize("operation", KEEPING)
def test_what_is_called_clean_does_not_move_with_what_is_not(operation):
    row, generator = OPERATIONS[operation], np.random.default_rng(4)
    tried = 0
    for _ in range(20):
        for values in arguments(operation, generator):
            flags = [generator.random(value.shape) < 0.6 for value in values]
            moved = [
                np.where(flag, value, value + generator.uniform(-1e-6, 1e-6, value.shape))
                for flag, value in zip(flags, values, strict=True)
            ]
            for place in PLACES.get(operation, ()):
                flags[place], moved[place] = np.ones((1, 1, 1), bool), values[place]
            before, after = row.value(*values), row.value(*moved)
            same, clean = np.broadcast_arrays(before == after, row.clean(*values, *flags))
            assert same[clean].all(), (values, flags)
            tried += clean.sum()
    assert tried


@pytest.mark.parametrize(
    ("value", "largest", "expected"),
    [
        (0.25, 0.25, 0),
        (1200.0, 1200.0, 0),
        (0.1 * 3, 0.3, 0),
        (0.998001, 0.998001, 1e-6),
        (1 / 3, 1 / 3, 1 / 3000),
        (0.0125, 0.0125, 0),
        (0.00123456, 0.00123456, 4.56e-6),
        (0.00123456, 1.0, 2.3456e-4),
    ],
)
def test_how_far_off_a_number_is_that_is_written(value, largest, expected):
    found = off(np.array([[value]]), np.array([[largest]]), 1e-3).item()
    assert found == pytest.approx(expected, rel=1e-6, abs=1e-15)


@pytest.mark.parametrize(
    ("largest", "expected"), [(100.0, 5e-4), (0.05, 5e-4), (0.02, 2e-4), (0.0, 0.0)]
)
def test_a_hundredth_of_what_is_small_may_be_lost(largest, expected):
    assert half(np.array(largest), 1e-3) == pytest.approx(expected)


def test_arrays_are_written_like_their_largest_entry_or_entry_by_entry():
    array = np.array([[[1.0], [0.001]]])
    found = written({"together": array, "apart": array}, ["apart"], 1e-3)
    assert found["together"].half.ravel().tolist() == [5e-4, 5e-4]
    assert found["apart"].half.ravel().tolist() == [5e-4, 1e-5]
