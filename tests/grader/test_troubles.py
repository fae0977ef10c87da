"""Doors that say what happened: odd lines, outputs over inputs, runs that are ended, and other locales."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from grader.bulk import lines
from grader.cli import main
from grader.papers import files

ODD = [" 17", "017", "+17", "-0", "Printed", " printed", "PRINTED", "", "  ", "text "]
PLAIN = ["17", "printed", "text", "-3", 17]


@pytest.mark.parametrize("seed", ODD)
def test_an_odd_seed_is_an_error_of_its_line(run, tmp_path, seed):
    given = [{"exercise": "two-two-one", "seed": one, "answers": {}} for one in (seed, 17)]
    (tmp_path / "a.jsonl").write_text("".join(json.dumps(one) + "\n" for one in given))
    result = run(main, "grade", tmp_path / "a.jsonl", "--out", tmp_path / "m.jsonl")
    assert result.exit_code == 1
    bad, good = (json.loads(line) for line in (tmp_path / "m.jsonl").read_text().splitlines())
    assert bad["line"] == 1
    assert "expected a seed such as 17" in bad["error"]
    assert good["seed"] == 17


@pytest.mark.parametrize("seed", PLAIN)
def test_a_plain_seed_is_none(run, tmp_path, seed):
    line = {"exercise": "two-two-one", "seed": seed, "answers": {}}
    (tmp_path / "a.jsonl").write_text(json.dumps(line) + "\n")
    assert run(main, "grade", tmp_path / "a.jsonl", "--out", tmp_path / "m.jsonl").exit_code == 0


def test_an_unknown_blank_is_an_error_of_its_line(run, tmp_path):
    answers = [{"output.h1": "1"}, {"output.h1": "1", "output.h7": "2"}]
    given = [{"exercise": "two-two-one", "seed": 17, "answers": one} for one in answers]
    (tmp_path / "a.jsonl").write_text("".join(json.dumps(one) + "\n" for one in given))
    assert run(main, "grade", tmp_path / "a.jsonl", "--out", tmp_path / "m.jsonl").exit_code == 1
    good, bad = (json.loads(line) for line in (tmp_path / "m.jsonl").read_text().splitlines())
    assert good["marks"]["output.h1"]["verdict"] in ("correct", "incorrect")
    assert bad["error"].startswith("no blank 'output.h7'; did you mean 'output.")


@pytest.mark.parametrize("option", ["--out", "--details", "--decisions", "--feedback"])
@pytest.mark.parametrize(
    "place", ["handed-in/x.csv", "week/staff/manifest.json", "week/papers/ada.ipynb"]
)
def test_no_output_goes_where_files_are_read(run, tmp_path, option, place):
    (tmp_path / "class.csv").write_text("student\nada\n")
    (tmp_path / "quiz.yaml").write_text("id: q\ntitle: Q\npick: [two-two-one]\n")
    run(
        main,
        "quiz",
        tmp_path / "quiz.yaml",
        "--roster",
        tmp_path / "class.csv",
        "--out",
        tmp_path / "week",
    )
    (tmp_path / "handed-in").mkdir()
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    words = {"--out": tmp_path / "m.csv", option: tmp_path / place}
    result = run(
        main,
        "grade",
        tmp_path / "handed-in",
        "--quiz",
        tmp_path / "week",
        *(x for pair in words.items() for x in pair),
    )
    assert result.exit_code == 2
    assert "which is read: choose another place" in result.output or "is a file" in result.output
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before


def test_pyarrow_is_missed_before_anything_is_marked(run, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    monkeypatch.delitem(sys.modules, "grader.bulk.parquet", raising=False)
    monkeypatch.setattr(lines, "partitions", None)  # would fail if anything was read
    (tmp_path / "a.jsonl").write_text('{"exercise": "two-two-one", "seed": 1, "answers": {}}\n')
    result = run(main, "grade", tmp_path / "a.jsonl", "--out", tmp_path / "m.parquet")
    assert (result.exit_code, "Parquet needs pyarrow" in result.output) == (2, True)
    assert [path.name for path in tmp_path.iterdir()] == ["a.jsonl"]


def test_a_full_disk_leaves_what_was_there(tmp_path, monkeypatch):
    path = tmp_path / "marks.csv"
    path.write_text("before")

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(OSError, match="No space left"):
        files.write_text(path, "now")
    assert [one.read_text() for one in tmp_path.iterdir()] == ["before"]


LOCALES = [
    {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "PYTHONIOENCODING": "utf-8"}
]


@pytest.mark.parametrize("locale", LOCALES)
def test_files_are_utf_8_whatever_the_locale(tmp_path, locale):
    (tmp_path / "class.csv").write_text("student,name\nada,Čeněk 王\n", encoding="utf-8")
    (tmp_path / "quiz.yaml").write_text(
        "id: q\ntitle: Übung\npick: [two-two-one]\n", encoding="utf-8"
    )
    code = "import sys; from grader.cli import main; main(sys.argv[1:])"
    words = (
        ("quiz", "quiz.yaml", "--roster", "class.csv", "--out", "week"),
        ("grade", "week/papers", "--quiz", "week", "--out", "m.csv", "--decisions", "d.csv", "--feedback", "back"),
    )  # fmt: skip
    root = Path(__file__).parents[2]
    environment = {**os.environ, **locale, "PYTHONPATH": str(root)}
    for one in words:
        done = subprocess.run(
            [sys.executable, "-c", code, *one],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr.decode()
    assert "Čeněk 王" in (tmp_path / "m.csv").read_text("utf-8")
    assert "Übung" in (tmp_path / "week" / "papers" / "ada.ipynb").read_text("utf-8")


def children(pid):
    """The processes that a process has started, and theirs."""
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            name, _, rest = path.read_text().rpartition(")")
        except OSError:
            continue
        if int(rest.split()[1]) == pid:
            own = int(name.split(" ", 1)[0])
            found += [own, *children(own)]
    return found


def is_alive(pid):
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


@pytest.mark.skipif(
    not Path("/proc/self/stat").exists(), reason="needs /proc to see other processes"
)
@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL, signal.SIGINT])
def test_a_run_that_is_ended_leaves_no_workers(tmp_path, how):
    """Within five seconds; and where it can still speak, it says how to go on."""
    line = {"exercise": "softmax-network", "seed": 1, "answers": {"delta1": "W2"}}
    with (tmp_path / "a.jsonl").open("w") as file:
        for seed in range(150_000):
            file.write(json.dumps({**line, "seed": seed % 50, "student": f"s{seed}"}) + "\n")
    code = "import sys; from grader.cli import main; main(sys.argv[1:])"
    words = ("grade", "a.jsonl", "--out", "m.jsonl", "--jobs", "2")
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    run = subprocess.Popen(
        [sys.executable, "-c", code, *words],
        cwd=tmp_path,
        env=environment,
        stderr=subprocess.PIPE,
        text=True,
    )
    wait_for(lambda: marks_are_safe(tmp_path / "m.jsonl.journal") and len(children(run.pid)) >= 2)
    workers = children(run.pid)
    run.send_signal(how)
    _, said = run.communicate(timeout=30)
    wait_for(lambda: not any(map(is_alive, workers)), 5)
    assert run.returncode != 0
    assert ("--resume continues from there" in said) == (how is not signal.SIGKILL)


def marks_are_safe(journal):
    """Does the journal tell of a partition, behind its head?"""
    return journal.exists() and journal.read_bytes().count(b"\n") > 1


def wait_for(condition, seconds=60):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not come"
        time.sleep(0.05)


def test_a_secret_is_written_whole_or_not_at_all(tmp_path, monkeypatch):
    """Half of one would be refused by every later run."""

    def killed(*_, **__):
        raise KeyboardInterrupt

    files.write_private(tmp_path / "secret", "ab" * 32)
    assert (tmp_path / "secret").stat().st_mode & 0o777 == 0o600
    monkeypatch.setattr(Path, "write_text", killed)
    with pytest.raises(KeyboardInterrupt):
        files.write_private(tmp_path / "another", "ab" * 32)
    assert not (tmp_path / "another").exists()


def test_two_runs_do_not_write_into_one_file(tmp_path, monkeypatch):
    """What another run has written of the same file so far is neither used nor taken away."""
    for number in (1, 2):
        monkeypatch.setattr(os, "getpid", lambda number=number: number)
        with files.in_its_place(tmp_path / "marks.csv") as part:
            part.write_text(f"run {number}")
            if number == 1:
                monkeypatch.setattr(os, "getpid", lambda: 2)
                files.write_text(tmp_path / "marks.csv", "the other run")
                assert part.read_text() == "run 1"
    assert [(one.name, one.read_text()) for one in tmp_path.iterdir()] == [("marks.csv", "run 2")]


@pytest.mark.parametrize("command", ["grade", "regrade"])
def test_two_runs_do_not_decide_at_once(run, tmp_path, command):
    (tmp_path / "class.csv").write_text("student\nada\n")
    (tmp_path / "quiz.yaml").write_text("id: q\ntitle: Q\npick: [two-two-one]\n")
    week, marks = tmp_path / "week", tmp_path / "m.jsonl"
    run(main, "quiz", tmp_path / "quiz.yaml", "--roster", tmp_path / "class.csv", "--out", week)
    words = ["grade", week / "papers", "--quiz", week, "--out", tmp_path / "m.csv"]
    assert run(main, *words, "--details", marks).exit_code == 0
    if command == "regrade":
        words = ["regrade", week / "papers", "--quiz", week, "--marks", marks, "--out", tmp_path / "n.jsonl", "--yes"]  # fmt: skip
    with files.alone(week / "staff"):
        result = run(main, *words, "--decisions", tmp_path / "d.csv")
    assert (result.exit_code, "another run is writing here" in result.output) == (2, True)
    assert not (tmp_path / "d.csv").exists()
    assert run(main, *words, "--decisions", tmp_path / "d.csv").exit_code == 0
