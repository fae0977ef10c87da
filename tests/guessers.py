"""What guessing and copying earn in every blank of the bank, or of the exercises named.

``python -m tests.guessers 1000 [exercise …]``: a row a blank; a share above its limit bears a star, and is listed again with the
reason that the file states.
"""

import sys

from grader import bank
from grader.bank import Exercise
from grader.checking.guessing import CODES, Row, rows
from grader.checking.subject import Subject

WAYS = (
    "constant",
    "same text",
    "same letter",
    "longest",
    "shortest",
    "copied",
    "everything",
    "nothing",
)


def line(row: Row) -> str:
    cells = [
        f"{row.ways[way].share:.1%}{'*' * row.is_over(way)}" if way in row.ways else "–"
        for way in WAYS
    ]
    chance = f"{row.chance:.0%}" if row.chance else "–"
    head = f"  {row.address:28s} {row.kind:11s} {row.different:5d} {chance:>7s}"
    return head + "".join(f" {cell:>11s}" for cell in cells)


def may_be(exercise: Exercise, row: Row, way: str) -> str:
    """Why a blank may be copied, or that nobody says so."""
    question, _, blank = row.address.partition(".")
    [asked] = [one for one in exercise.file.questions if one.id == question]
    allowed = way == "copied" and asked.allows_trivial(blank)
    return "may_be_trivial" if allowed else "no reason is stated"


def main(seeds: int, names: list[str]) -> None:
    heads = "".join(f" {way:>11s}" for way in WAYS)
    print(f"{'blank':30s} {'kind':11s} {'keys':>5s} {'chance':>7s}{heads}")
    over = []
    for name, exercise in bank.load_folder().items():
        if names and name not in names:
            continue
        print(name)
        for row in rows(Subject(exercise, seeds)):
            print(line(row), flush=True)
            over += [(exercise, row, way) for way in row.ways if row.is_over(way)]
    print()
    for exercise, row, way in over:
        reason = exercise.file.accepted.get(CODES[way]) or may_be(exercise, row, way)
        found = row.ways[way]
        print(
            f"{row.address} ({exercise.id}): {way} {found.share:.1%}, limit {row.limit(way):.1%}, '{found.answer[:60]}': {reason}"
        )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1000, sys.argv[2:])
