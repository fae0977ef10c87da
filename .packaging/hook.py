"""What a wheel holds: ``grader`` as ``gradmark``, and ``reference`` as ``gradmark.reference``.

A course may have a package ``grader`` or ``reference`` of its own; none has ``gradmark``. So an installed
gradmark takes no other name, and the build puts the names right wherever one module imports another. A
checkout that is installed in place keeps its names: there the entry points look first whose packages they
would import, in ``checkout/gradmark.py``.
"""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

INSTALLED = {"grader": "gradmark", "reference": "gradmark.reference"}
IMPORT = re.compile(r"^(\s*(?:>>> )?from |.*:mod:`)(grader|reference)\b", re.MULTILINE)
MODULE = re.compile(r"^()(grader|reference)\b")  # of an entry point


def renamed(pattern: re.Pattern[str], text: str) -> str:
    return pattern.sub(lambda match: match[1] + INSTALLED[match[2]], text)


class Names(BuildHookInterface):
    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        entries = self.metadata.core.scripts, self.metadata.core.entry_points["pytest11"]
        if version == "editable":
            for entry, name in zip(entries, ("main", "plugin"), strict=True):
                entry["gradmark"] = f"gradmark:{name}"
            return
        for entry in entries:
            entry["gradmark"] = renamed(MODULE, entry["gradmark"])
        build_data["force_include"][str(self.copy())] = "gradmark"
        build_data["force_include"]["exercises"] = "gradmark/exercises"  # the bank goes with it

    def copy(self) -> Path:
        """The packages under their installed names, in a folder that is there until they are packed."""
        self.kept = TemporaryDirectory()
        folder = Path(self.kept.name)
        for package, name in INSTALLED.items():
            place = folder.joinpath(*name.split("."))
            shutil.copytree(
                Path(self.root, package), place, ignore=shutil.ignore_patterns("__pycache__")
            )
        for file in folder.rglob("*.py"):
            file.write_text(renamed(IMPORT, file.read_text("utf-8")), "utf-8")
        return folder / "gradmark"

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        if version != "editable":
            self.kept.cleanup()
