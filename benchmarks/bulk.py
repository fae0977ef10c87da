"""Marking in bulk: a million numbers, a hundred thousand expressions; ``python -m benchmarks.bulk``.

With a number behind it, that many numbers and a tenth as many expressions, for a quick look.
"""

from __future__ import annotations

import itertools
import os
import platform
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec
import numpy as np

from benchmarks import cluster
from benchmarks.classes import Bank
from benchmarks.submissions import expressions, numbers
from benchmarks.table import Row, digits, markdown, rate, ratio
from benchmarks.timing import Failed, gradmark, seconds
from grader import __version__, bank, bulk
from grader.answers import Verdict
from grader.bulk import executors
from grader.bulk.partitions import partitions
from grader.bulk.worker import mark_partition, packed
from grader.errors import UsageError
from grader.marking import Answers, Marks

NUMBERS = 1_000_000
LINES = 100_000, 1_000_000  # for which memory is measured
MOMENTS = 10
RUNS = 3  # of which the quickest counts, as others work on a machine too


def main(count: int = NUMBERS) -> None:
    known = bank.load_folder()
    start = time.perf_counter()
    with TemporaryDirectory(prefix="gradmark-bulk-") as name:
        folder = Path(name)
        files = {
            "numbers": write(folder / "numbers.jsonl", numbers(known, count)),
            "expressions": write(folder / "expressions.jsonl", expressions(count // 10)),
        }
        sections = (
            *(throughput(what, path, known) for what, path in files.items()),
            memory(files["numbers"], folder, count / NUMBERS),
            killed_and_resumed(files["numbers"], known),
            on_a_cluster(files["numbers"], known),
            a_scheduler_lost(files["numbers"], known),
        )
        rows = [shown(row) for section in sections for row in section]
    print(
        f"gradmark {__version__}, Python {platform.python_version()}, NumPy {np.__version__}, "
        f"{platform.system()} {platform.machine()}, {os.cpu_count()} processors, "
        f"load {os.getloadavg()[0]:.1f}; measured in {time.perf_counter() - start:.0f} s\n"
    )
    print(markdown(rows))


def shown(row: Row) -> Row:
    """A figure is printed as soon as it is there."""
    print(*row, sep=": ", file=sys.stderr, flush=True)
    return row


def write(path: Path, lines: Iterable[bytes]) -> Path:
    with path.open("wb") as file:
        file.writelines(lines)
    return path


def marks_of(path: Path) -> Path:
    return path.with_suffix(".marks.jsonl")


def throughput(what: str, path: Path, known: Bank) -> Iterator[Row]:
    """One core and two, beside reading the answers and writing the marks alone; processor time for one core."""
    out = marks_of(path)
    warm(path, known)
    cpu, wall = min(both_times(lambda: bulk.grade_lines(path, out, known)) for _ in range(RUNS))
    counts = verdicts(out)
    del counts[Verdict.BLANK]
    answered, lines = counts.total(), out.read_bytes().count(b"\n")
    found = ", ".join(f"{count:,} {verdict.value}" for verdict, count in counts.most_common())
    how = f"{answered:,} in {lines:,} lines; {found}; {digits(cpu)} s of processor time in {digits(wall)} s, the least of {RUNS} runs"
    yield Row(f"Bulk, {what}, one core", rate(answered, cpu, "answers"), how)
    alone = min(without_marking(path, out) for _ in range(RUNS))
    yield Row(
        f"Reading these {what} and writing their marks, without marking",
        rate(answered, alone, "answers"),
        f"`msgspec`, one core; without : with marking = {ratio(alone, cpu)}",
    )
    two = out.with_suffix(".two")
    taken = min(
        seconds(lambda: bulk.grade_lines(path, two, known, executors.processes(2)))
        for _ in range(RUNS)
    )
    same(out, two)
    how = f"wall time, processes started included; one core : two = {ratio(taken, wall)}"
    yield Row(f"Bulk, {what}, two processes", rate(answered, taken, "answers"), how)


def both_times(work: Callable[[], object]) -> tuple[float, float]:
    """Seconds of the processor, and of the clock."""
    start, cpu = time.perf_counter(), time.process_time()
    work()
    return time.process_time() - cpu, time.perf_counter() - start


def warm(path: Path, known: Bank) -> None:
    """What is built at the first use of an exercise."""
    with path.open("rb") as file:
        cut = partitions(iter(lambda: file.read(1 << 18), b""), size=200_000)
        mark_partition(packed(known), packed({}), "", next(cut))


def verdicts(out: Path) -> Counter[Verdict]:
    counts: Counter[Verdict] = Counter()
    decode = msgspec.json.Decoder(Marks).decode
    with out.open("rb") as file:
        for line in file:
            counts.update(mark.verdict for mark in decode(line).marks.values())
    return counts


def without_marking(answers: Path, marks: Path) -> float:
    """Seconds of the processor to decode the answers, and to encode marks that are there already."""
    read, decode = msgspec.json.Decoder(Answers).decode, msgspec.json.Decoder(Marks).decode
    encode = msgspec.json.Encoder().encode
    total = 0.0
    with answers.open("rb") as one, marks.open("rb") as other, Path(os.devnull).open("wb") as null:
        while lines := one.readlines(1_000_000):
            records = [decode(line) for line in itertools.islice(other, len(lines))]
            start = time.process_time()
            for line, record in zip(lines, records, strict=True):
                read(line)
                null.write(encode(record) + b"\n")
            total += time.process_time() - start
    return total


def same(one: Path, other: Path) -> None:
    """Two files of marks are the same bytes.

    Raises:
        Failed: they are not.
    """
    if one.read_bytes() != other.read_bytes():
        raise Failed(f"{other.name} is not {one.name}")


# The most memory of a process since it began to run; what getrusage says may be that of its parent.
PEAK = """
import atexit, pathlib, sys
from grader.cli import main
status = pathlib.Path("/proc/self/status")
atexit.register(lambda: print(status.read_text().partition("VmHWM:")[2].split()[0]))
main(sys.argv[1:])
"""


def memory(path: Path, folder: Path, share: float) -> Iterator[Row]:
    """The most memory of a process that marks many lines, and ten times as many."""
    for count in (int(lines * share) for lines in LINES):
        slim = write(folder / "slim.jsonl", itertools.islice(slimmed(path), count))
        words = [sys.executable, "-c", PEAK, "grade", slim, "--out", folder / "peak", "--jobs", "1"]
        done = subprocess.run([*map(str, words)], capture_output=True, text=True)
        peak = int(done.stdout.split()[-1]) / 1024
        how = f"{count:,} lines of one number each, {slim.stat().st_size / 1e6:,.0f} MB"
        yield Row("Most memory of a process", f"{digits(peak)} MB", how)


def slimmed(path: Path) -> Iterator[bytes]:
    """The lines of a file, with one answer of each, over and over."""
    read, encode = msgspec.json.Decoder(Answers).decode, msgspec.json.Encoder().encode
    while True:
        with path.open("rb") as file:
            for line in file:
                one = read(line)
                some = dict([*one.answers.items()][:1])
                yield encode(msgspec.structs.replace(one, answers=some)) + b"\n"


def killed_and_resumed(path: Path, known: Bank) -> Iterator[Row]:
    """A run killed at random moments goes on to the bytes of one that was not."""
    whole, out = marks_of(path), path.with_suffix(".resumed.jsonl")
    taken = seconds(lambda: bulk.grade_lines(path, whole, known))
    generator = random.Random(1)
    words = [str(one) for one in (gradmark(), "grade", path, "--out", out, "--resume")]
    killed = 0
    while killed < MOMENTS:
        process = subprocess.Popen(words, stderr=subprocess.DEVNULL, start_new_session=True)
        time.sleep(generator.uniform(0.5, 2 + taken / 4))
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            killed += 1
        process.wait()
        if out.exists():  # it came to its end; once more from the start
            same(whole, out)
            out.unlink()
    subprocess.run(words, stderr=subprocess.DEVNULL)
    same(whole, out)
    how = f"after {MOMENTS} kills at random moments, all its processes each time"
    yield Row("A run killed and resumed", "identical", how)


def on_a_cluster(path: Path, known: Bank) -> Iterator[Row]:
    """One, two and three workers of Dask on this machine, and three of which one is killed."""
    whole, out = marks_of(path), path.with_suffix(".cluster.jsonl")
    for count, kill in ((1, False), (2, False), (3, False), (3, True)):
        with cluster.local(count) as (address, workers):
            engine = executors.cluster(address)
            left = [workers[0]] if kill else []

            def kill_one(*_: object, left: list[cluster.Process] = left) -> None:
                while left:
                    left.pop().kill()

            start = time.perf_counter()
            done = bulk.grade_lines(path, out, known, engine, report=kill_one)
            taken = time.perf_counter() - start
        same(whole, out)
        what = f"Dask, {count} worker{'s' * (count > 1)}{', one killed' if kill else ''}"
        how = "identical marks; the first use of every exercise included"
        yield Row(what, rate(done.answers, taken, "blanks"), how)


def a_scheduler_lost(path: Path, known: Bank) -> Iterator[Row]:
    """The scheduler is killed while its workers work; the run goes on at another."""
    whole, out = marks_of(path), path.with_suffix(".cluster.jsonl")
    out.unlink()
    with cluster.local(2) as (address, processes):
        try:
            lost = processes[-1].kill
            bulk.grade_lines(path, out, known, executors.cluster(address), report=lambda *_: lost())
            raise Failed("a run came to its end without a scheduler")
        except UsageError as error:
            told = str(error).replace(address, "ADDRESS")
    with cluster.local(2) as (address, _):
        bulk.grade_lines(path, out, known, executors.cluster(address), resume=True)
    same(whole, out)
    yield Row("Dask, the scheduler killed, resumed at another", "identical", f"it said: {told}")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
