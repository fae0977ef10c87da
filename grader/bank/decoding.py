"""YAML files → records; every problem of a file is told at once, with its place."""

from __future__ import annotations

import difflib
import functools
import re
from collections.abc import Iterable, Mapping
from enum import Enum
from pathlib import Path
from types import UnionType
from typing import Annotated, Any, TypeVar, get_args, get_origin, get_type_hints

import msgspec
from msgspec.structs import FieldInfo

from grader.bank import yaml
from grader.errors import AuthorError, Place, Problem

Schema = type[msgspec.Struct]
Record = TypeVar("Record", bound=msgspec.Struct)


def load(path: Path, schema: type[Record]) -> tuple[Record, yaml.Positions, bytes]:
    """A file as a record, the place of each path in it, and its bytes.

    Raises:
        AuthorError: with every problem that the schema can see.
    """
    content, positions, data = yaml.load(path)
    checker = Checker(str(path), positions)
    record = checker.convert(content, schema, "")
    if checker.found:
        raise AuthorError(*checker.found)
    return record, positions, data


class Checker:
    """Converts part by part, so that all problems of a file are told at once."""

    def __init__(self, file: str, positions: Mapping[str, tuple[int, int]]) -> None:
        self.file = file
        self.positions = positions
        self.found: list[Problem] = []

    def report(self, path: str, message: str) -> None:
        self.found.append(Place(self.file, self.positions, path).problem(message))

    def convert(self, content: Any, schema: Schema, path: str) -> Any:
        """``content`` as a record, or ``None`` with the problems noted."""
        if not isinstance(content, dict):
            self.report(path, f"expected a mapping with keys, found {kind(content)}")
            return None
        before = len(self.found)
        parts: dict[str, Any] = {}
        known, hints = described(schema)
        for key, value in content.items():
            place = f"{path}.{key}" if path else key
            if key not in known:
                self.report(f"{place}:key", unknown_key(key, known))
                continue
            parts[known[key].name] = self.part(value, hints[known[key].name], place)
        for key, field in known.items():
            if field.required and key not in content:
                self.report(path, f"the key '{key}' is missing")
        if len(self.found) > before:
            return None
        return schema(**parts)

    def part(self, value: Any, hint: Any, place: str) -> Any:
        """One value of a record; lists of records and records are taken apart further."""
        record = record_in(hint, value)
        if record is not None and isinstance(value, dict):
            return self.convert(value, record, place)
        if record is not None and isinstance(value, list) and value:
            item_hint = items(hint)
            return [self.part(item, item_hint, f"{place}[{i}]") for i, item in enumerate(value)]
        inside = inside_mapping(hint)
        if isinstance(value, dict) and inside is not None:
            names, schema = inside
            for key in value:
                self.part(key, names, f"{place}.{key}:key")
            return {key: self.part(item, schema, f"{place}.{key}") for key, item in value.items()}
        try:
            return msgspec.convert(value, hint)
        except msgspec.ValidationError as error:
            message, _, inner = str(error).partition(" - at `$")
            steps = re.findall(r"\[(\d+)\]", inner)
            for step in steps:
                if not isinstance(value, list):
                    break  # the path is one of keys, which msgspec does not name
                value, place = value[int(step)], f"{place}[{step}]"
            self.report(place, spoken(in_words(message, hint), value))
            return None


@functools.lru_cache
def described(schema: Schema) -> tuple[dict[str, FieldInfo], dict[str, Any]]:
    """The fields of a record by the keys of a file, and what each may hold by its own name."""
    known = {field.encode_name: field for field in msgspec.structs.fields(schema)}
    return known, get_type_hints(schema, include_extras=True)


SPOKEN = {
    "`str`": "text",
    "`int`": "a whole number",
    "`float`": "a number",
    "`bool`": "true or false",
    "`array`": "a list",
    "`object`": "a mapping",
    "`null`": "nothing",
    "`int | str`": "a whole number or text",
    "`str` matching regex '^[A-Za-z][A-Za-z0-9_-]*\\\\Z'": "letters, digits, - and _, a letter first",
}


def in_words(message: str, hint: Any) -> str:
    """A message on a word outside a set, with the members of the set added."""
    sets = [one for one in alternatives(hint) if isinstance(one, type) and issubclass(one, Enum)]
    if not message.startswith("Invalid enum value") or not sets:
        return message
    return "Expected one of " + ", ".join(str(word.value) for word in sets[0])


def spoken(message: str, value: Any) -> str:
    """A message of msgspec's in an author's words, with the value found."""
    expected = message.removeprefix("Expected ").partition(", got ")[0]
    for word, meaning in SPOKEN.items():
        if expected == word:
            expected = meaning
    for word, meaning in SPOKEN.items():
        expected = expected.replace(word.strip("`"), meaning)
    return f"expected {expected.replace('`', '')}, found {kind(value)}"


def alternatives(hint: Any) -> list[Any]:
    """The types that a hint allows, without annotations."""
    if get_origin(hint) is Annotated:
        return alternatives(get_args(hint)[0])
    if isinstance(hint, UnionType):
        return [one for member in get_args(hint) for one in alternatives(member)]
    return [hint]


def items(hint: Any) -> Any:
    """The type of the items of the list that a hint allows."""
    return next(get_args(one)[0] for one in alternatives(hint) if get_origin(one) is list)


def is_record(hint: Any) -> bool:
    return isinstance(hint, type) and issubclass(hint, msgspec.Struct)


def record_in(hint: Any, value: Any) -> Schema | None:
    """The record type that a hint allows for a mapping, or for a mapping in a list."""
    for option in alternatives(hint):
        if isinstance(value, dict) and is_record(option):
            return option  # type: ignore[no-any-return]
        if isinstance(value, list) and get_origin(option) is list:
            for item in alternatives(get_args(option)[0]):
                if is_record(item):
                    return item  # type: ignore[no-any-return]
    return None


def inside_mapping(hint: Any) -> tuple[Any, Any] | None:
    """The types of keys and values, where a hint is a mapping whose values may be records."""
    for option in alternatives(hint):
        if get_origin(option) is dict:
            names, values = get_args(option)
            if any(is_record(one) for one in alternatives(values)):
                return names, values
    return None


def kind(value: Any) -> str:
    match value:
        case None:
            return "nothing"
        case dict():
            return "a mapping"
        case list():
            return "a list"
    return f"'{str(value)[:40]}'"


def unknown_key(key: str, known: Iterable[str]) -> str:
    close = difflib.get_close_matches(key, known, n=1)
    hint = f"did you mean '{close[0]}'?" if close else "expected one of " + ", ".join(known)
    return f"unknown key '{key}'; {hint}{yaml.QUOTES if ' ' in key else ''}"
