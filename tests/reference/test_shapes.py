"""What each written product means, and what is said where the shapes do not fit."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reference.language.errors import ReadingError, ShapeError
from reference.language.evaluating import evaluate
from reference.language.expression import Name, Product, apply
from reference.language.operations import shape_of
from reference.language.reading import read
from reference.language.shapes import infer, resolve
from reference.language.writing import plain
from tests.reference.strategies import SHAPES, concrete, draw_values, expressions

NAMES = {
    "s": (1, 1),
    "t": (1, 1),
    "u": ("d", 1),
    "x": ("d", 1),
    "v": ("h", 1),
    "r": (1, "d"),
    "W": ("h", "d"),
    "V": ("d", "h"),
    "Q": ("d", "d"),
    "R": ("d", "d"),
    "X": ("d", "m"),
    "Y": ("h", "m"),
    "M": (3, 2),
    "N": (2, 3),
    "p": (3, 1),
    "delta2": (1, "h"),
    "delta1": ("k", 1),
    "delta0": ("k", "h"),
}


def understand(text):
    return resolve(read(text, NAMES), NAMES)


@pytest.mark.parametrize(
    ("text", "meaning", "shape"),
    [
        ("s t", "s * t", (1, 1)),
        ("s W", "s * W", ("h", "d")),
        ("W s", "W * s", ("h", "d")),
        ("2 W", "2 * W", ("h", "d")),
        ("s ⊙ W", "s * W", ("h", "d")),
        ("W u", "W @ u", ("h", 1)),
        ("W * u", "W @ u", ("h", 1)),
        ("W · u", "W @ u", ("h", 1)),
        ("W @ u", "W @ u", ("h", 1)),
        ("u r", "u @ r", ("d", "d")),
        ("r u", "r @ u", (1, 1)),
        ("u u", "u .* u", ("d", 1)),
        ("u * x", "u .* x", ("d", 1)),
        ("W W", "W .* W", ("h", "d")),
        ("W ⊙ W", "W .* W", ("h", "d")),
        ("r r", "r .* r", (1, "d")),
        ("Q @ R", "Q @ R", ("d", "d")),
        ("Q ⊙ R", "Q .* R", ("d", "d")),
        ("Q u", "Q @ u", ("d", 1)),
        ("s @ t", "s @ t", (1, 1)),
        ("s Q", "s * Q", ("d", "d")),
        ("W / s", "W / s", ("h", "d")),
        ("s / W", "s / W", ("h", "d")),
        ("W / W", "W / W", ("h", "d")),
        ("M N", "M @ N", (3, 3)),
        ("N p", "N @ p", (2, 1)),
    ],
)
def test_a_product_means(text, meaning, shape):
    resolved, found = understand(text)
    assert plain(resolved) == meaning
    assert found == shape


def test_the_operation_of_a_product_is_decided_by_the_shapes():
    operations = {
        text: understand(text)[0].operation
        for text in ("s t", "s W", "W u", "u x", "W @ u", "s @ t")
    }
    assert operations == {
        "s t": "scale",
        "s W": "scale",
        "W u": "matmul",
        "u x": "hadamard",
        "W @ u": "matmul",
        "s @ t": "matmul",
    }


@pytest.mark.parametrize("text", ["Q R", "Q * R", "Q Q", "2 Q R", "Q^T R u", "u + Q Q"])
def test_a_product_that_fits_twice_asks_for_a_sign(text):
    with pytest.raises(ShapeError, match="write @ or ⊙") as caught:
        understand(text)
    assert "can be the matrix product or the entrywise one" in caught.value.message
    assert caught.value.column > 0


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("u @ x", "u^T x"),
        ("2 u @ x", "(2 * u)^T x"),
        ("u - (u @ x) u", "u - (u^T x) u"),
        ("r @ r", "r r^T"),
    ],
)
def test_the_matrix_product_of_two_vectors_that_lie_alike_is_the_inner_one(text, meaning):
    """As in programs, where neither lies."""
    assert understand(text) == understand(meaning)


@pytest.mark.parametrize(
    "text", ["diag(u) diag(x) u", "diag(u) diag(x) diag(u) x", "diag(u) (diag(x) diag(u))"]
)
def test_diagonal_matrices_have_one_product(text):
    """By either sign it has the same entries."""
    assert understand(text) == understand(text.replace(") (", ") @ (").replace(") d", ") @ d"))
    with pytest.raises(ShapeError, match="write @ or ⊙"):
        understand(f"Q {text}")


@pytest.mark.parametrize("text", ["‖W‖_1", "||W||_{2}", "2 ‖u r‖₁", "‖Q‖_2^2", "\\|W\\|_1"])
def test_a_norm_of_a_matrix_that_may_be_of_its_entries_or_of_the_map_asks(text):
    with pytest.raises(ShapeError, match="can be of the entries or of the map") as caught:
        understand(text)
    assert caught.value.asks


@pytest.mark.parametrize("text", ["‖W‖_F", "‖u‖_1", "‖r‖_2", "‖s‖_1", "‖W‖", "‖W u‖_1"])
def test_a_norm_of_a_vector_or_of_all_entries_is_read(text):
    assert understand(text)[1] == (1, 1)


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("W V W", "W @ V @ W"),
        ("W V v", "W @ V @ v"),
        ("2 W u", "2 * W @ u"),
        ("W 2 u", None),
        ("u r u", "u @ r @ u"),
        ("u u r", "(u .* u) @ r"),
        ("s u t", "s * u * t"),
        ("W u / s", "(W @ u) / s"),
        ("r u x", "(r @ u) * x"),
    ],
)
def test_a_chain_is_taken_from_left_to_right(text, meaning):
    if meaning is None:
        with pytest.raises(ReadingError):
            understand(text)
    else:
        assert plain(understand(text)[0]) == meaning


def test_a_chain_is_otherwise_read_in_the_one_bracketing_that_fits():
    resolved, shape = understand("delta2 ⊙ delta1^T delta0")
    assert plain(resolved) == "delta2 .* (delta1^T @ delta0)"
    assert shape == (1, "h")
    resolved, shape = understand("u ⊙ V v")
    assert plain(resolved) == "u .* (V @ v)"
    assert shape == ("d", 1)


def test_a_long_chain_has_one_reading_where_brackets_do_not_matter():
    sizes = {f"B{i}": (f"k{i}", f"k{i + 1}") for i in range(1, 9)}
    shapes = {"g": ("k1", 1), **sizes, "c": ("k9", 1)}
    text = "g ⊙ " + " ".join(sizes) + " c"
    resolved, shape = resolve(read(text, shapes), shapes)
    assert shape == ("k1", 1)
    generator = np.random.default_rng(5)
    numbers = {f"k{i}": 2 + i % 4 for i in range(1, 10)} | {1: 1}
    values = {
        name: generator.normal(size=(numbers[rows], numbers[columns]))
        for name, (rows, columns) in shapes.items()
    }
    expected = values["c"]
    for i in range(8, 0, -1):
        expected = values[f"B{i}"] @ expected
    np.testing.assert_allclose(evaluate(resolved, values), values["g"] * expected)


@pytest.mark.parametrize("text", ["u ⊙ Q u ⊙ Q x", "u ⊙ Q u ⊙ x"])
def test_several_bracketings_with_different_values_ask_for_brackets(text):
    with pytest.raises(ShapeError, match="add brackets") as caught:
        understand(text)
    first, second = (
        caught.value.message.split(": add")[0].removeprefix("can be read as ").split(" or ")
    )
    assert first != second
    names = {**NAMES}
    values = draw_values(names, 4, sizes={"k": 5})
    one, two = (evaluate(resolve(read(way, names), names)[0], values) for way in (first, second))
    assert not np.allclose(one, two)


def test_small_values_do_not_hide_that_readings_differ():
    with pytest.raises(ShapeError, match="add brackets"):
        understand("0.000000000001 * u ⊙ Q u ⊙ Q x")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("u W", "the product does not fit: u is d × 1, W is h × d"),
        ("v W", "the product does not fit: v is h × 1, W is h × d; v^T W would fit"),
        ("W v", "the product does not fit: W is h × d, v is h × 1; W^T v would fit"),
        ("W r", "the product does not fit: W is h × d, r is 1 × d; W r^T would fit"),
        ("W @ W", "the matrix product does not fit: W is h × d, W is h × d; W W^T would fit"),
        ("u @ v", "the matrix product does not fit: u is d × 1, v is h × 1; u v^T would fit"),
        ("W ⊙ V", "the entrywise product does not fit: W is h × d, V is d × h"),
        ("s @ W", "the matrix product does not fit: s is a scalar, W is h × d"),
        ("M M^T M N p v", "the product does not fit"),
        ("W + V", "'+' does not fit shapes h × d and d × h: W is h × d, V is d × h"),
        ("u - v", "'-' does not fit shapes d × 1 and h × 1: u is d × 1, v is h × 1"),
        ("u / v", "does not fit shapes d × 1 and h × 1"),
        ("u > v", "'>' does not fit shapes d × 1 and h × 1"),
        ("max(u, v)", "max does not fit shapes d × 1 and h × 1"),
        ("2^u", "'^' does not fit shapes a scalar and d × 1"),
        ("leaky_relu(u, u)", "leaky_relu does not fit shapes d × 1 and d × 1"),
        ("p + v", "'+' does not fit shapes 3 × 1 and h × 1"),
        ("fill(u, v)", "fill does not fit shapes d × 1 and h × 1"),
    ],
)
def test_a_misfit_names_both_shapes_and_a_transpose(text, says):
    with pytest.raises(ShapeError) as caught:
        understand(text)
    assert says in caught.value.message
    assert 0 < caught.value.column <= len(text)


def test_the_transpose_hint_fits():
    for text in ("v W", "W v", "W r", "W @ W", "u @ v"):
        with pytest.raises(ShapeError) as caught:
            understand(text)
        understand(caught.value.message.partition("; ")[2].removesuffix(" would fit"))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("v W", "the product does not fit: v is h × 1, W is h × d; v^T W would fit"),
        ("W r", "the product does not fit: W is h × d, r is 1 × d; W r^T would fit"),
        ("W v", "the product does not fit: W is h × d, v is h × 1; W^T v would fit"),
        ("r + u", "'+' does not fit shapes 1 × d and d × 1: r is 1 × d, u is d × 1; u^T would fit"),
        ("u ⊙ r", "the entrywise product does not fit: u is d × 1, r is 1 × d; r^T would fit"),
        ("u + W", "'+' does not fit shapes d × 1 and h × d: u is d × 1, W is h × d"),
        ("u ⊙ X", "the entrywise product does not fit: u is d × 1, X is d × m"),
        ("(u if u > v else 0)", "'>' does not fit shapes d × 1 and h × 1: u is d × 1, v is h × 1"),
        ("u if s > 0 else v", "the cases do not fit: (s > 0) is a scalar, u is d × 1, v is h × 1"),
    ],
)
def test_a_misfit_is_told_whole(text, message):
    with pytest.raises(ShapeError) as caught:
        understand(text)
    assert caught.value.message == message
    assert caught.value.column > 0


def test_the_misfit_is_at_the_column_of_the_product():
    with pytest.raises(ShapeError) as caught:
        understand("s + relu(W v)")
    assert caught.value.column == 12


@pytest.mark.parametrize(
    ("text", "shape"),
    [
        ("v + Y", ("h", "m")),
        ("Y + v", ("h", "m")),
        ("Y - v", ("h", "m")),
        ("W X + v", ("h", "m")),
        ("Y + 1", ("h", "m")),
        ("1 + Y", ("h", "m")),
        ("1 - v", ("h", 1)),
        ("Y / s", ("h", "m")),
        ("Y > 0", ("h", "m")),
    ],
)
def test_a_scalar_spreads_and_a_column_is_a_bias_over_a_batch(text, shape):
    assert understand(text)[1] == shape


@pytest.mark.parametrize(
    "text", ["r + Q", "Q - r", "r + u", "r + W", "u ⊙ X", "X / u", "max(X, u)"]
)
def test_a_row_does_not_spread_nor_a_column_over_a_product(text):
    with pytest.raises(ShapeError):
        understand(text)


def test_a_bias_is_added_to_each_column():
    values = draw_values({name: NAMES[name] for name in ("W", "X", "v")}, 3)
    found = evaluate(understand("W X + v")[0], values)
    expected = np.stack(
        [
            np.stack([w @ x[:, j] + b[:, 0] for j in range(x.shape[1])], axis=-1)
            for w, x, b in zip(values["W"], values["X"], values["v"], strict=True)
        ]
    )
    np.testing.assert_allclose(found, expected)


def test_sizes_that_are_different_symbols_do_not_fit():
    with pytest.raises(ShapeError):
        resolve(read("a + b", "ab"), {"a": ("d", 1), "b": (3, 1)})


def test_a_name_without_a_shape_is_told():
    with pytest.raises(ReadingError, match="'ds/dt' is not known here") as caught:
        understand("s + ds/dt")
    assert caught.value.column == 5


def test_a_written_product_has_no_shape_of_its_own():
    with pytest.raises(TypeError, match="not resolved"):
        infer(Product((Name("s"), Name("t")), ("*",)), NAMES)
    with pytest.raises(TypeError, match="not resolved"):
        evaluate(Product((Name("s"), Name("t")), ("*",)), draw_values({"s": (1, 1), "t": (1, 1)}))


def test_a_misfit_of_one_operation_names_it():
    with pytest.raises(ShapeError, match="'@' does not fit shapes d × 1 and h × 1") as caught:
        shape_of("matmul", [("d", 1), ("h", 1)], 7)
    assert caught.value.column == 7


def test_resolving_forgets_columns():
    assert understand("s  +  t")[0] == apply("add", Name("s"), Name("t")) == understand("s+t")[0]


@settings(deadline=None, max_examples=150)
@given(
    st.sampled_from(sorted(set(SHAPES.values()), key=str)).flatmap(
        lambda shape: st.tuples(st.just(shape), expressions(shape))
    )
)
def test_the_inferred_shape_is_that_of_the_value(drawn):
    shape, expression = drawn
    assert infer(expression, SHAPES) == shape
    value = evaluate(expression, draw_values(SHAPES))
    assert value.shape[-2:] == concrete(shape)


@settings(deadline=None, max_examples=200)
@given(
    st.sampled_from(["W", "V", "u", "v", "Q", "r"]),
    st.sampled_from(["W", "V", "u", "v", "Q", "r"]),
)
def test_two_factors_are_read_by_the_rule(left, right):
    """The rule of the language, stated once more in other words."""
    (rows, inner), (other, columns) = NAMES[left], NAMES[right]
    chains, same = inner == other, NAMES[left] == NAMES[right]
    written = f"{left} {right}"
    if chains and same:
        with pytest.raises(ShapeError, match="write @ or ⊙"):
            understand(written)
    elif chains:
        assert understand(written) == (apply("matmul", Name(left), Name(right)), (rows, columns))
    elif same:
        assert understand(written) == (apply("hadamard", Name(left), Name(right)), (rows, inner))
    else:
        with pytest.raises(ShapeError, match="does not fit"):
            understand(written)
