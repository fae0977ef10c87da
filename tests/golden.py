"""What is held fixed: the first variants of every exercise, as the same seed must give the same bytes for ever, in
``golden``; and what students are told and shown, word by word, beside the answers in ``fixtures``.

``python -m tests.golden`` writes them anew, which is right only after a deliberate change.
"""

from collections.abc import Iterator
from pathlib import Path

import msgspec

from grader import bank
from grader.bank import Exercise
from grader.drawing import printed_variant, variants
from reference.language.errors import LanguageError
from reference.language.writing import latex
from tests import placed
from tests.grader import marked_answers
from tests.placed import Placed
from tests.reference import readings

FOLDER = Path(__file__).parent / "golden"
SEEDS = (0, 1, 2, 17, "a student's seed", 2**62 + 1)


def kept(exercise: str) -> Path:
    """Where the first variants of an exercise are kept."""
    return FOLDER / f"{exercise}.jsonl"


def lines(exercise: Exercise) -> list[str]:
    """The printed variant and those of a few seeds, without the digest of the file."""
    found = [printed_variant(exercise), *variants(exercise, SEEDS)]
    records = [msgspec.to_builtins(variant.draw) for variant in found]
    for record in records:
        del record["digest"]
    return [msgspec.json.encode(record).decode() for record in records]


def said() -> Iterator[tuple[Path, str, str | None, str]]:
    """Every marked answer: file, answer, what is said of it there, and what is said now."""
    for path, groups in marked_answers.groups(placed.load).items():
        for group in groups:
            for place, _, text, _, says in marked_answers.cases(group):
                yield path, text, says, group.keys[place].mark(text).message


def shown() -> Iterator[tuple[Path, str, str | None, str]]:
    """Every text that is read or refused, in the same way."""
    for group in placed.load(readings.FILE):
        for text, _, as_latex, *_ in group.get("read", ()):
            yield readings.FILE, text, as_latex, latex(readings.understand(text, group))
        for case in group.get("refused", ()):
            yield readings.FILE, case["text"], case["says"], refusal(case["text"], group)


def refusal(text: str, group: dict) -> str:
    try:
        return latex(readings.understand(text, group))
    except LanguageError as error:
        return error.message


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    for path in FOLDER.iterdir():
        path.unlink()
    for name, exercise in bank.load_folder().items():
        kept(name).write_text("\n".join(lines(exercise)) + "\n")
    others: dict[Path, list[tuple[Placed, str]]] = {}
    for path, text, before, now in [*said(), *shown()]:
        if isinstance(before, Placed) and before != now:
            others.setdefault(path, []).append((before, now))
        elif before != now:
            print(f"{path.name}: beside {text!r}, write  says: {placed.quoted(now)}")
    for path, texts in others.items():
        placed.replace(path, texts)


if __name__ == "__main__":
    main()
