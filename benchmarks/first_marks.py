"""Prints how long the first mark of each exercise takes: of every blank the right answer, in a process that has marked nothing of it."""

from __future__ import annotations

import multiprocessing
import time
from multiprocessing.connection import Connection

from benchmarks.table import Row, duration, markdown
from grader import bank
from grader.bank import Exercise
from grader.drawing import Variant, printed_variant
from grader.marking import mark

RUNS = 2
WARM = "shortcut-network"
SHOWN = 8  # of the slowest
GOAL = 0.05  # seconds


def main() -> None:
    """In processor time, the least of some processes for each blank; the slowest exercises first."""
    known = bank.load_folder()
    warm = printed_variant(
        bank.load_folder()[WARM]
    )  # what a server has loaded once it marked anything
    mark(warm, {address: key.show() for address, (_, key) in warm.keys.items()})
    found = {name: slowest(exercise) for name, exercise in known.items()}
    worst = sorted(found.items(), key=lambda item: -item[1][1])
    rows = [Row(name, duration(taken), blank) for name, (blank, taken) in worst[:SHOWN]]
    above = sum(taken > GOAL for _, taken in found.values())
    print(f"{len(found)} exercises, {above} above {duration(GOAL)}\n")
    print(markdown(rows))


def slowest(exercise: Exercise) -> tuple[str, float]:
    """The blank whose first mark takes longest, and how long, in seconds."""
    variant = printed_variant(exercise)
    taken = {
        address: min(in_child(variant, address, key.show()) for _ in range(RUNS))
        for address, (_, key) in variant.keys.items()
    }
    blank = max(taken, key=lambda address: taken[address])
    return blank, taken[blank]


def in_child(variant: Variant, address: str, text: str) -> float:
    here, there = multiprocessing.Pipe()
    child = multiprocessing.get_context("fork").Process(
        target=marked, args=(there, variant, address, text)
    )
    child.start()
    taken: float = here.recv()
    child.join()
    return taken


def marked(there: Connection, variant: Variant, address: str, text: str) -> None:
    start = time.process_time()
    mark(variant, {address: text})
    there.send(time.process_time() - start)


if __name__ == "__main__":
    main()
