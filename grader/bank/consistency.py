"""What a schema cannot say: problems that need more than one value of a file to see."""

from __future__ import annotations

import re

from msgspec.structs import replace

from grader.answers import EMPTY, Form, Scoring, TokenPart
from grader.bank.exercise import Exercise
from grader.bank.exercise_file import (
    ALL,
    RANGE,
    AnswerFile,
    ConstructFile,
    ExerciseFile,
    FigureFile,
    LawFile,
    QuestionFile,
    Tolerance,
    pool_of,
)
from grader.bank.rule import MAX_GRID, OWN_VALUES, Pattern, Rule
from grader.errors import Place, Problem
from grader.pools import POOLS

MAX_SIZE = 1_000_000
TOKEN = re.compile(r"[^\s,;|=:<>()\[\]{}]{1,40}")
MAX_STRUCTURES = 10_000
MIN_SHARE = 1e-3  # of a simplex
MAX_CURVES = 8  # as many as can be told apart
MAX_GROUPS = 4  # of points, as many as there are marks
FIGURES = (  # the words that ask for one
    "network",
)


def inconsistencies(exercise: Exercise) -> list[Problem]:
    """Problems that need more than one value of the file to see."""
    file, at = exercise.file, exercise.at
    check_tolerance(file.tolerance, at["tolerance"])
    check_figure(file, file.figure, at["figure"])
    if file.hidden == ALL and file.figure != "network":
        at["hidden"].report("'all' needs 'figure: network', which shows what is hidden", "figure")
    seen: set[str] = set()
    for index, question in enumerate(file.questions):
        here = at["questions"][index]
        if question.id in seen:
            here["id"].report(f"two questions have the id '{question.id}'", "names")
        seen.add(question.id)
        check_answers(question, here)
        check_figure(file, question.figure, here["figure"])
    for name, size in file.network.sizes.items():
        check_size(size, at["network"]["sizes"][name], {*file.network.sizes} - {name})
    for name, value in file.sample.items():
        if isinstance(value, Rule):
            check_rule(value, at["sample"][name])
    for name, law in file.network.laws.items():
        check_law(law, at["network"]["laws"][name])
    check_choices(file, at["choose"])
    check_sample(file, at["sample"])
    return at.found


WORD = re.compile(r"[A-Za-z]\w*")


def check_choices(file: ExerciseFile, at: Place) -> None:
    """Every choice has options, and there are not too many structures to check."""
    combinations = 1
    for name, options in file.choose.items():
        if isinstance(options, str):
            check_drawn(file, options, at[name])
            continue
        combinations *= len(options)
        if not options:
            at[name].report("expected at least one option")
    if combinations > MAX_STRUCTURES:
        at.report(f"{combinations:.3g} structures, expected at most {MAX_STRUCTURES}")


def check_drawn(file: ExerciseFile, drawn: str, at: Place) -> None:
    if drawn != "sufficiency":
        at.report(f"expected options, or 'sufficiency', found '{drawn}'")
    if not file.network.units:
        at.report("questions are drawn only for a network with 'units'")


def check_figure(file: ExerciseFile, figure: str | FigureFile | None, at: Place) -> None:
    network = file.network
    if isinstance(figure, FigureFile):
        check_drawing(figure, at)
    elif figure not in (None, *FIGURES):
        listed = ", ".join(f"'{one}'" for one in FIGURES)
        message = f"expected {listed} or a mapping with 'loss_curves', 'curves' or 'points', found '{figure}'"
        at.report(message, "figure")
    elif figure and not (network.equations or network.layers or network.units):
        at.report("there is no network to draw", "figure")


def check_drawing(figure: FigureFile, at: Place) -> None:
    """Loss curves have the rate that suits them, and a plot has something that says how far its axes reach."""
    given = [one for one in figure.__struct_fields__ if getattr(figure, one) not in ("", {}, None)]
    if "loss_curves" in given or "suited" in given:
        if "suited" not in given:
            at.report("the key 'suited' is missing", "figure")
        for stranger in [one for one in given if one not in ("loss_curves", "suited")]:
            at[stranger].key.report(f"'{stranger}' belongs to a plot, not to loss curves", "figure")
        check_lines("loss_curves", len(figure.loss_curves), at)
    elif not (figure.curves or figure.points):
        at.report("expected 'loss_curves', 'curves' or 'points'", "figure")
    elif figure.curves and (figure.points or figure.borders):
        at["curves"].key.report(
            "curves stand over 1, 2, 3 …, so points and borders need a figure of their own",
            "figure",
        )
    elif bool(figure.borders) != bool(figure.over):
        at.report("'borders' and 'over' belong together", "figure")
    else:
        check_lines("curves", len(figure.curves) or 1, at)
        check_lines("borders", len(figure.borders) or 1, at)
        if len(figure.points) > MAX_GROUPS:
            at["points"].report(
                f"expected at most {MAX_GROUPS} groups, found {len(figure.points)}", "figure"
            )


def check_lines(key: str, found: int, at: Place) -> None:
    """The lines of a figure can be told apart by their dashes."""
    if not 1 <= found <= MAX_CURVES:
        what = key.removeprefix("loss_")
        at[key].report(f"expected 1 to {MAX_CURVES} {what}, found {found}", "figure")


def check_sample(file: ExerciseFile, at: Place) -> None:
    """No name in ``sample`` occurs twice or is a size."""
    seen: set[str] = set()
    for key in file.sample:
        for name in (part.strip() for part in key.split(",")):
            if name in seen:
                at[key].key.report(f"'{name}' is sampled twice", "names")
            if name in file.network.sizes:
                at[key].key.report(f"'{name}' is a size: say there what is drawn")
            seen.add(name)


def check_size(size: int | str | Rule, at: Place, names: set[str]) -> None:
    """A size is a whole number up to a million, a range of them, a rule that gives them, or a formula in other sizes."""
    if isinstance(size, Rule):
        check_rule(size, at)
        if size.pattern is not Pattern.FREE:
            at["pattern"].report("a size is one number")
        if any(value != int(value) or not 0 <= value <= MAX_SIZE for value in size.grid()):
            at.report(f"expected whole numbers from 0 to {MAX_SIZE}")
        return
    if names & {*WORD.findall(str(size))}:
        return  # a formula, which is read where the network is declared
    ends = [int(end) for end in re.findall(r"[0-9]{1,9}", str(size))]
    written = re.fullmatch(RANGE, str(size))
    if not written:
        at.report(f"expected a number or a range such as 2..5, found '{size}'")
    elif not 0 <= ends[0] <= ends[-1] <= MAX_SIZE or ends[-1] - ends[0] >= MAX_GRID:
        at.report(f"expected a range from 0 to {MAX_SIZE}, found '{size}'")


def check_law(law: LawFile, at: Place) -> None:
    """A mean with a variance, or a probability."""
    both = [law.mean is not None, law.variance is not None]
    if not ((all(both) and law.bernoulli is None) or (not any(both) and law.bernoulli is not None)):
        at.report("expected 'mean' and 'variance', or 'bernoulli'")


def check_rule(rule: Rule, at: Place) -> None:
    if rule.pattern in OWN_VALUES:
        check_own_values(rule, at)
    elif (rule.one_of is None) == (rule.between is None):
        at.report("expected either 'from' or 'one_of'")
    elif not rule.finite:
        at.report("expected finite numbers")
    elif rule.length > MAX_GRID:
        message = f"a grid has at most {MAX_GRID} values, found {rule.length}: take a larger step"
        at.report(message)
    elif not rule.grid():
        at.report("no value is left to draw")


def check_own_values(rule: Rule, at: Place) -> None:
    """A pattern that says what values there are needs no others; the shares of a simplex make a whole."""
    for key, value in (("from", rule.between), ("one_of", rule.one_of)):
        if value is not None:
            at[key].report(f"'{key}' does not go with the pattern {rule.pattern.value}")
    if rule.pattern is not Pattern.SIMPLEX:
        return
    if not MIN_SHARE <= rule.step < 1 or abs(1 / rule.step - round(1 / rule.step)) > 1e-9:
        at.report(f"expected a step of which a whole number makes 1, found {rule.step:g}")
    elif rule.excluded not in ([], 0, [0]):
        at["not"].report("of a simplex, only 0 can be left out")


KINDS = (
    "values", "gradients_of", "updates", "parameters", "entries", "shapes", "chain", *POOLS,
    "literal", "sequence", "set",
    "text", "sufficiency", "construct",
    "counts", "table",
)  # fmt: skip
SYMBOLIC = {"in_terms_of", "either_layout", "form", "derivation", "places"}
OPTIONAL = {"offer", "unit", "words", *SYMBOLIC}
WITH_ANY = {"because", "steps"}
COMPANIONS = {
    "values": {"offer", "unit", *SYMBOLIC},
    "gradients_of": {"by", "offer", *SYMBOLIC},
    "updates": {"loss", "rate", "offer", *SYMBOLIC},
    "parameters": {"in_terms_of"},
    "entries": {"in_terms_of"},
    "shapes": {"in_terms_of"},
    "counts": {"in_terms_of", "unit"},
    "literal": {"words", "unit"},
}
CELLS = ("values", "parameters", "entries", "shapes", "chain", "counts")  # that a column asks for


def check_answers(question: QuestionFile, at: Place) -> None:
    """Each answer has exactly one kind, with all keys that the kind needs and no others."""
    several = isinstance(question.answer, list)
    if question.tolerance is not None:
        check_tolerance(question.tolerance, at["tolerance"])
    if several and not question.answers:
        at["answer"].report("expected at least one answer")
    for index, answer in enumerate(question.answers):
        here = at["answer"][index] if several else at["answer"]
        if check_kind(answer, here):
            check_pool(question, answer, here)
            check_text(question, answer, here["text"])
            if answer.construct is not None:
                check_construct(question, answer.construct, here["construct"])
            check_table(answer, here["table"]["columns"])
            check_tokens(answer, here)


def check_kind(answer: AnswerFile, at: Place) -> str:
    """The one kind of an answer, which has all keys that it needs and no others; empty where there is not one."""
    given = {
        field
        for field in answer.__struct_fields__
        if getattr(answer, field) not in (None, [], "", False, Form.ANY)
    }
    kinds = [name for name in KINDS if name in given]
    if len(kinds) != 1:
        found = " and ".join(kinds) or "none"
        at.report(f"expected one of {', '.join(KINDS)}; found {found}")
        return ""
    check_companions(answer, kinds[0], given, at)
    return kinds[0]


def check_table(answer: AnswerFile, at: Place) -> None:
    """Each column of a table asks for one thing a cell."""
    for name, column in answer.table.columns.items() if answer.table else ():
        kind = check_kind(column, at[name])
        if kind and kind not in CELLS:
            at[name][kind].report(f"a column asks for one of {', '.join(CELLS)}; found {kind}")
        elif kind and not isinstance(getattr(column, kind), str):
            at[name][kind].report("expected one text for all cells, with {{row}} for the row")


def check_companions(answer: AnswerFile, kind: str, given: set[str], at: Place) -> None:
    """An answer has the keys that its kind needs, and no others."""
    needed = COMPANIONS.get(kind, set())
    for extra in sorted(given - {kind} - needed - WITH_ANY):
        at[extra].report(f"'{extra}' does not go with '{kind}'")
    for missing in sorted(needed - OPTIONAL - given):
        at.report(f"'{kind}' needs '{missing}'")
    for extra in sorted(given & SYMBOLIC - {"in_terms_of"}):
        if answer.in_terms_of is None:
            at[extra].report(f"'{extra}' needs 'in_terms_of'")


def check_tolerance(tolerance: Tolerance, at: Place) -> None:
    kinds = [
        tolerance.absolute is not None or tolerance.relative is not None,
        tolerance.decimals is not None,
        tolerance.significant is not None,
        tolerance.rounding is not None,
        tolerance.exact,
    ]
    if sum(kinds) > 1:
        at.report("expected one kind of tolerance")


def check_pool(question: QuestionFile, answer: AnswerFile, at: Place) -> None:
    """Options, pairs or lines can be drawn, and are the only answer."""
    offered = pool_of(answer)
    if offered is None:
        return
    kind, pool = offered
    if len(question.answers) > 1:
        at[kind].report("a choice must be the only answer of its question")
    pool.check(replace(at[kind], code="options"))


def check_tokens(answer: AnswerFile, at: Place) -> None:
    """Tokens are there to be told apart, and what is earned in part fits a sequence or a set."""
    for kind, asked in (("sequence", answer.sequence), ("set", answer.set)):
        if asked is None:
            continue
        here, tokens = at[kind], asked.known
        for row, token in enumerate(tokens):
            if token in tokens[:row] or token in EMPTY or not TOKEN.fullmatch(token):
                message = f"expected different tokens without spaces and commas, found '{token}'"
                (here["of"][row] if asked.of else here["right"][token].key).report(message)
        if isinstance(asked.right, dict) and kind == "sequence":
            here["right"].report("expected a list, as a sequence has an order")
        if asked.part is (TokenPart.SHARE if kind == "sequence" else TokenPart.PREFIX):
            here["part"].report(f"'{asked.part}' does not go with '{kind}'")


def check_text(question: QuestionFile, answer: AnswerFile, at: Place) -> None:
    """A text that staff mark has a rubric, and is the only answer."""
    if answer.text is None:
        return
    if len(question.answers) > 1:
        at.report("a text must be the only answer of its question")
    if not answer.text.rubric:
        at["rubric"].report("expected at least one criterion")


def check_construct(question: QuestionFile, given: ConstructFile, at: Place) -> None:
    """All that is to be given has a reference, and what runs can run."""
    for missing in sorted(given.give.keys() - given.reference.keys()):
        at["reference"].report(f"the reference of '{missing}' is missing")
    for kind in ("reference", "sample"):
        for strange in sorted(getattr(given, kind).keys() - given.give.keys()):
            at[kind][strange].key.report(f"'{strange}' is not among what is to be given")
    for name, values in given.for_every.items():
        if isinstance(values, Rule):
            check_rule(values, at["for_every"][name])
    if given.strings and not given.for_every:
        at["strings"].report("strings need letters, which 'for_every' lists")
    if given.scoring is Scoring.PENALISED:
        at["scoring"].report("expected 'all' or 'each', found 'penalised'")
    own = question.tolerance
    if own is not None and (own.decimals, own.significant) != (None, None):
        message = "what is constructed has an 'absolute', 'relative' or 'exact' tolerance"
        at.report(message)
