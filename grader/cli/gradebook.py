"""``gradmark gradebook``."""

from __future__ import annotations

from pathlib import Path

import click

from grader.cli.options import different

FILE = click.Path(path_type=Path, exists=True, dir_okay=False)
PLATFORMS = ("canvas", "moodle", "moodle-assign", "gradescope", "blackboard")


@click.command("gradebook")
@click.argument("marks", type=FILE)
@click.option("--to", "platform", required=True, type=click.Choice(PLATFORMS))
@click.option("--template", required=True, type=FILE, help="The platform's own export.")
@click.option("--out", required=True, type=click.Path(path_type=Path, dir_okay=False))
@click.option("--column", default="", help="The column of the points, as it is called or is to be.")
@click.option("--scale", is_flag=True, help="Convert points to what the platform counts out of.")
def command(
    marks: Path, platform: str, template: Path, out: Path, column: str, scale: bool
) -> None:
    """Fill points into a platform's own export, which it then reads again.

    \b
    gradmark gradebook marks.csv --to canvas --template canvas-grades.csv --column "Week 5" --out upload.csv
    gradmark gradebook marks.csv --to moodle-assign --template worksheet.csv --out upload.csv

    A student who is not in the export, or is there twice, refuses the file. What waits leaves a cell empty, never 0.
    """
    from grader import papers

    different("gradebook, template and output", marks, template, out)
    found = papers.platforms.fill(marks, template, platform, column, scale)
    papers.write_bytes(out, found.table.bytes())
    click.echo(f"{out}: {'; '.join(found.notes)}")
