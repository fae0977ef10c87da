"""Reports for people, for programs, for CI."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from xml.etree import ElementTree as xml

import msgspec

from grader.checking.groups import Report
from grader.checking.kinds import GROUPS, KINDS
from grader.drawing import about
from grader.errors import Problem
from grader.words import counted

PAGE = "docs/checks.md"
OUTLIERS = 5  # that are named


def plain(report: Report) -> str:
    """Each finding with its place, its code, and how to mend it; or a summary."""
    if report.problems:
        return "\n".join(map(told, report.problems))
    if report.skipped:
        return f"{report.exercise}: unchanged since it passed"
    if not report.blanks:
        return f"{report.exercise}: no findings"
    line = (
        f"{report.exercise}: {counted(report.blanks, 'blank')}, "
        f"{counted(about(report.variants), 'variant')}, "
        f"{report.survival.rate:.1%} of draws good, "
        f"{counted(report.certified, 'gradient')} certified"
    )
    shares = [f"{name} {share:.0%}" for name, share in report.misconceptions.items()]
    lines = [f"misconceptions: {', '.join(shares)}"] if shares else []
    return "\n    ".join([line, *report.remarks, *uneven(report), *lines])


def uneven(report: Report) -> list[str]:
    """The spread of the predicted difficulty of the variants, if they differ."""
    found = report.difficulty
    if found is None or found.ends[0] == found.ends[1]:
        return []
    (low, high), (least, most) = found.quartiles, found.ends
    line = f"predicted difficulty: {least:g} to {most:g}, the middle half {low:g} to {high:g}"
    outliers = ", ".join(f"{seed} ({score:g})" for seed, score in found.outliers[:OUTLIERS])
    return [line + (f"; far out: seeds {outliers}" if outliers else "")]


def told(problem: Problem) -> str:
    return f"{problem} [{problem.code}]\n    {mend(problem)}"


def mend(problem: Problem) -> str:
    kind = KINDS[problem.code]
    accept = f"; if it is meant so: `accept: {{{problem.code}: 'the reason'}}`"
    return f"{kind.mend}{accept if kind.matter_of_taste else ''} ({PAGE}#{problem.code})"


def as_text(reports: Sequence[Report]) -> str:
    return "".join(f"{plain(report)}\n" for report in reports)


def as_json(reports: Sequence[Report]) -> str:
    """One object: the reports as they are, with how to mend what was found."""
    mends = {one.code: mend(one) for report in reports for one in report.problems}
    record = {"reports": reports, "mend": mends}
    return msgspec.json.format(msgspec.json.encode(record), indent=2).decode() + "\n"


def as_github(reports: Sequence[Report]) -> str:
    """Workflow commands, which GitHub shows at the lines of a change."""
    return "".join(
        f"::error file={escaped(one.file)},line={max(one.line, 1)},col={max(one.column, 1)},"
        f"title={one.code}::{escaped(one.message, DATA)}\n"
        for report in reports
        for one in report.problems
    )


DATA = {"%": "%25", "\r": "%0D", "\n": "%0A"}
PROPERTY = {**DATA, ":": "%3A", ",": "%2C"}


def escaped(text: str, signs: dict[str, str] = PROPERTY) -> str:
    """A text in a workflow command, as GitHub asks for it: in a property, or what is said."""
    return "".join(signs.get(sign, sign) for sign in text)


def junit(reports: Sequence[Report]) -> bytes:
    """A suite for each file, a case for each group of findings."""
    root = xml.Element("testsuites")
    for report in reports:
        suite = xml.SubElement(root, "testsuite", name=report.file or report.exercise)
        groups = ["quiz"] if report.quiz else [group for group in GROUPS if group != "quiz"]
        failed = 0
        for group in groups:
            case = xml.SubElement(suite, "testcase", classname=report.exercise, name=group)
            found = [one for one in report.problems if KINDS[one.code].group == group]
            if report.skipped:
                xml.SubElement(case, "skipped", message="unchanged since it passed")
            if found:
                failed += 1
                fault = xml.SubElement(case, "failure", message=found[0].message)
                fault.text = "\n".join(map(told, found))
        suite.set("tests", str(len(groups)))
        suite.set("failures", str(failed))
    xml.indent(root)
    text: bytes = xml.tostring(root, encoding="utf-8", xml_declaration=True)
    return text


FORMATS: Mapping[str, Callable[[Sequence[Report]], str]] = {
    "text": as_text,
    "json": as_json,
    "github": as_github,
}


def lines(reports: Iterator[Report], form: str) -> Iterator[str]:
    """The reports in one format; text as they come."""
    if form == "text":
        yield from (as_text([report]) for report in reports)
    else:
        yield FORMATS[form]([*reports])
