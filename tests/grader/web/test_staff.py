"""What staff see, decide and change; and who does not get there."""

import csv
import io
import json
import re
import threading
from html import unescape

from msgspec.structs import replace

from grader import bank
from grader.answers import Level
from grader.web import application, appointed, marking, personal_links, schema
from grader.web.dates import now
from grader.web.staff import regrading
from grader.web.staff.roles import MAY
from grader.web.store import events, people, quizzes, work
from grader.web.workers import Undone, Workers
from tests.grader.web.site import ADDRESS, EXERCISES
from tests.grader.web.test_answering import rows

HOSTILE = """'"><script>alert(1)</script><img src=x onerror=alert(2)>{{7*7}}${7*7};DROP TABLE event;--\u202e\x00"""


def staff(small, role="instructor", name="", course="dl"):
    """One of the staff, who came in."""
    name = name or f"the-{role}"
    small.links = {**small.links, name: appointed(small.site, name, course, role)}
    return small.enter(name)


def answered(small, name, text):
    """A student who handed in one text for every blank of the first exercise, readable or not."""
    with small.site.store.write() as tx:
        held = quizzes.paper_of(
            tx, small.published.quiz, people.known_as(tx, people.ROSTER, name).id
        )
        item = held.paper.items[0]
        kinds = small.site.printed(held.bank, item).kinds
        typed = {f"{item.draw.exercise}/{address}": text for address in kinds}
        quizzes.begin(tx, held.id, now())
        handed = work.hand_in(tx, held.id, "by hand", typed, now(), "student")
    marking.mark(small.site, held, handed)
    return small.enter(name)


def own_bank(small, folder, change=str):
    """The site reads its exercises from a folder, in which the first one is changed."""
    folder.mkdir()
    for path in bank.files([bank.home()]):
        if path.stem in EXERCISES:
            text = path.read_text("utf-8")
            (folder / path.name).write_text(change(text) if path.stem == "two-two-one" else text)
    small.site.settings = replace(small.site.settings, bank=(str(folder),))


def desk(small, path=""):
    return f"/staff/{small.published.quiz}{path}"


def number(small, name):
    with small.site.store.read() as tx:
        return people.known_as(tx, people.ROSTER, name).id


def fields(form):
    """What a form sends if nothing is changed."""
    found = re.findall(r'<input type="(?:hidden|checkbox)" name="([^"]*)" value="([^"]*)"', form)
    data = {}
    for name, value in found:
        data.setdefault(name, []).append(unescape(value))
    return data


def form_of(page, action):
    return re.search(rf'<form[^>]*action="{re.escape(action)}"(.*?)</form>', page, re.DOTALL)[1]


def points(client, small):
    rows = csv.DictReader(io.StringIO(client.get(desk(small, "/gradebook.csv")).text))
    return {row["student"]: row["points"] for row in rows}


# Deciding


def test_equal_answers_are_decided_at_once_and_the_decision_can_be_withdrawn(small):
    ann, _ = answered(small, "ann", "see my notes"), answered(small, "bob", "see  my notes")
    grader = staff(small, "grader")
    assert re.search("<dd>[1-9][0-9]* answers</dd>", grader.see(desk(small)))
    page = grader.see(desk(small, "/answers"))
    form = fields(form_of(page, desk(small, "/decide")))
    assert len(form["who"]) == 2 and "Decide for these 2 answers" in page
    before = points(grader, small)
    refused = grader.post(desk(small, "/decide"), data={**form, "d": "full", "why": " "})
    assert refused.status_code == 422 and points(grader, small) == before
    done = grader.post(
        desk(small, "/decide"), data={**form, "d": "full", "why": "On paper it is right."}
    )
    assert "Decided for 2 answers" in done.text and "2 students gain" in done.text
    assert all(float(points(grader, small)[one]) > float(before[one]) for one in ("ann", "bob"))
    assert "On paper it is right." in ann.see(f"{small.quiz}/feedback/1")
    page = grader.see(desk(small, "/decisions"))
    ticked = [*re.findall(r'name="decision" value="(\d+)"', page)][:1]
    grader.fill_in(desk(small, "/withdraw"), decision=ticked)
    after = points(grader, small)
    assert sorted(after[one] == before[one] for one in before) == [False, True]
    assert "withdrawn by the-grader" in grader.see(desk(small, "/decisions"))


def test_points_beyond_those_of_the_blank_are_refused(small):
    answered(small, "ann", "see my notes")
    grader = staff(small, "grader")
    form = fields(form_of(grader.see(desk(small, "/answers")), desk(small, "/decide")))
    for given in ("99", "101 %", "-1", "much", "1e9", HOSTILE):
        answer = grader.post(
            desk(small, "/decide"), data={**form, "d": "part", "p": given, "why": "x"}
        )
        assert answer.status_code == 422, given


def test_a_whole_paper_is_decided_on(small):
    ann = answered(small, "ann", "0.12")
    grader = staff(small, "grader")
    path = desk(small, f"/person/{number(small, 'ann')}")
    grader.see(path)
    for wrong in ({"p": "50 %"}, {"p": "99", "why": "x"}, {"p": "half", "why": "x"}):
        assert grader.fill_in(f"{path}/decide", **wrong).status_code == 422, wrong
    assert grader.fill_in(f"{path}/decide", p="5", why="Done on paper.").status_code == 200
    assert points(grader, small)["ann"] == "5"
    assert "The whole paper" in grader.see(path) and "Done on paper." in grader.shown
    assert "the whole paper" in grader.see(desk(small, "/decisions"))
    assert "Done on paper." in ann.see(f"{small.quiz}/feedback/1")


def test_a_question_is_answered_and_what_was_said_stays(small):
    ann = answered(small, "ann", "0.12")
    ann.see(f"{small.quiz}/feedback/1")
    blank = re.search(r'name="blank" value="([^"]+)"', ann.shown)[1]
    ann.fill_in(
        f"{small.quiz}/feedback/1/ask", blank=blank, place="answer-1", text="Why is it wrong?"
    )
    grader = staff(small, "grader")
    assert "Why is it wrong?" in grader.see(desk(small, "/appeals"))
    before = points(grader, small)["ann"]
    form = fields(form_of(grader.shown, desk(small, "/appeals")))
    given = {**form, "d": "part", "p": "50 %", "why": "The first step is right."}
    assert grader.post(desk(small, "/appeals"), data=given).status_code == 200
    assert float(points(grader, small)["ann"]) > float(before)
    assert (
        "Why is it wrong?" in grader.see(desk(small, "/appeals"))
        and "the-grader answered" in grader.shown
    )
    assert "The first step is right." in ann.see(f"{small.quiz}/feedback/1")
    again = grader.post(desk(small, "/appeals"), data={**given, "why": "once more"})
    assert "once more" not in again.text  # nobody waits for a second answer


# Dates, levels, marking again


def test_more_attempts_and_another_date_are_given_with_a_reason(small):
    small.publish(attempts=1)
    ann = answered(small, "ann", "0.5")
    assert "No attempt is left" in ann.see(f"{small.quiz}/feedback/1")
    teacher = staff(small)
    teacher.see(desk(small, "/dates"))
    who = f"person:{number(small, 'ann')}"
    refused = teacher.fill_in(desk(small, "/dates"), who=who, attempts="2")
    assert refused.status_code == 422 and "A reason is missing" in refused.text
    for wrong in (
        {"attempts": "0"},
        {"closes": "soon"},
        {"who": "person:9999"},
        {"minutes": "9" * 30},
    ):
        given = {"who": who, "why": "x", **wrong}
        assert teacher.fill_in(desk(small, "/dates"), **given).status_code == 422, wrong
    teacher.fill_in(desk(small, "/dates"), who=who, attempts="2", why="The network was down.")
    assert "Changed for you" in ann.see(f"{small.quiz}/1") and "The network was down." in ann.shown
    with small.site.store.read() as tx:
        own = quizzes.overrides(tx, small.published.quiz, number(small, "ann"), "A")
        assert [(one.attempts, one.reason) for one in own] == [(2, "The network was down.")]
        assert not quizzes.overrides(tx, small.published.quiz, number(small, "bob"), "A")


def test_levels_are_set_from_the_page(small):
    ann = answered(small, "ann", "0.12")
    assert "Wrong" in ann.see(f"{small.quiz}/feedback/1")
    teacher = staff(small)
    teacher.see(desk(small, "/dates"))
    given = {"level": "received", "later": "points", "take": "best"}
    assert teacher.fill_in(desk(small, "/rules"), **given).status_code == 200
    with small.site.store.read() as tx:
        rules = quizzes.quiz_of(tx, small.published.quiz).rules
    assert (rules.level, rules.later, rules.closes) == (Level.RECEIVED, Level.POINTS, None)
    assert "Wrong" not in ann.see(f"{small.quiz}/feedback/1")
    assert teacher.fill_in(desk(small, "/rules"), level="all").status_code == 422


def test_marking_again_shows_the_difference_first(small, tmp_path):
    answered(small, "ann", "0.12")
    own_bank(small, tmp_path / "bank", lambda text: text.replace("points: 3\n", "points: 6\n"))
    small.site.workers = Workers(small.site.files, 1)
    teacher = staff(small)
    assert (
        "Changed since" in teacher.see(desk(small, "/regrade")) and "two-two-one" in teacher.shown
    )
    before = points(teacher, small)
    looked = teacher.fill_in(desk(small, "/regrade"), do="look", never_lower="yes")
    assert "Let the new marks stand" in looked.text and points(teacher, small) == before
    stale = teacher.fill_in(
        desk(small, "/regrade"), do="apply", digest="another", never_lower="yes"
    )
    assert stale.status_code == 409
    teacher.shown = looked.text
    done = teacher.fill_in(desk(small, "/regrade"), do="apply")
    small.site.workers.end()
    assert done.url.path == desk(small)
    assert "No exercise has changed" in teacher.see(desk(small, "/regrade"))


def test_a_class_that_takes_long_is_marked_again_while_other_pages_are_shown(small, monkeypatch):
    answered(small, "ann", "0.12")
    teacher, here, marked = staff(small), desk(small, "/regrade"), regrading.marked
    go_on = threading.Event()

    def slowly(*given):
        assert go_on.wait(30)
        return marked(*given)

    monkeypatch.setattr(regrading, "SOON", 0.0)
    monkeypatch.setattr(regrading, "marked", slowly)
    teacher.see(here)
    assert "0 of 1 attempts are marked" in teacher.fill_in(here, do="look").text
    assert "0 of 1 attempts are marked" in teacher.fill_in(here, do="look").text  # the same one
    go_on.set()
    small.site.regrades.get(1).wait(30)
    assert "No mark would change" in teacher.see(here)
    answered(small, "bob", "0.12")
    before = rows(small, schema.marking)
    assert teacher.fill_in(here, do="apply").status_code == 409  # there are marks that nobody saw
    assert rows(small, schema.marking) == before
    monkeypatch.setattr(regrading, "marked", lambda *given: 1 / 0)
    teacher.see(here)
    teacher.fill_in(here, do="look")
    small.site.regrades.get(1).wait(30)
    assert "This failed" in teacher.see(here)


# The gradebook


def test_points_are_filled_into_the_export_of_a_platform(small):
    answered(small, "ann", "0.12")
    teacher = staff(small)
    teacher.see(desk(small, "/gradebook"))
    export = "Student,ID,SIS Login ID,Section\nAnn,1,ann,A\nBob,2,bob,A\n"
    given = {"format": "canvas", "column": "Quiz 1", "given": export}
    filled = teacher.fill_in(desk(small, "/gradebook"), **given)
    rows = {
        row["SIS Login ID"]: row["Quiz 1"]
        for row in csv.DictReader(io.StringIO(filled.content.decode("utf-8-sig")))
    }
    assert rows == {"ann": points(teacher, small)["ann"], "bob": ""}
    wrong = teacher.fill_in(desk(small, "/gradebook"), **{**given, "given": "a,b\n1,2\n"})
    assert (
        wrong.status_code == 422
        and "Nothing was changed" in wrong.text
        and "/tmp" not in wrong.text
    )


def test_the_report_is_that_of_a_class_as_it_is_now(small):
    teacher = staff(small)
    assert "Nothing is marked yet" in teacher.see(desk(small, "/report"))
    answered(small, "ann", "0.12")
    page = teacher.see(desk(small, "/report"))
    assert "1 paper" in page and "A small quiz" in page
    assert "style=" not in page and "<style" not in page  # which the policy of pages refuses
    assert "items.csv" not in page and page.count("<main") == page.count("<h1") == 1


def test_a_report_that_takes_too_long_takes_no_page_away(small, monkeypatch):
    answered(small, "ann", "0.12")
    teacher = staff(small)

    def too_long(job, *_):
        raise Undone(job)

    monkeypatch.setattr(small.site.workers.marks, "run", too_long)
    assert "could not be made just now" in teacher.see(desk(small, "/report"))


def test_the_export_without_names_names_nobody(small):
    answered(small, "ann", "0.12")
    teacher = staff(small)
    text = teacher.get(desk(small, "/export")).text
    lines = [json.loads(line) for line in text.splitlines()]
    assert lines and all(re.fullmatch(r"p[0-9a-f]{12}", one["student"]) for one in lines)
    assert "ann" not in text and f'"{number(small, "ann")}"' not in text


# People


def test_a_student_is_looked_at_and_nothing_changed(small):
    teacher = staff(small, "grader")
    ann = number(small, "ann")
    teacher.see(desk(small, f"/person/{ann}"))
    seen = teacher.fill_in(desk(small, f"/person/{ann}/view"))
    assert "You see what <b>ann</b> sees" in seen.text
    teacher.shown = seen.text
    assert teacher.fill_in(f"{small.quiz}/begin").status_code == 403
    back = teacher.fill_in("/view/leave")
    assert "You see what" not in back.text and back.url.path.startswith("/course/")


def test_who_looks_as_a_student_sees_no_course_of_others(small):
    small.publish()
    with small.site.store.write() as tx:
        other = people.course_named(tx, "other", "Another course")
        people.join(tx, other, people.known_as(tx, people.ROSTER, "ann"), "student")
    teacher = staff(small, "grader")
    ann = number(small, "ann")
    teacher.see(desk(small, f"/person/{ann}"))
    teacher.fill_in(desk(small, f"/person/{ann}/view"))
    assert "Another course" not in teacher.see("/")


def test_links_go_only_to_whom_one_may_send_them(small):
    teacher, admin = staff(small), staff(small, "admin")
    teacher.see(f"/course/{small.published.course.id}/people")
    people_of = f"/course/{small.published.course.id}/people"
    made = teacher.fill_in(f"{people_of}/{number(small, 'ann')}/link")
    link = unescape(re.search(rf"{ADDRESS}/enter/[\w-]+", made.text)[0])
    assert "Welcome" in small.client().see(link.removeprefix(ADDRESS))
    assert teacher.fill_in(f"{people_of}/{number(small, 'the-admin')}/link").status_code == 404
    assert teacher.fill_in(people_of, name="eve", role="admin").status_code == 422
    assert teacher.fill_in(people_of, name="the-admin", role="student").status_code == 422
    assert teacher.fill_in(people_of, name="eve", role="grader").status_code == 200
    admin.see(people_of)
    assert admin.fill_in(people_of, name="eve", role="admin").status_code == 200
    staff(small, "instructor", "ann", course="other")  # who could then enter the other course
    assert teacher.fill_in(f"{people_of}/{number(small, 'ann')}/link").status_code == 404
    rows = [
        *csv.DictReader(
            io.StringIO(teacher.fill_in(f"/course/{small.published.course.id}/links").text)
        )
    ]
    assert [row["student"] for row in rows] == ["bob"]


def test_extra_time_is_given_on_the_page(small):
    small.publish(minutes=30)
    teacher, path = staff(small), f"/course/{small.published.course.id}/people"
    teacher.see(path)
    assert teacher.fill_in(path, name="ann", role="student", time="half").status_code == 422
    assert "1.5 ×" in teacher.fill_in(path, name="ann", role="student", time="1,5").text
    assert "45 min" in teacher.see(desk(small, f"/person/{number(small, 'ann')}"))
    teacher.see(path)
    assert "1.5 ×" in teacher.fill_in(path, name="ann", role="student", section="B").text
    assert "time_factor" in teacher.see(path.replace("people", "events"))


def test_what_happened_is_a_chain(small):
    answered(small, "ann", "see my notes")
    teacher = staff(small)
    form = fields(form_of(teacher.see(desk(small, "/answers")), desk(small, "/decide")))
    teacher.post(desk(small, "/decide"), data={**form, "d": "stay", "why": "No."})
    page = teacher.see(f"/course/{small.published.course.id}/events?verify=1")
    assert "The chain is whole" in page and "decided" in page and "why: No." in page
    with small.site.store.read() as tx:
        assert not [*events.broken(tx)]


# Who does not get there


def addresses(small):
    """Every route of the app with a place for something, filled in with what there is."""
    given = {
        "quiz": small.published.quiz,
        "course": small.published.course.id,
        "person": number(small, "bob"),
        "item": 1,
        "number": 1,
        "exercise": "two-two-one",
    }
    for route in application(small.site).routes:
        if "{" in route.path and not route.path.startswith(("/static", "/enter")):
            for method in route.methods - {"HEAD"}:
                yield method, route.path, route.path.format_map(given)


def asked(client, method, path):
    if method == "GET":
        return client.get(path, follow_redirects=False)
    if not client.shown:
        client.see("/")
    token = client.fields()["form_token"]
    return client.post(path, data={"form_token": token, "do": "apply"}, follow_redirects=False)


def test_nobody_of_elsewhere_gets_anywhere(small):
    small.hurry()
    for name in ("student", "instructor", "admin"):
        stranger = staff(small, name, f"a-{name}", course="elsewhere")
        for method, _, path in addresses(small):
            assert asked(stranger, method, path).status_code == 404, (name, method, path)


def test_each_role_gets_where_it_may_and_nowhere_else(small):
    """A student reaches no page of staff, and only what changes a course is kept from graders and authors."""
    small.hurry()
    ann = small.enter("ann")
    answered(small, "bob", "see my notes")
    for method, route, path in addresses(small):
        if route.startswith(("/staff", "/course")):
            assert asked(ann, method, path).status_code == 404, (method, path)
    reached = {}
    for role in MAY:
        one = staff(small, role)
        for method, route, path in addresses(small):
            if (
                route.startswith(("/staff", "/course"))
                and asked(one, method, path).status_code != 404
            ):
                reached.setdefault(role, set()).add(f"{method} {route}")
            if route.endswith("/view"):
                one.post("/view/leave", data=one.fields())
    assert reached["author"] == {
        f"GET {one}" for one in ("/course/{course}", "/staff/{quiz}", "/staff/{quiz}/answers")
    }
    more = reached["instructor"] - reached["grader"]
    assert {one.split(" ")[1].rpartition("/")[2] for one in more} == {
        *("publish", "events", "export", "regrade", "links", "link", "dates", "rules", "people"),
    }
    assert reached["grader"] - reached["author"] and reached["admin"] == reached["instructor"]


def test_authors_see_nobody(small):
    answered(small, "ann", "see my notes")
    author = staff(small, "author")
    for path in ("", "/answers"):
        assert not re.search(r">\s*ann\s*<", author.see(desk(small, path)))


def test_hostile_texts_come_out_as_texts(small):
    answered(small, "ann", HOSTILE)
    teacher = staff(small)
    page = teacher.see(desk(small, "/answers"))
    form = fields(form_of(page, desk(small, "/decide")))
    teacher.post(desk(small, "/decide"), data={**form, "d": "full", "why": HOSTILE})
    teacher.fill_in(desk(small, "/dates"), who="all", attempts="3", why=HOSTILE)
    course = f"/course/{small.published.course.id}"
    for path, names in {
        desk(small, "/dates"): ("who", "opens", "closes", "minutes", "attempts", "why"),
        desk(small, "/rules"): ("level", "later", "take", "opens", "minutes"),
        desk(small, "/gradebook"): ("format", "column", "given"),
        desk(small, "/regrade"): ("do", "digest"),
        desk(small, "/withdraw"): ("decision",),
        f"{course}/people": ("name", "role", "section"),
        f"{course}/publish": ("quiz", "text", "roster", "level"),
    }.items():
        answer = teacher.fill_in(path, **dict.fromkeys(names, HOSTILE))
        assert answer.status_code in (200, 422) and "<script>alert" not in answer.text, path
    for path in (
        "",
        "/answers",
        "/decisions",
        "/dates",
        "/appeals",
        f"/person/{number(small, 'ann')}",
    ):
        page = teacher.see(desk(small, path))
        assert "<script>alert" not in page and "<img src=x" not in page, path
    assert "&lt;script&gt;" in teacher.see(f"{course}/events?verify=1")
    asked_for = {"blank": HOSTILE, "group": HOSTILE, "show": HOSTILE, "exercise": HOSTILE}
    quoted = teacher.get(desk(small, "/answers"), params=asked_for)
    assert quoted.status_code == 404


def test_a_quiz_is_published_from_the_page(small, tmp_path):
    own_bank(small, tmp_path / "bank")
    teacher = staff(small)
    course = f"/course/{small.published.course.id}"
    teacher.see(f"{course}/publish")
    rules = {"level": "points", "later": "solution", "take": "newest", "attempts": "2"}
    assert teacher.fill_in(f"{course}/publish", **rules).status_code == 422
    roster = "student\nthe-instructor\n"
    text = "id: second\ntitle: A second quiz\npick: [read-the-line]\n"
    refused = teacher.fill_in(f"{course}/publish", text=text, roster=roster, **rules)
    assert refused.status_code == 422 and "who is staff here" in refused.text
    made = teacher.fill_in(f"{course}/publish", text=text, **rules)
    assert "A second quiz" in made.text and "of 2 handed in" in made.text
    small.links = personal_links(small.site, "dl")
    assert "A second quiz" in small.enter("bob").see("/")
