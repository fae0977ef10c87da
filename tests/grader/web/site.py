"""A site with a small class, and browsers without a browser."""

import re
import shutil
from copy import copy
from functools import cache
from html import unescape
from itertools import count

from sqlalchemy import create_engine
from starlette.testclient import TestClient

from grader import bank
from grader.web import Rules, Settings, Site, application, personal_links, publish
from grader.web.pacing import Pace

ADDRESS = "http://testserver"
NUMBERS = count()  # of the databases
EXERCISES = ("two-two-one", "linear-layers-collapse", "read-the-line", "learning-rate-curves")
QUIZ = f"""
id: small
title: A small quiz
text: Round to three decimals.
pick: [{", ".join(EXERCISES)}]
"""
ROSTER = "student,section,time_factor\nann,A,1\nbob,B,1.25\n"


def created(served, name, like=""):
    """Make a database on a server."""
    admin = create_engine(
        served.replace(":", "+psycopg:", 1) % "postgres", isolation_level="AUTOCOMMIT"
    )
    with admin.connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name} {like}")
    admin.dispose()


@cache
def exercises():
    """The exercises of the quiz, by id."""
    found = [bank.load(path) for path in bank.files([bank.home()]) if path.stem in EXERCISES]
    return {one.id: one for one in found}


class Class:
    """A site, what was published, and who may come in; ``served``: the addresses of a server's databases, without their names."""

    def __init__(self, folder, served=""):
        self.folder, self.served = folder, served
        self.original = f"published{next(NUMBERS)}"  # the database that is copied
        if served:
            created(served, self.original)
        self.site = Site(Settings(self.database(self.original), ADDRESS, workers=1))
        self.site.store.migrate()
        (folder / "small.yaml").write_text(QUIZ)
        (folder / "class.csv").write_text(ROSTER)
        self.published = self.publish()
        self.links = personal_links(self.site, "dl")

    def copy(self, folder):
        """The same in another folder, where it can be changed."""
        found = copy(self)
        shutil.copytree(self.folder, folder, dirs_exist_ok=True)
        found.folder = folder
        name = f"page{next(NUMBERS)}"
        if self.served:
            self.site.store.close()  # as nobody may be in what is copied
            created(self.served, name, f"TEMPLATE {self.original}")
        found.site = Site(Settings(found.database(name), ADDRESS, workers=1))
        found.site.workers = self.site.workers  # which take seconds to start
        return found

    def database(self, name):
        return self.served % name if self.served else f"sqlite:///{self.folder}/page.sqlite"

    def publish(self, **rules):
        source, roster = self.folder / "small.yaml", self.folder / "class.csv"
        return publish(self.site.store, source, roster, exercises(), "dl", Rules(**rules))

    @property
    def quiz(self):
        return f"/quiz/{self.published.quiz}"

    def client(self):
        """Somebody whom nobody knows yet."""
        return Client(application(self.site), base_url=ADDRESS)

    def hurry(self):
        """From now on nobody waits before the next form is taken."""
        self.site.forms = Pace(0.0, 1)

    def enter(self, name):
        """A person who came in by their link."""
        client = self.client()
        assert client.post(self.links[name].removeprefix(ADDRESS)).status_code == 200
        return client


class Client(TestClient):
    """A browser as far as forms go: it sends what the page that it was given last holds."""

    shown = ""

    def see(self, path, status=200):
        """The text of a page."""
        response = self.get(path)
        assert response.status_code == status, response.text
        self.shown = response.text
        return response.text

    def fields(self):
        """The hidden fields of the page seen last."""
        found = re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)">', self.shown)
        return {name: unescape(value) for name, value in found}

    def fill_in(self, path, **given):
        """Send a form; ``status`` is what is expected."""
        return self.post(path, data={**self.fields(), **given})
