"""What every key promises."""

from contextlib import suppress

from grader.answers import expression
from reference.language.errors import LanguageError
from tests import hostile


def compared(*_):
    raise AssertionError("compared with the key")


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
