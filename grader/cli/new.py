"""``gradmark new``."""

from __future__ import annotations

from pathlib import Path

import click

from grader.bank import starting
from grader.errors import UsageError


@click.command("new")
@click.argument("name", metavar="ID")
@click.option("--kind", type=click.Choice(starting.kinds()), required=True, help="What is asked.")
@click.option(
    "--out", type=click.Path(path_type=Path, dir_okay=False), help="The file; ID.yaml unless given."
)
def command(name: str, kind: str, out: Path | None) -> None:
    """Write an exercise to start from; its comments say what each key does.

    \b
    gradmark new my-exercise --kind gradients
    gradmark check my-exercise.yaml
    """
    from grader import papers

    path = out or Path(f"{name}.yaml")
    text = starting.started(name, kind, path.parent)
    if path.exists():
        raise UsageError(f"{path} exists already; expected the name of a new file")
    papers.write_text(path, text)
    click.echo(f"{path}: an exercise of the kind '{kind}'")
