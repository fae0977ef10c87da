"""One answer shape a file: its key, how an answer is read, how it is marked, how the key is shown.

A key has ``mark(text) -> Outcome`` and ``show() -> str``, a text that ``mark`` finds correct.
"""

from grader.answers.choice import ChoiceKey
from grader.answers.count import CountKey
from grader.answers.matrix import MatrixKey
from grader.answers.number import NumberKey

Key = NumberKey | MatrixKey | CountKey | ChoiceKey

__all__ = ["ChoiceKey", "CountKey", "Key", "MatrixKey", "NumberKey"]
