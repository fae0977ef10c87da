"""A mark is data: what a later look needs, and sentences by level."""

import itertools
import json

import msgspec
import pytest

from grader.answers import Level, notes
from grader.answers.notes import SENTENCES, Note, said, sentences
from grader.drawing import variant_of
from grader.marking import Marks, mark
from tests.grader.rounds import Round

SEED = 1


@pytest.fixture(scope="module")
def numbers(shipped):
    return variant_of(shipped["two-layer-numbers"], SEED)


def test_a_mark_holds_what_a_later_look_needs(shipped):
    variant = variant_of(shipped["shortcut-network"], SEED)
    key = variant.keys["gradients.b2"][1]
    marks = mark(
        variant, {"gradients.b2": f"-({key.show()})", "gradients.W": "dL/dW"}, student="s1"
    )
    stored = json.loads(msgspec.json.encode(marks))
    assert stored["version"] == 2
    assert stored["choices"] == dict(variant.solved.model.choices)
    wrong = stored["marks"]["gradients.b2"]
    assert (wrong["kind"], wrong["answer"]) == ("expression", f"-({key.show()})")
    assert wrong["notes"][0] == {"code": "different"}
    assert wrong["notes"][1]["code"] == "misconception"
    assert wrong["notes"][1]["about"]["id"] == "sign"
    assert len(wrong["alike"]) == 12
    assert msgspec.json.decode(msgspec.json.encode(marks), type=Marks) == marks


def test_options_that_were_chosen_are_kept_by_their_ids(shipped):
    variant = variant_of(shipped["optimizer-advantages"], SEED)
    for address, (_, key) in variant.keys.items():
        one = mark(variant, {address: key.show()}).marks[address]
        assert set(one.chosen) <= {*getattr(key, "options", one.chosen)}
        assert one.chosen or one.kind not in ("choice", "order")


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("2 * (yhat - y)", "2 yhat - 2 y", True),
        ("2 * (yhat - y)", "(yhat - y) / (1/2)", True),
        ("2 * (yhat - y)", "2.001 (yhat - y)", False),
        ("yhat", "y", False),
        ("yhat - yhat", "0 yhat", True),
    ],
)
def test_equal_wrong_formulas_are_of_one_class(shipped, one, other, same):
    variant = variant_of(shipped["shortcut-network"], SEED)
    first, second = (
        mark(variant, {"gradients.b2": text}).marks["gradients.b2"] for text in (one, other)
    )
    assert first.alike
    assert (first.alike == second.alike) is same


def test_wrong_numbers_are_alike_at_the_precision_of_the_key(numbers):
    address, (_, key) = next(iter(numbers.keys.items()))
    off = key.value + 100 * key.within + 1

    def alike(value):
        return mark(numbers, {address: repr(value)}).marks[address].alike

    assert alike(off) == alike(off + key.within * 1e-3) != alike(off + 3 * key.within + 0.01)


def test_a_value_that_follows_says_from_what(numbers):
    addresses = list(numbers.keys)
    marks = mark(numbers, {addresses[0]: "77.5"})
    assert marks.marks[addresses[0]].follows == []


# Levels


def test_every_sentence_is_inert_about_anything():
    about = dict.fromkeys(
        (
            "text",
            "found",
            "expected",
            "name",
            "form",
            "says",
            "shown",
            "of",
            "by",
            "factor",
            "unit",
        ),
        "{0}",
    )
    numbers_ = dict.fromkeys(
        (
            "right",
            "entries",
            "options",
            "pairs",
            "line",
            "before",
            "ways",
            "placed",
            "lines",
            "tokens",
            "axis",
            "axes",
        ),
        1,
    )
    for code in SENTENCES:
        more = {"names": ["{0}"], "strange": 0, "failure": "x", "id": "x"}
        level, text = SENTENCES[code]
        if isinstance(text, str):
            assert sentences([Note(code, {**about, **numbers_, **more})])
        assert level in Level


def test_a_level_tells_all_that_those_before_it_do():
    every = [Note(code) for code, (_, text) in SENTENCES.items() if isinstance(text, str)]
    plain = [note for note in every if "{" not in SENTENCES[note.code][1]]
    told = [sentences(plain, level).split("; ") for level in Level]
    for less, more in itertools.pairwise(told):
        assert set(less) - {""} <= set(more)
    assert len(told[Level.RECEIVED]) < len(told[Level.VERDICT]) < len(told[Level.REMARK])


@pytest.mark.parametrize(
    ("code", "least"),
    [
        ("unread", Level.RECEIVED),
        ("different", Level.VERDICT),
        ("names", Level.VERDICT),
        ("factor-missing", Level.REMARK),
        ("transposed", Level.REMARK),
        ("would-fit", Level.REMARK),
        ("close", Level.REMARK),
        ("proof", Level.REMARK),
        ("places", Level.REMARK),
        ("misconception", Level.REMARK),
    ],
)
def test_what_helps_is_a_remark(code, least):
    assert SENTENCES[code][0] is least


def test_a_code_of_a_newer_version_speaks_for_itself():
    assert sentences([Note("brand-new", {"x": 1})]) == "brand-new"


def test_a_note_about_nothing_is_one_object():
    assert said("different") is said("different")
    assert notes.plain("different") is said("different")


OLD = {
    "student": "s1",
    "exercise": "layer-sizes",
    "seed": 3,
    "points": 0,
    "out_of": 2,
    "marks": {
        "outputs.A": {
            "verdict": "incorrect",
            "points": 0,
            "out_of": 2,
            "message": "not the right number",
            "understood": "1",
        }
    },
}


def test_marks_of_the_first_version_still_read():
    marks = msgspec.convert(OLD, Marks)
    one = marks.marks["outputs.A"]
    assert (marks.version, one.told(Level.REMARK)) == (1, "not the right number")
    assert one.told(Level.POINTS) == ""
    assert (one.misconception, one.follows, one.alike) == ("", [], "")


QUIZ = "id: week-1\ntitle: Week 1\npick: [layer-sizes, {from: [two-two-one, unit-derivatives], choose: 1}]\n"


def test_marks_of_a_quiz_hold_slot_difficulty_and_roster(tmp_path):
    round_ = Round(tmp_path, QUIZ, ["s1,B", "s2,A"], header="student,section")
    papers = {one.student: one for one in round_.manifest.papers}
    graded = round_.grade(round_.hand_in({"s1.ipynb": round_.answered("s1")}))
    for one in next(one for one in graded if one.student == "s1").marks:
        item = next(i for i in papers["s1"].items if i.draw.exercise == one.exercise)
        assert one.slot == (1 if one.exercise == "layer-sizes" else 2)
        assert one.difficulty == item.difficulty > 0
        assert one.columns == {"section": "B"}
    assert papers["s2"].columns == {"section": "A"}


def test_what_is_wrong_or_blank_is_nothing_to_look_at(numbers):
    found = {
        text: mark(numbers, {"forward.h1": text}).marks["forward.h1"].to_look_at
        for text in ("77", "", "1 = 2")
    }
    assert found == {"77": False, "": False, "1 = 2": True}
