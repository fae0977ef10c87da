"""An author's files become exercises, or every problem with its place."""

from typing import TYPE_CHECKING

from grader.faces import lazy

if TYPE_CHECKING:
    from grader.bank import decoding, schema, starting
    from grader.bank.consistency import CELLS
    from grader.bank.exercise import Exercise
    from grader.bank.exercise_file import (
        CONSTRUCTED,
        DOMAINS,
        EVERY,
        PRINTED,
        RANGE,
        AnswerFile,
        ConstructFile,
        Data,
        Example,
        FigureFile,
        Index,
        LawFile,
        Mistake,
        NetworkFile,
        Quantity,
        QuestionFile,
        Table,
        Text,
        Tolerance,
        pool_of,
    )
    from grader.bank.loading import files, find, home, is_quiz, load, load_folder
    from grader.bank.quiz_file import Pick, QuizFile
    from grader.bank.rule import Pattern, Rule
    from grader.bank.templates import fill, placeholders
    from grader.bank.tokens import Tokens
else:
    __getattr__ = lazy(__name__)

__all__ = [
    "CELLS",
    "CONSTRUCTED",
    "DOMAINS",
    "EVERY",
    "PRINTED",
    "RANGE",
    "AnswerFile",
    "ConstructFile",
    "Data",
    "Example",
    "Exercise",
    "FigureFile",
    "Index",
    "LawFile",
    "Mistake",
    "NetworkFile",
    "Pattern",
    "Pick",
    "Quantity",
    "QuestionFile",
    "QuizFile",
    "Rule",
    "Table",
    "Text",
    "Tokens",
    "Tolerance",
    "decoding",
    "files",
    "fill",
    "find",
    "home",
    "is_quiz",
    "load",
    "load_folder",
    "placeholders",
    "pool_of",
    "schema",
    "starting",
]
