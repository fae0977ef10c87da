"""``{{name}}`` and ``{{name.field}}`` in an author's texts."""

from __future__ import annotations

import re
from collections.abc import Mapping

PLACEHOLDER = re.compile(r"\{\{\s*([\w.-]+)\s*\}\}")
MEANT = re.compile(r"\{\{\s*([^{}\\]+?)\s*\}\}")  # a formula has no value either


def fill(text: str, values: Mapping[str, str]) -> str:
    """``text`` with every placeholder replaced whose name has a value."""
    return PLACEHOLDER.sub(lambda match: values.get(match.group(1), match.group()), text)


def placeholders(text: str) -> list[str]:
    """The names of the placeholders in a text, and whatever else stands as one: ``w - 1`` in ``{{w - 1}}``."""
    return MEANT.findall(text)
