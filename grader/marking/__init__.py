"""Answers × keys → marks that say what went wrong."""

from typing import TYPE_CHECKING

from grader.faces import lazy

if TYPE_CHECKING:
    from grader.marking.batch import mark_all
    from grader.marking.diagnosis import showable
    from grader.marking.follow_through import may_follow
    from grader.marking.marks import LOOK, VERSION, Answers, Mark, Marks, to_look_at
    from grader.marking.scoring import shown
    from grader.marking.variants import mark
else:
    __getattr__ = lazy(__name__)

__all__ = [
    "LOOK",
    "VERSION",
    "Answers",
    "Mark",
    "Marks",
    "mark",
    "mark_all",
    "may_follow",
    "showable",
    "shown",
    "to_look_at",
]
