"""A folder of exercises with one planted fault each: every one is found, with its code, line and column.

The first line of a file says what must be found and where. ``# with:`` names a fault of ours that is
planted as well, as some findings can have no other cause.
"""

import re
from pathlib import Path

import pytest

from grader.answers import NumberKey, Outcome, Verdict
from grader.checking import GROUPS as LOOKED_AT
from grader.checking import running
from grader.checking.kinds import GROUPS, KINDS
from reference.sufficiency import proofs
from tests.inner import inner

FOLDER = Path(__file__).parents[1] / "faults"
FILES = sorted(FOLDER.rglob("*.yaml"))
HEAD = re.compile(r"# finding: (\S+) at (\d+):(\d+)\n")
PLANTED = re.compile(r"# with: (.+)\n")
SEEDS = 40


def refuses(*_: object) -> None:
    raise proofs.Refused("planted")


FAULTS = {
    "a comparer that accepts all": (NumberKey, "mark", lambda *_: Outcome(Verdict.CORRECT)),
    "a comparer that refuses all": (NumberKey, "mark", lambda *_: Outcome(Verdict.INCORRECT)),
    "a proof checker that refuses all": (proofs, "check", refuses),
}


def wanted(path: Path) -> tuple[str, int, int]:
    code, line, column = HEAD.match(path.read_text()).groups()
    return code, int(line), int(column)


def name(path: Path) -> str:
    return path.relative_to(FOLDER).with_suffix("").as_posix()


@pytest.mark.parametrize("path", FILES, ids=name)
def test_a_planted_fault_is_found(path, monkeypatch):
    planted = PLANTED.search(path.read_text())
    if planted:
        monkeypatch.setattr(*FAULTS[planted[1]])
    [report] = running.run([path], SEEDS)
    assert {(one.code, one.line, one.column) for one in report.problems} == {wanted(path)}
    assert all(one.file == str(path) and one.message for one in report.problems)
    assert not [one.message for one in report.problems if inner(one.message)]


def test_every_code_is_planted():
    assert {wanted(path)[0] for path in FILES} == {*KINDS}
    assert len(FILES) >= 40


def test_every_group_looks_for_something():
    assert {*GROUPS} == {*LOOKED_AT, "quiz"}
