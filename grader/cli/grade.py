"""``gradmark grade``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from grader.cli.options import BANK, FOUND, progress
from grader.errors import UsageError


@click.command("grade")
@click.argument(
    "submissions", nargs=-1, required=True, type=click.Path(path_type=Path, allow_dash=True)
)
@click.option(
    "--quiz",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="The folder that 'gradmark quiz' wrote; without it, SUBMISSIONS is a file of JSON lines.",
)
@click.option("--out", required=True, type=click.Path(path_type=Path, dir_okay=False))
@click.option(
    "--details",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Every single mark with its message, as JSON lines.",
)
@click.option(
    "--texts",
    type=click.Path(path_type=Path, dir_okay=False),
    help="A CSV file of the texts that a person marks: written, and read again once it is filled in.",
)
@click.option(
    "--feedback",
    type=click.Path(path_type=Path, file_okay=False),
    help="A folder for a page per student, as Markdown and HTML.",
)
@click.option("--solutions", is_flag=True, help="With worked solutions in the feedback.")
@BANK
def command(
    submissions: tuple[Path, ...],
    quiz: Path | None,
    out: Path,
    details: Path | None,
    texts: Path | None,
    feedback: Path | None,
    solutions: bool,
    folders: tuple[Path, ...],
) -> None:
    """Mark what students handed in.

    \b
    gradmark grade handed-in/ --quiz week-5 --out marks.csv --details marks.jsonl
    gradmark grade handed-in/ --quiz week-5 --out marks.csv --texts texts.csv
    gradmark grade handed-in/ --quiz week-5 --out marks.csv --feedback feedback --solutions
    gradmark grade answers.jsonl --out marks.jsonl

    Notebooks are read and never run. Nothing is lost: what cannot be marked has its row, with the reason.
    """
    from grader.bank import load_folder

    files = (*submissions, out, details, texts)
    named = [path.resolve() for path in files if path and str(path) != "-"]
    if len(set(named)) < len(named):
        raise UsageError("answers, marks, details and texts must be different files")
    if texts and quiz is None:
        raise UsageError("--texts goes with --quiz")
    if feedback and quiz is None:
        raise UsageError("--feedback goes with --quiz")
    if solutions and feedback is None:
        raise UsageError("--solutions goes with --feedback")
    known = load_folder(*folders)
    if quiz is None:
        if len(submissions) != 1 or submissions[0].is_dir():
            raise UsageError("without --quiz, expected one file of JSON lines")
        look = grade_lines(submissions[0], out, known)
    else:
        graded = grade_papers(submissions, quiz, out, details, texts, known)
        if feedback is not None:
            from grader import service

            count = service.write_feedback(graded, quiz, known, feedback, solutions, progress)
            click.echo(f"{count} students' feedback in {feedback}")
        look = sum(bool(one.problem or one.to_look_at) for one in graded)
    if look:
        click.echo(f"{look} need a look", err=True)
        sys.exit(FOUND)


def grade_papers(
    submissions: tuple[Path, ...],
    quiz: Path,
    out: Path,
    details: Path | None,
    texts: Path | None,
    known: Any,
) -> Any:
    """Grade notebooks, and write what staff see of the marks."""
    from grader import reports, service
    from grader.formats import jsonl

    graded = service.grade_notebooks(submissions, quiz, known, progress)
    if texts is not None:
        graded = service.mark_texts(graded, texts)
    service.write_text(out, reports.gradebook(graded))
    if details is not None:
        lines = (jsonl.write(marks) for one in graded if not one.problem for marks in one.marks)
        service.write_text(details, b"".join(lines).decode())
    click.echo(f"{sum(not one.problem for one in graded)} papers marked; gradebook in {out}")
    return graded


def grade_lines(answers: Path, out: Path, known: Any) -> int:
    """Grade JSON lines; how many a person must look at."""
    from grader import service
    from grader.formats import jsonl
    from grader.reports import to_look_at

    if str(answers) != "-" and not answers.exists():
        raise UsageError(f"no such file: {answers}")
    look = count = 0
    with (
        click.open_file(str(answers), "rb") as lines,
        click.open_file(str(out), "wb", atomic=str(out) != "-") as marks,
    ):
        for record in service.grade_lines(lines, known):
            count += 1
            look += isinstance(record, jsonl.BadLine) or to_look_at([record]) > 0
            marks.write(jsonl.write(record))
    click.echo(f"{count} lines marked", err=True)
    return look
