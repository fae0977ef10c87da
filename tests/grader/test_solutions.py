"""Worked solutions: every one ends with the key, and all of their mathematics can be shown."""

import ast
import re
from decimal import Decimal
from itertools import pairwise
from xml.etree import ElementTree

import numpy as np
import pytest

from grader import bank, sheets
from grader.answers import CountKey, DerivationKey, ExpressionKey, MatrixKey, NumberKey
from grader.cli import main
from grader.drawing import printed_variant, variants
from grader.model import Count, DataSufficiency
from grader.pools.pool import Sides
from grader.sheets import Notation, graph, in_print
from grader.sheets.html import render
from reference.language import evaluating
from reference.language.expression import Name
from reference.language.sums import indexed
from reference.language.unicode import unicode_name
from reference.language.writing import latex
from reference.network import Network
from reference.sufficiency import proofs
from tests.shipped import BANK, drawn, few, worked

STEPS = (NumberKey, MatrixKey, CountKey, ExpressionKey, DerivationKey)
QUICK = 8  # of exercises whose solution is that of the structure


def end_of(text):
    """What stands last in a solution."""
    last = [line for line in text.splitlines() if line not in ("$$", r"\end{aligned}")][-1]
    outside = re.sub(r"1\{[^{}]*\}", lambda test: test[0].replace("=", "\0"), last)
    end = re.split(r"(?:(?<![<>!])=|≈|\\approx) |In all: ", outside)[-1]
    return end.strip().strip("$").replace("\0", "=")


@pytest.mark.parametrize("name", BANK)
def test_the_last_line_is_the_key(name):
    numbers = bool(printed_variant(BANK[name]).solved.model.targets)
    for variant in drawn(name, few(200, 6) if numbers else few(QUICK, 4)):
        plain = worked(variant, Notation.PLAIN)
        shown = worked(variant, Notation.LATEX) if variant.draw.seed in few(QUICK, 4) else {}
        for address, (_, key) in variant.keys.items():
            if not isinstance(key, STEPS) or address not in plain:
                assert not isinstance(key, STEPS) or not plain_count(variant, address)
                continue
            if isinstance(key, NumberKey):
                for one in filter(None, (plain[address], shown.get(address))):
                    assert key.mark(end_of(one)).share == 1, (address, one)
                    assert is_rounded(key.value, end_of(one)), (address, one)
                continue
            if isinstance(key, MatrixKey):
                assert key.mark(end_of(plain[address])).share == 1, address
                continue
            written = plain[address].replace("ln(", "log(")  # the same by another name
            assert end_of(written) == end_of(key.in_characters()), address
            if shown and isinstance(key, ExpressionKey | DerivationKey):
                assert end_of(shown[address].replace(r"\ln", r"\log")) == end_of(
                    latex(indexed(key.shown, key.points.network.shapes))
                ), address


def is_rounded(value, text):
    """Is a printed number a value, rounded to its last digit?"""
    printed = Decimal(in_python(text.replace(r" \cdot", " ·").replace("{", "").replace("}", "")))
    half = Decimal(1).scaleb(printed.as_tuple().exponent) / 2
    return abs(Decimal(value) - printed) <= half * (1 + Decimal("1e-6"))


@pytest.mark.parametrize("name", BANK)
def test_what_is_printed_as_equal_is_equal(name):
    """Both sides of every sign between numbers, evaluated by Python from what is printed."""
    compared = 0
    for variant in drawn(name, ["printed", *few(20)]):
        for text in worked(variant, Notation.PLAIN).values():
            for line in text.splitlines():
                compared += check_line(line)
    assert (
        compared
        or not any(
            isinstance(key, NumberKey | CountKey) and blank.steps
            for blank, key in drawn(name, ["printed"])[0].keys.values()
        )
        or name in SYMBOLIC
    )


SYMBOLIC = (
    "shortcut-network",
    "line-or-shared-point",
)  # a count in symbols, a number of a structure


SIGN = r"(?<![<>!=])=(?!=)|≈"


def check_line(line):
    """How many signs of a line stand between numbers; each must be the right one."""
    line = in_python(line.rpartition(": ")[2])
    signs, texts = re.findall(SIGN, line), re.split(SIGN, line)
    carries = False  # was a number rounded that was put in?
    found = 0
    for sign, (left, right) in zip(signs, pairwise(texts), strict=True):
        one, other = numeric(left), numeric(right)
        if one is not None and other is not None:
            found += 1
            check_sign(sign, one, other, right.strip(), reach(left) if carries else None)
        carries = carries or sign == "≈"
    return found


def reach(text):
    """How far a side moves if each of its numbers with a point is off by half of its last digit."""
    total = 0
    for match in re.finditer(r"\d+\.\d+", text):
        half = Decimal(1).scaleb(Decimal(match[0]).as_tuple().exponent) / 2
        moved = f"{text[: match.start()]}{Decimal(match[0]) + half}{text[match.end() :]}"
        total += abs(numeric(moved) - numeric(text))
    return total


def check_sign(sign, left, right, text, carried):
    if sign == "=":
        assert np.allclose(left, right, rtol=1e-12, atol=1e-12), text
        return
    units = [
        float(Decimal(1).scaleb(Decimal(one).as_tuple().exponent)) for one in NUMBER.findall(text)
    ]
    half = np.reshape(units, np.shape(right)) / 2
    assert (
        abs(left - right) <= (1 + 1e-9) * half + 1.01 * (0 if carried is None else carried)
    ).all(), text
    assert carried is not None or np.any(left != right), text


def test_the_signs_are_looked_at():
    assert check_line("    y = a + b = 0.1 + 0.2 = 0.3") == 1
    assert check_line("    y = exp(x) = exp(1) ≈ 2.718") == 1
    for wrong in (
        "    y = exp(1) = 2.718",
        "    y = exp(1) ≈ 2.719",
        "    y = 1 + 2 ≈ 3",
        "1 * 2 = 3",
    ):
        with pytest.raises(AssertionError):
            check_line(wrong)


@pytest.mark.parametrize("name", BANK)
def test_no_step_on_the_way_is_internal(name):
    """What ends a solution is the key; what leads there is what everybody writes, in characters as on paper."""
    for variant in drawn(name, ["printed", *few(20)]):
        for text in worked(variant, Notation.PLAIN).values():
            assert not INTERNAL.search("\n".join(text.splitlines()[:-1])), text
            assert not TYPED.search(re.sub(r"`[^`]*`|\*\*", "", text)), text


def test_counts_show_their_factors_and_totals_add_what_was_asked_before():
    text = worked(printed_variant(BANK["layer-sizes"]), Notation.PLAIN)
    assert text["outputs.A"].strip() == "A: 1024 · 32 = 32768"
    assert text["parameters.hidden1"].strip() == "W₁, b₁: 1024 · 30 + 1024 = 31744"
    assert text["parameters.total"].strip() == "In all: 31744 + 524800 + 513 = 557057"


def test_what_no_question_asked_before_is_spelled_out_and_what_one_did_is_used():
    variant = printed_variant(BANK["memory-ledger"])
    text = worked(variant, Notation.PLAIN)
    a, b, c = (
        variant.keys[f"layers.{one}-parameters"][1].show() for one in ("first", "second", "last")
    )
    assert f"({a} + {b} + {c}) = " in text["bytes.moments"]
    assert f"− {variant.keys['bytes.all'][1].show()})" in text["batch.training"]
    field = worked(printed_variant(BANK["receptive-gaps"]), Notation.PLAIN)["field"]
    assert field.endswith("1 + 2 · (3 − 1) + 4 · (3 − 1) + 8 · (3 − 1) = 29")


def test_a_chain_passes_its_steps_in_order():
    text = worked(printed_variant(BANK["scalar-classifier"]), Notation.PLAIN)["chain_w2"]
    assert text.startswith("Loss depends on w₂ through a₂ and z₂.")
    assert text.endswith("∂Loss/∂a₂ · ∂a₂/∂z₂ · ∂z₂/∂w₂")


def test_shapes_show_which_dimensions_meet():
    text = worked(printed_variant(BANK["softmax-network"]), Notation.PLAIN)["shapes.W2"]
    assert "(K × D_a) (D_a × 1)" in text
    assert text.endswith("W₂: (K × D_a)")


def test_derivatives_by_pre_activations_have_short_names():
    text = worked(printed_variant(BANK["skip-connection"]), Notation.PLAIN)
    assert text["loss"].strip().startswith("L' = ∂L/∂z₂ = ")
    assert "    δ₁ = ∂L/∂z₁ = ∂L/∂h₁ · g₁'(z₁)" in text["gradients.w0"]
    assert text["gradients.w1"].strip().startswith("∂L/∂w₁ = δ₁ h₀ = ")


def times(left, right):
    """A product of matrices, or of a number and something else."""
    return left * right if 1 in (np.size(left), np.size(right)) else left @ right


NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:e-?\d+)?")
LIST = re.compile(r"(\[\[.*?\]\]|\[(?:[-\d.e]+, )+[-\d.e]+\])(?:\[(\d+)(?:, (\d+))?\])?")
NUMERIC = {
    "relu": lambda x: np.maximum(x, 0),
    "sigmoid": lambda x: 1 / (1 + np.exp(-x)),
    "softmax": lambda x: np.exp(x) / np.exp(x).sum(axis=0),
    "exp": np.exp,
    "sin": np.sin,
    "cos": np.cos,
    "log": np.log,
    "ln": np.log,
    "abs": np.abs,
    "floor": lambda x: np.floor(x + 1e-9),  # of what is whole but for the last bit
    "ceil": lambda x: np.ceil(x - 1e-9),
    "max": lambda *given: np.max(given) if len(given) == 1 else np.maximum(*given),
    "min": lambda *given: np.min(given) if len(given) == 1 else np.minimum(*given),
    "inv": np.linalg.inv,
    "sqrt": np.sqrt,
    "sum": np.sum,
    "times": times,
    "row_sums": lambda x: np.sum(x, axis=1, keepdims=True),
    "array": lambda rows: np.reshape(np.array(rows, float), (len(rows), -1)),
    "holds": lambda comparison: np.asarray(comparison, float),
}


class Written(ast.NodeTransformer):
    """Comparisons are 1 or 0, where Python's are no numbers; a product is that of matrices only where both are."""

    def visit_BinOp(self, node):
        self.generic_visit(node)
        if not isinstance(node.op, ast.MatMult):
            return node
        return ast.Call(ast.Name("times", ast.Load()), [node.left, node.right], [])

    def visit_Compare(self, node):
        return ast.Call(ast.Name("holds", ast.Load()), [self.generic_visit(node)], [])


def entry(match):
    """A list of numbers as an array, or one of its entries, counted from 1."""
    rows, row, column = match.groups()
    return f"array({rows})" + (f"[{int(row) - 1}, {int(column or 1) - 1}]" if row else "")


PLAIN = str.maketrans({"−": "-", "·": "*", "⊙": "*", "≤": "<=", "≥": ">=", "≠": "!=", "ᵀ": ".T"})
WHOLE = str.maketrans({"⌊": "floor(", "⌈": "ceil(", "⌋": ")", "⌉": ")"})
RAISED = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")


def in_python(line):
    """What is printed in characters as Python; factors side by side have ``@`` between them."""
    line = line.translate(WHOLE)
    line = re.sub(r"1\{([^{}]*)\}", lambda one: f"({one[1].replace(' = ', ' == ')})", line)
    line = re.sub(r"(\[\[.*?\]\])⁻¹", r"inv(\1)", line)
    line = re.sub("[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+", lambda power: f"**{power[0].translate(RAISED)}", line)
    line = re.sub(r"\|([^|]+)\|", r"abs(\1)", line).translate(PLAIN)
    line = re.sub(r"(?<=\d) \* \(?10\*\*(-?\d+)", r"e\1", line.replace("√(", "sqrt("))
    return re.sub(r"(?<=[\w)\]]) (?=[\w(\[])(?!if\b|else\b)(?<!\bif )(?<!\belse )", " @ ", line)


def numeric(text):
    """The value of a side without names; nothing of any other."""
    text = text.strip()
    named = {*re.findall(r"[^\W\d]\w*", text.replace(".T", ""))} - {*NUMERIC, "if", "else"}
    if re.sub(r"(?<=\d)e-?\d+", "", " ".join(named)) or "×" in text or not re.search(r"\d", text):
        return None
    text = LIST.sub(entry, text).replace("^", "**")
    tree = ast.fix_missing_locations(Written().visit(ast.parse(text, mode="eval")))
    return eval(compile(tree, "line", "eval"), {"__builtins__": {}}, NUMERIC)


TYPED = re.compile(r"@|\.\*| \* |\b[a-su-vx-z]hat\d*\b|\bdelta\d|\d[eE]-?\d|\bd\w+/d\w|\\[a-z]")
INTERNAL = re.compile(r"\b(?:fill|unit|count)\(|@[a-z]|#")


def plain_count(variant, address):
    [blank] = [one for one in variant.solved.model.blanks if one.address == address]
    counted = isinstance(blank.source, Count) and blank.source.counted
    return bool(counted or blank.value or blank.expression)


@pytest.mark.parametrize("name", BANK)
def test_nothing_is_evaluated_in_print(name, monkeypatch):
    """What is shown was computed when the variant was drawn or its key, plot or proof first shown, or belongs to its structure."""
    fresh = [printed_variant(BANK[name]), *variants(BANK[name], range(2))]
    assert all(in_print(one).figures for one in fresh if one.solved.model.plots)
    assert all(key.show() for one in fresh for _, key in one.keys.values() if not key.criteria())
    asked = [blank.source for one in fresh for blank, _ in one.keys.values()]
    data = [one.question for one in asked if isinstance(one, DataSufficiency)]
    proofs_shown = [proof for question in data for proof in question.proved]
    assert all(proof.decision if proof.holds else proof.values for proof in proofs_shown)

    def evaluate(*_):
        raise AssertionError("evaluated in print")

    monkeypatch.setattr(Network, "evaluate", evaluate)
    monkeypatch.setattr(evaluating, "evaluate_further", evaluate)
    monkeypatch.setattr(proofs, "value", evaluate)
    for one in fresh:
        for notation in Notation:
            assert in_print(one, notation).questions
            sheets.worked(one, notation)
        graph(one)


@pytest.mark.parametrize("name", BANK)
def test_all_of_its_mathematics_is_rendered(name):
    """What the converter cannot read would be shown as code."""
    for variant in drawn(name, ["printed", *few(QUICK, 4)]):
        for address, text in worked(variant).items():
            assert "<code>" not in render(text), (address, text)


@pytest.mark.parametrize("name", BANK)
def test_nothing_is_said_twice(name):
    """A value may be asked for twice, but a step to it is shown once."""
    text = "\n".join(worked(*drawn(name, ["printed"]), Notation.PLAIN).values())
    steps = [line for line in text.splitlines() if len(re.findall(SIGN, line)) > 1]
    assert len(steps) == len(set(steps))


def test_numbers_are_put_in():
    text = worked(printed_variant(BANK["two-layer-numbers"]), Notation.PLAIN)
    assert text["forward.h1"].strip() == (
        "h₁ = i₁ w₁₁ + i₂ w₂₁ + b₁ = 2 · 1 + (−1) · 0.5 + 0.5 = 2"
    )
    assert (
        text["update.gradient"].splitlines()[-1].strip()
        == "∂E/∂w₂₁ = ∂E/∂h₁ · i₂ = 1.5 · (−1) = −1.5"
    )
    assert text["update.w21"].strip() == "new w₂₁ = w₂₁ − α · ∂E/∂w₂₁ = 0.5 − 0.1 · (−1.5) = 0.65"


def test_what_is_given_needs_no_steps():
    variant = printed_variant(BANK["beam-against-greedy"])
    text = worked(variant, Notation.PLAIN)
    assert not {*variant.solved.model.told} & {
        line.split(" = ")[0].strip() for line in "\n".join(text.values()).splitlines()
    }
    assert text["greedy.probability"].splitlines()[-1].endswith("= 0.125")


BOARD = """
id: board
title: From what is given
network:
  inputs: {a: 2, W: 2 × 2}
  parameters: {w: 2}
  equations: |
    x = 2 a
    y = x
    d = W[1, 1] W[2, 2] - W[1, 2] W[2, 1]
    s = w^T y
    masked = sum(x ⊙ 1{x > 3})
given: [x]
hidden: [a, x, y, d, masked]
sample: {a: [1, 2], W: [[2, 3], [4, 5]], w: [3, 1]}
printed: {}
questions:
  - id: q
    points: 4
    ask: Compute.
    may_be_trivial: true
    answer:
      - {values: {determinant: 1 d}}
      - {values: {formula: w^T x}, in_terms_of: [w, x]}
      - {values: {number: 1 s}}
      - {values: {large: masked}, steps: false, because: Add up what is above 3.}
"""


def test_a_solution_reads_as_on_the_board(exercise):
    """It begins at what is given, knows no copies, puts in entries as numbers, leaves steps to words, and calls what it finds as the sheet does."""
    told = worked(printed_variant(exercise(BOARD)), Notation.PLAIN)
    assert told["q.determinant"].strip().startswith("determinant = W_{1,1} W_{2,2}")
    assert told["q.determinant"].endswith("= 2 · 5 − 3 · 4 = −2")
    assert told["q.number"].strip() == "s = wᵀ x = [3, 1]ᵀ [2, 4] = 10"
    assert told["q.large"] == "Add up what is above 3.\n\n    large = 4"


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
    assert plain["q.z1"].strip().endswith(" [1, −2] + [1, 1, 1] = [2, −1, 0]")
    assert r"\begin{bmatrix}2 \\ -1 \\ 0\end{bmatrix}" in shown["q.z1"]
    assert end_of(plain["q.W1"]) == variant.keys["q.W1"][1].in_characters()
    assert "<code>" not in render("\n\n".join(shown.values()))


@pytest.mark.parametrize("form", ["text", "markdown", "html", "json"])
def test_staff_see_the_steps(form, run):
    shown = run(main, "show", "two-layer-numbers", "--printed", "--solution", "--format", form)
    assert shown.exit_code == 0
    found = {
        "text": "2 · 1 + (−1) · 0.5",
        "json": r"2 \\cdot 1",
        "markdown": r"2 \cdot 1",
        "html": "<math",
    }
    assert found[form] in shown.stdout
    assert "h₁" in shown.stdout or "h_{1}" in shown.stdout or form == "html"


def asked_for(variant, address):
    """The quantity that a blank asks for and is called by; empty where it asks for another one."""
    asked = next(one.asked for one in variant.solved.model.blanks if one.address == address)
    own = isinstance(asked, Name) and asked.name == address.rpartition(".")[2]
    return asked.name if own else ""


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
            quantity = asked_for(variant, address)
            if isinstance(key, NumberKey) and quantity in variant.solved.model.printed.equations:
                text = f"{float(f'{key.value:.4g}') + 0.0:.10g}".replace("-", "−")
                assert f"{unicode_name(quantity)} = {text}" in figure.description, (
                    address,
                    figure.description,
                )


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
        "- **(a) is wrong.** It is *no* <b>hum</b> of x₁, (a).",
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


def test_an_option_of_the_bank_that_is_ranked_says_why_on_either_side():
    questions = [one for exercise in BANK.values() for one in exercise.file.questions]
    choices = [getattr(answer, "choose_one", None) for one in questions for answer in one.answers]
    ranked = [
        one for choice in choices if choice and choice.right for one in choice.options.items()
    ]
    assert ranked
    assert [name for name, option in ranked if not isinstance(option.because, Sides)] == []


@pytest.mark.parametrize("name", BANK)
def test_every_text_of_the_bank_says_why(name):
    for variant in drawn(name, few(QUICK, 4)):
        solved = worked(variant, Notation.PLAIN)
        for blank in variant.solved.model.blanks:
            if not blank.written:
                continue
            pool = blank.source.pool
            assert all(one.because for one in pool.statements.values())
            for line in solved[blank.address].splitlines():
                assert re.fullmatch(r"- \*\*\([a-z]\) .+?\.\*\*( .+[.?])?", line), line


def test_the_natural_logarithm_is_called_as_on_the_sheet():
    """And log₂ stays, as does log where an equation of the sheet has it."""
    for name, has, lacks in (
        ("smoothed-optimum", r"\ln", r"\log"),
        ("bigram-perplexity", r"\log_{2}", r"\ln"),
        ("gan-two-steps", r"\ln", r"\log_"),
        ("logistic-batch", r"\log", r"\ln"),
    ):
        text = "".join(sheets.worked(printed_variant(bank.load_folder()[name])).values())
        assert has in text and lacks not in text, name
    hints = sheets.ladders(printed_variant(bank.load_folder()["smoothed-optimum"]))
    assert r"\ln" in hints["least.loss"][-1].text and r"\log" not in hints["least.loss"][-1].text


@pytest.mark.parametrize(
    ("name", "address", "ends"),
    [
        ("which-axis", "tripled.batch", "batch ≈"),  # and not by a name of the author's
        ("byte-pairs", "counts.first", "first ="),
        ("patience-window", "gain", "    "),
    ],
)
def test_what_is_told_without_steps_is_called_as_it_is_asked_for(name, address, ends):
    last = worked(printed_variant(BANK[name]), Notation.PLAIN)[address].splitlines()[-1]
    assert re.fullmatch(rf"\s*{re.escape(ends.strip())}\s*−?[\d.]+", last), last
