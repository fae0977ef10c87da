"""Papers for other programs: what each can hold, what is withheld, what is written."""

import json

import pytest
from click.testing import CliRunner

from grader import exports
from grader.cli import main
from grader.exports import targets
from tests.grader.rounds import Round

QUIZ = """
id: week
title: A week
pick: [two-layer-numbers, two-class-softmax]
"""
# Of the specification: kind or feature → fidelity in each program.
SPECIFIED = {
    "moodle": {
        "number": "F", "count": "F", "matrix": "F", "formula": "M", "choice": "F", "several-all": "R",
        "several-each": "F", "several-penalised": "F", "match": "F", "order": "A", "order-distractors": "R",
        "text": "M", "other": "M", "follow-through": "R", "credit": "F", "message": "F",
    },
    "pdf": {
        "number": "M", "count": "M", "matrix": "M", "formula": "M", "choice": "F", "several-all": "F",
        "several-each": "F", "several-penalised": "F", "match": "F", "order": "M", "order-distractors": "M",
        "text": "M", "other": "M", "follow-through": "M", "credit": "M", "message": "M",
    },
}  # fmt: skip
EXPLAINED: dict[tuple[str, str], str] = {}  # (program, kind) → why it is not as specified


@pytest.fixture(scope="module")
def quiz(tmp_path_factory):
    return Round(tmp_path_factory.mktemp("exported"), QUIZ, ["ada", "ben", "cem"])


def export(quiz, out, *words):
    return CliRunner().invoke(main, ["export", str(quiz.folder), "--out", str(out), *words])


def accepting(*codes):
    return [word for code in codes for word in ("--accept", code)]


EVERY = accepting(*exports.LOSSES)


def contents(folder):
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.mark.parametrize("name", exports.MODULES)
def test_what_a_program_carries_is_as_specified(name):
    found = {kind: carried[name] for kind, carried in exports.carried().items()}
    differs = {kind for kind in found if found[kind] != SPECIFIED[name][kind]}
    assert differs == {kind for program, kind in EXPLAINED if program == name}


def test_a_loss_withholds_the_files_until_it_is_accepted(quiz, tmp_path):
    told = export(quiz, tmp_path, "--to", "moodle")
    assert told.exit_code == 1
    assert [*contents(tmp_path)] == ["losses.json", "losses.md"]
    report = json.loads((tmp_path / "losses.json").read_text())
    assert {one["code"] for row in report["items"] for one in row["losses"]} == {
        "answer-forms", "follow-through", "locale-comma", "symbolic-manual",
    }  # fmt: skip
    assert "--accept answer-forms --accept follow-through" in told.stderr
    codes = accepting("answer-forms", "follow-through", "locale-comma", "symbolic-manual")
    assert export(quiz, tmp_path, "--to", "moodle", *codes).exit_code == 0
    assert "questions.xml" in contents(tmp_path)
    export(quiz, tmp_path, "--to", "moodle")  # and nobody imports what the report does not speak of
    assert [*contents(tmp_path)] == ["losses.json", "losses.md"]


@pytest.mark.parametrize("name", exports.MODULES)
@pytest.mark.parametrize("words", [[], ["--versions", "2"], ["--variants", "2"]], ids=str)
def test_the_same_papers_give_the_same_bytes_without_the_secret(quiz, tmp_path, name, words):
    if name == "pdf":
        pytest.importorskip("typst")
    way = words[0].removeprefix("--") if words else "papers"
    if way not in targets.target(name).modes:
        assert export(quiz, tmp_path, "--to", name, *EVERY, *words).exit_code == 2
        return
    for folder in ("one", "other"):
        told = export(quiz, tmp_path / folder, "--to", name, *EVERY, *words)
        assert told.exit_code == 0, told.output
    one, other = contents(tmp_path / "one"), contents(tmp_path / "other")
    assert one == other
    assert all(quiz.secret.encode() not in content for content in one.values())


def test_more_versions_than_papers_are_an_error(quiz, tmp_path):
    told = export(quiz, tmp_path, "--to", "moodle", "--versions", "4")
    assert told.exit_code == 2
    assert "expected at least 4 papers, found 3" in told.stderr


def test_students_share_versions_evenly(quiz, tmp_path):
    export(quiz, tmp_path, "--to", "moodle", "--versions", "2", *EVERY)
    table = (tmp_path / "versions.csv").read_text().split()
    assert table == ["student,version", "ada,A", "ben,B", "cem,A"]
