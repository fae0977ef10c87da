"""A student's way through a paper: typed, read, saved, handed in, and told as far as the quiz tells it."""

import re

import pytest
from msgspec.structs import replace
from sqlalchemy import select

from grader.answers import Level
from grader.web import dates, marking, schema
from grader.web.dates import MINUTE
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


def typed(small, client, do, answer="0.5", **more):
    """The first box of the first exercise filled in, and a button pressed."""
    return client.fill_in(f"{small.quiz}/1", **{boxes(client)[0]: answer, "do": do, **more})


def rows(small, table):
    with small.site.store.read() as tx:
        return [*tx.execute(select(table)).mappings()]


def test_a_paper_is_begun_saved_and_handed_in(small):
    ann = begun(small)
    typed(small, ann, "next")
    assert 'value="0.5"' in ann.see(f"{small.quiz}/1") and "read as" in ann.shown
    marked = typed(small, ann, "submit")
    assert marked.url.path == f"{small.quiz}/feedback/1"
    assert "First attempt" in marked.text and "<mn>0.5</mn>" in marked.text
    assert "Begun. 1 of" in ann.see("/")


def test_one_form_is_one_submission_and_the_same_answers_are_no_further_attempt(small):
    small.publish(attempts=2)
    ann = begun(small)
    fields = ann.fields()
    for _ in range(3):  # a double click, and a retry after a lost connection
        assert typed(small, ann, "submit").url.path.endswith("/feedback/1")
        ann.shown = ann.shown.replace('name="version" value="0"', 'name="version" value="1"')
    assert len(rows(small, schema.submission)) == 1
    ann.see(f"{small.quiz}/1")
    assert ann.fields()["token"] != fields["token"]
    assert "1 of 2 attempts" in ann.shown
    assert typed(small, ann, "submit").url.path.endswith("/feedback/1")  # the same answers again
    assert len(rows(small, schema.submission)) == 1
    ann.see(f"{small.quiz}/1")
    assert typed(small, ann, "submit", "0.25").url.path.endswith("/feedback/2")
    assert "/feedback/" in ann.get(f"{small.quiz}/1").url.path  # no attempt is left
    assert typed(small, ann, "submit", "0.25").url.path.endswith("/feedback/2")  # but twice clicked
    assert typed(small, ann, "save", "0.75").status_code == 409


def test_what_cannot_be_read_is_refused_and_costs_nothing(small):
    small.publish(attempts=1)
    ann = begun(small)
    refused = typed(small, ann, "submit", "see my notes")
    assert refused.status_code == 422
    assert "One answer needs a second look" in refused.text
    link = re.search(r'href="/quiz/1/1#(box-[^"]*)"', refused.text)[1]
    assert f'id="{link}" ' in refused.text and 'value="see my notes"' in refused.text
    assert rows(small, schema.submission) == []
    assert "1 of 1 attempt" in ann.see(f"{small.quiz}/1")


def test_a_button_takes_what_may_be_meant(small):
    ann = begun(small)
    typed(small, ann, "save", "3,141")
    assert "<code>3.141</code>" in ann.see(f"{small.quiz}/1") and "asks" in ann.shown
    typed(small, ann, "", "3,141", use=f"{boxes(ann)[0]}=3.141")
    assert 'value="3.141"' in ann.see(f"{small.quiz}/1") and 'class="uses"' not in ann.shown
    typed(small, ann, "", "0.5", use="another=3.141")  # of which there is no box
    assert 'value="0.5"' in ann.see(f"{small.quiz}/1")


def test_nothing_at_all_is_not_handed_in(small):
    ann = begun(small)
    assert "Nothing is filled in yet" in ann.fill_in(f"{small.quiz}/1", do="submit").text
    assert rows(small, schema.submission) == []


def test_an_older_tab_changes_nothing_and_may_choose(small):
    ann = begun(small)
    old = ann.shown
    typed(small, ann, "save", "1")
    ann.shown = old
    asked = typed(small, ann, "save", "2")
    assert asked.status_code == 409 and "<code>2</code>" in asked.text
    assert 'value="1"' in ann.see(f"{small.quiz}/1")
    ann.shown = asked.text
    ann.fill_in(f"{small.quiz}/1")
    assert 'value="2"' in ann.see(f"{small.quiz}/1")


def test_a_preview_says_how_a_box_is_read(small):
    ann = begun(small)
    name = boxes(ann)[0]
    script = {"x-requested-with": "gradmark"}
    form = {**ann.fields(), "box": name}
    read = ann.post(f"{small.quiz}/1/read", data={**form, name: "1/2"}, headers=script).text
    assert "read as" in read and "<mfrac>" in read
    assert "says" in ann.post(f"{small.quiz}/1/read", data={**form, name: "what?"}).text
    saved = ann.post(f"{small.quiz}/1", data={**form, name: "1/2", "do": "save"}, headers=script)
    assert saved.json()["version"] == 1
    older = ann.post(f"{small.quiz}/1", data={**form, name: "1/3", "do": "save"}, headers=script)
    assert older.status_code == 409 and older.json() == {"older": True}


# By the server's clock


def test_what_was_typed_is_handed_in_when_time_is_over(small):
    now = dates.now()
    small.publish(minutes=10, closes=now + 60 * MINUTE)
    bob = begun(small, "bob")
    typed(small, bob, "save")
    assert marking.hand_in_late(small.site, now + 11 * MINUTE) == 0  # his time has a quarter more
    assert marking.hand_in_late(small.site, now + 13 * MINUTE) == 1
    assert marking.hand_in_late(small.site, now + 13 * MINUTE) == 0
    [handed] = rows(small, schema.submission)
    assert handed["cause"] == "deadline" and '"0.5"' in handed["answers"]
    assert len(rows(small, schema.marking)) == 1


def test_a_closed_quiz_takes_nothing(small):
    ann = begun(small)
    small.publish(closes=dates.now() - MINUTE)
    assert typed(small, ann, "submit").status_code == 409
    assert "Nothing was handed in" in ann.see(small.quiz)
    assert rows(small, schema.submission) == []


def test_who_comes_too_early_sees_when_it_opens_and_no_exercise(small):
    small.publish(opens=dates.now() + 60 * MINUTE)
    ann = small.enter("ann")
    assert "It opens" in ann.see(small.quiz)
    ann.fill_in(f"{small.quiz}/begin")
    assert "It opens" in ann.see(f"{small.quiz}/1") and "Question 1" not in ann.shown


def test_what_was_stored_and_not_marked_is_marked_at_the_next_start(small, monkeypatch):
    ann = begun(small)
    monkeypatch.setattr(marking, "mark", lambda *_: None)
    assert "Received" in typed(small, ann, "submit").text
    monkeypatch.undo()
    assert rows(small, schema.marking) == []
    assert marking.mark_left(small.site) == 1
    assert marking.mark_left(small.site) == 0
    assert "<mn>0.5</mn>" in ann.see(f"{small.quiz}/feedback/1")


# What is told


TOLD = {  # level → signs of it on the page, in the order of the levels
    Level.RECEIVED: "Received",
    Level.POINTS: 'class="score"><b>0</b>',
    Level.VERDICT: "Wrong",
    Level.REMARK: "it looks like",
    Level.SOLUTION: "Worked solution",
}


@pytest.mark.parametrize("level", [*Level])
def test_a_level_tells_what_those_before_it_tell_and_no_more(small, level):
    small.publish(level=level, later=level)
    ann = begun(small)
    page = typed(small, ann, "submit", "-7").text
    assert ("Worked solution" in page) == (level >= Level.SOLUTION)
    assert ("Wrong" in page) == (level >= Level.VERDICT)
    assert (TOLD[Level.POINTS] in page) == (level >= Level.POINTS)
    assert ("Ask about this mark" in page) == (level >= Level.VERDICT)


def test_once_it_has_closed_more_is_told(small):
    ann = begun(small)
    small.publish(level=Level.POINTS, later=Level.SOLUTION)
    assert "Wrong" not in typed(small, ann, "submit", "-7").text
    small.publish(level=Level.POINTS, closes=dates.now() - MINUTE)
    assert "Worked solution" in ann.see(f"{small.quiz}/feedback/1")


def test_a_mark_is_asked_about_and_the_question_taken_back(small):
    ann = begun(small)
    ann.shown = typed(small, ann, "submit", "-7").text
    where = f"{small.quiz}/feedback/1/ask"
    blank = re.search(r'name="blank" value="([^"]*)"', ann.shown)[1]
    asked = ann.fill_in(where, blank=blank, do="ask", text="<b>Why?</b>").text
    assert "&lt;b&gt;Why?" in asked and "Take it back" in asked
    assert "Take it back" not in ann.fill_in(where, blank=blank, do="withdraw").text
    assert [one["what"] for one in rows(small, schema.appeal_event)] == ["asked", "withdrawn"]
    assert ann.fill_in(where, blank="another-exercise/a", do="ask", text="x").status_code == 404


# Practice


def test_an_exercise_is_practised_once_its_quiz_has_closed(small):
    ann = small.enter("ann")
    small.publish(practice=True, closes=dates.now() + MINUTE)
    first = f"/practice/1/{EXERCISES[0]}"
    assert first not in ann.see("/practice") and ann.get(first).status_code == 404
    small.publish(practice=True, closes=dates.now() - MINUTE)
    assert first in ann.see("/practice")
    ann.see(first)
    ann.shown = ann.fill_in(first, do="another").text
    assert "Variant 1" in ann.shown
    name = boxes(ann)[0]
    checked = ann.fill_in(first, **{name: "-7", "do": "check"}).text
    assert "Wrong" in checked and "Worked solution" not in checked
    assert "Worked solution" in ann.fill_in(first, do="solution").text
    assert "Variant 2" in ann.fill_in(first, do="another").text
    assert rows(small, schema.submission) == []


def test_extra_time_moves_the_closing_date_and_an_override_moves_it_for_one():
    from grader.web.records import Override, Rules

    rules = Rules(closes=1000 * MINUTE, minutes=60)
    own = dates.window(rules, [], 1.25)
    assert (own.minutes, own.closes) == (75, 1015 * MINUTE)
    late = [Override(section="B", closes=1100 * MINUTE), Override(person=1, attempts=2)]
    assert dates.window(rules, late).closes == 1100 * MINUTE
    assert dates.window(rules, late).attempts == 2
    begun_late = replace(dates.window(rules, [], 1.25), begun=990 * MINUTE)
    assert begun_late.ends == 1015 * MINUTE


def test_nothing_is_read_for_who_has_left(small):
    ann = begun(small)
    box = boxes(ann)[0]
    asked = {**ann.fields(), box: "0.5", "box": box}
    token = ann.cookies["gradmark"]
    assert "read as" in ann.post(f"{small.quiz}/1/read", data=asked).text
    ann.fill_in("/leave")
    ann.cookies.set("gradmark", token)
    assert ann.post(f"{small.quiz}/1/read", data=asked).status_code == 401
