"""Who writes to a file waits for the others, and is told that it is stored when it is on the disk."""

import sqlite3
import threading

import pytest
from sqlalchemy import func, select

from grader.web import schema
from grader.web.store import Store, Unavailable, people, writers

pytestmark = pytest.mark.in_a_file


@pytest.fixture
def store(tmp_path):
    found = Store(f"sqlite:///{tmp_path}/page.sqlite", wait=0.2)
    found.migrate()
    yield found
    found.close()


def count(store):
    with store.read() as tx:
        return tx.execute(select(func.count()).select_from(schema.person)).scalar_one()


def at_once(works):
    """What each of some functions raises, all called at once."""
    found = [None] * len(works)

    def call(place):
        try:
            works[place]()
        except Exception as error:
            found[place] = error

    threads = [threading.Thread(target=call, args=(place,)) for place in range(len(works))]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    return found


def test_those_who_wait_are_put_on_the_disk_together_and_one_that_fails_alone(store, monkeypatch):
    ends = []
    end = writers.Group.end
    monkeypatch.setattr(writers.Group, "end", lambda *given: (ends.append(1), end(*given)))

    def write(number):
        with store.write() as tx:
            people.named(tx, "roster", f"s{number}")
            if number % 4 == 0:
                raise KeyError(number)

    found = at_once([lambda number=number: write(number) for number in range(20)])
    assert [type(one) for one in found if one] == [KeyError] * 5
    assert count(store) == 15
    assert len(ends) < 15


def test_what_could_not_be_put_on_the_disk_is_told_to_all_who_waited_for_it(store, monkeypatch):
    first, second = threading.Event(), threading.Event()
    refused = sqlite3.OperationalError("database or disk is full")

    def write(name, begun, then):
        with store.write() as tx:
            begun.set()
            people.named(tx, "roster", name)
            then.wait(10)

    def end(group, fault=None):
        group.fault = refused
        group.transaction.rollback()
        group.connection.close()
        group.ended.set()

    monkeypatch.setattr(writers.Group, "end", end)

    def later():
        first.wait(10)
        threading.Timer(0.1, second.set).start()
        write("bob", threading.Event(), second)

    found = at_once([lambda: write("ann", first, second), later])
    assert [str(one) for one in found] == ["database or disk is full"] * 2
    assert all(isinstance(one, Unavailable) for one in found)
    assert count(store) == 0


def test_a_file_that_somebody_else_locks_is_unavailable_and_then_there_again(store, tmp_path):
    other = sqlite3.connect(tmp_path / "page.sqlite", isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")

    def write(number):
        with store.write() as tx:
            people.named(tx, "roster", f"s{number}")

    found = at_once([lambda number=number: write(number) for number in range(4)])
    assert all(isinstance(one, Unavailable) and "locked" in str(one) for one in found)
    other.execute("ROLLBACK")
    other.close()
    write(1)
    assert count(store) == 1
