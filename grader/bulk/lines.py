"""A stream of answers as lines, marked in bulk."""

from __future__ import annotations

import functools
import hashlib
import itertools
from collections.abc import Callable
from pathlib import Path

from grader.bulk.executors import Engine, here, in_order
from grader.bulk.partitions import SIZE, Offset, partitions
from grader.bulk.resuming import Done, Head, target
from grader.bulk.streams import FORMATS, format_of, source
from grader.bulk.worker import Bank, Marked, mark_partition, packed, rescued

Report = Callable[[Done, int, int], None]  # what is done; bytes of the input read, and all of them


def no_report(done: Done, read: int, size: int) -> None:
    """Report no progress."""


def grade_lines(
    answers: Path,
    out: Path,
    known: Bank,
    engine: Engine | None = None,
    resume: bool = False,
    report: Report = no_report,
    was: Bank | None = None,
    size: int = SIZE,
) -> Done:
    """Mark a file of answers, a line of marks for each of its lines, in order.

    Variants are those that ``was`` draws, the bank as it was when they were handed out.

    ``-`` is a standard stream. The marks are there when they are complete; a broken run leaves what
    ``resume`` goes on with. Partitions have up to ``size`` bytes.

    Raises:
        UsageError: the answers cannot be read, or a broken run cannot go on.
    """
    engine, head = engine or here(), Head(fingerprint(known))
    if out.suffix in FORMATS:
        format_of(out)  # or say at once what it needs
    with source(answers) as given:
        marks = target(out, head, resume)
        work = functools.partial(mark_partition, packed(known), packed(was or {}), out.suffix)
        try:
            done = marks.done
            cut = partitions(given.blocks, done.place, size)
            first = [*itertools.islice(cut, 2)]  # a single one is not worth a process
            where = engine if len(first) > 1 else here()
            mend = functools.partial(rescued, out.suffix)
            for partition, marked in in_order(work, itertools.chain(first, cut), where, mend):
                done = advanced(done, marked, partition.end)
                marks.add(marked.data, done)
                report(done, given.read(), given.size)
            marks.finish()
        finally:
            marks.close()
            engine.stop()
    return done


def advanced(done: Done, marked: Marked, place: Offset) -> Done:
    return Done(
        place,
        done.written + len(marked.data),
        done.lines + marked.lines,
        done.answers + marked.answers,
        done.look + marked.look,
    )


def fingerprint(known: Bank) -> str:
    """A hash that identifies a bank."""
    text = "\n".join(f"{name} {known[name].digest}" for name in sorted(known))
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()
