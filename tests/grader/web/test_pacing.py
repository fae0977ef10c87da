"""Who sends more than a person can waits, and the others do not."""

import asyncio

import pytest
from starlette.exceptions import HTTPException

from grader.answers import State
from grader.web.jobs import Read, Typed
from grader.web.pacing import Pace
from grader.web.previews import FAULT, SLOW, TOO_LARGE, TOO_LONG, Line, Previews
from grader.web.workers import TooLarge, TooLong, Undone

pytestmark = pytest.mark.in_a_file


def test_some_at_once_then_one_after_the_other():
    pace = Pace(0.5, 3)
    assert [pace.wait("ann", 10.0) for _ in range(5)] == [0, 0, 0, 0.5, 1.0]
    assert pace.wait("bob", 10.0) == 0
    assert pace.wait("ann", 13.0) == 0  # who waited may send some at once again


def test_who_sends_far_too_much_is_refused_and_does_not_wait_longer_for_it():
    pace = Pace(0.5, 1)
    for _ in range(11):
        pace.wait("ann", 0.0)
    for _ in range(100):
        with pytest.raises(HTTPException):
            pace.wait("ann", 0.0)
    assert pace.wait("ann", 1.0) == 4.5


FAILURES = {
    "endless": TooLong("it took longer than 2 seconds"),
    "huge": TooLarge("MemoryError: "),
    "fatal": Undone("the process that did it was lost"),
}


class Lane:
    """A lane that reads what it is told to, and keeps what it was given at once."""

    def __init__(self, seconds=0.0):
        self.given, self.seconds = [], seconds

    def run(self, job, bank, texts):
        self.given.append([one.text for one in texts])
        for one in texts:
            if one.text in FAILURES:
                raise FAILURES[one.text]
        return [(Read(State.READ, one.text), self.seconds) for one in texts]


class Workers:
    def __init__(self):
        self.slow, self.previews, self.marks = set(), Lane(), Lane(SLOW)


def typed(text):
    return Typed("two-two-one", b"", "a", text)


async def read(previews, *texts, of=None):
    """What each of some persons is told, all of whom ask at once."""
    asked = [previews.read(of or who, 1, typed(text)) for who, text in enumerate(texts, start=1)]
    return await asyncio.gather(*asked, return_exceptions=True)


def test_all_that_waits_is_read_at_once():
    workers = Workers()
    found = asyncio.run(read(Previews(workers), *"abc"))
    assert [one.latex for one in found] == [*"abc"]
    assert workers.previews.given == [["a", "b", "c"]] and workers.marks.given == []


def test_of_one_person_the_newest_text_is_read():
    workers = Workers()
    first, second, third = asyncio.run(read(Previews(workers), *"abc", of=7))
    assert first.status_code == second.status_code == 429
    assert third.latex == "c" and workers.previews.given == [["c"]]


def test_an_endless_text_costs_those_beside_it_a_second_reading_and_no_more():
    workers = Workers()
    previews = Previews(workers)
    first, endless = asyncio.run(read(previews, "a", "endless"))
    assert first.latex == "a" and endless == TOO_LONG
    assert workers.marks.given == [["a"], ["endless"]]
    assert workers.slow == {1, 2}  # both took as long as those of marks take here
    asyncio.run(read(previews, "b", "c", "d"))
    assert workers.previews.given[1:] == [
        ["d"]
    ]  # who was slow waits elsewhere, one after the other
    workers.marks.seconds = 0.0
    asyncio.run(read(previews, "e"))
    asyncio.run(read(previews, "f"))
    assert workers.previews.given[-1] == ["f"]  # and comes back when it is quick again


@pytest.mark.parametrize(
    ("text", "told"), [("endless", TOO_LONG), ("huge", TOO_LARGE), ("fatal", FAULT)]
)
def test_why_a_text_is_not_read_is_told_as_it_is(text, told):
    beside, found = asyncio.run(read(Previews(Workers()), "a", text))
    assert beside.latex == "a" and found == told


def test_texts_of_another_bank_are_read_apart():
    line = Line(Lane(), 16)

    async def both():
        await asyncio.gather(line.read(1, 1, typed("a")), line.read(2, 2, typed("b")))

    asyncio.run(both())
    assert line.lane.given == [["a"], ["b"]]
