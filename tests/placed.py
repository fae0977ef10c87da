"""YAML of which every text knows where it stands, so that an expectation can be written anew in its place."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

import yaml


class Placed(str):
    """A text and its span in the file."""

    start: int
    end: int


class Loader(yaml.SafeLoader):
    """Makes every text a placed one."""


def construct(loader: Loader, node: yaml.ScalarNode) -> Placed:
    text = Placed(node.value)
    text.start, text.end = node.start_mark.index, node.end_mark.index
    return text


Loader.add_constructor("tag:yaml.org,2002:str", construct)


def load(path: Path):
    return yaml.load(path.read_text(encoding="utf-8"), Loader)


def replace(path: Path, texts: Iterable[tuple[Placed, str]]) -> None:
    """Write other texts in the place of those of a file."""
    source = path.read_text(encoding="utf-8")
    for old, new in sorted(texts, key=lambda pair: pair[0].start, reverse=True):
        source = source[: old.start] + quoted(new) + source[old.end :]
    path.write_text(source, encoding="utf-8")


def quoted(text: str) -> str:
    """A text as YAML, the backslashes of LaTeX single."""
    if not text.isprintable():
        return json.dumps(text, ensure_ascii=False)
    if "'" in text and not {'"', "\\"} & {*text}:
        return f'"{text}"'
    return "'" + text.replace("'", "''") + "'"
