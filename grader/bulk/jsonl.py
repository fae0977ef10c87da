"""Answers and marks as JSON lines, one exercise of one student a line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import msgspec

from grader.marking import Answers, Marks

MAX_LINE = 1_000_000

_decoder = msgspec.json.Decoder(Answers)
_encoder = msgspec.json.Encoder()


class BadLine(msgspec.Struct, frozen=True):
    """A line that could not be used, in its place among the marks; nothing is lost."""

    line: int
    error: str


def read(lines: Iterable[bytes], first: int = 1) -> Iterator[tuple[int, Answers | BadLine]]:
    """Each line with its number, as answers or why it cannot be read; empty ones are passed over."""
    for number, line in enumerate(lines, start=first):
        if number == 1:
            line = line.removeprefix(b"\xef\xbb\xbf")
        if not line.strip():
            continue
        if len(line) > MAX_LINE:
            yield number, BadLine(number, f"too long: expected at most {MAX_LINE} bytes")
            continue
        try:
            yield number, _decoder.decode(line)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            yield number, BadLine(number, str(error))


def write(records: Sequence[Marks | BadLine]) -> bytes:
    """One line for each record, with its line feed."""
    return _encoder.encode_lines(records)
