"""The import contracts hold, and a planted breach fails them."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
LINT = Path(sys.executable).parent / "lint-imports"


def lint(folder):
    return subprocess.run(
        [LINT, "--no-cache"], cwd=folder, capture_output=True, text=True, timeout=120
    )


@pytest.fixture
def copy(tmp_path):
    for name in ("grader", "reference"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def test_the_contracts_hold(copy):
    result = lint(copy)
    assert result.returncode == 0, result.stdout
    assert "3 kept, 0 broken" in result.stdout


BREACHES = {
    "reference/counting.py": "from grader import errors",
    "grader/drawing/solving.py": "from grader import sheets",
    "grader/marking/scoring.py": "from grader import papers",
    "grader/answers/number.py": "from grader import model",
    "reference/language/shapes.py": "from reference import network",
}


@pytest.mark.parametrize("file", BREACHES)
def test_a_planted_breach_fails(copy, file):
    path = copy / file
    path.write_text(path.read_text() + f"\n\ndef planted() -> None:\n    {BREACHES[file]}\n")
    result = lint(copy)
    assert result.returncode == 1
    assert "1 broken" in result.stdout
