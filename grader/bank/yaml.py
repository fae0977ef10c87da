"""Strict YAML with the place of every value.

Scalars follow the core schema of YAML 1.2: ``1e-6`` is a number, ``no`` is text. Keys that occur twice
are refused, and so are anchors, which let a small file grow without bound.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import yaml

from grader.errors import AuthorError, Problem

MAX_BYTES = 1_000_000
CODE = "unreadable"  # of every problem here
QUOTES = (
    "; between { and } or [ and ], a text with a comma, a colon or a brace in it stands in quotes"
)
LOADER = getattr(yaml, "CBaseLoader", yaml.BaseLoader)

NUMBER = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
WORDS = {"": None, "~": None, "null": None, "true": True, "false": False}

Positions = dict[str, tuple[int, int]]


def load(path: Path) -> tuple[Any, Positions, bytes]:
    """The content of a YAML file, the line and column of each path in it, and its bytes.

    Raises:
        AuthorError: the file cannot be read, is not YAML, or has a key twice.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise AuthorError(
            Problem(str(path), f"cannot be read: {error.strerror}", code=CODE)
        ) from None
    if len(data) > MAX_BYTES:
        raise AuthorError(
            Problem(
                str(path), f"too large: {len(data)} bytes, expected at most {MAX_BYTES}", code=CODE
            )
        )
    try:
        root = yaml.compose(data.decode(), Loader=LOADER)
    except UnicodeDecodeError as error:
        raise AuthorError(
            Problem(str(path), f"not UTF-8 at byte {error.start}", code=CODE)
        ) from None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (0, 0)
        hint = QUOTES if "flow" in str(error.context) else ""
        raise AuthorError(
            Problem(
                str(path), f"not YAML: {error.problem or error.context}{hint}", line, column, CODE
            )
        ) from None
    except yaml.YAMLError as error:
        raise AuthorError(Problem(str(path), f"not YAML: {error}", code=CODE)) from None
    reader = _Reader(str(path), data.decode().splitlines())
    try:
        value = reader.build(root, "") if root is not None else None
    except RecursionError:
        raise AuthorError(Problem(str(path), "nested too deeply", code=CODE)) from None
    if reader.problems:
        raise AuthorError(*reader.problems)
    return value, reader.positions, data


class _Reader:
    """Builds plain values from composed nodes and notes where they stand."""

    def __init__(self, file: str, lines: list[str]) -> None:
        self.file = file
        self.lines = lines
        self.positions: Positions = {}
        self.problems: list[Problem] = []
        self.seen: set[Any] = set()

    def report(self, node: Any, message: str) -> None:
        mark = node.start_mark
        self.problems.append(Problem(self.file, message, mark.line + 1, mark.column + 1, CODE))

    def build(self, node: Any, path: str) -> Any:
        if node in self.seen:
            self.report(node, "anchors and aliases are not supported: write the value out")
            return None
        self.seen.add(node)
        self.positions[path] = node.start_mark.line + 1, node.start_mark.column + 1
        if isinstance(node, yaml.ScalarNode):
            if node.style in ("|", ">"):
                self.positions[f"{path}:block"] = self.block(node.start_mark.line + 1)
            return node.value if node.style else scalar(node.value)
        if isinstance(node, yaml.SequenceNode):
            return [self.build(item, f"{path}[{i}]") for i, item in enumerate(node.value)]
        return self.mapping(node, path)

    def block(self, line: int) -> tuple[int, int]:
        """Line and column of the first text of a block scalar."""
        for number, text in enumerate(self.lines[line:], start=line + 1):
            if text.strip():
                return number, len(text) - len(text.lstrip()) + 1
        return line, 1

    def mapping(self, node: Any, path: str) -> dict[str, Any]:
        result: dict[str, Any] = {}
        for key_node, value_node in node.value:
            if not isinstance(key_node, yaml.ScalarNode):
                self.report(key_node, "expected a plain key, found a list or mapping")
                continue
            key = key_node.value
            if key in result:
                self.report(key_node, f"the key '{key}' occurs twice in this mapping")
                continue
            place = f"{path}.{key}" if path else key
            result[key] = self.build(value_node, place)
            self.positions[f"{place}:key"] = (
                key_node.start_mark.line + 1,
                key_node.start_mark.column + 1,
            )
        return result


def scalar(text: str) -> Any:
    """A plain scalar as YAML 1.2 reads it."""
    if text.lower() in WORDS and text in (text.lower(), text.upper(), text.title()):
        return WORDS[text.lower()]
    if NUMBER.fullmatch(text):
        return int(text) if re.fullmatch(r"[-+]?[0-9]{1,18}", text) else float(text)
    return text
