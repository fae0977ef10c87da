"""``gradmark export``."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path

import click

from grader.cli.options import BANK, FOUND, outside
from grader.errors import UsageError
from grader.exports import MODULES
from grader.words import counted


@click.command("export")
@click.argument("quiz", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option("--to", "target", required=True, type=click.Choice([*MODULES]))
@click.option("--out", required=True, type=click.Path(path_type=Path, file_okay=False))
@click.option(
    "--variants", type=click.IntRange(min=1), help="Variants that the program draws from."
)
@click.option("--versions", type=click.IntRange(min=1), help="Papers that all students share.")
@click.option(
    "--roster",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="The students whose papers are exported; all unless given.",
)
@click.option("--accept", multiple=True, metavar="CODE", help="A loss that is accepted.")
@click.option("--locale", type=click.Choice(["en", "de"]), default="en", show_default=True)
@click.option(
    "--wheels",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="A folder of wheels of gradmark and all that it needs, for programs that run it.",
)
@BANK
def command(
    quiz: Path,
    target: str,
    out: Path,
    variants: int | None,
    versions: int | None,
    roster: Path | None,
    accept: tuple[str, ...],
    locale: str,
    wheels: Path | None,
    folders: tuple[Path, ...],
) -> None:
    """Write the papers of a quiz for another program, and what it loses.

    \b
    gradmark export week-5 --to moodle --out week-5-moodle --variants 20
    gradmark export week-5 --to moodle --out week-5-moodle --accept answer-forms --accept follow-through

    QUIZ is the folder that 'gradmark quiz' wrote. Where a loss can change a mark and is not accepted, only the report is written:
    OUT/losses.md for people, OUT/losses.json for programs.
    """
    from grader import exports
    from grader.bank import load_folder

    if sum(one is not None for one in (variants, versions, roster)) > 1:
        raise UsageError("--variants, --versions and --roster exclude each other")
    if wheels and target not in exports.RUN_GRADMARK:
        raise UsageError(f"--wheels is for {' and '.join(exports.RUN_GRADMARK)}")
    unknown = [code for code in accept if code not in exports.LOSSES]
    if unknown:
        raise UsageError(f"no loss '{unknown[0]}': expected one of {', '.join(exports.LOSSES)}")
    if out.resolve() in (quiz.resolve(), *quiz.resolve().parents):
        raise UsageError(f"{out} holds the quiz itself: choose another folder")
    outside([out], [quiz / "papers", quiz / "staff"])
    chosen = exports.Selection(variants or 0, versions or 0, roster, wheels)
    found = exports.export(
        quiz, target, out, load_folder(*folders), chosen, accept, exports.Locale(locale)
    )
    if not found.withheld:
        click.echo(f"{counted(len(found.report.items), 'blank')} for {target} in {out}")
        return
    click.echo(
        f"nothing but {out / 'losses.md'} was written: {', '.join(found.withheld)}", err=True
    )
    given = [one for one in sys.argv[1:] if one != "--"]
    more = [part for code in found.withheld for part in ("--accept", code)]
    click.echo(f"to accept this: {shlex.join(['gradmark', *given, *more])}", err=True)
    sys.exit(FOUND)
