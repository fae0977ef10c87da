"""Papers as notebooks: what students and tools do to them is survived and told."""

import json
import os
import random
from pathlib import Path

import nbformat
import pytest

from grader import bank, marking, papers
from grader.cli import main
from grader.errors import SubmissionError
from grader.papers import notebook
from tests.grader.rounds import Round
from tests.shipped import BANK

QUIZ = """\
id: round
title: A round
text: Two exercises.
pick:
  - scalar-residual-block
  - {exercise: layer-sizes, points: 10}
  - vanishing-gradients
"""


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A quiz with papers for a small class, one of them answered from the key."""
    return Round(tmp_path_factory.mktemp("quiz"), QUIZ, [f"s{i}" for i in range(1, 5)])


@pytest.fixture
def paper(made):
    return made.answered("s1")


def marked(made, content, name="s1.ipynb"):
    """The one row that a submission leads to."""
    folder = made.hand_in({name: content})
    rows = made.grade(folder)
    return next(row for row in rows if row.file == name)


def cells_of(content, blank):
    return [c for c in content["cells"] if c["metadata"].get("gradmark", {}).get("blank") == blank]


U0 = "scalar-residual-block/forward.u0"


def test_every_paper_is_a_valid_notebook(made):
    for path in (made.folder / "papers").iterdir():
        nbformat.validate(nbformat.read(path, as_version=4))


def test_no_key_tolerance_seed_or_secret_in_a_students_file(made):
    secret = (made.folder / "staff" / "secret").read_text().strip()
    manifest = papers.read_manifest(made.folder)
    for entry in manifest.papers:
        text = (made.folder / "papers" / f"{entry.student}.ipynb").read_text()
        assert secret not in text
        assert "within" not in text
        for item in entry.items:
            assert str(item.draw.seed) not in text
            assert item.draw.digest not in text
        content = json.loads(text)
        for cell in content["cells"]:
            assert set(cell["metadata"].get("gradmark", {})) <= {"blank", "prompt"}
            if cell["cell_type"] == "code":
                assert cell["source"].count("\n") == 1
                assert cell["outputs"] == []


def test_the_same_paper_has_the_same_bytes(made, tmp_path):
    again = Round(tmp_path, QUIZ, ["s3", "s1"], secret=made.secret)
    for student in ("s1", "s3"):
        name = f"papers/{student}.ipynb"
        assert (again.folder / name).read_bytes() == (made.folder / name).read_bytes()


def test_students_get_different_papers(made):
    texts = {path.read_text().replace(path.stem, "") for path in (made.folder / "papers").iterdir()}
    assert len(texts) == 4


def test_the_key_is_worth_all_points(made, paper):
    row = marked(made, paper)
    assert (row.points, row.out_of) == (20, 20)
    assert row.notes == ()


def test_moved_cells(made, paper):
    head, rest = paper["cells"][0], paper["cells"][1:]
    random.Random(4).shuffle(rest)
    paper["cells"] = [*rest, head]
    assert marked(made, paper).points == 20


def test_a_copied_cell_with_the_same_answer(made, paper):
    paper["cells"].append(cells_of(paper, U0)[0])
    row = marked(made, paper)
    assert row.points == 20
    assert f"{U0} has 2 cells" in row.notes


def test_a_copied_cell_with_another_answer_is_for_a_person(made, paper):
    copy = json.loads(json.dumps(cells_of(paper, U0)[0]))
    copy["source"] = copy["source"].partition("\n")[0] + "\n12"
    paper["cells"].append(copy)
    row = marked(made, paper)
    mark = row.marks[0].marks["forward.u0"]
    assert (mark.verdict, mark.message) == ("unreadable", "2 cells give different answers")
    assert row.to_look_at == 1


def test_a_copied_and_emptied_cell_does_not_hide_the_answer(made, paper):
    copy = json.loads(json.dumps(cells_of(paper, U0)[0]))
    copy["source"] = copy["source"].partition("\n")[0] + "\n"
    paper["cells"].insert(1, copy)
    assert marked(made, paper).points == 20


@pytest.mark.parametrize("keep_metadata", [True, False])
def test_a_split_cell(made, paper, keep_metadata):
    cell = cells_of(paper, U0)[0]
    place = paper["cells"].index(cell)
    header, _, answer = cell["source"].partition("\n")
    cell["source"] = header
    rest = {**cell, "id": "other", "source": answer}
    if not keep_metadata:
        rest["metadata"] = {}
    paper["cells"].insert(place + 1, rest)
    row = marked(made, paper)
    assert row.points == 20
    assert any("split off" in note for note in row.notes)


def test_an_emptied_cell_is_blank(made, paper):
    cell = cells_of(paper, U0)[0]
    cell["source"] = cell["source"].partition("\n")[0]
    row = marked(made, paper)
    assert row.marks[0].marks["forward.u0"].verdict == "blank"


def test_a_wholly_emptied_cell_is_told(made, paper):
    cells_of(paper, U0)[0]["source"] = ""
    row = marked(made, paper)
    assert row.marks[0].marks["forward.u0"].verdict == "blank"
    assert f"the cell of {U0} is gone" in row.notes


def test_a_deleted_cell_is_told(made, paper):
    paper["cells"].remove(cells_of(paper, U0)[0])
    row = marked(made, paper)
    assert row.marks[0].marks["forward.u0"].verdict == "blank"
    assert f"the cell of {U0} is gone" in row.notes
    assert row.points == pytest.approx(20 - 4 / 7, abs=6e-3)


def test_a_lost_first_line_is_made_up_for_by_metadata(made, paper):
    cell = cells_of(paper, U0)[0]
    cell["source"] = cell["source"].partition("\n")[2]
    row = marked(made, paper)
    assert row.points == 20
    assert any("lost its first line" in note for note in row.notes)


def test_stripped_metadata(made, paper):
    paper["metadata"] = {}
    for cell in paper["cells"]:
        cell["metadata"] = {}
    assert marked(made, paper).points == 20


def test_a_deleted_first_cell_is_made_up_for_by_metadata(made, paper):
    del paper["cells"][0]
    assert marked(made, paper).points == 20


def test_foreign_cells_are_passed_over_and_told(made, paper):
    note = {"cell_type": "markdown", "id": "n", "metadata": {}, "source": "my notes: 12"}
    scratch = {**cells_of(paper, U0)[0], "id": "x", "metadata": {}, "source": "1 + 1"}
    paper["cells"][3:3] = [note, scratch]
    row = marked(made, paper)
    assert row.points == 20
    assert row.notes == ("cell 5 belongs to no question and is ignored",)


def test_other_cell_types_and_line_lists(made, paper):
    for cell in paper["cells"]:
        cell["source"] = cell["source"].splitlines(keepends=True)
        if cell["cell_type"] == "code":
            cell["cell_type"] = "raw"
    assert marked(made, paper).points == 20


def test_a_cell_for_a_blank_that_is_not_there(made, paper):
    extra = {**cells_of(paper, U0)[0], "metadata": {}, "source": "# answer to a/b.c (x):\n1"}
    paper["cells"].append(extra)
    row = marked(made, paper)
    assert row.points == 20
    assert "a/b.c is not on this paper" in row.notes


def test_an_answer_behind_the_name_on_the_first_line(made, paper):
    cell = cells_of(paper, U0)[0]
    cell["source"] = cell["source"].replace(":\n", ": ")
    assert marked(made, paper).points == 20


def test_another_file_name(made, paper):
    row = marked(made, paper, "homework-final-2.ipynb")
    assert row.points == 20
    assert "the paper inside is that of 's1'" in row.for_staff[0]


def test_two_files_with_the_same_answers(made, paper):
    rows = made.grade(made.hand_in({"s1.ipynb": paper, "s1-copy.ipynb": paper}))
    assert (rows[0].points, rows[0].problem) == (20, "")


def test_two_files_with_different_answers_are_for_a_person(made, paper):
    other = made.answered("s1")
    cells_of(other, U0)[0]["source"] += "1"
    rows = made.grade(made.hand_in({"s1.ipynb": paper, "s1-b.ipynb": other}))
    assert "2 files with different answers" in rows[0].problem
    assert rows[0].marks[0].marks == {}


def swap(content, old, new):
    return json.loads(json.dumps(content).replace(old, new))


def test_a_swapped_name_is_told(made, paper):
    row = marked(made, swap(paper, "/ s1 /", "/ s2 /"))
    assert "altered or swapped" in row.problem
    assert row.points is None


def test_an_altered_code_is_told(made, paper):
    code = paper["metadata"]["gradmark"]["code"]
    assert "altered or swapped" in marked(made, swap(paper, code, "0" * 24)).problem


def test_the_paper_of_another_quiz(made, paper):
    assert "quiz 'other'" in marked(made, swap(paper, "round /", "other /")).problem


def test_an_unknown_paper(made, paper):
    assert "unknown paper" in marked(made, swap(paper, "/ s1 /", "/ nobody /")).problem


def test_who_handed_in_nothing_has_a_row(made, paper):
    rows = made.grade(made.hand_in({"s1.ipynb": paper}))
    assert [row.student for row in rows] == ["s1", "s2", "s3", "s4"]
    assert {row.problem for row in rows[1:]} == {"nothing handed in"}
    assert rows[1].out_of == 20


BROKEN = {
    "not JSON": b"{",
    "empty": b"",
    "a list": b"[]",
    "binary": bytes(range(256)),
    "no cells": b'{"nbformat": 4}',
    "cells that are none": b'{"nbformat": 4, "cells": [1]}',
    "an old version": b'{"nbformat": 3, "cells": []}',
    "no identity": b'{"nbformat": 4, "cells": [], "metadata": {}}',
    "a nested monster": b'{"nbformat": 4, "cells": ' + b"[" * 100000 + b"]" * 100000 + b"}",
}


@pytest.mark.parametrize("name", BROKEN)
def test_files_that_are_no_submission(tmp_path, name):
    path = tmp_path / "x.ipynb"
    path.write_bytes(BROKEN[name])
    with pytest.raises(SubmissionError, match=r"x\.ipynb: "):
        notebook.read(path)


def test_a_file_of_a_hundred_megabytes_is_not_read(tmp_path):
    path = tmp_path / "x.ipynb"
    with path.open("wb") as file:
        file.truncate(100_000_000)
    with pytest.raises(
        SubmissionError, match="too large: 100000000 bytes, expected at most 10000000"
    ):
        notebook.read(path)


def test_one_broken_file_does_not_stop_the_others(made, paper):
    folder = made.hand_in({"s1.ipynb": paper})
    (folder / "s2.ipynb").write_bytes(b"{")
    (folder / "late.ipynb").write_bytes(b"")
    rows = made.grade(folder)
    assert rows[0].points == 20
    assert [(row.student, row.file) for row in rows if "not a notebook" in row.problem] == [
        ("s2", "s2.ipynb"),
        ("", "late.ipynb"),
    ]
    assert len(rows) == 5


DAMAGES = ("none", "shuffled", "stripped", "copied", "split", "emptied", "deleted", "foreign")


def damage(content, kind, blank, shuffle):
    """One way in which a notebook comes back; what the marks must be is told by ``lost``."""
    cell = cells_of(content, blank)[0]
    place = content["cells"].index(cell)
    header, _, answer = cell["source"].partition("\n")
    if kind == "shuffled":
        shuffle(content["cells"])
    elif kind == "stripped":
        for one in content["cells"]:
            one["metadata"] = {}
    elif kind == "copied":
        content["cells"].insert(0, json.loads(json.dumps(cell)))
    elif kind == "split":
        cell["source"] = header
        content["cells"].insert(place + 1, {**cell, "id": "s", "metadata": {}, "source": answer})
    elif kind == "emptied":
        cell["source"] = header + "\n"
    elif kind == "deleted":
        content["cells"].remove(cell)
    elif kind == "foreign":
        content["cells"].insert(place, {**cell, "id": "f", "metadata": {}, "source": "print(1)"})
    return content


def test_two_hundred_papers_there_and_back(tmp_path):
    """Papers answered from the key, damaged in every way, get exactly the marks expected."""
    students = [f"student{i:03d}" for i in range(200)]
    round_trip = Round(tmp_path, QUIZ, students)
    generator = random.Random(7)
    files, lost = {}, {}
    for index, student in enumerate(students):
        content = round_trip.answered(student)
        kind = DAMAGES[index % len(DAMAGES)]
        blanks = [
            c["metadata"]["gradmark"]["blank"] for c in content["cells"] if c["cell_type"] == "code"
        ]
        blank = generator.choice(blanks)
        files[f"{student}.ipynb"] = damage(content, kind, blank, generator.shuffle)
        lost[student] = blank if kind in ("emptied", "deleted") else None
    rows = round_trip.grade(round_trip.hand_in(files))
    assert len(rows) == 200
    for row in rows:
        marks = {
            f"{one.exercise}/{address}": mark
            for one in row.marks
            for address, mark in one.marks.items()
        }
        expected = 20.0
        for address, mark in marks.items():
            wanted = "blank" if address == lost[row.student] else "correct"
            assert mark.verdict == wanted, (row.student, address, mark)
            expected -= mark.out_of if wanted == "blank" else 0
        assert row.points == pytest.approx(expected, abs=6e-3)


def test_the_command_line_round(made, paper, tmp_path, run):
    folder = made.hand_in({"s1.ipynb": paper})
    out, details = tmp_path / "marks.csv", tmp_path / "marks.jsonl"
    result = run(main, "grade", folder, "--quiz", made.folder, "--out", out, "--details", details)
    assert result.exit_code == 0  # that three students handed in nothing is no trouble
    assert "1 paper marked, 3 students handed in nothing" in result.stdout
    lines = out.read_text().splitlines()
    assert lines[0].startswith("student,points,out_of,to_look_at,scalar-residual-block/forward,")
    assert lines[1].startswith("s1,20,20,0,4,4,")
    first = json.loads(details.read_text().splitlines()[0])
    assert first["marks"]["forward.u0"]["verdict"] == "correct"


def test_papers_keep_their_values_when_the_exercise_is_mended(tmp_path):
    folder = tmp_path / "bank"
    folder.mkdir()
    text = (bank.home() / "01-perceptrons" / "layer-sizes.yaml").read_text()
    file = folder / "layer-sizes.yaml"
    file.write_text(text)
    quiz = "id: q\ntitle: Q\npick: [layer-sizes]\n"
    made = Round(tmp_path / "q", quiz, ["s1"], folders=[folder])
    content = made.answered("s1")
    file.write_text(text.replace("[10, 90]", "[100, 190]").replace("points: 3", "points: 6"))
    made.reload()
    row = made.grade(made.hand_in({"s1.ipynb": content}))[0]
    assert (row.points, row.out_of) == (10, 10)
    assert row.for_staff == ("changed since the paper was made: layer-sizes",)


def test_a_growing_roster_keeps_the_papers_that_were_made(tmp_path):
    made = Round(tmp_path, QUIZ, ["s1", "s2"])
    before = (made.folder / "papers" / "s1.ipynb").read_bytes()
    made.build(["s2", "s1", "s9"])
    assert (made.folder / "papers" / "s1.ipynb").read_bytes() == before
    assert {p.student for p in papers.read_manifest(made.folder).papers} == {"s1", "s2", "s9"}


def test_marks_do_not_depend_on_order(made):
    paper = papers.read_manifest(made.folder).papers[0]
    solved = papers.restore_all([paper], made.bank)
    variant = solved["s1", "scalar-residual-block"]
    answers = {address: key.show() for address, (_, key) in variant.keys.items()}
    backwards = dict(reversed(answers.items()))
    assert marking.mark(variant, answers) == marking.mark(variant, backwards)


def test_the_secret_is_private(made):
    assert (Path(made.folder) / "staff" / "secret").stat().st_mode & 0o077 == 0


def header_of(paper):
    return cells_of(paper, U0)[0]["source"].partition("\n")[0]


@pytest.mark.parametrize(
    "form", ["{head} {answer}", "{bare} {answer}", "{bare} = {answer}", "{upper}\n{answer}"]
)
def test_ways_to_write_on_the_first_line(made, paper, form):
    cell = cells_of(paper, U0)[0]
    head, _, answer = cell["source"].partition("\n")
    bare = head.rstrip(":")
    cell["source"] = form.format(
        head=head, bare=bare, upper=head.replace("answer", "Answer"), answer=answer
    )
    assert marked(made, paper).points == 20


def test_an_answer_in_a_text_cell_below(made, paper):
    cell = cells_of(paper, U0)[0]
    head, _, answer = cell["source"].partition("\n")
    cell["source"] = head
    note = {"cell_type": "markdown", "id": "n", "metadata": {}, "source": answer}
    paper["cells"].insert(paper["cells"].index(cell) + 1, note)
    assert marked(made, paper).points == 20


def test_scratch_under_the_next_question_is_no_answer(made, paper):
    blanks = [c for c in paper["cells"] if c["cell_type"] == "code"]
    last = blanks[6]  # of the question forward
    last["source"] = last["source"].partition("\n")[0]
    place = paper["cells"].index(last) + 2  # below the next prompt
    scratch = {**last, "id": "x", "metadata": {}, "source": "0.5"}
    paper["cells"].insert(place, scratch)
    row = marked(made, paper)
    assert row.marks[0].marks["forward.z"].verdict == "blank"
    assert row.to_look_at == 1


def test_a_gone_cell_needs_a_look(made, paper):
    paper["cells"].remove(cells_of(paper, U0)[0])
    assert marked(made, paper).to_look_at == 1


def test_nulls_and_a_byte_order_mark(made, paper):
    paper["cells"].append({"cell_type": "code", "source": None, "metadata": None})
    folder = made.hand_in({})
    (folder / "s1.ipynb").write_bytes(b"\xef\xbb\xbf" + json.dumps(paper).encode())
    assert made.grade(folder)[0].points == 20


def test_files_of_one_name_in_many_folders(made, paper):
    folder = made.hand_in({})
    for name in ("a", "b"):
        (folder / name).mkdir()
        (folder / name / "nb.ipynb").write_bytes(b"{")
    (folder / "c.IPYNB").write_text(json.dumps(paper))
    (folder / "s2.ipynb.txt").write_text("{}")
    (folder / ".hidden").write_text("")
    rows = made.grade(folder)
    assert rows[0].points == 20
    assert [row.file for row in rows[4:]] == ["a/nb.ipynb", "b/nb.ipynb"]
    assert (rows[1].student, rows[1].file) == ("s2", "s2.ipynb.txt")
    assert "not a notebook" in rows[1].problem


def test_a_file_name_that_is_not_text(made, paper, tmp_path, run):
    folder = made.hand_in({"s1.ipynb": paper})
    (folder / "s1.ipynb").rename(os.fsdecode(os.fsencode(folder) + b"/ad\xe4.ipynb"))
    result = run(main, "grade", folder, "--quiz", made.folder, "--out", tmp_path / "m.csv")
    assert result.exit_code == 0
    assert "s1,20,20" in (tmp_path / "m.csv").read_text()


def test_two_files_of_which_one_is_unclear(made, paper):
    other = made.answered("s1")
    copy = json.loads(json.dumps(cells_of(other, U0)[0]))
    copy["source"] = copy["source"].partition("\n")[0] + "\n12"
    other["cells"].append(copy)
    for names in (("a", "b"), ("b", "a")):
        files = dict(zip((f"{name}.ipynb" for name in names), (paper, other), strict=True))
        assert "2 files with different answers" in made.grade(made.hand_in(files))[0].problem


def test_a_cell_full_of_nothing_is_read_at_once(made, paper):
    for cell in paper["cells"]:
        if cell["cell_type"] == "code":
            cell["source"] += "\n" * 200_000
    extra = {"cell_type": "code", "id": "z", "metadata": {}, "source": " " * 199_000 + "x"}
    paper["cells"] += [extra] * 5
    assert marked(made, paper).points == 20


def test_a_paper_that_was_filled_in_is_not_written_over(tmp_path):
    made = Round(tmp_path, QUIZ, ["s1"])
    path = made.folder / "papers" / "s1.ipynb"
    path.write_text(path.read_text().replace("answer to", "ANSWER TO"))
    filled_in = path.read_text()
    made.build(["s1", "s2"])
    assert path.read_text() == filled_in


def test_right_answers_of_every_kind_are_right_in_a_notebook(tmp_path):
    """Whatever the hint of a blank and its answer look like."""
    picks = "".join(f"  - {name}\n" for name in BANK)
    made = Round(
        tmp_path / "all", f"id: all\ntitle: All\nbalance: false\npick:\n{picks}", ["s1", "s2"]
    )
    papers = {f"{student}.ipynb": made.answered(student) for student in ("s1", "s2")}
    for row in made.grade(made.hand_in(papers)):
        verdicts = {
            (marks.exercise, address): mark.verdict
            for marks in row.marks
            for address, mark in marks.marks.items()
        }
        assert set(verdicts.values()) == {"correct"}, verdicts
