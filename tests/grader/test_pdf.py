"""Papers as PDFs: formulas, what is said in them, and the same bytes each time."""

import re
from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner

from grader import bank, pdf
from grader.cli import main
from grader.errors import AuthorError, UsageError
from grader.pdf.formulas import FormulaError, typeset
from grader.pdf.markup import markup
from reference.language.expression import Name, apply
from reference.language.operations import OPERATIONS
from reference.language.writing import latex
from tests.grader.rounds import Round
from tests.paper import paper_of
from tests.shipped import BANK

pypdfium2 = pytest.importorskip("pypdfium2")
pytest.importorskip("typst")
pytest.importorskip("segno")

FORMULAS = {
    r"w_{21}": "w_(21)",
    r"\frac{\partial L}{\partial W_{1}} = W_{2}^{\top}\, \delta_{2}": "frac(∂ L, ∂ W_(1)) = W_(2)^(⊤) thin δ_(2)",
    r"\hat{y}_{k}": "hat(y)_(k)",
    r"{w^{*}}^{2}": "attach(w^(∗), t: 2)",
    r"w_1' = w''": "w_(1)^(′) = w^(′ ′)",
    r"e^{-z}": "e^(- z)",
    r"x(y), [0, 1)": r"x \( y \) \, \[ 0 \, 1 \)",
    r"a/b, a:b": r"a \/ b \, a \: b",
    r"0.25 \cdot 10^{-3}": "0.25 ⋅ 10^(- 3)",
    r"\operatorname{softmax}\left(z\right)": r'op("softmax") lr(\( z \))',
    r"\mathit{loss\_a}_{2}": 'italic("loss_a")_(2)',
    r"\begin{bmatrix}1 & -2 \\ 0 & 3\end{bmatrix}": 'display(mat(delim: "[", 1, - 2; 0, 3))',
    r"\begin{cases}x & x > 0 \\ 0 & \text{otherwise}\end{cases}": 'cases(x & quad x > 0, 0 & quad "otherwise")',
    r"\begin{aligned}a &= b \\ c &= d\end{aligned}": r"a & = b \ c & = d",
    r"\sqrt[3]{x} + \sqrt{y}": "root(3, x) + sqrt(y)",
    r"\max\left(0, x\right)": r'op("max", limits: #true) lr(\( 0 \, x \))',
    r"\text{a \& \"b\"}": None,
    "#eval": None,
    r"\boxed{x}": None,
    r"\frac{a": None,
    "a}": None,
    "x_1_2": None,
    r"\left\foo x \right)": None,
    "{" * 100 + "x" + "}" * 100: None,
}


@pytest.mark.parametrize("latex", FORMULAS)
def test_latex_becomes_mathematics_of_typst_or_is_refused(latex):
    if FORMULAS[latex] is None:
        with pytest.raises(FormulaError):
            typeset(latex)
    else:
        assert typeset(latex) == FORMULAS[latex]


def written_by_authors(node):
    """Every text of a file, with something in its placeholders."""
    if isinstance(node, str):
        yield re.sub(r"\{\{[^}]*\}\}", "2", node)
    elif isinstance(node, dict | list):
        for one in node.values() if isinstance(node, dict) else node:
            yield from written_by_authors(one)


def test_what_authors_write_can_be_printed():
    texts = {
        one
        for exercise in BANK.values()
        for one in written_by_authors(msgspec.to_builtins(exercise.file))
        if "$" in one
    }
    assert len(texts) > 900
    paper = paper_of(BANK["two-layer-numbers"], [])
    body = "\n\n".join(map(markup, sorted(texts)))
    assert pdf.compiled(f"{pdf.source(paper, pdf.LABELS['en'])}\n{body}").startswith(b"%PDF")


@pytest.mark.parametrize("name", [*BANK][::25])
def test_an_exercise_can_be_printed_with_its_key(name):
    paper = paper_of(BANK[name], [1])
    for key in (False, True):
        assert pdf.compiled(pdf.source(paper, pdf.LABELS["en"], key=key)).startswith(b"%PDF")


QUIZ = """
id: week
title: "A week & #more $x$"
text: "Use *no* notes. \\"Quotes\\", 1. a [link](http://example.org)."
pick: [two-layer-numbers, validation-below-training]
"""


@pytest.fixture(scope="module")
def quiz(tmp_path_factory):
    folder = tmp_path_factory.mktemp("printed")
    return Round(folder, QUIZ, ["ada,Ada Ł.", "ben,李明"], header="student,name")


def exported(quiz, out, *more):
    words = ["export", str(quiz.folder), "--to", "pdf", "--out", str(out), *more]
    return CliRunner().invoke(main, words)


def words_of(path):
    return "\n".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(path))


def test_a_class_is_printed(quiz, tmp_path):
    told = exported(quiz, tmp_path, "--locale", "de")
    assert told.exit_code == 1
    assert "--accept symbolic-manual" in told.stderr
    assert exported(quiz, tmp_path, "--locale", "de", "--accept", "symbolic-manual").exit_code == 0
    paper = words_of(tmp_path / "papers" / "ada.pdf")
    assert "A week & #more $x$" in paper and "Ada Ł. (ada)" in paper and "Antwortbogen" in paper
    assert "“Quotes”, 1. a link" in paper
    key = words_of(tmp_path / "keys" / "ada.pdf")
    right = quiz.solved["ada", "two-layer-numbers"].keys["update.w21"][1].in_characters()
    assert right in key and f"update.w21: {right}" not in paper
    whole = pypdfium2.PdfDocument(tmp_path / "print.pdf")
    lengths = [
        len(pypdfium2.PdfDocument(tmp_path / "papers" / f"{one}.pdf")) for one in ("ada", "ben")
    ]
    assert len(whole) == sum(one + one % 2 for one in lengths)
    exported(quiz, tmp_path / "again", "--locale", "de", "--accept", "symbolic-manual")
    for path in sorted((tmp_path / "again").rglob("*.pdf")):
        assert path.read_bytes() == (tmp_path / path.relative_to(tmp_path / "again")).read_bytes()
    assert b"pdfuaid" in (tmp_path / "papers" / "ada.pdf").read_bytes()


WITHIN = {"span"}  # stands in a sum alone


def test_every_operation_has_a_form_on_paper():
    rows = {name: row for name, row in OPERATIONS.items() if name not in WITHIN}
    nodes = (apply(name, *map(Name, "abcdefgh"[: row.arity])) for name, row in rows.items())
    shown = [f'#math.equation(alt: "x", $ {typeset(latex(node))} $)' for node in nodes]
    pdf.compiled("#set document(title: [x])\n" + "\n".join(shown))


def test_a_sign_that_no_font_has_is_told():
    paper = paper_of(BANK["two-layer-numbers"], [])
    source = pdf.source(paper, pdf.LABELS["en"]) + markup("Not 李.")
    with pytest.raises(UsageError, match="李"):
        pdf.compiled(source)


def test_what_cannot_be_printed_is_told_with_its_place(tmp_path):
    text = Path(BANK["two-layer-numbers"].path).read_text()
    assert "text: |\n" in text
    path = tmp_path / "two-layer-numbers.yaml"
    path.write_text(text.replace("text: |\n", "text: |\n  Not $x + \\boxed{y}$.\n", 1))
    line = text[: text.index("text: |")].count("\n") + 2
    with pytest.raises(AuthorError) as told:
        pdf.source(paper_of(bank.load(path), [1]), pdf.LABELS["en"])
    assert str(told.value).startswith(f"{path}:{line}:12: '\\boxed' is not among")
