"""Vectors and matrices: every way to write them, entry by entry, shapes told."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.answers import MatrixKey
from grader.answers.matrix import read_matrix, transpose
from grader.records import Verdict
from reference.language.errors import LanguageError

COLUMN = [[1.0], [2.0], [3.0]]
TABLE = [[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]
READ = {
    "[1, 2, 3]": COLUMN,
    "(1, 2, 3)": COLUMN,
    "[1; 2; 3]": COLUMN,
    "[[1], [2], [3]]": COLUMN,
    "[1 2 3]": COLUMN,
    "[1, 2, 3,]": COLUMN,
    "[1\n2\n3]": COLUMN,
    "[[1, 2, 3]]'": COLUMN,
    "[[1, 2, 3]].T": COLUMN,
    "[[1, 2, 3]]": [[1.0, 2.0, 3.0]],
    "[1; 2; 3]^T": [[1.0, 2.0, 3.0]],
    "[[1 2 3]]": [[1.0, 2.0, 3.0]],
    "[[1, 2, 3], [4, 5, 6]]": TABLE,
    "[(1, 2, 3), (4, 5, 6)]": TABLE,
    "[[1. 2. 3.]\n [4. 5. 6.]]": TABLE,
    "[1 2 3\n4 5 6]": TABLE,
    "[[1, 2, 3],\n [4, 5, 6],\n]": TABLE,
    "[1, 2, 3; 4, 5, 6]": TABLE,
    "[1 2 3; 4 5 6]": TABLE,
    "[[1, 4], [2, 5], [3, 6]]^T": TABLE,
    "[[1, 2/1, 6*0.5], [2^2, 5., 6e0]]": TABLE,
    "[7]": [[7.0]],
    "[-1, max(2, 3)]": [[-1.0], [3.0]],
}
REFUSED = [
    "1",
    "[1, 2",
    "1, 2]",
    "[]",
    "[[1, 2], [3]]",
    "[a, b]",
    "[1, , 2]",
    "[[1, 2], 3]",
    "][",
    "[" * 9000,
    "[1, 2, 3]^T",
    "(1, 2)'",
    "[1 2;3 -4,5]",
    "[[" + "1," * 2001 + "1]]",
    "[[1 2]]" + "'" * 9000,
    "[1]" + " " * 9000 + "'" * 60,
    "[[1, 2] 3]",
]


@pytest.mark.parametrize("text", READ)
def test_read(text):
    assert read_matrix(text)[0] == READ[text]


@pytest.mark.parametrize("text", REFUSED)
def test_unreadable(text):
    with pytest.raises(LanguageError):
        read_matrix(text)
    assert key(TABLE).mark(text).verdict is Verdict.UNREADABLE


def key(rows, within=0.001):
    return MatrixKey(rows, [[within for _ in row] for row in rows])


def test_a_map_of_the_right_entries():
    outcome = key(TABLE).mark("[[1, 2, 3], [4, -5, 7]]")
    assert outcome.verdict is Verdict.PARTIAL
    assert outcome.share == Fraction(4, 6)
    assert outcome.message == "4 of 6 entries are right: ✓ ✓ ✓; ✓ ✗ ✗"


def test_one_wrong_entry_among_large_ones_is_seen():
    rows = [[1000.0, 1e-3]]
    assert key(rows, 1e-6).mark("[[1000, 2e-3]]").verdict is Verdict.PARTIAL


def test_a_wrong_shape_is_told_with_the_transpose():
    assert "2 × 3" in key(TABLE).mark("[1, 2]").message
    right = key(TABLE).mark("[[1, 4], [2, 5], [3, 6]]")
    assert right.verdict is Verdict.INCORRECT
    assert right.message == "the shape is 3 × 2, expected 2 × 3; transposed it is right"
    assert "a transpose would fit" in key(TABLE).mark("[[1, 4], [2, 5], [3, 7]]").message
    assert "transpose" not in key(TABLE).mark("[[1, 4], [2, 5]]").message


def test_a_row_is_not_a_column():
    assert key([[1.0, 2.0]]).mark("[1, 2]").verdict is Verdict.INCORRECT
    assert key(COLUMN).mark("[[1, 2, 3]]").verdict is Verdict.INCORRECT


tables = st.integers(1, 4).flatmap(
    lambda width: st.lists(
        st.lists(st.floats(-1e6, 1e6).map(lambda x: round(x, 4)), min_size=width, max_size=width),
        min_size=1,
        max_size=4,
    )
)


@given(tables)
def test_what_is_shown_is_read_back_and_near_misses_fail(rows):
    one = key(rows)
    assert one.mark(one.show()).verdict is Verdict.CORRECT
    assert read_matrix(repr(rows) + "^T")[0] == transpose(rows)
    for miss in one.near_misses():
        assert one.mark(miss).verdict is not Verdict.CORRECT
