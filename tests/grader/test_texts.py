"""Texts that a person marks: they wait, go out as CSV, and come back with their points."""

import csv
import io
import json
from fractions import Fraction

import pytest

from grader.answers import Criterion, HandedIn, TextKey, Verdict
from grader.checking import check
from grader.cli import main
from grader.errors import AuthorError
from grader.papers import mark_texts, reports, text_sheet
from tests.grader.rounds import Round

TEXT = """\
id: why
title: Why
choose: {what: [sigmoid, tanh]}
printed: {what: sigmoid}
questions:
  - id: reason
    points: 3
    ask: Why does a {{what}} saturate?
    answer:
      text:
        rubric:
          slope: {text: "Says that the slope of a {{what}} is near zero.", weight: 2}
          where: {text: Says for which inputs.}
  - id: better
    points: 2
    ask: What would be better?
    answer:
      text: {rubric: {idea: {text: Names a ReLU or the like.}}}
accept: [few-variants]
"""
KEY = TextKey({"slope": Criterion("Slope.", 2), "where": Criterion("Where.")})
QUIZ = "id: q\ntitle: Q\npick: [{exercise: why, points: 10}]\n"


def rows_of(path):
    return list(csv.DictReader(io.StringIO(path.read_text(), newline="")))


def fill(path, where, **cells):
    """Fill in cells of the rows that hold for ``where``, as a spreadsheet would."""
    rows = rows_of(path)
    for row in rows:
        if where(row):
            row |= {name.replace("_", " "): cell for name, cell in cells.items()}
    out = io.StringIO()
    writer = csv.DictWriter(out, list(dict.fromkeys(name for row in rows for name in row)))
    writer.writeheader()
    writer.writerows(rows)
    path.write_text(out.getvalue())


class Class(Round):
    """Two students with texts, and a file for staff."""

    def __init__(self, folder):
        (folder / "bank").mkdir()
        (folder / "bank" / "why.yaml").write_text(TEXT)
        super().__init__(folder / "round", QUIZ, ["ada", "ben"], folders=(folder / "bank",))
        self.texts = folder / "texts.csv"
        self.papers = self.hand_in(
            {
                "ada.ipynb": self.answering("ada", "It is flat far out.\nSo it =dies.", "=1+1"),
                "ben.ipynb": self.answering("ben", "\t-no idea", ""),
            }
        )

    def answering(self, student, reason, better):
        paper = json.loads((self.folder / "papers" / f"{student}.ipynb").read_text())
        for cell in paper["cells"]:
            blank = cell["metadata"]["gradmark"].get("blank")
            cell["source"] += {"why/reason": reason, "why/better": better}.get(blank, "")
        return paper

    def marked(self):
        return mark_texts(self.grade(self.papers), self.texts)


@pytest.fixture
def course(tmp_path):
    return Class(tmp_path)


def test_a_text_waits_and_is_never_wrong(exercise, run):
    one = exercise(TEXT)
    assert check(one, 20).problems == []
    result = run(main, "mark", one.path, "--printed", "--json", "reason=It is flat.")
    marks = json.loads(result.stdout)["marks"]
    assert marks["reason"]["verdict"] == "waiting"
    assert marks["reason"]["message"] == "a person has to mark this text"
    assert marks["better"]["verdict"] == "blank"


def test_the_rubric_is_for_staff(exercise, run):
    path = exercise(TEXT).path
    shown = run(main, "show", path, "--printed").stdout
    assert "slope" not in shown
    solved = run(main, "show", path, "--printed", "--solution").stdout
    assert "slope (2): Says that the slope of a sigmoid is near zero.; where (1): Says" in solved
    assert "(marked by a person)" in solved


AWARDED = {(1, 1): (Verdict.CORRECT, 1), (0, 0): (Verdict.INCORRECT, 0), (1, 0): (Verdict.PARTIAL, Fraction(2, 3))}  # fmt: skip


@pytest.mark.parametrize("met", AWARDED)
def test_criteria_count_by_their_weight(met):
    outcome = KEY.awarded(dict(zip(KEY.rubric, map(Fraction, met), strict=True)))
    assert (outcome.verdict, outcome.share) == AWARDED[met]
    assert outcome.message == f"marked by a person: slope {met[0]}, where {met[1]}"


def test_texts_go_out(course):
    graded = course.marked()
    assert [one.to_look_at for one in graded] == [2, 1]
    assert [(one.points, one.out_of) for one in graded] == [(0, 10), (0, 10)]
    rows = rows_of(course.texts)
    assert [(row["student"], row["exercise"], row["blank"]) for row in rows] == [
        ("ada", "why", "reason"),
        ("ada", "why", "better"),
        ("ben", "why", "reason"),
    ]
    assert rows[0]["text"] == "It is flat far out.\nSo it =dies."
    assert rows[1]["text"] == "'=1+1"
    assert rows[2]["text"] == "'-no idea"
    assert "slope (2): Says that the slope" in rows[0]["rubric"]
    met = [[row[f"met: {name}"] for name in ("slope", "where", "idea")] for row in rows]
    assert met == [["", "", "n/a"], ["n/a", "n/a", ""], ["", "", "n/a"]]
    assert not [cell for row in rows for cell in row.values() if cell[:1] in tuple("=+-@\t\r")]


def test_and_come_back_with_points(course):
    course.marked()
    fill(
        course.texts,
        lambda row: row["student"] == "ben",
        **{"met: slope": "0,5", "met: where": "1"},
    )
    fill(
        course.texts,
        lambda row: row["blank"] == "better",
        **{"met: idea": "0", "remark": "No:\n2."},
    )
    ada, ben = course.marked()
    assert (ada.points, ada.to_look_at) == (0, 1)
    assert (ben.points, ben.to_look_at) == (4, 0)
    marks = {**ada.marks[0].marks, "ben": ben.marks[0].marks["reason"]}
    assert (marks["better"].verdict, marks["better"].message) == ("incorrect", "No: 2.")
    assert (marks["ben"].verdict, marks["ben"].points, marks["ben"].out_of) == ("partial", 4, 6)
    assert marks["reason"].verdict == "waiting"
    assert ",4,10,0,4,0," in reports.gradebook([ada, ben]).splitlines()[2]


def test_marking_again_changes_nothing(course):
    course.marked()
    fill(
        course.texts,
        lambda row: row["student"] == "ben",
        **{"met: slope": "1", "met: where": "1", "by": "Eve"},
    )
    first = course.marked()
    written = course.texts.read_text()
    assert course.marked() == first
    assert course.texts.read_text() == written
    assert [row["by"] for row in rows_of(course.texts)] == ["", "", "Eve"]


def test_a_text_is_open_until_every_criterion_has_its_share(course):
    course.marked()
    fill(course.texts, lambda row: row["student"] == "ben", **{"met: slope": "1"})
    assert course.marked()[1].to_look_at == 1
    assert rows_of(course.texts)[2]["met: slope"] == "1"


def test_marks_for_another_text_are_kept_and_not_used(course):
    course.marked()
    fill(
        course.texts, lambda row: row["student"] == "ben", **{"met: slope": "1", "met: where": "1"}
    )
    changed = course.answering("ben", "Now I know.", "")
    course.papers = course.hand_in({"ben.ipynb": changed})
    _, ben = course.marked()
    assert (ben.points, ben.to_look_at) == (0, 1)
    rows = rows_of(course.texts)
    assert [(row["text"], row["met: slope"]) for row in rows] == [
        ("Now I know.", ""),
        ("'-no idea", "1"),
    ]
    course.papers = course.hand_in({"ben.ipynb": course.answering("ben", "\t-no idea", "")})
    assert course.marked()[1].points == 6


def test_rows_may_be_sorted_and_set_apart_by_semicolons(course):
    course.marked()
    fill(
        course.texts,
        lambda row: row["student"] == "ben",
        **{"met: slope": "1", "met: where": "0,25"},
    )
    rows = list(csv.reader(io.StringIO(course.texts.read_text(), newline="")))
    out = io.StringIO()
    csv.writer(out, delimiter=";").writerows([rows[0], *rows[:0:-1]])
    course.texts.write_text("\ufeff" + out.getvalue())
    assert course.marked()[1].points == 4.5


BAD = {
    "yes": "4:7: expected a share from 0 to 1, found 'yes'",
    "2": "4:7: expected a share from 0 to 1, found '2'",
    "1.5": "4:7: expected a share from 0 to 1, found '1.5'",
    "-1": "4:7: expected a share from 0 to 1, found '-1'",
    "=1": "4:7: expected a share from 0 to 1, found '=1'",
    "nan": "4:7: expected a share",
}


@pytest.mark.parametrize("cell", BAD)
def test_a_share_that_is_none(course, run, cell):
    course.marked()
    fill(course.texts, lambda row: row["blank"] == "better", **{"met: slope": "n/a"})
    fill(course.texts, lambda row: row["student"] == "ben", **{"met: slope": cell})
    before = course.texts.read_bytes()
    out = course.base / "marks.csv"
    words = ("--quiz", course.folder, "--bank", course.base.parent / "bank", "--out", out)
    result = run(main, "grade", course.papers, *words, "--texts", course.texts)
    line = len(before.decode().splitlines())  # one text has two lines
    assert result.exit_code == 2
    assert f"{course.texts}:{BAD[cell].replace('4:', f'{line}:', 1)}" in result.output
    assert course.texts.read_bytes() == before
    assert not out.exists()


def test_files_that_are_not_ours_are_left_alone(course):
    for content, says in {
        "student,points\nada,3\n": "no column 'exercise'",
        "": "no column 'student'",
        "student,exercise,blank,code,text,rubric,x,x\n": "two columns have one name",
        "student,exercise,blank,code,text,rubric\na,b,c,t1,e,f\na,b,c,t1,e,f\n": "a second row",
    }.items():
        course.texts.write_text(content)
        with pytest.raises(AuthorError, match=says):
            course.marked()
        assert course.texts.read_text() == content
    course.texts.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(AuthorError, match="cannot be read"):
        course.marked()


def test_the_command(course, run):
    out = course.base / "marks.csv"
    words = ("grade", course.papers, "--quiz", course.folder, "--bank", course.base.parent / "bank")
    result = run(main, *words, "--out", out, "--texts", course.texts)
    assert result.exit_code == 1
    assert "a person must look at 2 rows of " in result.output
    for student in ("ada", "ben"):
        cells = {f"met: {name}": "1" for name in ("slope", "where")}
        fill(
            course.texts,
            lambda row, s=student: row["student"] == s and row["blank"] == "reason",
            **cells,
        )
    fill(course.texts, lambda row: row["blank"] == "better", **{"met: idea": "1"})
    result = run(main, *words, "--out", out, "--texts", course.texts)
    assert result.exit_code == 0, result.output
    points = {row["student"]: row["points"] for row in rows_of(out)}
    assert points == {"ada": "10", "ben": "6"}


def test_texts_belong_to_a_quiz(run, tmp_path):
    path = tmp_path / "answers.jsonl"
    path.write_text("")
    result = run(main, "grade", path, "--out", tmp_path / "m", "--texts", tmp_path / "t.csv")
    assert (result.exit_code, "--texts goes with --quiz" in result.output) == (2, True)
    words = ("--quiz", tmp_path, "--out", tmp_path / "m", "--texts", tmp_path / "m")
    assert "must be different files" in run(main, "grade", path, *words).stderr


HOSTILE = ["=cmd|' /C calc'!A0", "+1", "-1", "@SUM(1)", "\t=1", "\r\n=1", "  =1", "\uff1d1", "a\x00b\u202ec", '"; =1', "\ud800"]  # fmt: skip


@pytest.mark.parametrize("hostile", HOSTILE, ids=range(len(HOSTILE)))
def test_student_text_is_inert(hostile, tmp_path):
    handed_in = HandedIn("s", "e", "b", hostile, KEY)
    written = text_sheet.write([handed_in], text_sheet.Cells())
    [row] = csv.DictReader(io.StringIO(written, newline=""))
    assert row["text"][:1] not in ("=", "+", "-", "@", "\t", "\r", "\uff1d", " ")
    assert all(sign.isprintable() or sign == "\n" for sign in written)
    path = tmp_path / "texts.csv"
    path.write_text(written)
    assert text_sheet.write([handed_in], text_sheet.read(path)) == written


def test_codes_tell_texts_apart():
    one = HandedIn("s", "e", "b", "text", KEY)
    others = [HandedIn("S", "e", "b", "text", KEY), HandedIn("s", "e", "c", "text", KEY), HandedIn("s", "e", "b", "Text", KEY)]  # fmt: skip
    assert len({text.code for text in (one, *others)}) == 4
    assert one.code == HandedIn("s", "e", "b", "text", KEY).code
    assert not one.code[0].isdigit()


BAD_RUBRICS = {
    "{rubric: {idea: {text: Names a ReLU or the like.}}}": ("{rubric: {}}", "18:22: expected at least one criterion"),
    "weight: 2": ("weight: 0", "12:"),
    "text: Says for which inputs.": ("says: Inputs.", "13:19: unknown key 'says'"),
}  # fmt: skip


@pytest.mark.parametrize("old", BAD_RUBRICS)
def test_authors_are_told_where(old, write, run):
    new, says = BAD_RUBRICS[old]
    path = write(TEXT.replace(old, new))
    result = run(main, "check", path)
    assert result.exit_code == 2
    assert f"{path}:{says}" in result.output


def test_a_text_is_the_only_answer_of_its_question(write, run):
    text = TEXT.replace("      text: {rubric", "      - {values: '1'}\n      - text: {rubric")
    assert (
        "a text must be the only answer of its question" in run(main, "check", write(text)).stdout
    )
