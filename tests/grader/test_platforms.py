"""Class lists and gradebooks of learning platforms, as they export them and read them again."""

import csv
import io

import pytest

from grader.cli import main
from grader.papers import tables
from tests.grader.rounds import Round

CANVAS = """\
Student,ID,SIS User ID,SIS Login ID,Section,Quiz 1 (123),Current Score
,,,,,Manual Posting,
    Points Possible,,,,,10,(read only)
"Lovelace, Ada",11,900123,ada,"Monday and Friday",7,70
"O'Neil, Čeněk",12,900124,cy.o'neil+x,Monday,,
"=Ben, 王",13,00125,ben,Friday,3,30
"Student, Test",99,,x,Monday,,
"""
MOODLE = """\
Vorname;Nachname;Matrikelnummer;E-Mail-Adresse;Gruppen
Ada;Lovelace;900123;ada@x.edu;Mo
Čeněk;O'Neil;900124;cy.o'neil+x@x.edu;Mo, Fr
王;Ben;00125;ben@x.edu;
"""
WORKSHEET = """\
Identifier,Full name,Email address,Status,Grade,Maximum Grade,Grade can be changed,Feedback comments
Participant 77,Ada Lovelace,ada@x.edu,Submitted for grading,,13.00,Yes,
Participant 78,Ben 王,ben@x.edu,Submitted for grading,,13.00,Yes,
Participant 79,Zoe,zoe@x.edu,No submission,,13.00,Yes,
"""
GRADESCOPE = """\
First Name,Last Name,SID,Email,Role,Section,Total Score,Max Points
Ada,Lovelace,900123,ada@x.edu,Student,Mo,,13
Ben,王,00125,ben@x.edu,Student,Fr,,13
Dora,Doc,1,dora@x.edu,Instructor,,,13
"""
BLACKBOARD = """\
Last Name\tFirst Name\tUsername\tStudent ID\tLast Access\tAvailability\tWeek 5 [Total Pts: 13 Score] |4711
Lovelace\tAda\tada\t900123\t2026-11-27 10:00:00\tYes\t
王\tBen\tben\t00125\t\tYes\t
"""
EXPORTS = {
    "canvas": (CANVAS, {"ada": ("Lovelace, Ada", "", "Monday and Friday"), "cy.o'neil+x": ("O'Neil, Čeněk", "", "Monday"), "ben": ("'=Ben, 王", "", "Friday")}),
    "moodle": (MOODLE, {"900123": ("Ada Lovelace", "ada@x.edu", "Mo"), "900124": ("Čeněk O'Neil", "cy.o'neil+x@x.edu", "Mo, Fr"), "00125": ("王 Ben", "ben@x.edu", "")}),
    "moodle-assign": (WORKSHEET, {"ada@x.edu": ("Ada Lovelace", "ada@x.edu", ""), "ben@x.edu": ("Ben 王", "ben@x.edu", ""), "zoe@x.edu": ("Zoe", "zoe@x.edu", "")}),
    "gradescope": (GRADESCOPE, {"900123": ("Ada Lovelace", "ada@x.edu", "Mo"), "00125": ("Ben 王", "ben@x.edu", "Fr")}),
    "blackboard": (BLACKBOARD, {"ada": ("Ada Lovelace", "", ""), "ben": ("Ben 王", "", "")}),
}  # fmt: skip
ENCODINGS = ["utf-8", "utf-8-sig", "utf-16", "utf-16-le"]


def rows_of(text):
    return list(csv.DictReader(io.StringIO(text, newline="")))


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("platform", EXPORTS)
def test_a_class_list_from_an_export(run, tmp_path, platform, encoding):
    text, students = EXPORTS[platform]
    (tmp_path / "export.csv").write_bytes(text.encode(encoding))
    result = run(main, "roster", tmp_path / "export.csv", "--out", tmp_path / "class.csv")
    assert result.exit_code == 0, result.output
    rows = rows_of((tmp_path / "class.csv").read_text())
    found = {row["student"]: (row["name"], row["email"], row["section"]) for row in rows}
    assert found == students
    assert f"{len(students)} students by the column" in result.output


def test_lines_before_the_header_and_a_said_separator(run, tmp_path):
    for before in ("sep=;\r\n", "Teilnehmer der Vorlesung\n\n", '"sep=;"\n'):
        (tmp_path / "export.csv").write_bytes((before + MOODLE).encode("cp1250", "replace"))
        result = run(main, "roster", tmp_path / "export.csv", "--out", tmp_path / "class.csv")
        assert result.exit_code == 0, result.output
        assert "900123" in (tmp_path / "class.csv").read_text()


def test_the_other_ids_are_kept(run, tmp_path):
    """They stand in our gradebook, and find their students in an export that knows nothing else."""
    (tmp_path / "export.csv").write_text(CANVAS)
    run(main, "roster", tmp_path / "export.csv", "--out", tmp_path / "class.csv")
    rows = rows_of((tmp_path / "class.csv").read_text())
    assert [(row["student"], row["SIS User ID"], row["ID"]) for row in rows] == [
        ("ada", "900123", "11"), ("cy.o'neil+x", "900124", "12"), ("ben", "00125", "13"),
    ]  # fmt: skip
    marks = "student,points,out_of,SIS User ID\nada,5,13,900123\nben,6,13,00125\n"
    (tmp_path / "marks.csv").write_text(marks)
    (tmp_path / "moodle.csv").write_text(MOODLE)
    words = (
        "gradebook",
        tmp_path / "marks.csv",
        "--to",
        "moodle",
        "--template",
        tmp_path / "moodle.csv",
    )
    result = run(main, *words, "--column", "Week 5", "--out", tmp_path / "up.csv")
    assert result.exit_code == 0, result.output
    assert ";Mo;5" in (tmp_path / "up.csv").read_text()


def test_several_sections_are_joined(run, tmp_path):
    text = CANVAS + '"Lovelace, Ada",11,900123,ada,Friday,7,70\n'
    (tmp_path / "export.csv").write_text(text)
    result = run(main, "roster", tmp_path / "export.csv", "--out", tmp_path / "class.csv")
    assert "1 row of students in several sections joined" in result.output
    assert "Monday and Friday; Friday" in (tmp_path / "class.csv").read_text()


BAD = {
    "two people": (CANVAS + '"Else, Any",14,900199,ada,Friday,,\n', "two people have the id 'ada'"),
    "no ids": ("First name,Last name,Email address\nA,B,\n", "no student in it"),
    "strange ids": ("Username\ta b\nx y\tz\n", "no column holds an id"),
    "a device": ("Username\ncon\n", "'con' cannot be the name of a file on every system"),
    "nothing": ("", "expected one column"),
    "two columns": ("Username,Username\na,b\n", "two columns are called 'Username'"),
}


@pytest.mark.parametrize("name", BAD)
def test_exports_that_cannot_be_used(run, tmp_path, name):
    text, says = BAD[name]
    (tmp_path / "export.csv").write_text(text)
    result = run(main, "roster", tmp_path / "export.csv", "--out", tmp_path / "class.csv")
    assert result.exit_code == 2
    assert says in result.output
    assert not (tmp_path / "class.csv").exists()


MARKS = """\
student,points,out_of,to_look_at,q,percent,waiting,email,file
ada,12.5,13,0,12.5,96.2,0,ada@x.edu,a
ben,8,13,1,8,61.5,1,ben@x.edu,b
"""
IDS = {"canvas": ("ada", "ben"), "moodle": ("900123", "00125"), "moodle-assign": ("ada@x.edu", "ben@x.edu"), "gradescope": ("900123", "00125"), "blackboard": ("ada", "ben")}  # fmt: skip
COLUMNS = {
    "canvas": "Week 5",
    "moodle": "Week 5",
    "blackboard": "Week 5 [Total Pts: 13 Score] |4711",
}


def filled(run, folder, platform, marks=MARKS, encoding="utf-8", *words):
    for name, text in zip(("ada", "ben"), IDS[platform], strict=True):
        marks = marks.replace(f"\n{name},", f"\n{text},")
    (folder / "marks.csv").write_text(marks)
    (folder / "export.csv").write_bytes(EXPORTS[platform][0].encode(encoding))
    words = (
        "gradebook",
        folder / "marks.csv",
        "--to",
        platform,
        "--template",
        folder / "export.csv",
        "--out",
        folder / "up.csv",
        *words,
    )
    return run(main, *words, *(["--column", COLUMNS[platform]] if platform in COLUMNS else []))


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("platform", EXPORTS)
def test_points_go_into_the_platforms_own_export(run, tmp_path, platform, encoding):
    """One cell differs from the export: Ada's; Ben's is left empty, as an answer of his waits."""
    result = filled(run, tmp_path, platform, encoding=encoding)
    assert result.exit_code == 0, result.output
    before = EXPORTS[platform][0].splitlines()
    data = (tmp_path / "up.csv").read_bytes()
    delimiter = {"moodle": ";", "blackboard": "\t"}.get(platform, ",")
    rows = list(csv.reader(io.StringIO(data.decode(encoding), newline=""), delimiter=delimiter))
    old = list(csv.reader(before, delimiter=delimiter))
    column = rows[0].index(
        COLUMNS.get(platform, {"moodle-assign": "Grade", "gradescope": "Total Score"}.get(platform))
    )
    changed = {
        row[0]: row[column]
        for row, was in zip(rows[1:], old[1:], strict=True)
        if row[: len(was)] != was or (len(row) > len(was) and row[column])
    }
    first = {
        "canvas": "Lovelace, Ada",
        "moodle": "Ada",
        "moodle-assign": "Participant 77",
        "gradescope": "Ada",
        "blackboard": "Lovelace",
    }
    extra = {"    Points Possible": "13"} if platform == "canvas" else {}
    assert changed == {first[platform]: "12.5", **extra}
    assert f"left empty, as something waits or nothing counts: {IDS[platform][1]}" in result.output


@pytest.mark.parametrize(
    ("what", "says"),
    [("missing", "'zed' is not in the export"), ("doubled", "'ada' is in 2 rows of the export")],
)
def test_who_is_not_found_or_found_twice_refuses_the_file(run, tmp_path, what, says):
    marks = MARKS
    if what == "missing":
        marks += "zed,1,13,0,1,7,0,,c\n"
    (tmp_path / "marks.csv").write_text(marks)
    more = '"Lovelace, Adam",21,900199,ada,Friday,,\n' if what == "doubled" else ""
    (tmp_path / "export.csv").write_text(CANVAS + more)
    words = (
        "gradebook",
        tmp_path / "marks.csv",
        "--to",
        "canvas",
        "--template",
        tmp_path / "export.csv",
        "--column",
        "W",
    )
    result = run(main, *words, "--out", tmp_path / "up.csv")
    assert result.exit_code == 2
    assert says in result.output
    assert not (tmp_path / "up.csv").exists()


def test_points_are_scaled_only_if_asked(run, tmp_path):
    text = MARKS.replace(",13,", ",26,").replace("12.5,26", "25,26")
    result = filled(run, tmp_path, "moodle-assign", text)
    assert result.exit_code == 2
    assert "counts out of 13.00, the paper of 'ada@x.edu' out of 26: pass --scale" in result.output
    assert filled(run, tmp_path, "moodle-assign", text, "utf-8", "--scale").exit_code == 0
    assert ",12.5,13.00," in (tmp_path / "up.csv").read_text()


def test_a_column_is_asked_for(run, tmp_path):
    (tmp_path / "marks.csv").write_text(MARKS)
    (tmp_path / "export.csv").write_text(CANVAS)
    words = (
        "gradebook",
        tmp_path / "marks.csv",
        "--to",
        "canvas",
        "--template",
        tmp_path / "export.csv",
    )
    result = run(main, *words, "--out", tmp_path / "up.csv")
    assert result.exit_code == 2
    assert "name the column of the points with --column, new or one of Student, ID" in result.output


def test_from_an_export_and_back(run, tmp_path):
    """Canvas's list, a quiz, notebooks, our gradebook with names and percent, and Canvas's list again."""
    (tmp_path / "export.csv").write_text(CANVAS)
    run(main, "roster", tmp_path / "export.csv", "--out", tmp_path / "class.csv")
    made = Round(tmp_path / "round", "id: q\ntitle: Q\npick: [two-two-one]\n", ["ada"])
    (tmp_path / "quiz.yaml").write_text("id: q\ntitle: Q\npick: [two-two-one]\n")
    out = tmp_path / "week"
    run(
        main,
        "quiz",
        tmp_path / "quiz.yaml",
        "--roster",
        tmp_path / "class.csv",
        "--out",
        out,
        "--secret",
        made.base / "secret",
    )
    papers = made.hand_in({"ada.ipynb": made.answered("ada")})
    result = run(main, "grade", papers, "--quiz", out, "--out", tmp_path / "marks.csv")
    assert result.exit_code == 0, result.output
    row = rows_of((tmp_path / "marks.csv").read_text())[0]
    assert (row["student"], row["points"], row["percent"], row["waiting"]) == (
        "ada",
        "3",
        "100",
        "0",
    )
    assert (row["name"], row["section"]) == ("Lovelace, Ada", "Monday and Friday")
    words = (
        "gradebook",
        tmp_path / "marks.csv",
        "--to",
        "canvas",
        "--template",
        tmp_path / "export.csv",
    )
    result = run(main, *words, "--column", "Week 5", "--out", tmp_path / "up.csv")
    assert result.exit_code == 0, result.output
    points = {
        row["SIS Login ID"]: row["Week 5"] for row in rows_of((tmp_path / "up.csv").read_text())
    }
    assert points == {"": "3", "ada": "3", "cy.o'neil+x": "", "ben": "", "x": ""}


TIMES = {
    "2026-12-01T09:00+01:00,2026-12-01T11:00+01:00,1.25": "",
    "2026-12-01 09:00:00Z,,": "",
    "tomorrow,,": "4: expected a time with its offset from UTC",
    "2026-12-01T09:00,,": "expected a time with its offset from UTC",
    "2026-12-01T09:00Z,2026-12-01T09:00+01:00,": "it closes before it opens",
    ",,0.5": "expected a number from 1 to 10",
    ",,much": "expected a number from 1 to 10",
}


@pytest.mark.parametrize("cells", TIMES)
def test_dates_and_extra_time(run, tmp_path, cells):
    (tmp_path / "class.csv").write_text(f"student,opens,closes,time_factor\nada,{cells}\n")
    (tmp_path / "quiz.yaml").write_text("id: q\ntitle: Q\npick: [two-two-one]\n")
    result = run(
        main,
        "quiz",
        tmp_path / "quiz.yaml",
        "--roster",
        tmp_path / "class.csv",
        "--out",
        tmp_path / "out",
    )
    says = TIMES[cells].removeprefix("4: ")
    assert result.exit_code == (2 if says else 0)
    assert says in result.output
    if cells.endswith("1.25"):
        paper = (tmp_path / "out" / "papers" / "ada.ipynb").read_text()
        assert (
            "It opens on 2026-12-01 at 09:00 (UTC+0100). It closes on 2026-12-01 at 11:00 (UTC+0100). You have 1.25 times the usual time."
            in paper
        )


@pytest.mark.parametrize("student", ["CON", "aux.", "nul.txt", "com1", "x."])
def test_names_that_no_system_takes(run, tmp_path, student):
    (tmp_path / "class.csv").write_text(f"student\n{student}\n")
    (tmp_path / "quiz.yaml").write_text("id: q\ntitle: Q\npick: [two-two-one]\n")
    result = run(
        main,
        "quiz",
        tmp_path / "quiz.yaml",
        "--roster",
        tmp_path / "class.csv",
        "--out",
        tmp_path / "out",
    )
    assert result.exit_code == 2
    assert "cannot be the name of a file on every system" in result.output


def test_a_table_is_split_where_its_columns_are_found(tmp_path):
    """Answers hold more of other signs than there are columns."""
    path = tmp_path / "t.csv"
    for sign in ",;\t":
        inside = "[1; 2; 3; 4]" if sign == "," else "[1, 2, 3, 4]"
        path.write_text(f"code{sign}answer\n" + f"a{sign}{inside}\n" * 4)
        [row, *_] = tables.read(path, ["code"]).rows
        assert row.cells == {"code": "a", "answer": inside}
