"""Data of before are as they were: of the first tables, and of a backup that is put back."""

import shutil
import sqlite3
from contextlib import closing

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from click.testing import CliRunner

from grader.cli import main
from grader.web import Settings, Site, schema
from grader.web.store import Store, copies, events
from tests.grader.web.site import ADDRESS
from tests.grader.web.stored import DUMP, GRADEBOOK, gradebook
from tests.grader.web.test_answering import begun, typed
from tests.grader.web.test_staff import answered, desk, staff


@pytest.fixture
def first(tmp_path):
    """A database of the first tables."""
    file = tmp_path / "first.sqlite"
    with closing(sqlite3.connect(file)) as data:
        data.executescript(DUMP.read_text())
    return file


def guards(file):
    """What keeps rows from being changed."""
    with closing(sqlite3.connect(file)) as data:
        return {*data.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")}


@pytest.mark.in_a_file
def test_the_first_tables_become_those_of_now(small, first):
    store = Store(f"sqlite:///{first}")
    store.migrate()
    with store.read() as tx:
        assert compare_metadata(MigrationContext.configure(tx), schema.tables) == []
        assert [*copies.faults(tx)] == []
        assert copies.counts(tx) == {"paper": 2, "submission": 2, "marking": 2}
        assert events.happened(tx, 1)
    store.close()
    assert guards(first) == guards(small.folder / "page.sqlite")


@pytest.mark.in_a_file
def test_marks_of_the_first_tables_are_read_as_they_were(small, first):
    small.site = Site(Settings(f"sqlite:///{first}", ADDRESS, workers=1))
    small.site.store.migrate()
    assert gradebook(small) == GRADEBOOK.read_text()
    mary = staff(small, "instructor", "mary")
    assert "It is right." in mary.see(desk(small, "/decisions"))
    assert "Why is it wrong?" in mary.see(desk(small, "/appeals"))
    assert "The network was down." in mary.see(desk(small, "/dates"))


@pytest.mark.in_a_file
def test_a_backup_that_is_put_back_is_the_class_as_it_was(small):
    ann, mary = answered(small, "ann", "0.375"), staff(small, "instructor", "mary")
    before, page = gradebook(small), ann.see(f"{small.quiz}/feedback/1")
    data, copy = small.folder / "page.sqlite", small.folder / "monday.sqlite"
    run = CliRunner()
    assert run.invoke(main, ["serve", "--data", str(data), "backup", str(copy)]).exit_code == 0
    typed(small, begun(small, "bob"), "submit")
    assert mary.get(desk(small, "/gradebook.csv")).text != before
    small.site.store.close()
    for path in small.folder.glob("page.sqlite*"):
        path.unlink()
    shutil.copy(copy, data)
    small.site.store = Store(small.site.settings.database)
    assert run.invoke(main, ["serve", "verify", str(data)]).exit_code == 0
    assert mary.get(desk(small, "/gradebook.csv")).text == before  # who was known is known
    assert ann.see(f"{small.quiz}/feedback/1") == page
