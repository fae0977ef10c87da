"""The pages of staff, a file for each: ``progress`` of a class, its ``answers`` and ``appeals``, ``changes`` of dates and rules,
``regrading``, the ``gradebook``, the ``report``, ``members`` of a course, ``releasing`` a quiz, and an ``audit`` of what happened.

``routes`` says where they are, ``roles`` who may do what. A class is read as a ``whole``, its answers come in ``groups``, and ``naming`` says
what blanks are called.
"""

from typing import TYPE_CHECKING

from grader.faces import lazy

if TYPE_CHECKING:
    from grader.web.staff.routes import pages_of_staff
else:
    __getattr__ = lazy(__name__)

__all__ = ["pages_of_staff"]
