"""Prove exercises right, fair and markable: a file for each group of findings; ``kinds`` lists the findings."""

from typing import TYPE_CHECKING

from grader.faces import lazy

if TYPE_CHECKING:
    from grader.checking import running, showing
    from grader.checking.groups import GROUPS, Report, check, findings
    from grader.checking.subject import Subject
else:
    __getattr__ = lazy(__name__)

__all__ = ["GROUPS", "Report", "Subject", "check", "findings", "running", "showing"]
