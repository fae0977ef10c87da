"""``gradmark serve``."""

from __future__ import annotations

import os
import sys
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import click

from grader.cli.options import BANK, FOUND
from grader.errors import UsageError

if TYPE_CHECKING:
    from grader.web import Settings

SWITCH = 0.001  # seconds until who computes a page lets others go on
LEVELS = click.Choice(["received", "points", "verdict", "remark", "solution"])
COURSE = click.option("--course", default="course", show_default=True, help="Its name.")


@click.group("serve", invoke_without_command=True)
@click.option(
    "--data",
    default="gradmark.sqlite",
    show_default=True,
    type=click.Path(path_type=Path, dir_okay=False),
    help="The file that holds everything; DATABASE_URL names a PostgreSQL database instead.",
)
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True)
@click.option("--address", help="Where people reach it, as https://exam.example.org.")
@click.option("--proxy", help="The address of a reverse proxy that names people in --user-header.")
@click.option("--user-header", help="The header in which the proxy names people.")
@click.option("--login", is_flag=True, help="Anybody on this machine may be anybody.")
@click.option("--workers", type=click.IntRange(min=1), help="Processes that mark.")
@click.option("--demo", is_flag=True, help="Show it with a sample class.")
@BANK
@click.pass_context
def command(
    context: click.Context,
    data: Path,
    host: str,
    port: int,
    address: str | None,
    proxy: str | None,
    user_header: str | None,
    login: bool,
    workers: int | None,
    demo: bool,
    folders: tuple[Path, ...],
) -> None:
    """Serve quizzes: students answer in a browser and are marked at once.

    \b
    gradmark serve --demo
    gradmark serve publish week-5 --course dl26 --closes 2026-12-04T18:00+01:00
    gradmark serve links --course dl26 > links.csv
    gradmark serve staff g1 --course dl26 --role grader
    gradmark serve --address https://exam.example.org
    gradmark serve backup today.sqlite && gradmark serve verify today.sqlite
    gradmark serve person export ada > ada.json
    """
    installed()
    from grader.web import Settings

    if bool(proxy) != bool(user_header):
        raise UsageError("--proxy and --user-header go together")
    database = os.environ.get("DATABASE_URL") or f"sqlite:///{data}"
    context.obj = Settings(
        database,
        address or f"http://{host}:{port}",
        proxy or "",
        user_header or "",
        login or demo,
        workers or 0,
        bank=tuple(map(str, folders)),
    )
    if context.invoked_subcommand is None:
        run(context.obj, host, port, demo)


def installed() -> None:
    """What only the page needs is there.

    Raises:
        UsageError: it is not.
    """
    try:
        import alembic
        import sqlalchemy
        import starlette
        import uvicorn
    except ImportError as error:
        raise UsageError(f"the page needs {error.name}: pip install 'gradmark[serve]'") from None
    del alembic, sqlalchemy, starlette, uvicorn


def run(settings: Settings, host: str, port: int, demo: bool) -> None:
    """Serve until the process is told to end."""
    import uvicorn

    from grader.web import Site, application, sample_class

    sys.setswitchinterval(SWITCH)
    site = Site(settings)
    site.store.migrate()
    if demo:
        from grader.cli.demo import student_answers

        sample_class(site, student_answers)
    click.echo(f"{settings.address} (Ctrl-C ends it)")
    try:
        uvicorn.run(
            application(site),
            host=host,
            port=port,
            proxy_headers=False,
            access_log=False,
            log_level="warning",
        )
    finally:
        site.end()


@command.command("publish")
@click.argument("quiz", type=click.Path(path_type=Path, exists=True))
@click.option(
    "--roster",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="A CSV file with a column 'student'; those of the papers in QUIZ unless given.",
)
@COURSE
@click.option("--opens", help="A time with its offset from UTC, as 2026-12-01T09:00+01:00.")
@click.option("--closes", help="As --opens.")
@click.option("--minutes", type=click.IntRange(min=1), help="From the beginning.")
@click.option("--attempts", type=click.IntRange(min=1), help="As many as wanted unless given.")
@click.option(
    "--level", type=LEVELS, default="remark", show_default=True, help="What is told at once."
)
@click.option(
    "--later",
    type=LEVELS,
    default="solution",
    show_default=True,
    help="What is told once it has closed.",
)
@click.option("--take", type=click.Choice(["best", "newest"]), default="best", show_default=True)
@click.option("--practice", is_flag=True, help="Its exercises may be practised once it has closed.")
@BANK
@click.pass_obj
def publish(
    settings: Settings,
    quiz: Path,
    roster: Path | None,
    course: str,
    opens: str | None,
    closes: str | None,
    minutes: int | None,
    attempts: int | None,
    level: str,
    later: str,
    take: str,
    practice: bool,
    folders: tuple[Path, ...],
) -> None:
    """Publish a quiz: a folder that 'gradmark quiz' wrote, or a quiz file with --roster. Run it again to change dates or add students."""
    from grader.answers import Level
    from grader.bank import load_folder
    from grader.web import Rules, Site
    from grader.web import publish as put

    rules = Rules(
        moment("--opens", opens),
        moment("--closes", closes),
        minutes,
        attempts,
        Level[level.upper()],
        Level[later.upper()],
        take,
        practice,
    )
    site = Site(settings)
    site.store.migrate()
    made = put(site.store, quiz, roster, load_folder(*folders), course, rules)
    click.echo(f"{settings.address}/quiz/{made.quiz}: {made.papers} papers in '{course}'")


def moment(option: str, text: str | None) -> int | None:
    """A time that an option gives, in milliseconds."""
    from grader.papers import roster

    if text is None:
        return None
    found = roster.moment(text)
    if found is None:
        raise UsageError(
            f"{option}: expected a time with its offset from UTC, such as 2026-12-01T09:00+01:00, found '{text[:40]}'"
        )
    return round(found.timestamp() * 1000)


@command.command("links")
@COURSE
@click.pass_obj
def links(settings: Settings, course: str) -> None:
    """A new personal link for each member of a course, as CSV. Links of before do not work any more."""
    import csv

    from grader.web import Site, personal_links

    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(["student", "link"])
    writer.writerows(personal_links(Site(settings), course).items())


@command.command("backup")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.pass_obj
def backup(settings: Settings, file: Path) -> None:
    """Copy all data into FILE, while they are in use."""
    from grader.web import Store
    from grader.web import backup as copy

    copy(Store(settings.database), file)
    click.echo(f"{file}: {file.stat().st_size:,} bytes")


@command.command("verify")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.pass_context
def verify(context: click.Context, file: Path) -> None:
    """Say whether a copy is whole: its rows, its chain of events, every submission and mark."""
    from grader.web import Store, counts, faults

    with Store(f"sqlite:///{file}").read() as tx:
        found = [*faults(tx)]
        count = counts(tx)
    for line in found:
        click.echo(line)
    click.echo(", ".join(f"{name}: {number:,}" for name, number in count.items()))
    context.exit(FOUND if found else 0)


@command.command("staff")
@click.argument("name")
@COURSE
@click.option(
    "--role",
    type=click.Choice(["grader", "instructor", "author", "admin"]),
    default="instructor",
    show_default=True,
    help="What they may do: docs/serve.md says it.",
)
@click.pass_obj
def staff(settings: Settings, name: str, course: str, role: str) -> None:
    """Make NAME one of the staff of a course, which is new if there is none of its name; print their personal link."""
    from grader.web import Site, appointed

    site = Site(settings)
    site.store.migrate()
    click.echo(appointed(site, name, course, role))


@command.group("person")
def person() -> None:
    """All that is kept of one person: hand it out, or delete it. WHO is a name of the roster or proxy, or a number as id:7."""


@person.command("export")
@click.argument("who")
@click.pass_obj
def export(settings: Settings, who: str) -> None:
    """Print all that is kept of WHO, as JSON."""
    from grader.web import Store, export_person

    with closing(Store(settings.database)) as store:
        click.echo(export_person(store, who), nl=False)


@person.command("delete")
@click.argument("who", required=False)
@click.option("--course", help="All students of this course who never were in another one.")
@click.confirmation_option(prompt="Nothing brings back what is deleted. Go on?")
@click.pass_obj
def delete(settings: Settings, who: str | None, course: str | None) -> None:
    """Delete the name of WHO and all that they wrote; points, times and hashes stay, under a number."""
    from grader.web import Store, delete_class, delete_person
    from grader.words import counted

    if bool(who) == bool(course):
        raise UsageError("expected WHO or --course")
    with closing(Store(settings.database)) as store:
        if course:
            click.echo(f"deleted {counted(delete_class(store, course), 'student')}")
        elif who:
            click.echo(f"deleted; what stays is of person {delete_person(store, who).id}")
