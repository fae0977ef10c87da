"""What a sheet takes for granted, in one line: domains, places, functions, kinks, layouts, and how names are typed."""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np

from grader.bank import fill
from grader.drawing import Variant
from grader.memo import memoized
from grader.model import Model, Symbolic, at_each_step
from grader.sheets.notation import Notation, linear, prose
from reference.language.dimensions import SCALAR
from reference.language.expression import Apply, Expression, Name, Number, parts
from reference.language.indexed.rows import leaves_out, picks_one, rules_in
from reference.language.names import SUBSCRIPTS
from reference.language.operations import OPERATIONS
from reference.language.roles import is_derivative, of_and_by
from reference.language.unicode import unicode_name
from reference.language.writing import latex_name, plain

TIE = 1e-9
EASY = re.compile(rf"[A-Za-z0-9'_{''.join(SUBSCRIPTS)}]+")  # names that are typed as they look
DOMAINS = {  # of a scalar, of the entries of anything else
    "positive": ("${}$ is positive", "the entries of ${}$ are positive"),
    "probability": ("${}$ lies between 0 and 1", "the entries of ${}$ lie between 0 and 1"),
    "binary": ("${}$ is 0 or 1", "each entry of ${}$ is 0 or 1"),
    "one-hot": ("${}$ is 1", "one entry of ${}$ is 1 and all others are 0"),
    "simplex": ("${}$ is 1", "the entries of ${}$ are positive and add up to 1"),
    "integer": ("${}$ is a whole number", "the entries of ${}$ are whole numbers"),
}
FUNCTIONS = {  # operation → what a sheet says of it
    "sigmoid": r"$\sigma(z) = 1 / (1 + e^{-z})$",
    "softmax": r"$\operatorname{softmax}(z)_i = e^{z_i} / \sum_j e^{z_j}$",
    "log": r"$\log$ is the natural logarithm",
    "softplus": r"$\operatorname{softplus}(z) = \log(1 + e^z)$",
}
WRITTEN = {"sigmoid": r"$\operatorname{sigmoid}(z) = 1 / (1 + e^{-z})$"}  # as text names it
SIZED = {"shape", "side", "channels", "entries", "parameters", "weights", "multiply_adds"}
COUNTS: tuple[tuple[set[str], set[str], str], ...] = (  # asked, kinds of layers that are there, what is said of them
    ({"shape"}, set(), "features stand last in a shape"),
    (SIZED, {"conv", "maxpool", "avgpool"}, "nothing is padded unless it says so, and sizes are rounded down"),
    (SIZED, {"maxpool", "avgpool"}, "a pooling window moves by its own size unless a stride is given"),
    ({"parameters"}, set(), "parameters are weights and biases"),
    (
        {"parameters", "biases"},
        {"rnn", "lstm", "gru"},
        "each gate, and the candidate, has one matrix for what comes in, one for the state, and one bias vector",
    ),
    (
        {"parameters", "weights", "multiply_adds"},
        {"attention"},
        "queries, keys, values and what leaves the heads each have a matrix; a mask saves nothing",
    ),
    (
        {"multiply_adds"},
        set(),
        "multiply-adds are those of products with matrices and kernels, for one example",
    ),
    (
        {"receptive_field", "influence"},
        set(),
        "the receptive field is the length of the stretch of the input that one place sees",
    ),
)  # fmt: skip
INDICATOR = r"$\mathbb{1}\{\ldots\}$ is 1 where the condition holds, and 0 elsewhere"
LEAKY = r"a leaky ReLU multiplies what is negative by ${}$"


def conventions(of: Variant, notation: Notation) -> str:
    """One line of them, and how names are typed; empty where nothing is to be said."""
    return stated(of.solved.model, notation, tuple(dict.fromkeys(kinks(of))))


@memoized
def stated(model: Model, notation: Notation, at_kinks: tuple[str, ...]) -> str:
    """As :func:`conventions`, which the variants of a structure share."""
    said = [
        *domains(model),
        *places(model),
        *functions(model, notation),
        *at_kinks,
        *ties(model),
        *layouts(model),
        *counted(model),
    ]
    line = "Conventions: " + "; ".join(dict.fromkeys(said)) + "." if said else ""
    return " ".join(part for part in (prose(line, notation), typed(model, notation)) if part)


def domains(model: Model) -> Iterator[str]:
    """From which numbers the values of inputs and parameters come, where none are given."""
    network, file = model.printed, model.exercise.file
    declared = {**file.network.inputs, **file.network.parameters}
    for name, given in declared.items():
        told = DOMAINS.get(fill(getattr(given, "domain", "real"), model.context))
        own = [one for one in at_each_step(model.exercise, name) if one in network.shapes]
        if told and own and name not in file.unseen and own[0] not in model.sampled:
            yield told[network.shapes[own[0]] != SCALAR].format(latex_name(name))


def places(model: Model) -> Iterator[str]:
    """Over what indices run, and which of them differ."""
    symbols = model.printed.symbols
    by_size: dict[str, list[str]] = {}
    for name, size in symbols.indices.items():
        by_size.setdefault(str(size), []).append(name)
    for size, names in by_size.items():
        verb = "runs" if len(names) == 1 else "run"
        yield f"${', '.join(names)}$ {verb} from 1 to ${size}$"
    questions = model.exercise.file.questions
    by_entry = any(answer.places for question in questions for answer in question.answers)
    told = model.complete.equations.values() if by_entry else roots(model)
    if any(map(leaves_out, rules_in(told))):
        yield "terms with a place that does not exist are left out"
    for name, others in symbols.apart.items():
        yield from (rf"${name} \ne {other}$" for other in others)


def functions(model: Model, notation: Notation) -> Iterator[str]:
    """What functions are that a course may write otherwise."""
    told = FUNCTIONS | (WRITTEN if notation is Notation.PLAIN else {})
    cases = {node.args[0] for node in applied(model) if node.operation == "where"}
    for node in applied(model):
        if node.operation in told:
            yield told[node.operation]
        elif OPERATIONS[node.operation].precedence == 0 and node not in cases:
            yield INDICATOR
        elif node.operation == "leaky_relu" and isinstance(node.args[1], Number):
            yield LEAKY.format(plain(node.args[1]))


def applied(model: Model) -> Iterator[Apply]:
    """The operations of all equations that the sheet prints."""
    for root in roots(model):
        yield from (node for node in parts(root) if isinstance(node, Apply))


def roots(model: Model) -> Iterator[Expression]:
    """The right sides of all equations that the sheet prints."""
    for equations in (model.stated_equations, model.stated_definitions, *model.own.values()):
        yield from equations.values()


def kinks(of: Variant) -> Iterator[str]:
    """What derivatives are where one is asked at a kink, if this variant has one there."""
    model, values = of.solved.model, of.solved.values
    if any((np.abs(values[kink][of.row]) <= TIE).any() for kink in model.slopes):
        for root in model.printed.equations.values():
            for node in parts(root):
                if isinstance(node, Apply) and OPERATIONS[node.operation].convention:
                    told = OPERATIONS[node.operation].convention.rstrip(".")
                    yield told[0].lower() + told[1:]


def ties(model: Model) -> Iterator[str]:
    """What a formula need not say, where one is asked for that picks the largest of several entries: answers are not compared there."""
    keys = (blank.source.key for blank in model.blanks if isinstance(blank.source, Symbolic))
    if any(picks_one(key.last.expression) for key in keys):
        yield "what a formula says where several entries are the largest does not count"


def layouts(model: Model) -> Iterator[str]:
    """How gradients and Jacobians are laid out, where one is asked for and only one layout is right."""
    shapes = model.complete.shapes
    for blank in model.blanks:
        name = derivative(model, blank.asked)
        either = isinstance(blank.source, Symbolic) and blank.source.key.either_layout
        if not name or either or shapes.get(name, SCALAR) == SCALAR:
            continue
        of, _ = of_and_by(name)
        if shapes.get(of, SCALAR) == SCALAR:
            yield "a gradient has the shape of what it is taken by"
        elif 1 not in shapes[name]:
            shown = linear(name)
            yield f"${shown}$ has a row for each entry of ${latex_name(of)}$"


def counted(model: Model) -> Iterator[str]:
    """How layers are counted, as far as they are there and asked for."""
    asked = {quantity for one in model.tallies.values() for _, quantity in one.asked.cells.values()}
    told = model.stack if model.exercise.file.states("stack") else None
    kinds = {layer.kind for layer in told.layers} if told else set()
    for quantities, of_kinds, said in COUNTS:
        if asked & quantities and (not of_kinds or kinds & of_kinds):
            yield said


def derivative(model: Model, asked: Expression | None) -> str:
    """The derivative that is asked for, perhaps by a name that the exercise has for it; empty for anything else."""
    while isinstance(asked, Name):
        if is_derivative(asked.name):
            return asked.name
        asked = model.stated_definitions.get(asked.name)
    return ""


def typed(model: Model, notation: Notation) -> str:
    """How to type the names that no keyboard has."""
    keys = [blank.source.key for blank in model.blanks if isinstance(blank.source, Symbolic)]
    names = dict.fromkeys(name for key in keys for name in key.last.listed)
    shown = {name: unicode_name(name) for name in names}
    strange = [one for one, sign in shown.items() if sign != one and not EASY.fullmatch(sign)]
    if not strange:
        return ""
    *most, last = [f"`{name}` for ${latex_name(name)}$" for name in strange]
    listed = f"{', '.join(most)} and {last}" if most else last
    return prose(f"You may type {listed}.", notation)
