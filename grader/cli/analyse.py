"""``gradmark analyse``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from grader.cli.options import BANK, different
from grader.errors import UsageError
from grader.words import counted


@click.command("analyse")
@click.argument(
    "quiz", required=False, type=click.Path(path_type=Path, exists=True, file_okay=False)
)
@click.option(
    "--marks",
    required=True,
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="The marks, as 'gradmark grade' writes them with --details, or of JSON lines.",
)
@click.option("--out", required=True, type=click.Path(path_type=Path, file_okay=False))
@click.option("--cut", "cuts", type=float, multiple=True, help="Points from which on one passes.")
@click.option(
    "--angoff",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="A CSV file item,judge,p: the share of an item's points that one who just passes reaches.",
)
@click.option(
    "--borderline",
    metavar="COLUMN=VALUE",
    help="A column of the roster, and what it says of those who stand on the border.",
)
@click.option("--similarity", is_flag=True, help="Compare all pairs of papers.")
@click.option(
    "--accept",
    metavar="ANSWER=SHARE",
    multiple=True,
    help="Give a share of the points to all who gave a wrong answer, by its name in the report; goes with --decisions.",
)
@click.option(
    "--decisions",
    type=click.Path(path_type=Path, dir_okay=False),
    help="The CSV file of decisions to which that is added, for 'grade' or 'regrade'.",
)
@BANK
def command(
    quiz: Path | None,
    marks: Path,
    out: Path,
    cuts: tuple[float, ...],
    angoff: Path | None,
    borderline: str | None,
    similarity: bool,
    accept: tuple[str, ...],
    decisions: Path | None,
    folders: tuple[Path, ...],
) -> None:
    """Say what a class of answers tells of each item, variant and option, and what to do about it.

    \b
    gradmark analyse week-5 --marks marks.jsonl --out report
    gradmark analyse week-5 --marks marks.jsonl --out report --cut 18 --similarity
    gradmark analyse week-5 --marks marks.jsonl --out report --accept w3f9a2c="50 %" --decisions decisions.csv
    gradmark analyse --marks marks.jsonl --out report

    QUIZ is the folder that 'gradmark quiz' wrote. Without it, variants are drawn again from the seeds of the marks.
    """
    from grader import analysis, papers
    from grader.bank import load_folder

    different("marks, cuts and decisions", marks, angoff, decisions)
    accepted = pairs("accept", accept)
    if bool(accepted) != bool(decisions):
        raise UsageError("--accept and --decisions go together")
    border = pairs("borderline", [borderline] if borderline else [])
    known = load_folder(*folders)
    wanted = analysis.Wanted(
        tuple(analysis.Cut(points, "") for points in cuts),
        tuple(analysis.judgements(angoff)) if angoff else (),
        next(iter(border.items()), None),
        similarity,
    )
    title = papers.read_manifest(quiz).title if quiz else marks.name
    cohort = analysis.gather(marks, known, quiz)
    found = analysis.analysed(cohort, known, title, wanted)
    found = analysis.balanced(found, quiz, known) if quiz else found
    write(found, out)
    if decisions is not None:
        rows = analysis.decided(cohort, found, accepted)
        papers.write_bytes(decisions, papers.decision_sheet.added(decisions, rows))
        click.echo(f"{counted(len(rows), 'decision')} added to {decisions}")
    told(found, cohort.unread, out)


def pairs(option: str, given: Any) -> dict[str, str]:
    """``NAME=VALUE`` → name and value.

    Raises:
        UsageError: an equality sign is missing.
    """
    found = {}
    for one in given:
        name, sign, value = one.rpartition("=")
        if not (sign and name and value):
            raise UsageError(
                f"--{option}: expected a name, an equality sign and a value, found '{one}'"
            )
        found[name.strip()] = value.strip().strip('"')
    return found


def write(found: Any, out: Path) -> None:
    """The report, and all its numbers beside it."""
    from grader import analysis, papers

    out.mkdir(parents=True, exist_ok=True)
    for name, text in analysis.files(found).items():
        papers.write_text(out / name, text)
    papers.write_text(out / "report.html", analysis.document(found))


def told(found: Any, unread: int, out: Path) -> None:
    click.echo(
        f"{counted(found.count, 'student')}, {counted(found.answers, 'answer')}; report in {out / 'report.html'}"
    )
    if unread:
        click.echo(f"{counted(unread, 'line')} hold no marks and were left out", err=True)
    for place, one in enumerate(found.todo, start=1):
        click.echo(f"{place}. {one.what} {one.why}")
