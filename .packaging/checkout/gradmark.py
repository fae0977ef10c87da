"""``gradmark`` in a checkout that is installed in place (``pip install -e``).

The packages bear their plain names there, ``grader`` and ``reference``, and a course may have its own of these
names. So nothing is imported from them before it is known whose they are.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterable
from importlib.machinery import PathFinder
from pathlib import Path
from typing import Any

CHECKOUT = Path(__file__).resolve().parents[2]
PLUGIN = "grader.checking.pytest_plugin"


def __getattr__(name: str) -> Any:
    """What ``grader`` offers."""
    return getattr(importlib.import_module("grader"), name)


def others(path: Iterable[Path | str]) -> list[Path]:
    """The packages of our names that Python would find on a path, and that are not of this checkout."""
    places = [*map(str, path)]
    specs = (PathFinder.find_spec(name, places) for name in ("grader", "reference"))
    found = [Path(spec.origin).resolve().parent for spec in specs if spec and spec.origin]
    return [folder for folder in found if folder.parent != CHECKOUT]


def told(hiding: list[Path]) -> str:
    folders = " and ".join(map(str, hiding))
    return f"gradmark, installed in place from {CHECKOUT}, is hidden by {folders}"


def main() -> None:
    """The command ``gradmark``."""
    if hiding := others(sys.path):
        print(f"{told(hiding)}: take the folder around it off PYTHONPATH", file=sys.stderr)
        sys.exit(2)
    importlib.import_module("grader.cli").main()


class Plugin:
    """Exercise files are tests, except where a course has packages of our names: its tests need those."""

    hiding: list[Path] = []

    def pytest_load_initial_conftests(self, early_config: Any) -> None:
        """Look wherever pytest may import from: here, at its root, above the tests it was given."""
        here = early_config.invocation_params.dir
        tests = early_config.known_args_namespace.file_or_dir
        starts = [here, early_config.rootpath, *(here / test.partition("::")[0] for test in tests)]
        around = [folder for start in starts for folder in (start, *start.parents)]
        self.hiding = others([*around, *sys.path])
        if not self.hiding:
            early_config.pluginmanager.import_plugin(PLUGIN)

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        if self.hiding:
            mend = f"`pip install {CHECKOUT}` takes no such names; `gradmark check` needs no pytest"
            terminalreporter.write_line(f"no exercise was tested: {told(self.hiding)}; {mend}")


plugin = Plugin()
