"""The shell door. It parses words and prints; everything else is the service's.

Imports stand inside the commands, so that each loads only what it uses.
"""

from __future__ import annotations

import re
import sys
import traceback
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from grader import __version__
from grader.errors import GradmarkError, UsageError

if TYPE_CHECKING:
    from grader.records import Marks

FOUND = 1  # exit code: the work was done, and a person must look at something

BANK = click.option(
    "--bank",
    "folders",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    multiple=True,
    help="A folder of exercises, instead of the bank that comes with gradmark.",
)


class Gradmark(click.Group):
    """Turns our errors into a message and their exit code."""

    def invoke(self, context: click.Context) -> Any:
        try:
            return super().invoke(context)
        except GradmarkError as error:
            click.echo(str(error), err=True)
            context.exit(error.exit_code)
        except OSError as error:
            click.echo(f"{error.filename or 'a file'}: {error.strerror or error}", err=True)
            context.exit(UsageError.exit_code)
        except (click.exceptions.Exit, click.Abort, click.ClickException):
            raise
        except Exception:
            click.echo("gradmark failed; this is a fault of gradmark, not of its input:", err=True)
            click.echo(traceback.format_exc(), err=True)
            context.exit(GradmarkError.exit_code)


def progress(items: Sequence[Any], label: str) -> Iterable[Any]:
    """A bar on a terminal for what may take longer than a second."""
    if len(items) < 10 or not sys.stderr.isatty():
        yield from items
        return
    with click.progressbar(items, label=label, file=sys.stderr) as bar:
        yield from bar


@click.group(cls=Gradmark, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, message="gradmark %(version)s")
def main() -> None:
    """Exercises on neural networks: draw, solve, hand out, mark.

    \b
    gradmark list
    gradmark show two-layer-numbers --printed --solution
    gradmark mark two-layer-numbers --printed update.w21=0.65
    gradmark quiz quiz.yaml --roster class.csv --out week-5
    gradmark grade handed-in/ --quiz week-5 --out marks.csv

    Exit codes: 0 all is well, 1 a person must look at something, 2 unusable input, 3 gradmark failed.
    """


@main.command("list")
@BANK
def list_command(folders: tuple[Path, ...]) -> None:
    """What is in the bank: id, questions, points, number of variants, title."""
    from grader.bank import load_folder
    from grader.variety import distinct

    for exercise in load_folder(*folders).values():
        file = exercise.file
        questions = ", ".join(question.id for question in file.questions)
        click.echo(f"{file.id}: {file.title}")
        click.echo(
            f"    {exercise.points:g} points; {about(distinct(exercise))} variants; questions: {questions}"
        )


def chosen_seed(seed: str | None, printed: bool) -> int | str:
    if printed and seed is not None:
        raise UsageError("--seed and --printed exclude each other")
    if printed:
        return "printed"
    if seed is None:
        return 0
    return int(seed) if re.fullmatch(r"-?[0-9]{1,40}", seed) else seed[:200]


SEED = click.option("--seed", help="The seed of the variant; 0 unless given.")
PRINTED = click.option("--printed", is_flag=True, help="The variant of the source exam.")


@main.command()
@click.argument("exercise")
@SEED
@PRINTED
@click.option("--solution", is_flag=True, help="With the right answers, for staff.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "markdown", "html", "json"]),
    default="text",
    show_default=True,
)
@BANK
def show(
    exercise: str,
    seed: str | None,
    printed: bool,
    solution: bool,
    form: str,
    folders: tuple[Path, ...],
) -> None:
    """Show one variant of EXERCISE (an id of the bank, or a file).

    \b
    gradmark show layer-sizes --seed 17
    gradmark show my-exercise.yaml --solution --format html > page.html
    """
    from grader import service
    from grader.prompts import Notation, document

    variant = service.variant(service.find(exercise, folders), chosen_seed(seed, printed))
    notation = Notation.PLAIN if form == "text" else Notation.LATEX
    keys = service.solution(variant) if solution else []
    why = service.explained(variant, notation) if solution else {}
    sheet = service.in_print(variant, notation)
    if form == "json":
        import msgspec

        record: dict[str, Any] = {"sheet": sheet, "draw": variant.draw}
        if solution:
            record["solution"] = {address: key for address, key, _ in keys}
            record["explanations"] = why
        click.echo(msgspec.json.format(msgspec.json.encode(record), indent=2).decode())
        return
    text = document(sheet, "#")
    if keys:
        lines = [f"- `{address}` = `{key}` ({within})" for address, key, within in keys]
        text += "\n**Solution**\n\n" + "\n".join(lines) + "\n"
        text += "".join(f"\n**{address}**\n\n{reason}\n" for address, reason in why.items())
    graph = service.drawn(variant) if solution and form in ("html", "markdown") else None
    if graph is not None:
        text += f"\n{graph.markdown}\n"
    if form == "html":
        from grader.html import page

        text = page(text, sheet.title, [*sheet.figures, *([graph] if graph else [])])
    elif form == "text":
        text = text.replace("**", "").replace("`", "")
    click.echo(text, nl=False)


@main.command()
@click.argument("exercise")
@click.argument("answers", nargs=-1, metavar="QUESTION[.BLANK]=ANSWER...")
@SEED
@PRINTED
@click.option("--json", "as_json", is_flag=True, help="One JSON object, as in a marks file.")
@BANK
def mark(
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
    from grader import service

    given = {}
    for answer in answers:
        address, sign, text = answer.partition("=")
        if not sign:
            raise UsageError(f"expected QUESTION[.BLANK]=ANSWER, found '{answer}'")
        if address.strip() in given:
            raise UsageError(f"two answers to '{address.strip()}'")
        given[address.strip()] = text
    variant = service.variant(service.find(exercise, folders), chosen_seed(seed, printed))
    unknown = sorted(given.keys() - variant.keys.keys())
    if unknown:
        known = ", ".join(variant.keys)
        raise UsageError(f"no blank '{unknown[0]}' in {exercise} (blanks: {known})")
    marks = service.mark(variant, given)
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
        lines.append(f"{address}: {one.verdict}, {one.points:g} of {one.out_of:g}{remark}")
    lines.append(f"{marks.points:g} of {marks.out_of:g} points")
    return "\n".join(lines) + "\n"


@main.command()
@click.argument("quiz", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option(
    "--roster",
    required=True,
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="A CSV file with a column 'student'.",
)
@click.option("--out", required=True, type=click.Path(path_type=Path, file_okay=False))
@click.option(
    "--secret",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="A file with a secret in hexadecimal; made and kept in OUT/staff unless given.",
)
@BANK
def quiz(
    quiz: Path, roster: Path, out: Path, secret: Path | None, folders: tuple[Path, ...]
) -> None:
    """Write a paper for every student: OUT/papers to hand out, OUT/staff to keep.

    \b
    gradmark quiz week-5.yaml --roster class.csv --out week-5

    With a longer roster later, papers that were made stay as they are.
    """
    from grader import service
    from grader.bank import load_folder

    manifest = service.make_quiz(quiz, roster, out, load_folder(*folders), secret, progress)
    click.echo(f"{len(manifest.papers)} papers in {out / 'papers'}; keys in {out / 'staff'}")


@main.command()
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
    help="Every single mark with its message, as JSON lines.",
)
@click.option(
    "--texts",
    type=click.Path(path_type=Path, dir_okay=False),
    help="A CSV file of the texts that a person marks: written, and read again once it is filled in.",
)
@click.option(
    "--feedback",
    type=click.Path(path_type=Path, file_okay=False),
    help="A folder for a page per student, as Markdown and HTML.",
)
@click.option("--solutions", is_flag=True, help="With worked solutions in the feedback.")
@BANK
def grade(
    submissions: tuple[Path, ...],
    quiz: Path | None,
    out: Path,
    details: Path | None,
    texts: Path | None,
    feedback: Path | None,
    solutions: bool,
    folders: tuple[Path, ...],
) -> None:
    """Mark what students handed in.

    \b
    gradmark grade handed-in/ --quiz week-5 --out marks.csv --details marks.jsonl
    gradmark grade handed-in/ --quiz week-5 --out marks.csv --texts texts.csv
    gradmark grade handed-in/ --quiz week-5 --out marks.csv --feedback feedback --solutions
    gradmark grade answers.jsonl --out marks.jsonl

    Notebooks are read and never run. Nothing is lost: what cannot be marked has its row, with the reason.
    """
    from grader.bank import load_folder

    files = (*submissions, out, details, texts)
    named = [path.resolve() for path in files if path and str(path) != "-"]
    if len(set(named)) < len(named):
        raise UsageError("answers, marks, details and texts must be different files")
    if texts and quiz is None:
        raise UsageError("--texts goes with --quiz")
    if feedback and quiz is None:
        raise UsageError("--feedback goes with --quiz")
    if solutions and feedback is None:
        raise UsageError("--solutions goes with --feedback")
    known = load_folder(*folders)
    if quiz is None:
        if len(submissions) != 1 or submissions[0].is_dir():
            raise UsageError("without --quiz, expected one file of JSON lines")
        look = grade_lines(submissions[0], out, known)
    else:
        graded = grade_papers(submissions, quiz, out, details, texts, known)
        if feedback is not None:
            from grader import service

            count = service.write_feedback(graded, quiz, known, feedback, solutions, progress)
            click.echo(f"{count} students' feedback in {feedback}")
        look = sum(bool(one.problem or one.to_look_at) for one in graded)
    if look:
        click.echo(f"{look} need a look", err=True)
        sys.exit(FOUND)


def grade_papers(
    submissions: tuple[Path, ...],
    quiz: Path,
    out: Path,
    details: Path | None,
    texts: Path | None,
    known: Any,
) -> Any:
    """Grade notebooks, and write what staff see of the marks."""
    from grader import reports, service
    from grader.formats import jsonl

    graded = service.grade_notebooks(submissions, quiz, known, progress)
    if texts is not None:
        graded = service.mark_texts(graded, texts)
    service.write_text(out, reports.gradebook(graded))
    if details is not None:
        lines = (jsonl.write(marks) for one in graded if not one.problem for marks in one.marks)
        service.write_text(details, b"".join(lines).decode())
    click.echo(f"{sum(not one.problem for one in graded)} papers marked; gradebook in {out}")
    return graded


def grade_lines(answers: Path, out: Path, known: Any) -> int:
    """Grade JSON lines; how many a person must look at."""
    from grader import service
    from grader.formats import jsonl
    from grader.reports import to_look_at

    if str(answers) != "-" and not answers.exists():
        raise UsageError(f"no such file: {answers}")
    look = count = 0
    with (
        click.open_file(str(answers), "rb") as lines,
        click.open_file(str(out), "wb", atomic=str(out) != "-") as marks,
    ):
        for record in service.grade_lines(lines, known):
            count += 1
            look += isinstance(record, jsonl.BadLine) or to_look_at([record]) > 0
            marks.write(jsonl.write(record))
    click.echo(f"{count} lines marked", err=True)
    return look


@main.command()
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option("--seeds", default=100, show_default=True, type=click.IntRange(1, 100_000))
def check(paths: tuple[Path, ...], seeds: int) -> None:
    """Prove exercises right: solvable, gradients certified, keys and near misses marked as they should be.

    \b
    gradmark check                        the whole bank
    gradmark check my-exercise.yaml --seeds 1000

    Exit codes: 0 all hold, 1 something must be mended, 2 a file cannot be used at all.
    """
    from grader import bank, checking
    from grader.errors import AuthorError

    files = bank.files(paths or [bank.home()])
    if not files:
        raise UsageError(f"no exercise in {', '.join(map(str, paths))}")
    problems, code = 0, 0
    for path in progress(files, "checking"):
        try:
            report = checking.check(bank.load(path), seeds)
        except AuthorError as error:
            report = checking.Report(path.stem, list(error.problems), unusable=True)
        problems += len(report.problems)
        code = max(
            code, AuthorError.exit_code if report.unusable else bool(report.problems) * FOUND
        )
        for problem in report.problems:
            click.echo(str(problem), err=True)
        if not report.problems:
            click.echo(checked(report))
    click.echo(f"{len(files)} exercises checked over {seeds} seeds: {problems} problems")
    sys.exit(code)


def about(count: int) -> str:
    """A number as it is read, or its magnitude where it is long."""
    return str(count) if count < 10**6 else f"about 10^{len(str(count)) - 1}"


def checked(report: Any) -> str:
    """One line on an exercise that holds, with what its printed variant is exempt from."""
    line = (
        f"{report.exercise}: {report.blanks} blanks, {about(report.variants)} variants, "
        f"{report.survival.rate:.1%} of draws good, {report.certified} gradients certified"
    )
    told = [f"{name} {share:.0%}" for name, share in report.misconceptions.items()]
    lines = [f"misconceptions: {', '.join(told)}"] if told else []
    return "\n    ".join([line, *report.remarks, *lines])


@main.command()
@click.option(
    "--out", default="demo", show_default=True, type=click.Path(path_type=Path, file_okay=False)
)
def demo(out: Path) -> None:
    """The whole round on a sample class: papers, answers, marks, gradebook."""
    from grader import demo as round_trip

    click.echo(round_trip.run(out), nl=False)


if __name__ == "__main__":
    main()
