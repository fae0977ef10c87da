"""Processes that end, fail or are interrupted while others work."""

import os
import signal
import sys
import time
from multiprocessing import parent_process
from operator import itemgetter

import pytest

from grader import cores
from grader.errors import GradmarkError

LONG = 300  # seconds


def elsewhere():
    """Is this a process that another one started?"""
    return parent_process() is not None


def ended(shared, task):
    if elsewhere():
        os._exit(1)
    time.sleep(1)  # the other task is taken elsewhere


def interrupted(shared, task):
    """As a terminal sends Ctrl-C to all processes of a command."""
    if elsewhere():
        signal.raise_signal(signal.SIGINT)
    time.sleep(1)
    return task


def interrupted_meanwhile(shared, seconds):
    if elsewhere():
        time.sleep(seconds)
    time.sleep(2)  # until the other process is at work
    raise KeyboardInterrupt


def process_of(shared, task):
    time.sleep(0.05)
    return os.getpid()


def failed(shared, task):
    if task > 1:
        raise ValueError(f"task {task}")
    return task


def failed_elsewhere(shared, task):
    if elsewhere():
        raise ValueError("elsewhere")
    time.sleep(1)


def left(shared, task):
    if elsewhere():
        sys.exit("left")
    time.sleep(1)


def left_here(shared, task):
    if not elsewhere():
        sys.exit("left here")
    time.sleep(1)


def ended_or_long(shared, task):
    if task[1]:
        os._exit(1)
    time.sleep(LONG)


def test_a_process_that_ends_too_early_is_told_in_a_sentence():
    with (
        pytest.raises(GradmarkError, match="ended before its work was done"),
        cores.crew(0, 2) as each,
    ):
        list(each(ended, [1, 2]))


def test_an_interrupt_is_for_the_process_that_waits():
    with cores.crew(0, 2) as each:
        assert list(each(interrupted, [1, 2])) == [1, 2]


def test_what_is_under_way_is_not_waited_for_once_something_failed():
    start = time.monotonic()
    with pytest.raises(KeyboardInterrupt), cores.crew(0, 2) as each:
        list(each(interrupted_meanwhile, [LONG, LONG, LONG, LONG]))
    assert time.monotonic() - start < LONG


def test_nor_is_it_once_a_process_has_ended():
    start, topic = time.monotonic(), itemgetter(0)
    with pytest.raises(GradmarkError, match="ended before"), cores.crew(0, 3) as each:
        worked = enumerate(each(process_of, [(one, False) for one in range(60)], topic))
        known = {process: one for one, process in worked if process != os.getpid()}
        ends, long = known.values()
        list(each(ended_or_long, [(ends, True), (long, False)], topic))
    assert time.monotonic() - start < LONG


@pytest.mark.parametrize("work", [left, left_here])
def test_who_leaves_in_the_midst_of_a_task_is_not_waited_for(work):
    with pytest.raises(SystemExit, match=work.__name__.replace("_", " ")), cores.crew(0, 2) as each:
        list(each(work, [1, 2]))


def test_the_first_failure_is_told_after_what_came_before():
    found = []
    with pytest.raises(ValueError, match="task 2"), cores.crew(0, 3) as each:
        for one in each(failed, [0, 1, 2, 3, 4]):
            found.append(one)
    assert found == [0, 1]


def test_a_failure_in_another_process_says_where_it_was():
    with pytest.raises(ValueError, match="elsewhere") as told, cores.crew(0, 2) as each:
        list(each(failed_elsewhere, [1, 2]))
    assert "in failed_elsewhere" in str(told.value.__cause__)


def test_what_one_process_worked_on_goes_on_there_and_all_take_part():
    tasks = range(60)
    with cores.crew(0, 3) as each:
        first = list(each(process_of, tasks, abs))
        again = list(each(process_of, tasks[::-1], abs))
    assert again[::-1] == first
    assert len({*first}) == 3
    assert os.getpid() in first
