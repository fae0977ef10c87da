"""Answers that no student should write are refused or marked, with a message and bounded work."""

import functools
import itertools
import sys
import tracemalloc

import pytest

from grader.answers import Outcome, Verdict, said
from grader.sheets.html import render
from tests import fuzz, hostile
from tests.shipped import ALL

MONSTERS = hostile.monsters()
WEIGHED = {
    *(MONSTERS if ALL else list(MONSTERS)[::5])
}  # whose memory is looked at, which takes long
CALLS = 200_000  # of functions; about what 50 ms hold
MEMORY = 32  # MB


class TooMuch(BaseException):
    """More work than one answer may cause; nothing catches it."""


def with_bounded_calls(function, *args):
    """The result of a function that may make so many calls; it is stopped at the first beyond them."""
    left = CALLS

    def count(frame, event, arg):
        nonlocal left
        left -= event in ("call", "c_call")
        if left < 0:
            sys.setprofile(None)
            raise TooMuch(f"more than {CALLS} calls")

    sys.setprofile(count)
    try:
        return function(*args)
    finally:
        sys.setprofile(None)


@pytest.fixture(scope="module")
def keys():
    hostile.forget()
    return hostile.keys()


@functools.cache
def rendered(understood):
    return render(f"${understood}$")


@pytest.mark.parametrize("title", MONSTERS)
def test_is_refused_or_marked(title, keys):
    for name, key in keys.items():
        if title in WEIGHED:
            tracemalloc.start()
        outcome = with_bounded_calls(key.mark, MONSTERS[title])
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert hostile.problems(outcome) == [], name
        assert hostile.told_apart(name, MONSTERS[title], outcome) == [], name
        assert outcome.verdict is not Verdict.CORRECT, name
        assert peak < MEMORY * 2**20, name
        assert key.mark(MONSTERS[title]) == outcome, f"{name}, the second time"
        assert rendered(outcome.understood)


def test_there_are_monsters_of_every_kind():
    assert len(MONSTERS) >= 200


# The checks themselves, by planted faults

PLANTED = {
    "a blank that says something": Outcome(Verdict.BLANK, notes=said("person", text="nothing")),
    "no message": Outcome(Verdict.INCORRECT),
    "an error says 'gradmark failed'": Outcome(
        Verdict.ERROR, notes=said("person", text="gradmark failed")
    ),
    "the message is too long": Outcome(Verdict.INCORRECT, notes=said("person", text=400 * "a")),
    "the message has a character that nobody sees": Outcome(
        Verdict.INCORRECT, notes=said("person", text="a\u202eb")
    ),
    "what was understood is too long": Outcome(Verdict.CORRECT, understood=50_001 * "a"),
    "what was understood has a character that nobody sees": Outcome(
        Verdict.CORRECT, understood="\0"
    ),
}


@pytest.mark.parametrize("problem", PLANTED)
def test_a_planted_problem_is_found(problem):
    assert hostile.problems(PLANTED[problem]) == [problem]


def test_an_outcome_without_a_problem():
    assert (
        hostile.problems(
            Outcome(Verdict.INCORRECT, notes=said("person", text='<not> the & right "number"'))
        )
        == []
    )


def test_work_without_a_bound_is_stopped():
    with pytest.raises(TooMuch):
        with_bounded_calls(lambda: [len("") for _ in range(CALLS)])


class Broken:
    """A key with a fault that only some texts reach."""

    def show(self):
        return "1"

    def mark(self, text):
        if "yhat" in text:
            raise KeyError(text)
        return Outcome(Verdict.INCORRECT, notes=said("person", text="not right"))


class Keeping(Broken):
    """A key that remembers every text."""

    texts = []

    def mark(self, text):
        self.texts.append([text])
        return super().mark(text)


def test_the_fuzzer_counts_what_is_held(monkeypatch, tmp_path):
    for number in range(500):
        (tmp_path / str(number)).write_bytes(bytes([0, 0]) + str(number).encode())
    for key, least, most in ((Broken(), 0, 400), (Keeping(), 1000, 2000)):
        monkeypatch.setattr(hostile, "keys", lambda key=key: {"one": key})
        fuzz.kept(tmp_path)  # once for what is made at the first use
        assert least <= fuzz.kept(tmp_path) <= most


@pytest.mark.parametrize("mode", range(len(fuzz.MODES)))
def test_the_fuzzer_finds_a_planted_exception(mode, monkeypatch, capsys):
    monkeypatch.setattr(hostile, "keys", functools.cache(lambda: {"broken": Broken()}))
    monkeypatch.setattr(fuzz, "BOUND", 1000)
    monkeypatch.setattr(fuzz, "place", lambda failure: "here")
    findings = fuzz.Findings(hostile)
    for start, then in itertools.product(range(256), range(8)):
        findings.take(bytes([0, mode, start, 0, then]) + b"yhat" * (mode == 0))
    assert findings.faults["KeyError: here"] == ("broken", "yhat")
    assert findings.count == 8 * 256
    assert not findings.report()
    assert "fault: KeyError: here; broken: 'yhat'" in capsys.readouterr().out
