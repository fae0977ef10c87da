"""A student's way through a paper."""

import re

from tests.grader.web.site import EXERCISES


def begun(small, name="ann"):
    client = small.enter(name)
    client.see(small.quiz)
    client.fill_in(f"{small.quiz}/begin")
    client.see(f"{small.quiz}/1")
    return client


def boxes(client):
    """The names of the boxes on the page seen last."""
    return re.findall(r'<input class="box" [^>]*name="([^"]*)"', client.shown)


def filled(small, client, answer="0.5"):
    """Every page of the paper filled in and saved."""
    for place in range(1, len(EXERCISES) + 1):
        client.see(f"{small.quiz}/{place}")
        client.fill_in(f"{small.quiz}/{place}", **dict.fromkeys(boxes(client), answer), do="save")
    return client


def test_a_paper_is_begun_saved_and_handed_in(small):
    ann = begun(small)
    name = boxes(ann)[0]
    ann.fill_in(f"{small.quiz}/1", **{name: "0.5", "do": "next"})
    assert 'value="0.5"' in ann.see(f"{small.quiz}/1") and "read as" in ann.shown
    marked = ann.fill_in(f"{small.quiz}/1", **{name: "0.5", "do": "submit"})
    assert marked.url.path == f"{small.quiz}/feedback/1"
    assert "First attempt" in marked.text and "you wrote" in marked.text
    assert "Handed in" not in ann.see("/") and "Open now" in ann.shown
