"""``gradmark diff``."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from grader.cli.options import FOUND, progress
from grader.errors import UsageError
from grader.words import counted, in_points

if TYPE_CHECKING:
    from grader.versions import Comparison, Difference, Shift


@click.command("diff")
@click.argument("old", type=click.Path(path_type=Path))
@click.argument("new", type=click.Path(path_type=Path))
@click.argument("submissions", nargs=-1, type=click.Path(path_type=Path))
@click.option("--seeds", default=100, show_default=True, type=click.IntRange(1, 100_000))
@click.option(
    "--answers",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="A file of JSON lines, as for 'gradmark grade': whose marks change?",
)
@click.option(
    "--quiz",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="The folder that 'gradmark quiz' wrote, for SUBMISSIONS: whose marks change?",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
)
def command(
    old: Path,
    new: Path,
    submissions: tuple[Path, ...],
    seeds: int,
    answers: Path | None,
    quiz: Path | None,
    form: str,
) -> None:
    """Show what changes from OLD to NEW, two versions of an exercise or of a folder of exercises.

    \b
    gradmark diff before.yaml after.yaml
    gradmark diff bank-2024 bank --answers answers.jsonl
    gradmark diff bank-2024 bank --quiz week-5 handed-in/

    Exit codes: 0 nothing changes, 1 something does, 2 something could not be compared.
    """
    from grader import versions

    if bool(submissions) != (quiz is not None):
        raise UsageError("--quiz and SUBMISSIONS go together")
    stored = [*versions.stored_lines(answers)] if answers else []
    if quiz is not None:
        stored += versions.stored_notebooks(submissions, quiz, progress)
    found = versions.compare_versions(old, new, seeds, stored, progress)
    if form == "json":
        import msgspec

        click.echo(msgspec.json.format(msgspec.json.encode(found), indent=2).decode())
    else:
        click.echo("\n".join([*spoken(found, bool(answers or quiz))]))
    sys.exit(UsageError.exit_code if found.incomplete else found.changed * FOUND)


def spoken(found: Comparison, marked: bool) -> Iterator[str]:
    """The lines of a comparison for a terminal."""
    counts: dict[str, int] = {}
    for one in found.exercises:
        counts[one.status] = counts.get(one.status, 0) + 1
        if one.status != "unchanged":
            yield f"{one.exercise}: {what(one)}"
            yield from (f"    {line}" for line in details(one))
    listed = ", ".join(f"{count} {status}" for status, count in counts.items())
    yield f"{counted(len(found.exercises), 'exercise')}: {listed}"
    if marked:
        yield from remarked(found)
    yield from (f"cannot be compared: {reason}" for reason in found.lost)


def remarked(found: Comparison) -> Iterator[str]:
    """Whose marks change, and how."""
    students = {one.student for one in found.marks}
    yield (
        f"{counted(found.marked, 'mark')} compared: {len(found.marks)} changed, "
        f"for {counted(len(students), 'student')}; marks of unchanged exercises stay"
    )
    if found.elsewhere:
        yield f"{counted(found.elsewhere, 'answer')} to exercises that neither version has"
    for mark in found.marks:
        before, after = (
            f"{verdict or 'no mark'} {in_points(points)}"
            for verdict, points in ((mark.old, mark.old_points), (mark.new, mark.new_points))
        )
        yield f"    {mark.student} {mark.exercise}/{mark.blank}: {before} -> {after}"
    for total in found.totals:
        yield f"    {total.student}: {in_points(total.old)} -> {in_points(total.new)} points"


def what(one: Difference) -> str:
    if one.status != "changed" or one.marked_otherwise or one.troubles:
        return one.status
    return "wording only" if one.sheets else "nothing that students see"


def details(one: Difference) -> Iterator[str]:
    """What differs in a changed exercise."""
    kept = one.compared - one.variants or one.compared
    compared = "unchanged variants" if one.compared > one.variants else "variants"
    yield from one.troubles
    if one.variants:
        told = ", ".join(f"{part} {count}" for part, count in one.parts.items())
        yield f"variants: {one.variants} of {one.compared} differ ({told})"
    for label, several in (
        ("key", one.keys),
        ("tolerance", one.tolerances),
        ("points", one.points),
    ):
        yield from (f"{label} of {shift_of(shift, kept)}" for shift in several)
    for label, blanks in (("new blanks", one.added), ("removed blanks", one.removed)):
        if blanks:
            yield f"{label}: {', '.join(blanks)}"
    if one.sheets:
        yield f"sheet: {one.sheets} of {kept} {compared} read differently"


def shift_of(shift: Shift, compared: int) -> str:
    example = f"for example with seed {shift.seed}, {shift.old} -> {shift.new}"
    return f"{shift.blank}: in {shift.variants} of {compared} variants, {example}"
