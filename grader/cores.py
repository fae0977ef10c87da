"""The cores of this machine: tasks that know nothing of each other, each worked on in one of several processes."""

from __future__ import annotations

import os
import pickle
import signal
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from grader.errors import GradmarkError

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

Task = TypeVar("Task")
Result = TypeVar("Result")

LOST = "a process of gradmark ended before its work was done, perhaps for want of memory: try again, or with fewer --jobs"


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
    """So many processes, to each of which is sent once what all tasks share; this process alone where it is one.

    Raises:
        GradmarkError: one of them ended before its work was done.
    """
    if jobs == 1:
        yield here(shared)
        return
    from concurrent.futures import BrokenExecutor, ProcessPoolExecutor
    from multiprocessing import get_context

    context = get_context("spawn")  # alike everywhere, and safe beside threads
    over, end = context.Pipe(duplex=False)
    packed = pickle.dumps(shared)
    with over, end, ProcessPoolExecutor(jobs, context, begin, (over, packed)) as pool:

        def each(work: Callable[[Any, Task], Result], tasks: Sequence[Task], /) -> Iterator[Result]:
            # not by ``pool.map``, which cancels: a pool that ends then tells of it in a traceback
            handed_out = [pool.submit(with_shared, work, task) for task in tasks]
            return (one.result() for one in handed_out)

        try:
            yield each
        except BrokenExecutor as error:
            raise GradmarkError(LOST) from error
        except BaseException:
            end.close()  # nobody waits for what is under way
            raise


def here(shared: object) -> Each:
    """In this process, each when it is asked for."""
    return lambda work, tasks: (work(shared, task) for task in tasks)


SHARED: list[Any] = []  # in a process of a crew, what all tasks share


def begin(over: Connection, packed: bytes) -> None:
    """Ignore Ctrl-C, which is for the process that waits; the imports of what is shared come after that."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    watch(over)
    SHARED[:] = [pickle.loads(packed)]


def with_shared(work: Callable[[Any, Task], Result], task: Task) -> Result:
    return work(SHARED[0], task)


def watch(*over: Connection) -> None:
    """End when the process that started this one is gone, however it ended, or says so: whoever works for nobody ends at once."""
    from multiprocessing import connection, parent_process

    def wait_for_parent() -> None:
        parent = parent_process()
        if parent is not None:
            connection.wait([parent.sentinel, *over])
            os._exit(1)

    threading.Thread(target=wait_for_parent, daemon=True).start()
