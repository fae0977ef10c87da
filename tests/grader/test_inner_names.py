"""What students read in sheets, hints and remarks holds no name of ours: no operation, no address, nothing that is hidden.

And no hint is the answer, which would be told before it was asked for.
"""

import re
from itertools import pairwise

import msgspec
import pytest

from grader.answers import Level, sentences
from grader.marking import mark
from grader.sheets import Notation, in_print, ladders
from reference.language.expression import names
from reference.language.writing import latex_name
from tests.inner import inner
from tests.shipped import BANK, drawn, few

SAID = {"title", "ask", "says", "because"}  # keys of an exercise file
PAIRS = few(20, 2)
SHOWN = few(20, 1)


def told(marks):
    return [sentences(one.notes, Level.SOLUTION) for one in marks.marks.values() if one.notes]


def hidden(variant):
    """Patterns of hidden names that are no words and that no blank asks for, and of names with a hidden subscript."""
    file, model = variant.solved.model.exercise.file, variant.solved.model
    asked = {name for one in model.blanks if one.asked is not None for name in names(one.asked)}
    after = [rf"\w+_{one}" for one in file.network.again if one in file.unseen]
    shown = any(re.fullmatch(one, name.rpartition("/d")[2]) for one in after for name in asked)
    return [*({one for one in file.unseen if "_" in one} - asked), *([] if shown else after)]


@pytest.mark.parametrize("name", BANK)
def test_sheets_and_remarks_hold_no_name_of_ours(name):
    """Remarks on the right answers to another variant, and on what nearly is the right one."""
    made = drawn(name, [*PAIRS, PAIRS.stop])
    for first, second in pairwise(made):
        sheet = in_print(first, Notation.PLAIN)
        texts = [sheet.title, sheet.stem, *(one.description for one in sheet.figures)]
        for question in sheet.questions:
            texts += [question.text, *(text for _, text in (*question.options, *question.items))]
            texts += [f"{one.called} {one.how}" for one in question.blanks.values()]
        for text in texts:
            assert not inner(text, first.keys), text
        others = {address: key.show() for address, (_, key) in second.keys.items()}
        near = {address: key.near_misses() for address, (_, key) in first.keys.items()}
        missed = {address: misses[0] for address, misses in near.items() if misses}
        for text in [*told(mark(first, others)), *told(mark(first, missed))]:
            assert not inner(text, first.keys, hidden(first)), text


@pytest.mark.parametrize("name", BANK)
def test_hints_hold_no_name_of_ours_and_are_not_the_answer(name):
    for variant in drawn(name, SHOWN):
        for address, ladder in ladders(variant, Notation.PLAIN).items():
            right = variant.keys[address][1].in_characters()
            for hint in ladder:
                assert not inner(hint.text, variant.keys), hint.text
                assert right not in re.split(r" [=≈] |\n", hint.text.strip()), (address, hint.text)


def words(record, key=""):
    """The texts of an author that students read, without mathematics, code and what is filled in."""
    if isinstance(record, str) and key in SAID:
        yield re.sub(r"\$[^$]*\$|`[^`]*`|\{\{[^}]*\}\}", "", record)
    elif isinstance(record, dict):
        for name, one in record.items():
            yield from words(one, "because" if key == "because" else name)
    elif isinstance(record, list):
        for one in record:
            yield from words(one, key)


@pytest.mark.parametrize("name", BANK)
def test_what_an_author_says_holds_no_name_of_a_quantity_that_is_typed(name):
    """It is written as mathematics."""
    found = [one for one in words(msgspec.to_builtins(BANK[name].file)) if "_" in one]
    assert not found


def test_names_that_are_typed_are_found():
    said = {"questions": [{"misconceptions": [{"says": "where it is not k_turn, as $k_t$"}]}]}
    assert [*words(said)] == ["where it is not k_turn, as "]


@pytest.mark.parametrize(
    "text",
    [
        "right from your value of forward.h1",
        "at x = 1, tilted_here is 20.25, asked is less than 12.75",
        "not equal to fill(x, y)",
        "the column is @forward",
    ],
)
def test_names_of_ours_are_found(text):
    assert inner(text, ["forward.h1"], [r"\w+_here"])


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("dM/ddL/dw", r"\frac{\partial M}{\partial \frac{\partial L}{\partial w}}"),
        ("ddL/dw/dv", r"\frac{\partial \frac{\partial L}{\partial w}}{\partial v}"),
    ],
)
def test_derivatives_by_and_of_derivatives_are_told_apart(name, shown):
    assert latex_name(name) == shown
