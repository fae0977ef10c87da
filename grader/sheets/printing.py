"""A variant as a student sees it: Markdown with LaTeX, or plain text for a terminal."""

from __future__ import annotations

import re
import string
from collections.abc import Iterator, Mapping

from msgspec import Struct

from grader.answers import show_number
from grader.bank import Data, fill
from grader.drawing import Draw, Variant
from grader.figures import Figure
from grader.memo import memoized
from grader.model import OPTIONS, Blank, Constructed, DataSufficiency, Drawn, Model, phrases
from grader.sheets.asking import Asked, asked, listed, shared
from grader.sheets.conventions import conventions
from grader.sheets.illustrations import illustrated
from grader.sheets.notation import Notation, latex_value, named, plain_value, prose
from grader.sheets.precision import precision
from grader.sheets.stacks import stack
from grader.sheets.tables import table
from grader.words import counted, in_points
from reference.derivatives.digits import snapped
from reference.language.dimensions import SCALAR, Shape, axes_of, describe, expressed, is_sum
from reference.language.expression import Expression, Name, parts
from reference.language.indexed.rows import left_side, rule_of, uncalled
from reference.language.reading import read
from reference.language.roles import subscripted
from reference.language.rolling import names_over_time, recurrences
from reference.language.sums import indexed
from reference.language.unicode import compact, unicode, unicode_name
from reference.language.writing import latex, latex_name, with_index

TOGETHER = "Any answer that does this is right, and its parts count together."
LAYER = re.compile(r"\b(from|to|of) (\w+)")  # that a phrase names
FUNCTIONS = {"relu": "ReLU", "identity": "passes on its sum"}  # others have their names


Labelled = tuple[tuple[str, str], ...]


class Question(Struct, frozen=True):
    """One question of a sheet, ``number`` on it; ``options`` are (letter, text), ``items`` to be matched (number, text)."""

    id: str
    number: int
    text: str
    points: float
    blanks: dict[str, Asked]  # by address
    options: Labelled = ()
    items: Labelled = ()
    figure: Figure | None = None  # also in the text

    @property
    def shared(self) -> str:
        """How to write the answers, where several blanks say the same."""
        return shared(self.blanks)


class Sheet(Struct, frozen=True):
    """One variant in print."""

    exercise: str
    title: str
    stem: str
    questions: tuple[Question, ...]
    figure: Figure | None = None  # also in the stem

    @property
    def figures(self) -> list[Figure]:
        """All that is drawn."""
        found = [self.figure, *(question.figure for question in self.questions)]
        return [figure for figure in found if figure is not None]


def in_print(of: Variant, notation: Notation = Notation.LATEX, weight: float = 1) -> Sheet:
    """What is asked in one variant."""
    model, draw = of.solved.model, of.draw
    file = model.exercise.file
    words = placeholders(of)
    drawn = illustrated(of, words)
    parts = [
        prose(fill(file.text, words), notation),
        prose(layers(model), notation),
        stack(model, draw, notation),
        equations(model, notation),
        definitions(model, notation),
        " ".join(again(model, notation)),
        prose(" ".join(laws(model)), notation),
        given(of, notation),
        precision(of),
        conventions(of, notation),
        picture(drawn, notation) if seen(model, notation) else "",
    ]
    questions = []
    for number, question in enumerate(file.questions, start=1):
        blanks = [one for one in model.blanks if one.question == question.id]
        points = question.points * weight
        text = prose(fill(question.ask, words), notation)
        for answer in question.answers:
            if answer.sufficiency is not None:
                text += "\n\n" + data(answer.sufficiency, model, notation)
        if question.equations:
            text += "\n\n" + written(model.own[question.id], model, notation)
        letters = asked(of, blanks, notation)
        for answer in question.answers:
            if answer.table is not None:
                text += "\n\n" + table(answer.table, model, blanks, letters, words, notation)
        if len(blanks) > 1 and isinstance(blanks[0].source, Constructed):
            text += f"\n\n{TOGETHER}"
        own = illustrated(of, words, question)
        text += "\n\n" + picture(own, notation) if own else ""
        questions.append(
            Question(
                question.id,
                number,
                text,
                int(points) if points == int(points) else round(points, 4),
                letters,
                *(labelled(blanks[0], draw, words, notation) if blanks else ((), ())),
                own,
            )
        )
    stem = "\n\n".join(part for part in parts if part)
    return Sheet(model.exercise.id, fill(file.title, words), stem, tuple(questions), drawn)


def placeholders(of: Variant) -> dict[str, str]:
    """What the placeholders of the author's texts stand for in one variant."""
    draw = of.draw
    words: dict[str, str] = {}
    words |= {name: str(size) for name, size in draw.sizes.items()}
    for name, rows in {**draw.values, **computed_and_told(of)}.items():
        if len(rows) == len(rows[0]) == 1:
            words[name] = show_number(rows[0][0])
    words |= {name: fill(text, words) for name, text in of.solved.model.context.items()}
    return words | of.offers


def seen(model: Model, notation: Notation) -> bool:
    """Is the figure of an exercise shown? In words, a network would repeat its equations."""
    repeated = model.stated_equations and not model.plots.get("")
    return notation is not Notation.PLAIN or not repeated


def picture(figure: Figure | None, notation: Notation) -> str:
    """A figure as Markdown, or in words where nothing can be drawn."""
    if figure is None:
        return ""
    return f"[{figure.description}]" if notation is Notation.PLAIN else figure.markdown


@memoized
def equations(model: Model, notation: Notation) -> str:
    """The author's equations, and the shapes of what is declared."""
    stated = model.stated_equations
    lines = written(stated, model, notation) if stated else ""
    found = [*by_entries(model)]
    parts = (
        lines,
        steps(model, notation) if stated else "",
        prose(f"Entry by entry, {', '.join(found)}.", notation) if found else "",
        shapes(model, notation),
    )
    return "\n\n".join(filter(None, parts))


def steps(model: Model, notation: Notation) -> str:
    """Over which steps a recurrence runs, and with what it begins."""
    time = model.printed.symbols.time
    if time is None or not any(f"{one}_1" in model.stated_equations for one in time.looped):
        return ""
    before = range(0, -time.lag, -1)
    zero = [f"{base}_{{{one}}}" for base in time.looped if base in time.zero for one in before]
    if notation is Notation.PLAIN:
        told = f"for {time.letter} = {counted_up(time.limit)}"
        shown = [f"{unicode_name(one)} = 0" for one in zero]
    else:
        told = f"for ${time.letter} = {counted_up(time.limit)}$".replace("…", r"\dots")
        shown = [f"${latex_name(one)} = 0$" for one in zero]
    start = f", where {' and '.join(shown)}" if shown else ""
    return f"{told}{start}."


def counted_up(limit: str) -> str:
    """From 1 to a limit; of two nothing is left out."""
    return "1, 2" if limit == "2" else f"1, …, {limit}"


def by_entries(model: Model) -> Iterator[str]:
    """What named operations are entry by entry, each once."""
    told: set[object] = set()
    for equations in (model.stated_equations, *model.own.values()):
        for name, node in calls(equations):
            rule = rule_of(node)
            assert rule is not None and rule.called is not None
            kind = rule.called.name, len(rule.result), tuple(one for one, _ in rule.called.settings)
            if kind not in told:
                told.add(kind)
                at = ",".join(map(str, rule.piece.places))
                left = latex_name(name) if name else latex(node)
                yield f"${with_index(left, at) if at else left} = {latex(uncalled(node))}$"


def calls(equations: Mapping[str, Expression]) -> Iterator[tuple[str, Expression]]:
    """Each call of a named operation, with the name of what it gives, if it has one."""
    for name, equation in equations.items():
        for node in parts(equation):
            rule = rule_of(node)
            if rule is not None and rule.called is not None:
                yield name if node is equation else "", node


def layers(model: Model) -> str:
    """In words, the network of an exercise that declares single units."""
    units = model.units
    if not units:
        return ""
    shown = []
    for place, (name, text) in enumerate(units.items()):
        count, *activation = text.split()
        alone = count == "1" and place == len(units) - 1
        between = "and" if count == "2" else "to"
        span = f"${name}$" if alone else f"${name}_1$ {between} ${name}_{count}$"
        function = activation[0] if activation else "identity"
        shown.append(f"{span} ({FUNCTIONS.get(function, function)})" if place else f"Inputs {span}")
    relu = " The derivative of a ReLU at 0 is 0." if "relu" in " ".join(units.values()) else ""
    return (
        f"{', which feed '.join([' feed '.join(shown[:2]), *shown[2:]])}. Every unit sees all units of the "
        "layer before it, and there are no biases. The weight from unit $a$ to unit $b$ is called "
        f"$w_{{a,b}}$, and $o_a$ is what unit $a$ puts out.{relu}"
    )


def data(asked: Data, model: Model, notation: Notation) -> str:
    """The two items of data, as a list."""
    items = []
    for number, given in enumerate((asked.first, asked.second), start=1):
        words = [datum(text, model, notation) for text in phrases(given, model.context)]
        *most, last = words
        listed = ", ".join(most) + (" and " if most else "") + last
        items.append(f"- Item ({number}): {listed}")
    return "\n".join(items)


def datum(text: str, model: Model, notation: Notation) -> str:
    """One quantity that is given, or a phrase for many."""
    if text in ("weights", "inputs"):
        return "all weights" if text == "weights" else "the inputs"
    if " " in text:
        text = LAYER.sub(lambda found: f"{found[1]} {named(found[2], notation)}", text)
        return text if text.startswith(("all ", "the ")) else f"the {text}"
    name = read(text, model.printed.vocabulary)
    assert isinstance(name, Name)
    return named(name.name, notation)


def written(equations: Mapping[str, Expression], model: Model, notation: Notation) -> str:
    """Equations, one a line, with sums of entries over an index, and those of a recurrence once."""
    shown = {name: indexed(e, model.complete.shapes) for name, e in equations.items()}
    shown = recurrences(shown, model.complete.symbols.time)
    if notation is Notation.PLAIN:
        lines = ((left_side(name, e), e) for name, e in shown.items())
        known = model.complete.shapes
        return "\n".join(
            f"    {unicode_name(name)} = {unicode(e, shapes=known)}" for name, e in lines
        )
    rows = [rf"{latex_name(left_side(name, e))} &= {latex(e)}" for name, e in shown.items()]
    body = " \\\\\n".join(rows)
    return f"$$\n\\begin{{aligned}}\n{body}\n\\end{{aligned}}\n$$"


def definitions(model: Model, notation: Notation) -> str:
    """The names that the exercise gives to expressions, such as derivatives."""
    given = model.stated_definitions
    if not given:
        return ""
    if notation is Notation.PLAIN:
        return written(given, model, notation)
    rolled = recurrences(given, model.complete.symbols.time)
    shown = [equation(name, e, notation) for name, e in rolled.items()]
    return "Write " + ", ".join(shown) + "."


def again(model: Model, notation: Notation) -> Iterator[str]:
    """What a subscript stands for: the network once more, with other values of some quantities."""
    for subscript, replaced in model.stated_again.items():
        equal = [
            equation(subscripted(n, subscript), value, notation) for n, value in replaced.items()
        ]
        old = [named(name, notation) for name in replaced]
        yield (
            f"The subscript *{subscript}* marks what comes out with {', '.join(equal)} "
            f"in place of {', '.join(old)}."
        )


def laws(model: Model) -> Iterator[str]:
    """What is random, and how."""
    for name, law in model.stated_laws.items():
        shown = f"${latex_name(name)}$"
        scalar = model.printed.shapes[name] == SCALAR
        of = shown if scalar else f"The entries of {shown} are independent: each"
        if law.on is not None:
            yield f"{of} is 1 with probability ${latex(law.on)}$, else 0."
        else:
            yield f"{of} has the mean ${latex(law.mean)}$ and the variance ${latex(law.variance)}$."
    if len(model.stated_laws) > 1:
        yield "What is random is independent of all else that is."


def equation(name: str, value: Expression, notation: Notation) -> str:
    """One equation within a line."""
    if notation is Notation.PLAIN:
        return f"{unicode_name(name)} = {unicode(value)}"
    return f"${latex_name(name)} = {latex(value)}$"


def shapes(model: Model, notation: Notation) -> str:
    """The shapes of inputs and parameters, where they are not all scalars."""
    found = model.stated_shapes
    names = names_over_time(found, model.printed.symbols.time)
    found = {
        name: found.get(name, found.get(f"{name.rpartition('_')[0]}_1", SCALAR)) for name in names
    }
    if all(shape == SCALAR for shape in found.values()):
        return ""
    if notation is Notation.PLAIN:
        listed = [
            f"{unicode_name(name)} is {compact(describe(shape))}" for name, shape in found.items()
        ]
    else:
        listed = [rf"${latex_name(name)} \in {space(shape)}$" for name, shape in found.items()]
    return "Here " + ", ".join(listed) + "."


def space(shape: Shape) -> str:
    """The set of matrices of a shape, in LaTeX; a column needs one size, a scalar none."""
    if shape == SCALAR:
        return r"\mathbb{R}"
    axes = axes_of(shape)
    sizes = [(latex(expressed(one)), len(axes) > 1 and is_sum(one)) for one in axes]
    shown = r" \times ".join(f"({size})" if apart else size for size, apart in sizes)
    return rf"\mathbb{{R}}^{{{shown}}}"


def given(of: Variant, notation: Notation) -> str:
    """The values that the variant gives."""
    model, draw, entries = of.solved.model, of.draw, []
    for name in model.stated_sizes:
        text = f"{name} = {draw.sizes[name]}"
        entries.append(text if notation is Notation.PLAIN else f"${text}$")
    values = {name: draw.values[name] for name in model.stated_values} | computed_and_told(of)
    for name, rows in values.items():
        axes = model.lengths(name, draw.sizes)
        if notation is Notation.PLAIN:
            value = plain_value(rows, axes)
            entries.append(f"{unicode_name(name)} = {value}")
        else:
            entries.append(f"${latex_name(name)} = {latex_value(rows, axes)}$")
    return "Given: " + ", ".join(entries) + "." if entries else ""


def computed_and_told(of: Variant) -> dict[str, list[list[float]]]:
    """The computed values that the sheet gives, without the noise in their last bits."""
    told = of.solved.at([of.row], of.solved.model.told) if of.solved.model.told else {}
    return {name: snapped(value[0]).tolist() for name, value in told.items()}


def labelled(
    blank: Blank, draw: Draw, words: Mapping[str, str], notation: Notation
) -> tuple[Labelled, Labelled]:
    """The texts that bear letters, and those that bear numbers, in the order of the variant."""
    match blank.source:
        case DataSufficiency():
            return tuple(zip(string.ascii_lowercase, OPTIONS.values(), strict=False)), ()
        case Drawn(pool):
            numbered, lettered = pool.shown(draw.orders[blank.address])
        case _:
            return (), ()
    numbers = map(str, range(1, len(numbered) + 1))
    signed = (
        zip(string.ascii_lowercase, lettered, strict=False),
        zip(numbers, numbered, strict=False),
    )
    options, items = (
        tuple((sign, prose(fill(text, {**words, "sign": sign}), notation)) for sign, text in texts)
        for texts in signed
    )
    return options, items


def question_text(question: Question) -> str:
    """One question with its options, as Markdown."""
    points = counted(in_points(question.points), "point")
    lines = [f"**{question.number}** ({points}). {question.text}"]
    if question.items:
        lines += ["", *(f"- ({number}) {text}" for number, text in question.items)]
        lines += ["", "Each letter belongs to one number at most:"]
    if question.options:
        lines += ["", *(f"- ({letter}) {text}" for letter, text in question.options)]
    return "\n".join(lines)


def document(sheet: Sheet, heading: str = "##") -> str:
    """The whole sheet as Markdown."""
    parts = [f"{heading} {sheet.title}", sheet.stem]
    for question in sheet.questions:
        parts.append(question_text(question))
        parts.append(listed(question.blanks))
    return "\n\n".join(part for part in parts if part) + "\n"
