"""Questions as PrairieLearn runs them, at many seeds: their points are those of gradmark, and no data of a page holds a key.

python -m tests.prairielearn 100 two-two-one softmax-cross-entropy     all of the bank, unless exercises are named
"""

import sys
import tempfile
import time
from pathlib import Path

from grader import exports
from tests.grader.readers.prairielearn import Course
from tests.grader.rounds import Round
from tests.grader.test_prairielearn import agree, hides, ours, ways
from tests.shipped import BANK


def course(folder, names):
    """A course with some exercises, none of whose papers need be alike."""
    picks = "".join(f"\n  - {name}" for name in names)
    quiz = Round(folder, f"id: all\ntitle: All\nbalance: false\npick:{picks}\n", ["ada"])
    exports.export(quiz.folder, "prairielearn", folder / "course", BANK, exports.Selection())
    return quiz, Course(folder / "course")


def main(seeds, names):
    start, points, searched, differ = time.process_time(), 0, 0, []
    with tempfile.TemporaryDirectory() as folder:
        quiz, found = course(Path(folder), names or sorted(BANK))
        for name, question in found.questions.items():
            print(name, flush=True)
            for seed in range(seeds):
                variant = question.variant(seed)
                own = ours(quiz, variant)
                try:
                    searched += hides(name, variant, own)
                    for answers in ways(own):
                        agree(variant, own, answers)
                        points += len(answers)
                except AssertionError as error:
                    differ.append(f"{name}, seed {seed}: {str(error)[:200]}")
    told = f"{len(found.questions)} exercises at {seeds} seeds: {points:,} points compared, {searched:,} keys searched for"
    print(f"{told}; {len(differ)} differ; {time.process_time() - start:.0f} s")
    print("\n".join(differ[:40]))
    return bool(differ)


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 5, sys.argv[2:]))
