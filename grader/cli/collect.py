"""``gradmark collect``."""

from __future__ import annotations

from pathlib import Path

import click

from grader.cli.options import BANK, different, outside


@click.command("collect")
@click.argument("responses", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--from", "platform", required=True, type=click.Choice(["moodle", "canvas"]))
@click.option(
    "--quiz", required=True, type=click.Path(path_type=Path, exists=True, file_okay=False)
)
@click.option("--out", required=True, type=click.Path(path_type=Path, dir_okay=False))
@BANK
def command(
    responses: Path, platform: str, quiz: Path, out: Path, folders: tuple[Path, ...]
) -> None:
    """Read what students answered in another program, to be marked here.

    \b
    gradmark collect responses.csv --from moodle --quiz week-5 --out collected.jsonl
    gradmark grade collected.jsonl --quiz week-5 --out marks.csv

    RESPONSES is the program's own report with the text of questions, one attempt a student.
    """
    from grader import exports, papers
    from grader.bank import load_folder

    different("responses and output", responses, out)
    outside([out], [quiz / "papers", quiz / "staff"])
    found = exports.collect(responses, platform, quiz, load_folder(*folders))
    papers.write_bytes(out, found.lines)
    click.echo(f"{out}: {'; '.join(found.notes)}")
