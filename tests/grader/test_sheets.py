"""What a sheet says of sizes, how it keeps code, and how it asks for answers."""

import doctest

import pytest

from grader.answers import Verdict
from grader.cli import main
from grader.drawing import printed_variant, variant_of
from grader.sheets import Notation, in_print, plain_text, terminal, without_code

SIZES = """
id: sizes
title: Sizes with the names of words
text: {text}
network:
  sizes: {{a: 4..8, row: 2..4, of: 3}}
  inputs: {{X: row × of, c: a}}
  equations: |
    Y = 2 X
    d = 3 c
    n = a * sum(c)
sample: {{X: {{from: [1, 3]}}, c: {{from: [1, 3]}}}}
printed: {{a: 5, row: 2, X: [[1, 2, 3], [4, 5, 6]], c: [1, 2, 3, 1, 2]}}
questions:
  - {{id: q, points: 1, ask: The values?, answer: {{values: {{Y: Y, d: d, n: n}}}}}}
  - {{id: f, points: 1, ask: As a formula., answer: {{values: a * row, in_terms_of: [a, row]}}}}
"""


@pytest.fixture
def sheet(exercise):
    return lambda text: in_print(printed_variant(exercise(SIZES.format(text=text))))


def test_a_hint_has_the_words_of_sizes_unharmed(sheet):
    blanks = sheet("None.").questions[0].blanks
    assert [one.how for one in blanks.values()] == [
        "a matrix of 2 × 3, row by row, as [[1, 2, 3], [4, 5, 6]]",
        "a column of 5 entries, as [1, 2, 3, 4, 5]",
        "a whole number",
    ]
    assert sheet("None.").questions[1].blanks["f"].how == r"an expression in $a$, $\mathit{row}$"


def test_a_single_entry_is_a_number(exercise):
    text = SIZES.format(text="None.").replace("a: 4..8", "a: 1").replace("a: 5, ", "")
    one = exercise(text.replace("[1, 2, 3, 1, 2]", "[3]"))
    variant = printed_variant(one)
    assert in_print(variant).questions[0].blanks["q.d"].how == "a number"
    key = variant.keys["q.d"][1]
    assert not key.show().startswith("[")
    assert key.mark(key.show()).share == 1


@pytest.mark.parametrize("text", ["None.", "A picture of {{row}} rows and {{a}} channels."])
def test_every_size_whose_symbol_is_printed_is_given(sheet, text):
    assert "Given: $a = 5$, $row = 2$, $of = 3$, " in sheet(text).stem


def test_a_size_in_words_alone_is_not_given(exercise):
    text = """
    id: alone
    title: Parameters
    text: A batch of {{m}} inputs with {{d}} features.
    network:
      sizes: {d: 2..9, m: 2..9}
      layers: {x: d, y: 3}
      batch: m
    printed: {d: 4, m: 5}
    questions:
      - {id: q, points: 1, ask: How many parameters?, answer: {parameters: all}}
    """
    assert in_print(printed_variant(exercise(text))).stem == "A batch of 5 inputs with 4 features."


CODE = {
    "`y = x ** 2 + z ** 2`, and 3 * 4": "y = x ** 2 + z ** 2, and 3 * 4",
    "**Never** `**kwargs` and **never** `a ** b`": "Never **kwargs and never a ** b",
    "two `` `ticks` ** `` here": "two  `ticks` **  here",
    "```python\ny = x ** 2\nif y:\n    f(`y`)\n```": "    y = x ** 2\n    if y:\n        f(`y`)",
    "~~~\na ** b\n~~~\n**c**": "    a ** b\nc",
    "2 ** 3 and x**2": "2 ** 3 and x**2",
    "**bold\nand on**": "bold\nand on",
    "a lone ` and ** here": "a lone ` and ** here",
}


@pytest.mark.parametrize(("markdown", "shown"), CODE.items())
def test_code_is_kept_on_a_terminal(markdown, shown):
    assert plain_text(markdown) == shown


def test_the_example_holds():
    assert doctest.testmod(terminal, raise_on_error=True).attempted


def test_dollars_in_code_are_no_formulas(write, run):
    path = write(
        """
        id: shell
        title: Shell
        text: Run `echo $first $second ** 2`; here $x$ is the input.
        network: {inputs: {x: 1}, equations: y = 2 x}
        sample: {x: {from: [2, 9]}, }
        questions: [{id: q, points: 1, ask: Compute $y$., answer: {values: y}}]
        accept: [few-variants]
        """
    )
    shown = run(main, "show", path).stdout
    assert "Run echo $first $second ** 2; here x is the input." in shown
    assert run(main, "check", path, "--seeds", 5).stdout.endswith(": 0 findings\n")
    path.write_text(path.read_text().replace("`echo $first $second ** 2`", "$first_hidden$"))
    assert "[prompt-name]" in run(main, "check", path, "--seeds", 5).stdout


def test_code_and_prose_are_told_apart():
    assert without_code("a `b` c\n```\nd\n```\ne") == "a  c\n\ne"


def test_no_gaps_in_formulas_that_are_offered(write, run):
    path = write(
        """
        id: gaps
        title: Gaps
        network: {inputs: {x: 1}, parameters: {w: 1}, equations: "y = sigmoid(w x) x"}
        questions:
          - {id: q, points: 1, ask: Which one is it?, answer: {gradients_of: y, by: [w], in_terms_of: [x, w], offer: 3}}
        """
    )
    shown = run(main, "show", path).stdout
    options = [line for line in shown.splitlines() if line.startswith("- (")]
    assert len(options) == 3 and not any("  " in one for one in options)


LEAK = """
id: leak
title: Half a square
text: TEXT
network: {inputs: {mu: 1, l: 1}, equations: "D = mu^2 + l^2"}
questions:
  - id: gradients
    points: 2
    ask: Find both derivatives.
    answer: {gradients_of: D, by: [mu, l], in_terms_of: [mu, l]}
    may_be_trivial: TRIVIAL
accept: [few-variants]
"""


@pytest.mark.parametrize(
    ("text", "trivial", "found"),
    [
        ("They are $2 mu$ and $l + l$.", "false", 2),
        ("They are $2 mu$ and $l + l$.", "true", 0),
        ("They are $2 mu$ and $l + l$.", "[mu, l]", 0),
        ("They are $2 mu$ and $l + l$.", "[mu]", 1),
    ],
)
def test_a_formula_that_may_be_trivial_is_no_leak(write, run, text, trivial, found):
    path = write(LEAK.replace("TEXT", text).replace("TRIVIAL", trivial))
    assert run(main, "check", path, "--seeds", 5).stdout.count("[leak]") == found


def test_a_name_that_may_be_used_is_no_leak_in_any_spelling(write, run):
    text = LEAK.replace("TEXT", "A mean, $\\mu$, and $l$.").replace("TRIVIAL", "false")
    path = write(text.replace("mu^2 + l^2", "(mu^2 + l^2) / 2"))
    assert "[leak]" not in run(main, "check", path, "--seeds", 5).stdout


OWN = """
id: own
title: The last pass
network: {inputs: {x: 1, t: 1}, parameters: {w: 1}, equations: "L = (w x - t)^2"}
sample: {x: {from: [2, 5]}, w: {from: [2, 5]}, t: {from: [1, 3]}}
printed: {x: 2, w: 3, t: 1}
questions:
  - id: q
    points: 1
    ask: Compute it.
    answer: {values: VALUES}
    misconceptions: [{BLANK value: w x, says: no label}]
"""


@pytest.mark.parametrize("blank", ["", "blank: grad,"])
def test_the_one_blank_is_meant(write, run, blank):
    path = write(OWN.replace("VALUES", "{grad: w x - t}").replace("BLANK", blank))
    told = run(main, "mark", path, "--printed", "q.grad=6").stdout
    assert "it looks like no label" in told


@pytest.mark.parametrize(
    ("values", "blank", "message"),
    [
        (
            "{grad: w x - t, loss: L}",
            "",
            "expected the name of a blank whose answer is written (grad, loss), found no 'blank'",
        ),
        (
            "{grad: w x - t}",
            "blank: loss,",
            "expected the name of a blank whose answer is written (grad), found 'loss'",
        ),
    ],
)
def test_a_blank_that_could_be_another_is_asked_for(write, run, values, blank, message):
    path = write(OWN.replace("VALUES", values).replace("BLANK", blank))
    assert message in run(main, "check", path, "--seeds", 5).stdout


def test_a_misconception_of_the_one_blank_that_is_right_is_found(write, run):
    path = write(OWN.replace("VALUES", "{grad: w x}").replace("BLANK", ""))
    assert "'w x' is the right answer to q.grad in every variant" in run(main, "check", path).stdout


COUNTS = """
id: counts
title: Filters
network: {constants: [n, s], equations: "o = n / s"}
sample: {n: {one_of: VALUES}, s: {one_of: [2, 4]}}
questions:
  - {id: q, points: 1, ask: "ASK", answer: {values: {o: o}}, may_be_trivial: true}
accept: [few-variants, repeated-variants]
"""


@pytest.mark.parametrize(
    ("values", "ask", "found"),
    [
        ("[6, 8]", "How many pixels?", 1),
        ("[6, 8]", "Find the total number of pixels.", 1),
        ("[4, 8]", "How many pixels?", 0),
        ("[6, 8]", "How many times as large is it?", 0),
        ("[6, 8]", "Divide by the number of pixels.", 0),
    ],
)
def test_counts_are_whole(write, run, values, ask, found):
    path = write(COUNTS.replace("VALUES", values).replace("ASK", ask))
    assert run(main, "check", path, "--seeds", 20).stdout.count("[fractional-count]") == found


OF_A_QUESTION = """
id: own-input
title: Another loss
network:
  inputs: {x: 2, y: 2, v: 2}
  parameters: {w: 2}
  equations: |
    z = w ⊙ x
    L = sum((z - y)^2)
printed: {}
questions:
  - id: weighted
    points: 1
    ask: Now errors are weighted.
    equations: "L = sum(v ⊙ (z - y)^2)"
    answer: {values: {dz: dL/dz}, in_terms_of: [v, y, z]}
"""


def test_an_input_may_stand_in_the_equations_of_a_question_alone(exercise):
    variant = variant_of(exercise(OF_A_QUESTION), 1)
    assert "L = Σⱼ vⱼ (zⱼ − yⱼ)²" in str(in_print(variant, Notation.PLAIN))
    [(_, key)] = variant.keys.values()
    assert key.mark("2 v ⊙ (z - y)").verdict is Verdict.CORRECT
    assert key.mark("2 (z - y)").verdict is Verdict.INCORRECT
