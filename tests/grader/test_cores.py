"""Processes that end, fail or are interrupted while others work."""

import os
import signal
import time

import pytest

from grader import cores
from grader.errors import GradmarkError

LONG = 300  # seconds


def ended(shared, task):
    os._exit(1)


def interrupted(shared, task):
    """As a terminal sends Ctrl-C to all processes of a command."""
    signal.raise_signal(signal.SIGINT)
    return task


def asleep(shared, seconds):
    time.sleep(seconds)


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
        next(iter(each(asleep, [0, LONG, LONG, LONG])))
        raise KeyboardInterrupt
    assert time.monotonic() - start < LONG
