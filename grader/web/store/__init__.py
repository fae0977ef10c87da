"""All SQL: ``database`` and its transactions, with ``writers`` to a file; ``people``, ``quizzes``, ``work``, ``practising``, ``classes`` for staff and ``events``,
whose functions take one; ``copies`` of all data, and ``erasure`` of a person's.
"""

from typing import TYPE_CHECKING

from grader.faces import lazy

if TYPE_CHECKING:
    from grader.web.store import classes, copies, erasure, events, people, practising, quizzes, work
    from grader.web.store.database import Store, Unavailable
else:
    __getattr__ = lazy(__name__)

__all__ = [
    "Store",
    "Unavailable",
    "classes",
    "copies",
    "erasure",
    "events",
    "people",
    "practising",
    "quizzes",
    "work",
]
