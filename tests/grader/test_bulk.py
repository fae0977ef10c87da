"""Marking in bulk: the same marks however the answers come in and whoever marks them, and nothing lost."""

import bz2
import errno
import functools
import gzip
import io
import json
import lzma
import multiprocessing
import os
import random
import signal
import sys
from concurrent.futures import Executor, Future, process

import pytest

from benchmarks import cluster
from benchmarks.identical import differing
from benchmarks.submissions import anything
from grader import bulk
from grader.bulk import Engine, executors, jsonl, partitions, resuming, worker
from grader.cli import main
from grader.cli.grade import Meter
from grader.drawing import variants
from grader.errors import UsageError
from tests.shipped import few


@pytest.fixture(scope="session")
def answers(tmp_path_factory, shipped):
    """A file of answers to exercises of every kind, with lines that cannot be read."""
    generator = random.Random(5)
    lines = []
    for name in ("two-two-one", "layer-sizes", "vanishing-gradients", "learning-rate-curves"):
        for seed, one in enumerate(variants(shipped[name], range(10))):
            texts = {
                address: generator.choice([key.show(), *key.near_misses(), "?", ""])
                for address, (_, key) in one.keys.items()
            }
            lines.append(json.dumps({"exercise": name, "seed": seed, "answers": texts}))
    lines += ["{", "", '{"exercise": "x", "seed": 1, "answers": {}}', "[" * 50, "\xff"]
    generator.shuffle(lines)
    path = tmp_path_factory.mktemp("bulk") / "answers.jsonl"
    path.write_bytes("\n".join(lines).encode("latin-1"))
    return path


@pytest.fixture(scope="session")
def marks(answers, shipped):
    """What an unbroken run in one process writes."""
    out = answers.with_name("marks.jsonl")
    bulk.grade_lines(answers, out, shipped)
    return out.read_bytes()


@pytest.fixture
def small(monkeypatch):
    """Partitions of a few lines."""
    monkeypatch.setattr(bulk, "grade_lines", functools.partial(bulk.grade_lines, size=700))


# However it is cut


@pytest.mark.parametrize("size", [1, 700, 10**9])
@pytest.mark.parametrize("block", [1, 333, 10**9])
def test_partitions_hold_every_line_once(size, block, answers):
    data = answers.read_bytes()
    found = [*partitions.partitions(cut(data, block), size=size)]
    assert b"".join(one.data for one in found) == data
    assert found[-1].end.offset == len(data)
    for one in found:
        start = data.index(one.data) if len(one.data) > 20 else None
        assert start is None or one.line == data.count(b"\n", 0, start) + 1
    again = [*partitions.partitions(cut(data, 77), found[0].end, size)]
    assert again == found[1:]


@pytest.mark.parametrize("block", [997, 50_000, 10**9])
@pytest.mark.parametrize("long", [0, 100, 1_000_002, 3_000_000])
def test_partitions_have_so_many_lines(block, long):
    """Wherever blocks end, also before a line that is too long."""
    data = b"{}\n" * 30_000 + b"x" * long + b"\n" + b"{}\n" * 30_000
    found = [*partitions.partitions(cut(data, block), size=4_000, lines=50)]
    assert [one.end for one in found] == [
        one.end for one in partitions.partitions(cut(data, 10**9), size=4_000, lines=50)
    ]
    assert found[-1].end.offset == len(data)
    assert found[-1].end.lines == data.count(b"\n")
    counts = [one.data.count(b"\n") for one in found]
    assert max(counts) < 2_000
    assert sorted(counts)[len(counts) // 2] < 100
    again = [*partitions.partitions(cut(data, 77_777), found[len(found) // 2].end, 4_000, 50)]
    assert again == found[len(found) // 2 + 1 :]


def test_of_a_line_without_end_only_the_beginning_is_kept():
    data = b'{"a": 1}\n' + b"x" * 5_000_000 + b"\n{}\n"
    found = [*partitions.partitions(cut(data, 10_000), size=1_000_000)]
    assert sum(len(one.data) for one in found) < 2_500_000
    assert found[-1].end.offset == len(data)
    lines = [line for one in found for line in partitions.lines_of(one.data)]
    assert [line[:1] for line in lines] == [b"{", b"x", b"{"]
    [(_, bad)] = jsonl.read(lines[1:2], 2)
    assert bad == jsonl.BadLine(2, "too long: expected at most 1000000 bytes")
    assert found[-1].line + found[-1].data.count(b"\n") == 4


def cut(data, size):
    file = io.BytesIO(data)
    return iter(lambda: file.read(size), b"")


@pytest.mark.usefixtures("small")
def test_marks_do_not_hang_on_partitions(answers, marks, shipped, tmp_path):
    bulk.grade_lines(answers, tmp_path / "m.jsonl", shipped)
    assert (tmp_path / "m.jsonl").read_bytes() == marks


def test_bulk_and_one_by_one_give_the_same_bytes(shipped):
    assert not differing([*anything(shipped, len(few(300, 128)), seed=8)], shipped)


# However it comes and goes


PACKED = {".gz": gzip, ".bz2": bz2, ".xz": lzma}


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("suffix", PACKED)
def test_compressed_answers_and_marks(run, suffix, answers, marks, tmp_path):
    path, out = tmp_path / f"a.jsonl{suffix}", tmp_path / f"m.jsonl{suffix}"
    path.write_bytes(PACKED[suffix].compress(answers.read_bytes()))
    assert run(main, "grade", path, "--out", out, "--jobs", 1).exit_code == 1
    assert PACKED[suffix].open(out).read() == marks
    path.write_bytes(path.read_bytes()[:-40])
    result = run(main, "grade", path, "--out", tmp_path / "n.jsonl", "--jobs", 1)
    assert (result.exit_code, f"{path}: damaged" in result.stderr) == (2, True)


@pytest.mark.usefixtures("small")
def test_parquet_in_and_out(run, answers, marks, tmp_path):
    pa = pytest.importorskip("pyarrow")
    from pyarrow import parquet

    lines = [
        json.loads(line) for line in answers.read_text("latin-1").splitlines() if '"se' in line
    ]
    for number, line in enumerate(lines):
        line["seed"], line["answers"] = str(line["seed"]), [*line["answers"].items()]
        line["student"] = f"s{number}" if number % 2 else None
    kinds = {"exercise": pa.string(), "seed": pa.string(), "student": pa.string()}
    schema = pa.schema({**kinds, "answers": pa.map_(pa.string(), pa.string())})
    parquet.write_table(pa.Table.from_pylist(lines, schema), tmp_path / "a.parquet")
    for out in ("m.parquet", "m.jsonl"):
        words = (tmp_path / "a.parquet", "--out", tmp_path / out, "--jobs", 1)
        assert run(main, "grade", *words).exit_code == 1
    rows = parquet.read_table(tmp_path / "m.parquet").to_pylist()
    records = [json.loads(line) for line in (tmp_path / "m.jsonl").read_text().splitlines()]
    assert len(rows) == len(lines)
    for row, record in zip(rows, records, strict=True):
        shown = {name: value for name, value in row.items() if value is not None}
        shown["marks"] = {name: flat(mark) for name, mark in shown.get("marks", [])} or None
        shown["choices"] = dict(shown.get("choices", []))
        record.setdefault("marks", None)
        assert {name: shown[name] for name in record} == record


def flat(mark):
    """A mark of a table as one of a line: without what is not there, its notes as data."""
    found = {name: value for name, value in mark.items() if value not in (None, [])}
    return found | ({"notes": json.loads(found["notes"])} if "notes" in found else {})


@pytest.mark.parametrize("name", ["a.parquet", "a.jsonl.gz"])
def test_a_file_that_is_not_what_its_name_says(run, name, tmp_path):
    if name.endswith("parquet"):
        pytest.importorskip("pyarrow")
    (tmp_path / name).write_text("{}\n")
    result = run(main, "grade", tmp_path / name, "--out", tmp_path / "m.jsonl")
    assert (result.exit_code, f"{tmp_path / name}: " in result.stderr) == (2, True)
    assert [one.name for one in tmp_path.iterdir()] == [name]


# Whoever marks


@pytest.mark.usefixtures("small")
def test_several_processes(run, answers, marks, tmp_path):
    assert run(main, "grade", answers, "--out", tmp_path / "m", "--jobs", 2).exit_code == 1
    assert (tmp_path / "m").read_bytes() == marks


class Mortal(Executor):
    """Works at once, and dies of some lines, as a pool of processes does."""

    def __init__(self, poison):
        self.poison, self.dead = poison, False

    def submit(self, work, partition):
        future = Future()
        if self.dead:
            raise process.BrokenProcessPool
        if self.poison(partition.data):
            self.dead = True
            future.set_exception(process.BrokenProcessPool())
        else:
            future.set_result(work(partition))
        return future


@pytest.mark.usefixtures("small")
def test_a_line_that_kills_who_marks_it_is_an_error_and_its_neighbours_are_not_lost(
    answers, marks, shipped, tmp_path
):
    bad = b'"vanishing-gradients", "seed": 7,'
    engine = Engine(lambda: Mortal(lambda data: bad in data), 4)
    bulk.grade_lines(answers, tmp_path / "m", shipped, engine)
    found, right = (tmp_path / "m").read_bytes().splitlines(), marks.splitlines()
    assert len(found) == len(right)
    [(one, other)] = [pair for pair in zip(found, right, strict=True) if pair[0] != pair[1]]
    assert json.loads(other)["seed"] == 7
    number = next(n for n, line in enumerate(answers.read_bytes().split(b"\n"), 1) if bad in line)
    assert json.loads(one)["line"] == number
    assert "every process that marked this line was lost" in json.loads(one)["error"]


@pytest.mark.usefixtures("small")
def test_workers_that_die_by_chance_cost_nothing(answers, marks, shipped, tmp_path):
    seen = set()
    engine = Engine(lambda: Mortal(lambda data: data not in seen and not seen.add(data)), 4)
    bulk.grade_lines(answers, tmp_path / "m", shipped, engine)
    assert (tmp_path / "m").read_bytes() == marks


@pytest.mark.usefixtures("small")
def test_a_process_that_is_killed(answers, marks, shipped, tmp_path):
    killed = []

    def kill_one(done, read, size):
        if not killed:
            killed.append(multiprocessing.active_children()[0])
            os.kill(killed[0].pid, signal.SIGKILL)

    bulk.grade_lines(answers, tmp_path / "m", shipped, executors.processes(2), report=kill_one)
    assert killed
    assert (tmp_path / "m").read_bytes() == marks


def test_a_fault_of_ours_is_an_error_in_its_line(answers, marks, run, monkeypatch, tmp_path):
    whole = worker.mark_all

    def faulty(solved, handed_in):
        if any((line.exercise, line.seed) == ("layer-sizes", 3) for _, line in handed_in):
            raise KeyError("planted")
        return whole(solved, handed_in)

    monkeypatch.setattr(worker, "mark_all", faulty)
    assert run(main, "grade", answers, "--out", tmp_path / "m").exit_code == 1
    pairs = zip((tmp_path / "m").read_bytes().splitlines(), marks.splitlines(), strict=True)
    [(one, _)] = [pair for pair in pairs if pair[0] != pair[1]]
    assert json.loads(one)["error"].startswith("gradmark failed (KeyError); a person must look")


# Broken off and gone on with


def break_off(monkeypatch, moment, left):
    """A run ends while it writes for the so many-th time, after some bytes of that."""
    whole, count = resuming.Partial.add, [0]

    def add(self, data, done):
        count[0] += 1
        if count[0] == moment:
            self.data.write(data[:left])
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(self.part))
        whole(self, data, done)

    monkeypatch.setattr(resuming.Partial, "add", add)


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("suffix", ["", ".gz"])
def test_a_run_that_breaks_off_at_ten_moments_goes_on(
    suffix, answers, marks, shipped, tmp_path, monkeypatch
):
    generator = random.Random(11)
    out = tmp_path / f"m.jsonl{suffix}"
    parts = [0]
    for _ in range(10):
        with monkeypatch.context() as patch:
            break_off(patch, generator.randint(1, 2), generator.randrange(300))
            with pytest.raises(OSError, match="No space left on device"):
                bulk.grade_lines(answers, out, shipped, resume=True)
        assert not out.exists()
        part = out.with_name(out.name + ".partial")
        parts.append(part.stat().st_size if part.exists() else 0)
    assert len({*parts}) > 4
    bulk.grade_lines(answers, out, shipped, resume=True)
    read = gzip.open if suffix else open
    with read(out, "rb") as file:
        assert file.read() == marks
    whole = tmp_path / f"whole.jsonl{suffix}"
    bulk.grade_lines(answers, whole, shipped)
    assert out.read_bytes() == whole.read_bytes()
    assert {one.name for one in tmp_path.iterdir()} == {out.name, whole.name}


@pytest.fixture
def broken(run, answers, tmp_path, monkeypatch, small):
    """The words of a command that broke off, whose answers can be changed."""
    path, out = tmp_path / "a.jsonl", tmp_path / "m.jsonl"
    path.write_bytes(answers.read_bytes())
    words = ("grade", path, "--out", out, "--jobs", 1)
    with monkeypatch.context() as patch:
        break_off(patch, 3, 10)
        result = run(main, *words)
    assert "--resume continues" in result.stderr
    return words


def test_a_broken_run_is_not_written_over(run, broken, tmp_path):
    before = (tmp_path / "m.jsonl.partial").read_bytes()
    result = run(main, *broken)
    assert (result.exit_code, "--resume continues it" in result.stderr) == (2, True)
    assert (tmp_path / "m.jsonl.partial").read_bytes() == before


def test_changed_answers_do_not_go_on(run, broken, tmp_path):
    path = tmp_path / "a.jsonl"
    path.write_bytes(path.read_bytes().replace(b"{", b" ", 1))
    result = run(main, *broken, "--resume")
    assert (result.exit_code, "already marked have changed" in result.stderr) == (2, True)
    path.write_bytes(path.read_bytes()[:10])
    assert "already marked have changed" in run(main, *broken, "--resume").stderr


def test_another_bank_or_version_does_not_go_on(run, broken, tmp_path):
    journal = tmp_path / "m.jsonl.journal"
    before = journal.read_text()
    for word, says in (("bank", "another bank"), ("version", "another version of gradmark")):
        head = {**json.loads(before.splitlines()[0]), word: "0"}
        journal.write_text("\n".join([json.dumps(head), *before.splitlines()[1:], ""]))
        result = run(main, *broken, "--resume")
        assert (result.exit_code, says in result.stderr) == (2, True)


def test_answers_that_have_come_since_are_marked_too(run, broken, marks, tmp_path):
    path = tmp_path / "a.jsonl"
    more = {"exercise": "two-two-one", "seed": 1, "answers": {}}
    path.write_bytes(path.read_bytes() + b"\n" + json.dumps(more).encode())
    assert run(main, *broken, "--resume").exit_code == 1
    found = (tmp_path / "m.jsonl").read_bytes()
    assert found.startswith(marks)
    assert len(found.splitlines()) == len(marks.splitlines()) + 1


def test_ctrl_c_leaves_what_a_run_can_go_on_with(run, broken, marks, tmp_path, monkeypatch):
    def interrupted(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(resuming.Partial, "add", interrupted)
        result = run(main, *broken, "--resume")
    assert (result.exit_code, "--resume continues" in result.stderr) == (1, True)
    assert run(main, *broken, "--resume").exit_code == 1
    assert (tmp_path / "m.jsonl").read_bytes() == marks


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--jobs", "2", "--cluster", "tcp://here:1"], "--jobs and --cluster exclude each other"),
        (["--resume", "--quiz", "."], "go without --quiz"),
    ],
)
def test_words_that_do_not_go_together(run, words, says, answers, tmp_path):
    result = run(main, "grade", answers, "--out", tmp_path / "m", *words)
    assert (result.exit_code, says in result.stderr) == (2, True)


def test_the_standard_output_cannot_go_on(run):
    result = run(main, "grade", "-", "--out", "-", "--resume", text="{}\n")
    assert (result.exit_code, "--resume needs a file" in result.stderr) == (2, True)


def test_nothing_in_nothing_out(run, tmp_path):
    (tmp_path / "a.jsonl").write_text("\n\n")
    assert run(main, "grade", tmp_path / "a.jsonl", "--out", tmp_path / "m.jsonl").exit_code == 0
    assert (tmp_path / "m.jsonl").read_bytes() == b""


def test_a_cluster_that_is_not_there(run, answers, tmp_path, monkeypatch):
    pytest.importorskip("distributed")
    monkeypatch.setattr(executors, "PATIENCE", 1)
    result = run(main, "grade", answers, "--out", tmp_path / "m", "--cluster", "tcp://127.0.0.1:9")
    assert (result.exit_code, "no Dask scheduler at" in result.stderr) == (2, True)


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("lost", ["nobody", "a worker", "the scheduler"])
def test_a_cluster_that_loses_somebody(lost, answers, marks, shipped, tmp_path):
    """A worker costs nothing; a scheduler ends the run, which goes on elsewhere."""
    pytest.importorskip("distributed")
    out = tmp_path / "marks.jsonl"
    with cluster.local(2) as (address, processes):
        left = {"nobody": [], "a worker": processes[:1], "the scheduler": processes[-1:]}[lost]

        def lose(*_: object) -> None:
            while left:
                process = left.pop()
                process.kill()
                process.wait()

        engine = executors.cluster(address)
        if lost == "the scheduler":
            with pytest.raises(UsageError, match="no longer answers"):
                bulk.grade_lines(answers, out, shipped, engine, report=lose)
            assert not out.exists()
        else:
            bulk.grade_lines(answers, out, shipped, engine, report=lose)
    if not out.exists():
        bulk.grade_lines(answers, out, shipped, resume=True)
    assert out.read_bytes() == marks


def test_a_bar_shows_rate_and_time_left(monkeypatch, capsys):
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    with Meter() as meter:
        for part in (1, 2, 3):
            meter(resuming.Done(answers=1000 * part), part * 100, 300)
    shown = capsys.readouterr().err
    assert "answers/s" in shown
    assert "100%" in shown
