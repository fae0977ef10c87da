"""``gradmark grade``."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

import click

from grader.cli.options import BANK, FOUND, different, outside, progress
from grader.errors import UsageError
from grader.words import counted


@click.command("grade")
@click.argument(
    "submissions", nargs=-1, required=True, type=click.Path(path_type=Path, allow_dash=True)
)
@click.option(
    "--quiz",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="The folder that 'gradmark quiz' wrote; without it, SUBMISSIONS is a file of JSON lines.",
)
@click.option("--out", required=True, type=click.Path(path_type=Path, dir_okay=False))
@click.option(
    "--details",
    type=click.Path(path_type=Path, dir_okay=False),
    help="A file for every mark with its message, as JSON lines.",
)
@click.option(
    "--decisions",
    type=click.Path(path_type=Path, dir_okay=False),
    help="A CSV file of all that a person must look at: written, and read again once it is filled in.",
)
@click.option(
    "--take",
    type=click.Choice(["newest", "first", "best"]),
    help="Which of several submissions of a student counts; a person decides unless given.",
)
@click.option(
    "--feedback",
    type=click.Path(path_type=Path),
    help="A folder for a page for each student, as Markdown and HTML; or an archive .zip of pages that bear the names of the files "
    "handed in, as learning platforms want them.",
)
@click.option("--solutions", is_flag=True, help="Add worked solutions to the feedback.")
@click.option(
    "--level",
    type=click.Choice(["received", "points", "verdict", "remark", "solution"]),
    help="How much the feedback tells: a level tells all that those before it tell; remark unless given.",
)
@click.option(
    "--jobs",
    type=click.IntRange(min=1),
    help="Processes that mark lines; one for each core unless given.",
)
@click.option("--cluster", metavar="ADDRESS", help="A Dask scheduler whose workers mark lines.")
@click.option("--resume", is_flag=True, help="Go on where a run broke off.")
@BANK
def command(
    submissions: tuple[Path, ...],
    quiz: Path | None,
    out: Path,
    details: Path | None,
    decisions: Path | None,
    take: str | None,
    feedback: Path | None,
    solutions: bool,
    level: str | None,
    jobs: int | None,
    cluster: str | None,
    resume: bool,
    folders: tuple[Path, ...],
) -> None:
    """Mark what students handed in.

    \b
    gradmark grade handed-in/ --quiz week-5 --out marks.csv --details marks.jsonl
    gradmark grade handed-in/ --quiz week-5 --out marks.csv --decisions decisions.csv
    gradmark grade handed-in/ --quiz week-5 --out marks.csv --feedback feedback --solutions
    gradmark grade collected.jsonl --quiz week-5 --out marks.csv
    gradmark grade answers.jsonl --out marks.jsonl
    gradmark grade answers.jsonl.gz --out marks.parquet --resume

    Notebooks are read and never run. What cannot be marked has a row with the reason.
    """
    from grader.bank import load_folder

    different("answers, marks, details and decisions", *submissions, out, details, decisions)
    read = [*submissions, *([quiz / "papers", quiz / "staff"] if quiz else [])]
    outside([out, details, decisions, feedback], read)
    if decisions and quiz is None:
        raise UsageError("--decisions goes with --quiz")
    for name, given in (("feedback", feedback), ("take", take)):
        if given and quiz is None:
            raise UsageError(f"--{name} goes with --quiz")
    if (solutions or level) and feedback is None:
        raise UsageError(f"--{'solutions' if solutions else 'level'} goes with --feedback")
    if solutions and level not in (None, "solution"):
        raise UsageError(f"--solutions and --level {level} exclude each other")
    if jobs and cluster:
        raise UsageError("--jobs and --cluster exclude each other")
    if quiz and (jobs or cluster or resume):
        raise UsageError("--jobs, --cluster and --resume go without --quiz")
    known = load_folder(*folders)
    if quiz is None:
        if len(submissions) != 1 or submissions[0].is_dir():
            raise UsageError("without --quiz, expected one file of JSON lines")
        look = grade_lines(submissions[0], out, known, jobs, cluster, resume)
    else:
        graded = grade_papers(submissions, quiz, out, details, decisions, take, known)
        if feedback is not None:
            told = "solution" if solutions else level or "remark"
            give_back(graded, quiz, known, feedback, told)
        look = sum(one.is_open for one in graded)
    if look:
        rows = counted(look, "line" if quiz is None else "row")
        click.echo(f"a person must look at {rows} of {out}", err=True)
        sys.exit(FOUND)


def give_back(graded: Any, quiz: Path, known: Any, folder: Path, level: str) -> None:
    """Write what students get back."""
    from grader import papers
    from grader.answers import Level

    count = papers.write_feedback(graded, quiz, known, folder, Level[level.upper()], progress)
    click.echo(f"feedback for {counted(count, 'student')} in {folder}")


def grade_papers(
    submissions: tuple[Path, ...],
    quiz: Path,
    out: Path,
    details: Path | None,
    decisions: Path | None,
    take: str | None,
    known: Any,
) -> Any:
    """Grade notebooks, and write what staff see of the marks."""
    from grader import papers
    from grader.bulk import jsonl
    from grader.papers import reports

    with papers.alone(quiz / "staff") if decisions is not None else nullcontext():
        graded = papers.grade_notebooks(submissions, quiz, known, progress, papers.Take(take or ""))
        standing = papers.standing.stand(graded, papers.standing.read(quiz))
        settled = papers.settle(standing, quiz, decisions)
        graded = settled.graded
        if decisions is not None:
            papers.decision_sheet.keep(settled, quiz, decisions)
        papers.write_text(out, reports.gradebook(graded))
        if details is not None:
            papers.write_text(details, jsonl.write(reports.marked(graded)).decode())
    marked = sum(not one.problem for one in graded)
    absent = sum(one.is_absent for one in graded)
    lost = len(graded) - marked - absent
    told = [f"{counted(marked, 'paper')} marked"]
    told += [f"{counted(absent, 'student')} handed in nothing"] * bool(absent)
    told += [f"{counted(lost, 'row')} could not be marked"] * bool(lost)
    click.echo(f"{', '.join(told)}; gradebook in {out}")
    for line in settled.notes:
        click.echo(line)
    return graded


def grade_lines(
    answers: Path, out: Path, known: Any, jobs: int | None, cluster: str | None, resume: bool
) -> int:
    """Grade lines of answers; return how many a person must look at."""
    from grader import bulk
    from grader.bulk import executors
    from grader.cores import cores

    engine = executors.cluster(cluster) if cluster else executors.processes(jobs or cores())
    with Meter() as meter, told_how_to_go_on(out):
        done = bulk.grade_lines(answers, out, known, engine, resume, meter)
    click.echo(f"{counted(done.lines, 'line')} marked", err=True)
    return done.look


@contextmanager
def told_how_to_go_on(out: Path) -> Iterator[None]:
    """If anything stops a run, say where its marks are and how to go on."""
    try:
        yield
    except (Exception, KeyboardInterrupt):
        part = out.with_name(out.name + ".partial")
        if part.exists():
            click.echo(f"\nthe marks so far are in {part}; --resume continues from there", err=True)
        raise


class Meter:
    """How far it is, on a terminal: a bar with the rate and the time left."""

    def __init__(self) -> None:
        self.bar: Any = None
        self.start = time.monotonic()
        self.before = 0

    def __enter__(self) -> Meter:
        return self

    def __call__(self, done: Any, read: int, size: int) -> None:
        if not sys.stderr.isatty():
            return
        if self.bar is None:
            self.bar = click.progressbar(
                length=size,
                label="marking",
                file=sys.stderr,
                item_show_func=lambda rate: f"{rate} answers/s" if rate else None,
            )
            self.before = done.answers
        rate = (done.answers - self.before) / max(time.monotonic() - self.start, 1e-3)
        self.bar.update(read - self.bar.pos, f"{rate:,.0f}")

    def __exit__(self, *_: object) -> None:
        if self.bar is not None:
            self.bar.render_finish()
