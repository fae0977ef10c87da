"""What runs gradmark elsewhere installs it from wheels, and marks in a namespace without a network."""

import subprocess
import sys
from pathlib import Path

import pytest

from grader import exports
from grader.exports import prairielearn, wheels
from tests.grader.readers.gradescope import Autograder
from tests.grader.readers.prairielearn import WORKER, Course
from tests.grader.test_gradescope import QUIZ, STUDENTS, exported, text
from tests.grader.test_prairielearn import Mixed, agree, ours, ways

pytestmark = pytest.mark.packaging

ROOT = Path(__file__).parents[2]
PIP = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check"]
CUT_OFF = ("unshare", "--map-root-user", "--net")


@pytest.fixture(scope="module", autouse=True)
def namespace():
    if subprocess.run([*CUT_OFF, "true"], capture_output=True).returncode:
        pytest.skip("no namespace without a network can be made here")


@pytest.fixture(scope="module")
def packed(tmp_path_factory):
    folder = tmp_path_factory.mktemp("wheels")
    subprocess.run([*PIP, "wheel", "--wheel-dir", folder, ROOT], check=True)
    return folder


@pytest.fixture(scope="module")
def quiz(tmp_path_factory):
    return Mixed(tmp_path_factory.mktemp("quiz"), QUIZ, STUDENTS, header="student,email,team")


def test_gradescope(quiz, packed, tmp_path):
    exported(quiz, packed, tmp_path)
    base = tmp_path / "autograder"
    base.mkdir()
    there = Autograder(tmp_path / "autograder.zip", base)
    made = there.set_up(*CUT_OFF)
    assert made.returncode == 0, made.stdout + made.stderr
    there.hand_in({"a.ipynb": text(quiz.answered("ada"))}, "ada@x.org")
    ran, found = there.grade(*CUT_OFF)
    assert ran.returncode == 0, ran.stderr
    assert found.score == found.sum == found.most > 0
    there.hand_in({"a.ipynb": "{"})
    ran, found = there.grade(*CUT_OFF)
    assert ran.returncode == 0 and found.score is None


def test_prairielearn(quiz, packed, tmp_path):
    """With nothing but Python, what PrairieLearn has by its documentation, and the course."""
    chosen = exports.Selection(wheels=packed)
    exports.export(quiz.folder, "prairielearn", tmp_path, quiz.bank, chosen)
    known = wheels.read(packed).wheels
    ours_alone = {one.name for one in wheels.needed(known, prairielearn.THERE)}
    there = [one for name, one in known.items() if name not in ours_alone]
    for one in there:
        for path, content in wheels.unpacked(one):
            (tmp_path / "there" / path).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / "there" / path).write_bytes(content)
    places = [tmp_path / "serverFilesCourse", tmp_path / "there"]
    course = Course(tmp_path, [*CUT_OFF, sys.executable, "-I", "-S", "-c", WORKER, *places])
    assert not (tmp_path / "serverFilesCourse" / "numpy").exists()
    for question in course.questions.values():
        variant = question.variant(1)
        own = ours(quiz, variant)
        agree(variant, own, next(ways(own)))
