"""Worked solutions: every one ends with the key, and all of their mathematics can be shown."""

import re
from xml.etree import ElementTree

import pytest

from grader import bank
from grader.answers import CountKey, DerivationKey, ExpressionKey, MatrixKey, NumberKey
from grader.cli import main
from grader.drawing import printed_variant, variants
from grader.model import Count
from grader.sheets import Notation, graph, in_print, worked
from grader.sheets.html import render
from reference.language import evaluating
from reference.language.writing import latex
from reference.network import Network
from reference.sufficiency import proofs

BANK = bank.load_folder()
STEPS = (NumberKey, MatrixKey, CountKey, ExpressionKey, DerivationKey)
SEEDS = 200
QUICK = 8  # of exercises whose solution is that of the structure


def end_of(text):
    """What stands last in a solution."""
    last = [line for line in text.splitlines() if line not in ("$$", r"\end{aligned}")][-1]
    return re.split(r"(?:(?<![<>!])=|≈|\\approx) |In all: ", last)[-1].strip().strip("$")


@pytest.mark.parametrize("name", BANK)
def test_the_last_line_is_the_key(name):
    numbers = bool(printed_variant(BANK[name]).solved.model.targets)
    for variant in variants(BANK[name], range(SEEDS if numbers else QUICK)):
        plain = worked(variant, Notation.PLAIN)
        shown = worked(variant, Notation.LATEX) if variant.draw.seed in range(QUICK) else {}
        for address, (_, key) in variant.keys.items():
            if not isinstance(key, STEPS) or address not in plain:
                assert not isinstance(key, STEPS) or not plain_count(variant, address)
                continue
            assert end_of(plain[address]) == key.show(), address
            if shown and isinstance(key, NumberKey):
                assert end_of(shown[address]) == key.show(), address
            if shown and isinstance(key, ExpressionKey | DerivationKey):
                assert end_of(shown[address]) == end_of(latex(key.expression)), address


def plain_count(variant, address):
    [blank] = [one for one in variant.solved.model.blanks if one.address == address]
    counted = isinstance(blank.source, Count) and blank.source.counted
    return bool(counted or blank.value or blank.expression)


@pytest.mark.parametrize("name", BANK)
def test_nothing_is_evaluated_in_print(name, monkeypatch):
    """What is shown was computed when the variant was drawn, or belongs to its structure."""
    drawn = [printed_variant(BANK[name]), *variants(BANK[name], range(2))]
    assert all(one.keys for one in drawn)

    def evaluate(*_):
        raise AssertionError("evaluated in print")

    monkeypatch.setattr(Network, "evaluate", evaluate)
    monkeypatch.setattr(evaluating, "evaluate_further", evaluate)
    monkeypatch.setattr(proofs, "value", evaluate)
    for one in drawn:
        for notation in Notation:
            assert in_print(one, notation).questions
            worked(one, notation)
        graph(one)


@pytest.mark.parametrize("name", BANK)
def test_all_of_its_mathematics_is_rendered(name):
    """What the converter cannot read would be shown as code."""
    for variant in [printed_variant(BANK[name]), *variants(BANK[name], range(QUICK))]:
        for address, text in worked(variant).items():
            assert "<code>" not in render(text), (address, text)


@pytest.mark.parametrize("name", BANK)
def test_nothing_is_said_twice(name):
    text = "\n".join(worked(printed_variant(BANK[name]), Notation.PLAIN).values())
    steps = [line for line in text.splitlines() if line.startswith("    ")]
    assert len(steps) == len(set(steps))


def test_numbers_are_put_in():
    text = worked(printed_variant(BANK["two-layer-numbers"]), Notation.PLAIN)
    assert text["forward.h1"].strip() == (
        "h1 = i1 * w11 + i2 * w21 + b1 = 2 * 1 + (-1) * 0.5 + 0.5 = 2"
    )
    assert (
        text["update.gradient"].splitlines()[-1].strip()
        == "dE/dw21 = dE/dh1 * i2 = 1.5 * (-1) = -1.5"
    )
    assert text["update.w21"].strip() == ("w21 - alpha * (dE/dw21) = 0.5 - 0.1 * (-1.5) = 0.65")


MATRICES = """
id: matrices
title: Two layers
network:
  sizes: {d: 2, h: 3}
  inputs: {x: d}
  parameters: {W1: h × d, b1: h, W2: 1 × h}
  equations: |
    z1 = W1 x + b1
    a1 = relu(z1)
    L = W2 a1
sample: {x: [1, -2], W1: [[1, 0], [0, 1], [1, 1]], b1: [1, 1, 1], W2: [[0.3, -1, 1]]}
printed: {}
questions:
  - {id: q, points: 3, ask: Compute., answer: [{values: [z1, L]}, {gradients_of: L, by: [W1]}], may_be_trivial: true}
"""


def test_matrices_are_put_in(tmp_path):
    path = tmp_path / "matrices.yaml"
    path.write_text(MATRICES)
    variant = printed_variant(bank.load(path))
    shown, plain = worked(variant), worked(variant, Notation.PLAIN)
    assert plain["q.z1"].strip().endswith("@ [1, -2] + [1, 1, 1] = [2, -1, 0]")
    assert r"\begin{bmatrix}2 \\ -1 \\ 0\end{bmatrix}" in shown["q.z1"]
    assert end_of(plain["q.W1"]) == variant.keys["q.W1"][1].show()
    assert "<code>" not in render("\n\n".join(shown.values()))


@pytest.mark.parametrize("form", ["text", "markdown", "html", "json"])
def test_staff_see_the_steps(form, run):
    shown = run(main, "show", "two-layer-numbers", "--printed", "--solution", "--format", form)
    assert shown.exit_code == 0
    found = {
        "text": "2 * 1 + (-1) * 0.5",
        "json": r"2 \\cdot 1",
        "markdown": r"2 \cdot 1",
        "html": "<math",
    }
    assert found[form] in shown.stdout
    assert "dh1" in shown.stdout or "h_{1}" in shown.stdout or form == "html"


@pytest.mark.parametrize("name", BANK)
def test_the_graph_has_the_numbers_of_the_variant(name):
    """Where there are numbers; its geometry is tested with the other figures."""
    for variant in variants(BANK[name], range(3)):
        figure = graph(variant)
        scalars = name in ("two-layer-numbers", "two-two-one", "scalar-residual-block")
        assert (figure is not None) or not scalars
        if figure is None:
            continue
        ElementTree.fromstring(figure.svg)
        for address, (_, key) in variant.keys.items():
            quantity = address.rpartition(".")[2]
            if isinstance(key, NumberKey) and quantity in variant.solved.model.printed.equations:
                text = f"{float(f'{key.value:.4g}') + 0.0:.10g}".replace("-", "−")
                assert f"{quantity} = {text}" in figure.description, (address, figure.description)
