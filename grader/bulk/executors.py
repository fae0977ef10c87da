"""Partitions on an executor: some in flight, results in order, and no partition lost with a worker."""

from __future__ import annotations

import logging
import signal
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import BrokenExecutor, CancelledError, Executor, Future, wait
from contextlib import contextmanager
from typing import Any, TypeVar

from msgspec import Struct

from grader.bulk.partitions import Partition
from grader.cores import watch
from grader.errors import UsageError

Result = TypeVar("Result")
PATIENCE = 10  # seconds for a scheduler to answer
ASKED = 1.0  # seconds after which a scheduler is looked for again


class Engine(Struct):
    """Where partitions are worked on: how to start an executor, and what it raises if a worker is gone.

    ``gone``: what it raises where nobody works any more, which ``farewell`` tells; as an executor may also
    wait for ever then, it is asked ``is_there``.
    """

    start: Callable[[], Executor]
    width: int  # partitions in flight
    lost: tuple[type[BaseException], ...] = (BrokenExecutor,)
    stop: Callable[[], object] = lambda: None  # once no executor is wanted any more
    gone: tuple[type[BaseException], ...] = ()
    is_there: Callable[[], bool] = lambda: True
    farewell: str = ""


class Here(Executor):
    """Works at once, in this process."""

    def submit(self, task: Callable[..., Any], /, *args: Any, **named: Any) -> Future[Any]:
        future: Future[Any] = Future()
        future.set_result(task(*args, **named))
        return future


def here() -> Engine:
    return Engine(Here, 1)


class Workers(Executor):
    """The workers of a Dask client.

    Its own ``get_executor`` raises TypeError where a worker is lost once a result has come from it, and sends no
    task again that failed.
    """

    def __init__(self, client: Any) -> None:
        self.client = client
        self.sent: list[Any] = []

    def submit(self, task: Callable[..., Any], /, *args: Any, **named: Any) -> Future[Any]:
        there = self.client.submit(task, *args, pure=False, **named)
        future: Future[Any] = Future()
        future.set_running_or_notify_cancel()
        self.sent = [one for one in self.sent if not one.done()] + [there]
        self.client.loop.add_callback(delivered, there, future)
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        self.client.cancel(self.sent)
        self.sent = []


async def delivered(there: Any, future: Future[Any]) -> None:
    """Pass on what becomes of a task on a cluster, in the loop of its client."""
    try:
        future.set_result(await there)
    except Exception as error:
        future.set_exception(error)


def processes(jobs: int) -> Engine:
    """So many processes on this machine."""

    def start() -> Executor:
        import multiprocessing
        from concurrent.futures import ProcessPoolExecutor

        context = multiprocessing.get_context("spawn")  # alike everywhere, and safe beside threads
        return ProcessPoolExecutor(jobs, context, initializer=follow)

    return Engine(start, 2 * jobs) if jobs > 1 else here()


def follow() -> None:
    """Ignore Ctrl-C, which is for the process that writes, and end when that one is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    watch()


def cluster(address: str) -> Engine:
    """The workers of a Dask scheduler.

    Raises:
        UsageError: nobody answers there, or there is no worker.
    """
    try:
        from distributed import Client
        from distributed.comm.core import CommClosedError
        from distributed.scheduler import KilledWorker
    except ImportError:
        raise UsageError("--cluster needs Dask: pip install 'gradmark[cluster]'") from None
    try:
        client = Client(address, timeout=PATIENCE, set_as_default=False)
    except (OSError, ValueError) as error:
        raise UsageError(f"no Dask scheduler at {address}: {error}") from None
    threads = sum(client.nthreads().values())
    if not threads:
        raise UsageError(f"the scheduler at {address} has no workers")
    for name in ("distributed", "distributed.client"):  # what is lost, we tell ourselves
        logging.getLogger(name).setLevel(logging.CRITICAL)
    return Engine(
        start=lambda: Workers(client),
        width=2 * threads,
        lost=(BrokenExecutor, KilledWorker),
        stop=client.close,
        gone=(CancelledError, CommClosedError, TimeoutError),
        is_there=lambda: client.status in ("running", "connecting"),
        farewell=f"the Dask scheduler at {address} no longer answers",
    )


def in_order(
    work: Callable[[Partition], Result],
    given: Iterator[Partition],
    engine: Engine,
    rescued: Callable[[Partition, Callable[[Partition], Result | None]], Result],
) -> Iterator[tuple[Partition, Result]]:
    """Each partition with its result, in order, so many in flight as the engine is wide.

    If a worker is lost, nobody knows on which partition. The oldest one is worked on by itself then, and the others
    start again.

    Args:
        work: a function that can be sent to another process.
        rescued: the result of a partition that may have cost a worker, with a way to work on its parts by themselves.
    """

    def alone(partition: Partition) -> Result | None:
        own = engine.start()
        try:
            return awaited(own.submit(work, partition), engine)
        except engine.lost:
            return None
        finally:
            leave(engine, own, ())  # without waiting for a scheduler that is lost

    executor = engine.start()
    waiting: deque[tuple[Partition, Future[Result]]] = deque()
    try:
        while True:
            while len(waiting) < engine.width and (one := next(given, None)):
                with reached(engine):
                    waiting.append((one, sent(executor, work, one)))
            if not waiting:
                return
            partition, future = waiting.popleft()
            with reached(engine):
                try:
                    result = awaited(future, engine)
                except engine.lost:
                    leave(engine, executor, waiting)
                    result = rescued(partition, alone)
                    executor = engine.start()
                    waiting = deque((one, sent(executor, work, one)) for one, _ in waiting)
            yield partition, result
    finally:
        leave(engine, executor, waiting)


def awaited(future: Future[Result], engine: Engine) -> Result:
    """The result of a future.

    Raises:
        CancelledError: no worker is left.
    """
    while not wait([future], timeout=ASKED).done:
        if not engine.is_there():
            raise CancelledError
    return future.result()


@contextmanager
def reached(engine: Engine) -> Iterator[None]:
    """Raise an error if no worker is left."""
    try:
        yield
    except Exception as error:
        if engine.is_there() and not isinstance(error, engine.gone):
            raise
        raise UsageError(engine.farewell) from None


def leave(
    engine: Engine, executor: Executor, waiting: Iterable[tuple[Partition, Future[Result]]]
) -> None:
    """Start nothing more; let running tasks end."""
    try:
        for _, future in waiting:
            future.cancel()
        executor.shutdown(wait=False)
    except Exception:
        if engine.is_there():
            raise


def sent(
    executor: Executor, work: Callable[[Partition], Result], partition: Partition
) -> Future[Result]:
    """The future of a partition; it holds the error where the executor is broken already."""
    try:
        return executor.submit(work, partition)
    except BrokenExecutor as error:
        failed: Future[Result] = Future()
        failed.set_exception(error)
        return failed
