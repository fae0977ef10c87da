"""Answer shapes, one file each: a key reads an answer, judges it and describes itself; start with :class:`Key`."""

from typing import TYPE_CHECKING

from grader.faces import lazy

if TYPE_CHECKING:
    from grader.answers.brackets import split, surround
    from grader.answers.chain import ChainKey
    from grader.answers.choice import ChoiceKey
    from grader.answers.construct import Construct, ConstructKey, Wanted
    from grader.answers.count import Counted, CountKey, Points, where
    from grader.answers.derivation import DerivationKey
    from grader.answers.expression import ExpressionKey
    from grader.answers.form import Form
    from grader.answers.key import Key
    from grader.answers.letters import letter
    from grader.answers.literal import LiteralKey
    from grader.answers.matching import MatchKey
    from grader.answers.matrix import MatrixKey
    from grader.answers.notes import Level, Note, said, sentences
    from grader.answers.number import (
        NumberKey,
        Rows,
        agrees,
        at_sight,
        glance,
        show_number,
        without_noise,
    )
    from grader.answers.ordering import LinePart, OrderKey
    from grader.answers.outcome import ALL, NOTHING, Outcome, Verdict
    from grader.answers.passages import formulas
    from grader.answers.portable import Entries, Lines, Pairs, Portable, Ticks
    from grader.answers.reading import Reading, State
    from grader.answers.sequence import SequenceKey, SetKey, TokenPart
    from grader.answers.several import Scoring, SeveralKey
    from grader.answers.shape import ShapeKey
    from grader.answers.stated import Stated
    from grader.answers.tensor import TensorKey, show_tensor
    from grader.answers.text import Criterion, TextKey, earned
    from grader.answers.tokens import EMPTY
else:
    __getattr__ = lazy(__name__)

__all__ = [
    "ALL",
    "EMPTY",
    "NOTHING",
    "ChainKey",
    "ChoiceKey",
    "Construct",
    "ConstructKey",
    "CountKey",
    "Counted",
    "Criterion",
    "DerivationKey",
    "Entries",
    "ExpressionKey",
    "Form",
    "Key",
    "Level",
    "LinePart",
    "Lines",
    "LiteralKey",
    "MatchKey",
    "MatrixKey",
    "Note",
    "NumberKey",
    "OrderKey",
    "Outcome",
    "Pairs",
    "Points",
    "Portable",
    "Reading",
    "Rows",
    "Scoring",
    "SequenceKey",
    "SetKey",
    "SeveralKey",
    "ShapeKey",
    "State",
    "Stated",
    "TensorKey",
    "TextKey",
    "Ticks",
    "TokenPart",
    "Verdict",
    "Wanted",
    "agrees",
    "at_sight",
    "earned",
    "formulas",
    "glance",
    "letter",
    "said",
    "sentences",
    "show_number",
    "show_tensor",
    "split",
    "surround",
    "where",
    "without_noise",
]
