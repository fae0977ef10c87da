"""``gradmark check`` as people, programs and CI call it."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from xml.etree import ElementTree

import pytest

from grader.checking.kinds import KINDS
from grader.cli import main

FAULTS = Path(__file__).parents[1] / "faults"
DOCS = Path(__file__).parents[2] / "docs" / "checks.md"


@pytest.fixture
def folder(tmp_path):
    """A bank with one good exercise, two faulty ones and a quiz that picks what is not there."""
    (tmp_path / "quizzes").mkdir()
    for name in ("leak-formula", "unknown-name"):
        (tmp_path / f"{name}.yaml").write_text((FAULTS / f"{name}.yaml").read_text())
    good = (FAULTS / "leak-formula.yaml").read_text().replace(" Show that it is $a (1 - a)$.", "")
    (tmp_path / "good.yaml").write_text(good.replace("id: leak-formula", "id: good"))
    quiz = "id: week\ntitle: Week\npick: [good, god]\n"
    (tmp_path / "quizzes" / "week.yaml").write_text(quiz)
    return tmp_path


def test_people_read_place_message_code_and_remedy(folder, run):
    result = run(main, "check", folder, "--seeds", 5, "--jobs", 1)
    assert result.exit_code == 2  # one file cannot be used
    lines = result.stdout.splitlines()
    assert f"{folder}/leak-formula.yaml:16:57: 'a (1 - a)' is the answer to forward [leak]" in lines
    accept = "if it is meant so: `accept: {leak: 'the reason'}`"
    assert f"    {KINDS['leak'].mend}; {accept} (docs/checks.md#leak)" in lines
    assert any(line.startswith("good: 1 blank,") for line in lines)
    assert lines[-1] == "4 files checked over 5 seeds: 3 findings"
    assert run(main, "check", folder / "leak-formula.yaml", "--seeds", 5).exit_code == 1
    assert run(main, "check", folder / "good.yaml", "--seeds", 5).exit_code == 0


def test_processes_change_nothing(folder, run):
    one, two = (run(main, "check", folder, "--seeds", 5, "--jobs", jobs).stdout for jobs in (1, 2))
    assert one == two


@pytest.mark.skipif(
    not Path("/proc/self/task").exists(), reason="processes are looked for in /proc"
)
def test_processes_of_a_killed_check_end(folder):
    words = ["check", str(folder), "--seeds", "100000", "--jobs", "2"]
    command = [sys.executable, "-c", "from grader.cli import main; main()", *words]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:
        until(
            lambda: len(children(process.pid)) > 1
        )  # one that checks as well, and what keeps count of it
        working = children(process.pid)
        os.kill(process.pid, signal.SIGKILL)
    until(lambda: not any(map(lives, working)))


def until(holds):
    """Wait for what takes a second or two, on a busy machine more."""
    end = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.05)


def children(pid):
    return [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def lives(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")")[-1].split()[0] != "Z"
    except OSError:
        return False


def test_programs_read_json(folder, run):
    result = run(main, "check", folder, "--seeds", 5, "--jobs", 1, "--format", "json")
    found = json.loads(result.stdout)
    codes = [one["code"] for report in found["reports"] for one in report["problems"]]
    assert codes == ["leak", "names", "quiz"]
    assert {*found["mend"]} == {*codes}


def test_github_shows_annotations(folder, run):
    (folder / "unknown-name.yaml").write_text("id: x\ntitle: 'a, b: c%'\nquestions: {}\n")
    result = run(main, "check", folder, "--seeds", 5, "--jobs", 1, "--format", "github")
    lines = result.stdout.splitlines()
    place = f"{folder}/leak-formula.yaml".replace(":", "%3A")
    assert (
        f"::error file={place},line=16,col=57,title=leak::'a (1 - a)' is the answer to forward"
        in lines
    )
    assert all(line.startswith("::error file=") for line in lines)


def test_ci_reads_junit(folder, run):
    run(main, "check", folder, "--seeds", 5, "--jobs", 1, "--junit", folder / "r.xml")
    suites = ElementTree.parse(folder / "r.xml").getroot()
    failed = {
        (suite.get("name").rpartition("/")[2], case.get("name"))
        for suite in suites
        for case in suite
        if case.find("failure") is not None
    }
    assert failed == {
        ("leak-formula.yaml", "texts"),
        ("unknown-name.yaml", "file"),
        ("week.yaml", "quiz"),
    }
    assert sum(int(suite.get("failures")) for suite in suites) == 3


def test_what_passed_and_is_the_same_is_passed_over(folder, run):
    words = ("check", folder, "--jobs", 1, "--skip-unchanged", folder / "passed.json")
    first = run(main, *words, "--seeds", 5)
    again = run(main, *words, "--seeds", 5)
    assert "good: 1 blank," in first.stdout
    assert "good: unchanged since it passed" in again.stdout
    assert "[leak]" in again.stdout  # what did not pass is looked at again
    more = run(main, *words, "--seeds", 6)
    assert "good: 1 blank," in more.stdout
    good = folder / "good.yaml"
    good.write_text(good.read_text().replace("title: One unit", "title: A unit"))
    assert "good: 1 blank," in run(main, *words, "--seeds", 6).stdout


def test_an_id_of_two_files(folder, run):
    (folder / "second.yaml").write_text((folder / "good.yaml").read_text())
    result = run(main, "check", folder, "--seeds", 5, "--jobs", 1)
    assert (
        f"{folder}/second.yaml:2:5: 'good' is also in {folder}/good.yaml [names]" in result.stdout
    )


def test_a_label_of_two_values_is_no_misconception(write, run):
    """One path of the sum is zero for each label, by the nature of labels."""
    text = (FAULTS / "misconception.yaml").read_text()
    text = text.replace("inputs: {x: 1}", "inputs: {x: 1, y: {shape: 1, domain: binary}}")
    text = text.replace("a = sigmoid(z)", "a = sigmoid(z)\n    L = -y log(a) - (1 - y) log(1 - a)")
    text = text.replace("sample:\n", "sample:\n  y: {one_of: [0, 1]}\n")
    text = text.replace("{values: z}", "{gradients_of: L, by: [w]}").replace(
        "    tolerance: {relative: 2}\n", ""
    )
    result = run(main, "check", write(text), "--seeds", 20)
    assert result.exit_code == 0, result.stdout
    assert "path 100%" in result.stdout
    one = text.replace("y: {one_of: [0, 1]}", "y: 1")
    assert run(main, "check", write(one, "one.yaml"), "--seeds", 20).exit_code == 0


def test_the_misconception_that_is_right_is_named(run):
    result = run(main, "check", FAULTS / "misconception.yaml", "--seeds", 5)
    assert "'sign' gives the right answer to forward in 64 of 64 draws" in result.stdout


def test_what_no_equation_uses_is_said_to_be_so(write, run):
    text = (FAULTS / "unused-parameter.yaml").read_text().replace("[z, a]", "[z, v]")
    result = run(main, "check", write(text), "--seeds", 5)
    assert ":17:26: 'v' is declared, but no equation uses it [names]" in result.stdout


def test_every_finding_has_its_section_in_the_docs():
    text = DOCS.read_text()
    sections = dict(part.partition("\n")[::2] for part in text.split("\n### ")[1:])
    assert {*sections} == {*KINDS}
    for code, kind in KINDS.items():
        assert (
            kind.what in sections[code][0].lower() + sections[code]
            or kind.what[1:] in sections[code]
        )
        assert kind.mend in sections[code]
