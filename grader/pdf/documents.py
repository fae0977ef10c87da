"""Papers, keys and answer sheets as sources for Typst."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from msgspec import Struct

from grader.drawing import Variant
from grader.errors import AuthorError, Problem, UsageError
from grader.pdf.answer_sheet import (
    CODE,
    CORNERS,
    FIELDS,
    LEFT,
    RADIUS,
    AnswerSheet,
    Field,
    Head,
    arranged,
)
from grader.pdf.codes import PageCode
from grader.pdf.formulas import FormulaError, quoted
from grader.pdf.labels import Labels
from grader.pdf.markup import line, markup, text
from grader.sheets import Question, Sheet, solution, worked
from grader.words import in_points, total

try:
    import segno
except ImportError:
    raise UsageError("answer sheets need segno: pip install 'gradmark[paper]'") from None

HERE = Path(__file__).parent
INDENT = 30.0  # millimetres, of what a blank is called
MOST_TOGETHER = 34  # lines of a question that stays on one page
SIGNS_A_LINE, LINES_OF_ROW = 90, 1.5  # a row of a formula or of a table is higher than a line
LINE = 20.0  # pixels of a figure
IMAGE = re.compile(r"!\[[^\n]*?\]\(data:[^)\n]*\)")
TYPED = re.compile(
    r" ?(?:You may type|Sie dürfen) (?:`[^`]+` (?:for|für) \$[^$]+\$(?:, | and | und )?)+(?: schreiben)?\."
)
EXAMPLE = re.compile(
    r",(?: (?:row by row|slice by slice|Zeile für Zeile|Schicht für Schicht),)? (?:as|etwa) \[.*\]"
    r"|, (?:with sums as|mit Summen wie) .*"
)  # of typing


class Printed(Struct, frozen=True, dict=True, eq=False):
    """One student's paper of a quiz: ``times`` says when it may be written; ``shown``: their name, if the roster has one."""

    quiz: str
    title: str
    text: str
    student: str
    shown: str
    code: str
    sheets: tuple[Sheet, ...]
    variants: tuple[Variant, ...]
    times: tuple[str, ...] = ()

    @functools.cached_property
    def answer_sheet(self) -> AnswerSheet:
        return arranged(self.sheets, self.variants)

    @property
    def who(self) -> str:
        return f"{self.shown} ({self.student})" if self.shown else self.student

    @property
    def points(self) -> str:
        return total(one.points for sheet in self.sheets for one in sheet.questions)


def source(of: Printed, labels: Labels, key: bool = False) -> str:
    """A paper with its answer sheet, or the key to it."""
    parts = [template(), head(of, labels, key), *body(of, labels, key)]
    if not key:
        parts += ['#pagebreak(to: "odd")', answer_sheet(of, labels)]
    return "\n".join(parts)


def of_answers(of: Printed, labels: Labels) -> str:
    """An answer sheet alone."""
    return "\n".join([template(), about(of, labels, False), answer_sheet(of, labels, level=1)])


@functools.cache
def template() -> str:
    return (HERE / "templates" / "paper.typ").read_text(encoding="utf-8")


def about(of: Printed, labels: Labels, key: bool) -> str:
    """What a document says of itself: title, language, and the line below each page."""
    titled = f"{of.title}: {labels.key}" if key else of.title
    return "\n".join(
        [
            f"#set document(title: {quoted(f'{titled}, {of.who}')})",
            f'#set text(lang: "{labels.lang}")',
            f"#set page(footer: running({quoted(f'{of.title} · {of.who}')}, {quoted(labels.page)}))",
        ]
    )


def head(of: Printed, labels: Labels, key: bool) -> str:
    """What stands before the exercises."""
    pairs = (labels.student, of.who, labels.total, labels.worth(of.points))
    lines = [
        about(of, labels, key),
        f"= {text(f'{of.title}: {labels.key}' if key else of.title)}",
        f"#about({', '.join(map(quoted, pairs))})",
    ]
    if not key:
        told = [markup(of.text), *(text(one) for one in of.times), text(labels.on_the_sheet)]
        lines += [f"{one}\n" for one in told if one]
    return "\n".join(lines)


def body(of: Printed, labels: Labels, key: bool) -> Iterator[str]:
    """The exercises, with their solutions in a key."""
    for number, (sheet, variant) in enumerate(zip(of.sheets, of.variants, strict=True), start=1):
        try:
            yield exercise(number, sheet, labels, solutions(variant) if key else {})
        except FormulaError as error:
            raise refused(error, variant) from None


def exercise(number: int, sheet: Sheet, labels: Labels, solved: Mapping[str, str]) -> str:
    """One exercise, with what is right where that is given."""
    points = labels.worth(total(one.points for one in sheet.questions))
    title, stem = line(sheet.title), markup(TYPED.sub("", sheet.stem), sheet.figures)
    head = f"#exercise([{number}], [{title}], [{text(points)}], [{stem}])"
    return "\n".join(
        [head, *(asked(number, one, sheet, labels, solved) for one in sheet.questions)]
    )


def refused(error: FormulaError, of: Variant) -> AuthorError:
    """A formula that cannot be printed, at its place in the author's file."""
    path = of.solved.model.exercise.path
    lines = Path(path).read_text("utf-8").splitlines() if Path(path).is_file() else []
    for number, one in enumerate(lines, start=1):
        column = one.find(error.sign)
        if column >= 0:
            return AuthorError(Problem(path, error.message, number, column + 1, "latex"))
    return AuthorError(Problem(path, f"{error.message}, in '{error.formula}'", code="latex"))


def asked(
    number: int, question: Question, sheet: Sheet, labels: Labels, solved: Mapping[str, str]
) -> str:
    """One question, its blanks, and what is right."""
    parts = [markup(question.text, sheet.figures)]
    if question.items:
        parts += [options(question.items), text(labels.one_letter)]
    if question.options:
        parts.append(options(question.options))
    parts += blanks(question, labels)
    parts += [f"#solution[{solved[one]}]" for one in question.blanks if one in solved]
    points = text(labels.worth(in_points(question.points)))
    inside = "\n\n".join(parts)
    long = str(bool(solved) or lines_of(question) > MOST_TOGETHER).lower()
    return f"#question([{number}.{question.number}], [{points}], {long}, [{inside}])"


def lines_of(question: Question) -> float:
    """How many lines a question takes at most, or nearly so."""
    plain = IMAGE.sub("", question.text)
    texts = [plain, *(told for _, told in (*question.options, *question.items))]
    text = sum(LINES_OF_ROW * one.count("\n") + len(one) / SIGNS_A_LINE + 1 for one in texts)
    drawn = question.figure.height / LINE if question.figure else 0
    return text + drawn + 1.2 * len(question.blanks)


def options(labelled: Sequence[tuple[str, str]]) -> str:
    each = (f"[({letter})], [{markup(told)}]" for letter, told in labelled)
    return f"#options({', '.join(each)})"


def blanks(question: Question, labels: Labels) -> Iterator[str]:
    """What is to be filled in, and how it is written by hand."""
    if question.options:
        return
    common = question.shared
    if common:
        yield f"#hint[{text(labels.each_is)}{line(by_hand(common))}.]"
    lines = [
        told(asked.called, "" if common else by_hand(asked.how))
        for asked in question.blanks.values()
    ]
    lines = [one for one in lines if one]
    if len(lines) == 1:
        yield lines[0]
    elif lines:
        yield f"#list(marker: none, {', '.join(f'[{one}]' for one in lines)})"


def told(called: str, how: str) -> str:
    """A blank with its name, and how it is written."""
    between = ": " if called and how else ""
    return line(called) + (f"#hint[{text(between)}{line(how)}];" if how else "")


def by_hand(how: str) -> str:
    """How an answer is written, without the example of how it is typed."""
    return EXAMPLE.sub("", how)


def solutions(of: Variant) -> dict[str, str]:
    """Address → what is right, how far off it may be, and why."""
    steps, found = worked(of), {}
    for address, shown, tolerance in solution(of):
        right = f"#strong[{text(address)}]: #raw({quoted(shown)}); #hint[{text(tolerance)}]"
        why = markup(steps[address]) if address in steps else ""
        found[address] = f"{right}\n\n{why}"
    return found


# The answer sheet


def answer_sheet(of: Printed, labels: Labels, level: int = 2) -> str:
    """Its pages, each on paper without margins."""
    sheet = of.answer_sheet
    return "\n".join(
        f"#page(margin: 0mm, header: none, footer: none)[\n{answer_page(of, sheet, page, labels, level)}\n]"
        for page in range(1, sheet.pages + 1)
    )


def answer_page(of: Printed, sheet: AnswerSheet, page: int, labels: Labels, level: int) -> str:
    titled = quoted(f"{labels.answer_sheet}: {of.title}")
    headed_by = f"heading(level: {level}, {titled})" if page == 1 else f"strong({titled})"
    counted = f"{labels.page} {page} {labels.of} {sheet.pages}"
    parts = [
        f"#at(31, 11, box(width: 148mm, text(size: 12.5pt, {headed_by})))",
        f"#at(31, 18.5, text(size: 10pt)[{text(f'{labels.student}: {of.who}')} #h(1.5em) {text(counted)}])",
        f"#at(31, 25, box(width: 148mm, text(size: 8.5pt, fill: grey)[{text(labels.how_to_mark)}]))",
    ]
    for corner, (x, y) in CORNERS.items():
        code = PageCode(of.quiz, of.code, page, sheet.pages, sheet.edition, corner)
        parts.append(f"#code({x}, {y}, {CODE}, {quoted(drawn(code.text))})")
    parts += [headed(one, labels) for one in sheet.heads if one.page == page]
    parts += [shown(one) for one in sheet.fields if one.page == page]
    return "\n".join(parts)


def headed(head: Head, labels: Labels) -> str:
    more = f" ({labels.continued})" if head.continued else ""
    points = labels.worth(in_points(head.points))
    return (
        f"#called({LEFT}, {head.y}, {FIELDS - LEFT}, {head.height}, [#strong[{text(f'{head.exercise}.{head.question}{more}')}] "
        f"#h(0.5em) #hint[{text(points)}]])"
    )


def shown(field: Field) -> str:
    """What a blank is called, and its circles or its box."""
    parts = [
        f"#called({LEFT + INDENT}, {field.y}, {FIELDS - LEFT - INDENT - 2}, {field.top}, [{line(field.called)}])"
    ]
    if not field.circles:
        return parts[0] + "\n#field({}, {}, {}, {})".format(*field.box)
    lines = {one.y: one.item for one in reversed(field.circles) if one.item}
    parts += [f"#item({FIELDS}, {y:g}, {quoted(item)})" for y, item in lines.items()]
    parts += [
        f"#ring({one.x:g}, {one.y:g}, {RADIUS}, {quoted(one.letter)})" for one in field.circles
    ]
    return "\n".join(parts)


def drawn(content: str) -> str:
    """A QR code without a border, as SVG."""
    made = segno.make(content, error="m", mask=3, micro=False, boost_error=False)
    return made.svg_inline(border=0, dark="#000")
