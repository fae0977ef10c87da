"""A wheel in a fresh environment, beside a course that has packages ``grader`` and ``reference`` of its own."""

import ast
import json
import os
import subprocess
import sys
import venv
from pathlib import Path
from zipfile import ZipFile

import pytest

from grader import bank
from grader.checking import GROUPS
from tests.grader.courses import lay_out

pytestmark = pytest.mark.packaging

ROOT = Path(__file__).parents[1]
PIP = ["-m", "pip", "--quiet", "--disable-pip-version-check"]
EXERCISE = "scalar-residual-block"
BESIDE = f"""
import grader, reference
from gradmark import load_bank
assert load_bank()["{EXERCISE}"].printed().mark({{"forward.u0": "0.3"}}).points > 0
assert grader.LIMIT == reference.LIMIT
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run([sys.executable, *PIP, "wheel", "--no-deps", "-w", folder, ROOT], check=True)
    return next(folder.glob("gradmark-*.whl"))


@pytest.fixture(scope="module")
def environment(wheel, tmp_path_factory):
    """Where the commands of a fresh environment are."""
    folder = tmp_path_factory.mktemp("environment")
    venv.create(folder, with_pip=True, symlinks=True)
    install = [*PIP, "install", "--no-compile", wheel, "pytest"]
    subprocess.run([folder / "bin" / "python", *install], check=True)
    return folder / "bin"


@pytest.fixture
def run(environment, tmp_path):
    """Run a command of the environment in the folder of a course."""
    lay_out(tmp_path)
    exercise = next((ROOT / "exercises").rglob(f"{EXERCISE}.yaml"))
    (tmp_path / "exercises" / exercise.name).write_text(exercise.read_text())

    def command(program, *words, **variables):
        return subprocess.run(
            [environment / program, *words],
            cwd=tmp_path,
            env={**os.environ, **variables},
            capture_output=True,
            text=True,
            timeout=120,
        )

    return command


def imports(text):
    """The modules that a module imports from."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.ImportFrom):
            yield node.module
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)


def test_it_takes_one_name(wheel):
    with ZipFile(wheel) as archive:
        names = archive.namelist()
        texts = [archive.read(name) for name in names if name.endswith(".py")]
    assert {name.partition("/")[0].partition("-")[0] for name in names} == {"gradmark"}
    imported = {module for text in texts for module in imports(text)}
    assert not {"grader", "reference"} & {module.partition(".")[0] for module in imported}
    for module in imported:
        if module.startswith("gradmark."):
            path = module.replace(".", "/")
            assert f"{path}.py" in names or f"{path}/__init__.py" in names


def test_it_holds_what_a_checkout_holds(wheel):
    sources = {
        Path("gradmark", *part, path.relative_to(ROOT / package)).as_posix()
        for package, part in (("grader", ()), ("reference", ("reference",)))
        for path in (ROOT / package).rglob("*")
        if path.is_file() and path.suffix != ".pyc"
    }
    exercises = {f"gradmark/{path.relative_to(ROOT)}" for path in bank.files([ROOT / "exercises"])}
    with ZipFile(wheel) as archive:
        packed = {name for name in archive.namelist() if not name.startswith("gradmark-")}
    assert sources | exercises <= packed
    assert all(name.startswith("gradmark/exercises/") for name in packed - sources)


@pytest.mark.parametrize("words", [["pytest"], ["python", "-m", "pytest"]], ids=" ".join)
def test_tests_of_the_course_and_of_exercises_pass(run, words):
    result = run(*words, "--gradmark-seeds=5", "-Werror")
    assert f"{len(GROUPS) + 1} passed" in result.stdout, result.stdout + result.stderr


@pytest.mark.parametrize("variables", [{}, {"PYTHONPATH": "."}], ids=["plain", "PYTHONPATH"])
def test_the_command_works(run, tmp_path, variables):
    shown = run(
        "gradmark", "show", EXERCISE, "--printed", "--solution", "--format", "json", **variables
    )
    line = {
        "exercise": EXERCISE,
        "seed": "printed",
        "answers": json.loads(shown.stdout)["solution"],
    }
    (tmp_path / "answers.jsonl").write_text(json.dumps(line) + "\n")
    marked = run("gradmark", "grade", "answers.jsonl", "--out", "-", "--jobs", "2", **variables)
    assert marked.returncode == 0, marked.stderr
    mark = json.loads(marked.stdout)
    assert mark["points"] == mark["out_of"] > 0


def test_the_course_imports_both(run):
    result = run("python", "-c", BESIDE)
    assert result.returncode == 0, result.stderr
