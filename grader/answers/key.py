"""The answer shapes there are."""

from __future__ import annotations

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
from grader.answers.text import TextKey

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
