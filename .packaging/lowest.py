"""Prints the lowest versions that ``pyproject.toml`` allows, as constraints for pip."""

import sys
import tomllib
from pathlib import Path

from packaging.requirements import Requirement

project = tomllib.loads(Path("pyproject.toml").read_text())["project"]
extras = (project["optional-dependencies"][name] for name in sys.argv[1:])
for text in sum(extras, start=project["dependencies"]):
    needed = Requirement(text)
    for bound in needed.specifier:
        if bound.operator == ">=":
            print(f"{needed.name}=={bound.version}")
