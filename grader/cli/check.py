"""``gradmark check``."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from grader.cli.options import FOUND, JOBS
from grader.errors import AuthorError, UsageError
from grader.words import counted

if TYPE_CHECKING:
    from grader.checking import Report


@click.command("check")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option("--seeds", default=100, show_default=True, type=click.IntRange(1, 100_000))
@JOBS
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "github"]),
    default="text",
    show_default=True,
    help="For people, for programs, or as annotations on GitHub.",
)
@click.option(
    "--junit", type=click.Path(path_type=Path, dir_okay=False), help="A report for CI as XML."
)
@click.option(
    "--skip-unchanged",
    "notes",
    type=click.Path(path_type=Path, dir_okay=False),
    help="A file that notes what passed; files that have not changed since are skipped.",
)
def command(
    paths: tuple[Path, ...],
    seeds: int,
    jobs: int | None,
    form: str,
    junit: Path | None,
    notes: Path | None,
) -> None:
    """Prove exercises and quizzes right: solvable, fair, and marked as they should be.

    \b
    gradmark check                        the whole bank
    gradmark check my-exercise.yaml --seeds 1000
    gradmark check exercises/ --skip-unchanged .checked.json --junit report.xml

    Exit codes: 0 no findings, 1 findings, 2 a file cannot be used at all.
    """
    from grader import bank
    from grader.checking import running, showing
    from grader.cores import cores

    files = bank.files(paths or [bank.home()], quizzes=True)
    if not files:
        raise UsageError(f"no exercise in {', '.join(map(str, paths))}")
    passed = running.read_passed(notes) if notes else None
    reports: list[Report] = []
    found = running.run(files, seeds, jobs or cores(), passed)
    for part in showing.lines(kept(found, reports), form):
        click.echo(part, nl=False)
    if junit is not None:
        junit.write_bytes(showing.junit(reports))
    if notes and passed is not None:
        running.write_passed(notes, passed)
    findings = sum(len(report.problems) for report in reports)
    summary = (
        f"{counted(len(files), 'file')} checked over {counted(seeds, 'seed')}: "
        f"{counted(findings, 'finding')}"
    )
    click.echo(summary, err=form != "text")
    unusable = any(report.unusable for report in reports)
    sys.exit(AuthorError.exit_code if unusable else FOUND if findings else 0)


def kept(reports: Iterator[Report], store: list[Report]) -> Iterator[Report]:
    for report in reports:
        store.append(report)
        yield report
