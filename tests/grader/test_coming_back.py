"""What comes back, as students and platforms leave it: links, archives, other names, several files, borrowed papers."""

import io
import json
import time
import zipfile

import pytest

from grader.cli import main
from grader.errors import UsageError
from grader.papers import Take, grade_notebooks, intake
from tests.grader.rounds import Round

QUIZ = """
id: round
title: A round
pick: [two-two-one, layer-sizes]
"""
STUDENTS = ["ada", "ben", "cy.o'neil+x", "00123"]


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    return Round(tmp_path_factory.mktemp("round"), QUIZ, STUDENTS)


@pytest.fixture
def papers(made):
    return {who: made.answered(who) for who in STUDENTS}


def graded(made, *paths, take=Take.NONE):
    rows = grade_notebooks(paths, made.folder, made.bank, take=take)
    return {row.student or row.file: row for row in rows}


def archive(path, files, **stamps):
    with zipfile.ZipFile(path, "w") as out:
        for name, content in files.items():
            data = content if isinstance(content, bytes) else json.dumps(content).encode()
            info = zipfile.ZipInfo(name, stamps.get(name, (1980, 1, 1, 0, 0, 0)))
            out.writestr(info, data)
    return path


def wrong(paper):
    """The paper with the first answer wrong."""
    other = json.loads(json.dumps(paper))
    cell = next(cell for cell in other["cells"] if cell["cell_type"] == "code")
    cell["source"] = cell["source"].partition("\n")[0] + "\n123.5"
    return other


def emptied(paper):
    other = json.loads(json.dumps(paper))
    for cell in other["cells"]:
        if cell["cell_type"] == "code":
            cell["source"] = cell["source"].partition("\n")[0] + "\n"
    return other


NAMES = ["ada.ipynb", "ada.ipynb.txt", "ada.json", "week-5 (1).IPYNB", "_.ipynb", "adaLATE_12345_678_week-5-2.ipynb", ".ada.ipynb", "__ada.ipynb", "no-extension"]  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("way", ["folder", "deep", "archive", "archive of archives", "linked"])
def test_names_and_ways(made, papers, tmp_path, name, way):
    folder = tmp_path / "in"
    folder.mkdir()
    text = json.dumps(papers["ada"])
    match way:
        case "folder":
            (folder / name).write_text(text)
        case "deep":
            (folder / "Ada Lovelace_77_assignsubmission_file").mkdir()
            (folder / "Ada Lovelace_77_assignsubmission_file" / name).write_text(text)
        case "archive":
            archive(folder / "all.zip", {f"a b/{name}": papers["ada"]})
        case "archive of archives":
            inner = archive(tmp_path / "inner.zip", {name: papers["ada"]}).read_bytes()
            archive(folder / "all.ZIP", {"x/inner.zip": inner})
        case "linked":
            (tmp_path / "else").mkdir()
            (tmp_path / "else" / name).write_text(text)
            (folder / "link").symlink_to(tmp_path / "else")
            (tmp_path / "else" / "back").symlink_to(folder)
    rows = graded(made, folder)
    assert rows["ada"].points == rows["ada"].out_of
    assert [*rows] == STUDENTS


LEFT = [".DS_Store", "._ada.ipynb", "Thumbs.db", "desktop.ini", "__MACOSX/._ada.ipynb", ".ipynb_checkpoints/ada-checkpoint.ipynb", "~$notes.docx", ".gitignore"]  # fmt: skip


@pytest.mark.parametrize("name", LEFT)
def test_what_systems_leave_behind_is_no_submission(made, papers, tmp_path, name):
    (tmp_path / "in" / name).parent.mkdir(parents=True)
    (tmp_path / "in" / name).write_text("x")
    archive(tmp_path / "in" / "more.zip", {name: b"x"})
    assert [*graded(made, tmp_path / "in")] == STUDENTS


def test_a_link_that_leads_nowhere_is_told(made, tmp_path):
    (tmp_path / "ada.ipynb").symlink_to(tmp_path / "gone")
    row = graded(made, tmp_path)["ada"]
    assert (row.file, row.problem) == ("ada.ipynb", "a link that leads nowhere")


@pytest.mark.parametrize("what", ["bad", "many", "large", "bomb", "locked"])
def test_archives_are_bounded(made, papers, tmp_path, monkeypatch, what):
    path = tmp_path / "all.zip"
    match what:
        case "bad":
            path.write_bytes(b"PK\x03\x04 nothing")
        case "many":
            monkeypatch.setattr(intake, "MAX_FILES", 2)
            archive(path, {f"{n}.ipynb": b"" for n in range(3)})
        case "large":
            monkeypatch.setattr(intake, "MAX_ARCHIVE", 10)
            archive(path, {"a.ipynb": b"{}"})
        case "bomb":
            with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as out:
                out.writestr("a.ipynb", b" " * 30_000_000)
        case "locked":
            archive(path, {"a.ipynb": b"{}"})
            data = bytearray(path.read_bytes())
            data[6] |= 1  # says that it is encrypted
            data[data.index(b"PK\x01\x02") + 8] |= 1
            path.write_bytes(bytes(data))
    start = time.perf_counter()
    rows = graded(made, tmp_path)
    assert time.perf_counter() - start < 5
    assert [name for name in rows if name not in STUDENTS] == [
        "all.zip/a.ipynb" if what in ("bomb", "locked") else "all.zip"
    ]
    assert all(not row.points for row in rows.values())


@pytest.mark.parametrize("way", [zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
@pytest.mark.parametrize("start", range(2, 40, 4))
def test_a_damaged_member_stops_nobody(made, papers, tmp_path, way, start):
    """Whatever the way of packing says of bytes that make no sense."""
    with zipfile.ZipFile(tmp_path / "all.zip", "w", way) as out:
        out.writestr("ben.ipynb", json.dumps(papers["ben"]))
    data = bytearray((tmp_path / "all.zip").read_bytes())
    begin = data.index(b"ben.ipynb") + len("ben.ipynb") + start
    data[begin : begin + 40] = b"\xff" * 40
    (tmp_path / "all.zip").write_bytes(bytes(data))
    (tmp_path / "ada.ipynb").write_text(json.dumps(papers["ada"]))
    rows = graded(made, tmp_path)
    assert rows["ada"].points == rows["ada"].out_of
    assert (rows["ben"].points, rows["ben"].file) == (None, "all.zip/ben.ipynb")


def test_names_in_an_archive_lead_nowhere(made, papers, tmp_path):
    archive(
        tmp_path / "all.zip", {"../../ada.ipynb": papers["ada"], "/etc/ben.ipynb": papers["ben"]}
    )
    rows = graded(made, tmp_path)
    assert [rows[who].file for who in ("ada", "ben")] == [
        "all.zip/ada.ipynb",
        "all.zip/etc/ben.ipynb",
    ]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["all.zip"]


# Several files of one student


def test_an_untouched_paper_is_no_conflict(made, papers, tmp_path):
    folder = made.hand_in({"ada.ipynb": papers["ada"], "ada (1).ipynb": emptied(papers["ada"])})
    row = graded(made, folder)["ada"]
    assert (row.points, row.problem) == (row.out_of, "")
    assert graded(made, made.hand_in({"ada.ipynb": emptied(papers["ada"])}))["ada"].points == 0


TIMES = {
    "Blackboard": (
        "Week_ada_attempt_2026-11-27-10-15-30_p.ipynb",
        "Week_ada_attempt_2026-11-28-09-00-00_p.ipynb",
    ),
    "compact": ("ada/20261127_101530.ipynb", "ada/20261127101531.ipynb"),
    "ISO": ("ada/2026-11-27T10.15.30.ipynb", "ada/2026-11-27T10.15.31.ipynb"),
}


@pytest.mark.parametrize("platform", TIMES)
@pytest.mark.parametrize("take", [*Take])
def test_which_of_several_counts(made, papers, tmp_path, platform, take):
    first, last = TIMES[platform]
    for name, paper in ((first, papers["ada"]), (last, wrong(papers["ada"]))):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(json.dumps(paper))
    row = graded(made, tmp_path, take=take)["ada"]
    if take is Take.NONE:
        assert "2 files with different answers" in row.problem
    else:
        right = row.points == row.out_of
        assert right == (take is not Take.NEWEST)
        assert "of 2 files counts" in row.notes[0]
        assert (last if take is Take.NEWEST else first) == row.file


def test_the_time_of_an_archive(made, papers, tmp_path):
    files = {"ada.ipynb": papers["ada"], "ada-2.ipynb": wrong(papers["ada"])}
    stamps = {"ada.ipynb": (2026, 11, 27, 10, 0, 0), "ada-2.ipynb": (2026, 11, 27, 9, 0, 0)}
    archive(tmp_path / "all.zip", files, **stamps)
    row = graded(made, tmp_path, take=Take.NEWEST)["ada"]
    assert row.points == row.out_of
    assert row.notes[0] == "the newest, of 2026-11-27 10:00:00, of 2 files counts"


def test_where_nothing_says_it_a_person_does(made, papers):
    folder = made.hand_in({"ada.ipynb": papers["ada"], "ada-2.ipynb": wrong(papers["ada"])})
    row = graded(made, folder, take=Take.NEWEST)["ada"]
    assert row.points is None
    assert row.problem.endswith("nothing says which is the newest")


# Whose file it is


@pytest.mark.parametrize("name", ["ada.ipynb", "x/ada/paper.ipynb", "Lovelace (ada).pdf", "week_ada_2.ipynb", "00123 solution.ipynb", "cy.o'neil+x.ipynb"])  # fmt: skip
def test_a_file_that_cannot_be_read_is_tied_to_its_student(made, tmp_path, name):
    (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / name).write_text("no notebook")
    rows = graded(made, tmp_path)
    assert [*rows] == STUDENTS
    [row] = [row for row in rows.values() if row.file]
    assert row.student in name
    assert "not a notebook" in row.problem


@pytest.mark.parametrize("name", ["ada and ben.ipynb", "adam.ipynb", "notes.ipynb", "100123.ipynb"])
def test_where_the_name_does_not_say_so_it_has_a_row_of_its_own(made, tmp_path, name):
    (tmp_path / name).write_text("no notebook")
    assert [*graded(made, tmp_path)] == [*STUDENTS, name]


@pytest.mark.parametrize("first", ["ada", "ben"])
def test_a_paper_in_anothers_file_hurts_nobody(made, papers, tmp_path, first):
    """Ben hands in Ada's paper, emptied of what is right; Ada's own counts, whatever comes first."""
    names = {"ada": "1-ada.ipynb" if first == "ada" else "2/ada.ipynb", "ben": "1/ben.ipynb"}
    for who, paper in (("ada", papers["ada"]), ("ben", wrong(papers["ada"]))):
        (tmp_path / names[who]).parent.mkdir(exist_ok=True)
        (tmp_path / names[who]).write_text(json.dumps(paper))
    rows = graded(made, tmp_path)
    assert (rows["ada"].points, rows["ada"].problem) == (rows["ada"].out_of, "")
    assert rows["ben"].problem == "the paper inside is that of 'ada'"
    assert rows["ben"].points is None


def test_and_waits_where_it_is_the_only_one(made, papers, tmp_path):
    (tmp_path / "ben.ipynb").write_text(json.dumps(papers["ada"]))
    rows = graded(made, tmp_path)
    assert rows["ada"].problem == "the only paper is in a file of 'ben'"
    assert rows["ada"].points is None
    assert not rows["ada"].is_absent
    assert rows["ben"].problem == "the paper inside is that of 'ada'"


def test_several_sections_in_one_run(made, papers, tmp_path):
    archive(tmp_path / "monday.zip", {"ada_77/paper.ipynb": papers["ada"]})
    archive(tmp_path / "friday.zip", {"ben_78/paper.ipynb": papers["ben"]})
    rows = graded(made, tmp_path / "monday.zip", tmp_path / "friday.zip")
    assert [rows[who].points == rows[who].out_of for who in ("ada", "ben")] == [True, True]
    with pytest.raises(UsageError, match="no such file or folder"):
        graded(made, tmp_path / "sunday.zip")


@pytest.mark.parametrize(
    "form", ["# answer to {} (a number): {}", "answer to {}:\n{}", "{} = {}", "- `{}`: {}"]
)
def test_all_answers_in_one_cell(made, papers, form):
    paper = papers["ada"]
    texts = []
    for cell in paper["cells"]:
        blank = cell["metadata"]["gradmark"].get("blank")
        if blank:
            texts.append(
                form.format(
                    blank, cell["source"].partition("\n")[2] or cell["source"].partition(": ")[2]
                )
            )
    paper["cells"] = [cell for cell in paper["cells"] if cell["cell_type"] != "code"]
    paper["cells"].append({"cell_type": "code", "metadata": {}, "source": "\n".join(texts)})
    row = graded(made, made.hand_in({"ada.ipynb": paper}))["ada"]
    assert row.points == row.out_of
    assert "holds the answers to" in row.notes[0]


def test_lines_of_a_derivation_name_no_blanks(made, papers):
    """``dL/dz`` looks like the address of a blank, and is none."""
    paper = papers["ada"]
    cell = next(cell for cell in paper["cells"] if cell["cell_type"] == "code")
    blank = cell["metadata"]["gradmark"]["blank"]
    cell["source"] = f"# answer to {blank}:\ndL/dz = 1\ndL/dw = 2"
    row = graded(made, made.hand_in({"ada.ipynb": paper}))["ada"]
    assert row.answers[blank] == "dL/dz = 1\ndL/dw = 2"


HUGE = ["1e308", "-1e308", "1e400", "9" * 5000, "1/1e-308", "10^10^10", "1e308, 1e308"]


@pytest.mark.parametrize("value", HUGE, ids=range(len(HUGE)))
def test_a_huge_value_costs_its_own_blank(made, papers, value):
    """Nobody else's row changes, and no sum is lost."""
    cells = [cell for cell in papers["ada"]["cells"] if cell["cell_type"] == "code"]
    blank = cells[0]["metadata"]["gradmark"]["blank"]
    cells[0]["source"] = f"# answer to {blank}: {value}"
    rows = graded(made, made.hand_in({"ada.ipynb": papers["ada"], "ben.ipynb": papers["ben"]}))
    marks = {
        f"{one.exercise}/{name}": mark
        for one in rows["ada"].marks
        for name, mark in one.marks.items()
    }
    assert marks.pop(blank).points == 0
    assert all(mark.points == mark.out_of for mark in marks.values())
    assert rows["ben"].points == rows["ben"].out_of


def test_feedback_as_an_archive_with_the_names_handed_in(made, papers, run, tmp_path):
    files = {
        "Ada L_77_assignsubmission_file/week 5.ipynb": papers["ada"],
        "Ben_78_assignsubmission_file/ben.ipynb.txt": papers["ben"],
    }
    given = archive(tmp_path / "all.zip", files)
    words = (
        "grade",
        given,
        "--quiz",
        made.folder,
        "--out",
        tmp_path / "m.csv",
        "--feedback",
        tmp_path / "back.zip",
    )
    result = run(main, *words)
    assert result.exit_code == 0, result.output
    assert "2 papers marked, 2 students handed in nothing" in result.output
    data = (tmp_path / "back.zip").read_bytes()
    with zipfile.ZipFile(io.BytesIO(data)) as back:
        assert back.namelist() == [
            "Ada L_77_assignsubmission_file/week 5.html",
            "Ben_78_assignsubmission_file/ben.html",
        ]
        assert "ada" in back.read(back.namelist()[0]).decode()
    run(main, *words)
    assert (tmp_path / "back.zip").read_bytes() == data


def test_the_door_takes_the_newest(made, papers, run, tmp_path):
    folder = made.hand_in(
        {
            "ada_attempt_2026-11-27-10-15-30.ipynb": papers["ada"],
            "ada_attempt_2026-11-28-10-15-30.ipynb": wrong(papers["ada"]),
        }
    )
    words = ("grade", folder, "--quiz", made.folder, "--out", tmp_path / "m.csv")
    assert run(main, *words).exit_code == 1
    assert run(main, *words, "--take", "newest").exit_code == 0
    assert (
        "the newest, of 2026-11-28 10:15:30, of 2 files counts" in (tmp_path / "m.csv").read_text()
    )
