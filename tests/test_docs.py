"""The documentation is run: every file in it is written, every command is carried out, every link is followed."""

import os
import re
import shlex
from contextlib import contextmanager, nullcontext
from itertools import pairwise
from pathlib import Path, PurePath
from typing import NamedTuple

import pytest
from click.testing import CliRunner
from markdown_it import MarkdownIt

from grader import bank
from grader.answers import Verdict
from grader.bank import DOMAINS
from grader.bank.starting import kinds
from grader.checking import check
from grader.cli import COMMANDS, main
from reference.language.operations import FUNCTIONS
from reference.misconceptions.table import MISCONCEPTIONS, NAMES
from tests.pages import AUTHORING, DOCS, PAGES, ROOT, blocks, exercises, files, name_of
from tests.shipped import already_loaded, few

INNER = {"count", "fill", "unit"}  # functions that derivatives are made of
DATA = "gradmark.sqlite"  # of the page
WRITING = ("--out", "--details", "--decisions", "--feedback", "--junit", "--skip-unchanged", ">")


# Commands


class Command(NamedTuple):
    """One command of a page; ``expected`` on its output, if the page shows that."""

    page: Path
    number: int
    line: str
    expected: str | None

    def __str__(self):
        return f"{name_of(self.page)} {self.number}: {' '.join(self.words[:2])}"

    @property
    def words(self):
        return shlex.split(self.line, comments=True)

    @property
    def written(self):
        """The paths that it writes."""
        words = self.words
        found = {after for word, after in pairwise(words) if word in WRITING}
        if words[1] == "new" and "--out" not in words:
            found.add(f"{words[2]}.yaml")
        if words[1] == "serve":
            found.add(DATA)
        return found - {"-"}

    def builds_on(self, other):
        """Does it name what another command writes, a folder above it or a file in it?"""
        own = [PurePath(word) for word in [*self.words[1:], *[DATA] * ("serve" in self.words)]]
        return any(
            path == one or path in one.parents or one in path.parents
            for path in map(PurePath, other.written)
            for one in own
            if one.parts
        )


def commands(page):
    """The commands of a page in order; of those in consoles the output is known."""
    found = []
    for language, text in blocks(page, "sh", "console"):
        if language == "sh":
            parts = [(line, None) for line in text.splitlines()]
        else:
            parts = [
                (part.partition("\n")[0], part.partition("\n")[2])
                for part in re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]
            ]
        for line, expected in parts:
            if line.startswith("gradmark"):
                found.append(Command(page, len(found) + 1, line, expected))
    return found


def needed(command, every):
    """The commands before this one that it builds on, and those that these build on."""
    before = every[: command.number - 1]
    wanted = {command}
    for other in reversed(before):
        if any(one.builds_on(other) for one in wanted):
            wanted.add(other)
    return [one for one in before if one in wanted]


def lay_out(page, folder):
    """A folder as a reader of a page has it: the files of the page, and the first exercise."""
    tiny = files(AUTHORING / "first-exercise.md")["tiny.yaml"]
    common = dict.fromkeys(["tiny.yaml", "my-exercise.yaml", "bank-2025/tiny.yaml"], tiny)
    shown = {**common, "class.csv": "student\nada\ngrace\n", **files(page)}
    for name, text in shown.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)


def run(command):
    """The result of a command, its output in a file where it says so."""
    words, target = command.words[1:], None
    if ">" in words:
        target, words = words[words.index(">") + 1], words[: words.index(">")]
    if words == ["check"]:  # all of the bank is what `make check` looks at
        words += [str(bank.home() / "01-perceptrons")]
    if words[0] == "check" and command.expected is None:  # as many seeds as show that it is right
        words += ["--seeds", "3"]
    with served_once() if words[0] == "serve" else nullcontext(), already_loaded():
        result = CliRunner().invoke(main, words)
    assert result.exception is None or isinstance(result.exception, SystemExit)
    if target:
        Path(target).write_text(result.stdout)
    return result


@contextmanager
def served_once():
    """A site is asked for its first page, where it would be served until it is ended."""
    testclient = pytest.importorskip("starlette.testclient", reason="the page needs its extra")

    def asked(app, host, port, **_):
        with testclient.TestClient(app, base_url=f"http://{host}:{port}") as client:
            assert "Welcome" in client.get("/").text

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("uvicorn.run", asked)
        patch.setattr("secrets.token_bytes", os.urandom)  # links differ
        yield


@pytest.mark.parametrize("command", [one for page in PAGES for one in commands(page)], ids=str)
def test_command(command, tmp_path, monkeypatch):
    """Each in a folder of its own, once what it builds on has been run there."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("secrets.token_bytes", bytes)  # the secrets of quizzes are zeros
    lay_out(command.page, tmp_path)
    for other in needed(command, commands(command.page)):
        run(other)
    result = run(command)
    if command.expected is None:
        assert result.exit_code == 0, result.output
    else:
        assert result.stdout.strip() == command.expected.strip()


def test_a_command_builds_on_what_writes_its_files():
    """The second needs the first, the third neither, the last the first two."""
    lines = [
        "gradmark new a --kind text --out bank/a.yaml",
        "gradmark quiz q.yaml --bank bank --out week",
        "gradmark schema > bank.json",
        "gradmark grade week/papers --quiz week --out marks.csv",
    ]
    every = [Command(ROOT, number, line, None) for number, line in enumerate(lines, start=1)]
    assert [[one.number for one in needed(command, every)] for command in every] == [
        [], [1], [], [1, 2],
    ]  # fmt: skip


def test_a_wrong_command_or_output_fails(tmp_path, monkeypatch):
    page = DOCS / "checks.md"
    for line, expected in (("gradmark show nothing", None), ("gradmark list", "nothing")):
        with pytest.raises(AssertionError):
            test_command(Command(page, 1, line, expected), tmp_path, monkeypatch)


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_python_runs(page, capsys):
    for _, text in blocks(page, "python"):
        exec(compile(text, page.name, "exec"), {})
        assert capsys.readouterr().out


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_target_of_make_is_there(page):
    targets = re.findall(r"^([\w-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert {*re.findall(r"(?:^|`)make ([\w-]+)", page.read_text(), re.MULTILINE)} <= {*targets}


@pytest.mark.parametrize("name", exercises())
def test_every_exercise_of_the_docs_is_right(name, tmp_path):
    path = tmp_path / PurePath(name).name
    path.write_text(exercises()[name])
    report = check(bank.load(path), len(few(100, 30)))
    assert report.problems == []


# Links

MARKDOWN = MarkdownIt().enable("table")
MENTION = re.compile(r"\bdocs/[\w/-]+\.md(?:#[\w-]+)?")
SOURCES = [
    path
    for folder in ("grader", "reference", "exercises", "benchmarks", "tests")
    for path in (ROOT / folder).rglob("*")
    if path.suffix in (".py", ".yaml", ".json")
]


def links(text):
    """The targets of the links and images of a page."""
    found = [
        one.attrs.get("href") or one.attrs.get("src")
        for token in MARKDOWN.parse(text)
        for one in token.children or ()
        if one.type in ("link_open", "image")
    ]
    return [str(target) for target in found]


def anchors(text):
    """The addresses of the headings of a page, as GitHub makes them."""
    found = []
    for before, token in pairwise(MARKDOWN.parse(text)):
        if before.type == "heading_open":
            heading = "".join(one.content for one in token.children)
            plain = "".join(one for one in heading.lower() if one.isalnum() or one in " -_")
            address = plain.replace(" ", "-")
            found.append(address + f"-{found.count(address)}" * (address in found))
    return found


def broken(text, page):
    """The links of a text that stands in a page and lead nowhere."""
    for target in links(text):
        path, _, anchor = target.partition("#")
        there = (page.parent / path) if path else page
        if re.match(r"https?:", target):
            continue
        if not there.exists() or (
            anchor and anchor not in anchors(there.read_text() if path else text)
        ):
            yield target


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_links_lead_somewhere(page):
    assert [*broken(page.read_text(), page)] == []


def test_a_broken_link_is_found():
    text = "# A b\n\n[1](nowhere.md) [2](checks.md#nothing) [3](#c) ![4](4.png)\n\n"
    good = "[5](checks.md#leak) [6](#a-b) [7](https://example.org/x) `[8](nowhere.md)`\n"
    assert [*broken(text + good, DOCS / "answers.md")] == [
        "nowhere.md", "checks.md#nothing", "#c", "4.png",
    ]  # fmt: skip


def test_what_the_code_says_of_the_docs_is_there():
    mentions = {
        (path.name, one)
        for path in [*SOURCES, ROOT / "Makefile", ROOT / "pyproject.toml"]
        for one in MENTION.findall(path.read_text(errors="replace"))
    }
    assert len(mentions) >= 5
    for name, mention in mentions:
        assert [*broken(f"[it]({mention})", ROOT / "README.md")] == [], name


def test_every_page_is_reached_from_the_readme():
    reached, waiting = set(), [ROOT / "README.md"]
    while waiting:
        page = waiting.pop().resolve()
        if page in PAGES and page not in reached:
            reached.add(page)
            waiting += [page.parent / link.partition("#")[0] for link in links(page.read_text())]
    assert {*PAGES} == reached


# What there is, is documented


def test_every_kind_to_start_from_is_documented():
    text = (AUTHORING / "first-exercise.md").read_text()
    assert all(f"`{kind}`" in text for kind in kinds())


def test_every_command_is_documented():
    shown = " ".join(page.read_text() for page in PAGES)
    assert all(f"gradmark {name}" in shown for name in COMMANDS)
    assert all(f"`{name}`" in (ROOT / "CHANGELOG.md").read_text() for name in COMMANDS)


def test_every_function_and_domain_is_documented():
    text = (AUTHORING / "networks.md").read_text()
    for name in {*(name for name, _ in FUNCTIONS), *DOMAINS} - INNER:
        assert f"`{name}`" in text, name


def test_every_misconception_is_documented():
    text = (AUTHORING / "misconceptions.md").read_text()
    for row in MISCONCEPTIONS:
        assert f"| `{row.name}` | {row.message} |" in text
    assert all(f"| `{name}` |" in text for name in NAMES)


def test_every_verdict_is_in_the_glossary():
    text = (DOCS / "glossary.md").read_text()
    assert all(f"| `{verdict}` |" in text for verdict in Verdict)
