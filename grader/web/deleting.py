"""All that is kept of a person is handed out, or deleted."""

from __future__ import annotations

import msgspec
from sqlalchemy import Connection

from grader.errors import UsageError
from grader.web import dates
from grader.web.records import Person
from grader.web.store import Store, Unavailable, erasure, people


def the_person(tx: Connection, name: str) -> Person:
    """Whom a name means, or a number as ``id:7``.

    Raises:
        UsageError: it means nobody, or several.
    """
    found = people.called(tx, name)
    if not found:
        raise UsageError(f"there is nobody called '{name}'")
    if len(found) > 1:
        several = ", ".join(f"id:{one.id}" for one in found)
        raise UsageError(f"'{name}' is what several are called: name one of {several}")
    return found[0]


def export_person(store: Store, name: str) -> bytes:
    """All that is kept of a person, as JSON.

    Raises:
        UsageError: nobody, or several, are called so.
    """
    with store.read() as tx:
        found = erasure.exported(tx, the_person(tx, name).id)
    return msgspec.json.format(msgspec.json.encode(found), indent=2) + b"\n"


def delete_person(store: Store, name: str) -> Person:
    """Delete what a person is called, wrote and was told, for good; who it was.

    Raises:
        UsageError: nobody, or several, are called so.
        Unavailable: it is deleted, but the file is in use and still holds it.
    """
    with store.write() as tx:
        who = the_person(tx, name)
        erasure.erase(tx, who.id, dates.now())
    written_anew(store, f"id:{who.id}")
    return who


def delete_class(store: Store, course: str) -> int:
    """Delete all students of a course who never were in another one, as :func:`delete_person`; how many they were.

    Raises:
        UsageError: there is no such course.
        Unavailable: as :func:`delete_person`.
    """
    with store.write() as tx:
        within = people.course_called(tx, course)
        if within is None:
            raise UsageError(f"there is no course called '{course}'")
        gone = people.only_in(tx, within.id)
        for who in gone:
            erasure.erase(tx, who, dates.now())
    written_anew(store, f"the class of '{course}'")
    return len(gone)


def written_anew(store: Store, gone: str) -> None:
    """Leave nothing of what was deleted in the file.

    Raises:
        Unavailable: it is in use.
    """
    try:
        store.rewrite()
    except Unavailable as error:
        raise Unavailable(
            f"{error}: everything is deleted, but stays in the file until it is written anew; "
            f"delete {gone} once more"
        ) from error
