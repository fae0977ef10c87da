"""``gradmark mark``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from grader.cli.options import BANK, PRINTED, SEED, chosen_seed
from grader.errors import UsageError
from grader.words import counted, in_points

if TYPE_CHECKING:
    from grader.marking import Marks


@click.command("mark")
@click.argument("exercise")
@click.argument("answers", nargs=-1, metavar="QUESTION[.BLANK]=ANSWER...")
@SEED
@PRINTED
@click.option("--json", "as_json", is_flag=True, help="One JSON object, as in a marks file.")
@BANK
def command(
    exercise: str,
    answers: tuple[str, ...],
    seed: str | None,
    printed: bool,
    as_json: bool,
    folders: tuple[Path, ...],
) -> None:
    """Mark answers to one variant of EXERCISE.

    \b
    gradmark mark shortcut-network --printed parameters="(h+1)*(d+1)+h"
    gradmark mark two-layer-numbers --printed error=2.5 update.w21=0.65
    """
    from grader import bank, drawing, marking

    given = {}
    for answer in answers:
        address, sign, text = answer.partition("=")
        if not sign:
            raise UsageError(f"expected QUESTION[.BLANK]=ANSWER, found '{answer}'")
        if address.strip() in given:
            raise UsageError(f"two answers to '{address.strip()}', expected one")
        given[address.strip()] = text
    variant = drawing.variant_of(bank.find(exercise, folders), chosen_seed(seed, printed))
    unknown = sorted(given.keys() - variant.keys.keys())
    if unknown:
        known = ", ".join(variant.keys)
        raise UsageError(f"no blank '{unknown[0]}' in {exercise} (blanks: {known})")
    marks = marking.mark(variant, given)
    if as_json:
        import msgspec

        click.echo(msgspec.json.encode(marks).decode())
    else:
        click.echo(spoken(marks), nl=False)


def spoken(marks: Marks) -> str:
    """Marks for a terminal."""
    lines = []
    for address, one in marks.marks.items():
        remark = f": {one.message}" if one.message else ""
        points = f"{in_points(one.points)} of {in_points(one.out_of)}"
        lines.append(f"{address}: {one.verdict}, {points}{remark}")
    lines.append(f"{in_points(marks.points)} of {counted(in_points(marks.out_of), 'point')}")
    return "\n".join(lines) + "\n"
