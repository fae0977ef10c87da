"""Questions on data: how long one takes to draw, decide and prove, and how often each answer is right."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from benchmarks.classes import Bank
from benchmarks.table import Row, duration
from benchmarks.timing import each
from grader.bank import Exercise
from grader.drawing import variants
from grader.model import OPTIONS, DataQuestion
from reference.sufficiency import proofs

COUNT = 2000


def rows(known: Bank) -> Iterator[Row]:
    """Each is drawn by itself, as ``gradmark show`` does; every proof is checked."""
    exercise = known["drawn-data-sufficiency"]
    questions: list[DataQuestion] = []
    taken = sorted(each(lambda seed: questions.append(drawn(exercise, seed)), range(COUNT)))
    half, most = taken[COUNT // 2], taken[COUNT * 99 // 100]
    yield Row(
        "Drawing a question on data",
        f"{duration(half)} median",
        f"{COUNT} by themselves, with the laws of nine networks; 99 of 100 in {duration(most)}; goal: 50 ms",
    )
    checked = sorted(each(prove, questions))
    how = f"{3 * COUNT} decisions, none refused; 99 of 100 questions in {duration(checked[COUNT * 99 // 100])}"
    yield Row("Checking its proofs", f"{duration(checked[COUNT // 2])} median", how)
    counts = Counter(question.key.right for question in questions)
    shares = ", ".join(f"{name} {counts[name] / COUNT:.1%}" for name in OPTIONS)
    yield Row("Right answers of these", shares, "goal: 17 % to 23 % each")


def drawn(exercise: Exercise, seed: int) -> DataQuestion:
    [variant] = variants(exercise, [seed])
    [asked] = variant.solved.model.asked
    assert asked.data is not None
    return asked.data


def prove(question: DataQuestion) -> None:
    for one in question.proved:
        proofs.check(one.network, one.target, one.given, one.decision)
