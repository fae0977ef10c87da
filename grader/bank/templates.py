"""``{{name}}`` and ``{{name.field}}`` in an author's texts."""

from __future__ import annotations

import re
from collections.abc import Mapping

PLACEHOLDER = re.compile(r"\{\{\s*([\w.-]+)\s*\}\}")


def fill(text: str, values: Mapping[str, str]) -> str:
    """``text`` with every placeholder replaced whose name has a value."""
    return PLACEHOLDER.sub(lambda match: values.get(match.group(1), match.group()), text)


def placeholders(text: str) -> list[str]:
    """The names of the placeholders in a text."""
    return PLACEHOLDER.findall(text)
