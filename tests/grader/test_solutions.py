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


REASONS = """
id: reasons
title: Reasons
choose: {what: [noise, hum]}
network: {sizes: {n: 2..3}}
printed:
  what: hum
  n: 3
  one: [bug, more, none]
  some: [noise, bug]
  pairs: [small, large, slow, odd, quick]
  lines: [end, wrong, start]
questions:
  - id: one
    points: 1
    ask: Which is right?
    answer:
      choose_one:
        show: 2
        none_of_these: None of these.
        options:
          noise: {right: true, text: A noise., because: It is heard.}
          bug: {text: A bug., because: "It is *no* <b>{{what}}</b> of $x_1$, ({{sign}})."}
          more: {text: More.}
  - id: some
    points: 1
    ask: Which are right?
    answer:
      choose_several:
        options:
          noise: {right: true, text: A noise., because: "There are {{n}}.", source: A book that nobody sees.}
          bug: {text: A bug., because: It is none.}
  - id: pairs
    points: 1
    ask: Match.
    answer:
      match:
        source: Another book that nobody sees.
        pairs:
          small: {text: A small rate, right: {slow: {text: It is slow., because: Steps are short.}}}
          large: {text: A large rate, right: {quick: It is quick.}}
        distractors: {odd: {text: It is odd., because: No rate is.}}
  - id: lines
    points: 1
    ask: Put in order.
    answer:
      order:
        lines: {start: Start., end: {text: End., because: Nothing comes after it.}}
        distractors: {wrong: {text: Stray., because: It leads nowhere.}}
  - id: number
    points: 1
    ask: How many subsets are there?
    answer: {values: "2 ^ n", because: "Each of {{n}} is in or out."}
"""


def test_an_author_says_why(exercise):
    plain = worked(printed_variant(exercise(REASONS)), Notation.PLAIN)
    assert plain["one"].splitlines() == [
        "- **(a) is wrong.** It is *no* <b>hum</b> of x_1, (a).",
        "- **(b) is wrong.**",
        "- **(c) is right.**",
    ]
    assert plain["some"].splitlines() == [
        "- **(a) is right.** There are 3.",
        "- **(b) is wrong.** It is none.",
    ]
    assert plain["pairs"].splitlines() == [
        "- **(a) belongs to (1).** Steps are short.",
        "- **(c) belongs to (2).**",
        "- **(b) belongs to no number.** No rate is.",
    ]
    assert plain["lines"].splitlines() == [
        "- **(c) is line 1.**",
        "- **(a) is line 2.** Nothing comes after it.",
        "- **(b) does not belong.** It leads nowhere.",
    ]
    first, *_, last = plain["number"].splitlines()
    assert first == "Each of 3 is in or out."
    assert last.endswith("= 8")


def test_reasons_are_told_with_the_solution_alone(exercise, run):
    path = exercise(REASONS).path
    for form in ("text", "markdown", "html", "json"):
        sheet = run(main, "show", path, "--printed", "--format", form).stdout
        solved = run(main, "show", path, "--printed", "--solution", "--format", form).stdout
        assert "Each of" not in sheet
        assert "It is none" not in sheet
        assert "It is none" in solved
        assert "nobody sees" not in solved
        assert "{{" not in solved
    page = run(main, "show", path, "--printed", "--solution", "--format", "html").stdout
    assert "&lt;b&gt;hum&lt;/b&gt;" in page
    assert "<b>hum" not in page


def test_a_text_alone_means_what_it_meant(exercise):
    bare = re.sub(r", (because|source): (\"[^\"]*\"|[^,}]*)", "", REASONS)
    bare = bare.replace("        source: Another book that nobody sees.\n", "")
    one, other = (printed_variant(exercise(text)) for text in (REASONS, bare))
    assert "because" not in bare
    assert in_print(one) == in_print(other)
    assert {**worked(other)}.keys() == {"number"}
    assert [key.show() for _, key in one.keys.values()] == [
        key.show() for _, key in other.keys.values()
    ]


@pytest.mark.parametrize("name", BANK)
def test_every_text_of_the_bank_says_why(name):
    for variant in variants(BANK[name], range(QUICK)):
        solved = worked(variant, Notation.PLAIN)
        for blank in variant.solved.model.blanks:
            if not blank.written:
                continue
            pool = blank.source.pool
            assert all(one.because for one in pool.statements.values())
            for line in solved[blank.address].splitlines():
                assert re.fullmatch(r"- \*\*\([a-z]\) .+?\.\*\*( .+[.?])?", line), line
