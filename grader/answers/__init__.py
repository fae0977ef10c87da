"""One answer shape a file: its key, how an answer is read, how it is marked, how the key is shown.

A key has ``mark(text) -> Outcome``, ``show() -> str``, a text that ``mark`` finds correct, and
``near_misses() -> list[str]``, texts that it must not find correct. What a person marks is the exception:
its key shows the rubric, and finds every text waiting.
"""

from grader.answers.chain import ChainKey
from grader.answers.choice import ChoiceKey
from grader.answers.count import CountKey
from grader.answers.derivation import DerivationKey
from grader.answers.expression import ExpressionKey
from grader.answers.matching import MatchKey
from grader.answers.matrix import MatrixKey
from grader.answers.number import NumberKey
from grader.answers.ordering import OrderKey
from grader.answers.several import SeveralKey
from grader.answers.shape import ShapeKey
from grader.answers.text import HandedIn, TextKey
from grader.authored import Form

Key = (
    NumberKey
    | MatrixKey
    | CountKey
    | ShapeKey
    | ChoiceKey
    | SeveralKey
    | MatchKey
    | OrderKey
    | TextKey
    | ExpressionKey
    | DerivationKey
    | ChainKey
)

__all__ = [
    "ChainKey",
    "ChoiceKey",
    "CountKey",
    "DerivationKey",
    "ExpressionKey",
    "Form",
    "HandedIn",
    "Key",
    "MatchKey",
    "MatrixKey",
    "NumberKey",
    "OrderKey",
    "SeveralKey",
    "ShapeKey",
    "TextKey",
]
