"""Marks: points are shared, failures of ours are never a student's."""

from fractions import Fraction
from types import SimpleNamespace

from grader.answers import MatrixKey, NumberKey, Verdict
from grader.marking import scoring
from grader.model import Blank, Fixed


def keyed(question, name, points, hint, key):
    return Blank(question, name, points, hint, Fixed(key)), key


KEYS = {
    "f.a": keyed("f", "a", Fraction(4, 3), "a number", NumberKey(1.0, 0.001)),
    "f.b": keyed("f", "b", Fraction(4, 3), "a number", NumberKey(2.0, 0.001)),
    "f.c": keyed("f", "c", Fraction(4, 3), "a column", MatrixKey([[1.0], [2.0]], [[0.1], [0.1]])),
}


def grade(keys, answers, **further):
    """The marks of a variant that has these keys."""
    model = SimpleNamespace(
        blanks=[blank for blank, _ in keys.values()], exercise=SimpleNamespace(id=""), choices={}
    )
    solved = SimpleNamespace(
        model=model,
        columns=SimpleNamespace(seeds=[0]),
        key=lambda blank, row: keys[blank.address][row + 1],
        glance=lambda blank, row: None,
    )
    return scoring.grade(SimpleNamespace(solved=solved, row=0), answers, **further)


class Broken:
    kind = "broken"

    def by_itself(self, text):
        raise ZeroDivisionError("planted")


def test_points_are_exact_until_they_are_written():
    marks = grade(KEYS, {"f.a": "1", "f.b": "2", "f.c": "[1, 2]"})
    assert (marks.points, marks.out_of) == (4, 4)
    assert marks.marks["f.a"].points == 1.3333


def test_partial_credit_by_entry():
    marks = grade(KEYS, {"f.c": "[1, 3]"})
    assert marks.marks["f.c"].verdict is Verdict.PARTIAL
    assert marks.points == 0.6667


def test_weights():
    marks = grade(KEYS, {"f.a": "1", "f.b": "2", "f.c": "[1, 2]"}, weight=2.5)
    assert (marks.points, marks.out_of) == (10, 10)


def test_a_blank_is_blank_and_unreadable_is_unreadable():
    marks = grade(KEYS, {"f.a": "  ", "f.b": "two"}, unreadable={"f.c": "two cells"}).marks
    assert [marks[name].verdict for name in KEYS] == ["blank", "unreadable", "unreadable"]
    assert marks["f.c"].message == "two cells"


def test_a_failure_of_ours_is_an_error_not_a_wrong_answer(caplog):
    keys = {**KEYS, "f.d": keyed("f", "d", Fraction(1), "", Broken())}
    marks = grade(keys, {"f.a": "1", "f.d": "1"}).marks
    assert marks["f.d"].verdict is Verdict.ERROR
    assert "a person must look" in marks["f.d"].message
    assert marks["f.a"].verdict is Verdict.CORRECT
    assert "planted" in caplog.text


def test_addresses_that_are_not_there_are_noted():
    marks = grade(KEYS, {"f.aa": "1"})
    assert marks.notes == ["no blank 'f.aa'; did you mean 'f.a'?"]


def test_an_endless_answer_is_not_read():
    assert grade(KEYS, {"f.a": "1" * 10**6}).marks["f.a"].verdict is Verdict.UNREADABLE
