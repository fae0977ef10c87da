"""The schemas that editors use: in step with the records, and of one mind with the loader."""

import copy
import json
from pathlib import Path

import pytest
import yaml as pyyaml
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from grader import bank
from grader.bank import schema
from grader.bank.decoding import Checker
from grader.bank.exercise_file import ExerciseFile
from grader.cli import main
from grader.drawing import structures
from grader.errors import AuthorError
from grader.model import build
from tests.grader.schemas import VALIDATORS, faults
from tests.pages import ROOT, exercises, files

KEPT = Path(schema.__file__).parent / "schemas"
FIXTURE = pyyaml.safe_load((ROOT / "tests" / "fixtures" / "bad_keys.yaml").read_text())
GOOD, CASES = FIXTURE["good"], FIXTURE["cases"]
EXERCISES = exercises()
QUIZ = files(ROOT / "docs" / "quizzes.md")["exams/quizzes/week-5.yaml"]


def loaded(path):
    """Is a file an exercise that can be used?"""
    try:
        exercise = bank.load(path)
        for choices in structures(exercise):
            build(exercise, choices)
    except AuthorError:
        return False
    return True


def read(text):
    """A schema, whose alternatives stand in the order of msgspec's version."""
    return json.loads(text, object_hook=in_order)


def in_order(record):
    return {
        key: sorted(value, key=json.dumps) if key == "anyOf" else value
        for key, value in record.items()
    }


@pytest.mark.parametrize("kind", schema.KINDS)
def test_the_kept_schemas_are_in_step_with_the_records(kind, run):
    """``make schema`` writes them anew."""
    printed = run(main, "schema", kind).stdout
    assert read((KEPT / f"{kind}.json").read_text()) == read(printed)
    Draft202012Validator.check_schema(json.loads(printed))


def test_an_exercise_is_the_kind_unless_another_is_named(run):
    assert run(main, "schema").stdout == run(main, "schema", "exercise").stdout
    assert run(main, "schema", "roster").exit_code == 2


def test_every_key_has_a_description_and_unknown_ones_are_refused():
    for kind in schema.KINDS:
        for name, part in VALIDATORS[kind].schema["$defs"].items():
            assert part["description"] and "\n" not in part["description"], name
            if "enum" in part:
                continue
            assert part["additionalProperties"] is False
            for key, value in part["properties"].items():
                assert value["description"].endswith((".", "?")), (name, key)


@pytest.mark.parametrize("path", bank.files([bank.home()]), ids=lambda path: path.stem)
def test_the_bank_is_valid(path):
    assert faults(path) == []


def test_the_quizzes_are_valid(write):
    for path in (bank.home() / "quizzes").glob("*.yaml"):
        assert faults(path, "quiz") == []
    assert faults(write(QUIZ), "quiz") == []
    assert faults(write(QUIZ.replace("choose: 1", "choose: 0")), "quiz")


@pytest.mark.parametrize("name", EXERCISES)
def test_the_exercises_of_the_docs_are_valid(name, write):
    assert faults(write(EXERCISES[name])) == []


def test_the_good_one_is_good(write):
    path = write(GOOD)
    assert faults(path) == []
    assert loaded(path)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["what"])
def test_schema_and_loader_refuse_the_same(case, write):
    assert GOOD.count(case["old"]) == 1
    path = write(GOOD.replace(case["old"], case["new"]))
    assert faults(path)
    assert not loaded(path)


# The same for any value in any place

VALUES = [None, True, 3, -1, 0.5, "text", "", [], ["a"], [1, 2], {}, {"zz": 1}, {"z z": "text"}]
DEEP = {name: pyyaml.safe_load(text) for name, text in EXERCISES.items()}
WORDS = [("network", "sizes"), ("choose",)]  # where the loader closes a set of words later


def places(content, path=()):
    """The path of every value in a file."""
    inside = content.items() if isinstance(content, dict) else ()
    inside = enumerate(content) if isinstance(content, list) else inside
    return [path, *(deep for key, one in inside for deep in places(one, (*path, key)))]


def changed(content, path, value):
    if not path:
        return value
    content = copy.deepcopy(content)
    inside = content
    for key in path[:-1]:
        inside = inside[key]
    inside[path[-1]] = value
    return content


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_schema_and_loader_agree_on_any_value_in_any_place(data):
    content = DEEP[data.draw(st.sampled_from(sorted(DEEP)))]
    path = data.draw(st.sampled_from(places(content)))
    value = data.draw(st.sampled_from(VALUES))
    changed_one = changed(content, path, value)
    checker = Checker("", {})
    checker.convert(changed_one, ExerciseFile, "")
    valid = VALIDATORS["exercise"].is_valid(changed_one)
    later = any(path[: len(words)] == words for words in WORDS)
    assert valid <= (not checker.found) if later else valid is (not checker.found)
