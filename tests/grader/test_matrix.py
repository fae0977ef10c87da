"""Vectors and matrices: every way to write them, entry by entry, shapes told."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.answers import MatrixKey, Verdict
from grader.answers.matrix import read_matrix, show_matrix, transpose
from grader.sheets.asking import shaped

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
    "| 1 2 3 |\n \n| 4 5 6 |": TABLE,
}
BRACKETS = "expected a list in brackets, such as [1, 2] or [[1, 2], [3, 4]]"
FLAT = "can be a row or a column: write [1, 2] for a column, [[1, 2]] for a row"
NOTHING = "column 1: expected a number, a name or a bracket, found the end"
REFUSED = {
    "1": BRACKETS,
    "[": BRACKETS,
    "[1, 2": BRACKETS,
    "1, 2]": BRACKETS,
    "(1]": BRACKETS,
    "[1}": BRACKETS,
    "][": BRACKETS,
    "[" * 9000: BRACKETS,
    "[" * 20_001: "too long: 20001 characters, at most 20000 are read",
    "[]": NOTHING,
    "[1, , 2]": NOTHING,
    "[a, b]": "column 1: unknown name 'a', expected a number",
    "[1)]": "column 3: a bracket is closed that was not opened",
    "[[1, 2], [3]]": "expected rows of the same length",
    "[[1, 2], 3]": "expected a row in brackets, found '3'",
    "[[1, 2] 3]": "expected a row in brackets, found '3'",
    "[1, 2, 3]^T": FLAT,
    "(1, 2)'": FLAT,
    "[1 2;3 -4,5]": "spaces and commas between the entries of '3 -4,5'",
    "[1 2;3\t-4,5]": "spaces and commas between the entries of '3\ufffd-4,5'",
    "[[" + "1," * 2001 + "1]]": "expected at most 2000 entries",
    "[[1 2]]" + "'" * 5: "expected at most four transposes",
    "[[1 2]]" + "'" * 9000: "expected at most four transposes",
    "[1]" + " " * 9000 + "'" * 60: "expected at most four transposes",
    "[(1, [2, 3]": "a bracket is not closed",
}


@pytest.mark.parametrize("text", READ)
def test_read(text):
    assert read_matrix(text)[0] == READ[text]


def test_decimals_with_commas_between_semicolons():
    assert read_matrix("(0 ; 0,881 )", (2, 1))[0] == [[0.0], [0.881]]


@pytest.mark.parametrize("text", REFUSED)
def test_unreadable(text):
    outcome = key(TABLE).mark(text)
    assert (outcome.verdict, outcome.share) == (Verdict.UNREADABLE, 0)
    assert outcome.message == REFUSED[text]
    assert outcome.given is None


def key(rows, within=0.001):
    return MatrixKey(rows, [[within for _ in row] for row in rows])


def test_a_map_of_the_right_entries():
    outcome = key(TABLE).mark("[[1, 2, 3], [4, -5, 7]]")
    assert outcome.verdict is Verdict.PARTIAL
    assert outcome.share == Fraction(4, 6)
    assert outcome.message == "4 of 6 entries are right; place by place: ✓ ✓ ✓; ✓ ✗ ✗"


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


def test_as_many_entries_as_the_bound_are_read():
    assert len(read_matrix("[" + "1," * 2000 + "]")[0]) == 2000
    assert len(read_matrix("[1" + " " * 19_997 + "]")[0]) == 1


@pytest.mark.parametrize("flips", range(5))
def test_an_even_number_of_transposes_changes_nothing(flips):
    expected = TABLE if flips % 2 == 0 else transpose(TABLE)
    assert read_matrix(repr(TABLE) + " '" * flips)[0] == expected


@pytest.mark.parametrize("sign", ["'", "^T", "^{T}", r"^\top", r"^{\top}", ".T", "ᵀ"])
def test_what_was_understood_is_shown(sign):
    outcome = key([[1.0, 3.0], [2.0, 4.5]]).mark(f"[[1, 2], [3, 9/2]]{sign}.")
    assert outcome.verdict is Verdict.CORRECT
    assert outcome.share == 1
    assert outcome.message == ""
    assert outcome.understood == r"\begin{bmatrix}1 & 3 \\ 2 & \frac{9}{2}\end{bmatrix}"


def test_entries_for_those_who_take_values_as_given():
    assert key(TABLE).mark("[1 2 3; 4 5 7]").given == [[1.0, 2.0, 3.0], [4.0, 5.0, 7.0]]
    assert key(TABLE).mark("[1, 2]").given is None


def test_all_entries_wrong_earn_nothing():
    outcome = key(COLUMN).mark("[4, 5, 6]")
    assert (outcome.verdict, outcome.share) == (Verdict.INCORRECT, 0)
    assert outcome.message == "0 of 3 entries are right; place by place: ✗; ✗; ✗"
    wrong_shape = key(COLUMN).mark("[[1, 2, 4]]")
    assert wrong_shape.share == 0
    assert wrong_shape.understood == r"\begin{bmatrix}1 & 2 & 4\end{bmatrix}"


def test_near_misses_are_near():
    """Each is right but for one entry, which is beyond its tolerance by little; or the transpose."""
    one = key([[1.0, -20.0]], 0.001)
    assert [read_matrix(miss)[0] for miss in one.near_misses()] == [
        [[pytest.approx(1.00101, abs=1e-6), -20.0]],
        [[1.0, pytest.approx(-19.99899, abs=1e-5)]],
        [[1.0], [-20.0]],
    ]
    assert len(key([[1.0, 2.0], [3.0, 4.0]]).near_misses()) == 4


def test_a_list_is_the_row_or_column_that_is_asked_for_and_rows_are_rows():
    assert key([[1.0, 2.0]]).mark("[1, 2]").verdict is Verdict.CORRECT
    assert key([[1.0, 2.0]]).mark("[[1], [2]]").verdict is Verdict.INCORRECT
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


@pytest.mark.parametrize(
    "text",
    [
        "z = [6, 9]",
        "dL/dz2 = [6, 9].",
        "[6, 9]  # by hand",
        "6, 9",
        r"\begin{bmatrix}6\\9\end{bmatrix}",
        r"$\begin{pmatrix} 6 & 9 \end{pmatrix}^T$",
    ],
)
def test_what_people_put_around_a_column(text):
    labels = ("z", "dL/dz2")
    assert MatrixKey([[6.0], [9.0]], [[0.0], [0.0]], labels).mark(text).verdict == "correct"


@pytest.mark.parametrize(
    "text",
    [r"\begin{bmatrix}6\\9", r"\begin{bmatrix}6\\9\end{pmatrix}", r"\begin{bmatrix}\end{bmatrix}"],
)
def test_a_matrix_of_latex_that_is_none(text):
    assert MatrixKey([[6.0], [9.0]], [[0.0], [0.0]]).mark(text).verdict == "unreadable"


def test_a_matrix_of_latex_the_other_way_round_is_wrong():
    key = MatrixKey([[6.0], [9.0]], [[0.0], [0.0]])
    assert key.mark(r"\begin{bmatrix}6 & 9\end{bmatrix}").verdict == "incorrect"
    assert key.mark(r"\begin{bmatrix}9\\6\end{bmatrix}").verdict == "incorrect"


def test_the_hint_on_a_row_shows_a_row():
    assert shaped(1, 4) == "a row of 4 entries, as [[1, 2, 3, 4]]"
    assert shaped(4, 1) == "a column of 4 entries, as [1, 2, 3, 4]"
    assert shaped(2, 4).endswith("row by row, as [[1, 2, 3, 4], [5, 6, 7, 8]]")
    assert read_matrix("[[1, 2, 3]]", (1, 3)) == read_matrix("[1, 2, 3]", (1, 3))


def test_what_is_left_of_a_zero_is_shown_as_one():
    assert show_matrix([[1.5], [1.1e-16]]) == "[1.5, 0]"
    assert show_matrix([[1e-20]]) == "1e-20"
    assert show_matrix([[1.0, 1e-9]]) == "[[1, 1e-09]]"
