"""What is kept: nothing that happened is changed, what is acknowledged is there, and a copy is whole."""

import sys
import threading

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from click.testing import CliRunner
from sqlalchemy import exc, select, text

from grader.cli import main
from grader.web import schema
from grader.web.store import Store, Unavailable, database, events, people, work
from tests.grader.web.test_answering import begun, boxes, rows, typed


def test_the_first_migration_makes_the_tables(small):
    with small.site.store.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), schema.tables) == []


def test_what_happened_is_neither_changed_nor_deleted(small):
    """Whatever row there is; those of tables that are empty here are made first."""
    typed(small, begun(small), "submit")
    for name in schema.ADDED_TO:
        table = schema.tables.tables[name]
        with small.site.store.engine.connect() as tx:
            if not tx.execute(select(table)).first():
                referring_to_nothing(tx, name)
                tx.execute(table.insert().values({one.name: 1 for one in table.columns}))
            for statement in (f"DELETE FROM {name}", f"UPDATE {name} SET id = id + 1000"):
                with pytest.raises(exc.DBAPIError, match="only added to"), tx.begin_nested():
                    tx.execute(text(statement))


def referring_to_nothing(tx, table):
    """Let rows of a table name rows that are not there, until this transaction is given up."""
    if tx.dialect.name == "sqlite":
        tx.exec_driver_sql("PRAGMA defer_foreign_keys = ON")
    else:
        tx.exec_driver_sql(f"ALTER TABLE {table} DISABLE TRIGGER ALL")
        tx.exec_driver_sql(f"ALTER TABLE {table} ENABLE TRIGGER USER")


def unguarded(tx, table):
    """Let rows of a table be changed, as somebody might who has the database in hand."""
    of = f" ON {table}" if tx.dialect.name == "postgresql" else ""
    tx.exec_driver_sql(f"DROP TRIGGER {table}_kept{of}")


def test_a_person_can_be_emptied_and_marks_stay(small):
    typed(small, begun(small), "submit")
    with small.site.store.write() as tx:
        tx.execute(schema.submission.update().values(answers=""))
        tx.execute(schema.marking.update().values(marks=""))
    [handed], [marked] = rows(small, schema.submission), rows(small, schema.marking)
    assert handed["digest"] and marked["out_of"]


def test_the_chain_of_events_tells_what_was_changed(small):
    with small.site.store.write() as tx:
        for number in range(3):
            events.record(tx, "tried", number, number=number)
        assert not [*events.broken(tx)]
        unguarded(tx, "event")
        tx.execute(text("UPDATE event SET about = '{}' WHERE what = 'tried' AND at = 1"))
        [found] = events.broken(tx)
    assert found


@pytest.mark.in_a_file
def test_a_copy_is_whole_and_a_damaged_one_is_told(small, tmp_path):
    ann = begun(small)
    typed(small, ann, "submit")
    data, copy = str(tmp_path / "page.sqlite"), str(tmp_path / "copy.sqlite")
    run = CliRunner()
    assert run.invoke(main, ["serve", "--data", data, "backup", copy]).exit_code == 0
    found = run.invoke(main, ["serve", "verify", copy])
    assert found.exit_code == 0, found.output
    assert "paper: 2, submission: 1, marking: 1" in found.output
    store = Store(f"sqlite:///{copy}")
    with store.write() as tx:
        unguarded(tx, "submission")
        tx.execute(text('UPDATE submission SET answers = \'{"a":"1"}\''))
    store.close()
    found = run.invoke(main, ["serve", "verify", copy])
    assert found.exit_code == 1 and "not what was handed in" in found.output


# What cannot be stored


@pytest.mark.in_a_file
def test_while_the_database_is_locked_what_was_typed_is_kept(small):
    small.site.store.close()
    small.site.store = Store(small.site.settings.database, wait=0.2)
    ann = begun(small)
    name = boxes(ann)[0]
    locked = small.site.store.engine.connect().execution_options(writes=True)
    with locked, locked.begin():
        kept = typed(small, ann, "submit", "0.375")
    assert kept.status_code == 503 and 'value="0.375"' in kept.text
    ann.shown = kept.text
    again = ann.fill_in(f"{small.quiz}/1", **{name: "0.375"})
    assert again.url.path.endswith("/feedback/1") and "0.375" in again.text


@pytest.mark.in_a_file
def test_a_full_disk_says_so_and_loses_nothing_that_was_acknowledged(small):
    ann = begun(small)
    typed(small, ann, "submit")
    ann.see(f"{small.quiz}/1")
    before = rows(small, schema.submission)

    def full(connection):
        connection.exec_driver_sql("PRAGMA max_page_count = 1")

    database.event.listen(small.site.store.engine, "begin", full)
    kept = typed(small, ann, "submit", "1" * 400_000)
    database.event.remove(small.site.store.engine, "begin", full)
    assert kept.status_code == 503 and "1" * 1000 in kept.text
    assert rows(small, schema.submission) == before


def test_one_of_many_writers_is_first_and_all_are_stored(small):
    begun(small)
    [paper] = [one for one in rows(small, schema.paper) if one["begun"]]

    def hand_in(number):
        with small.site.store.write() as tx:
            work.hand_in(tx, paper["id"], f"token {number}", {"a": str(number)}, number, "student")

    threads = [threading.Thread(target=hand_in, args=(number,)) for number in range(12)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert sorted(one["number"] for one in rows(small, schema.submission)) == [*range(1, 13)]


def test_a_store_that_is_not_there_is_told():
    with pytest.raises(Unavailable), Store("sqlite:////nowhere/at/all.sqlite").read() as tx:
        people.members(tx, 1)


def test_without_its_libraries_the_page_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "uvicorn", None)
    found = CliRunner().invoke(main, ["serve"])
    assert found.exit_code == 2 and "pip install 'gradmark[serve]'" in found.output
