"""The table of threats, each with its attack failing."""

import re

import pytest
from sqlalchemy import select

from grader import drawing
from grader.web import application, personal_links, schema
from grader.web.site import Turn
from grader.web.store import people, quizzes
from tests.grader.web.site import EXERCISES, exercises
from tests.grader.web.test_answering import begun, boxes, rows, typed

HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' OR 1=1; DROP TABLE paper; --",
    "{{ 7 * 7 }}{% raw %}",
    "\x00\ud800\u202e",
    "__import__('os').system('id')",
    "$" + "{" * 200,
    "x" * 30_000,
    "((((" * 5_000,
    "2**99999999",
)


def paths(small):
    """Every address of the site, filled in for Ann's paper."""
    given = {"quiz": "1", "item": "1", "number": "1", "course": "1", "exercise": EXERCISES[0]}
    for route in application(small.site).routes:
        if set(route.param_convertors) <= given.keys():
            yield route.path.format(**given), route.methods


def test_all_that_is_anothers_is_not_there(small):
    """A person who has no paper of the quiz sees none of it, whatever the address; and nobody sees it without a session."""
    ann = begun(small)
    typed(small, ann, "submit")
    with small.site.store.write() as tx:
        stranger = people.named(tx, people.ROSTER, "eve")
        people.join(tx, people.course_named(tx, "other"), stranger, "student")
    small.links |= personal_links(small.site, "other")
    eve, nobody = small.enter("eve"), small.client()
    eve.see("/")
    before = rows(small, schema.submission), rows(small, schema.draft), rows(small, schema.paper)
    own = ("/", "/practice", "/leave", "/login", "/view/leave")
    for path, methods in paths(small):
        if path in own:
            continue
        for method in methods & {"GET", "POST"}:
            send = {"data": eve.fields()} if method == "POST" else {}
            assert eve.request(method, path, **send).status_code == 404, path
            assert nobody.request(method, path).status_code == 401, path
    assert before == (
        rows(small, schema.submission),
        rows(small, schema.draft),
        rows(small, schema.paper),
    )


def test_bobs_marks_are_his_own(small):
    ann, bob = begun(small), begun(small, "bob")
    typed(small, ann, "submit", "0.123")
    assert "0.123" not in bob.get(f"{small.quiz}/feedback").text
    assert bob.get(f"{small.quiz}/feedback/1").status_code == 404


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_a_hostile_text_is_only_a_text(small, text):
    ann = begun(small)
    form = {name: text.encode("utf-8", "surrogatepass") for name in boxes(ann)}
    form |= {"do": "submit", "token": form[boxes(ann)[0]]}
    page = ann.fill_in(f"{small.quiz}/1", **form)
    assert page.status_code in (200, 422, 413)
    scripts = re.findall(r"<(?:script|img)[^>]*>", page.text)
    assert all('src="/static/' in one for one in scripts)
    assert "49" not in re.findall(r'value="([^"]*)"', page.text)
    assert ann.get(f"{small.quiz}/1").status_code == 200
    assert len(rows(small, schema.paper)) == 2


def test_hostile_numbers_in_addresses_and_forms(small):
    ann = begun(small)
    for odd in ("0", "-1", "9" * 30, "1 OR 1=1", "%00", "¹"):
        assert ann.get(f"/quiz/{odd}").status_code == 404
        assert ann.get(f"{small.quiz}/{odd}").status_code == 404
        assert typed(small, ann, "save", version=odd).status_code in (409, 200)


def test_no_key_seed_or_secret_is_in_any_page_before_its_level(small):
    """All bytes of all pages of a class, searched for what nobody may know yet."""
    small.publish(level=0, later=0, attempts=5)
    pages = []
    for name in ("ann", "bob"):
        client = begun(small, name)
        pages += [client.see(f"{small.quiz}/{place + 1}") for place in range(len(EXERCISES))]
        client.see(f"{small.quiz}/1")
        pages += [typed(small, client, "submit").text, client.see("/")]
    with small.site.store.read() as tx:
        held = quizzes.papers_of(tx, 1)
        secret = quizzes.secret_of(tx, 1)
    sent = "\n".join(pages)
    assert secret not in sent
    for one in held:
        assert one.paper.code not in sent
        for item in one.paper.items:
            assert str(item.draw.seed) not in sent and item.draw.digest not in sent
            [variant] = drawing.restored(exercises()[item.draw.exercise], [item.draw])
            for _, key in variant.keys.values():
                if len(key.show()) > 6:
                    assert key.show() not in sent


def test_one_submission_a_person_is_taken_at_a_time(small):
    ann = begun(small)
    with small.site.store.read() as tx:
        who = tx.execute(select(schema.identity.c.person).filter_by(subject="ann")).scalar()
    turn = small.site.served.setdefault(who, Turn())
    turn.count = 3
    assert typed(small, ann, "save").status_code == 429
    small.site.served.clear()
    assert typed(small, ann, "save").status_code == 200
