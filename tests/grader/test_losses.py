"""A planted exercise for each kind of answer: whatever a program loses of it is withheld by name, and written once it is accepted."""

import json

import pytest
from click.testing import CliRunner

from grader.cli import main
from grader.exports.losses import LOSSES
from grader.exports.programs import MODULES
from grader.exports.targets import KINDS, MANUAL, REFUSED, target
from tests.grader.rounds import Round

HEAD = """
id: planted
title: Planted
network:
  inputs: {{x: 2, u: 1}}
  parameters: {{W: 2 x 2, w: 1, a: 1}}
  equations: |
    z = W x
    c = w u + a
    y = c^2
sample:
  W, x: {{from: [1, 4]}}
  u, a, w: {{from: [2, 5]}}
questions:
  - id: planted
    points: 2
    ask: Answer this.
    {}
"""
OPTIONS = """options:
          one: {text: One., right: true, because: It is right.}
          two: {text: Two., right: true, because: It is right.}
          three: {text: Three., because: It is wrong.}
          four: {text: Four., because: It is wrong.}"""
LINES = """lines:
          first: {text: First., because: It comes first.}
          second: {text: Second., because: It comes second.}
          third: {text: Third., because: It comes third.}"""
PLANTED = {
    "number": "answer: {values: [y]}",
    "count": "answer: {counts: 2 + 3}",
    "matrix": "answer: {values: [z]}",
    "formula": "answer: {values: {slope: dy/du}, in_terms_of: [w, u, a]}",
    "choice": "answer: {choose_one: {show: 2, options: {one: {text: One., right: true, because: It is right.}, two: {text: Two., because: It is wrong.}}}}",
    "several-all": f"answer:\n      choose_several:\n        show: 4\n        scoring: all\n        {OPTIONS}",
    "several-each": f"answer:\n      choose_several:\n        show: 4\n        scoring: each\n        {OPTIONS}",
    "several-penalised": f"answer:\n      choose_several:\n        show: 4\n        scoring: penalised\n        {OPTIONS}",
    "match": "answer: {match: {pairs: {one: {text: One., right: {same: {text: I., because: It is one.}}}, two: {text: Two., right: {same-two: {text: II., because: It is two.}}}}}}",
    "order": f"answer:\n      order:\n        {LINES}",
    "order-distractors": f"answer:\n      order:\n        show_distractors: 1\n        {LINES}\n        distractors:\n          never: {{text: Never., because: It does not belong.}}",
    "text": "answer: {text: {rubric: {sign: {text: A sign.}}}}",
    "other": "answer: {set: {of: [1, 2, 3], right: [1, 3]}}",
}  # fmt: skip
FEATURES = {  # of several blanks, of which some lose more than their kind does
    "follow-through": "answer: {values: [c, y]}",
    "partial-credit": "answer: {values: [y]}\n    credit: {bias: 0.5}",
}


@pytest.fixture(scope="module")
def quizzes(tmp_path_factory):
    """What is planted → a quiz with it alone, for one student."""
    found = {}
    for name, answer in (PLANTED | FEATURES).items():
        folder = tmp_path_factory.mktemp(name)
        (folder / "bank").mkdir()
        (folder / "bank" / "planted.yaml").write_text(HEAD.format(answer))
        text = "id: planted\ntitle: Planted\npick: [planted]\n"
        found[name] = Round(folder, text, ["ada"], folders=(folder / "bank",))
    return found


def export(quiz, name, out, codes=()):
    """(exit code, files, rows of the report, what is said)"""
    accepted = [word for code in codes for word in ("--accept", code)]
    words = ["export", str(quiz.folder), "--to", name, "--out", str(out), "--bank", str(quiz.folders[0])]  # fmt: skip
    told = CliRunner().invoke(main, [*words, *accepted])
    files = {path.name for path in out.rglob("*")} - {"losses.json", "losses.md"}
    rows = json.loads((out / "losses.json").read_text())["items"]
    return told.exit_code, files, rows, told.stderr


def marking(rows):
    """The codes of a report that can change a mark, with the blanks they are said of."""
    return {
        one["code"]: f"{row['exercise']}/{row['blank']}"
        for row in rows
        for one in row["losses"]
        if LOSSES[one["code"]].marks
    }


@pytest.mark.parametrize("name", [one for one in MODULES if one != "gradescope"])
def test_what_is_lost_is_withheld_by_name_and_written_when_accepted(quizzes, tmp_path, name):
    for planted, quiz in quizzes.items():
        out = tmp_path / planted
        exit_code, files, rows, told = export(quiz, name, out)
        lost = marking(rows)
        kinds = {row["kind"] for row in rows}
        assert kinds == {planted} or planted in FEATURES
        carried = target(name).kinds
        if any(carried[one].fidelity in (MANUAL, REFUSED) for one in kinds - {"text"}):
            assert lost, planted
        if planted in FEATURES and name in ("moodle", "canvas", "canvas-classic", "qti3"):
            kept = planted == "partial-credit" and target(name).features["credit"] == "F"
            assert (planted in lost) is not kept
        assert exit_code == bool(lost) and bool(files) is not bool(lost)
        assert all(blank.startswith("planted/planted") for blank in lost.values())
        for code in lost:
            assert f"--accept {code}" in told
            others = [one for one in lost if one != code]
            assert export(quiz, name, out, others)[:2] == (1, set())
        exit_code, files, *_ = export(quiz, name, out, lost)
        assert exit_code == 0 and {"README.md", "manifest.json"} <= files


def test_every_kind_is_planted():
    assert PLANTED.keys() == KINDS.keys()
