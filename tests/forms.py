"""A page of the docs: each formula that the source exams ask for, as a source prints it and as we do, and how long both are.

``python -m tests.forms`` writes it.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from pathlib import Path

from msgspec import Struct

from grader.answers import ChainKey, CountKey, DerivationKey, ExpressionKey, Key, ShapeKey
from grader.drawing import printed_variant
from tests import data
from tests.shipped import BANK

HERE = Path(__file__).parent
PAGE = HERE.parent / "docs" / "closed-forms.md"
FORMS = data.load(HERE / "fixtures" / "source-forms.yaml")
SOURCES = data.load(HERE / "sources.yaml")
MOST = 2.0  # times the shortest form that we know

HEAD = """# Formulas of the source exams

For each formula that a source exam asks for: its shortest form that we know, the key that gradmark derives and prints, both in
characters, and how many characters other than spaces these have. {rows} of the {questions} questions ask for a formula, {forms} in
all; the others ask for numbers, options, matchings or an order. The longest key is {longest:.2f} times as long as its form; a test
holds it at {most:g}, and compares each form with the key, by the comparer and by an evaluation of its own. `make forms` writes this page.

| row | blank | shortest form | key | characters | ratio |
|---|---|---|---|---|---|
"""


class Row(Struct, frozen=True):
    """A formula of a question: the shortest form that we know, and the key."""

    question: str
    address: str
    form: str
    key: Key

    @property
    def ours(self) -> str:
        return self.key.in_characters()

    @property
    def ratio(self) -> float:
        return characters(self.ours) / characters(self.form)


def characters(text: str) -> int:
    """How many there are besides spaces; a letter with its accent is one."""
    return sum(not sign.isspace() for sign in unicodedata.normalize("NFC", text))


def rows() -> Iterator[Row]:
    for question, forms in FORMS.items():
        for address, form in forms.items():
            name, _, blank = address.partition("/")
            yield Row(question, address, form, printed_variant(BANK[name]).keys[blank][1])


def asked() -> Iterator[str]:
    """The address of every formula that is asked for."""
    for address in (one for addresses in SOURCES.values() for one in addresses):
        name, _, place = address.partition("/")
        for blank, (_, key) in printed_variant(BANK[name]).keys.items():
            if f"{blank}.".startswith(f"{place}.") and is_formula(key):
                yield f"{name}/{blank}"


def is_formula(key: Key) -> bool:
    match key:
        case CountKey(names=names) | ShapeKey(names=names):
            return bool(names)
    return isinstance(key, ExpressionKey | DerivationKey | ChainKey)


def page() -> str:
    found = [*rows()]
    head = HEAD.format(
        rows=len(FORMS),
        questions=len(SOURCES),
        forms=len(found),
        longest=max(one.ratio for one in found),
        most=MOST,
    )
    return head + "".join(f"{line(one)}\n" for one in found)


def line(one: Row) -> str:
    lengths = f"{characters(one.form)}, {characters(one.ours)}"
    return f"| {one.question} | `{one.address}` | `{one.form}` | `{one.ours}` | {lengths} | {one.ratio:.2f} |"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
