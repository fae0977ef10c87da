"""JSON Schemas of the files that authors write, made of their records; editors complete and explain keys by them."""

from __future__ import annotations

import inspect
import json
import re
from typing import Any

import msgspec
from msgspec import Struct

from grader.bank.exercise_file import CONSTRUCTED, RANGE, ExerciseFile
from grader.bank.quiz_file import QuizFile
from grader.bank.templates import PLACEHOLDER
from reference.misconceptions.table import NAMES

DIALECT = "https://json-schema.org/draft/2020-12/schema"
KINDS: dict[str, type[Struct]] = {"exercise": ExerciseFile, "quiz": QuizFile}
DESCRIBED = re.compile(r"^``(\w+)``: (.*?)(?=\n``|\Z)", re.MULTILINE | re.DOTALL)

Schema = dict[str, Any]


def texts(schema: Schema) -> Schema:
    """The pattern of a text where values of other types are allowed as well."""
    return {"if": {"type": "string"}, "then": schema}


FIGURE = texts({"enum": ["network"]})
CLOSED: dict[tuple[str, str], Schema] = {  # what the loader sees only once it has the records
    ("ExerciseFile", "choose"): {"additionalProperties": texts({"enum": ["sufficiency"]})},
    ("ExerciseFile", "figure"): FIGURE,
    ("NetworkFile", "sizes"): {"additionalProperties": texts({"pattern": f"^{RANGE}$|[A-Za-z]"})},
    ("Quantity", "domain"): {"anyOf": [{"enum": CONSTRUCTED}, {"pattern": PLACEHOLDER.pattern}]},
    ("QuestionFile", "credit"): {"propertyNames": {"enum": NAMES}},
    ("QuestionFile", "figure"): FIGURE,
}


def written(kind: str) -> str:
    """The schema of a kind of file as JSON text."""
    text = json.dumps(schema(kind), indent=2, ensure_ascii=False)
    return text.replace(r"\\Z", "$") + "\n"  # the end of a text, as a schema's patterns have it


def schema(kind: str) -> Schema:
    """What a file of a kind may hold, as far as one value can be judged by itself."""
    [top], parts = msgspec.json.schema_components([KINDS[kind]], ref_template="#/$defs/{name}")
    defined = {name: described(name, part) for name, part in parts.items()}
    return {"$schema": DIALECT, "title": f"A gradmark {kind}", **top, "$defs": defined}


def described(name: str, part: Schema) -> Schema:
    """The schema of a record, with the descriptions that its docstring gives to its keys."""
    told = inspect.cleandoc(part["description"])
    keys = {key: " ".join(text.split()) for key, text in DESCRIBED.findall(told)}
    found = {**part, "description": told.partition("\n\n")[0]}
    del found["title"]
    if "properties" in part:
        found["properties"] = {
            key: {"description": keys[key], **usual(value), **closed(name, key)}
            for key, value in part["properties"].items()
        }
    return found


def usual(value: Schema) -> Schema:
    """A value without a default that says nothing."""
    default = value.get("default")
    told = bool(default) and not isinstance(default, dict)
    return {key: part for key, part in value.items() if key != "default" or told}


def closed(name: str, key: str) -> Schema:
    return {"allOf": [CLOSED[name, key]]} if (name, key) in CLOSED else {}
