"""The page, where students answer in a browser and staff decide. Nothing but the command line imports it.

``schema`` the tables, ``migrations/`` how they come to be, ``store/`` all SQL, ``records`` what comes of it; ``publishing`` a quiz, ``deleting`` a
person, ``demo`` a sample class. ``site`` what requests share, with its ``workers`` and their ``jobs``. ``app`` the pages, each a function of a ``visit``:
``guards`` and ``tokens`` let it in, ``pacing`` not too fast, ``entry`` says who it is, ``scope`` what they may see, ``dates`` when; ``rendering``
the templates. Of students: ``start``, a ``paper`` with its ``boxes``, ``reading`` what is typed, whose ``previews`` wait in a line of their own
and which is ``recent``, ``answering``, ``marking``, ``feedback``, ``practice`` with what is ``helping``. Of
``staff``: a package of their own.
"""

from typing import TYPE_CHECKING

from grader.faces import lazy

if TYPE_CHECKING:
    from grader.web.app import application
    from grader.web.deleting import delete_class, delete_person, export_person
    from grader.web.demo import sample_class
    from grader.web.entry import appointed, personal_links
    from grader.web.publishing import publish
    from grader.web.records import Rules
    from grader.web.site import Settings, Site
    from grader.web.store import Store
    from grader.web.store.copies import backup, counts, faults
else:
    __getattr__ = lazy(__name__)

__all__ = [
    "Rules",
    "Settings",
    "Site",
    "Store",
    "application",
    "appointed",
    "backup",
    "counts",
    "delete_class",
    "delete_person",
    "export_person",
    "faults",
    "personal_links",
    "publish",
    "sample_class",
]
