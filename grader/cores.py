"""The cores of this machine: tasks that know nothing of each other, each worked on in one of several processes."""

from __future__ import annotations

import functools
import os
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Protocol, TypeVar

Task = TypeVar("Task")
Result = TypeVar("Result")


class Each(Protocol):
    """The results of a function of what all tasks share and of one task, for each of them, in order."""

    def __call__(
        self, work: Callable[[Any, Task], Result], tasks: Sequence[Task], /
    ) -> Iterable[Result]: ...


def cores() -> int:
    """How many processes run at a time on this machine."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


@contextmanager
def crew(shared: object, jobs: int) -> Iterator[Each]:
    """So many processes, to each of which is sent once what all tasks share; this process alone where it is one."""
    if jobs == 1:
        yield here(shared)
        return
    from concurrent.futures import ProcessPoolExecutor
    from multiprocessing import get_context

    # spawned: alike everywhere, and safe beside threads
    with ProcessPoolExecutor(jobs, get_context("spawn"), begin, (shared,)) as pool:
        yield lambda work, tasks: pool.map(functools.partial(with_shared, work), tasks)


def here(shared: object) -> Each:
    """In this process, each when it is asked for."""
    return lambda work, tasks: (work(shared, task) for task in tasks)


SHARED: list[Any] = []  # in a process of a crew, what all tasks share


def begin(shared: object) -> None:
    SHARED[:] = [shared]
    watch()


def with_shared(work: Callable[[Any, Task], Result], task: Task) -> Result:
    return work(SHARED[0], task)


def watch() -> None:
    """End when the process that started this one is gone, however it ended: whoever works for nobody ends at once."""
    from multiprocessing import connection, parent_process

    def wait_for_parent() -> None:
        parent = parent_process()
        if parent is not None:
            connection.wait([parent.sentinel])
            os._exit(1)

    threading.Thread(target=wait_for_parent, daemon=True).start()
