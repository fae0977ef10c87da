"""What every key promises."""

from contextlib import suppress

import pytest

from grader import answers
from grader.answers import construct, expression
from grader.api import Bank
from reference.language.errors import LanguageError
from tests import hostile
from tests.shipped import BANK


def compared(*_):
    raise AssertionError("compared with the key")


def test_a_preview_of_an_entry_has_the_letter_of_the_steps():
    variant = Bank(BANK)["lstm-four-steps"].printed()
    found = variant.preview({"gate": "a_{t,j} c_{t-1,j}"})["gate"]
    assert found.latex == r"a_{t,j} \, c_{t-1,j}"


def test_reading_knows_no_right_answer(monkeypatch):
    """What stands before an equality sign, which may be what is asked for, is looked at when an answer is judged."""
    for name in ("compare", "compare_sides", "at_sight"):
        monkeypatch.setattr(expression, name, compared)
    keys, read = hostile.keys(), 0
    for one in keys.values():
        for text in (
            "dL/dz2 = yhat - y",
            "dL/dW1 = yhat\n= y",
            "w ← yhat - y\nyhat",
            "2/3",
            "[1, 2]",
        ):
            with suppress(LanguageError):
                one.parse(text)
                read += 1
    assert read > len(keys)


def test_a_preview_compares_with_no_key(monkeypatch):
    """Of every blank of the bank, right answers and near misses, whatever stands before an equality sign."""
    for kind in (getattr(answers, name) for name in answers.__all__ if name.endswith("Key")):
        monkeypatch.setattr(kind, "judge", compared)
    for name in ("agreement", "compared", "looked_at", "judge_part"):
        monkeypatch.setattr(answers.ExpressionKey, name, compared)
    monkeypatch.setattr(answers.ExpressionKey, "side", property(compared))
    monkeypatch.setattr(construct.Construct, "judge", compared)
    states, bank, kinds = set(), Bank(BANK), {}
    for name in bank:
        variant = bank[name].printed()
        for address, key in variant.keys.items():
            label, kinds[type(key)] = address.rpartition(".")[2], key
            texts = [
                key.show(),
                *key.near_misses()[:6],
                f"{label} = {key.show()}",
                f"0 = {key.show()}",
                "",
                "?",
            ]
            for text in texts:
                found = variant.preview({address: text})[address]
                key.strange(found)
                states.add(found.state)
                assert bool(found.message) or found.state is not answers.State.ASKS
    assert states == {*answers.State}
    for key in hostile.keys().values():  # kinds that the bank has not, as values along three axes
        kinds.setdefault(type(key), key).read(key.show())
    kinds.pop(answers.TextKey, None)  # which a person marks
    assert len(kinds) > 15
    for key in kinds.values():  # whose comparison would have been seen
        with pytest.raises(AssertionError, match="compared with the key"):
            key.mark(key.show())
