"""Markdown as text for a terminal; code in it stays as its author wrote it."""

from __future__ import annotations

import re
from collections.abc import Callable
from textwrap import indent

CODE = re.compile(
    r"""^\ {0,3}(?P<fence>`{3,}|~{3,})[^\n]*\n(?P<block>.*?)^\ {0,3}(?P=fence)[^\n]*$
      | (?<!`)(?P<ticks>`+)(?!`)(?P<span>.+?)(?<!`)(?P=ticks)(?!`)""",
    re.MULTILINE | re.DOTALL | re.VERBOSE,
)
STRONG = re.compile(r"\*\*(?=\S)(.+?)(?<=\S)\*\*", re.DOTALL)


def outside_code(markdown: str, change: Callable[[str], str]) -> str:
    """A text with everything but its code changed."""
    return _by_parts(markdown, change, re.Match.group)


def without_code(markdown: str) -> str:
    return CODE.sub("", markdown)


def plain_text(markdown: str) -> str:
    """A text without the signs of bold type and of code; a block of code is indented.

    >>> plain_text("**Never** write `x ** 2` as `x * 2`")
    'Never write x ** 2 as x * 2'
    """
    return _by_parts(markdown, lambda text: STRONG.sub(r"\1", text), _code)


def _by_parts(
    markdown: str, text: Callable[[str], str], code: Callable[[re.Match[str]], str]
) -> str:
    parts, end = [], 0
    for match in CODE.finditer(markdown):
        parts += [text(markdown[end : match.start()]), code(match)]
        end = match.end()
    return "".join([*parts, text(markdown[end:])])


def _code(match: re.Match[str]) -> str:
    return match["span"] or indent(match["block"], "    ").rstrip("\n")
