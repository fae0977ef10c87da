"""``gradmark demo``."""

from __future__ import annotations

from pathlib import Path

import click


@click.command("demo")
@click.option(
    "--out", default="demo", show_default=True, type=click.Path(path_type=Path, file_okay=False)
)
def command(out: Path) -> None:
    """The whole round on a sample class: papers, answers, marks, gradebook."""
    from grader import demo

    click.echo(demo.run(out), nl=False)
