"""The first variants of every exercise, held fixed: the same seed must give the same bytes for ever.

``python -m tests.golden`` writes the file anew, which is right only after a deliberate change.
"""

from pathlib import Path

import msgspec

from grader import bank
from grader.drawing import printed_variant, variants
from grader.records import Exercise

FILE = Path(__file__).parent / "golden.jsonl"
SEEDS = (0, 1, 2, 17, "a student's seed", 2**62 + 1)


def lines(exercise: Exercise) -> list[str]:
    """The printed variant and those of a few seeds, without the digest of the file."""
    found = [printed_variant(exercise), *variants(exercise, SEEDS)]
    records = [msgspec.to_builtins(variant.draw) for variant in found]
    for record in records:
        del record["digest"]
    return [msgspec.json.encode(record).decode() for record in records]


def main() -> None:
    text = [line for exercise in bank.load_folder().values() for line in lines(exercise)]
    FILE.write_text("\n".join(text) + "\n")


if __name__ == "__main__":
    main()
