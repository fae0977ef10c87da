"""The tool that compares what two revisions print sees one byte, and gives both all that it says."""

import json

import pytest

from benchmarks.same_as import fixtures
from benchmarks.same_as.comparing import compared
from grader import bank, bulk


@pytest.fixture
def printed(tmp_path):
    """Two folders with the same files."""
    for version in ("before", "now"):
        folder = tmp_path / version / "an-exercise"
        folder.mkdir(parents=True)
        (folder / "show").write_bytes(b"one\ntwo\n")
        (folder / "mark").write_bytes(b"one\ntwo\n")
    return tmp_path / "before", tmp_path / "now"


def test_the_same_is_the_same(printed):
    assert compared(*printed) == (False, "2 of 2 files are the same")


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (b"one\ntwO\n", ("two", "twO")),
        (b"one\ntwo", ("two", "two")),
        (b"one\n", ("two", "(the end)")),
        (b"one\ntwo\n\xff\n", ("(the end)", "\\xff")),
        (None, ("a file", "no file")),
    ],
)
def test_a_byte_that_differs_is_seen(text, line, printed):
    file = printed[1] / "an-exercise" / "show"
    file.unlink() if text is None else file.write_bytes(text)
    old, new = line
    expected = f"an-exercise/show\n  - {old}\n  + {new}\n1 of 2 files are the same"
    assert compared(*printed) == (True, expected)


def test_what_differs_alike_is_told_once(printed):
    for file in (printed[1] / "an-exercise").iterdir():
        file.write_bytes(b"two\n")
    expected = "an-exercise/mark, an-exercise/show\n  - one\n  + two\n0 of 2 files are the same"
    assert compared(*printed) == (True, expected)


def test_answers_of_the_fixtures_are_marked_as_exercises(tmp_path):
    written, known = fixtures.write(tmp_path)
    assert written > 0.85 * known > 1500
    verdicts = set()
    for path in sorted(tmp_path.glob("*.yaml"))[:4]:
        out = path.with_suffix(".marks")
        bulk.grade_lines(path.with_suffix(".jsonl"), out, {path.stem: bank.load(path)})
        marks = [json.loads(line)["marks"] for line in out.read_text().splitlines()]
        verdicts |= {
            one["verdict"]
            for found in marks
            for one in found.values()
            if one.get("message") or one["points"]
        }
    assert verdicts == {"correct", "incorrect", "unreadable"}
