"""``gradmark roster``."""

from __future__ import annotations

from pathlib import Path

import click

from grader.cli.options import different


@click.command("roster")
@click.argument("export", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--out", required=True, type=click.Path(path_type=Path, dir_okay=False))
@click.option("--id", "column", default="", help="The column with the ids of students.")
def command(export: Path, out: Path, column: str) -> None:
    """Make a class list from what Canvas, Moodle, Gradescope or Blackboard export.

    \b
    gradmark roster canvas-grades.csv --out class.csv
    gradmark roster participants.csv --id "Email address" --out class.csv
    """
    from grader import papers

    different("export and output", export, out)
    found = papers.platforms.read_list(export, column)
    papers.write_bytes(out, found.table.bytes())
    click.echo(f"{out}: {'; '.join(found.notes)}")
