"""What people decide: it goes out as CSV with all that waits, comes back, and holds until it is withdrawn."""

import csv
import io
import json
from fractions import Fraction

import pytest

from grader import bank, papers
from grader.answers import Criterion, TextKey, earned
from grader.checking import check
from grader.cli import main
from grader.errors import AuthorError, UsageError
from grader.papers import decision_sheet, reports
from grader.papers.decisions import Open, code
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
QUIZ = "id: q\ntitle: Q\npick: [{exercise: why, points: 10}, two-two-one]\n"


def rows_of(path):
    return list(csv.DictReader(io.StringIO(path.read_text("utf-8-sig"), newline="")))


def fill(path, where, **cells):
    """Fill in cells of the rows that hold for ``where``, as a spreadsheet would."""
    rows = rows_of(path)
    for row in rows:
        if where(row):
            row |= {name.replace("_", " "): cell for name, cell in cells.items()}
    save(path, rows)


def save(path, rows, encoding="utf-8", delimiter=","):
    out = io.StringIO()
    writer = csv.DictWriter(
        out, list(dict.fromkeys(name for row in rows for name in row)), delimiter=delimiter
    )
    writer.writeheader()
    writer.writerows(rows)
    path.write_bytes(out.getvalue().encode(encoding))


def add(path, **cells):
    """A row that staff write themselves."""
    rows = rows_of(path)
    save(path, [*rows, {**dict.fromkeys(rows[0], ""), **cells}])


class Class(Round):
    """Two students with texts and numbers, and a file for staff."""

    def __init__(self, folder):
        (folder / "bank").mkdir()
        (folder / "bank" / "why.yaml").write_text(TEXT)
        two = next(bank.home().rglob("two-two-one.yaml"))
        (folder / "bank" / two.name).write_text(two.read_text())
        super().__init__(folder / "round", QUIZ, ["ada", "ben"], folders=(folder / "bank",))
        self.path = folder / "decisions.csv"
        self.hand_in_all(
            ("ada", "It is flat far out.\nSo it =dies.", "=1+1"), ("ben", "\t-no idea", "")
        )

    def hand_in_all(self, *students):
        self.papers = self.hand_in(
            {f"{who}.ipynb": self.answering(who, *texts) for who, *texts in students}
        )

    def answering(self, student, reason, better, h1="1/2 or 3"):
        paper = json.loads((self.folder / "papers" / f"{student}.ipynb").read_text())
        for cell in paper["cells"]:
            blank = cell["metadata"]["gradmark"].get("blank")
            answers = {"why/reason": reason, "why/better": better, "two-two-one/output.h1": h1}
            cell["source"] += answers.get(blank, "")
        return paper

    def settled(self):
        return papers.settle(self.grade(self.papers), self.folder, self.path)

    def marked(self):
        settled = self.settled()
        decision_sheet.keep(settled, self.folder, self.path)
        return settled.graded


@pytest.fixture
def course(tmp_path):
    return Class(tmp_path)


def ben(row):
    return row["student"] == "ben"


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


@pytest.mark.parametrize(("met", "share"), [((1, 1), 1), ((0, 0), 0), ((1, 0), Fraction(2, 3))])
def test_criteria_count_by_their_weight(met, share):
    assert earned(KEY.rubric, dict(zip(KEY.rubric, map(Fraction, met), strict=True))) == share


def test_all_that_waits_goes_out(course):
    graded = course.marked()
    assert [one.to_look_at for one in graded] == [3, 2]
    assert [(one.points, one.out_of) for one in graded] == [(0, 13), (0, 13)]
    rows = rows_of(course.path)
    assert [(row["student"], row["blank"], row["verdict"]) for row in rows] == [
        ("ada", "why/reason", "waiting"),
        ("ada", "why/better", "waiting"),
        ("ada", "two-two-one/output.h1", "unreadable"),
        ("ben", "why/reason", "waiting"),
        ("ben", "two-two-one/output.h1", "unreadable"),
    ]
    assert rows[0]["answer"] == "It is flat far out.\nSo it =dies."
    assert rows[1]["answer"] == "'=1+1"
    assert rows[3]["answer"] == "'-no idea"
    assert "slope (2): Says that the slope" in rows[0]["rubric"]
    assert [row["of"] for row in rows] == ["6", "4", "1", "6", "1"]
    met = [[row[f"met: {name}"] for name in ("slope", "where", "idea")] for row in rows]
    assert met == [["", "", "n/a"], ["n/a", "n/a", ""], ["n/a"] * 3, ["", "", "n/a"], ["n/a"] * 3]
    assert not [cell for row in rows for cell in row.values() if cell[:1] in tuple("=+-@\t\r")]


def test_and_comes_back_with_points(course):
    course.marked()
    fill(
        course.path,
        lambda row: ben(row) and "why" in row["blank"],
        **{"met: slope": "0,5", "met: where": "1"},
    )
    fill(
        course.path,
        lambda row: row["blank"] == "why/better",
        **{"met: idea": "0", "comment": "No:\n2."},
    )
    fill(
        course.path,
        lambda row: ben(row) and "h1" in row["blank"],
        decision="50 %",
        comment="Half.",
        by="Eve",
    )
    ada, two = course.marked()
    assert (ada.points, ada.to_look_at) == (0, 2)
    assert (two.points, two.to_look_at) == (4.5, 0)
    better = ada.marks[0].marks["better"]
    assert (better.verdict, better.message, better.by) == ("incorrect", "No: 2.", "staff")
    reason = two.marks[0].marks["reason"]
    assert (reason.verdict, reason.points, reason.out_of) == ("partial", 4, 6)
    assert reason.message == "marked by a person: slope 0.5, where 1"
    h1 = two.marks[1].marks["output.h1"]
    assert (h1.verdict, h1.points, h1.message, h1.by) == ("partial", 0.5, "Half.", "Eve")
    assert ada.marks[0].marks["reason"].verdict == "waiting"
    assert ",4.5,13,0,4,0,0.5," in reports.gradebook([ada, two]).splitlines()[2]


DECISIONS = {
    "1": ("correct", 1),
    "0,25": ("partial", 0.25),
    "1/4": ("partial", 0.25),
    "50 %": ("partial", 0.5),
    "100%": ("correct", 1),
    "0": ("incorrect", 0),
    "excused": ("unreadable", 0),
    "ok": ("unreadable", 0),
}


@pytest.mark.parametrize("given", DECISIONS)
@pytest.mark.parametrize(
    ("encoding", "delimiter"),
    [("utf-8-sig", ","), ("cp1252", ";"), ("utf-16", "\t"), ("utf-16-le", ";")],
)
def test_decisions_as_people_write_them(course, given, encoding, delimiter):
    course.marked()
    rows = rows_of(course.path)
    for row in rows:
        if row["blank"] == "two-two-one/output.h1":
            row["decision"] = given
            row["comment"] = "Schön"
    save(course.path, rows, encoding, delimiter)
    _, two = course.marked()
    mark = two.marks[1].marks["output.h1"]
    assert (mark.verdict, mark.points) == DECISIONS[given]
    assert mark.out_of == (0 if given == "excused" else 1)
    assert not mark.to_look_at
    if given != "ok":
        assert mark.message == "Schön"


def test_marking_again_changes_nothing(course):
    course.marked()
    fill(course.path, ben, decision="1", by="Eve", **{"room": "B 12"})
    first = course.marked()
    written = course.path.read_bytes()
    assert course.marked() == first
    assert course.path.read_bytes() == written
    assert [row["room"] for row in rows_of(course.path)] == ["", "", "", "B 12", "B 12"]


def test_decisions_hold_where_no_file_is_named(course):
    course.marked()
    fill(course.path, ben, decision="1")
    first = course.marked()
    again = papers.settle(course.grade(course.papers), course.folder, None).graded
    assert again == first
    course.path.unlink()
    assert course.marked() == first  # and the file is there again
    assert [row["decision"] for row in rows_of(course.path)] == ["", "", "", "1", "1"]


def test_a_text_is_open_until_every_criterion_has_its_share(course):
    course.marked()
    fill(course.path, lambda row: ben(row) and "why" in row["blank"], **{"met: slope": "1"})
    assert course.marked()[1].to_look_at == 2
    assert rows_of(course.path)[3]["met: slope"] == "1"


def test_a_changed_answer_waits_again(course):
    course.marked()
    fill(course.path, lambda row: row["blank"] == "why/reason", decision="3")
    course.hand_in_all(("ben", "Now I know.", ""))
    settled = course.settled()
    assert (
        "2 decisions made on answers that have changed since: they are kept, and hold no more"
        in settled.notes
    )
    two = course.marked()[1]
    assert two.marks[0].marks["reason"].to_look_at
    rows = rows_of(course.path)
    kept = [
        (row["student"], row["answer"], row["decision"])
        for row in rows
        if row["blank"] == "why/reason"
    ]
    assert kept == [
        ("ben", "Now I know.", ""),
        ("ada", "It is flat far out.\nSo it =dies.", "3"),
        ("ben", "'-no idea", "3"),
    ]
    course.hand_in_all(("ben", "\t-no idea", ""))
    assert course.marked()[1].marks[0].marks["reason"].points == 3


def test_a_deleted_row_is_withdrawn(course):
    course.marked()
    fill(course.path, ben, decision="1")
    course.marked()
    save(
        course.path,
        [row for row in rows_of(course.path) if not (ben(row) and "h1" in row["blank"])],
    )
    settled = course.settled()
    assert settled.notes == ("1 decision withdrawn: ben two-two-one/output.h1",)
    assert settled.graded[1].marks[1].marks["output.h1"].to_look_at


def test_a_run_that_would_lose_decisions_stops(course):
    course.marked()
    fill(course.path, ben, decision="1")
    course.marked()
    other = course.base / "other.csv"
    save(other, [{"student": "zoe", "blank": "why/reason", "answer": "", "decision": "1"}])
    before = other.read_bytes()
    with pytest.raises(UsageError, match="holds no row of the 2 decisions made so far"):
        papers.settle(course.grade(course.papers), course.folder, other)
    assert other.read_bytes() == before


def test_staff_decide_what_does_not_wait(course):
    """For one student, for one answer of anybody, for all; the nearest one holds."""
    course.hand_in_all(("ada", "", "", "0.123"), ("ben", "", "", "0.123"))
    course.marked()
    save(
        course.path,
        [
            {
                "student": "",
                "blank": "two-two-one/output.h2",
                "answer": "",
                "decision": "100 %",
                "comment": "A misprint.",
            }
        ],
    )
    first, second = course.marked()
    for one in (first, second):
        assert one.marks[1].marks["output.h2"].points == 1
        assert one.marks[1].marks["output.h2"].message == "A misprint."
    add(course.path, student="*", blank="two-two-one/output.h1", answer="0.123", decision="0.5")
    add(course.path, student="ben", blank="two-two-one/output.h1", decision="1")
    points = [one.marks[1].marks["output.h1"].points for one in course.marked()]
    assert points == [0.5, 1]
    assert [one.points for one in course.marked()] == [1.5, 2]


def test_papers_are_late_or_excused(course):
    course.marked()
    fill(course.path, ben, decision="1")
    add(course.path, student="ben", decision="50 %", comment="A day late.")
    add(course.path, student="ada", decision="excused", by="Eve")
    ada, two = course.marked()
    assert (ada.points, two.points) == (None, 1)
    assert two.notes == ("50 % of the points: A day late.",)
    assert ada.notes == ("excused, by Eve",)
    lines = reports.gradebook([ada, two]).splitlines()
    assert lines[1].startswith("ada,,13,")
    assert lines[2].startswith("ben,1,13,0,")


def test_a_doubtful_paper_has_a_row(course):
    paper = course.answering("ben", "a", "b")
    del paper["cells"][-1]
    course.papers = course.hand_in({"ben.ipynb": paper, "x.ipynb": {}})
    assert course.marked()[1].doubts == 1
    rows = [row for row in rows_of(course.path) if not row["blank"]]
    assert [row["student"] for row in rows] == ["ben", "x.ipynb"]
    assert "the cell of two-two-one/" in rows[0]["message"]
    assert "not a notebook" in rows[1]["message"]
    fill(course.path, lambda row: not row["blank"], decision="ok")
    assert [one.doubts for one in course.marked()][1:] == [0, 0]


def test_decisions_on_nobody_are_told(course):
    course.marked()
    add(course.path, student="bne", blank="why/reason", decision="1")
    add(course.path, student="ben", blank="why/raeson", decision="1")
    assert course.settled().notes == (
        "a decision is on 'bne', who has no paper",
        "a decision is on 'why/raeson', which no paper has",
    )


def test_rows_may_be_sorted(course):
    course.marked()
    fill(course.path, lambda row: ben(row) and "why" in row["blank"], decision="2,5")
    save(course.path, rows_of(course.path)[::-1], "utf-8-sig", ";")
    assert course.marked()[1].points == 2.5


def test_files_of_older_versions_are_read(course):
    """Files of texts: with a column for the exercise, and a remark."""
    reason, answer = (
        "It is flat far out.\nSo it =dies.",
        code("ada", "why/reason", "It is flat far out.\nSo it =dies."),
    )
    old = {
        "student": "ada", "exercise": "why", "blank": "reason", "code": answer, "text": reason, "rubric": "…",
        "met: slope": "1", "met: where": "0,5", "remark": "Nearly.", "by": "Eve",
    }  # fmt: skip
    save(course.path, [old])
    mark = course.marked()[0].marks[0].marks["reason"]
    assert (mark.points, mark.message, mark.by) == (5, "Nearly.", "Eve")
    rows = rows_of(course.path)
    assert {"exercise", "text", "remark"}.isdisjoint(rows[0])
    assert (rows[0]["met: where"], rows[0]["comment"]) == ("0,5", "Nearly.")


BAD = {
    ("met: slope", "yes"): "expected a share from 0 to 1, found 'yes'",
    ("met: slope", "1.5"): "expected a share from 0 to 1, found '1.5'",
    ("met: slope", "-1"): "expected a share from 0 to 1, found '-1'",
    ("met: slope", "=1"): "expected a share from 0 to 1, found '=1'",
    ("decision", "yes"): "expected points, a share such as 50 %, 'excused' or 'ok', found 'yes'",
    ("decision", "6.5"): "expected at most 6 points, found '6.5'",
    ("decision", "101 %"): "expected at most 100 %, found '101 %'",
    ("decision", "1e3"): "expected points",
}


@pytest.mark.parametrize(("name", "cell"), BAD)
def test_cells_that_cannot_be_used(course, run, name, cell):
    course.marked()
    fill(course.path, lambda row: ben(row) and "why" in row["blank"], **{name: cell})
    before = course.path.read_bytes()
    out = course.base / "marks.csv"
    words = ("--quiz", course.folder, "--bank", course.base.parent / "bank", "--out", out)
    result = run(main, "grade", course.papers, *words, "--decisions", course.path)
    assert result.exit_code == 2
    column = list(rows_of(course.path)[0]).index(name) + 1
    assert f"{course.path}:6:{column}: {BAD[name, cell]}" in result.output  # one text has two lines
    assert course.path.read_bytes() == before
    assert not out.exists()


def test_files_that_are_not_ours_are_left_alone(course):
    for content, says in {
        "student,points\nada,3\n": "expected one column 'code'",
        "": "expected one column 'code'",
        "student,code,decision\na,b,1\n": "no column 'blank'",
        "student,exercise,blank,code,text,rubric,x,x\n": "two columns are called 'x'",
        "student,blank,code,decision\na,b,t1,1\na,b,t1,1\n": "a second row",
    }.items():
        course.path.write_text(content)
        with pytest.raises(AuthorError, match=says):
            course.marked()
        assert course.path.read_text() == content
    course.path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(AuthorError, match="cannot be read"):
        course.marked()


def test_the_command(course, run):
    out, pages = course.base / "marks.csv", course.base / "pages"
    words = ("grade", course.papers, "--quiz", course.folder, "--bank", course.base.parent / "bank")
    words = (*words, "--out", out, "--decisions", course.path, "--feedback", pages)
    result = run(main, *words)
    assert result.exit_code == 1
    assert "a person must look at 2 rows of " in result.output
    fill(course.path, lambda row: True, decision="100 %", comment="Fine.")
    result = run(main, *words)
    assert result.exit_code == 0, result.output
    points = {row["student"]: row["points"] for row in rows_of(out)}
    assert points == {"ada": "11", "ben": "7"}
    page = (pages / "ada.md").read_text()
    assert page.count("Fine\\.") == 3
    assert "**11 of 13 points**" in page


def test_decisions_belong_to_a_quiz(run, tmp_path):
    path = tmp_path / "answers.jsonl"
    path.write_text("")
    result = run(main, "grade", path, "--out", tmp_path / "m", "--decisions", tmp_path / "t.csv")
    assert (result.exit_code, "--decisions goes with --quiz" in result.output) == (2, True)
    words = ("--quiz", tmp_path, "--out", tmp_path / "m", "--decisions", tmp_path / "m")
    assert "must be different files" in run(main, "grade", path, *words).stderr


HOSTILE = ["=cmd|' /C calc'!A0", "+1", "-1", "@SUM(1)", "\t=1", "\r\n=1", "  =1", "\uff1d1", "a\x00b\u202ec", '"; =1', "a;=1+1", "b,@x", "c\t=1", "\ud800"]  # fmt: skip


@pytest.mark.parametrize("hostile", HOSTILE, ids=range(len(HOSTILE)))
def test_student_text_is_inert(hostile, tmp_path):
    one = Open("s", "e/b", hostile, "waiting", "", "", 1)
    written = decision_sheet.write([one], decision_sheet.Sheet())
    text = written.decode("utf-8-sig")
    [row] = csv.DictReader(io.StringIO(text, newline=""))
    for sign in ",;\t\n":
        for part in row["answer"].split(sign):
            assert part.strip(' "')[:1] not in ("=", "+", "-", "@", "\uff1d")
    assert all(sign.isprintable() or sign in "\r\n" for sign in text)
    path = tmp_path / "decisions.csv"
    path.write_bytes(written)
    assert decision_sheet.write([one], decision_sheet.read(path)) == written


def test_codes_tell_answers_apart():
    others = [("S", "e/b", "text"), ("s", "e/c", "text"), ("s", "e/b", "Text")]
    codes = {code("s", "e/b", "text"), *(code(*one) for one in others)}
    assert len(codes) == 4
    assert not any(one[0].isdigit() for one in codes)


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


# Decisions on papers, whatever else is said of them


def odd_one(course):
    """Ben's paper lacks a cell, and somebody has looked at it."""
    paper = course.answering("ben", "a", "b")
    del paper["cells"][-1]
    course.papers = course.hand_in({"ben.ipynb": paper})
    course.marked()
    fill(course.path, lambda row: not row["blank"], decision="ok")
    assert course.marked()[1].doubts == 0


def test_a_decision_on_an_odd_paper_holds_whatever_else_is_remarked(course):
    odd_one(course)
    text = (course.base.parent / "bank" / "why.yaml").read_text()
    (course.base.parent / "bank" / "why.yaml").write_text(text.replace("would be", "may be"))
    course.reload()
    [path] = course.papers.iterdir()
    path.rename(path.with_name("other.ipynb"))
    row = course.marked()[1]
    assert row.doubts == 0
    assert any("changed since the paper was made" in one for one in row.for_staff)
    assert any("the file is named 'other'" in one for one in row.for_staff)


def test_a_share_for_being_late_settles_no_doubt(course):
    paper = course.answering("ben", "a", "b")
    del paper["cells"][-1]
    course.papers = course.hand_in({"ben.ipynb": paper})
    course.marked()
    add(course.path, student="ben", decision="50 %", comment="Late.")
    row = course.marked()[1]
    assert (row.doubts, row.decision.share) == (1, Fraction(1, 2))


def test_a_share_of_what_cannot_be_read_is_nothing_rather_than_0(course):
    course.papers = course.hand_in({"ben.ipynb": {}})
    course.marked()
    add(course.path, student="*", decision="50 %")
    for row in course.marked():
        assert (row.points, row.counts) == (None, False)


@pytest.mark.parametrize(("decision", "points"), [("4", "4"), ("excused", "")])
def test_a_broken_paper_that_is_decided_on_waits_for_nobody(
    course, run, tmp_path, decision, points
):
    course.papers = course.hand_in({"ben.ipynb": {}})
    words = (
        "grade", course.papers, "--quiz", course.folder, "--bank", course.folders[0], "--out", tmp_path / "m.csv",
        "--decisions", course.path, "--feedback", tmp_path / "pages",
    )  # fmt: skip
    assert run(main, *words).exit_code == 1
    assert [*(tmp_path / "pages").iterdir()] == []
    fill(course.path, lambda row: row["student"] == "ben", decision=decision, comment="By mail.")
    assert run(main, *words).exit_code == 0
    assert rows_of(tmp_path / "m.csv")[1]["points"] == points
    page = (tmp_path / "pages" / "ben.md").read_text()
    assert "By mail" in page
    assert ("**4 of 13 points**" in page) == (decision == "4")
