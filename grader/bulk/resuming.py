"""Marks on their way into a file: whole partitions, with a journal, so that a broken run can go on.

``marks.jsonl.partial`` holds the marks so far and ``marks.jsonl.journal`` says, a line for each partition, what of
the input they belong to. What stands after the last whole partition is cut off when a run goes on.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import msgspec
from msgspec import Struct

from grader.bulk.partitions import SIZE, Offset
from grader.bulk.streams import FORMATS, STANDARD, format_of
from grader.errors import UsageError
from grader.version import __version__


class Head(Struct, frozen=True):
    """What must not change between a run and the one that resumes it."""

    bank: str
    version: str = __version__
    size: int = SIZE


class Done(Struct, frozen=True):
    """What has been marked: up to which place of the input, in how many bytes, lines and answers."""

    place: Offset = Offset()
    written: int = 0
    lines: int = 0
    answers: int = 0
    look: int = 0  # lines that a person must look at


class Stream:
    """Marks that go to the standard output."""

    done = Done()

    def add(self, data: bytes, done: Done) -> None:
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
        self.done = done

    def finish(self) -> None:
        """Nothing is left to do."""

    def close(self) -> None:
        """The stream is not ours."""


class Partial:
    """Marks that go to a file, which is there when all of them are.

    Raises:
        UsageError: there is a broken run and ``resume`` does not say to go on with it, or it cannot go on.
    """

    def __init__(self, out: Path, head: Head, resume: bool) -> None:
        self.out = out
        self.part = out.with_name(out.name + ".partial")
        self.log = out.with_name(out.name + ".journal")
        broken = self.part.exists() and self.log.exists()
        if broken and not resume:
            raise UsageError(
                f"a run broke off and left {self.part}: --resume continues it; "
                "to start again, delete the file"
            )
        self.done = last(self.log, head) if broken else Done()
        self.data = self.part.open("r+b" if broken else "wb")
        self.data.truncate(self.done.written)
        self.data.seek(self.done.written)
        self.journal = self.log.open("ab" if broken else "wb")
        if not broken:
            self.note(head)

    def note(self, entry: Head | Done) -> None:
        self.journal.write(msgspec.json.encode(entry) + b"\n")
        self.journal.flush()

    def add(self, data: bytes, done: Done) -> None:
        """The marks of a partition; the journal follows when they are safe."""
        self.data.write(data)
        self.data.flush()
        os.fsync(self.data.fileno())
        self.done = done
        self.note(done)

    def finish(self) -> None:
        """All is marked."""
        self.data.close()
        self.journal.close()
        if self.out.suffix in FORMATS:
            self.convert()
        self.part.replace(self.out)
        self.log.unlink()

    def convert(self) -> None:
        """The lines in the format of the file."""
        converted = self.out.with_name(self.out.name + ".part")
        with self.part.open("rb") as marks:
            format_of(self.out).write(marks, converted)
        converted.replace(self.part)

    def close(self) -> None:
        """Close the files; delete them if they are empty."""
        self.data.close()
        self.journal.close()
        if not self.done.lines and self.part.exists():
            self.part.unlink()
            self.log.unlink()


def target(out: Path, head: Head, resume: bool) -> Stream | Partial:
    """Where marks go.

    Raises:
        UsageError: a broken run does not fit.
    """
    if out == STANDARD:
        if resume:
            raise UsageError("--resume needs a file, not the standard output")
        return Stream()
    return Partial(out, head, resume)


def last(journal: Path, head: Head) -> Done:
    """The last whole entry of a journal.

    Raises:
        UsageError: it is that of another version of gradmark or of the bank.
    """
    first, *entries = journal.read_bytes().split(b"\n")
    try:
        before = msgspec.json.decode(first, type=Head)
    except msgspec.DecodeError:
        return Done()
    if before != head:
        what = "bank" if before.version == head.version else "version of gradmark"
        raise UsageError(
            f"{journal}: the run that broke off used another {what}; "
            "to start again, delete the file"
        )
    whole = entries[:-1]  # what follows the last line's end was broken off
    return msgspec.json.decode(whole[-1], type=Done) if whole else Done()
