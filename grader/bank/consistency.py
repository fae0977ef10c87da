"""What a schema cannot say: problems that need more than one value of a file to see."""

from __future__ import annotations

import re
from collections.abc import Iterable

from grader.answers import Form
from grader.bank.exercise import Exercise
from grader.bank.exercise_file import (
    MAX_GRID,
    RANGE,
    AnswerFile,
    FigureFile,
    QuestionFile,
    Rule,
    Tolerance,
    pool_of,
)
from grader.errors import Problem
from grader.pools import POOLS

MAX_SIZE = 1_000_000
MAX_STRUCTURES = 10_000
MAX_CURVES = 8  # as many as can be told apart


def inconsistencies(exercise: Exercise) -> Iterable[Problem]:
    """Problems that need more than one value of the file to see."""
    file = exercise.file
    yield from tolerance_problems(exercise, file.tolerance, "tolerance")
    yield from figure_problems(exercise, file.figure, "figure")
    seen: set[str] = set()
    for index, question in enumerate(file.questions):
        place = f"questions[{index}]"
        if question.id in seen:
            yield exercise.problem(
                f"{place}.id", f"a second question has the id '{question.id}'", code="names"
            )
        seen.add(question.id)
        yield from answer_problems(exercise, question, place)
        yield from figure_problems(exercise, question.figure, f"{place}.figure")
    for name, rule in file.network.sizes.items():
        yield from size_problems(exercise, rule, f"network.sizes.{name}")
    for name, value in file.sample.items():
        if isinstance(value, Rule):
            yield from rule_problems(exercise, value, f"sample.{name}")
    combinations = 1
    for name, options in file.choose.items():
        if isinstance(options, str):
            yield from drawn_problems(exercise, options, f"choose.{name}")
            continue
        combinations *= len(options)
        if not options:
            yield exercise.problem(f"choose.{name}", "expected at least one option")
    if combinations > MAX_STRUCTURES:
        yield exercise.problem(
            "choose", f"{combinations:.3g} structures, expected at most {MAX_STRUCTURES}"
        )
    yield from sample_problems(exercise)


def drawn_problems(exercise: Exercise, drawn: str, place: str) -> Iterable[Problem]:
    if drawn != "sufficiency":
        yield exercise.problem(place, f"expected options, or 'sufficiency', found '{drawn}'")
    if not exercise.file.network.units:
        yield exercise.problem(place, "questions are drawn only for a network with 'units'")


def figure_problems(
    exercise: Exercise, figure: str | FigureFile | None, place: str
) -> Iterable[Problem]:
    network = exercise.file.network
    if isinstance(figure, FigureFile):
        if not 1 <= len(figure.loss_curves) <= MAX_CURVES:
            message = f"expected 1 to {MAX_CURVES} curves, found {len(figure.loss_curves)}"
            yield exercise.problem(f"{place}.loss_curves", message, code="figure")
    elif figure not in (None, "network"):
        message = f"expected 'network' or a mapping with 'loss_curves', found '{figure}'"
        yield exercise.problem(place, message, code="figure")
    elif figure and not (network.equations or network.layers or network.units):
        yield exercise.problem(place, "there is no network to draw", code="figure")


def sample_problems(exercise: Exercise) -> Iterable[Problem]:
    """Names that stand in ``sample`` twice, or are sizes."""
    seen: set[str] = set()
    for key in exercise.file.sample:
        for name in (part.strip() for part in key.split(",")):
            place = f"sample.{key}:key"
            if name in seen:
                yield exercise.problem(place, f"'{name}' is sampled twice", code="names")
            if name in exercise.file.network.sizes:
                yield exercise.problem(place, f"'{name}' is a size: say there what is drawn")
            seen.add(name)


def size_problems(exercise: Exercise, rule: int | str | Rule, place: str) -> Iterable[Problem]:
    """A size is a whole number from 1 to a million, a range of them, or a rule that gives them."""
    if isinstance(rule, Rule):
        yield from rule_problems(exercise, rule, place)
        if any(value != int(value) or not 1 <= value <= MAX_SIZE for value in rule.grid()):
            yield exercise.problem(place, f"expected whole numbers from 1 to {MAX_SIZE}")
        return
    ends = [int(end) for end in re.findall(r"[0-9]{1,9}", str(rule))]
    written = re.fullmatch(RANGE, str(rule))
    if not written:
        yield exercise.problem(place, f"expected a number or a range such as 2..5, found '{rule}'")
    elif not 1 <= ends[0] <= ends[-1] <= MAX_SIZE or ends[-1] - ends[0] >= MAX_GRID:
        yield exercise.problem(place, f"expected a range from 1 to {MAX_SIZE}, found '{rule}'")


def rule_problems(exercise: Exercise, rule: Rule, place: str) -> Iterable[Problem]:
    if (rule.one_of is None) == (rule.between is None):
        yield exercise.problem(place, "expected either 'from' or 'one_of'")
    elif not rule.finite:
        yield exercise.problem(place, "expected finite numbers")
    elif rule.length > MAX_GRID:
        yield exercise.problem(
            place, f"a grid has at most {MAX_GRID} values, found {rule.length}: take a larger step"
        )
    elif not rule.grid():
        yield exercise.problem(place, "no value is left to draw")


KINDS = (
    "values", "gradients_of", "updates", "parameters", "entries", "shapes", "chain", *POOLS,
    "text", "sufficiency",
)  # fmt: skip
SYMBOLIC = {"in_terms_of", "either_layout", "form", "derivation"}
OPTIONAL = {"offer", *SYMBOLIC}
COMPANIONS = {
    "values": OPTIONAL,
    "gradients_of": {"by", *OPTIONAL},
    "updates": {"loss", "rate", *OPTIONAL},
    "parameters": {"in_terms_of"},
    "entries": {"in_terms_of"},
    "shapes": {"in_terms_of"},
}


def answer_problems(exercise: Exercise, question: QuestionFile, place: str) -> Iterable[Problem]:
    several = isinstance(question.answer, list)
    if question.tolerance is not None:
        yield from tolerance_problems(exercise, question.tolerance, f"{place}.tolerance")
    if several and not question.answers:
        yield exercise.problem(f"{place}.answer", "expected at least one answer")
    for index, answer in enumerate(question.answers):
        here = f"{place}.answer" + (f"[{index}]" if several else "")
        given = {
            field
            for field in answer.__struct_fields__
            if getattr(answer, field) not in (None, [], False, Form.ANY)
        }
        kinds = [name for name in KINDS if name in given]
        if len(kinds) != 1:
            found = " and ".join(kinds) or "none"
            yield exercise.problem(here, f"expected one of {', '.join(KINDS)}; found {found}")
            continue
        needed = COMPANIONS.get(kinds[0], set())
        for extra in sorted(given - {kinds[0]} - needed):
            yield exercise.problem(f"{here}.{extra}", f"'{extra}' does not go with '{kinds[0]}'")
        for missing in sorted(needed - OPTIONAL - given):
            yield exercise.problem(here, f"'{kinds[0]}' needs '{missing}'")
        for extra in sorted(given & SYMBOLIC - {"in_terms_of"}):
            if answer.in_terms_of is None:
                yield exercise.problem(f"{here}.{extra}", f"'{extra}' needs 'in_terms_of'")
        yield from pool_problems(exercise, question, answer, here)
        yield from text_problems(exercise, question, answer, f"{here}.text")


def tolerance_problems(exercise: Exercise, tolerance: Tolerance, place: str) -> Iterable[Problem]:
    kinds = [
        tolerance.absolute is not None or tolerance.relative is not None,
        tolerance.decimals is not None,
        tolerance.significant is not None,
        tolerance.rounding is not None,
        tolerance.exact,
    ]
    if sum(kinds) > 1:
        yield exercise.problem(place, "expected one kind of tolerance")


def pool_problems(
    exercise: Exercise, question: QuestionFile, answer: AnswerFile, place: str
) -> Iterable[Problem]:
    """What is wrong with options, pairs or lines."""
    offered = pool_of(answer)
    if offered is None:
        return
    kind, pool = offered
    if len(question.answers) > 1:
        yield exercise.problem(f"{place}.{kind}", "a choice is the only answer of its question")
    for below, message in pool.faults():
        yield exercise.problem(f"{place}.{kind}{below}", message, code="options")


def text_problems(
    exercise: Exercise, question: QuestionFile, answer: AnswerFile, place: str
) -> Iterable[Problem]:
    """What is wrong with a text that staff are to mark."""
    if answer.text is None:
        return
    if len(question.answers) > 1:
        yield exercise.problem(place, "a text is the only answer of its question")
    if not answer.text.rubric:
        yield exercise.problem(f"{place}.rubric", "expected at least one criterion")
