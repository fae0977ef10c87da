"""What changes between two versions of an exercise, for students and in marks that were given."""

import json
import shutil

import pytest

from grader.cli import main
from tests.grader.rounds import Round

LINE = """\
id: line
title: A line
network:
  inputs: {x: 1}
  parameters: {w: 1, b: 1}
  equations: |
    z = w x + b
    a = z^2
sample: {x: {from: [2, 9]}, w: {from: [2, 9]}, b: {from: [2, 9]}}
questions:
  - id: forward
    points: 2
    ask: Compute both.
    answer: {values: [z, a]}
"""
PICK = """\
id: pick
title: A choice
questions:
  - id: which
    points: 1
    ask: Which?
    answer:
      choose_one:
        show: 3
        options:
          right: {right: true, text: This one}
          wrong: {text: Not this one}
          other: {text: Nor this one}
          last: {text: Nor the last one}
"""


@pytest.fixture
def compared(run, tmp_path):
    """The exit code of a comparison of two versions, and what it says of the only exercise."""

    def compare(old, new, *words):
        (tmp_path / "old.yaml").write_text(old)
        (tmp_path / "new.yaml").write_text(new)
        paths = [tmp_path / "old.yaml", tmp_path / "new.yaml"]
        result = run(main, "diff", *paths, "--seeds", 20, *words, "--format", "json")
        spoken = run(main, "diff", *paths, "--seeds", 20, *words)
        assert spoken.exit_code == result.exit_code
        found = json.loads(result.stdout)
        return result.exit_code, found, spoken.stdout

    return compare


def answers(folder, *lines):
    path = folder / "answers.jsonl"
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return path


def answered(student, seed, **given):
    texts = {f"forward.{name}": text for name, text in given.items()}
    return {"student": student, "exercise": "line", "seed": seed, "answers": texts}


def keys(run, path, seed):
    shown = run(main, "show", path, "--seed", seed, "--solution", "--format", "json").stdout
    return json.loads(shown)["solution"]


def test_nothing_changes(run, tmp_path):
    path = tmp_path / "line.yaml"
    path.write_text(LINE)
    result = run(main, "diff", path, path)
    assert (result.exit_code, result.stdout) == (0, "1 exercise: 1 unchanged\n")


def test_wording_only(compared):
    code, found, spoken = compared(LINE, LINE.replace("Compute both.", "Work out both."))
    [one] = found["exercises"]
    assert code == 1
    assert "line: wording only" in spoken
    assert one == {"exercise": "line", "status": "changed", "compared": 20, "sheets": 20}


def test_nothing_that_students_meet(compared):
    code, _, spoken = compared(LINE, LINE + "# a remark\n")
    assert code == 1
    assert "line: nothing that students see" in spoken


def test_another_tolerance(compared):
    code, found, spoken = compared(LINE, LINE + "    tolerance: {absolute: 0.25}\n")
    [one] = found["exercises"]
    assert code == 1
    assert {shift["blank"]: shift["new"] for shift in one["tolerances"]} == {
        "forward.z": "± 0.25",
        "forward.a": "± 0.25",
    }
    assert "in 20 of 20 variants, for example with seed 0, ± 0 -> ± 0.25" in spoken
    assert (
        not {"keys", "variants", "points"} & one.keys()
    )  # the sheet says how far numbers may be off


def test_another_equation(compared, run, tmp_path):
    (tmp_path / "line.yaml").write_text(LINE)
    right = keys(run, tmp_path / "line.yaml", 3)
    path = answers(
        tmp_path,
        answered("ada", 3, z=right["forward.z"], a=right["forward.a"]),
        answered("bob", 3, z=right["forward.z"]),
        answered("cy", 3, z="nothing"),
    )
    changed = LINE.replace("a = z^2", "a = z^2 + 100")
    code, found, spoken = compared(LINE, changed, "--answers", path)
    [one] = found["exercises"]
    assert code == 1
    [shift] = one["keys"]
    first = keys(run, tmp_path / "line.yaml", 0)["forward.a"]
    assert (shift["blank"], shift["variants"], shift["seed"]) == ("forward.a", 20, 0)
    assert (shift["old"], float(shift["new"])) == (first, float(first) + 100)
    assert one["sheets"] == 20
    [mark] = found["marks"]
    assert (mark["student"], mark["blank"]) == ("ada", "forward.a")
    assert (mark["old"], mark["new"]) == ("correct", "incorrect")
    assert found["totals"] == [{"student": "ada", "old": 2.0, "new": 1.0}]
    assert found["marked"] == 6
    assert "6 marks compared: 1 changed, for 1 student;" in spoken
    assert "ada line/forward.a: correct 1 -> incorrect 0" in spoken
    assert "ada: 2 -> 1 points" in spoken


def test_another_grid(compared):
    code, found, spoken = compared(LINE, LINE.replace("x: {from: [2, 9]}", "x: {from: [20, 29]}"))
    [one] = found["exercises"]
    assert code == 1
    assert one["variants"] == one["compared"] == 20
    assert one["parts"] == {"values": 20}
    assert "variants: 20 of 20 differ (values 20)" in spoken
    assert len(one["keys"]) == 2  # none stays, so all are compared


def test_keys_are_compared_in_the_variants_that_stay(compared):
    changed = LINE.replace("w: {from: [2, 9]}", "w: {one_of: [2, 3, 4, 5, 6, 7, 8, 10]}")
    _, found, _ = compared(LINE, changed)
    [one] = found["exercises"]
    assert 0 < one["variants"] < one["compared"]
    assert "keys" not in one


def test_other_structure_and_order(compared):
    old = LINE.replace("network:", "choose: {function: [relu, abs]}\nnetwork:", 1)
    old = old.replace("z^2", "{{function}}(z)")
    new = old.replace("[relu, abs]", "[relu, exp]")
    assert compared(old, new)[1]["exercises"][0]["parts"]["structure"] > 0
    pick = compared(PICK, PICK + "          more: {text: One more}\n")[1]["exercises"][0]
    assert [*pick["parts"]] == ["order"]


def test_points_and_blanks(compared):
    changed = LINE.replace("points: 2", "points: 6").replace("[z, a]", "{z: z, both: z + a}")
    _, found, spoken = compared(LINE, changed)
    [one] = found["exercises"]
    assert (one["added"], one["removed"]) == (["forward.both"], ["forward.a"])
    [shift] = one["points"]
    assert (shift["blank"], shift["old"], shift["new"]) == ("forward.z", "1", "3")
    assert "new blanks: forward.both" in spoken
    assert "removed blanks: forward.a" in spoken


def test_what_else_is_right(compared):
    old = LINE.replace("{values: [z, a]}", "{values: a, in_terms_of: [z], form: expanded}")
    _, found, _ = compared(old, old.replace("expanded", "factored"))
    [shift] = found["exercises"][0]["tolerances"]
    assert (shift["old"], shift["new"]) == (
        "a formula in z; form: expanded; one layout",
        "a formula in z; form: factored; one layout",
    )


def test_folders_with_exercises_that_come_and_go(run, tmp_path):
    old, new = tmp_path / "old", tmp_path / "new"
    for folder, text in ((old, LINE), (new, LINE)):
        folder.mkdir()
        (folder / "line.yaml").write_text(text)
    (old / "gone.yaml").write_text(LINE.replace("id: line", "id: gone"))
    (new / "pick.yaml").write_text(PICK)
    path = answers(tmp_path, {**answered("ada", 1, z="1"), "exercise": "gone"})
    result = run(main, "diff", old, new, "--answers", path)
    assert result.exit_code == 1
    assert "gone: removed\npick: added\n3 exercises: " in result.stdout
    assert "ada gone/forward.z: incorrect 0 -> no mark 0" in result.stdout


def test_what_cannot_be_loaded_does_not_stop_the_rest(run, tmp_path):
    old, new = tmp_path / "old", tmp_path / "new"
    for folder in (old, new):
        folder.mkdir()
        (folder / "line.yaml").write_text(LINE)
        (folder / "pick.yaml").write_text(PICK)
    (new / "renamed.yaml").write_text(LINE.replace("ask:", "aks:"))
    (new / "line.yaml").unlink()
    (new / "pick.yaml").write_text(PICK.replace("Which?", "Which one?"))
    path = answers(tmp_path, answered("ada", 1, z="1"))
    result = run(main, "diff", old, new, "--seeds", 20, "--answers", path)
    assert result.exit_code == 2
    assert f"line: unusable\n    new: {new}/renamed.yaml:" in result.stdout
    assert "pick: wording only" in result.stdout
    assert "cannot be compared: ada line: new: the exercise cannot be used" in result.stdout


def test_what_cannot_be_drawn_is_said(compared):
    code, found, spoken = compared(LINE, LINE.replace("id: forward", "id: forward", 1).replace(
        "questions:", "require: [z > 1000]\nquestions:"
    ))  # fmt: skip
    assert code == 2
    assert "new: 20 of 20 variants cannot be drawn; seed 0 of 'line' has no good variant" in spoken
    assert found["exercises"][0].get("compared", 0) == 0


def test_answers_that_are_lost_are_said(compared, tmp_path):
    path = answers(tmp_path, {**answered("ada", 1, z="1"), "exercise": "lime"}, {"exercise": 3})
    code, found, spoken = compared(LINE, LINE, "--answers", path)
    assert code == 2
    [lost] = found["lost"]
    assert "answers.jsonl:2: Expected `str`" in lost
    assert found["elsewhere"] == 1
    assert "1 answer to exercises that neither version has" in spoken


def test_papers_are_marked_on_the_values_that_they_store(run, tmp_path):
    """The new grid gives other variants to the same seeds; the papers keep theirs."""
    old, new = tmp_path / "old", tmp_path / "new"
    old.mkdir()
    (old / "line.yaml").write_text(LINE)
    (old / "pick.yaml").write_text(PICK)
    shutil.copytree(old, new)
    quiz = "id: week\ntitle: Week\npick: [{exercise: line, points: 8}, pick]\n"
    round_ = Round(tmp_path / "round", quiz, ["ada", "bob", "cy"], folders=[old])
    files = {f"{name}.ipynb": round_.answered(name) for name in ("ada", "bob")}
    handed_in = round_.hand_in({**files, "broken.ipynb": "?"})
    changed = LINE.replace("a = z^2", "a = z^2 + 100").replace(
        "x: {from: [2, 9]}", "x: {from: [20, 29]}"
    )
    (new / "line.yaml").write_text(changed)
    words = ["diff", old, new, "--seeds", 20, "--quiz", round_.folder, handed_in]
    result = run(main, *words)
    assert result.exit_code == 2  # for the broken one
    assert "4 marks compared: 2 changed, for 2 students;" in result.stdout
    for student in ("ada", "bob"):
        assert f"{student} line/forward.a: correct 4 -> incorrect 0" in result.stdout
        assert f"{student}: 8 -> 4 points" in result.stdout
    assert "cannot be compared: broken.ipynb: " in result.stdout
    (new / "line.yaml").write_text(LINE.replace("w: 1", "w: 1, c: 1").replace("x + b", "x + b + c"))
    (new / "line.yaml").write_text(
        (new / "line.yaml").read_text().replace("sample: {", "sample: {c: {from: [1, 2]}, ")
    )
    result = run(main, *words)
    assert "ada line: new: " in result.stdout
    assert "a stored variant no longer fits this exercise" in result.stdout


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["missing.yaml", "missing.yaml"], "no such file or folder: missing.yaml"),
        ([".", "."], "no exercise in ."),
        ([".", ".", "handed-in"], "--quiz and SUBMISSIONS go together"),
        ([".", ".", "--quiz", "."], "--quiz and SUBMISSIONS go together"),
    ],
)
def test_unusable_words(words, says, run, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    result = run(main, "diff", *words)
    assert result.exit_code == 2
    assert says in result.stderr
