"""A first version of an exercise, from those in ``starters/``: whole exercises whose comments teach what each key does."""

from __future__ import annotations

from pathlib import Path

import msgspec

from grader.errors import UsageError
from grader.pools import Identifier

FOLDER = Path(__file__).parent / "starters"
SCHEMA = "exercise.schema.json"  # as the docs call it


def kinds() -> list[str]:
    """The kinds of exercise that one can start from."""
    return sorted(path.stem for path in FOLDER.glob("*.yaml"))


def started(name: str, kind: str, folder: Path) -> str:
    """The text of an exercise called ``name``; it names the schema if that lies in the same folder.

    Raises:
        UsageError: the name cannot be that of an exercise.
    """
    try:
        msgspec.convert(name, Identifier)
    except msgspec.ValidationError:
        message = f"expected an id of letters, digits, - and _, a letter first, found '{name[:80]}'"
        raise UsageError(message) from None
    text = (FOLDER / f"{kind}.yaml").read_text(encoding="utf-8")
    text = text.replace(f"id: {kind}\n", f"id: {name}\n", 1)
    line = f"# yaml-language-server: $schema={SCHEMA}\n"
    return (line if (folder / SCHEMA).exists() else "") + text
