"""Who comes in, and how."""

import pytest
from msgspec.structs import replace

from grader.web import application, personal_links
from grader.web.store import people
from tests.grader.web.site import ADDRESS, Client


def test_a_link_works_once(small):
    ann = small.client()
    link = small.links["ann"].removeprefix(ADDRESS)
    assert "Enter as ann" in ann.see(link)
    assert "Enter as ann" in ann.see(link)  # a program that looks through mails uses nothing up
    assert "You are here as <b>ann</b>" in ann.post(link).text
    other = small.client()
    assert other.post(link).status_code == 410
    assert other.get(small.quiz).status_code == 401


def test_a_new_session_has_a_new_token_and_the_old_one_is_gone(small):
    ann = small.enter("ann")
    old = ann.cookies["gradmark"]
    small.links = personal_links(small.site, "dl")
    link = small.links["ann"].removeprefix(ADDRESS)
    ann.see(link)
    ann.fill_in(link)
    assert ann.cookies["gradmark"] != old
    thief = small.client()
    thief.cookies.set("gradmark", old)
    assert "personal link" in thief.see("/")
    assert thief.get(small.quiz).status_code == 401


def test_who_leaves_is_gone(small):
    ann = small.enter("ann")
    token = ann.cookies["gradmark"]
    ann.see("/")
    assert "personal link" in ann.fill_in("/leave").text
    ann.cookies.set("gradmark", token)
    assert "personal link" in ann.see("/")


FORGED = {
    "another origin": {"origin": "https://evil.example"},
    "no origin at all": {"origin": "null"},
    "another site, says the browser": {"sec-fetch-site": "cross-site"},
}


@pytest.mark.parametrize("headers", FORGED.values(), ids=FORGED)
def test_a_forged_form_is_refused(small, headers):
    ann = small.enter("ann")
    ann.see("/")
    assert ann.post("/leave", data=ann.fields(), headers=headers).status_code == 403
    assert ann.post("/leave", data={}).status_code == 403
    assert "<b>ann</b>" in ann.see("/")


def test_another_host_and_a_long_body_are_refused(small):
    ann = small.enter("ann")
    assert ann.get("/", headers={"host": "evil.example"}).status_code == 400
    assert ann.post("/leave", data={"a": "x" * 2**20}).status_code == 413


def test_nobody_logs_in_unless_it_is_for_development(small):
    assert small.client().get("/login").status_code == 404


def test_pages_run_no_script_of_others(small):
    response = small.enter("ann").get("/")
    policy = response.headers["content-security-policy"]
    assert "default-src 'none'" in policy and "script-src 'self'" in policy
    assert "unsafe" not in policy
    assert (
        "HttpOnly"
        in small.client()
        .post(small.links["bob"].removeprefix(ADDRESS), follow_redirects=False)
        .headers["set-cookie"]
    )


def proxied(small, peer):
    """A client whose requests come from an address, of a site behind a proxy at 10.0.0.1."""
    settings = small.site.settings
    small.site.settings = replace(settings, proxy="10.0.0.1", user_header="X-Remote-User")
    return Client(application(small.site), base_url=ADDRESS, client=(peer, 5000))


def test_the_named_proxy_says_who_it_is_and_nobody_else_does(small):
    ann = {"x-remote-user": "ann"}
    trusted = proxied(small, "10.0.0.1")
    assert "<b>ann</b>" in trusted.get("/", headers=ann).text
    assert trusted.get(small.quiz, headers=ann).status_code == 200
    assert "<b>bob</b>" in trusted.get("/", headers={"x-remote-user": "bob"}).text
    assert trusted.get("/", headers={"x-remote-user": "eve"}).status_code == 403
    assert "personal link" in proxied(small, "10.0.0.2").get("/", headers=ann).text


def test_a_login_for_development_is_for_this_machine_alone(small):
    small.site.settings = replace(small.site.settings, login=True)
    far = Client(application(small.site), base_url=ADDRESS, client=("10.0.0.2", 5000))
    near = Client(application(small.site), base_url=ADDRESS, client=("127.0.0.1", 5000))
    assert far.get("/login").status_code == 404
    assert "<b>ann</b>" in near.post("/login", data={"person": "1"}).text
    assert near.get("/login").status_code == 200


def test_staff_who_look_as_a_student_change_nothing(small):
    ann = small.enter("ann")
    with small.site.store.write() as tx:
        who = people.known_as(tx, people.ROSTER, "bob")
        people.act_as(tx, 1, who.id)
    assert "You see what <b>bob</b> sees" in ann.see("/")
    assert ann.fill_in(f"{small.quiz}/begin").status_code == 403
