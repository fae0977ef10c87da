"""``gradmark list``."""

from __future__ import annotations

from pathlib import Path

import click

from grader.cli.options import BANK


@click.command("list")
@BANK
def command(folders: tuple[Path, ...]) -> None:
    """What is in the bank: id, questions, points, number of variants, title."""
    from grader.bank import load_folder
    from grader.drawing import about, distinct

    for exercise in load_folder(*folders).values():
        file = exercise.file
        questions = ", ".join(question.id for question in file.questions)
        click.echo(f"{file.id}: {file.title}")
        click.echo(
            f"    {exercise.points:g} points; {about(distinct(exercise))} variants; questions: {questions}"
        )
