"""What ``gradmark new`` writes is an exercise that holds, teaches and varies."""

import pytest

from grader import bank
from grader.bank import starting
from grader.checking import check
from grader.cli import main
from grader.drawing import variants
from grader.sheets import document, in_print
from tests.grader.schemas import faults

KINDS = starting.kinds()


def test_there_is_one_for_every_kind_of_answer():
    expected = (
        "choice construct counts data decided formulas gradients indexed layers literal match numbers order plot"
        " ranking sequence several table text update"
    )
    assert expected.split() == KINDS


@pytest.mark.parametrize("kind", KINDS)
def test_a_new_exercise_holds(kind, run, tmp_path):
    path = tmp_path / "my-own.yaml"
    result = run(main, "new", "my-own", "--kind", kind, "--out", path)
    assert result.exit_code == 0
    exercise = bank.load(path)
    assert exercise.id == "my-own"
    assert check(exercise, 20).problems == []
    assert faults(path) == []
    assert path.read_text().count("#") >= 3


@pytest.mark.parametrize("kind", KINDS)
def test_students_get_different_ones(kind):
    exercise = bank.load(starting.FOLDER / f"{kind}.yaml")
    assert exercise.id == kind
    sheets = {document(in_print(one)) for one in variants(exercise, range(60))}
    assert len(sheets) >= 20


def test_it_is_named_after_its_id_unless_told_otherwise(run, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert run(main, "new", "small", "--kind", "numbers").exit_code == 0
    assert run(main, "check", "small.yaml", "--seeds", 20).exit_code == 0
    assert not (tmp_path / "small.yaml").read_text().startswith("# yaml-language-server")


def test_it_names_the_schema_that_lies_beside_it(run, tmp_path):
    (tmp_path / starting.SCHEMA).write_text("{}")
    run(main, "new", "small", "--kind", "choice", "--out", tmp_path / "small.yaml")
    first = (tmp_path / "small.yaml").read_text().splitlines()[0]
    assert first == "# yaml-language-server: $schema=exercise.schema.json"


def test_nothing_is_overwritten(run, tmp_path):
    path = tmp_path / "mine.yaml"
    path.write_text("id: mine")
    result = run(main, "new", "mine", "--kind", "text", "--out", path)
    assert result.exit_code == 2
    assert "exists already" in result.stderr
    assert path.read_text() == "id: mine"


@pytest.mark.parametrize("name", ["my own", "3rd", "", "../up", "a" * 61])
def test_a_name_that_is_no_id(name, run, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    result = run(main, "new", name, "--kind", "numbers")
    assert result.exit_code == 2
    assert "expected an id of letters" in result.stderr
    assert [*tmp_path.iterdir()] == []
