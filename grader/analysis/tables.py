"""An analysis as files: CSV for spreadsheets, JSON for programs. Every number of the report stands in them."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec
from msgspec import Struct

from grader.analysis.records import Analysis, Group, Item, OptionRow, WrongAnswer
from grader.papers import inert

PLACES = 6  # decimals


def files(found: Analysis) -> dict[str, str]:
    """Name → text."""
    return {
        "items.csv": table(Item, found.items),
        "variants.csv": table(Group, found.groups),
        "options.csv": table(OptionRow, found.options),
        "wrong-answers.csv": table(WrongAnswer, found.wrong_answers),
        "analysis.json": msgspec.json.format(msgspec.json.encode(found)).decode() + "\n",
    }


def table(kind: type[Struct], rows: Sequence[Struct]) -> str:
    """A row a record; intervals have two columns, and what is a list is joined."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([column for name in kind.__struct_fields__ for column in columns(name)])
    writer.writerows([*cells(one)] for one in rows)
    return out.getvalue()


def columns(name: str) -> list[str]:
    """The columns of a field."""
    if not name.endswith("interval"):
        return [name]
    about = name.removesuffix("interval").rstrip("_")
    return [f"{about}_{end}".lstrip("_") for end in ("low", "high")]


def cells(record: Struct) -> Iterator[str]:
    for name in record.__struct_fields__:
        value = getattr(record, name)
        if name.endswith("interval"):
            yield from (cell(getattr(value, end, None)) for end in ("low", "high"))
        else:
            yield cell(value)


def cell(value: Any) -> str:
    """What stands in a cell; no spreadsheet takes a text for a formula."""
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case float():
            return f"{value:.{PLACES}f}".rstrip("0").rstrip(".")
        case int():
            return str(value)
        case tuple():
            return "; ".join(cell(one) for one in value)
        case Mapping():
            return " ".join(f"{name}={one}" for name, one in value.items())
    return inert(str(value))
