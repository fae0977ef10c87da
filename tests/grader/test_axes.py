"""Shapes and values of three axes and more in an exercise of the guide for authors, against NumPy."""

import numpy as np
import pytest

from grader import bank
from grader.drawing import variants
from grader.errors import AuthorError
from grader.marking import mark
from tests.pages import exercises

SHAPE = "(f, (n - k + s)//s, floor((n - k) / s) + 1)"
OTHERS = {
    "(f, (n - k)/s + 1, (n - k)/s + 1)": "axes 2 and 3 are not right",
    "(floor((n - k)/s) + 1, floor((n - k)/s) + 1, f)": "the axes are right, but not their order",
    "(floor((n - k)/s) + 1, floor((n - k)/s) + 1)": "it has 2 axes, expected 3; axis 1 is missing",
}


@pytest.fixture(scope="module")
def drawn(tmp_path_factory):
    path = tmp_path_factory.mktemp("bank") / "two-filters.yaml"
    path.write_text(exercises()[path.name], encoding="utf-8")
    return variants(bank.load(path), range(30))


def test_sizes_with_which_an_axis_is_empty_are_drawn_again(tmp_path):
    text = exercises()["one-kernel.yaml"]

    def load(n, k):
        path = tmp_path / "one-kernel.yaml"
        sizes = f"sizes: {{n: {n}, k: {k}, o: n - k + 1}}"
        old = "sizes: {n: 5, k: 3, o: n - k + 1}"
        assert text.count(old) == 1
        path.write_text(
            text.replace(old, sizes).replace("printed: {", "printed: {n: 5, k: 3, "),
            encoding="utf-8",
        )
        return bank.load(path)

    found = [
        (one.draw.sizes["n"], one.draw.sizes["k"])
        for one in variants(load("2..5", "2..5"), range(60))
    ]
    assert min(n - k for n, k in found) == 0
    assert len({*found}) == 10
    with pytest.raises(AuthorError, match="the sizes hardly ever leave each axis an entry"):
        variants(load("2..3", "4..5"), range(3))


def test_values_are_those_of_windows(drawn):
    for one in drawn:
        sizes, rows = one.draw.sizes, one.draw.values
        c, n, k, s, f = (sizes[name] for name in "cnksf")
        X = np.reshape(rows["X"], (c, n, n))
        K = np.reshape(rows["K"], (f, c, k, k))
        seen = np.lib.stride_tricks.sliding_window_view(X, (k, k), axis=(1, 2))[:, ::s, ::s]
        A = np.maximum(np.einsum("aeqr,eijqr->aij", K, seen), 0)
        texts = [str(A), repr(A), str(A.tolist())]  # as NumPy prints it, without commas, too
        for text in texts:
            assert mark(one, {"values": text}).marks["values"].verdict == "correct"
        A[-1, 0, -1] += 1
        marked = mark(one, {"values": str(A)}).marks["values"]
        assert marked.verdict == "partial"
        assert marked.points == pytest.approx(3 * (1 - 1 / A.size), abs=1e-4)


def test_a_shape_is_compared_over_the_sizes_that_are_drawn(drawn):
    assert mark(drawn[0], {"shape": SHAPE}).marks["shape"].verdict == "correct"
    for text, message in OTHERS.items():
        marked = mark(drawn[0], {"shape": text}).marks["shape"]
        assert (marked.verdict, marked.message) == ("incorrect", message)


@pytest.fixture(scope="module")
def in_symbols(tmp_path_factory):
    path = tmp_path_factory.mktemp("bank") / "conv-in-symbols.yaml"
    path.write_text(exercises()[path.name], encoding="utf-8")
    return variants(bank.load(path), range(12))


def test_layers_in_symbols_are_what_is_counted(in_symbols):
    """Every formula at the sizes of a variant, against windows that are moved one by one."""
    for one in in_symbols:
        sizes = one.draw.sizes
        n, c, d, k, p, s = (sizes[name] for name in "ncdkps")
        places = len(range(0, n + 2 * p - k + 1, s))
        half = len(range(0, places - 1, 2))
        seen = {s * tap + within for tap in range(2) for within in range(k)}
        expected = {
            "shape": [places, places, d],
            "cost.parameters": [d * sum(1 for _ in np.ndindex(k, k, c)) + d],
            "cost.work": [places * places * d * k * k * c],
            "sees": [max(seen) - min(seen) + 1],
            "kept": [half * half * d],
        }
        for address, numbers in expected.items():
            found = one.keys[address][1].right
            axes = found if isinstance(found, list) else [found.total]
            assert [axis.value(sizes) for axis in axes] == numbers


NAMED = {
    "shape": ("(floor((n - k)/s) + 1, floor((n - k)/s) + 1, d)", "padding"),
    "cost.parameters": ("c d k^2", "bias"),
    "cost.work": ("c d k^2", "places"),
    "sees": ("2 + k - 1", "stride"),
    "kept": ("d (floor((n + 2p - k)/s) + 1)^2", "pooling"),
}


def test_mistakes_with_layers_are_named_in_symbols(in_symbols):
    marks = mark(in_symbols[0], {address: text for address, (text, _) in NAMED.items()}).marks
    named = {
        address: [note.about["id"] for note in one.notes if note.code == "misconception"]
        for address, one in marks.items()
        if address in NAMED
    }
    assert named == {address: [name] for address, (_, name) in NAMED.items()}
    assert not any(marks[address].points for address in NAMED)
