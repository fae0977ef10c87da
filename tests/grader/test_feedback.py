"""What students get back: complete, inert, and fit to be seen in a browser."""

import csv
import io
import json
import re
from html.parser import HTMLParser

import pytest
from click.testing import CliRunner

from grader.cli import main
from grader.cli.demo import filled
from grader.papers.feedback_text import code, inert
from grader.papers.reports import gradebook
from grader.sheets.html import render
from tests.grader.browsers import MISSING, barriers, faults, launched
from tests.grader.rounds import Round

QUIZ = """
id: whole-bank
title: Everything <b>at once</b>
pick:
  - two-layer-numbers
  - shortcut-network
  - layer-sizes
  - drawn-data-sufficiency
  - softmax-cross-entropy
  - optimizer-advantages
"""
HOSTILE = [
    "<script>alert(1)</script>",
    '<img src=x onerror="alert(1)">',
    "[click](javascript:alert(1)) ![x](https://example.org/x.png)",
    "</code></li></ul><h1>Full marks</h1>",
    "`` ` <b>x</b> ` ``",
    "$\\href{javascript:alert(1)}{x}$ $$x$$",
    "=HYPERLINK(\"https://example.org\")",
    "@SUM(A1) +1 -1 \t=1",
    "&lt;script&gt; &#60;b&#62;",
    "| a | b |\n|---|---|\n| c | d |",
    "# Full marks\n\n- **correct**, 5 of 5",
    "https://example.org <https://example.org>",
]  # fmt: skip
ALLOWED = {
    "html", "head", "meta", "title", "style", "body", "main", "header", "section", "h1", "h2", "h3", "h4", "p", "ul", "ol", "li",
    "strong", "b", "em", "code", "table", "caption", "thead", "tbody", "tr", "th", "td", "math", "svg", "div", "span", "a",
    "details", "summary",
}  # fmt: skip


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    return Round(tmp_path_factory.mktemp("feedback"), QUIZ, ["s1", "s2", "s3"])


@pytest.fixture(scope="module")
def pages(made, tmp_path_factory):
    """s1 answers from the key, s2 writes what no student should, s3 hands in nothing."""
    paper = json.loads((made.folder / "papers" / "s2.ipynb").read_text())
    blanks = [c["metadata"].get("gradmark", {}).get("blank") for c in paper["cells"]]
    texts = {name: HOSTILE[at % len(HOSTILE)] for at, name in enumerate(filter(None, blanks))}
    texts |= {"two-layer-numbers/error": "HYPERLINK", "layer-sizes/outputs.A": HOSTILE[0]}
    hostile = json.loads(filled(json.dumps(paper), texts))
    folder = made.hand_in({"s1.ipynb": made.answered("s1"), "s2.ipynb": hostile})
    out = tmp_path_factory.mktemp("out")
    run = CliRunner().invoke
    common = ["grade", str(folder), "--quiz", str(made.folder), "--out", str(out / "marks.csv")]
    for words in (
        ["--feedback", str(out / "with"), "--solutions"],
        ["--feedback", str(out / "without")],
    ):
        result = run(main, [*common, *words])
        assert result.exit_code in (0, 1), result.output
    return out


class Tags(HTMLParser):
    def __init__(self):
        super().__init__()
        self.tags, self.links, self.handlers = set(), [], []
        self.inside = 0

    def handle_starttag(self, tag, attributes):
        self.inside += tag in ("math", "svg")
        if not self.inside:
            self.tags.add(tag)
        for name, value in attributes:
            if name.startswith("on"):
                self.handlers.append(name)
            if name in ("href", "src", "action") and not (value or "").startswith(
                ("data:image/svg", "#")
            ):
                self.links.append(value)

    def handle_endtag(self, tag):
        self.inside -= tag in ("math", "svg")


def test_there_is_a_page_for_everyone_who_handed_in(pages):
    names = sorted(path.name for path in (pages / "with").iterdir())
    assert names == ["s1.html", "s1.md", "s2.html", "s2.md"]


def test_a_right_paper_has_all_points_and_every_answer(made, pages):
    text = (pages / "without" / "s1.md").read_text()
    total = sum(made.bank[item.draw.exercise].points for item in made.manifest.papers[0].items)
    assert f"**{total:g} of {total:g} points**" in text
    for (student, name), variant in made.solved.items():
        if student == "s1":
            for address, (_, key) in variant.keys.items():
                assert f"`{address}`: **Right**" in text
                assert code(key.show()) in text, (name, address)


def test_answers_are_shown_as_understood(pages):
    text = (pages / "without" / "s1.md").read_text()
    assert re.search(
        r"`parameters`: \*\*Right\*\*, 4 of 4\. You wrote `.+`, read as \$.+\$\.", text
    )


def test_solutions_are_there_only_where_they_are_released(pages):
    shown, kept = ((pages / one / "s1.md").read_text() for one in ("with", "without"))
    assert "**Solution**" in shown
    assert r"\begin{aligned}" in shown
    assert "**Solution**" not in kept
    assert r"\partial E}{\partial w_{21}} &= " not in kept


@pytest.mark.parametrize("suffix", ["md", "html"])
def test_reasons_are_told_with_the_solutions_alone(made, pages, suffix):
    shown, kept = ((pages / one / f"s1.{suffix}").read_text() for one in ("with", "without"))
    variant = made.solved["s1", "optimizer-advantages"]
    reasons = variant.solved.model.pools["match"].reasons(variant.draw.orders["match"])
    plain = [one.because for one in reasons if "$" not in one.because]
    assert len(plain) >= 3
    for because in plain:
        assert because in shown
        assert because not in kept


@pytest.mark.parametrize("which", ["with", "without"])
def test_hostile_answers_are_inert_in_the_page(pages, which):
    page = (pages / which / "s2.html").read_text()
    tags = Tags()
    tags.feed(page)
    assert tags.tags <= ALLOWED, tags.tags - ALLOWED
    assert not tags.handlers
    assert not tags.links
    assert "Full marks</h1>" not in page.replace("&lt;/h1&gt;", "")
    assert page.count("<h1>") == 1


def test_hostile_answers_are_inert_in_the_gradebook(pages):
    rows = list(csv.reader(io.StringIO((pages / "marks.csv").read_text())))
    for row in rows:
        assert not any(cell.startswith(("=", "+", "@", "\t", "\r")) for cell in row)


@pytest.mark.parametrize("text", HOSTILE)
def test_any_text_is_shown_as_it_is(text):
    shown = render(inert(text))
    tags = Tags()
    tags.feed(shown)
    assert tags.tags == {"p"}
    body = re.sub(r"</?p>", "", shown).strip()
    seen = (
        body.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", '"').replace("&amp;", "&")
    )
    assert seen == " ".join(text.split())
    tags = Tags()
    tags.feed(render(f"- {code(text)}"))
    assert tags.tags == {"ul", "li", "code"}


def test_the_gradebook_is_as_before(made):
    graded = made.grade(made.hand_in({"s1.ipynb": made.answered("s1")}))
    assert "nothing handed in" in gradebook(graded)


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (["--feedback", "x"], "--feedback goes with --quiz"),
        (["--solutions"], "--solutions goes with --feedback"),
    ],
)
def test_options_that_do_not_go_together(options, says, run, tmp_path):
    (tmp_path / "a.jsonl").write_text("")
    result = run(main, "grade", tmp_path / "a.jsonl", "--out", tmp_path / "m.jsonl", *options)
    assert result.exit_code == 2
    assert says in result.stderr


# In a browser


@pytest.fixture(scope="module")
def browser():
    with launched() as found:
        yield found


@pytest.mark.parametrize("student", ["s1", "s2"])
def test_a_browser_shows_all_of_it(browser, pages, student):
    page = browser.new_page()
    told = []
    page.on("console", lambda message: told.append(message.text))
    page.on("pageerror", lambda error: told.append(str(error)))
    page.on("dialog", lambda dialog: told.append(dialog.message))
    page.goto((pages / "with" / f"{student}.html").as_uri())
    assert told == []
    sizes = page.evaluate(
        "[...document.querySelectorAll('math')].map(m => m.getBoundingClientRect()).map(b => b.width * b.height)"
    )
    assert len(sizes) > 50
    assert min(sizes) > 0
    assert page.evaluate(MISSING) == []
    assert faults(page) == []
    assert barriers(page) == []
    page.close()


def test_a_planted_fault_is_found_by_the_browser(browser):
    """The checks above can fail."""
    page = browser.new_page()
    told = []
    page.on("console", lambda message: told.append(message.text))
    page.set_content(
        "<html><body><img src='data:,x'><p style='color:#ddd'>pale \U0010abcd</p>"
        "<script>console.error('planted')</script></body></html>"
    )
    assert told == ["planted"]
    assert page.evaluate(MISSING) == ["\U0010abcd"]
    assert {rule for _, rule, _ in barriers(page)} >= {"image-alt", "color-contrast"}
    page.close()
