"""The documentation is run: every file in it is written, every command is carried out."""

import re
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner

from grader import bank
from grader.answers import Criterion
from grader.bank import AnswerFile, FigureFile, Pick, QuestionFile, QuizFile, Rule, Text, Tolerance
from grader.bank.exercise_file import ExerciseFile, NetworkFile
from grader.bank.starting import kinds
from grader.checking import check
from grader.cli import main
from grader.pools import Choose, ChooseSeveral, Match, Option, Order
from grader.pools.matching import Pair
from reference.misconceptions import MISCONCEPTIONS, NAMES

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
FILE = re.compile(r"# file: (\S+)\n")
EXTRA = {"class.csv": "student\nada\ngrace\n", "my-exercise.yaml": "docs/authoring.md#tiny.yaml"}


def blocks(page, *languages):
    return [text for language, text in BLOCK.findall(page.read_text()) if language in languages]


def files(page):
    """Name → text of the files that a page shows."""
    found = {}
    for text in blocks(page, "yaml", "csv", "json"):
        match = FILE.match(text)
        assert match, f"a block of {page.name} has no file name: {text[:60]}"
        found[match.group(1)] = text[match.end() :]
    return found


def lay_out(page, folder, monkeypatch):
    """A folder with the files of a page, as a reader would have it; the secrets of quizzes are zeros."""
    monkeypatch.chdir(folder)
    monkeypatch.setattr("secrets.token_bytes", bytes)
    authoring = files(ROOT / "docs" / "authoring.md")
    (folder / "class.csv").write_text(EXTRA["class.csv"])
    (folder / "my-exercise.yaml").write_text(authoring["tiny.yaml"])
    for name, text in files(page).items():
        (folder / name).write_text(text)


def run(line):
    program, *words = shlex.split(line, comments=True)
    assert program == "gradmark"
    if ">" in words:
        words = words[: words.index(">")]
    if "--seeds" in words:
        words[words.index("--seeds") + 1] = "50"  # as many as show that the command is right
    return CliRunner().invoke(main, words)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_consoles_print_what_they_are_said_to_print(page, tmp_path, monkeypatch):
    lay_out(page, tmp_path, monkeypatch)
    for text in blocks(page, "console"):
        for part in re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]:
            line, _, expected = part.partition("\n")
            result = run(line)
            assert result.exception is None or isinstance(result.exception, SystemExit)
            assert result.stdout.strip() == expected.strip(), line


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_commands_succeed(page, tmp_path, monkeypatch):
    if page.name == "authoring.md":
        (tmp_path / "class.csv").write_text(EXTRA["class.csv"])
    lay_out(page, tmp_path, monkeypatch)
    if page.name == "authoring.md":
        for name in ("my-exercise.yaml", "mended.yaml"):
            (tmp_path / name).unlink()  # their id is that of tiny.yaml
        (tmp_path / "quizzes").mkdir()
        (tmp_path / "quiz.yaml").rename(tmp_path / "quizzes" / "quiz.yaml")
    for text in blocks(page, "sh"):
        for line in text.splitlines():
            if line.startswith("gradmark"):
                line = line.replace(" quiz.yaml", " quizzes/quiz.yaml")
                result = run(line)
                assert result.exit_code == 0, (line, result.output)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_python_runs(page, capsys):
    for text in blocks(page, "python"):
        exec(compile(text, page.name, "exec"), {})
        assert capsys.readouterr().out


def exercises():
    """Name → text of the exercises that the docs show."""
    shown = files(ROOT / "docs" / "authoring.md")
    return {
        name: text
        for name, text in shown.items()
        if text.startswith("id: ") and "questions:" in text
    }


@pytest.mark.parametrize("name", exercises())
def test_every_exercise_of_the_docs_is_right(name, tmp_path):
    path = tmp_path / name
    path.write_text(exercises()[name])
    report = check(bank.load(path), 100)
    assert report.problems == []


def test_every_key_is_documented():
    text = (ROOT / "docs" / "authoring.md").read_text()
    for schema in (
        ExerciseFile, FigureFile, NetworkFile, QuestionFile, AnswerFile, Choose, ChooseSeveral, Match, Order, Text, Criterion, Option, Pair, Rule,
        Tolerance, Pick, QuizFile,
    ):  # fmt: skip
        for field in schema.__struct_encode_fields__:
            assert re.search(rf"\b{field}\b", text), f"{schema.__name__}.{field}"


def test_every_kind_to_start_from_is_documented():
    text = (ROOT / "docs" / "authoring.md").read_text()
    assert all(f"`{kind}`" in text for kind in kinds())


def test_every_command_is_in_the_readme():
    text = (ROOT / "README.md").read_text()
    for name in main.commands:
        assert name in text


def test_links_lead_somewhere():
    for page in PAGES:
        for target in re.findall(r"\]\((?!http|#|figure)([^)#]+)", page.read_text()):
            assert (page.parent / target).exists(), (page.name, target)


def test_every_misconception_is_documented():
    text = (ROOT / "docs" / "authoring.md").read_text()
    for row in MISCONCEPTIONS:
        assert f"| `{row.name}` | {row.message} |" in text
    assert all(f"| `{name}` |" in text for name in NAMES)
