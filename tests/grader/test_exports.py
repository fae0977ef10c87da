"""Papers for other programs: what each can hold, what is withheld, what is written."""

import csv
import importlib
import json
import re
import shutil

import pytest
from click.testing import CliRunner

from grader import exports
from grader.answers import ChoiceKey, MatchKey, MatrixKey, OrderKey, SeveralKey
from grader.cli import main
from grader.exports import Selection
from grader.exports.items import code_of
from grader.exports.package import Mode
from grader.exports.targets import target
from grader.marking import mark
from tests import doors, mapping
from tests.grader.readers import Compared, canvas, moodle
from tests.grader.rounds import Round
from tests.pages import ROOT
from tests.shipped import BANK

EXERCISES = ROOT / "exercises"
QUIZ = """
id: week
title: A week
pick: [two-layer-numbers, two-class-softmax]
"""
# Of the specification: kind or feature → fidelity in each program.
LMS = ("moodle", "canvas", "canvas-classic", "qti3")
EVERYTHING = dict.fromkeys(
    ["number", "count", "matrix", "formula", "choice", "several-all", "several-each", "several-penalised", "match",
     "order", "order-distractors", "other", "follow-through", "credit", "message"], "F",
) | {"text": "M"}  # fmt: skip
SPECIFIED = {
    "prairielearn": EVERYTHING,
    "gradescope": EVERYTHING,
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
    "qti3": {
        "number": "F", "count": "F", "matrix": "F", "formula": "M", "choice": "F", "several-all": "F",
        "several-each": "A", "several-penalised": "F", "match": "F", "order": "A", "order-distractors": "R",
        "text": "M", "other": "M", "follow-through": "R", "credit": "A", "message": "A",
    },
    "pdf": {
        "number": "M", "count": "M", "matrix": "M", "formula": "M", "choice": "F", "several-all": "F",
        "several-each": "F", "several-penalised": "F", "match": "F", "order": "M", "order-distractors": "M",
        "text": "M", "other": "M", "follow-through": "M", "credit": "M", "message": "M",
    },
}  # fmt: skip
EXPLAINED: dict[tuple[str, str], str] = {}  # (program, kind) → why it is not as specified


def made(folder, text):
    """A quiz of some exercises of the bank, for a class of three."""
    (folder / "bank").mkdir()
    for name in re.findall(r"[\w-]+", text.partition("pick: ")[2]):
        [path] = EXERCISES.rglob(f"{name}.yaml")
        shutil.copy(path, folder / "bank")
    return Round(folder, text, ["ada", "ben", "cem"], folders=(folder / "bank",))


@pytest.fixture(scope="module")
def quiz(tmp_path_factory):
    return made(tmp_path_factory.mktemp("exported"), QUIZ)


def export(quiz, out, *words):
    bank = ["--bank", str(quiz.folders[0])]
    return CliRunner().invoke(main, ["export", str(quiz.folder), "--out", str(out), *bank, *words])


def accepting(*codes):
    return [word for code in codes for word in ("--accept", code)]


EVERY = accepting(*exports.LOSSES)


def contents(folder):
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.mark.parametrize("name", SPECIFIED)
def test_what_a_program_carries_is_as_specified(name):
    found = {kind: carried[name] for kind, carried in exports.carried().items()}
    differs = {kind for kind in found if found[kind] != SPECIFIED[name][kind]}
    assert differs == {kind for program, kind in EXPLAINED if program == name}


def test_every_program_is_specified():
    assert {*SPECIFIED} == {*exports.MODULES}


def test_the_page_says_what_the_targets_say():
    assert mapping.PAGE.read_text() == mapping.page()  # or run `make mapping`


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


@pytest.mark.parametrize("name", [*LMS, "pdf"])
def test_the_same_papers_give_the_same_bytes_without_the_secret(quiz, tmp_path, name):
    if name == "pdf":
        pytest.importorskip("typst")
    chosen = {
        Mode.PAPERS: Selection(),
        Mode.VERSIONS: Selection(versions=2),
        Mode.VARIANTS: Selection(variants=2),
    }
    for mode in target(name).modes:
        for folder in ("one", "other"):
            given = quiz.folder, name, tmp_path / folder, quiz.bank, chosen[mode], exports.LOSSES
            assert not exports.export(*given).withheld
        one, other = contents(tmp_path / "one"), contents(tmp_path / "other")
        assert one == other
        assert all(quiz.secret.encode() not in content for content in one.values())


def test_pools_of_split_exercises_are_refused_by_canvas(quiz, tmp_path):
    told = export(quiz, tmp_path, "--to", "canvas", "--variants", "2", *EVERY)
    assert told.exit_code == 2 and "takes papers, versions, not variants" in told.stderr


def test_wheels_go_where_gradmark_runs(quiz, tmp_path):
    lacking = export(quiz, tmp_path / "out", "--to", "gradescope")
    assert lacking.exit_code == 2 and "name a folder of wheels with --wheels" in lacking.stderr
    told = export(quiz, tmp_path / "out", "--to", "moodle", "--wheels", tmp_path)
    assert told.exit_code == 2 and "--wheels is for prairielearn and gradescope" in told.stderr


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
pick: [two-layer-numbers, layer-costs, norm-three-paths, dropout-all-masks, hidden-functions, two-two-one]
"""


def moodle_says(read, code, answers, keys):
    """What Moodle's report says where a student gave these answers: question and response of each question of an exercise."""
    questions = moodle.read(read("questions.xml"))
    for name, one in questions.items():
        own, _, address = name.partition("/")
        if own == code and address:
            yield f"gradmark:{name}", lettered(keys[address], answers[address], "; ")
        elif own == code:
            addresses = [at for at in keys if f"{code}/{at}" not in questions]
            texts = [text for at in addresses for text in gaps(keys[at], answers[at])]
            assert len(texts) == len(one["gaps"])
            parts = [f"part {place}: {text}" for place, text in enumerate(texts, start=1)]
            yield f"gradmark:{code}", "; ".join(parts)


def canvas_says(read, code, answers, keys, student):
    """As in Canvas' analysis of students, whose columns bear the questions."""
    for name, one in canvas.read(read(f"{student}.zip")).items():
        own, _, address = name.partition("/")
        address, _, entry = address.partition(":")
        if own == code:
            key, given = keys[address], answers[address]
            match one["question_type"]:
                case "numerical_question" if entry:
                    given = gaps(key, given)[int(entry) - 1]
                case "matching_question":
                    given = ",".join(f"({n})=>({c})" for n, c in re.findall(r"(\d+)([a-z])", given))
                case "multiple_choice_question" | "multiple_answers_question" | "ordering_question":
                    given = lettered(key, given, ",")
            yield f"gradmark:{name}", given


def lettered(key, answer, separator):
    """Options as a report shows them, by their letters and texts."""
    if isinstance(key, SeveralKey | OrderKey | ChoiceKey):
        return separator.join(f"({one}) text" for one in answer.replace(",", " ").split())
    return answer


def gaps(key, answer):
    """An answer in the gaps of a cloze question."""
    match key:
        case MatrixKey(values=values):
            rows, columns = len(values), len(values[0])
            return re.findall(r"[^\[\], ]+", answer) if answer else [""] * rows * columns
        case SeveralKey():
            chosen = answer.replace(",", " ").split()
            letters = "abcdefghijklmnop"[: len(key.options)]
            return ["right" if one in chosen else "wrong" for one in letters]
        case MatchKey(letters=letters):
            pairs = dict(re.findall(r"(\d+)([a-z])", answer))
            return [pairs.get(str(place), "") for place in range(1, len(letters) + 1)]
    return [answer]


@pytest.fixture(scope="module")
def mixed(tmp_path_factory):
    return made(tmp_path_factory.mktemp("mixed"), MIXED)


@pytest.mark.parametrize("name", ["moodle", "canvas"])
def test_responses_have_the_marks_of_gradmark(mixed, tmp_path, name):
    """One student is right, one gives wrong numbers, from which the last one of an exercise follows, one leaves out every second blank."""
    assert export(mixed, tmp_path / name, "--to", name, *EVERY).exit_code == 0
    rows, expected = [], {}
    for paper in mixed.manifest.papers:
        row = {"Last name": "", "Email address": paper.student.upper()}
        for item in paper.items:
            variant = mixed.solved[paper.student, item.draw.exercise]
            keys = {address: key for address, (_, key) in variant.keys.items()}
            answers = {a: answer(paper.student, at, k) for at, (a, k) in enumerate(keys.items())}
            if (paper.student, item.draw.exercise) == ("ben", "two-two-one"):
                answers |= followed(variant, answers)
            found = mark(variant, answers, weight=item.weight)
            expected[paper.student, item.draw.exercise] = found.points
            code = code_of(paper, item.draw.exercise)
            read = lambda file: (tmp_path / name / file).read_bytes()  # noqa: E731
            if name == "moodle":
                for question, response in moodle_says(read, code, answers, keys):
                    row |= {f"Question {len(row)}": question, f"Response {len(row)}": response}
            else:
                row |= dict(canvas_says(read, code, answers, keys, paper.student))
        rows.append(row)
    with (tmp_path / "responses.csv").open("w", newline="") as file:
        writer = csv.DictWriter(file, [*{column: None for row in rows for column in row}])
        writer.writeheader()
        writer.writerows(rows)
    assert collected(tmp_path, mixed, name) == expected
    assert expected["ben", "two-two-one"] == mixed.manifest.papers[0].items[-1].out_of * 2 / 3
    assert len({*expected.values()}) > 6


def answer(student, at, key):
    if student == "ada" or (student == "ben" and at % 3) or not key.portable():
        return key.show()
    if student == "ben":
        return key.near_misses()[0]
    return key.show() if at % 2 else ""


def followed(variant, answers):
    """A wrong value of a hidden unit, and the output that follows from it."""
    values = {name: rows[0][0] for name, rows in variant.draw.values.items()}
    h1, h2 = float(answers["output.h1"]) + 0.2, float(variant.keys["output.h2"][1].show())
    y = values["v1"] * h1 + values["v2"] * h2 + values["b2"]
    return {"output.h1": f"{h1:.6f}", "output.h2": f"{h2:.6f}", "output.y": f"{y:.6f}"}


def collected(folder, quiz, name):
    """(student, exercise) → points, by way of `collect` and `grade`."""
    bank = ["--bank", str(quiz.folders[0])]
    words = ["--quiz", str(quiz.folder), *bank, "--out"]
    responses, lines = str(folder / "responses.csv"), str(folder / "lines.jsonl")
    found = CliRunner().invoke(main, ["collect", responses, "--from", name, *words, lines])
    assert found.exit_code == 0, found.output
    details = ["--details", str(folder / "details.jsonl")]
    CliRunner().invoke(main, ["grade", lines, *words, str(folder / "marks.csv"), *details])
    found = map(json.loads, (folder / "details.jsonl").read_text().splitlines())
    return {(one["student"], one["exercise"]): one["points"] for one in found}


def test_a_report_with_a_stranger_or_two_attempts_is_refused(quiz, tmp_path):
    lines = [
        "Email address,Question 1,Response 1",
        "ada,gradmark:0,1",
        "ada,gradmark:0,2",
        "eve,gradmark:0,1",
    ]
    (tmp_path / "responses.csv").write_text("\n".join(lines) + "\n")
    words = ["--from", "moodle", "--quiz", str(quiz.folder), "--bank", str(quiz.folders[0])]
    out = ["--out", str(tmp_path / "lines.jsonl")]
    told = CliRunner().invoke(main, ["collect", str(tmp_path / "responses.csv"), *words, *out])
    assert told.exit_code == 2
    assert "'ada' has another row in line 2" in told.stderr and "that of eve" in told.stderr


# What is written is read back

KINDS_OF_ALL = ("layer-costs", "norm-three-paths", "dropout-all-masks", "hidden-functions", "softmax-cross-entropy", "read-the-curves")  # fmt: skip


@pytest.mark.parametrize("name", LMS)
def test_what_is_written_is_read_back_as_it_was(name):
    """A few exercises at a seed; `make doors` takes the whole bank at twenty."""
    found = Compared()
    for exercise in KINDS_OF_ALL:
        doors.compared(name, BANK[exercise], [3], found)
    assert found.differ == []
    assert sum(found.counts.values()) > 100


@pytest.mark.parametrize("name", ["moodle", "canvas", "qti3"])
def test_a_tolerance_that_is_too_wide_is_found(name, monkeypatch):
    module = importlib.import_module(f"grader.exports.{name}")
    monkeypatch.setattr(module, "bound", lambda value, within: 1.01 * within + 1e-6)
    found = Compared()
    doors.compared(name, BANK["hidden-functions"], [3], found)
    assert found.differ


def test_our_own_words_are_in_the_language_that_is_asked_for(mixed, tmp_path):
    """Also what students are told; a decimal comma is right in a German Moodle, so it is no loss there."""
    told = export(mixed, tmp_path, "--to", "moodle", "--locale", "de", *EVERY)
    assert told.exit_code == 0
    text = (tmp_path / "questions.xml").read_text()
    assert "Lösung: " in text and "Key: " not in text
    assert "Gegeben: " in text and "Given: " not in text and "ein Ausdruck in " in text
    assert "Dezimalzahl, etwa 0,8" in (tmp_path / "README.md").read_text()
    assert "locale-comma" not in (tmp_path / "losses.json").read_text()


def test_nothing_is_written_where_the_papers_are(quiz):
    told = export(quiz, quiz.folder / "papers", "--to", "moodle")
    assert told.exit_code == 2 and "which is read: choose another place" in told.stderr
    told = export(quiz, quiz.folder, "--to", "moodle")
    assert told.exit_code == 2 and "holds the quiz itself" in told.stderr
