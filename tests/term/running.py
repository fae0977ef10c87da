"""The commands that staff type: run to their end, killed on the way, two at once, or on a disk that is full."""

import contextlib
import os
import random
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from click.testing import CliRunner

from grader.cli import main

ROOT = Path(__file__).parents[2]
CODE = "import sys; from grader.cli import main; main(sys.argv[1:])"
TRIES = 20  # to hit a run that may end before it is killed

Word = str | Path


class Unexpected(Exception):
    """A command ended in another way than it should, or left something behind that it should not."""


def start(
    words: Sequence[Word], folder: Path, largest: int | None = None
) -> "subprocess.Popen[str]":
    """A command as a process; ``largest``: bytes of a file that the disk still takes."""

    def full() -> None:
        assert largest is not None
        resource.setrlimit(resource.RLIMIT_FSIZE, (largest, largest))

    return subprocess.Popen(
        [sys.executable, "-c", CODE, *map(str, words)],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        preexec_fn=full if largest is not None else None,
    )


def run(words: Sequence[Word], folder: Path, expected: int = 0) -> str:
    """What a command says, without a process of its own.

    Raises:
        Unexpected: its exit code is another one, or it fails.
    """
    with contextlib.chdir(folder):
        done = CliRunner().invoke(main, [*map(str, words)])
    return checked(words, done.exit_code, expected, done.output)


def run_out_of_space(words: Sequence[Word], folder: Path, largest: int) -> str:
    """A command on a disk that takes no file of more bytes; it says so and ends with 2."""
    process = start(words, folder, largest)
    said, _ = process.communicate(timeout=600)
    return checked(words, process.returncode, 2, said)


def checked(words: Sequence[Word], code: int, expected: int, said: str) -> str:
    if code != expected or "Traceback" in said:
        shown = " ".join(map(str, words))
        raise Unexpected(f"{shown}: exit code {code}, expected {expected}\n{said[-3000:]}")
    return said


def at_once(words: Sequence[Word], others: Sequence[Word], folder: Path, expected: int) -> int:
    """Two runs at the same time; how many of them were refused, as another one was writing.

    Raises:
        Unexpected: one ends in another way, or both are refused.
    """
    runs = [start(one, folder) for one in (words, others)]
    done = [(one.communicate(timeout=600)[0], one.returncode) for one in runs]
    refused = [said for said, code in done if code == 2 and "another run is writing" in said]
    if len(refused) + sum(code == expected for _, code in done) != 2 or len(refused) == 2:
        raise Unexpected(f"two runs at once: {done}")
    return len(refused)


def killed(
    words: Sequence[Word], folder: Path, times: int, whole: Callable[[], None], rng: random.Random
) -> int:
    """Kill a command so many times at random moments of the time that it takes; ``whole`` looks at what is left each time.

    Raises:
        Unexpected: it ends each time before it is killed.
    """
    took, count = 2.0, 0
    for _ in range(times * TRIES):
        process = start(words, folder)
        began = time.monotonic()
        try:
            process.communicate(timeout=rng.uniform(0.2, 1) * took)
            took = time.monotonic() - began
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
            process.communicate()
            count += 1
        whole()
        if count == times:
            return count
    raise Unexpected(f"{words[0]}: never killed {times} times in {times * TRIES} runs")
