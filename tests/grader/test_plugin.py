"""Exercise files are tests wherever gradmark is installed."""

import os
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

from grader.checking import GROUPS
from tests.grader.courses import lay_out

pytest_plugins = ["pytester"]

GOOD = (
    (Path(__file__).parents[1] / "faults" / "leak-number.yaml")
    .read_text()
    .replace(", which is 3", "")
)
QUIZ = "id: week\ntitle: Week\npick: [{}]\n"


@pytest.fixture
def bank(pytester):
    """A bank outside of the repository."""
    folder = pytester.mkdir("exercises")
    (folder / "good.yaml").write_text(GOOD.replace("id: leak-number", "id: good"))
    (folder / "settings.yaml").write_text("colour: blue\n")
    (folder / "quizzes").mkdir()
    (folder / "quizzes" / "week.yaml").write_text(QUIZ.format("good"))
    return folder


def outcomes(pytester, *words):
    return pytester.runpytest_subprocess("--gradmark-seeds=20", *words).parseoutcomes()


def test_a_file_has_a_test_for_each_group(pytester, bank):
    assert outcomes(pytester, "exercises") == {"passed": len(GROUPS) + 1}
    assert outcomes(pytester, "exercises", "-k", "good and keys") == {
        "passed": 1,
        "deselected": len(GROUPS),
    }


def test_a_finding_fails_its_group(pytester, bank):
    (bank / "good.yaml").write_text(GOOD.replace("answer:", "figure:\n      x\n    answer:"))
    (bank / "quizzes" / "week.yaml").write_text(QUIZ.format("god"))
    (bank / "leak.yaml").write_text(GOOD.replace("inputs.", "inputs, which is 3."))
    result = pytester.runpytest_subprocess(
        "--gradmark-seeds=20", "exercises", "-n", "2", "--junit-xml=r.xml"
    )
    assert result.parseoutcomes()["failed"] == 3
    result.stdout.fnmatch_lines_random(
        [
            "*good.yaml:*[[]figure[]]",
            "*leak.yaml:*[[]leak[]]",
            "*no exercise 'god'*",
            "*docs/checks.md#leak*",
        ]
    )
    cases = ElementTree.parse(pytester.path / "r.xml").iter("testcase")
    failed = sorted(case.get("name") for case in cases if case.find("failure") is not None)
    assert failed == ["file", "quiz", "texts"]


def test_a_course_with_packages_of_our_names_keeps_its_tests(pytester, bank):
    """Installed in place, the plugin stands aside there; a wheel has no such names."""
    lay_out(pytester.path)
    result = pytester.run(sys.executable, "-m", "pytest", "-Werror")
    assert result.parseoutcomes() == {"passed": 1}
    result.stdout.fnmatch_lines([f"no exercise was tested: *is hidden by {pytester.path}/grader*"])


def test_the_plugin_stands_aside_wherever_pytest_is_called(pytester, bank):
    lay_out(pytester.mkdir("course"))
    result = pytester.runpytest_subprocess("course/tests/test_course.py::test_limits")
    assert result.parseoutcomes() == {"passed": 1}
    result.stdout.fnmatch_lines(["no exercise was tested: *"])


def test_the_command_says_what_hides_it(tmp_path):
    lay_out(tmp_path)

    def listed(**variables):
        words = [Path(sys.executable).parent / "gradmark", "list"]
        variables = {**os.environ, **variables}
        return subprocess.run(words, cwd=tmp_path, env=variables, capture_output=True, text=True)

    assert listed().returncode == 0
    hidden = listed(PYTHONPATH=str(tmp_path))
    assert hidden.returncode == 2
    assert f"is hidden by {tmp_path}/grader" in hidden.stderr
