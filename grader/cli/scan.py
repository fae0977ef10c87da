"""``gradmark scan``."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from grader.cli.options import BANK, FOUND, different, outside
from grader.words import counted


@click.command("scan")
@click.argument(
    "scans",
    nargs=-1,
    required=True,
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
)
@click.option(
    "--quiz",
    required=True,
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="The folder that 'gradmark quiz' wrote.",
)
@click.option("--out", required=True, type=click.Path(path_type=Path, dir_okay=False))
@click.option(
    "--crops",
    type=click.Path(path_type=Path, file_okay=False),
    help="A folder for a picture of everything that waits for a person.",
)
@click.option(
    "--typed",
    type=click.Path(path_type=Path, dir_okay=False),
    help="A CSV file of all blanks that wait: written, and read again once their answers are typed into it.",
)
@BANK
def command(
    scans: tuple[Path, ...],
    quiz: Path,
    out: Path,
    crops: Path | None,
    typed: Path | None,
    folders: tuple[Path, ...],
) -> None:
    """Read filled answer sheets from PDFs of a scanner.

    \b
    gradmark scan monday.pdf tuesday.pdf --quiz week-5 --out lines.jsonl --crops crops --typed typed.csv
    gradmark grade lines.jsonl --quiz week-5 --out marks.csv --decisions decisions.csv

    Circles are read. What is written by hand, doubtful marks, and pages that are missing, doubled or of no paper of the quiz wait for a
    person: they are in the lines, and 'gradmark grade' lists them as decisions to take. What is typed into the file of --typed is marked
    like any other answer by the next run.
    """
    from grader import papers, pdf
    from grader.bank import load_folder

    different("scans, lines and what is typed", *scans, out, typed)
    outside([out, crops, typed], [quiz / "papers", quiz / "staff"])
    found = pdf.scan(scans, quiz, load_folder(*folders), crops)
    if typed is not None:
        found = pdf.with_typed(found, typed)
    papers.write_text(out, pdf.as_lines(found))
    students = counted(len({one.student for one in found.lines if one.student}), "student")
    click.echo(f"{counted(found.pages, 'page')} of {students} read; answers in {out}")
    if found.waiting:
        click.echo(
            f"a person must look at {counted(found.waiting, 'blank or page', 'blanks and pages')}",
            err=True,
        )
        sys.exit(FOUND)
