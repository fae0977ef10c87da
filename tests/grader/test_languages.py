"""What gradmark says on a sheet is said in German as well, and what an author wrote stays as it is."""

import re
from collections import Counter

import pytest

from grader.bank import fill
from grader.sheets import in_german, in_print, placeholders
from grader.sheets.languages import how, text
from tests.shipped import ALL, BANK, drawn

WORD = re.compile(r"[a-z]{3,}")
CODE = re.compile(r"\$[^$]*\$|`[^`]*`|\[.*\]|\(.*?\)")
ALIKE = {"none", "not", "determined", "error", "bits"}  # words that students write, in any language
OURS = ("Given:", "Conventions:", "You may type", "Carry at least", "What you construct", "Any answer that")  # fmt: skip


@pytest.fixture(scope="module")
def pairs():
    """(variant, sheet, sheet in German) of every second exercise, and in `make long` of all."""
    found = [one for name in [*BANK][:: 1 if ALL else 2] for one in drawn(name, [1])]
    sheets = [in_print(one) for one in found]
    return [(one, sheet, in_german(sheet)) for one, sheet in zip(found, sheets, strict=True)]


def words(sheet):
    told = (one.how for question in sheet.questions for one in question.blanks.values())
    return {word for one in told for word in WORD.findall(CODE.sub("", one))}


def test_no_english_is_left_in_how_an_answer_is_written(pairs):
    """A word that two exercises say is ours, not the author's."""
    said = Counter(word for _, sheet, _ in pairs for word in words(sheet))
    english = {word for word, count in said.items() if count > 1} - ALIKE
    assert len(english) > 20
    for of, _, german in pairs:
        assert not words(german) & english - {"der"}, of.exercise.id


def test_no_sentence_of_ours_is_left(pairs):
    assert sum(sheet.stem.count(one) for _, sheet, _ in pairs for one in OURS) > 90
    for of, _, german in pairs:
        texts = (german.stem, *(one.text for one in german.questions))
        assert not any(one in told for told in texts for one in OURS), of.exercise.id


def test_what_an_author_wrote_stays(pairs):
    for of, _, german in pairs:
        file, words = of.exercise.file, placeholders(of)
        for written in (file.text, *(one.ask for one in file.questions)):
            shown = fill(written, words)
            assert text(shown) == shown, of.exercise.id
        assert german.title == fill(file.title, words)


@pytest.mark.parametrize(
    "english, german",
    [
        ("a whole number", "eine ganze Zahl"),
        ("a number in kg, exactly", "eine Zahl in kg, genau"),
        ("a number, to 2 decimals", "eine Zahl, auf 2 Nachkommastellen"),
        ("a number, to within 0.1 or 2 %", "eine Zahl, bis auf 0.1 oder 2 %"),
        ("a column of 1 entry, as 1", "eine Spalte mit 1 Eintrag, etwa 1"),
        (
            "a row of 3 entries, as [[1, 0, 0]] (from 0 to 1, with the sum 1)",
            "eine Zeile mit 3 Einträgen, etwa [[1, 0, 0]] (von 0 bis 1, Summe 1)",
        ),
        (
            "values of 2 × 2 × 2, slice by slice, as [[[1, 2], [3, 4]], [[5, 6], [7, 8]]]",
            "Werte mit 2 × 2 × 2, Schicht für Schicht, etwa [[[1, 2], [3, 4]], [[5, 6], [7, 8]]]",
        ),
        ("numbers in brackets, as (1, 2)", "Zahlen in Klammern, etwa (1, 2)"),
    ],
)
def test_how(english, german):
    assert how(english) == german


def test_conventions_are_told_one_by_one():
    told = text("Conventions: each entry of $y$ is 0 or 1; $i \\ne j$; $k$ runs from 1 to $n$.")
    assert told == (
        "Konventionen: jeder Eintrag von $y$ ist 0 oder 1; $i \\ne j$; $k$ läuft von 1 bis $n$."
    )
