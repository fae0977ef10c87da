"""From a finding to a decision: the rows of a file of decisions that give a share of the points to all who gave one answer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from grader.analysis.cohort import Cohort
from grader.analysis.naming import Called
from grader.analysis.records import Analysis
from grader.analysis.wrong_answers import wrong_answers
from grader.errors import UsageError
from grader.papers import decision_sheet, decisions


def decided(cohort: Cohort, found: Analysis, accepted: Mapping[str, str]) -> list[dict[str, str]]:
    """The rows for what is accepted: name of a wrong answer, or ``exercise/blank:option`` → what it is worth.

    Raises:
        UsageError: there is no such answer, or what it is worth cannot be read.
    """
    rows = []
    for name, worth in accepted.items():
        if decision_sheet.number(worth) is None:
            raise UsageError(
                f"--accept {name}: expected points or a share such as 50 %, found '{worth}'"
            )
        own = [*of_name(cohort, found, name)]
        if not own:
            raise UsageError(
                f"--accept {name}: no wrong answer of that name, and no option that is wrong"
            )
        rows += [{**one, "decision": worth} for one in own]
    return rows


def of_name(cohort: Cohort, found: Analysis, name: str) -> Iterator[Mapping[str, str]]:
    if any(one.code == name for one in found.wrong_answers):
        unnamed = [Called("", "")] * len(cohort.columns)
        for one in wrong_answers(cohort, unnamed, most=None):
            yield from one.rows if one.code == name else ()
    blank, _, option = name.rpartition(":")
    for place, column in enumerate(cohort.columns):
        if column.name == blank:
            yield from of_option(cohort, place, option)


def of_option(cohort: Cohort, place: int, option: str) -> Iterator[Mapping[str, str]]:
    """A row for each wrong answer in which an option was chosen; it names nobody."""
    table, responses = cohort.response_tables[place], cohort.responses[:, place]
    chosen = [code for code, one in enumerate(table) if one.is_wrong and option in one.chosen]
    name = cohort.columns[place].name
    for student in np.flatnonzero(np.isin(responses, chosen)):
        text = table[responses[student]].text
        yield {"blank": name, "code": decisions.code(cohort.students[student], name, text)}
