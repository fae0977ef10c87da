"""After an exercise is mended: whose marks change, before anything is written."""

import csv
import gzip
import json
from pathlib import Path

import pytest

from grader.cli import main

EXERCISE = """
id: line
title: A line
network:
  inputs: {x: 1}
  parameters: {w: 1, b: 1}
  equations: |
    z = w x + b
    y = tanh(z)
sample:
  x: {from: [-3, 3], step: 1, not: 0}
  w, b: {from: [-1, 1], step: 0.1, not: 0}
questions:
  - id: forward
    points: 4
    ask: Compute $z$ and $y$.
    answer: {values: [z, y]}
"""
KIND = EXERCISE + "    tolerance: {absolute: 0.2}\n"
STRICT = EXERCISE + "    tolerance: {absolute: 0.000001}\n"
TWISTED = EXERCISE.replace("w x + b", "w x - b")
SEEDS = range(30)


@pytest.fixture
def folder(tmp_path, run):
    """Answers that are rounded to one decimal, and their marks."""
    for name, text in {"old": EXERCISE, "kind": KIND, "strict": STRICT, "twisted": TWISTED}.items():
        (tmp_path / name).mkdir()
        (tmp_path / name / "line.yaml").write_text(text)
    lines = []
    for seed in SEEDS:
        shown = run(
            main,
            "show",
            "line",
            "--bank",
            tmp_path / "old",
            "--seed",
            seed,
            "--format",
            "json",
            "--solution",
        )
        key = json.loads(shown.stdout)["solution"]
        answers = {name: f"{float(value):.1f}" for name, value in key.items()}
        lines.append({"student": f"s{seed}", "exercise": "line", "seed": seed, "answers": answers})
    lines.append({"student": "=1+1", "exercise": "gone", "seed": 1, "answers": {}})
    (tmp_path / "a.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    run(
        main,
        "grade",
        tmp_path / "a.jsonl",
        "--bank",
        tmp_path / "old",
        "--out",
        tmp_path / "m.jsonl",
    )
    return tmp_path


def regrade(run, folder, bank, *words):
    return run(
        main, "regrade", folder / "a.jsonl", "--marks", folder / "m.jsonl", "--was", folder / "old",
        "--bank", folder / bank, "--out", folder / "n.jsonl", "--jobs", 1, *words,
    )  # fmt: skip


def marks(path: Path):
    return [json.loads(line) for line in path.read_text().splitlines()]


def table(path: Path):
    return [*csv.DictReader(path.read_text().splitlines())]


def test_nothing_is_written_before_anyone_agrees(folder, run):
    result = regrade(run, folder, "kind")
    assert result.exit_code == 1
    assert "-> correct 2: tolerance ± " in result.stdout
    assert "nothing was written" in result.stderr
    assert not (folder / "n.jsonl").exists()
    assert regrade(run, folder, "kind", "--yes").exit_code == 0
    assert len(marks(folder / "n.jsonl")) == len(SEEDS) + 1


def test_answers_are_marked_on_the_variants_they_were_given_to(folder, run):
    """A wider tolerance rejects other draws; the stored answers belong to the old ones."""
    regrade(run, folder, "kind", "--yes")
    *new, last = marks(folder / "n.jsonl")
    assert [one["points"] for one in new] == [4] * len(SEEDS)  # none is off by more than 0.05
    assert "no exercise 'gone'" in last["error"]
    assert any(one["points"] < 4 for one in marks(folder / "m.jsonl")[:-1])


def test_the_same_bank_changes_nothing(folder, run):
    result = regrade(run, folder, "old", "--yes")
    told = "60 marks compared: 0 changed, for 0 students; points in all: +0\n"
    assert result.stdout == told
    assert (folder / "n.jsonl").read_bytes() == (folder / "m.jsonl").read_bytes()


def test_never_lower(folder, run):
    old = marks(folder / "m.jsonl")
    lowered = regrade(run, folder, "strict", "--yes")
    assert "points in all: -6" in lowered.stdout
    assert any(
        new["points"] < one["points"]
        for one, new in zip(old[:-1], marks(folder / "n.jsonl"), strict=False)
    )
    result = regrade(run, folder, "strict", "--yes", "--never-lower")
    assert "would be lower" in result.stdout
    for one, new in zip(old[:-1], marks(folder / "n.jsonl")[:-1], strict=True):
        assert (
            new["points"] == sum(mark["points"] for mark in new["marks"].values()) >= one["points"]
        )
        for name, mark in one["marks"].items():
            assert new["marks"][name]["points"] >= mark["points"]


def test_every_change_stands_in_a_table(folder, run):
    result = regrade(run, folder, "twisted", "--yes", "--changes", folder / "c.csv")
    rows = table(folder / "c.csv")
    old, new = (
        {
            (one["student"], name): mark["points"]
            for one in marks(folder / file)[:-1]
            for name, mark in one["marks"].items()
        }
        for file in ("m.jsonl", "n.jsonl")
    )
    assert {(row["student"], row["blank"]) for row in rows} >= {
        at for at in old if old[at] != new[at]
    }
    assert f"60 marks compared: {len(rows)} changed" in result.stdout
    assert "key " in result.stdout


def test_lines_that_get_marks_or_lose_them_are_changes(folder, run):
    """An exercise that the bank did not hold, and one that it holds no more."""
    for bank in ("old", "kind"):
        (folder / bank / "gone.yaml").write_text(EXERCISE.replace("id: line", "id: gone"))
    lines = (folder / "a.jsonl").read_text().splitlines(keepends=True)
    lines[-1] = '{"student": "eve", "exercise": "gone", "seed": 1, "answers": {"forward.z": "9"}}\n'
    (folder / "a.jsonl").write_text("".join(lines))
    result = regrade(run, folder, "kind", "--yes")
    assert "gone/forward.z: no mark -> incorrect, once" in result.stdout
    assert marks(folder / "n.jsonl")[-1]["marks"]["forward.y"]["verdict"] == "blank"

    (folder / "kind/gone.yaml").unlink()
    (folder / "n.jsonl").rename(folder / "m.jsonl")
    result = regrade(run, folder, "kind", "--yes")
    told = "eve gone/forward.z: incorrect 0 -> no mark 0: no exercise 'gone' in the bank\n"
    assert told in result.stdout
    assert "error" in marks(folder / "n.jsonl")[-1]
    result = regrade(run, folder, "kind", "--yes", "--never-lower")
    assert marks(folder / "n.jsonl") == marks(folder / "m.jsonl")


def test_new_marks_are_compressed_as_their_name_says(folder, run):
    words = ("--marks", folder / "m.jsonl", "--was", folder / "old", "--bank", folder / "kind")
    out = folder / "n.jsonl.gz"
    run(main, "regrade", folder / "a.jsonl", *words, "--out", out, "--yes", "--jobs", 1)
    regrade(run, folder, "kind", "--yes")
    assert gzip.decompress(out.read_bytes()) == (folder / "n.jsonl").read_bytes()
    out = folder / "n.parquet"
    result = run(main, "regrade", folder / "a.jsonl", *words, "--out", out, "--yes", "--jobs", 1)
    assert "expected JSON lines" in result.stderr
    assert not out.exists()


def test_marks_of_other_answers_are_refused(folder, run):
    lines = (folder / "m.jsonl").read_text().splitlines(keepends=True)
    (folder / "m.jsonl").write_text("".join(reversed(lines[:-1])) + lines[-1])
    result = regrade(run, folder, "kind", "--yes")
    assert (result.exit_code, "expected s0 line 0, found s29 line 29" in result.stderr) == (2, True)
    (folder / "m.jsonl").write_text("".join(lines[:-2]))
    assert (
        "expected a line of marks for each line of answers"
        in regrade(run, folder, "kind", "--yes").stderr
    )
    (folder / "m.jsonl").write_text("what\n")
    assert "not a line of marks" in regrade(run, folder, "kind", "--yes").stderr
    assert not (folder / "n.jsonl").exists()


@pytest.mark.parametrize("words", [["--quiz", "old"], ["--decisions", "m.jsonl"]])
def test_words_that_do_not_go_together(folder, run, words):
    result = regrade(run, folder, "kind", words[0], folder / words[1])
    assert result.exit_code == 2


def test_papers_keep_their_values(folder, run, tmp_path):
    """Notebooks of a quiz are marked on the values that the papers store, with a gradebook."""
    quiz, roster = tmp_path / "quiz.yaml", tmp_path / "roster.csv"
    quiz.write_text("id: week\ntitle: Week\npick: [line]\n")
    roster.write_text("student\nada\nbob\n")
    run(
        main, "quiz", quiz, "--roster", roster, "--out", tmp_path / "week", "--bank", folder / "old"
    )
    key = {
        row["student"] + row["blank"]: row["key"] for row in table(tmp_path / "week/staff/key.csv")
    }
    for student in ("ada", "bob"):
        path = tmp_path / "week/papers" / f"{student}.ipynb"
        content = json.loads(path.read_text())
        for cell in content["cells"]:
            blank = cell["metadata"].get("gradmark", {}).get("blank")
            if blank:
                name = student + blank.partition("/")[2]
                cell["source"] += f"{float(key[name]):.1f}"
        path.write_text(json.dumps(content))
    papers = tmp_path / "week/papers"
    words = ("--quiz", tmp_path / "week", "--bank")
    run(
        main,
        "grade",
        papers,
        *words,
        folder / "old",
        "--out",
        tmp_path / "g.csv",
        "--details",
        tmp_path / "d.jsonl",
    )
    result = run(
        main, "regrade", papers, *words, folder / "kind", "--marks", tmp_path / "d.jsonl", "--out", tmp_path / "n.jsonl",
        "--gradebook", tmp_path / "new.csv", "--yes",
    )  # fmt: skip
    assert result.exit_code == 0, result.output
    assert [row["points"] for row in table(tmp_path / "new.csv")] == ["4", "4"]
    assert [one["points"] for one in marks(tmp_path / "n.jsonl")] == [4, 4]


PENALISED = """
id: line
title: Noise
questions:
  - id: some
    points: 6
    ask: Which are right?
    answer:
      choose_several:
        show: 5
        scoring: penalised
        options:
          noise: {right: true, text: Noise., because: So it is.}
          bug: {right: true, text: A bug., because: So it is.}
          luck: {right: true, text: Luck., because: So it is.}
          night: {text: Night., because: It is not so.}
          rain: {text: Rain., because: It is not so.}
"""
# Chosen, what that was worth when a wrong option cost as much as a right one earned, and what it is worth now.
WORTH = [
    ("noise bug luck", 6, 6),
    ("noise bug luck night rain", 2, 0),
    ("noise bug luck night", 4, 3),
]


@pytest.fixture
def penalised(tmp_path, run):
    """Answers, and their marks of the older version, which said neither version nor notes."""
    (tmp_path / "old").mkdir()
    (tmp_path / "old" / "line.yaml").write_text(PENALISED)
    answers, stored = [], []
    for number, (chosen, points, _) in enumerate(WORTH):
        one = {"student": f"s{number}", "exercise": "line", "seed": 0}
        answers.append(one | {"answers": {"some": chosen}})
        mark = {"verdict": "correct" if points == 6 else "partial", "points": points, "out_of": 6}
        stored.append(one | {"points": points, "out_of": 6, "marks": {"some": mark}})
    for name, lines in (("a", answers), ("m", stored)):
        (tmp_path / f"{name}.jsonl").write_text("".join(json.dumps(one) + "\n" for one in lines))
    return tmp_path


def test_marks_of_an_older_scoring_are_read(penalised, run):
    result = regrade(run, penalised, "old", "--yes", "--changes", penalised / "c.csv")
    assert result.exit_code == 0, result.output
    assert [one["points"] for one in marks(penalised / "n.jsonl")] == [now for *_, now in WORTH]
    changed = [(row["points"], row["points now"]) for row in table(penalised / "c.csv")]
    assert changed == [(str(was), str(now)) for _, was, now in WORTH if was != now]


def test_and_stand_where_none_is_to_be_lower(penalised, run):
    result = regrade(run, penalised, "old", "--yes", "--never-lower")
    assert "2 marks would be lower and stay as before" in result.output
    for kept in (marks(penalised / "n.jsonl"), marks(penalised / "m.jsonl")):
        assert [one["points"] for one in kept] == [was for _, was, _ in WORTH]
        assert [one["marks"]["some"]["points"] for one in kept] == [was for _, was, _ in WORTH]
