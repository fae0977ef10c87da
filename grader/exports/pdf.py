"""Paper: a PDF a student with an answer sheet whose circles `gradmark scan` reads, all of them for the printer, and keys."""

from __future__ import annotations

from grader.exports.losses import Report
from grader.exports.package import Mode, Package
from grader.exports.targets import FAITHFUL, MANUAL, Carried, Files, Target

BY_HAND = Carried(MANUAL, "a box", ("symbolic-manual",))
CIRCLES = Carried(FAITHFUL, "circles")
KINDS = {
    "number": BY_HAND,
    "count": BY_HAND,
    "matrix": BY_HAND,
    "formula": BY_HAND,
    "choice": CIRCLES,
    "several-all": CIRCLES,
    "several-each": CIRCLES,
    "several-penalised": CIRCLES,
    "match": CIRCLES,
    "order": BY_HAND,
    "order-distractors": BY_HAND,
    "text": Carried(MANUAL, "a box"),
    "other": BY_HAND,
}


def write(package: Package, report: Report) -> Files:
    """Papers by student, all in one for printing, and keys.

    Raises:
        AuthorError: a formula that cannot be printed.
        UsageError: what makes PDFs is not installed.
    """
    from grader import pdf

    papers = [
        pdf.printed(package, one.paper, one.sheets, one.variants)
        for one in package.sets
        if one.paper is not None
    ]
    names = [one.name for one in package.sets]
    labels = pdf.LABELS[package.locale]
    handed_out = [*pdf.all_compiled(pdf.source(one, labels) for one in papers)]
    keys = pdf.all_compiled(pdf.source(one, labels, key=True) for one in papers)
    files = {f"papers/{name}.pdf": one for name, one in zip(names, handed_out, strict=True)}
    files |= {f"keys/{name}.pdf": one for name, one in zip(names, keys, strict=True)}
    return files | {"print.pdf": pdf.joined(handed_out)}


TARGET = Target(
    title="paper",
    kinds=KINDS,
    features={"follow-through": MANUAL, "credit": MANUAL, "message": MANUAL},
    write=write,
    steps=(
        'Print `print.pdf` on both sides of A4 at its own size (not "fit to page"): every paper and every answer sheet begins on a sheet of its own. '
        "`papers/` has the same papers, one a student.",
        "Hand out by name. Students write on the answer sheet, which lies at the end of each paper.",
        "Scan all answer sheets, in any order, with 200 dots an inch or more, into a PDF.",
        "`gradmark scan SCANS.pdf --quiz QUIZ --out lines.jsonl` reads the circles; "
        "`gradmark grade lines.jsonl --quiz QUIZ --out marks.csv --decisions decisions.csv` marks, and lists what is written by hand for a person.",
        "`keys/` has the right answers with their steps: for staff alone.",
    ),
    modes=(Mode.PAPERS,),
)
