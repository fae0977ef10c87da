"""A planted exercise for every kind that a program loses something of: withheld and named, then written."""

import json

import pytest

from grader import exports
from grader.bank import load_folder
from grader.errors import UsageError
from grader.exports import Locale, Selection, moodle
from grader.papers import make_quiz
from tests import doors
from tests.grader.readers import Compared, packed

NETWORK = """
network:
  inputs: {x: 1, s: 2}
  parameters: {w: 1, v: 1}
  equations: |
    z = w x
    y = v z
    q = 2 s
sample:
  x: {from: [1.1, 1.9], step: 0.1}
  s: {from: [1, 3], step: 0.5}
  w, v: {from: [0.3, 0.9], step: 0.1}
"""
OPTIONS = "options: {one: {text: One., right: true}, two: {text: Two., right: true}, six: {text: Six.}, ten: {text: Ten.}}"
PENALISED = OPTIONS.replace("Two., right: true", "Two.")  # one right, three wrong
PLANTED = {  # kind → the question's answer
    "number": "answer: {values: [y]}",
    "count": "answer: {parameters: all}",
    "matrix": "answer: {values: [q]}",
    "formula": "answer: {values: {slope: dy/dx}, in_terms_of: [w, v]}",
    "choice": "answer: {choose_one: {options: {one: {text: One., right: true}, two: {text: Two.}}}}",
    "several-all": f"answer: {{choose_several: {{{OPTIONS}}}}}",
    "several-each": f"answer: {{choose_several: {{scoring: each, {OPTIONS}}}}}",
    "several-penalised": f"answer: {{choose_several: {{scoring: penalised, {PENALISED}}}}}",
    "match": "answer: {match: {pairs: {aa: {text: A, right: {a1: One.}}, bb: {text: B, right: {b1: Two.}}}}}",
    "order": "answer: {order: {lines: {one: One., two: Two., three: Three.}}}",
    "order-distractors": "answer: {order: {lines: {one: One., two: Two.}, distractors: {six: Six.}}}",
    "text": "answer: {text: {rubric: {sense: {text: It makes sense.}}}}",
    "other": "answer: {literal: {value: s}}",
    "follow-through": "answer: {values: [z, y]}",
    "credit": "answer: {values: [y]}\n    misconceptions: [{blank: y, value: y + 1, says: one too many, credit: 0.47}]",
}  # fmt: skip
NUMBERS = {"answer-forms", "locale-comma"}
LOST = {  # program → kind → codes that withhold
    "moodle": {
        "number": NUMBERS, "count": NUMBERS, "matrix": NUMBERS, "formula": {"symbolic-manual"}, "several-all": {"partial-credit"},
        "order": {"partial-credit"}, "order-distractors": {"order-distractors"}, "other": {"symbolic-manual"},
        "follow-through": {*NUMBERS, "follow-through"}, "credit": {*NUMBERS, "partial-credit"},
    },
    "canvas": {
        "number": NUMBERS, "count": NUMBERS, "matrix": NUMBERS, "formula": {"symbolic-manual"}, "several-each": {"partial-credit"},
        "several-penalised": {"partial-credit"}, "match": {"partial-credit"}, "order": {"partial-credit"},
        "order-distractors": {"order-distractors"}, "other": {"symbolic-manual"},
        "follow-through": {*NUMBERS, "follow-through"}, "credit": {*NUMBERS, "partial-credit"},
    },
    "canvas-classic": {
        "number": {*NUMBERS, "decimals-4"}, "count": NUMBERS, "matrix": {*NUMBERS, "decimals-4"}, "formula": {"symbolic-manual"},
        "several-all": {"partial-credit"}, "several-each": {"partial-credit"}, "several-penalised": {"partial-credit"},
        "order": {"partial-credit"}, "order-distractors": {"order-distractors"}, "other": {"symbolic-manual"},
        "follow-through": {*NUMBERS, "decimals-4", "follow-through"}, "credit": {*NUMBERS, "decimals-4", "partial-credit"},
    },
    "qti3": {
        "number": NUMBERS, "count": NUMBERS, "matrix": NUMBERS, "formula": {"symbolic-manual"}, "several-each": {"partial-credit"},
        "order": {"partial-credit"}, "order-distractors": {"order-distractors"}, "other": {"symbolic-manual"},
        "follow-through": {*NUMBERS, "follow-through"}, "credit": {*NUMBERS, "partial-credit"},
    },
}  # fmt: skip


@pytest.fixture(scope="module")
def planted(tmp_path_factory):
    """A bank with an exercise for each kind, and a folder with a quiz of each."""
    folder = tmp_path_factory.mktemp("planted")
    (folder / "bank").mkdir()
    (folder / "class.csv").write_text("student\nada\nben\n")
    for kind, answer in PLANTED.items():
        network = (
            NETWORK if any(word in answer for word in ("values", "parameters", "literal")) else ""
        )
        text = f"id: {kind}\ntitle: Planted\n{network}questions:\n  - id: asked\n    points: 3\n    ask: Well?\n    {answer}\n"
        (folder / "bank" / f"{kind}.yaml").write_text(text)
    known = load_folder(folder / "bank")
    for kind in PLANTED:
        (folder / f"{kind}.yaml").write_text(f"id: quiz\ntitle: Quiz\npick: [{kind}]\n")
        make_quiz(folder / f"{kind}.yaml", folder / "class.csv", folder / kind, known)
    return folder, known


@pytest.mark.parametrize("name", LOST)
def test_what_a_program_loses_is_withheld_named_and_then_written(planted, name, tmp_path):
    folder, known = planted
    for kind in PLANTED:
        lost, out = LOST[name].get(kind, set()), tmp_path / kind
        found = exports.export(folder / kind, name, out, known, Selection())
        assert {*found.withheld} == lost, kind
        files = {path.name for path in out.iterdir()}
        assert (files == {"losses.json", "losses.md"}) == bool(lost), kind
        rows = json.loads((out / "losses.json").read_text())["items"]
        told = {(row["exercise"], one["code"]) for row in rows for one in row["losses"]}
        assert {(kind, code) for code in lost} <= told
        assert all(row["blank"].startswith("asked") for row in rows)
        assert all(code in (out / "losses.md").read_text() for code in lost)
        for code in lost:  # all but one are not enough
            some = exports.export(folder / kind, name, out, known, Selection(), lost - {code})
            assert some.withheld == [code]
        written = exports.export(folder / kind, name, out, known, Selection(), lost)
        assert not written.withheld and "manifest.json" in {path.name for path in out.iterdir()}


def test_a_pool_whose_questions_are_drawn_one_by_one_is_withheld(planted, tmp_path):
    """Two essays of one exercise, of which Moodle draws each by itself."""
    folder, known = planted
    (folder / "bank/two.yaml").write_text(
        "id: two\ntitle: Two\nquestions:\n"
        + "".join(
            f"  - id: {one}\n    points: 1\n    ask: Well?\n    {PLANTED['text']}\n"
            for one in ("aa", "bb")
        )
    )
    (folder / "two.yaml").write_text("id: quiz\ntitle: Quiz\npick: [two]\n")
    known = load_folder(folder / "bank")
    make_quiz(folder / "two.yaml", folder / "class.csv", folder / "two", known)
    found = exports.export(folder / "two", "moodle", tmp_path, known, Selection(variants=2))
    assert found.withheld == ["pool-split"]


@pytest.mark.parametrize("name", LOST)
def test_what_is_planted_is_read_back(planted, name):
    """Kinds that no exercise of the bank has are among them."""
    found = Compared()
    for kind, exercise in planted[1].items():
        doors.compared(name, exercise, [1, 2], found)
        assert found.differ == [], kind


def test_options_that_each_count_are_judged_in_words_that_are_read_back(planted):
    """In the language of the export, whatever language the report is read in."""
    package, _ = packed(planted[1]["several-each"], [1], locale=Locale.DE)
    [item] = package.items
    [asked] = moodle.layout(item, Locale.DE)
    assert {field.alternatives for field in asked.fields} == {"=richtig~falsch", "richtig~=falsch"}
    said = "Teil 1: richtig; Teil 2: falsch; Teil 3: falsch; Teil 4: richtig"
    assert moodle.answers(item, {"": said}, Locale.EN) == {"asked": "a d"}
    assert moodle.answers(item, {"": said.replace("richtig", "falsch")}, Locale.EN) == {
        "asked": "none"
    }
    assert moodle.answers(item, {"": "-"}, Locale.EN) == {"asked": ""}
    with pytest.raises(UsageError, match="expected 'part 1: …' to 'part 4: …'"):
        moodle.answers(item, {"": "richtig, falsch"}, Locale.EN)
