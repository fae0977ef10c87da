"""After an exam: what a class of answers says of each item, variant, option and misconception, and what to do about it.

``gathering`` makes a ``cohort`` of a stream of marks, with what each variant asked and the ``quantities`` that wrong numbers are.
``analysing`` makes ``records`` of it: ``scores``, ``item_rows``, ``fairness``, ``option_rows``, ``misconceptions``, ``wrong_answers``,
``calibration`` with ``rebalancing``, ``likeness``, and ``advice``; ``naming`` says how items are called, ``limits`` from how many students on.
The statistics are small functions of arrays: ``intervals``, ``items``, ``reliability``, ``effects``, ``cuts``, ``similarity``.
``tables`` are CSV and JSON, ``report_page`` with ``plots`` the page, ``deciding`` the way from a finding to a decision.
"""

from typing import TYPE_CHECKING

from grader.faces import lazy

if TYPE_CHECKING:
    from grader.analysis.analysing import Wanted, analysed, balanced
    from grader.analysis.cohort import Cohort
    from grader.analysis.cuts import Cut, judgements
    from grader.analysis.deciding import decided
    from grader.analysis.gathering import gather
    from grader.analysis.records import Analysis
    from grader.analysis.report_page import document
    from grader.analysis.tables import files
else:
    __getattr__ = lazy(__name__)

__all__ = [
    "Analysis",
    "Cohort",
    "Cut",
    "Wanted",
    "analysed",
    "balanced",
    "decided",
    "document",
    "files",
    "gather",
    "judgements",
]
