"""What in a text of an author's can be read as an answer."""

from __future__ import annotations

import re

NUMBER = re.compile(r"(?<![\w.,/^{\\])[-−]?[0-9]+(?:\.[0-9]+)?(?![\w,/^}]|\.[0-9])")
FORMULA = re.compile(r"\$\$?([^$]+)\$\$?")


def numbers(text: str) -> list[str]:
    return NUMBER.findall(text)


def formulas(text: str) -> list[str]:
    return FORMULA.findall(text)
