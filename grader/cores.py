"""The cores of this machine: tasks that know nothing of each other, each worked on in one of several processes."""

from __future__ import annotations

import os
import pickle
import signal
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from grader.errors import GradmarkError

if TYPE_CHECKING:
    from concurrent.futures import Executor
    from multiprocessing.connection import Connection

Task = TypeVar("Task")
Result = TypeVar("Result")

Hand = Callable[[Callable[[Any, Any], Any], Any], Any]  # does work on a task

SWITCH = 2e-4  # seconds after which a thread that works lets those go on that hand out tasks
LOST = "a process of gradmark ended before its work was done, perhaps for want of memory: try again, or with fewer --jobs"


class Each(Protocol):
    """The results of a function of what all tasks share and of one task, for each of them, in order.

    ``about``: what a task is about, if a process that worked on that before has done some of the work.
    """

    def __call__(
        self,
        work: Callable[[Any, Task], Result],
        tasks: Sequence[Task],
        /,
        about: Callable[[Task], object] | None = None,
    ) -> Iterable[Result]: ...


def cores() -> int:
    """How many processes run at a time on this machine."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


@contextmanager
def crew(shared: object, jobs: int) -> Iterator[Each]:
    """So many processes, this one among them; to each of the others is sent once what all tasks share.

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
    with over, end, ExitStack() as stack:
        stack.callback(sys.setswitchinterval, sys.getswitchinterval())
        sys.setswitchinterval(SWITCH)
        hands: list[Hand] = [lambda work, task: work(shared, task)]
        for _ in range(jobs - 1):
            pool = ProcessPoolExecutor(1, context, begin, (over, packed))
            hands.append(partial(done_elsewhere, stack.enter_context(pool)))
        try:
            yield among(hands)
        except BaseException as error:
            end.close()  # nobody waits for what is under way
            if isinstance(error, BrokenExecutor):
                raise GradmarkError(LOST) from error
            raise


def here(shared: object) -> Each:
    """In this process, each when it is asked for."""
    return lambda work, tasks, about=None: (work(shared, task) for task in tasks)


def among(hands: Sequence[Hand]) -> Each:
    """By several hands, each of which does work on a task somewhere: the first in this thread, the others in threads that wait for it.

    Whichever is free takes the next task; what is about something that one of them worked on waits for that one.
    """
    from concurrent.futures import Future

    known_to: dict[object, int] = {}

    def each(
        work: Callable[[Any, Task], Result],
        tasks: Sequence[Task],
        /,
        about: Callable[[Task], object] | None = None,
    ) -> Iterator[Result]:
        topics = [about(task) if about else None for task in tasks]
        found: list[Future[Result]] = [Future() for _ in tasks]
        own: list[deque[int]] = [deque() for _ in hands]
        free: deque[int] = deque()
        for place, topic in enumerate(topics):
            (own[known_to[topic]] if topic in known_to else free).append(place)

        def take(hand: int) -> bool:
            """Work on the next task, if one is left; a failure is told where its result is waited for."""
            try:
                place = (own[hand] or free).popleft()
            except IndexError:
                return False
            if about:
                known_to[topics[place]] = hand
            try:
                found[place].set_result(hands[hand](work, tasks[place]))
            except BaseException as error:
                found[place].set_exception(error)
                if not hand and not isinstance(error, Exception):
                    raise  # Ctrl-C waits for no other task
            return True

        def take_all(hand: int) -> None:
            while take(hand):
                pass

        for hand in range(1, len(hands)):
            threading.Thread(target=take_all, args=(hand,), daemon=True).start()
        for one in found:
            while not one.done() and take(0):
                pass
            yield one.result()

    return each


def done_elsewhere(pool: Executor, work: Callable[[Any, Task], Result], task: Task) -> Result:
    return pool.submit(with_shared, work, task).result()


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
