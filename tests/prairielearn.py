"""Questions as PrairieLearn runs them, at many seeds: their points are those of gradmark, and no data of a page holds a key.

python -m tests.prairielearn 100 two-two-one softmax-cross-entropy     all of the bank, unless exercises are named
"""

import contextlib
import functools
import sys
import tempfile
import time
from pathlib import Path
from unittest.mock import patch

from grader import bank, drawing, exports
from tests.grader.readers.prairielearn import Course
from tests.grader.rounds import Round
from tests.grader.test_prairielearn import agree, hides, ways
from tests.shipped import BANK


def course(folder, names):
    """A course with some exercises, none of whose papers need be alike."""
    picks = "".join(f"\n  - {name}" for name in names)
    quiz = Round(folder, f"id: all\ntitle: All\nbalance: false\npick:{picks}\n", ["ada"])
    exports.export(quiz.folder, "prairielearn", folder / "course", BANK, exports.Selection())
    return Course(folder / "course")


@contextlib.contextmanager
def once():
    """Each call of PrairieLearn loads a file and draws a variant, as those before it did; here they are kept, as they hang on file and seed alone."""
    with (
        patch.object(bank, "load", functools.lru_cache(1)(bank.load)),
        patch.object(drawing, "variant_of", functools.cache(drawing.variant_of)),
    ):
        yield


def both(question, seeds):
    """The variants of a question as PrairieLearn makes them, one by one, and as gradmark draws them, all together."""
    found = [question.variant(seed) for seed in seeds]
    drawn = [one.made["params"] for one in found]
    exercise = BANK[drawn[0]["exercise"]]
    return zip(found, drawing.variants(exercise, [one["seed"] for one in drawn]), strict=True)


def main(seeds, names):
    start, points, searched, differ = time.process_time(), 0, 0, 0
    with tempfile.TemporaryDirectory() as folder:
        questions = course(Path(folder), names or sorted(BANK)).questions
        for name, question in questions.items():
            began = time.process_time()
            with once():
                for seed, (variant, own) in enumerate(both(question, range(seeds))):
                    try:
                        searched += hides(name, variant, own)
                        for answers in ways(own):
                            agree(variant, own, answers)
                            points += len(answers)
                    except AssertionError as error:
                        differ += 1
                        print(f"{name}, seed {seed}: {str(error)[:200]}")
            print(f"{name}: {time.process_time() - began:.1f} s", flush=True)
    told = f"{len(questions)} exercises at {seeds} seeds: {points:,} points compared, {searched:,} keys searched for"
    print(f"{told}; {differ} differ; {time.process_time() - start:.0f} s")
    return differ > 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 5, sys.argv[2:]))
