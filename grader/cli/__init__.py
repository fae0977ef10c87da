"""The command line, a file for each command. It parses arguments and prints; the packages below do everything else.

To add a command, add a file with a function ``command``, and its name to ``COMMANDS``. A command's module is loaded when it
is called, and its imports stand inside the function, so that each command loads only what it uses.
"""

from __future__ import annotations

import importlib
import signal
import threading
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import click

from grader.errors import GradmarkError, UsageError
from grader.version import __version__

COMMANDS = (
    "list",
    "show",
    "mark",
    "quiz",
    "grade",
    "regrade",
    "roster",
    "gradebook",
    "analyse",
    "export",
    "scan",
    "collect",
    "check",
    "diff",
    "new",
    "schema",
    "demo",
    "serve",
)


@contextmanager
def ended_politely() -> Iterator[None]:
    """A signal to end is told like Ctrl-C, so that whatever is under way says how to go on."""

    def end(*_: object) -> None:
        raise KeyboardInterrupt

    here = threading.current_thread() is threading.main_thread()
    before = signal.signal(signal.SIGTERM, end) if here else None
    try:
        yield
    finally:
        if here:
            signal.signal(signal.SIGTERM, before)


class Gradmark(click.Group):
    """Loads a command when it is called, and turns errors into a message and an exit code."""

    def list_commands(self, context: click.Context) -> list[str]:
        return [*COMMANDS]  # ``list`` is a command here once it is loaded

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        if name not in COMMANDS:
            return None
        module = importlib.import_module(f"{__name__}.{name}")
        command: click.Command = module.command
        return command

    def invoke(self, context: click.Context) -> Any:
        try:
            with ended_politely():
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
