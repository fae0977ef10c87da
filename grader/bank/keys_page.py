"""The page of all keys that an author can write, made of the schemas: ``docs/authoring/keys.md``.

``make keys`` writes it anew.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from msgspec import Struct

from grader.bank import schema
from grader.bank.schema import Schema

HEAD = """# The keys of a file

<!-- `make keys` writes this page from the records of the files: edit their docstrings, not the page. -->

Every key of an exercise file and of a quiz file, and the value it takes. Keys with a star are required; an unknown key is an
error. The [pages by theme](README.md) show the keys at work, and `gradmark schema` gives an editor what this page says.
"""
SIMPLE = {"string": "text", "number": "number", "integer": "whole number", "boolean": "truth value"}
PLURAL = re.compile(r"\b(list|text|number)\b")


class Records(Struct, frozen=True):
    """The schemas of the records of a file, each with the heading of its section, in the order of the page."""

    parts: Mapping[str, Schema]
    titles: Mapping[str, str]

    def value(self, value: Schema, nested: bool = False) -> str:
        """The value of a key in words; for a mapping, without its details."""
        if "$ref" in value:
            words = self.parts[record(value)].get("enum")
            if words is None:
                return f"[keys](#{anchor(self.titles[record(value)])})"
            return "word" if nested else either(f"`{word}`" for word in words)
        if "anyOf" in value:
            return either(self.value(one, nested) for one in told_apart(value["anyOf"]))
        if "prefixItems" in value:
            return "list of two numbers"
        if value["type"] == "array":
            return "list of " + PLURAL.sub(r"\1s", self.value(value["items"]))
        if value["type"] == "object":
            if nested or "additionalProperties" not in value:
                return "mapping"
            return f"name → {self.value(value['additionalProperties'], nested=True)}"
        return SIMPLE[value["type"]] + span(value)


def written() -> str:
    """The page as Markdown: a section for each record, which the keys that hold it link to."""
    return "\n".join([HEAD, *(section for kind in schema.KINDS for section in sections(kind))])


def sections(kind: str) -> Iterator[str]:
    """The section of a file, then those of the records in it, the nearest first."""
    whole = schema.schema(kind)
    records = Records(whole["$defs"], titled(record(whole), whole["title"], whole["$defs"]))
    for name, title in records.titles.items():
        part = records.parts[name]
        required = part.get("required", ())
        rows = [
            f"| `{key}`{'*' * (key in required)} | {records.value(value)} | {told(value)} |"
            for key, value in part["properties"].items()
        ]
        table = "\n".join(["| key | value | meaning |", "|---|---|---|", *rows])
        yield f"## {title}\n\n{told(part)}\n\n{table}\n"


def titled(top: str, title: str, parts: Mapping[str, Schema]) -> dict[str, str]:
    """Record → the heading of its section: that of the file, or the keys that hold the record."""
    keys: dict[str, list[str]] = {top: []}
    waiting = [top]
    while waiting:
        for key, value in parts[waiting.pop(0)]["properties"].items():
            for name in held(value):
                if "enum" not in parts[name]:
                    waiting += [name] * (name not in keys)
                    keys.setdefault(name, []).append(f"`{key}`")
    return {name: either(found, "and") if found else title for name, found in keys.items()}


def held(value: object) -> Iterator[str]:
    """The records that a value can be, or hold."""
    if isinstance(value, dict):
        if "$ref" in value:
            yield record(value)
        yield from (name for inside in value.values() for name in held(inside))
    elif isinstance(value, list):
        yield from (name for inside in value for name in held(inside))


def record(reference: Schema) -> str:
    return str(reference["$ref"]).rpartition("/")[2]


def told(part: Schema) -> str:
    """A description for a table."""
    return str(part["description"]).replace("``", "`").replace("|", "\\|")


def told_apart(kinds: Iterable[Schema]) -> list[Schema]:
    """The alternatives that a reader tells apart, mappings last: a whole number is a number, and null is nothing."""
    types = [one.get("type") for one in kinds]
    hidden = {"null", *(["integer"] if "number" in types else [])}
    shown = [one for one, kind in zip(kinds, types, strict=True) if kind not in hidden]
    return sorted(shown, key=lambda one: one.get("type") == "object")


def span(value: Schema) -> str:
    """The range of a number, in words."""
    least, most = value.get("minimum"), value.get("maximum")
    if "exclusiveMinimum" in value:
        return f" above {value['exclusiveMinimum']}" + (f", up to {most}" if most else "")
    return f" from {least} to {most}" if None not in (least, most) else ""


def either(words: Iterable[str], joint: str = "or") -> str:
    *most, last = dict.fromkeys(words)
    return f"{', '.join(most)} {joint} {last}" if most else last


def anchor(heading: str) -> str:
    """The address of a heading, as GitHub makes it."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


if __name__ == "__main__":
    print(written(), end="")
