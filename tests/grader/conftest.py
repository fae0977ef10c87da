"""Exercises written on the spot."""

from collections.abc import Callable
from pathlib import Path
from textwrap import dedent

import click
import pytest
from click.testing import CliRunner, Result

from grader import bank
from grader.bank import Exercise
from tests.shipped import BANK, already_loaded


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str], Path]:
    """Write a YAML text and return its path."""

    def write_text(text: str, name: str = "exercise.yaml") -> Path:
        path = tmp_path / name
        path.write_text(dedent(text))
        return path

    return write_text


@pytest.fixture
def exercise(write: Callable[[str], Path]) -> Callable[[str], Exercise]:
    """An exercise from a YAML text."""
    return lambda text: bank.load(write(text))


@pytest.fixture(scope="session")
def shipped() -> dict[str, Exercise]:
    """The bank that comes with gradmark."""
    return BANK


@pytest.fixture
def run() -> Callable[..., Result]:
    """Run a command as the shell would, without a process of its own."""

    def invoke(command: click.Command, *words: object, text: str | None = None) -> Result:
        with already_loaded():
            return CliRunner().invoke(command, [str(word) for word in words], input=text)

    return invoke
