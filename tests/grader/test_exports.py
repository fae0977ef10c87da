"""Papers for other programs: what each can hold, what is withheld, what is written."""

import csv
import json
import re

import pytest
from click.testing import CliRunner

from grader import exports
from grader.answers import MatchKey, MatrixKey, OrderKey, SeveralKey
from grader.cli import main
from grader.exports import targets
from grader.exports.items import code_of
from grader.marking import mark
from tests.grader.readers import moodle
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
    "canvas": {
        "number": "F", "count": "F", "matrix": "A", "formula": "M", "choice": "F", "several-all": "F",
        "several-each": "R", "several-penalised": "R", "match": "A", "order": "A", "order-distractors": "R",
        "text": "M", "other": "M", "follow-through": "R", "credit": "R", "message": "R",
    },
    "canvas-classic": {
        "number": "A", "count": "A", "matrix": "A", "formula": "M", "choice": "F", "several-all": "R",
        "several-each": "R", "several-penalised": "F", "match": "F", "order": "R", "order-distractors": "R",
        "text": "M", "other": "M", "follow-through": "R", "credit": "R", "message": "R",
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


# Back

MIXED = """
id: mixed
title: Of every kind
pick: [two-layer-numbers, two-class-softmax, layer-costs, norm-three-paths, dropout-all-masks, hidden-functions]
"""


def reported(questions, code, answers, keys):
    """What Moodle's report says where a student gave these answers: (question, response) of each question of an exercise."""
    for name, one in questions.items():
        own, _, address = name.partition("/")
        if own == code and address:
            yield f"… gradmark:{name}", alone(keys[address], answers[address])
        elif own == code:
            addresses = [at for at in keys if f"{code}/{at}" not in questions]
            texts = [text for at in addresses for text in gaps(keys[at], answers[at])]
            assert len(texts) == len(one["gaps"])
            parts = [f"part {place}: {text}" for place, text in enumerate(texts, start=1)]
            yield f"… gradmark:{code}", "; ".join(parts)


def alone(key, answer):
    match key:
        case SeveralKey() | OrderKey():
            return "; ".join(f"({one}) text" for one in answer.replace(",", " ").split())
    return answer


def gaps(key, answer):
    match key:
        case MatrixKey(values=values):
            return (
                re.findall(r"[^\[\], ]+", answer) if answer else [""] * len(values) * len(values[0])
            )
        case SeveralKey():
            chosen = answer.replace(",", " ").split()
            letters = "abcdefghijklmnop"[: len(key.options)]
            return ["right" if one in chosen else "wrong" for one in letters]
        case MatchKey(letters=letters):
            pairs = dict(re.findall(r"(\d+)([a-z])", answer))
            return [pairs.get(str(place), "") for place in range(1, len(letters) + 1)]
    return [answer]


def test_responses_of_moodle_have_the_marks_of_gradmark(tmp_path):
    """One student is right, one gives wrong numbers of which others follow, one leaves out every second blank."""
    quiz = Round(tmp_path, MIXED, ["ada", "ben", "cem"])
    told = export(quiz, tmp_path / "moodle", "--to", "moodle", *EVERY)
    assert told.exit_code == 0
    questions = moodle.read((tmp_path / "moodle/questions.xml").read_bytes())
    rows, expected = [], {}
    for paper in quiz.manifest.papers:
        row = {"Last name": "", "Email address": f"{paper.student.upper()}"}
        for item in paper.items:
            variant = quiz.solved[paper.student, item.draw.exercise]
            keys = {address: key for address, (_, key) in variant.keys.items()}
            answers = {
                address: answer(paper.student, at, key)
                for at, (address, key) in enumerate(keys.items())
            }
            expected[paper.student, item.draw.exercise] = mark(
                variant, answers, weight=item.weight
            ).points
            for question, response in reported(
                questions, code_of(paper, item.draw.exercise), answers, keys
            ):
                row |= {f"Question {len(row)}": question, f"Response {len(row)}": response}
        rows.append(row)
    columns = [*{name: None for row in rows for name in row}]
    with (tmp_path / "responses.csv").open("w", newline="") as file:
        writer = csv.DictWriter(file, columns)
        writer.writeheader()
        writer.writerows(rows)
    found = collected(tmp_path, quiz)
    assert found == expected
    assert len({*expected.values()}) > 6


def answer(student, at, key):
    if student == "ada" or (student == "ben" and at % 3) or not key.portable():
        return key.show()
    if student == "ben":
        return key.near_misses()[0]
    return key.show() if at % 2 else ""


def collected(folder, quiz):
    """(student, exercise) → points, by way of `collect` and `grade`."""
    run = CliRunner().invoke
    words = ["--quiz", str(quiz.folder), "--out"]
    lines = [
        "collect",
        str(folder / "responses.csv"),
        "--from",
        "moodle",
        *words,
        str(folder / "c.jsonl"),
    ]
    assert run(main, lines).exit_code == 0, run(main, lines).output
    details = ["--details", str(folder / "d.jsonl")]
    run(main, ["grade", str(folder / "c.jsonl"), *words, str(folder / "m.csv"), *details])
    found = map(json.loads, (folder / "d.jsonl").read_text().splitlines())
    return {(one["student"], one["exercise"]): one["points"] for one in found}
