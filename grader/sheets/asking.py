"""What a sheet says of each blank: its letter, what it asks for as people write that, and how to write the answer."""

from __future__ import annotations

import re
import string
from collections.abc import Mapping, Sequence

from msgspec import Struct

from grader.answers import Wanted
from grader.drawing import Variant
from grader.memo import memoized
from grader.model import Blank, Constructed, Count, Model, Symbolic, Tally, Value
from grader.sheets.notation import Notation, named, plain_value
from grader.sheets.precision import stated, whole_numbers
from grader.words import counted
from reference.language.dimensions import SCALAR
from reference.language.expression import ONLY, Apply, Expression, Name, names
from reference.language.labels import updated
from reference.language.roles import is_derivative
from reference.language.rolling import rolled
from reference.language.writing import latex_name, plain

WHOLE = "a whole number"
FORMULA = re.compile(r"\$([^$]+)\$")
NO_LETTER = re.compile(r"[\\{}_\s]")  # what names are written with besides their signs
SMALL = 16  # entries of an example in full
PLACED = re.compile(r"[_{}]+")


class Asked(Struct, frozen=True):
    """One blank in print.

    ``letter``: within its question, empty for the only one. ``name``: what it asks for, empty where nothing
    but the question says it. ``how``: how to write the answer. ``in_characters``: name and how without LaTeX,
    for a file.
    """

    letter: str
    name: str
    how: str
    in_characters: tuple[str, str]

    @property
    def called(self) -> str:
        """Its letter and name."""
        return f"{self.letter} {self.name}".strip()

    def numbered(self, question: int) -> str:
        """The number of its question, its letter and its name, in characters."""
        return " ".join(one for one in (str(question), self.letter, self.in_characters[0]) if one)

    def spoken(self, question: int) -> str:
        """The same without signs for places, as links have it and screen readers say it."""
        return PLACED.sub(" ", self.numbered(question)).strip()

    def filed(self, address: str) -> str:
        """What it is called, then its address."""
        return f"{self.called} · `{address}`" if self.called else f"`{address}`"

    def header(self, question: int, filed: str) -> str:
        """The line of a file that names the blank, with the address under which its answer is filed."""
        return f"{self.numbered(question)} · answer to {filed} ({self.in_characters[1]}):"


def asked(of: Variant, blanks: Sequence[Blank], notation: Notation) -> dict[str, Asked]:
    """Address → the blank in print, of the blanks of one question."""
    found = {}
    for place, blank in enumerate(blanks):
        sign = string.ascii_lowercase[place] if place < len(string.ascii_lowercase) else place + 1
        letter = f"({sign})" if len(blanks) > 1 else ""
        written, read = (
            (name_of(of.solved.model, blank, one), how_to(of, blank, one))
            for one in (notation, Notation.PLAIN)
        )
        found[blank.address] = Asked(letter, *written, read)
    return found


@memoized
def name_of(model: Model, blank: Blank, notation: Notation) -> str:
    """What a blank asks for: a name of the network, or the word that the author has for it; in a table, row and column."""
    if blank.cell is not None:
        return ", ".join(heading(model, one, notation) for one in blank.cell)
    if blank.asked is not None:
        changed = updated(blank.asked)
        if changed:
            return f"new {named(changed.name, notation)}"
        name = quantity(in_print(blank))
        if name and (not blank.name or is_known(model, name)):
            return named(at_places(name, blank), notation)
    return heading(model, blank.name, notation)


@memoized
def is_known(model: Model, name: str) -> bool:
    """Does the sheet print a quantity, or does a figure or a formula in its text name it? A derivative says what it is."""
    file, bare = model.exercise.file, name.partition("[")[0]
    if is_derivative(bare) or not file.hides(bare):
        return True
    sign = NO_LETTER.sub("", latex_name(bare))
    texts = (file.text, *(one.ask for one in file.questions))
    formulas = (found for text in texts for found in FORMULA.findall(text))
    return any(sign in NO_LETTER.sub("", one) for one in formulas)


def in_print(blank: Blank) -> Expression:
    """What a blank asks for, by the letter of the steps where it stands for one."""
    assert blank.asked is not None
    match blank.source:
        case Symbolic(key):
            return rolled(blank.asked, key.points.network.symbols.time)
    return blank.asked


def at_places(name: str, blank: Blank) -> str:
    """A quantity, with the letters of the entry for which a formula is asked."""
    letters = blank.source.key.last.places if isinstance(blank.source, Symbolic) else ()
    return f"{name}[{','.join(letters)}]" if letters else name


def heading(model: Model, name: str, notation: Notation) -> str:
    """A word of the author, which may be the name of a quantity."""
    if name in model.complete.shapes or len(name) == 1:
        return named(name, notation)
    return name.replace("_", " ")


def quantity(node: Expression) -> str:
    """The name of a quantity or of an entry of one, such as ``dL/dz2[k]``; empty for any other expression."""
    match node:
        case Name(name):
            return name
        case Apply("entry", (Name(name), row, column)):
            places = plain(row) if column is ONLY else f"{plain(row)},{plain(column)}"
            return f"{name}[{places}]"
    return ""


def how_to(of: Variant, blank: Blank, notation: Notation) -> str:
    """How to write the answer to a blank."""
    match blank.source:
        case Symbolic():
            return formula(blank, notation)
        case Tally(names=[_, *_] as names) if blank.hint == WHOLE:
            return expression_in(names, notation)
        case Count(terms=[_], names=[_, *_] as names):
            return expression_in(names, notation)
        case Constructed(name, construct):
            return part(construct.parts(of.draw.sizes)[name])
        case Tally(unit=unit) if unit:
            return f"{blank.hint} in {unit}"
        case Value() as value:
            told = number(of, value, blank.asked) + (f" in {value.unit}" if value.unit else "")
            more = "" if told.startswith(WHOLE) else stated(value.tolerance)
            return f"{told}, {more}" if more else told
    return blank.hint


@memoized
def formula(blank: Blank, notation: Notation) -> str:
    """How to write a formula."""
    assert isinstance(blank.source, Symbolic)
    key = blank.source.key.last
    told = expression_in(key.listed, notation)
    places = ", ".join(key.places)
    time = key.points.network.symbols.time
    sums = f"sum_k W[j,k] s[{time.letter}-1,k]" if time else "sum_j w[j] x[i + j]"
    return f"{told}, for the entry at {places}, with sums as {sums}" if places else told


def expression_in(names: Sequence[str], notation: Notation) -> str:
    if not names:
        return "a number"
    return "an expression in " + ", ".join(named(name, notation) for name in names)


def number(of: Variant, value: Value, node: Expression | None) -> str:
    """A number, or a matrix or slices with sizes in numbers; a column is one of a single column.

    That a derivative is a whole number would tell what it is made of, so it is not said.
    """
    model = of.solved.model
    if model.network.shapes[value.target] == SCALAR:
        derived = node is not None and any(map(is_derivative, names(node)))
        return WHOLE if not derived and value.target in whole_numbers(of) else "a number"
    axes = model.lengths(value.target, of.draw.sizes)
    return sliced(axes) if len(axes) > 2 else shaped(*model.shape(value.target, of.draw.sizes))


def shaped(rows: int, columns: int, example: str = "") -> str:
    """How a matrix is written, by its size; a single entry is a number."""
    if rows == columns == 1 and not example:
        return "a number"
    shown = example or numbered(rows, columns)
    if columns == 1:
        return f"a column of {counted(rows, 'entry', 'entries')}, as {shown}"
    if rows == 1:
        return f"a row of {counted(columns, 'entry', 'entries')}, as {shown}"
    return f"a matrix of {rows} × {columns}, row by row, as {shown}"


def numbered(rows: int, columns: int) -> str:
    """A matrix of 1, 2, 3 and so on, of this size if it is small; else of two or three a side."""
    if rows * columns > SMALL:
        rows, columns = min(rows, 3), min(columns, 3)
    return plain_value([[row * columns + at + 1 for at in range(columns)] for row in range(rows)])


def sliced(axes: tuple[int, ...]) -> str:
    """How values along three axes or more are written: lists of matrices, and lists of those."""
    around = len(axes) - 3
    example = "[" * around + "[[[1, 2], [3, 4]], [[5, 6], [7, 8]]]" + "]" * around
    return f"values of {' × '.join(map(str, axes))}, slice by slice, as {example}"


def part(of: Wanted) -> str:
    """How a part of what is constructed is written, with an answer that is no solution."""
    how = f"a number, as {of.example}" if of.shape == SCALAR else shaped(*of.shape, of.example)
    return f"{how} ({of.numbers})" if of.numbers else how


def shared(blanks: Mapping[str, Asked]) -> str:
    """How to write the answers, where several blanks say the same."""
    hows = {one.how for one in blanks.values()}
    return hows.pop() if len(blanks) > 1 and len(hows) == 1 else ""


def listed(blanks: Mapping[str, Asked]) -> str:
    """The blanks of a question, each with the address under which its answer is filed; what all have in common once."""
    common = shared(blanks)
    lines = [told(one, "" if common else one.how, address) for address, one in blanks.items()]
    if len(lines) == 1:
        return lines[0]
    return (f"Each is {common}.\n\n" if common else "") + "\n".join(f"- {one}" for one in lines)


def told(one: Asked, how: str, address: str) -> str:
    """What a blank is called, how to write the answer, and its address."""
    between = ": " if one.name or not one.letter else " "
    named_and_how = between.join(part for part in (one.called or "Answer", how) if part)
    return f"{named_and_how} · `{address}`"
