"""``gradmark check``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from grader.cli.options import FOUND, about, progress
from grader.errors import UsageError


@click.command("check")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option("--seeds", default=100, show_default=True, type=click.IntRange(1, 100_000))
def command(paths: tuple[Path, ...], seeds: int) -> None:
    """Prove exercises right: solvable, gradients certified, keys and near misses marked as they should be.

    \b
    gradmark check                        the whole bank
    gradmark check my-exercise.yaml --seeds 1000

    Exit codes: 0 all hold, 1 something must be mended, 2 a file cannot be used at all.
    """
    from grader import bank, checking
    from grader.errors import AuthorError

    files = bank.files(paths or [bank.home()])
    if not files:
        raise UsageError(f"no exercise in {', '.join(map(str, paths))}")
    problems, code = 0, 0
    for path in progress(files, "checking"):
        try:
            report = checking.check(bank.load(path), seeds)
        except AuthorError as error:
            report = checking.Report(path.stem, list(error.problems), unusable=True)
        problems += len(report.problems)
        code = max(
            code, AuthorError.exit_code if report.unusable else bool(report.problems) * FOUND
        )
        for problem in report.problems:
            click.echo(str(problem), err=True)
        if not report.problems:
            click.echo(checked(report))
    click.echo(f"{len(files)} exercises checked over {seeds} seeds: {problems} problems")
    sys.exit(code)


def checked(report: Any) -> str:
    """One line on an exercise that holds, with what its printed variant is exempt from."""
    line = (
        f"{report.exercise}: {report.blanks} blanks, {about(report.variants)} variants, "
        f"{report.survival.rate:.1%} of draws good, {report.certified} gradients certified"
    )
    told = [f"{name} {share:.0%}" for name, share in report.misconceptions.items()]
    lines = [f"misconceptions: {', '.join(told)}"] if told else []
    return "\n    ".join([line, *report.remarks, *lines])
