"""The import contracts hold, and a planted breach fails them."""

import ast
import importlib
import pkgutil
import re
import shutil
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

import grader

ROOT = Path(__file__).parents[1]
LINT = Path(sys.executable).parent / "lint-imports"
PACKAGES = [one.name for one in pkgutil.iter_modules(grader.__path__) if one.ispkg]


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
    assert "5 kept, 0 broken" in result.stdout


BREACHES = {  # an import from the floor above, of each floor; of a neighbour on the same floor; in `reference`
    "grader/checking/keys.py": "from grader.cli import main",
    "grader/papers/files.py": "from grader.versions import Shifted",
    "grader/marking/scoring.py": "from grader.bulk import jsonl",
    "grader/drawing/solving.py": "from grader.sheets import Sheet",
    "grader/model/values.py": "from grader.drawing import Seed",
    "grader/bank/templates.py": "from grader.model import Model",
    "grader/pools/pool.py": "from grader.bank import fill",
    "grader/answers/number.py": "from grader.pools import Pool",
    "grader/errors.py": "from grader.figures import Figure",
    "grader/versions/comparing.py": "from grader.checking import Report",
    "grader/api.py": "from grader.papers import Graded",
    "grader/sheets/html.py": "from grader.marking import Marks",
    "grader/figures/labels.py": "from grader.answers import show_number",
    "grader/stray.py": "import grader.errors",
    "reference/counting/counting.py": "from grader.errors import Problem",
    "reference/derivatives/named.py": "from reference.equivalence import compare",
    "reference/derivatives/reverse_mode.py": "from reference.derivatives import named",
    "reference/equivalence/compare.py": "from reference.equivalence import parts",
    "reference/network.py": "from reference.counting import polynomial",
    "reference/language/shapes.py": "from reference import network",
}


@pytest.mark.parametrize("file", BREACHES)
def test_a_planted_breach_fails(copy, file):
    path = copy / file
    before = path.read_text() if path.exists() else ""
    path.write_text(before + f"\n\ndef planted() -> None:\n    {BREACHES[file]}\n")
    result = lint(copy)
    assert result.returncode == 1
    assert "1 broken" in result.stdout


def strangers(root):
    """(file, module) of each import of a part of a package by a file that is not of the package."""
    for path in sorted((root / "grader").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ImportFrom) and (node.module or "").count(".") >= 2:
                package = root / "grader" / node.module.split(".")[1]
                if node.module.startswith("grader.") and package not in path.parents:
                    yield str(path.relative_to(root)), node.module


def test_a_package_is_imported_by_its_face():
    assert not [*strangers(ROOT)]


def test_an_import_past_the_face_is_found(copy):
    file = copy / "grader/bulk/lines.py"
    file.write_text(file.read_text() + "\nfrom grader.answers.number import NumberKey\n")
    assert [*strangers(copy)] == [("grader/bulk/lines.py", "grader.answers.number")]


@pytest.mark.parametrize("name", PACKAGES)
def test_a_face_has_what_it_names(name):
    """Each name is there, and is that of a module only if it is one, which would hide it once it is loaded."""
    face = importlib.import_module(f"grader.{name}")
    modules = {one.name for one in pkgutil.iter_modules(face.__path__)}
    assert face.__doc__
    for given in getattr(face, "__all__", ()):
        assert isinstance(getattr(face, given), ModuleType) == (given in modules), given


BETWEEN_TESTS = re.compile(r"^ *(?:from|import) +tests\b.*\btest_\w+", re.MULTILINE)


def test_no_test_module_is_imported():
    """What tests share stands in modules of its own, and in ``tests/exercises``."""
    assert BETWEEN_TESTS.search("from tests.grader.test_schema import faults")
    assert BETWEEN_TESTS.search("from tests.reference import strategies, test_reading")
    for path in (ROOT / "tests").rglob("*.py"):
        assert not BETWEEN_TESTS.search(path.read_text(encoding="utf-8")), path
