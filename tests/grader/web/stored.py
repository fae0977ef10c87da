"""A database of the first tables, as SQL, with a class in it: ``python -m tests.grader.web.stored`` writes it.

It is written anew only as long as no release has these tables.
"""

import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path

from tests.grader.web.site import Class
from tests.grader.web.test_staff import answered, desk, fields, form_of, staff

FOLDER = Path(__file__).parents[2] / "fixtures" / "page"
DUMP, GRADEBOOK = FOLDER / "first.sql", FOLDER / "first.csv"


def gradebook(small):
    """As staff take it."""
    return staff(small, "instructor", "mary").get(desk(small, "/gradebook.csv")).text


def write(folder):
    small = Class(folder)
    ann, _ = answered(small, "ann", "0.375"), answered(small, "bob", "see my notes")
    page = ann.see(f"{small.quiz}/feedback/1")
    blank = fields(form_of(page, f"{small.quiz}/feedback/1/ask"))["blank"]
    ann.fill_in(f"{small.quiz}/feedback/1/ask", blank=blank, text="Why is it wrong?")
    mary = staff(small, "instructor", "mary")
    form = fields(form_of(mary.see(desk(small, "/answers")), desk(small, "/decide")))
    mary.post(desk(small, "/decide"), data={**form, "d": "full", "why": "It is right."})
    mary.see(desk(small, "/dates"))
    mary.fill_in(desk(small, "/dates"), who="section:B", attempts="2", why="The network was down.")
    FOLDER.mkdir(exist_ok=True)
    GRADEBOOK.write_text(gradebook(small))
    small.site.end()
    with closing(sqlite3.connect(folder / "page.sqlite")) as data:
        DUMP.write_text("\n".join(data.iterdump()) + "\n")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        write(Path(folder))
