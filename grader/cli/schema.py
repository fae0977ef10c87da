"""``gradmark schema``."""

from __future__ import annotations

import click


@click.command("schema")
@click.argument("kind", type=click.Choice(["exercise", "quiz"]), default="exercise")
def command(kind: str) -> None:
    """Print the JSON Schema of an exercise or a quiz, for an editor.

    \b
    gradmark schema > exercise.schema.json
    gradmark schema quiz > quiz.schema.json

    An editor with yaml-language-server then completes and explains keys in a file that starts with
    "# yaml-language-server: $schema=exercise.schema.json".
    """
    from grader.bank import schema

    click.echo(schema.written(kind), nl=False)
