"""The import contracts hold, so do the lengths of modules and functions, and a planted breach fails them."""

import ast
import importlib
import pkgutil
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from types import ModuleType

import pytest

import grader

ROOT = Path(__file__).parents[1]
LINT = Path(sys.executable).parent / "lint-imports"
OWN_NAMES = ("operations",)  # whose face is the table itself
MATHEMATICS = [
    one
    for one in sorted((ROOT / "reference").rglob("__init__.py"))
    if one.parent.name not in OWN_NAMES
]
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


MAKERS = ("model", "pools")  # make the keys of questions and pools, and so name their classes


def names_in(node):
    """The names that stand in a piece of a module, those that it imports included."""
    for one in ast.walk(node):
        if isinstance(one, ast.alias | ast.Name | ast.Attribute):
            yield getattr(one, "name", "") or getattr(one, "id", "") or getattr(one, "attr", "")


def questions(tree):
    """Where a module asks what something is."""
    for node in ast.walk(tree):
        if isinstance(node, ast.MatchClass | ast.Compare) or (
            isinstance(node, ast.Call) and getattr(node.func, "id", "") == "isinstance"
        ):
            yield node


def asked_for_kind(root):
    """(file, key) where a package names the key of an answer shape, or its maker asks whether a key is one."""
    answers = root / "grader" / "answers"
    trees = {path: ast.parse(path.read_text()) for path in sorted((root / "grader").rglob("*.py"))}
    keys = {
        node.name
        for path, tree in trees.items()
        for node in tree.body
        if path.parent == answers and isinstance(node, ast.ClassDef)
        if "Key" in {name for base in node.bases for name in names_in(base)}
    }
    for path, tree in trees.items():
        package = path.relative_to(root / "grader").parts[0]
        if package != "answers":
            looked_at = questions(tree) if package in MAKERS else [tree]
            for name in sorted({name for node in looked_at for name in names_in(node)} & keys):
                yield str(path.relative_to(root)), name


def test_nobody_asks_which_kind_a_key_is():
    assert not [*asked_for_kind(ROOT)]


KINDS = {
    "grader/marking/scoring.py": "from grader.answers import ChainKey",
    "grader/checking/keys.py": "print(grader.answers.NumberKey)",
    "grader/model/texts.py": "isinstance(HINT, str | TextKey)",
    "grader/pools/matching.py": "match MatchKey:\n    case MatchKey():\n        pass",
    "grader/model/chains.py": "type(HINT) is ChainKey",
}


@pytest.mark.parametrize("file", KINDS)
def test_who_asks_for_the_kind_of_a_key_is_found(copy, file):
    path = copy / file
    path.write_text(f"{path.read_text()}\n\n{KINDS[file]}\n")
    assert [one for one, _ in asked_for_kind(copy)] == [file]


@pytest.mark.parametrize("name", PACKAGES)
def test_a_face_has_what_it_names(name):
    """Each name is there, and is that of a module only if it is one, which would hide it once it is loaded."""
    face = importlib.import_module(f"grader.{name}")
    modules = {one.name for one in pkgutil.iter_modules(face.__path__)}
    assert face.__doc__
    for given in getattr(face, "__all__", ()):
        assert isinstance(getattr(face, given), ModuleType) == (given in modules), given


@pytest.mark.parametrize("face", MATHEMATICS, ids=lambda face: face.parent.name)
def test_a_face_of_the_mathematics_says_what_each_module_does(face):
    """Others import by module there."""
    modules = {one.name for one in pkgutil.iter_modules([str(face.parent)])}
    told = {*re.findall(r"``(\w+)``", ast.get_docstring(ast.parse(face.read_text())) or "")}
    assert told == modules


LONGEST = {"module": 500, "function": 60}  # lines


def lengths(root):
    """(file, kind, lines) of every module and function."""
    for path in sorted(
        path for name in ("grader", "reference") for path in (root / name).rglob("*.py")
    ):
        text = path.read_text()
        name = str(path.relative_to(root))
        yield name, "module", len(text.splitlines())
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield f"{name}:{node.name}", "function", node.end_lineno - node.lineno + 1


def too_long(root):
    return [place for place, kind, lines in lengths(root) if lines > LONGEST[kind]]


def test_modules_and_functions_are_short():
    assert too_long(ROOT) == []


def test_what_is_too_long_is_found(copy):
    (copy / "grader/errors.py").write_text("\n" * 501)
    (copy / "reference/descent.py").write_text("def planted():\n" + "    print()\n" * 60)
    assert too_long(copy) == ["grader/errors.py", "reference/descent.py:planted"]


def test_tests_that_settings_name_are_there():
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["mutmut"]
    named = settings["pytest_add_cli_args_test_selection"]
    missing = [one for one in named if not one.startswith("-") and not (ROOT / one).exists()]
    assert named and not missing
