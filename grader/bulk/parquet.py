"""Answers and marks in Parquet, by way of JSON lines, so that there is one way to mark.

A row stands for a line. Answers have the columns ``exercise``, ``seed`` (text or whole numbers), ``answers``
(a map of texts) and ``student``. Marks have those of :data:`MARKS`; a row that could not be used has ``line`` and ``error``,
and nothing else.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

import msgspec

from grader.errors import UsageError

try:
    import pyarrow as pa
    from pyarrow import parquet
except ImportError:
    raise UsageError("Parquet needs pyarrow: pip install 'gradmark[parquet]'") from None

ROWS = 5_000  # that are read or written at a time
MARK = pa.struct(
    [
        ("verdict", pa.string()),
        ("points", pa.float64()),
        ("out_of", pa.float64()),
        ("message", pa.string()),
        ("understood", pa.string()),
        ("notes", pa.string()),  # as JSON
        ("answer", pa.string()),
        ("kind", pa.string()),
        ("chosen", pa.list_(pa.string())),
        ("alike", pa.string()),
        ("by", pa.string()),
    ]
)
MARKS = pa.schema(
    [
        ("student", pa.string()),
        ("exercise", pa.string()),
        ("seed", pa.string()),
        ("points", pa.float64()),
        ("out_of", pa.float64()),
        ("marks", pa.map_(pa.string(), MARK)),
        ("notes", pa.list_(pa.string())),
        ("choices", pa.map_(pa.string(), pa.string())),
        ("slot", pa.int64()),
        ("difficulty", pa.float64()),
        ("columns", pa.map_(pa.string(), pa.string())),
        ("version", pa.int64()),
        ("line", pa.int64()),
        ("error", pa.string()),
    ]
)
REQUIRED = ("exercise", "seed", "answers")


def lines(path: Path, file: IO[bytes]) -> Iterator[bytes]:
    """The rows of answers as blocks of JSON lines.

    Raises:
        UsageError: it is no Parquet, or a column is missing.
    """
    try:
        table = parquet.ParquetFile(file)
    except pa.ArrowInvalid as error:
        raise UsageError(f"{path}: {error}") from None
    missing = [name for name in REQUIRED if name not in table.schema_arrow.names]
    if missing:
        raise UsageError(f"{path}: expected a column '{missing[0]}'")
    names = [name for name in (*REQUIRED, "student") if name in table.schema_arrow.names]
    encode = msgspec.json.Encoder().encode
    for batch in table.iter_batches(ROWS, columns=names):
        yield b"".join(encode(answers(row)) + b"\n" for row in batch.to_pylist())


def answers(row: dict[str, Any]) -> dict[str, Any]:
    """A row as a line; null fields are left out, so that a required one is reported as missing."""
    found = {name: value for name, value in row.items() if value is not None}
    if isinstance(found.get("answers"), list):
        found["answers"] = dict(found["answers"])
    return found


def write(marks: IO[bytes], path: Path) -> None:
    """JSON lines of marks → a file, a row for each."""
    decode = msgspec.json.Decoder(dict[str, Any]).decode
    with parquet.ParquetWriter(path, MARKS) as writer:
        while found := marks.readlines(ROWS * 200):
            rows = [decode(line) for line in found]
            for row in rows:
                row["seed"] = str(row["seed"]) if "seed" in row else None
                row["marks"] = [*map(flat, row["marks"].items())] if "marks" in row else None
                row["choices"] = [*row.get("choices", {}).items()]
            writer.write_table(pa.Table.from_pylist(rows, MARKS))


def flat(mark: tuple[str, dict[str, Any]]) -> tuple[str, dict[str, Any]]:
    """An address and a mark, with what is said of it as JSON, as it can be about anything."""
    address, found = mark
    notes = msgspec.json.encode(found["notes"]).decode() if "notes" in found else None
    return address, {**found, "notes": notes}
