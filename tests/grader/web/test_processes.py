"""Two processes serve one database: what one of them was told, the other knows."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from grader.web import Site, application, marking, schema
from grader.web.store import events, quizzes, work
from tests.grader.web.site import ADDRESS, EXERCISES, Client
from tests.grader.web.test_answering import begun, boxes, rows


@pytest.fixture
def other(small):
    """The same site in another process, as far as what a process keeps goes."""
    found = Site(small.site.settings)
    found.workers = small.site.workers  # which take seconds to start
    yield found
    found.store.close()


def elsewhere(client, other):
    """The browser of a client, whose next requests another process answers."""
    found = Client(application(other), base_url=ADDRESS)
    found.cookies.set("gradmark", client.cookies["gradmark"])
    found.shown = client.shown
    return found


def test_a_paper_is_begun_here_and_handed_in_there(small, other):
    here = begun(small)
    there = elsewhere(here, other)
    box = boxes(here)[0]
    read = there.fill_in(f"{small.quiz}/1/read", **{"box": box, box: "0.5"})
    assert "read as" in read.text
    assert here.fill_in(f"{small.quiz}/1", **{box: "0.5", "do": "next"}).status_code == 200
    there.see(f"{small.quiz}/1")
    assert 'value="0.5"' in there.shown
    marked = there.fill_in(f"{small.quiz}/1", **{box: "0.25", "do": "submit"})
    assert marked.url.path.endswith("/feedback/1")
    assert "0.25" in here.see(f"{small.quiz}/feedback/1")
    there.see("/")
    there.fill_in("/leave")
    assert here.get("/practice").status_code == 401


def test_one_form_sent_to_both_is_one_submission_with_one_marking(small, other):
    here = begun(small)
    both = here, elsewhere(here, other)
    box = boxes(here)[0]

    def send(client):
        return client.fill_in(f"{small.quiz}/1", **{box: "0.5", "do": "submit"})

    with ThreadPoolExecutor(2) as threads:
        answers = [*threads.map(send, both)]
    assert [one.url.path for one in answers] == [f"{small.quiz}/feedback/1"] * 2
    assert len(rows(small, schema.submission)) == len(rows(small, schema.marking)) == 1
    with small.site.store.read() as tx:
        assert [*events.broken(tx)] == []


def test_both_mark_what_was_left_and_it_has_marks_once(small, other):
    with small.site.store.write() as tx:
        for held in quizzes.papers_of(tx, 1):
            typed = {f"{EXERCISES[0]}/a": "1"}
            work.hand_in(tx, held.id, "left", typed, 1, "student")
    with ThreadPoolExecutor(2) as threads:
        [*threads.map(marking.mark_left, (small.site, other))]
    found = [row["submission"] for row in rows(small, schema.marking)]
    assert len(found) == len({*found}) == 2
