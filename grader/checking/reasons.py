"""Does a solution say why?"""

from __future__ import annotations

from collections.abc import Iterator

from grader.bank import pool_of
from grader.checking.subject import Subject
from grader.errors import Problem
from grader.pools import said_of
from grader.words import counted

LISTED = 5  # ids in a message


def reasons(subject: Subject) -> Iterator[Problem]:
    """Pools with texts of which nobody says why they are right or wrong."""
    for question in subject.exercise.file.questions:
        at = subject.places[question.id]["answer"]
        for index, answer in enumerate(question.answers):
            offered = pool_of(answer)
            if offered is None:
                continue
            kind, pool = offered
            bare = [path for path, one in pool.statements.items() if not said_of(one)]
            if bare:
                here = (at[index] if isinstance(question.answer, list) else at)[kind]
                names = ", ".join(path[-1] for path in bare[:LISTED])
                more = ", …" if len(bare) > LISTED else ""
                message = f"{counted(len(bare), 'text')} without 'because': {names}{more}"
                yield here.moved(".".join([here.path, *bare[0]])).key.problem(message, "no-because")
