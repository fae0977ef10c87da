"""``gradmark regrade``."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from grader.cli.options import BANK, FOUND, different, move, outside, progress
from grader.errors import UsageError
from grader.words import counted, in_points

if TYPE_CHECKING:
    from grader.versions import Shifted

FILE = click.Path(path_type=Path, exists=True, dir_okay=False)
FOLDER = click.Path(path_type=Path, exists=True, file_okay=False)
NEW = click.Path(path_type=Path, dir_okay=False)
TOLD = 12  # kinds of change


@click.command("regrade")
@click.argument(
    "submissions", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True)
)
@click.option("--marks", required=True, type=FILE, help="The old marks, as JSON lines.")
@click.option("--out", required=True, type=NEW, help="A file for the new marks.")
@click.option("--was", type=FOLDER, help="The bank when the answers were given.")
@click.option("--quiz", type=FOLDER, help="The folder of the quiz, if SUBMISSIONS are notebooks.")
@click.option(
    "--decisions", type=NEW, help="A CSV file of all that a person must look at, as for 'grade'."
)
@click.option(
    "--take",
    type=click.Choice(["newest", "first", "best"]),
    help="Which of several submissions of a student counts, as for 'grade'.",
)
@click.option("--gradebook", type=NEW, help="A file for the new gradebook.")
@click.option("--never-lower", is_flag=True, help="Keep the old mark if the new one is lower.")
@click.option("--changes", type=NEW, help="A CSV file of every mark that changes.")
@click.option("--yes", is_flag=True, help="Write without asking.")
@click.option("--jobs", type=click.IntRange(min=1), help="Processes that mark lines.")
@BANK
def command(
    submissions: tuple[Path, ...],
    marks: Path,
    out: Path,
    was: Path | None,
    quiz: Path | None,
    decisions: Path | None,
    take: str | None,
    gradebook: Path | None,
    never_lower: bool,
    changes: Path | None,
    yes: bool,
    jobs: int | None,
    folders: tuple[Path, ...],
) -> None:
    """Mark submissions again after an exercise was mended, and show whose marks change.

    \b
    gradmark regrade answers.jsonl --marks marks.jsonl --was bank-2025 --bank bank --out new.jsonl
    gradmark regrade handed-in/ --quiz week-5 --marks marks.jsonl --out new.jsonl --never-lower

    Nothing is written before you agree, or pass --yes. After an exercise is mended, a seed may give another
    variant: JSON lines therefore need the old bank, --was. Papers of a quiz store their values and do not.
    """
    from grader import versions
    from grader.bank import load_folder

    written = (out, decisions, gradebook, changes)
    different("submissions, marks and output files", *submissions, marks, *written)
    outside(written, [*submissions, *([quiz / "papers", quiz / "staff"] if quiz else [])])
    check(submissions, quiz, was, out, decisions or gradebook or take)
    known = load_folder(*folders)
    with tempfile.TemporaryDirectory(dir=out.parent) as folder, undisturbed(quiz):
        place = Path(folder)
        fresh = place / f"out{out.suffix}"
        words: dict[str, Any] = {
            "never_lower": never_lower,
            "changes": place / "changes" if changes else None,
        }
        if quiz is None:
            assert was is not None
            found = versions.regrade_lines(
                submissions[0], marks, fresh, known, load_folder(was),
                engine=engine(jobs), **words,
            )  # fmt: skip
            click.echo("\n".join(spoken(found)))
        else:
            remarked = papers(submissions, quiz, marks, decisions, take, known, fresh, words)
            click.echo("\n".join([*spoken(remarked.shifted), *remarked.notes]))
            found = remarked.shifted
        if not agreed(found, yes):
            click.echo("nothing was written", err=True)
            sys.exit(FOUND)
        if quiz is not None:
            remarked.keep(quiz, decisions)
        wanted = {fresh.name: out, "gradebook": gradebook, "changes": changes}
        for name, target in wanted.items():
            if target is not None:
                move(place / name, target)


def check(
    submissions: tuple[Path, ...],
    quiz: Path | None,
    was: Path | None,
    out: Path,
    further: Path | str | None,
) -> None:
    """Options fit together.

    Raises:
        UsageError: they do not.
    """
    from grader.bulk import FORMATS

    if (quiz is None) == (was is None):
        raise UsageError("expected --was BANK for JSON lines, or --quiz FOLDER for notebooks")
    if quiz is None and (len(submissions) != 1 or submissions[0].is_dir() or further):
        raise UsageError("without --quiz, expected one file of JSON lines")
    if out.suffix in FORMATS:
        raise UsageError("--out: expected JSON lines, which may be compressed")


def undisturbed(quiz: Path | None) -> AbstractContextManager[None]:
    """No other run changes what is kept with a quiz."""
    from grader import papers

    return papers.alone(quiz / "staff") if quiz else nullcontext()


class Remarked(NamedTuple):
    """Papers that were marked again: what changes, and what is kept with the quiz once it stands."""

    shifted: Shifted
    notes: tuple[str, ...]
    settled: Any
    marks: list[Any]

    def keep(self, quiz: Path, decisions: Path | None) -> None:
        from grader import papers

        papers.standing.write(quiz, self.marks)
        if decisions is not None:
            papers.decision_sheet.keep(self.settled, quiz, decisions)


def engine(jobs: int | None) -> Any:
    from grader.bulk import executors
    from grader.cores import cores

    return executors.processes(jobs or cores())


def papers(
    submissions: tuple[Path, ...],
    quiz: Path,
    marks: Path,
    decisions: Path | None,
    take: str | None,
    known: Any,
    fresh: Path,
    words: dict[str, Any],
) -> Remarked:
    """Mark notebooks again; write the new marks to a file, and the gradebook beside it."""
    from grader import papers, versions
    from grader.bulk import compressed, jsonl
    from grader.papers import reports

    before = papers.grade_notebooks(submissions, quiz, known, progress, papers.Take(take or ""))
    settled = papers.settle(before, quiz, decisions)
    graded, found = versions.regrade_papers(settled.graded, marks, **words)
    fresh.write_bytes(compressed(jsonl.write(reports.marked(graded)), fresh.suffix))
    fresh.with_name("gradebook").write_text(reports.gradebook(graded), encoding="utf-8")
    left = papers.standing.as_left(graded, before)
    waiting = papers.settle(left, quiz, decisions)
    return Remarked(found, settled.notes, waiting, papers.standing.undecided(graded, before))


def spoken(found: Shifted) -> Iterator[str]:
    """Whose marks change, why, and by how much."""
    for shift, message in found.first:
        was, now = shift.old or "no mark", shift.new or "no mark"
        reason = f": {message}" if message else ""
        yield (
            f"{shift.student} {shift.exercise}/{shift.blank}: {was} {in_points(shift.old_points)} "
            f"-> {now} {in_points(shift.new_points)}{reason}"
        )
    if found.changed > len(found.first):
        yield f"and {found.changed - len(found.first)} more"
    for (exercise, blank, become), count in found.blanks.most_common(TOLD):
        yield f"    {exercise}/{blank}: {become}, {'once' if count == 1 else f'{count} times'}"
    if found.kept:
        yield f"{counted(found.kept, 'mark')} would be lower and stay as before"
    yield (
        f"{counted(found.marked, 'mark')} compared: {found.changed} changed, "
        f"for {counted(len(found.students), 'student')}; points in all: "
        f"{'+' * (found.points >= 0)}{in_points(float(found.points))}"
    )


def agreed(found: Shifted, yes: bool) -> bool:
    """Should the marks be written? Without a terminal to ask at, only if ``--yes`` was given."""
    if yes or not sys.stdin.isatty():
        return yes
    return click.confirm(f"write {counted(found.changed, 'change')}?")
