"""``gradmark quiz``."""

from __future__ import annotations

from pathlib import Path

import click

from grader.cli.options import BANK, JOBS, progress, seldom_collected
from grader.words import counted


@click.command("quiz")
@click.argument("quiz", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option(
    "--roster",
    required=True,
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="A CSV file with a column 'student'.",
)
@click.option("--out", required=True, type=click.Path(path_type=Path, file_okay=False))
@click.option(
    "--secret",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="A file with a secret in hexadecimal; made and kept in OUT/staff unless given.",
)
@click.option(
    "--difficulty",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="An analysis.json of 'gradmark analyse': balance papers by what a class lost, not by what is predicted.",
)
@JOBS
@BANK
@seldom_collected()
def command(
    quiz: Path,
    roster: Path,
    out: Path,
    secret: Path | None,
    difficulty: Path | None,
    jobs: int | None,
    folders: tuple[Path, ...],
) -> None:
    """Write a paper for every student: OUT/papers to hand out, OUT/staff to keep.

    \b
    gradmark quiz week-5.yaml --roster class.csv --out week-5

    If the roster changes, run it again: papers that exist stay as they are. A file in OUT/papers that is not the paper that
    would be marked is refused.
    """
    from grader import papers
    from grader.bank import load_folder
    from grader.cores import cores

    measuring = papers.measuring
    measure = measuring.read(difficulty) if difficulty else measuring.Measure()
    known = load_folder(*folders)
    made = papers.make_quiz(quiz, roster, out, known, secret, progress, measure, jobs or cores())
    count = counted(sum(not one.left for one in made.manifest.papers), "paper")
    click.echo(f"{count} in {out / 'papers'}; keys in {out / 'staff'}")
    for line in (*made.notes, *papers.said(made.manifest)):
        click.echo(line)
