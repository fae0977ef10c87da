"""Exercise files: what is wrong with one is told with its place, and all of it at once."""

from pathlib import Path

import pytest

from grader import bank
from grader.checking import check
from grader.cli import main
from grader.errors import AuthorError
from tests import data

FIXTURE = data.load(Path(__file__).parents[1] / "fixtures" / "bad_exercises.yaml")
GOOD, CASES = FIXTURE["good"], FIXTURE["cases"]


def test_the_good_one_is_good(exercise):
    report = check(exercise(GOOD), 50)
    assert report.problems == []
    assert report.certified == 100


def found_by_check_alone(case):
    """Is the file usable, though something in it must be mended?"""
    words = ("unused", "placeholder", "printed", "satisfies")
    return any(word in case["what"] for word in words)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["what"])
def test_a_bad_one_is_told_with_its_place(case, write, run):
    assert GOOD.count(case["old"]) == 1
    path = write(GOOD.replace(case["old"], case["new"]))
    result = run(main, "check", path, "--seeds", 20)
    assert result.exit_code == (1 if found_by_check_alone(case) else 2)
    place = f"{path}:{case['line']}:{case['column']}: "
    told = [line for line in result.stdout.splitlines() if case["says"] in line]
    assert told, result.stdout
    assert told[0].startswith(place), (place, told[0])


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["what"])
def test_a_bad_one_is_unusable_input_elsewhere(case, write, run):
    path = write(GOOD.replace(case["old"], case["new"]))
    result = run(main, "show", path, "--seed", "1")
    usable = found_by_check_alone(case) and "satisfies" not in case["what"]
    assert result.exit_code == (0 if usable else 2)
    assert "Traceback" not in result.output


def test_all_problems_of_a_file_at_once(write):
    text = (
        GOOD.replace("title", "titel").replace("points: 2", "points: two").replace("ask:", "aks:")
    )
    with pytest.raises(AuthorError) as error:
        bank.load(write(text))
    assert (
        len(error.value.problems) == 8
    )  # one title twice told, two points, two questions twice told
    assert len({problem.line for problem in error.value.problems}) == 8


def test_all_problems_of_the_equations_at_once(write, run):
    text = GOOD.replace("w x + b", "w x + c").replace("relu(z)", "relu(q)")
    result = run(main, "check", write(text))
    assert [line.split(":")[1] for line in result.stdout.splitlines()[:4:2]] == ["8", "9"]


def test_yaml_is_read_as_1_2(exercise):
    text = GOOD.replace("title: A small network", "title: no").replace("[z > 0.1]", '["z > 1e-6"]')
    assert exercise(text).file.title == "no"
    assert exercise(text.replace("step: 0.25", "step: 25e-2")).file.sample["w, b, y"].step == 0.25


def test_a_file_that_is_not_there(run):
    result = run(main, "show", "missing.yaml")
    assert (result.exit_code, result.stderr) == (2, "no such file or folder: missing.yaml\n")


def test_a_file_that_is_not_text(tmp_path, run):
    path = tmp_path / "x.yaml"
    path.write_bytes(b"\xff\xfe\x00")
    result = run(main, "show", path)
    assert result.exit_code == 2
    assert "not UTF-8" in result.stderr


def test_a_huge_file(tmp_path, run):
    path = tmp_path / "x.yaml"
    path.write_bytes(b"#" * 2_000_000)
    result = run(main, "show", path)
    assert result.exit_code == 2
    assert "too large" in result.stderr


@pytest.mark.parametrize("text", ["", "[1, 2]", "just text", "{}", "[" * 3000])
def test_files_that_are_no_exercise(write, run, text):
    result = run(main, "show", write(text))
    assert result.exit_code == 2
    assert "Traceback" not in result.output


def test_two_exercises_with_one_id(tmp_path):
    for name in ("a.yaml", "b.yaml"):
        (tmp_path / name).write_text(GOOD)
    with pytest.raises(AuthorError, match=r"b\.yaml:1:5: 'small' is also in .*a\.yaml"):
        bank.load_folder(tmp_path)


def test_a_fault_elsewhere_does_not_keep_an_exercise_from_being_shown(tmp_path, run):
    (tmp_path / "small.yaml").write_text(GOOD)
    (tmp_path / "broken.yaml").write_text("[")
    assert run(main, "show", "small", "--bank", tmp_path).exit_code == 0
    assert run(main, "list", "--bank", tmp_path).exit_code == 2
