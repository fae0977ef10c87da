"""Every text of the bank for paper: ``python -m tests.paper 20`` for as many seeds of every exercise, or ``make paper``.

Formulas of sheets, blanks, options and worked solutions are set by Typst, and every paper is compiled with its key.
"""

import sys
import time
from collections import Counter
from types import SimpleNamespace

from grader import pdf
from grader.drawing import variants
from grader.papers import Item, Paper
from grader.sheets import in_print
from tests.shipped import BANK

QUIZ = SimpleNamespace(quiz="all", title="Everything", text="")


def paper_of(exercise, seeds):
    """A paper with one exercise at some seeds."""
    found = [*variants(exercise, seeds)]
    items = tuple(Item(one.draw, slot=place) for place, one in enumerate(found, start=1))
    paper = Paper("ada", f"{0:024x}", items)
    return pdf.printed(QUIZ, paper, [in_print(one) for one in found], found)


def main(seeds):
    start, told = time.process_time(), Counter()
    for exercise in BANK.values():
        paper = paper_of(exercise, range(seeds))
        for key in (False, True):
            source = pdf.source(paper, pdf.LABELS["en"], key=key)
            told["formulas"] += source.count("#formula(") + source.count("#block_of(")
            told["bytes"] += len(pdf.compiled(source))
            told["documents"] += 1
    figures = ", ".join(f"{count:,} {what}" for what, count in sorted(told.items()))
    print(f"{len(BANK)} exercises at {seeds} seeds: {figures}, {time.process_time() - start:.0f} s")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 20)
