"""Answers and marks as JSON lines, one exercise of one student a line."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

import msgspec

from grader.marking import Answers, Marks

MAX_LINE = 1_000_000
NUMBER = re.compile(r"[+-]?[0-9]{1,40}")

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
            found = _decoder.decode(line)
            odd = isinstance(found.seed, str) and meant(found.seed)
            yield number, BadLine(number, odd) if odd else found
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            yield number, BadLine(number, str(error))


def meant(seed: str) -> str:
    """What is wrong with a seed that is a text: one that looks like another; nothing where nothing is."""
    plain = seed.strip().casefold()
    if NUMBER.fullmatch(plain):
        plain = str(int(plain))
    elif plain != "printed":
        plain = seed.strip()
    return (
        ""
        if plain == seed and plain
        else f'expected a seed such as 17, "printed" or another text, found {seed[:40]!r}'
    )


def write(records: Sequence[Marks | BadLine]) -> bytes:
    """One line for each record, with its line feed."""
    return _encoder.encode_lines(records)
