"""What was read of an answer travels with its outcome: however often it is looked at, it is read once."""

import json
from collections import Counter

import pytest

from grader import bulk
from grader.answers import (
    ChainKey,
    ChoiceKey,
    ConstructKey,
    CountKey,
    ExpressionKey,
    LiteralKey,
    MatchKey,
    MatrixKey,
    NumberKey,
    OrderKey,
    SequenceKey,
    SetKey,
    SeveralKey,
    ShapeKey,
)
from grader.cli import main
from grader.drawing import variant_of
from grader.marking import mark
from tests.grader.rounds import Round
from tests.shipped import BANK, drawn

READERS = (NumberKey, MatrixKey, CountKey, ShapeKey, ChainKey, ChoiceKey, LiteralKey, SequenceKey, SetKey, SeveralKey, MatchKey, OrderKey, ExpressionKey, ConstructKey)  # fmt: skip
NINE = "two-layer-numbers"
QUIZ = "id: week-1\ntitle: Week 1\npick: [two-layer-numbers]\n"


@pytest.fixture
def read(monkeypatch):
    """How often each text was read; a derivation of one line is read as an expression."""
    texts = Counter()

    def counted(kind):
        plainly = kind.parse

        def parse(self, text):
            texts[text] += 1
            return plainly(self, text)

        monkeypatch.setattr(kind, "parse", parse)

    for kind in READERS:
        counted(kind)
    return texts


@pytest.fixture
def nine(shipped):
    """Nine wrong answers, no plain numbers, for those are compared as arrays in bulk."""
    keys = variant_of(shipped[NINE], 17).keys
    found = {
        address: f"{key.value:.4f} + {at}" for at, (address, (_, key)) in enumerate(keys.items(), 3)
    }
    assert len(found) == 9
    return found


def test_nine_wrong_blanks_are_read_nine_times(read, nine, shipped):
    marks = mark(variant_of(shipped[NINE], 17), nine).marks
    assert "correct" not in {one.verdict for one in marks.values()}
    assert read == Counter(nine.values())


def test_nine_wrong_blanks_at_the_shell(read, nine, run):
    words = [f"{address}={text}" for address, text in nine.items()]
    result = run(main, "mark", NINE, "--seed", 17, "--json", *words)
    assert len(json.loads(result.stdout)["marks"]) == 9
    assert read == Counter(nine.values())


def test_nine_wrong_blanks_in_bulk(read, nine, shipped, tmp_path):
    lines = [{"exercise": NINE, "seed": seed, "answers": nine} for seed in (17, 18)]
    path = tmp_path / "answers.jsonl"
    path.write_text("\n".join(map(json.dumps, lines)))
    done = bulk.grade_lines(path, tmp_path / "marks.jsonl", shipped)
    assert done.answers == 18
    assert read == Counter([*nine.values()] * 2)  # against a key of its own each


def test_nine_wrong_blanks_in_a_notebook(read, nine, tmp_path):
    round_ = Round(tmp_path, QUIZ, ["s1"])
    [paper] = [round_.answered("s1")]
    texts = iter(nine.values())
    for cell in paper["cells"]:
        blank = cell["metadata"].get("gradmark", {}).get("blank", "")
        if blank.startswith(NINE):
            cell["source"] = cell["source"].partition("\n")[0] + f"\n{next(texts)}"
    [graded] = round_.grade(round_.hand_in({"s1.ipynb": paper}))
    assert len(graded.marks[0].marks) == 9
    assert read == Counter(nine.values())


@pytest.mark.parametrize("name", BANK)
def test_a_wrong_answer_of_any_shape_is_read_once(name, read, shipped):
    [variant] = drawn(name, [5])
    keys = {address: key for address, (_, key) in variant.keys.items()}
    answers = {address: key.near_misses()[0] for address, key in keys.items()}
    read.clear()
    mark(variant, answers)
    texts = Counter(text for address, text in answers.items() if not keys[address].criteria())
    assert texts == {text: read[text] for text in texts}
