"""Does a solution say why?"""

from __future__ import annotations

from collections.abc import Iterator

from grader.bank import AnswerFile, pool_of
from grader.checking.subject import Subject
from grader.errors import Place, Problem
from grader.pools import Pool, said_of
from grader.words import counted

LISTED = 5  # ids in a message
BY_AUTHOR = ("literal", "sequence", "set")  # answers to which no steps lead


def reasons(subject: Subject) -> Iterator[Problem]:
    """Pools with texts of which nobody says why they are right or wrong, and answers whose solution has nothing to say."""
    for question in subject.exercise.file.questions:
        at = subject.places[question.id]["answer"]
        for index, answer in enumerate(question.answers):
            here = at[index] if isinstance(question.answer, list) else at
            offered = pool_of(answer)
            if offered is not None:
                yield from of_pool(*offered, here)
            elif not answer.because and (unexplained := without_steps(answer)):
                message = f"{unexplained}, and without 'because'"
                yield here.problem(f"the solution of '{question.id}' is {message}", "no-because")


def of_pool(kind: str, pool: Pool, here: Place) -> Iterator[Problem]:
    bare = [path for path, one in pool.statements.items() if not said_of(one)]
    if bare:
        names = ", ".join(path[-1] for path in bare[:LISTED])
        more = ", …" if len(bare) > LISTED else ""
        message = f"{counted(len(bare), 'text')} without 'because': {names}{more}"
        at = here[kind]
        yield at.moved(".".join([at.path, *bare[0]])).key.problem(message, "no-because")


def without_steps(answer: AnswerFile) -> str:
    """Why a solution shows no steps to an answer; nothing where it does."""
    if not answer.steps:
        return "without steps"
    author = [kind for kind in BY_AUTHOR if getattr(answer, kind) is not None]
    return f"what the author wrote as '{author[0]}'" if author else ""
