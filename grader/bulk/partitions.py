"""A stream of lines → partitions of whole lines, each with the place where the input goes on."""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Iterator

from msgspec import Struct

from grader.bulk.jsonl import MAX_LINE
from grader.errors import UsageError

SIZE = 4_000_000  # bytes after which a partition ends with its line; fewer where not much stands before it
LINES = 20_000  # that a partition has, or not many more: each is drawn
SHARE = 4  # of the largest size, and of what stands before, that a partition has at least
KEPT = MAX_LINE + 1  # of a line that is too long


class Offset(Struct, frozen=True):
    """A place in the input: how many bytes and lines stand before it, and a hash of these bytes."""

    offset: int = 0
    lines: int = 0
    digest: str = ""


START = Offset()


class Partition(Struct, frozen=True):
    """Whole lines; ``line`` is the number of the first one, ``end`` the place after the last."""

    line: int
    data: bytes
    end: Offset


class Counter:
    """How far a stream has been read."""

    def __init__(self) -> None:
        self.hash = hashlib.blake2b(digest_size=16)
        self.offset = self.lines = 0

    def take(self, data: bytes) -> None:
        self.hash.update(data)
        self.offset += len(data)
        self.lines += data.count(b"\n")

    @property
    def place(self) -> Offset:
        return Offset(self.offset, self.lines, self.hash.hexdigest())


def partitions(
    blocks: Iterator[bytes], start: Offset = START, size: int = SIZE, lines: int = LINES
) -> Iterator[Partition]:
    """Cut a stream from a place on. Where it is cut hangs on that place and what follows it alone.

    Partitions grow up to ``size`` bytes, and about as many ``lines``, as the stream goes on: large ones cost less, and small ones let all
    processes share a stream that is not long. Of a line that is longer than any may be, only so much is kept
    as shows it.

    Raises:
        UsageError: what stands before the place is not what stood there.
    """
    counter = Counter()
    rest = after(start, blocks, counter)
    line, pending, taken = counter.lines + 1, b"", 0  # how much of what is pending is counted
    enough = least(counter.offset, size)
    for block in itertools.chain([rest], blocks):
        pending += block
        while end := pending.find(b"\n", enough - 1) + 1:
            end = within(pending, end, lines)
            counter.take(pending[taken:end])
            yield Partition(line, pending[:end], counter.place)
            line, pending, taken = counter.lines + 1, pending[end:], 0
            enough = least(counter.offset, size)
        kept = pending.rfind(b"\n") + 1 + KEPT
        if len(pending) > max(kept, size):
            counter.take(pending[taken:])
            pending, taken = pending[:kept], kept
    if pending:
        counter.take(pending[taken:])
        yield Partition(line, pending, counter.place)


def least(offset: int, size: int) -> int:
    """The least number of bytes of a partition that begins at a place."""
    return max(min(size, offset // SHARE), size // SHARE, 1)


def within(data: bytes, end: int, most: int) -> int:
    """The end of about so many lines as a partition may have; ``end`` where there are no more.

    A line of which only a part was kept is the last one of its partition: what stands before it is not cut.
    """
    lines, last = data.count(b"\n", 0, end), data.rfind(b"\n", 0, end - 1) + 1
    if lines <= most or end - last > KEPT:
        return end
    return data.rfind(b"\n", 0, end * most // lines) + 1 or end


def after(place: Offset, blocks: Iterator[bytes], counter: Counter) -> bytes:
    """Count the bytes and lines before a place; return the rest of its block."""
    while counter.offset < place.offset:
        block = next(blocks, b"")
        before = block[: place.offset - counter.offset]
        counter.take(before)
        if not block or len(before) < len(block):
            break
    if place.offset and counter.place != place:
        raise UsageError("the answers that were already marked have changed")
    return block[len(before) :] if place.offset else b""


def lines_of(data: bytes) -> list[bytes]:
    """Lines without their ends, of which only a line feed is one."""
    return data.removesuffix(b"\n").split(b"\n")


def halves(partition: Partition) -> list[Partition]:
    """A partition of several lines in two; what stands after the first part is not counted."""
    lines = lines_of(partition.data)
    middle = len(lines) // 2
    parts = (lines[:middle], partition.line), (lines[middle:], partition.line + middle)
    return [Partition(line, b"\n".join(part), partition.end) for part, line in parts if part]
