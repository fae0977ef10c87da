"""One answer shape a file: its key, how an answer is read, how it is marked, how the key is shown.

A key has ``mark(text) -> Outcome``, ``show() -> str``, a text that ``mark`` finds correct, and
``near_misses() -> list[str]``, texts that it must not find correct. What a person marks is the exception:
its key shows the rubric, and finds every text waiting.
"""

from typing import TYPE_CHECKING

from grader.faces import lazy

if TYPE_CHECKING:
    from grader.answers.chain import ChainKey
    from grader.answers.choice import ChoiceKey
    from grader.answers.count import CountKey, read_count
    from grader.answers.derivation import DerivationKey
    from grader.answers.expression import ExpressionKey
    from grader.answers.form import Form
    from grader.answers.key import Key
    from grader.answers.letters import letter
    from grader.answers.matching import MatchKey
    from grader.answers.matrix import MatrixKey, matrix_rows
    from grader.answers.number import NumberKey, Rows, agrees, at_sight, number_rows, show_number
    from grader.answers.ordering import OrderKey
    from grader.answers.outcome import ALL, NOTHING, Outcome, Verdict
    from grader.answers.several import Scoring, SeveralKey
    from grader.answers.shape import ShapeKey
    from grader.answers.text import Criterion, HandedIn, TextKey
else:
    __getattr__ = lazy(__name__)

__all__ = [
    "ALL",
    "NOTHING",
    "ChainKey",
    "ChoiceKey",
    "CountKey",
    "Criterion",
    "DerivationKey",
    "ExpressionKey",
    "Form",
    "HandedIn",
    "Key",
    "MatchKey",
    "MatrixKey",
    "NumberKey",
    "OrderKey",
    "Outcome",
    "Rows",
    "Scoring",
    "SeveralKey",
    "ShapeKey",
    "TextKey",
    "Verdict",
    "agrees",
    "at_sight",
    "letter",
    "matrix_rows",
    "number_rows",
    "read_count",
    "show_number",
]
