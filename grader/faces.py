"""The face of a package: the names that others may import, each loaded when it is first used."""

import importlib
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

IMPORT = re.compile(r"^    from ([\w.]+) import (\([^)]*\)|.*)", re.MULTILINE)


def lazy(package: str) -> Callable[[str], Any]:
    """The ``__getattr__`` of a package (PEP 562) that runs its imports under ``TYPE_CHECKING`` name by name.

    So a name of a face stands where type checkers look for it, and nowhere a second time.
    """
    face = sys.modules[package]
    places: dict[str, str] = {}

    def load(name: str) -> Any:
        if not places:
            source = Path(face.__file__ or "").read_text(encoding="utf-8")
            for module, names in IMPORT.findall(source):
                places.update(dict.fromkeys(re.findall(r"\w+", names), module))
        if name not in places:
            raise AttributeError(f"module '{package}' has no attribute '{name}'")
        module = places[name]
        if module == package:
            return importlib.import_module(f"{package}.{name}")
        found = getattr(importlib.import_module(module), name)
        setattr(face, name, found)
        return found

    return load
