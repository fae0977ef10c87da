"""What is handed out is what is marked, whatever happens to a folder between two runs."""

import json
import shutil

import pytest

from grader import bank, cores, papers
from grader.cli import main
from grader.errors import AuthorError, UsageError
from grader.papers import making, restoring
from tests.grader.rounds import Round

QUIZ = """
id: round
title: A round
pick: [two-two-one, layer-sizes]
"""
OTHER = QUIZ.replace("two-two-one", "scalar-residual-block")


@pytest.fixture
def made(tmp_path):
    return Round(tmp_path, QUIZ, ["s1", "s2", "00123"])


def files(made):
    return {path.name: path.read_bytes() for path in (made.folder / "papers").iterdir()}


def rebuilt(made, students, **words):
    roster = made.base / "roster.csv"
    roster.write_text("student\n" + "\n".join(students) + "\n")
    secret = words.pop("secret", made.base / "secret")
    return papers.make_quiz(
        made.base / "quiz.yaml", roster, made.folder, made.bank, secret, **words
    )


def test_papers_are_the_same_in_any_number_of_processes(tmp_path, monkeypatch):
    monkeypatch.setattr(making, "WORTH", 1)
    students = ["s1", "s2", "s3"]
    alone = Round(tmp_path / "alone", QUIZ, students)
    together = Round(tmp_path / "together", QUIZ, students[:1])
    rebuilt(together, students, jobs=2)
    assert files(together) == files(alone)
    keys = [(one.folder / "staff" / "key.csv").read_bytes() for one in (alone, together)]
    assert keys[0] == keys[1]


def test_what_an_exercise_is_to_blame_for_is_told_from_any_process(tmp_path):
    with (
        cores.crew({}, 2) as each,
        pytest.raises(AuthorError, match="which the bank does not have"),
    ):
        raise_first(each(restoring.pages, [restoring.Wanted("gone", [("ada", None)], {})]))


def raise_first(found):
    for page in found:
        raise page["ada"]


def test_papers_of_an_exercise_that_the_bank_lost_stay_and_are_told(made):
    before = files(made)
    del made.bank["two-two-one"]
    (made.base / "quiz.yaml").write_text(QUIZ.replace("two-two-one, ", ""))
    notes = rebuilt(made, ["s1", "s2", "00123", "s3"]).notes
    assert (
        "papers use what the bank does not have, so that it cannot be marked: two-two-one" in notes
    )
    assert before.items() < files(made).items()


def test_the_code_of_a_paper_covers_its_values(tmp_path, made):
    """So a paper of other values is none of ours, though student, quiz, secret and exercises are the same."""
    paper = made.answered("s1")
    manifest = made.folder / "staff" / "manifest.json"
    stored = json.loads(manifest.read_text())
    stored["papers"][0]["items"][0]["draw"]["values"]["x1"] = [[0.123]]
    manifest.write_text(json.dumps(stored))
    with pytest.raises(UsageError, match="another secret, or the manifest was changed since: s1"):
        made.grade(made.hand_in({"s1.ipynb": paper}))


def test_papers_of_older_versions_are_marked(made, monkeypatch):
    """Their code signs the names of their exercises."""
    manifest = made.folder / "staff" / "manifest.json"
    stored = json.loads(manifest.read_text())
    secret = bytes.fromhex(made.secret)
    hand_in = {}
    for paper in stored["papers"]:
        names = [item["draw"]["exercise"] for item in paper["items"]]
        answered = json.dumps(made.answered(paper["student"]))
        old = papers.blueprint.code_of_names(secret, "round", paper["student"], names)
        hand_in[f"{paper['student']}.ipynb"] = json.loads(answered.replace(paper["code"], old))
        paper["code"] = old
        del paper["left"]
    del stored["picks"]
    manifest.write_text(json.dumps(stored))
    graded = made.grade(made.hand_in(hand_in))
    assert [row.points for row in graded] == [row.out_of for row in graded]


@pytest.mark.parametrize("after", range(5))
def test_a_run_that_breaks_off_goes_on(tmp_path, monkeypatch, after):
    """Broken off at any file: the next run ends with the papers that an unbroken one makes."""
    whole = Round(tmp_path / "whole", QUIZ, ["s1", "s2", "s3"])
    written = []

    def breaks(path, text):
        if len(written) == after:
            raise KeyboardInterrupt
        written.append(path)
        original(path, text)

    original = making.write_text
    monkeypatch.setattr(making, "write_text", breaks)
    with pytest.raises(KeyboardInterrupt):
        Round(tmp_path / "broken", QUIZ, ["s1", "s2", "s3"])
    monkeypatch.setattr(making, "write_text", original)
    again = Round(tmp_path / "broken", QUIZ, ["s1", "s2", "s3"])
    assert files(again) == files(whole)
    assert again.manifest.papers == whole.manifest.papers
    missing = {1: 3, 2: 3, 3: 2, 4: 1}.get(after, 0)
    assert any(f"{missing} file" in note for note in again.notes) == bool(missing)


def test_a_mended_exercise_does_not_change_what_was_drawn(tmp_path, monkeypatch):
    """A run broke off, and an exercise was mended: the missing papers have the values of the manifest, and that is said."""
    folder = tmp_path / "bank"
    shutil.copytree(bank.home(), folder)
    made = Round(tmp_path / "round", QUIZ, ["s1", "s2"], folders=(folder,))
    before = made.manifest
    (made.folder / "papers" / "s2.ipynb").unlink()
    path = next(folder.rglob("two-two-one.yaml"))
    path.write_text(path.read_text() + "# mended\n")
    made.reload()
    made.build(["s1", "s2"])
    assert [paper.items for paper in made.manifest.papers] == [
        paper.items for paper in before.papers
    ]
    assert "1 file of an earlier run missing, written from its values: s2" in made.notes
    assert any("exercises were changed since: two-two-one" in note for note in made.notes)
    row = made.grade(made.hand_in({"s2.ipynb": made.answered("s2")}))[1]
    assert row.points == row.out_of


def test_a_file_that_is_not_the_paper_of_the_manifest_is_refused(made, tmp_path):
    other = Round(tmp_path / "other", QUIZ, ["s1"], secret="cd" * 32)
    before = files(made)
    shutil.copy(other.folder / "papers" / "s1.ipynb", made.folder / "papers" / "s1.ipynb")
    with pytest.raises(UsageError, match=r"not the papers of the manifest.*s1\.ipynb\. Move"):
        rebuilt(made, ["s1", "s2", "00123", "s4"])
    assert not (made.folder / "papers" / "s4.ipynb").exists()
    (made.folder / "papers" / "s1.ipynb").unlink()
    assert rebuilt(made, ["s1", "s2", "00123"]).notes[0].startswith("1 file of an earlier run")
    assert files(made) == before


def test_a_lost_staff_folder_is_told(made):
    shutil.rmtree(made.folder / "staff")
    before = files(made)
    with pytest.raises(UsageError, match=r"holds papers, but .*manifest\.json is gone: restore"):
        rebuilt(made, ["s1", "s2"])
    assert files(made) == before


def test_a_lost_secret_is_told(made):
    (made.folder / "staff" / "secret").unlink()
    with pytest.raises(UsageError, match="is gone, with which the papers were made"):
        rebuilt(made, ["s1", "s2", "s4"], secret=None)
    (made.base / "wrong").write_text("ef" * 32)
    with pytest.raises(UsageError, match="these papers were made with another secret"):
        rebuilt(made, ["s1", "s2", "s4"], secret=made.base / "wrong")
    assert rebuilt(made, ["s1", "s2", "00123"]).notes == ()
    assert (made.folder / "staff" / "secret").read_text().strip() == made.secret


def test_students_come_and_go(made):
    before = files(made)
    gone = rebuilt(made, ["s1", "00123", "s9"])
    assert gone.notes == ("1 student new: s9", "1 student no longer on the roster: s2")
    handed_in = made.hand_in({"s1.ipynb": made.answered("s1")})
    assert [row.student for row in made.grade(handed_in)] == ["s1", "00123", "s9"]
    back = rebuilt(made, ["s1", "00123", "s2", "s9"])
    assert back.notes == ("1 student back: s2",)
    assert {name: text for name, text in files(made).items() if name in before} == before


def test_who_left_and_hands_in_all_the_same_is_marked(made):
    paper = made.answered("s2")
    rebuilt(made, ["s1"])
    graded = {row.student: row for row in made.grade(made.hand_in({"s2.ipynb": paper}))}
    assert graded["s2"].points == graded["s2"].out_of
    assert "s2 is no longer on the roster" in graded["s2"].for_staff
    assert graded["s2"].to_look_at == 1


def test_a_changed_quiz_is_told(made):
    (made.base / "quiz.yaml").write_text(OTHER)
    notes = rebuilt(made, ["s1", "s2", "00123", "s4"]).notes
    assert (
        "the quiz was changed since papers were made last: 3 earlier papers stay as they are"
        in notes
    )
    assert any("papers are worth" in note for note in notes)


@pytest.mark.parametrize(
    ("student", "what"), [("123", "leading zeros"), ("S1", "case"), ("000123", "leading zeros")]
)
def test_two_spellings_of_a_student_are_refused(made, student, what):
    with pytest.raises(UsageError, match=f"'{student}' differs from .* in {what} only"):
        rebuilt(made, ["s2", student])


def test_two_spellings_in_one_roster_are_refused(tmp_path):
    with pytest.raises(AuthorError, match="'7' differs from '007' in leading zeros only"):
        Round(tmp_path, QUIZ, ["007", "7"])


def test_two_runs_at_once(made):
    with (
        papers.alone(made.folder / "staff"),
        pytest.raises(UsageError, match="another run is writing"),
    ):
        rebuilt(made, ["s1"])


def test_papers_of_other_points_are_told(tmp_path):
    quiz = "id: q\ntitle: Q\npick:\n  - {from: [two-two-one, layer-sizes], choose: 1}\n"
    notes = Round(tmp_path, quiz, [f"s{n}" for n in range(8)]).notes
    assert notes == (
        "papers are worth 3 to 7 points: give the picks that choose 'points' to make them alike",
    )


def test_the_door_says_it(run, made):
    (made.base / "roster.csv").write_text("student\ns1\ns7\n")
    result = run(
        main,
        "quiz",
        made.base / "quiz.yaml",
        "--roster",
        made.base / "roster.csv",
        "--out",
        made.folder,
    )
    assert result.exit_code == 0
    assert "2 papers in" in result.stdout
    assert "1 student new: s7" in result.stdout
    assert "2 students no longer on the roster: s2, 00123" in result.stdout
