"""Processes that do the work of pages, within limits of time and memory; one of them for previews alone."""

from __future__ import annotations

import functools
import multiprocessing
import os
import queue
import signal
import tempfile
import time
from collections.abc import Callable, Iterable, Mapping
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TYPE_CHECKING, Any

from grader.bank import Exercise, load_folder
from grader.errors import GradmarkError
from grader.papers import Bank, Item

if TYPE_CHECKING:
    from grader.web.jobs import Read

SECONDS = {
    "bank": 60.0,
    "read": 2.0,
    "readings": 2.0,
    "printed": 30.0,
    "graded": 60.0,
    "waiting": 5.0,
    "returned": 60.0,
    "drawn": 60.0,
    "hints": 10.0,
    "beside": 10.0,
    "report": 120.0,
    "ready": 60.0,
}  # of a job
BEHIND = 5  # by how much marking lets reading go first
SLOW = 0.02  # seconds to read an answer
MEMORY = 2 * 2**30  # bytes that a worker may hold
Files = Callable[[int], tuple[str, Mapping[str, str]]]  # number of a bank → digest, files


class Undone(GradmarkError):
    """A job took too long, took too much, or failed: the fault is ours, and a person looks at what it was about."""


class TooLong(Undone):
    """It took longer than anybody waits."""


class TooLarge(Undone):
    """It took more memory than a worker may hold."""


def loaded(files: Mapping[str, str]) -> dict[str, Exercise]:
    """The exercises in the texts of some files."""
    with tempfile.TemporaryDirectory() as folder:
        for name, text in files.items():
            Path(folder, Path(name).name).write_text(text, "utf-8")
        return load_folder(Path(folder))


def serve(connection: Connection, behind: int) -> None:
    """What a worker does: take a job, send what comes of it; others go first by so much as ``behind`` says."""
    from grader.web.jobs import JOBS

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the server ends us
    if hasattr(os, "nice"):
        os.nice(behind)
    bounded()
    banks: dict[int, Bank] = {}
    while True:
        try:
            job, number, given = connection.recv()
        except EOFError:
            return
        try:
            if job == "bank":
                banks[number] = loaded(given)
                connection.send((True, None))
            else:
                connection.send((True, JOBS[job](banks[number], *given)))
        except Exception as failure:
            connection.send((False, f"{type(failure).__name__}: {failure}"[:500]))


def bounded() -> None:
    """Hold no more memory than a worker may."""
    try:
        import resource
    except ImportError:  # not on this system
        return
    resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))


@functools.cache
def context() -> Any:
    """How processes are started: as copies of one that has loaded all they need, where a system can."""
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    found = multiprocessing.get_context("forkserver")
    found.set_forkserver_preload([f"{__package__}.jobs"])
    return found


class Worker:
    """A process and the banks that it has; it is started when it is first asked, and again when it was ended."""

    def __init__(self, files: Files, behind: int) -> None:
        self.files, self.behind = files, behind
        self.process: Any = None
        self.sent: set[int] = set()

    def start(self) -> None:
        here, there = multiprocessing.Pipe()
        process = context().Process(target=serve, args=(there, self.behind), daemon=True)
        process.start()
        there.close()
        self.process, self.connection, self.sent = process, here, set()

    def ask(self, job: str, bank: int, given: tuple[Any, ...]) -> Any:
        """What comes of a job.

        Raises:
            Undone: nothing does.
        """
        if self.process is None or not self.process.is_alive():
            self.start()
        try:
            if bank not in self.sent:
                self.said("bank", bank, dict(self.files(bank)[1]))
                self.sent.add(bank)
            return self.said(job, bank, given)
        except (EOFError, OSError) as error:
            self.end()
            raise Undone("the process that did it was lost") from error

    def said(self, job: str, bank: int, given: Any) -> Any:
        """What the process says to a job; it is ended if it takes too long."""
        self.connection.send((job, bank, given))
        if not self.connection.poll(SECONDS[job]):
            self.end()
            raise TooLong(f"it took longer than {SECONDS[job]:g} seconds")
        done, found = self.connection.recv()
        if not done:
            raise (TooLarge if found.startswith(MemoryError.__name__) else Undone)(found)
        return found

    def end(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.join()
            self.connection.close()
            self.process = None


class Lane:
    """Some workers; who comes while all are busy waits."""

    def __init__(self, files: Files, count: int, behind: int = 0) -> None:
        self.workers = [Worker(files, behind) for _ in range(count)]
        self.idle: queue.LifoQueue[Worker] = queue.LifoQueue()
        for one in self.workers:
            self.idle.put(one)

    def run(self, job: str, bank: int, *given: Any) -> Any:
        """As :meth:`Worker.ask`, by the next that is free."""
        return self.timed(job, bank, *given)[0]

    def timed(self, job: str, bank: int, *given: Any) -> tuple[Any, float]:
        """As :meth:`run`, with the seconds that the worker took."""
        worker = self.idle.get()
        try:
            start = time.perf_counter()
            return worker.ask(job, bank, given), time.perf_counter() - start
        finally:
            self.idle.put(worker)

    def warm(self, bank: int) -> None:
        """Let every worker be ready for a bank."""
        taken = [self.idle.get() for _ in self.workers]
        try:
            for one in taken:
                one.ask("ready", bank, ())
        finally:
            for one in taken:
                self.idle.put(one)

    def end(self) -> None:
        for one in self.workers:
            one.end()


class Workers:
    """The lanes: ``previews`` of one worker, where nobody waits for marks; ``marks`` for all else.

    ``slow``: the numbers of persons whose last texts took long to read, or are being read just now.
    """

    def __init__(self, files: Files, count: int = 0) -> None:
        self.slow: set[int] = set()
        self.previews = Lane(files, 1)
        self.marks = Lane(files, count or max(1, (os.cpu_count() or 2) - 1), BEHIND)

    def warm(self, banks: Iterable[int]) -> None:
        """Let all workers be ready for some banks."""
        for bank in banks:
            self.previews.warm(bank)
            self.marks.warm(bank)

    def read(
        self, bank: int, item: Item, answers: Mapping[str, str], person: int
    ) -> Mapping[str, Read]:
        """How answers are read; whose texts took long a moment ago waits among those who wait for marks.

        Raises:
            Undone: they are not read.
        """
        lane = self.marks if person in self.slow else self.previews
        self.slow.add(person)  # unless it turns out otherwise
        found: Mapping[str, Read]
        found, seconds = lane.timed("read", bank, item, answers)
        if seconds < SLOW * max(len(answers), 1):
            self.slow.discard(person)
        return found

    def end(self) -> None:
        self.previews.end()
        self.marks.end()
