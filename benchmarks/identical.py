"""Do bulk and one by one give the same bytes? ``python -m benchmarks.identical 20000``: lines over the whole bank."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.classes import Bank
from benchmarks.submissions import anything
from grader import bank, bulk, drawing, marking
from grader.bank import Exercise
from grader.bulk import BadLine, jsonl
from grader.errors import AuthorError
from grader.marking import Marks


def main(count: int) -> None:
    known = bank.load_folder()
    lines = [*anything(known, count)]
    differ = differing(lines, known)
    print(f"{count - len(differ)} of {count} lines have the same marks in bulk and by themselves")
    sys.exit(bool(differ))


def differing(lines: Sequence[bytes], known: Bank) -> list[tuple[bytes, bytes]]:
    """Marks of lines in bulk, and by themselves, where they are not the same."""
    with TemporaryDirectory(prefix="gradmark-bulk-") as folder:
        answers, out = Path(folder) / "answers.jsonl", Path(folder) / "marks.jsonl"
        answers.write_bytes(b"".join(lines))
        bulk.grade_lines(answers, out, known)
        together = out.read_bytes().splitlines()
    alone = [jsonl.write([by_itself(line, known)]).strip() for line in jsonl.read(lines)]
    return [pair for pair in zip(together, alone, strict=True) if pair[0] != pair[1]]


def by_itself(line: tuple[int, object], known: Bank) -> Marks | BadLine:
    """The marks of one line, drawn and marked by itself."""
    number, answers = line
    if isinstance(answers, BadLine):
        return answers
    exercise: Exercise | None = known.get(answers.exercise)
    if exercise is None:
        return BadLine(number, f"no exercise '{answers.exercise}' in the bank")
    try:
        variant = drawing.variant_of(exercise, answers.seed)
    except AuthorError as error:
        return BadLine(number, str(error))
    found = marking.mark(variant, answers.answers, student=answers.student)
    strange = answers.answers.keys() - found.marks.keys()
    return BadLine(number, "; ".join(found.notes)) if strange else found


if __name__ == "__main__":
    main(int(sys.argv[1]))
