"""What is kept of a person is handed out, and of one who is deleted nothing is left that leads to them."""

import json
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import exc, insert, update

from grader.cli import main
from grader.web import Rules, delete_person, marking, personal_links, publish, schema
from grader.web.store import Store, Unavailable, copies, erasure, people, practising, quizzes, work
from tests.grader.web.site import exercises
from tests.grader.web.test_answering import begun, rows, typed
from tests.grader.web.test_staff import answered, desk, fields, form_of, number, points, staff

NAME, EMAIL, SECTION = "wilhelmina-77", "w.oehler@example.org", "tuesday-late"
TEXTS = {
    "draft": "0.1234567",
    "answer": "0.7654321",
    "question": "Was I not ill that week?",
    "decided": "Her certificate is here.",
    "changed": "Two weeks in hospital.",
    "proxy": "oehler_w",
}


@pytest.fixture
def known(small):
    """A class with somebody of whom everything is kept that can be."""
    roster = small.folder / "class.csv"
    roster.write_text(f"student,section,time_factor\nann,A,1\nbob,B,1.25\n{NAME},{SECTION},1.5\n")
    source = small.folder / "small.yaml"
    small.published = publish(small.site.store, source, roster, exercises(), "dl", Rules())
    small.links = personal_links(small.site, "dl")
    her = begun(small, NAME)
    typed(small, her, "submit", TEXTS["answer"])
    page = her.see(f"{small.quiz}/feedback/1")
    blank = page.split('name="blank" value="', 1)[1].split('"', 1)[0]
    her.fill_in(f"{small.quiz}/feedback/1/ask", blank=blank, text=TEXTS["question"])
    her.see(f"{small.quiz}/1")
    typed(small, her, "save", TEXTS["draft"])
    told(small)
    return small


def told(small):
    """What staff say of her, what she practises, and what else she is called."""
    who, teacher = number(small, NAME), staff(small)
    path = desk(small, f"/person/{who}")
    teacher.see(path)
    teacher.fill_in(f"{path}/decide", p="3", why=TEXTS["decided"])
    teacher.see(desk(small, "/dates"))
    teacher.fill_in(desk(small, "/dates"), who=f"person:{who}", minutes="90", why=TEXTS["changed"])
    with small.site.store.write() as tx:
        tx.execute(
            insert(schema.identity).values(person=who, issuer="proxy", subject=TEXTS["proxy"])
        )
        held = quizzes.paper_of(tx, small.published.quiz, who)
        columns = json.dumps({"email": EMAIL})  # as of papers that `gradmark quiz` made
        tx.execute(update(schema.paper).where(schema.paper.c.id == held.id).values(columns=columns))
        practising.add(tx, 1, who, "read-the-line", 1, held.bank, held.paper.items[0], 1)
        practising.answered(tx, 1, {"a": TEXTS["answer"]}, work.marks_of(tx, [1]).get(1))


def serve(small, *words):
    small.site.store.close()
    return CliRunner(env={"DATABASE_URL": small.site.settings.database}).invoke(
        main, ["serve", *words]
    )


def held_in(small):
    """The bytes of all files of the database."""
    folder, files = small.folder, "page.sqlite*"
    if small.served:
        with small.site.store.write() as tx:
            tx.exec_driver_sql("CHECKPOINT")
            folder = Path(tx.exec_driver_sql("SHOW data_directory").scalar())
            own = "SELECT oid FROM pg_database WHERE datname = current_database()"
            files = f"base/{tx.exec_driver_sql(own).scalar()}/*"
    small.site.store.close()
    return b"".join(path.read_bytes() for path in folder.glob(files))


@pytest.mark.in_a_file
def test_what_is_kept_of_a_person_is_handed_out(known):
    found = serve(known, "person", "export", TEXTS["proxy"])
    assert found.exit_code == 0, found.output
    given = json.loads(found.stdout)
    for text in (NAME, EMAIL, SECTION, *TEXTS.values()):
        assert text in found.stdout, text
    assert all(given[table.name] for table in schema.tables.tables.values() if about_people(table))
    secrets = {row["token"] for table in (schema.session, schema.link, schema.submission)
               for row in rows(known, table)}  # fmt: skip
    assert secrets and not any(one in found.stdout for one in secrets)
    assert '"bob"' not in found.stdout


def about_people(table):
    return table.name not in ("course", "bank_version", "quiz", "quiz_version")


def what_stays(small):
    """Points and hashes."""
    marks = {(one["points"], one["out_of"], one["digest"]) for one in rows(small, schema.marking)}
    return marks, {one["digest"] for one in rows(small, schema.submission)}


def test_of_who_is_deleted_nothing_is_left(known):
    answered(known, "bob", "0.5")
    who, before = number(known, NAME), held_in(known)
    stays = what_stays(known)
    teacher = staff(known)
    others = {name: has for name, has in points(teacher, known).items() if name != NAME}
    found = serve(known, "person", "delete", NAME, "--yes")
    assert found.exit_code == 0, found.output
    after = held_in(known)
    for text in (NAME, EMAIL, SECTION, *TEXTS.values()):
        assert text.encode() in before and text.encode() not in after, text
    assert points(teacher, known) == others
    assert what_stays(known) == stays
    with known.site.store.read() as tx:
        assert [*copies.faults(tx)] == []
    for page in ("", "/decisions", "/dates", "/appeals", "/answers"):
        teacher.see(desk(known, page))
    assert "deleted a person" in str(rows(known, schema.event))
    assert f"person {who}" not in teacher.see("/course/1/people")
    assert serve(known, "person", "delete", NAME, "--yes").exit_code == 2
    assert serve(known, "person", "delete", f"id:{who}", "--yes").exit_code == 0  # once more


@pytest.mark.in_a_file
def test_who_is_deleted_is_out_at_once_and_comes_in_as_somebody_new(small):
    her = small.enter("ann")
    old = number(small, "ann")
    assert serve(small, "person", "delete", "ann", "--yes").exit_code == 0
    assert her.get(small.quiz).status_code == 401
    small.publish()
    assert number(small, "ann") != old


@pytest.mark.in_a_file
def test_a_class_is_deleted_but_for_who_is_in_other_courses(small):
    answered(small, "ann", "0.7654321")
    staff(small, "instructor", "bob", course="other")
    teacher = staff(small)
    found = serve(small, "person", "delete", "--course", "dl", "--yes")
    assert found.output.strip().endswith("deleted 1 student"), found.output
    assert b"0.7654321" not in held_in(small)
    names = [one["name"] for one in rows(small, schema.person)]
    assert "ann" not in names and {"bob", "the-instructor"} <= {*names}
    teacher.see("/course/1/people")
    with small.site.store.read() as tx:
        assert [*copies.faults(tx)] == []
    for words in (["--course", "nobody"], ["ann", "--course", "dl"], []):
        assert serve(small, "person", "delete", *words, "--yes").exit_code == 2


def test_what_comes_while_somebody_is_deleted_is_not_kept(small):
    with small.site.store.write() as tx:
        held = quizzes.paper_of(tx, 1, people.known_as(tx, people.ROSTER, "ann").id)
        handed = work.hand_in(
            tx, held.id, "a", {"two-two-one/output.h1": "0.7654321"}, 1, "student"
        )
    with small.site.store.write() as tx:
        erasure.erase(tx, held.person, 2)
    assert marking.mark_left(small.site) == 0
    marking.mark(small.site, held, handed)  # as a request does that was begun before
    [kept] = rows(small, schema.marking)
    assert kept["marks"] == "" and kept["out_of"] == held.out_of
    for keep in (
        lambda tx: work.save(tx, held.id, "a", {"a": "1"}, 0, 3),
        lambda tx: work.hand_in(tx, held.id, "b", {"a": "1"}, 3, "student"),
    ):
        with pytest.raises(Unavailable, match="was deleted"), small.site.store.write() as tx:
            keep(tx)


@pytest.mark.in_a_file
def test_staff_who_are_deleted_leave_no_name_in_what_they_decided(small):
    bob = answered(small, "bob", "see my notes")
    grader = staff(small, "grader", "prof-unmistakable")
    form = fields(form_of(grader.see(desk(small, "/answers")), desk(small, "/decide")))
    grader.post(desk(small, "/decide"), data={**form, "d": "full", "why": "It is right."})
    who, before = number(small, "prof-unmistakable"), points(staff(small), small)
    assert "prof-unmistakable" in staff(small).see(desk(small, "/decisions"))
    assert serve(small, "person", "delete", "prof-unmistakable", "--yes").exit_code == 0
    assert b"prof-unmistakable" not in held_in(small)
    assert points(staff(small), small) == before
    assert f"person {who}" in staff(small).see(desk(small, "/decisions"))
    assert "It is right." in bob.see(f"{small.quiz}/feedback/1")


@pytest.mark.in_a_file
def test_a_name_of_several_or_of_nobody_deletes_nobody(small):
    with small.site.store.write() as tx:
        people.named(tx, "proxy", "ann")
    before = rows(small, schema.person)
    for name, said in (("nobody", "nobody called 'nobody'"), ("ann", "name one of id:")):
        found = serve(small, "person", "delete", name, "--yes")
        assert found.exit_code == 2 and said in found.output, found.output
    assert rows(small, schema.person) == before


@pytest.mark.in_a_file
def test_what_is_emptied_without_a_deleted_person_is_told(small):
    answered(small, "ann", "0.5")
    with small.site.store.write() as tx:
        tx.execute(schema.submission.update().values(answers=""))
        tx.execute(schema.marking.update().values(marks=""))
        tx.execute(schema.event.update().values(about=""))
        found = [*copies.faults(tx)]
    said = " ".join(found)
    for text in ("submission 1 is empty", "marking 1 is empty", "event 1 was changed"):
        assert text in said


@pytest.mark.in_a_file
def test_while_the_file_is_being_read_it_is_said_that_it_still_holds_all(small):
    with closing(Store(small.site.settings.database, wait=0.1)) as store:
        with store.read() as tx, pytest.raises(Unavailable, match="id:1 once more"):
            assert people.of(tx, 1).name == "ann"
            delete_person(store, "ann")
        delete_person(store, "id:1")


@pytest.mark.in_a_file  # PostgreSQL quotes the row that it refuses
def test_an_error_of_the_database_quotes_nobody(small):
    with pytest.raises(exc.IntegrityError) as raised, small.site.store.write() as tx:
        tx.execute(insert(schema.draft).values(paper=99, item="a", answers="my text", at=1))
    assert "draft" in str(raised.value) and "my text" not in str(raised.value)
