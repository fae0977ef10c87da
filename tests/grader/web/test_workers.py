"""Processes that do the work: within limits, and lost without loss."""

import os
import signal

import pytest

from grader.answers import State
from grader.papers import Graded
from grader.web import jobs, marking, workers
from grader.web.jobs import Read
from grader.web.store import quizzes, work
from grader.web.workers import TooLarge, TooLong, Undone, Worker
from tests.grader.web.site import EXERCISES

pytestmark = pytest.mark.in_a_file


@pytest.fixture
def held(small):
    with small.site.store.read() as tx:
        return quizzes.papers_of(tx, 1)[0]


def answers(held):
    item = held.paper.items[0]
    return {f"{item.draw.exercise}/error": "0.5", f"{held.paper.items[1].draw.exercise}/W": "x"}


def test_a_lost_worker_costs_its_job_and_the_next_one_is_done(small, held):
    lane = small.site.workers.marks
    lane.run("ready", held.bank)
    [worker] = lane.workers
    os.kill(worker.process.pid, signal.SIGKILL)
    worker.process.join()
    assert isinstance(lane.run("graded", held.bank, held.paper, {}), Graded)


def test_what_takes_too_long_is_ended(small, held, monkeypatch):
    lane, item = small.site.workers.previews, held.paper.items[0]
    typed = {next(iter(small.site.printed(held.bank, item).kinds)): "1"}
    lane.run("ready", held.bank)
    [worker] = lane.workers
    os.kill(worker.process.pid, signal.SIGSTOP)  # it says nothing, however long one waits
    monkeypatch.setitem(workers.SECONDS, "read", 0.0)
    [found] = small.site.read(held.bank, item, typed, 1).values()
    assert found == Read(State.ASKS, message="this takes too long to read: write it more simply")
    assert 1 in small.site.workers.slow and worker.process is None
    monkeypatch.setitem(workers.SECONDS, "read", 60.0)  # however busy the machine is
    for person in (1, 2):  # on the other lane, and by a new process
        [found] = small.site.read(held.bank, item, typed, person).values()
        assert found.state is not State.ASKS
    small.site.workers.slow.clear()


def test_one_answer_that_takes_too_long_does_not_keep_others_from_being_read(
    small, held, monkeypatch
):
    item, run = held.paper.items[0], small.site.workers.read
    asked = []

    def read(bank, item, answers, person):
        asked.append([*answers.values()])
        if "endless" in answers.values():
            raise TooLong("it took longer than 2 seconds")
        if "vast" in answers.values():
            raise TooLarge("it took too much memory")
        return run(bank, item, answers, person)

    monkeypatch.setattr(small.site.workers, "read", read)
    first, second, *_ = small.site.printed(held.bank, item).kinds
    found = small.site.read(held.bank, item, {first: "endless", second: "1"}, 1)
    assert "too long" in found[first].message and found[second].state is State.READ
    asked.clear()
    many = dict.fromkeys(("a", "b", "c", "d"), "endless")
    found = small.site.read(held.bank, item, many, 1)
    assert [one.state for one in found.values()] == 4 * [State.ASKS]
    assert asked == [4 * ["endless"], ["endless"], ["endless"]]  # each costs seconds
    asked.clear()
    small.site.read(held.bank, item, dict.fromkeys("abcd", "vast") | {"a": "endless"}, 1)
    assert asked[1:] == [["endless"], ["vast"]]
    small.site.workers.slow.clear()


def test_an_exercise_that_cannot_be_marked_waits_for_a_person_and_the_others_do_not(
    small, held, monkeypatch
):
    lane = small.site.workers.marks
    run = lane.run

    def broken(job, bank, paper, *given):
        names = [one.draw.exercise for one in paper.items]
        if job == "graded" and EXERCISES[0] in names:
            raise Undone("it took longer than a second")
        return run(job, bank, paper, *given)

    monkeypatch.setattr(lane, "run", broken)
    typed = {f"{EXERCISES[0]}/{name}": "1" for name in ("a", "b")}
    found = marking.graded(small.site, held, typed)
    by_name = {one.exercise: one for one in found.marks}
    assert [*by_name] == [*EXERCISES]
    assert found.waiting == 2 and found.out_of == held.out_of
    assert by_name[EXERCISES[0]].points == 0


class Says:
    """The end of a pipe to a process that says one thing, or nothing in time."""

    def __init__(self, said):
        self.said = said

    def send(self, _):
        pass

    def poll(self, _):
        return self.said is not None

    def recv(self):
        return False, self.said


@pytest.mark.parametrize(
    ("said", "kind"), [(None, TooLong), ("MemoryError: ", TooLarge), ("KeyError: 'a'", Undone)]
)
def test_why_a_job_is_not_done_is_told_apart(said, kind):
    worker = Worker(lambda bank: ("", {}), 0)
    worker.connection = Says(said)
    with pytest.raises(Undone) as failure:
        worker.said("readings", 1, ())
    assert type(failure.value) is kind


def test_a_worker_that_takes_too_much_memory_is_refused_it():
    from multiprocessing import get_context

    context = get_context("spawn")
    here, there = context.Pipe()
    process = context.Process(target=greedy, args=(there,))
    process.start()
    assert here.poll(60) and here.recv() == "MemoryError"
    process.join()


def greedy(connection):
    """Ask for more than a worker may hold."""
    workers.bounded()
    try:
        bytearray(workers.MEMORY + 1)
    except MemoryError as error:
        connection.send(type(error).__name__)


def test_a_stored_paper_is_small_and_quickly_there(small):
    """At most 400 bytes an exercise, and no bank is needed to read it."""
    from sqlalchemy import select

    from grader.web import schema

    with small.site.store.read() as tx:
        drawn = [*tx.execute(select(schema.paper.c.drawn)).scalars()]
    assert max(map(len, drawn)) <= 400 * len(EXERCISES)
    assert work.digest_of({"a": "1", "b": " "}) == work.digest_of({"a": "1"})


def test_a_fault_of_ours_is_told_as_one_and_what_takes_too_much_is_not(monkeypatch, caplog):
    bank, draw = {"one": None}, b""
    raised = {"fault": KeyError("j"), "much": MemoryError()}

    def understood(key, text):
        if text in raised:
            raise raised[text]
        return Read(State.READ, text)

    class Shown:
        keys = {"a": (None, None)}

    monkeypatch.setattr(jobs, "restored", lambda exercise, draw: Shown)
    monkeypatch.setattr(jobs, "understood", understood)
    typed = [jobs.Typed("one", draw, "a", text) for text in ("x", "fault", "much")]
    typed.append(jobs.Typed("gone", draw, "a", "x"))
    found = [reading for reading, _ in jobs.readings(bank, typed)]
    assert found == [Read(State.READ, "x"), jobs.FAULT, None, jobs.FAULT]
    assert (
        jobs.FAULT.state is State.READ and "fault of ours" in jobs.FAULT.message
    )  # it can be handed in
    assert "one/a cannot be read: KeyError: 'j'" in caplog.text
