"""Marks that were given stand: never lower means never lower, until a person says otherwise."""

import csv
import io
import json

import pytest

from grader.cli import main
from grader.papers.records import Graded
from grader.papers.standing import kept
from tests.grader.rounds import Round

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
OTHER = EXERCISE.replace("id: line", "id: other")
STRICT = EXERCISE.replace("w x + b", "w x + b + 1")  # so that what was right is wrong
RENAMED = EXERCISE.replace("id: forward", "id: values").replace("w x + b", "w x + b + 1")
UNFIT = EXERCISE.replace("inputs: {x: 1}", "inputs: {x: 2}").replace("w: 1", "w: 1 × 2")
QUIZ = "id: week\ntitle: Week\npick: [line, other]\n"


class Term(Round):
    def __init__(self, folder):
        self.given = folder / "bank"
        self.given.mkdir(parents=True)
        (self.given / "line.yaml").write_text(EXERCISE)
        (self.given / "other.yaml").write_text(OTHER)
        super().__init__(folder / "round", QUIZ, ["ada", "ben", "cy"], folders=(self.given,))
        self.everything = {f"{who}.ipynb": self.answered(who) for who in ("ada", "ben", "cy")}
        self.papers = self.hand_in(self.everything)
        self.out, self.marks = folder / "marks.csv", folder / "marks.jsonl"

    def mend(self, text):
        (self.given / "line.yaml").write_text(text)

    def words(self, command, *further):
        return (command, self.papers, "--quiz", self.folder, "--bank", self.given, *further)

    def grade(self, run, *further):
        result = run(
            main, *self.words("grade", "--out", self.out, "--details", self.marks, *further)
        )
        return result, self.points()

    def regrade(self, run, *further):
        new = self.marks.with_name("new.jsonl")
        words = ("--marks", self.marks, "--out", new, "--gradebook", self.out, "--yes", *further)
        result = run(main, *self.words("regrade", *words))
        assert result.exit_code == 0, result.output
        new.replace(self.marks)
        return result.output, self.points()

    def points(self):
        rows = [line.split(",") for line in self.out.read_text().splitlines()[1:]]
        return {row[0]: row[1] for row in rows}


@pytest.fixture
def term(tmp_path, run):
    term = Term(tmp_path)
    result, points = term.grade(run)
    assert (result.exit_code, points) == (0, {"ada": "8", "ben": "8", "cy": "8"})
    return term


def test_lower_marks_are_kept(term, run):
    term.mend(STRICT)
    said, points = term.regrade(run, "--never-lower")
    assert points == {"ada": "8", "ben": "8", "cy": "8"}
    assert "3 marks would be lower and stay as before" in said


def test_and_are_the_marks_from_then_on(term, run):
    """For gradebook and feedback alike, until the next regrade."""
    term.mend(STRICT)
    term.regrade(run, "--never-lower")
    pages = term.base / "pages"
    _, points = term.grade(run, "--feedback", pages)
    assert points == {"ada": "8", "ben": "8", "cy": "8"}
    assert "**8 of 8 points**" in (pages / "ada.md").read_text()
    _, points = term.regrade(run)
    assert points == {"ada": "6", "ben": "6", "cy": "6"}  # y follows from z
    assert term.grade(run)[1] == points


def test_a_new_answer_is_marked_anew(term, run):
    term.mend(STRICT)
    term.regrade(run, "--never-lower")
    paper = json.loads(json.dumps(term.everything["ada.ipynb"]))
    for cell in paper["cells"]:
        if cell["metadata"]["gradmark"].get("blank") == "line/forward.z":
            cell["source"] = "# answer to line/forward.z: 17"
    term.papers = term.hand_in({**term.everything, "ada.ipynb": paper})
    assert term.grade(run)[1] == {"ada": "6", "ben": "8", "cy": "8"}


def broken(term, what):
    files = dict(term.everything)
    match what:
        case "gone":
            del files["ben.ipynb"]
        case "damaged":
            files["ben.ipynb"] = {"cells": []}
        case "doubled":
            files["again.ipynb"] = json.loads(json.dumps(files["ben.ipynb"]))
            files["again.ipynb"]["cells"][-1]["source"] += "7"
    term.papers = term.hand_in(files)


@pytest.mark.parametrize("what", ["gone", "damaged", "doubled"])
def test_who_cannot_be_marked_again_keeps_the_marks(term, run, what):
    broken(term, what)
    term.mend(STRICT)
    _, points = term.regrade(run, "--never-lower")
    assert points["ben"] == "8"
    assert "the marks from before stand" in term.out.read_text()
    assert '"student":"ben"' in term.marks.read_text()
    result, points = term.grade(run)
    assert points["ben"] == "8"
    assert result.exit_code == 1


def test_whose_file_held_the_paper_is_for_staff():
    row = kept(Graded("ben", "ada.ipynb", (), problem="the only paper is in a file of 'ada'"), [])
    assert row.notes == ("the marks from before stand",)
    assert "the only paper is in a file of 'ada'" in row.remarks


@pytest.mark.parametrize("what", ["gone", "damaged", "doubled"])
def test_and_is_told_without_it(term, run, what):
    broken(term, what)
    said, points = term.regrade(run)
    assert points["ben"] == ""
    assert "ben line/forward.z: correct 2 -> no mark 0" in said
    assert "for 1 student; points in all: -8" in said


def test_who_left_keeps_the_marks(term, run):
    del term.everything["cy.ipynb"]
    term.papers = term.hand_in(term.everything)
    (term.base / "roster.csv").write_text("student\nada\nben\n")
    run(
        main, "quiz", term.base / "quiz.yaml", "--roster", term.base / "roster.csv", "--out", term.folder,
        "--bank", term.given,
    )  # fmt: skip
    _, points = term.regrade(run, "--never-lower")
    assert points["cy"] == "8"


def test_a_renamed_question_counts_once(term, run):
    term.mend(RENAMED)
    _, points = term.regrade(run, "--never-lower")
    assert points == {"ada": "8", "ben": "8", "cy": "8"}
    lines = [json.loads(line) for line in term.marks.read_text().splitlines()]
    assert {(one["exercise"], one["out_of"], len(one["marks"])) for one in lines} == {
        ("line", 4, 2),
        ("other", 4, 2),
    }


@pytest.mark.parametrize("mended", [UNFIT, None])
def test_an_exercise_that_no_longer_fits_waits_and_stops_nobody(term, run, mended):
    if mended:
        term.mend(mended)
    else:
        (term.given / "line.yaml").unlink()
    decisions, pages = term.base / "decisions.csv", term.base / "pages"
    result, points = term.grade(run, "--decisions", decisions, "--feedback", pages)
    assert result.exit_code == 1
    assert points == {"ada": "4", "ben": "4", "cy": "4"}
    lines = [json.loads(line) for line in term.marks.read_text().splitlines()]
    assert {one["out_of"] for one in lines} == {4}
    waiting = [one["marks"] for one in lines if one["exercise"] == "line"]
    assert {mark["verdict"] for marks in waiting for mark in marks.values()} == {"waiting"}
    assert decisions.read_text("utf-8-sig").count("line/forward") == 6
    assert "line no longer fits this paper" in term.out.read_text()
    assert "**4 of 8 points**" in (pages / "ada.md").read_text()
    _, points = term.regrade(run, "--never-lower")
    assert points == {"ada": "4", "ben": "4", "cy": "4"}


def test_feedback_that_no_longer_holds_is_removed(term, run):
    pages = term.base / "pages"
    term.grade(run, "--feedback", pages)
    (pages / "notes.md").write_text("ours")
    assert (pages / "ben.html").exists()
    broken(term, "doubled")
    term.grade(run, "--feedback", pages)
    assert sorted(path.name for path in pages.iterdir()) == [
        "ada.html",
        "ada.md",
        "cy.html",
        "cy.md",
        "notes.md",
    ]


def test_what_a_person_decided_is_left_alone(term, run):
    """A person gave less than gradmark: never lower is about gradmark's marks, not about people's."""
    decisions = term.base / "decisions.csv"
    decisions.write_text("student,blank,answer,decision\nada,line/forward.z,,0\n")
    assert term.grade(run, "--decisions", decisions)[1]["ada"] == "6"
    term.mend(STRICT)
    _, points = term.regrade(run, "--never-lower", "--decisions", decisions)
    assert points == {"ada": "6", "ben": "8", "cy": "8"}


def test_nothing_is_written_unless_one_agrees(term, run):
    term.mend(STRICT)
    before = {path: path.read_bytes() for path in term.base.parent.rglob("*") if path.is_file()}
    words = (
        "--marks",
        term.marks,
        "--out",
        term.base / "new.jsonl",
        "--decisions",
        term.base / "d.csv",
    )
    assert run(main, *term.words("regrade", *words)).exit_code == 1
    assert {
        path: path.read_bytes() for path in term.base.parent.rglob("*") if path.is_file()
    } == before


# Decisions on marks that stand


def lines_of(path):
    return list(csv.DictReader(io.StringIO(path.read_text("utf-8-sig"), newline="")))


def decided(term, run, decision):
    """Ada's first number cannot be read, and a person gives points for it; then her file is damaged."""
    paper = term.everything["ada.ipynb"]
    cell = next(cell for cell in paper["cells"] if cell["cell_type"] == "code")
    cell["source"] = cell["source"].partition("\n")[0] + "\nsee my notes"
    (term.papers / "ada.ipynb").write_text(json.dumps(paper))
    sheet = term.base.parent / "decisions.csv"
    term.grade(run, "--decisions", sheet)
    rows = lines_of(sheet)
    rows[0]["decision"] = decision
    with sheet.open("w", newline="") as file:
        table = csv.DictWriter(file, rows[0].keys())
        table.writeheader()
        table.writerows(rows)
    term.grade(run, "--decisions", sheet)
    (term.papers / "ada.ipynb").write_text("{")
    return sheet


def test_what_is_kept_in_a_regrade_has_a_row(term, run):
    sheet = decided(term, run, "1")
    before = term.points()
    _, points = term.regrade(run, "--never-lower", "--decisions", sheet)
    assert points == before
    waiting = [row for row in lines_of(sheet) if not row["decision"]]
    assert [(row["student"], row["blank"]) for row in waiting] == [("ada", "")]
    assert "not a notebook" in waiting[0]["message"]
    _, again = term.grade(run, "--decisions", sheet)
    assert again == before
    assert [row for row in lines_of(sheet) if not row["decision"]] == waiting


def test_a_decision_withdrawn_after_a_regrade_waits_again(term, run):
    sheet = decided(term, run, "1")
    term.regrade(run, "--never-lower", "--decisions", sheet)
    kept_points = float(term.points()["ada"])
    rows = [
        line for line in sheet.read_text("utf-8-sig").splitlines() if "see my notes" not in line
    ]
    sheet.write_text("\n".join(rows) + "\n")
    _, points = term.grade(run, "--decisions", sheet)
    assert float(points["ada"]) == kept_points - 1
    assert any("see my notes" in row["answer"] and not row["decision"] for row in lines_of(sheet))


def test_a_regrade_takes_the_submission_that_grade_took(term, run):
    for day, who in ((11, "ben"), (12, "ada")):
        paper = json.loads(json.dumps(term.everything["ada.ipynb"]))
        if who == "ben":
            cell = next(cell for cell in paper["cells"] if cell["cell_type"] == "code")
            cell["source"] = cell["source"].partition("\n")[0] + "\n123.5"
        name = f"week_ada_attempt_2026-11-{day}-10-15-30.ipynb"
        (term.papers / name).write_text(json.dumps(paper))
    (term.papers / "ada.ipynb").unlink()
    _, before = term.grade(run, "--take", "newest")
    _, after = term.regrade(run, "--take", "newest")
    assert before == after == {"ada": "8", "ben": "8", "cy": "8"}
    _, after = term.regrade(run)
    assert after["ada"] == ""
