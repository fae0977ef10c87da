"""``gradmark list``."""

from __future__ import annotations

from pathlib import Path

import click

from grader.cli.options import BANK, seldom_collected
from grader.words import counted, in_points


@click.command("list")
@BANK
@seldom_collected()
def command(folders: tuple[Path, ...]) -> None:
    """List the exercises of a bank: id, title, points, number of variants, questions."""
    from grader.bank import load_folder
    from grader.drawing import about, distinct

    for exercise in load_folder(*folders).values():
        file = exercise.file
        questions = ", ".join(question.id for question in file.questions)
        click.echo(f"{file.id}: {file.title}")
        points = counted(in_points(exercise.points), "point")
        variants = counted(about(distinct(exercise)), "variant")
        click.echo(f"    {points}; {variants}; questions: {questions}")
