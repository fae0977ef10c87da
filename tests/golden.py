"""What is held fixed: the first variants of every exercise, as the same seed must give the same bytes for
ever; and what students are told and shown, word by word.

``python -m tests.golden`` writes the files anew, which is right only after a deliberate change.
"""

import json
from pathlib import Path

import msgspec

from grader import bank
from grader.bank import Exercise
from grader.drawing import printed_variant, variants

FILE = Path(__file__).parent / "golden.jsonl"
TOLD = Path(__file__).parent / "told.json"
SEEDS = (0, 1, 2, 17, "a student's seed", 2**62 + 1)


def lines(exercise: Exercise) -> list[str]:
    """The printed variant and those of a few seeds, without the digest of the file."""
    found = [printed_variant(exercise), *variants(exercise, SEEDS)]
    records = [msgspec.to_builtins(variant.draw) for variant in found]
    for record in records:
        del record["digest"]
    return [msgspec.json.encode(record).decode() for record in records]


def told() -> dict[str, str]:
    """Case of a fixture → the message, or the LaTeX of what is read."""
    from tests.grader import test_marked_answers
    from tests.reference import test_reading

    return {**dict(test_reading.told()), **dict(test_marked_answers.told())}


def main() -> None:
    text = [line for exercise in bank.load_folder().values() for line in lines(exercise)]
    FILE.write_text("\n".join(text) + "\n")
    TOLD.write_text(json.dumps(told(), ensure_ascii=False, indent=0) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
