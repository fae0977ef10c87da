"""Blanks whose keys are expressions over the network: numbers, matrices or symbols."""

from __future__ import annotations

import re
from collections.abc import Iterable
from fractions import Fraction
from typing import Any

from msgspec.structs import replace

from grader.answers import DerivationKey, ExpressionKey, Form, Key, MatrixKey, NumberKey, TensorKey
from grader.bank import AnswerFile, Quantity, QuestionFile, fill
from grader.errors import Place
from grader.model.blank import Blank, Symbolic, Value, declared_somewhere, names_in
from grader.model.labels import labels
from grader.model.laws import is_moment, moment
from grader.model.over_time import at_each_step
from grader.model.sizes import complete
from grader.model.structure import Structure
from reference.derivatives.named import in_terms_of, with_derivatives
from reference.equivalence.expanding import multiplied_out
from reference.equivalence.forms import is_expanded
from reference.equivalence.points import SamplePoints
from reference.equivalence.sizes import fitting_sizes, has_formulas
from reference.language.dimensions import SCALAR, Shape, axes_of, describe
from reference.language.errors import LanguageError, ShapeError
from reference.language.expression import Apply, Expression, Name, mentioned, names
from reference.language.indexed.answers import relettered
from reference.language.indexed.declaring import known_of
from reference.language.indexed.merging import merged
from reference.language.indexed.rows import is_by_entries, rules_in
from reference.language.labels import updated
from reference.language.names import unknown
from reference.language.operands import TESTS
from reference.language.over_time import Time
from reference.language.reading import read
from reference.language.roles import (
    answer_name,
    derivative_name,
    is_derivative,
    is_quantity,
    of_and_by,
)
from reference.language.rolling import rolled
from reference.language.shapes import resolve
from reference.language.simplifying import simplify
from reference.language.values import Array
from reference.language.writing import plain
from reference.network import Network

IDENTIFIER = r"[A-Za-z][A-Za-z0-9_-]*"
FORWARD = "forward"
LETTERS = "places: [m]"


def values(
    structure: Structure, question: QuestionFile, answer: AnswerFile, at: Place, network: Network
) -> tuple[list[Blank], Network]:
    """One blank for each key that an answer asks for."""
    found = []
    for name, text, here in written_keys(structure, answer, at):
        if name and not re.fullmatch(IDENTIFIER, name):
            message = f"'{name}' cannot name a blank: write a mapping such as {{slope: {name}}}"
            here.report(message)
            continue
        if answer.values is None and not there(structure, name, network):
            continue  # only another structure has this parameter
        of = answer.gradients_of or answer.loss
        if of and network.shapes.get(of, SCALAR) != SCALAR:
            shown = describe(network.shapes[of])
            here.report(f"'{of}' is {shown}, expected a scalar", "shapes")
            continue
        step = step_asked(structure, text, answer, here, network)
        keyed = key_of(structure, text, here, network, step)
        if keyed is None:
            continue
        resolved, shape, network = keyed
        source = Value(
            answer_name(f"{question.id}.{name}" if name else question.id),
            question.tolerance or structure.file.tolerance,
            question.allows_trivial(name),
            labels(question.id, name, called(structure, answer, resolved)),
            unit_of(answer, name, shape, at["unit"]),
        )
        hint = "a number" if shape == SCALAR else "a matrix"
        blank = Blank(question.id, name, Fraction(0), hint, source, asked=resolved)
        if source.target in network.equations:
            here.report(f"two blanks have the address '{blank.address}'")
        network = network.extended({source.target: resolved}, {source.target: shape})
        if answer.in_terms_of is None:
            found.append(blank)
        elif one := symbolic(structure, answer, blank, resolved, shape, network, here, step):
            found.append(one)
    return found, network


def step_asked(
    structure: Structure, text: str, answer: AnswerFile, at: Place, network: Network
) -> int:
    """The step for which a formula is asked that holds at each step; 0 where the answer names no such step."""
    time = network.symbols.time
    if time is None or not time.is_free_in(fill(text, structure.context)):
        return 0
    if answer.in_terms_of is None:
        at.report(f"which {time.letter} is meant? write a step, as s_2 or s_{time.limit}")
    elif not time.middle:
        least = 2 * time.lag + 1
        at.report(
            f"a formula for any {time.letter} needs at least {least} steps, found {time.last}"
        )
    return time.middle


def unit_of(answer: AnswerFile, name: str, shape: Shape, at: Place) -> str:
    """The unit in which a number is asked for; empty where it has none."""
    unit = answer.unit
    if not isinstance(unit, str):
        named = next((one for one in (answer.values, answer.counts, answer.literal) if one), None)
        for stranger in sorted(unit.keys() - names_of(named)):
            at[stranger].key.report(f"'{stranger}' is not a blank of this answer")
        unit, at = unit.get(name, ""), at[name]
    if unit and (shape != SCALAR or answer.in_terms_of is not None):
        at.report("only numbers have a unit")
    return unit


def names_of(values: Any) -> set[str]:
    """The names of the blanks of an answer."""
    return {*values} if isinstance(values, list | dict) else set()


def drawn_value(axes: tuple[int, ...], value: Array, within: Array, asked: Value) -> Key:
    """The key of a number, a matrix or a tensor of one variant.

    Args:
        axes: how long they are; none of a number.
        value, within: (rows, columns).
    """
    if not axes:
        return NumberKey(float(value[0, 0]), float(within[0, 0]), asked.labels, asked.unit)
    if len(axes) > 2:
        return TensorKey(value.tolist(), within.tolist(), asked.labels, axes)
    return MatrixKey(value.tolist(), within.tolist(), asked.labels)


def called(structure: Structure, answer: AnswerFile, key: Expression) -> list[str]:
    """How an exercise calls the value of a key: by its name, by names for that, or by the step of an update.

    Any other expression is none: one of a constant would be the right answer itself.
    """
    text = plain(key)
    if not isinstance(key, Name):
        return [text] if answer.updates is not None or is_entry(key) else []
    define = structure.file.network.define
    return [text, *(name for name, meaning in define.items() if meaning == text)]


def is_entry(key: Expression) -> bool:
    """Is it an entry of a quantity or of a derivative, which the sheet calls so?"""
    return isinstance(key, Apply) and key.operation == "entry" and isinstance(key.args[0], Name)


def written_keys(
    structure: Structure, answer: AnswerFile, at: Place
) -> Iterable[tuple[str, str, Place]]:
    """(blank, expression, place in the file) of each key that an answer asks for."""
    if answer.values is not None:
        if isinstance(answer.values, str):
            yield "", answer.values, at["values"]
        elif isinstance(answer.values, list):
            for index, name in enumerate(answer.values):
                yield name, name, at["values"][index]
        else:
            for name, text in answer.values.items():
                yield name, text, at["values"][name]
    elif answer.gradients_of is not None:
        for index, text in enumerate(answer.by):
            name = fill(text, structure.context)
            yield name, derivative_name(answer.gradients_of, name), at["by"][index]
    else:
        for index, name in enumerate(answer.updates or ()):
            step = derivative_name(answer.loss or "", name)
            yield name, f"{name} - {answer.rate} * ({step})", at["updates"][index]


def there(structure: Structure, name: str, network: Network) -> bool:
    """Is a declared quantity part of this structure? An undeclared one is reported later."""
    return name in network.shapes or not declared_somewhere(structure, name)


def key_of(
    structure: Structure, text: str, at: Place, network: Network, step: int = 0
) -> tuple[Expression, Shape, Network] | None:
    """A written expression, resolved; its shape; the network with the derivatives that it names.

    Args:
        step: what the letter of the steps stands for.
    """
    filled = fill(text, structure.context)
    try:
        if is_moment(structure, filled):
            name, network = moment(structure, filled, network)
            return Name(name), network.shapes[name], network
        over = network.at_step(step) if step else network
        written = read(filled, over.vocabulary)
        wanted = [*filter(is_derivative, names(written))]
        network = with_derivatives(network, wanted)
        resolved, shape = resolve(
            written, network.shapes, network.symbols.indices, network.symbols.least
        )
    except LanguageError as error:
        structure.misread(at, error)
        return None
    return resolved, shape, network


def condition(
    structure: Structure, text: str, at: Place, network: Network
) -> tuple[Apply, Network] | None:
    """A comparison, such as ``abs(z) > 0.05`` or ``dL/dx == 0``; the network with the derivatives that it names."""
    keyed = key_of(structure, text, at, network)
    if keyed is None:
        return None
    resolved, _, network = keyed
    if not (isinstance(resolved, Apply) and resolved.operation in TESTS):
        at.report(f"expected a comparison such as abs(z) > 0.05, found '{text}'")
        return None
    return resolved, network


def symbolic(
    structure: Structure,
    answer: AnswerFile,
    blank: Blank,
    key: Expression,
    shape: Shape,
    network: Network,
    at: Place,
    step: int = 0,
) -> Blank | None:
    """A blank that asks for an expression in given names; ``step``: what the letter of the steps stands for in it."""
    network = network.at_step(step) if step else network
    time = network.symbols.time
    listed = forward(structure, names_in(structure, answer), network, key)
    listed = tuple(one for name in listed for one in (time.meant(name) if time else [name]))
    for name in listed:
        if name not in network.shapes and not declared_somewhere(structure, name):
            at.report(unknown(name, network.vocabulary.names))
            return None
    allowed = tuple(
        name for name in listed if name in network.shapes and not later(network, name, key)
    )
    defined = [one for name in structure.file.network.define for one in spelled_out(name, time)]
    own = [name for name in defined if name in allowed]
    short = {name: meanings(network, name) for name in own}
    free = {*network.symbols.shapes, *allowed, *sizes_in_keys(answer, shape, network)}
    called, wanted = plain(key) if updated(key) else "", ""
    match key:
        case Name(name) | Apply("entry", (Name(name), *_)):
            called, wanted = plain(rolled(key, time)), name
    if isinstance(key, Name) and wanted in network.equations:
        key = network.equations[wanted]
    expression = in_terms_of(network, key, free, short)
    if answer.form is Form.EXPANDED and not is_expanded(expression):
        expression = simplify(multiplied_out(expression, network.shapes), network.shapes)
    missing = sorted(mentioned(expression) - free)
    if missing:
        at.report(f"the answer to {blank.address} needs {', '.join(missing)}")
        return None
    by_entry = as_asked(answer, expression, shape, at, network)
    if by_entry is None:
        return None
    expression = by_entry
    indices = [name for name in network.symbols.indices if name in names(expression)]
    shown = tuple(dict.fromkeys([*allowed, *indices]))
    own_names = (one.name for all_ in short.values() for one in all_ if isinstance(one, Name))
    asked = ExpressionKey(
        expression,
        shape,
        shown,
        points_of(structure, network),
        answer.either_layout,
        answer.form,
        tuple(own_names),
        wanted,
        (blank.name or blank.question, *([called] if called else [])),
        places=tuple(answer.places),
    )
    source = Symbolic(derived(asked) if answer.derivation else asked)
    return replace(blank, hint="an expression", source=source)


def sizes_in_keys(answer: AnswerFile, shape: Shape, network: Network) -> Iterable[str]:
    """The sizes, where a formula may be one of sums over places."""
    sums = shape == SCALAR and any(rules_in(network.equations.values()))
    return network.symbols.least if answer.places or sums else ()


def as_asked(
    answer: AnswerFile, expression: Expression, shape: Shape, at: Place, network: Network
) -> Expression | None:
    """A key with the letters of the entry that is asked for; nothing where it cannot be asked for so."""
    indexed = is_by_entries(expression)
    if not answer.places and shape != SCALAR:
        if indexed:
            at.report(f"the key is a formula of entries: ask for one by 'places', as {LETTERS}")
            return None
        return expression
    if answer.places and len(answer.places) != len(axes_of(shape)):
        at.report(f"expected a letter for each axis of {describe(shape)}", "shapes")
        return None
    if not indexed:
        return expression  # which is compared as it is, and printed by its entries
    try:
        known = known_of(network.symbols.least, {})
        one = merged(expression, network.shapes, known)
        return relettered(one, answer.places) if answer.places else one
    except ShapeError as error:
        at.report(error.message, "shapes")
    return None


def derived(key: ExpressionKey) -> DerivationKey:
    """The key of a derivation that ends in an expression."""
    return DerivationKey(
        key.expression, key.shape, key.allowed, key.points, key.either_layout, key.form,
        key.aliases, key.wanted, key.labels,
    )  # fmt: skip


def forward(
    structure: Structure, listed: tuple[str, ...], network: Network, key: Expression
) -> tuple[str, ...]:
    """The names in terms of which an answer is asked for, with those of the forward pass for ``forward``.

    These are the inputs and what is computed, before that of which the derivative is asked, unless it is hidden;
    parameters are listed.
    """
    if FORWARD not in listed or FORWARD in network.shapes:
        return listed
    last = {of_and_by(name)[0] for name in names(key) if is_derivative(name)}
    left_out = {*structure.file.network.define, *structure.file.unseen}
    computed = [
        name
        for name in network.equations
        if is_quantity(name) and network.ancestors(name).isdisjoint(last)
    ]
    whole = [name for name in (*network.inputs, *computed) if name not in left_out]
    return tuple(dict.fromkeys([*whole, *(name for name in listed if name != FORWARD)]))


def spelled_out(name: str, time: Time | None) -> list[str]:
    """A name of the author's, once for each step if it has the letter of the steps."""
    return time.spread(name) if time else [name]


def meanings(network: Network, name: str) -> list[Expression]:
    """What an exercise's own name stands for: a derivative's name, and the expression behind it."""
    found = [network.equations[name]]
    while isinstance(last := found[-1], Name) and last.name in network.equations:
        found.append(network.equations[last.name])
    return found


def later(network: Network, name: str, key: Expression) -> bool:
    """Is a name the quantity that is asked for, or computed from it?"""
    return isinstance(key, Name) and key.name in network.ancestors(name)


def points_of(structure: Structure, network: Network) -> SamplePoints:
    """The points at which expressions over a network are compared."""
    return SamplePoints(network, domains(structure), distinct_sizes(structure, network))


def domains(structure: Structure) -> dict[str, str]:
    """The domain of each input and parameter that states one."""
    file = structure.file.network
    return {
        one: fill(quantity.domain, structure.context)
        for name, quantity in {**file.inputs, **file.parameters}.items()
        if isinstance(quantity, Quantity)
        for one in at_each_step(structure.exercise, name)
    }


def distinct_sizes(structure: Structure, network: Network) -> dict[str, int]:
    """A number for each size, no two the same, so that no shapes fit by chance."""
    if has_formulas(network):
        return complete(structure.exercise, fitting_sizes(network))
    return {name: size for size, name in enumerate(structure.file.network.sizes, start=3)}
