"""The printed variants give the right answers of the source exams, and wrong ones are told as wrong."""

from pathlib import Path

import pytest
import yaml

from grader import bank
from grader.drawing import printed_variant
from grader.service import mark

SOURCES = yaml.safe_load((Path(__file__).parents[1] / "sources.yaml").read_text())
ROWS = yaml.safe_load((Path(__file__).parents[1] / "ledger.yaml").read_text())


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["address"])
def test_printed_answer(row, shipped):
    exercise, _, address = row["address"].partition("/")
    variant = printed_variant(shipped[exercise])
    for text in row["right"]:
        assert mark(variant, {address: text}).marks[address].verdict == "correct", text
    for text in row["wrong"]:
        assert mark(variant, {address: text}).marks[address].verdict == "incorrect", text


def test_every_blank_of_the_bank_has_a_row():
    rows = {row["address"] for row in ROWS}
    blanks = {
        f"{exercise.id}/{address}"
        for exercise in bank.load_folder().values()
        for address in printed_variant(exercise).keys
    }
    assert blanks == rows


@pytest.mark.parametrize("question", SOURCES)
def test_every_question_of_the_sources_is_asked(question):
    """And has its right and wrong answers above."""
    for address in SOURCES[question]:
        rows = [row for row in ROWS if (row["address"] + ".").startswith(address + ".")]
        assert rows, address
        assert all(row["right"] and row["wrong"] for row in rows)
