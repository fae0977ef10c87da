"""Markdown with LaTeX → HTML with MathML; no script, and any markup in it is shown, not obeyed."""

from __future__ import annotations

import functools
import re
from collections import deque
from collections.abc import Sequence
from html import escape, unescape

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict
from math_core import LatexError, LatexToMathML
from mdit_py_plugins.dollarmath import dollarmath_plugin

from grader.figures import Figure

MAX_FORMULA = 4000
MAX_BRACES = 100  # the converter recurses once a brace
MAX_FAILED = 1000  # formulas of which is said what is wrong
INNERMOST = re.compile(r"<mtable(?:(?!<mtable).)*?</mtable>", re.DOTALL)
NARROW = 24  # signs of a formula, or of a row of a table, that any phone shows side by side
NARROW_FIGURE = 280  # pixels
TAG = re.compile(r"<[^>]*>")
LOW = re.compile(r"\\left\(((?:(?!\\(?:left|right|frac|begin|sum|prod)).)*)\\right\)", re.DOTALL)
PUNCTUATION = re.compile(r"[.,;:!?)]+")
ALONE = re.compile(r"<mo>([^<]*)</mo>(?=</m(?:sub|sup|subsup)>)")
FOCUSED = ' tabindex="0" role="group" aria-label="{}"'  # so that a keyboard reaches what scrolls


def render(markdown: str, figures: Sequence[Figure] = ()) -> str:
    """The body of a page; images of the ``figures`` become the figures themselves."""
    return rendered(markdown, figures)[0]


def rendered(markdown: str, figures: Sequence[Figure] = ()) -> tuple[str, list[tuple[str, str]]]:
    """As :func:`render`, and (formula, what is wrong) for each that stays as it is."""
    parser = Parser(figures)
    return str(parser.render(markdown)), [*parser.failed]


def parsed(markdown: str, figures: Sequence[Figure] = ()) -> list[Token]:
    """The parts of a text, for those who make something else of them."""
    return (Parser(figures) if figures else of_text()).parse(markdown)


@functools.cache
def of_text() -> Parser:
    """The parser of texts without figures."""
    return Parser(())


def line(markdown: str) -> str:
    """A text without paragraphs, such as a title."""
    return str(of_text().renderInline(markdown))


def formula(latex: str) -> str:
    """A formula alone, as it stands within a line."""
    return of_text().in_line(latex)


class Parser(MarkdownIt):
    """Markdown without markup, in which formulas are MathML and ``figures`` stand in place of their images.

    What may be wider than a phone scrolls in itself, and can be focused.
    """

    def __init__(self, figures: Sequence[Figure]) -> None:
        super().__init__("commonmark", {"html": False})
        self.drawn = {figure.address: figure for figure in figures}
        self.failed: deque[tuple[str, str]] = deque(maxlen=MAX_FAILED)
        self.converter = LatexToMathML()
        self.enable("table")
        self.use(dollarmath_plugin, double_inline=True)
        self.add_render_rule("image", lambda _, *given: self.image(*given))
        self.add_render_rule("table_open", lambda _, *given: self.table(*given))
        self.add_render_rule("table_close", lambda *_: "</table></div>\n")
        for kind in ("math_inline", "math_inline_double", "math_block"):
            self.add_render_rule(kind, lambda _, *given: self.formula(*given))

    def validateLink(self, url: str) -> bool:
        return url in self.drawn or super().validateLink(url)

    def image(self, tokens: Sequence[Token], place: int, options: OptionsDict, env: EnvType) -> str:
        figure = self.drawn.get(str(tokens[place].attrGet("src")))
        if figure is None:
            return RendererHTML(self).image(tokens, place, options, env)
        focused = FOCUSED.format("Figure") if figure.width > NARROW_FIGURE else ""
        return f'<span class="fig"{focused}>{figure.svg}</span>'

    def table(self, tokens: Sequence[Token], place: int, options: OptionsDict, env: EnvType) -> str:
        focused = FOCUSED.format("Table") if least_width(tokens[place:]) > NARROW else ""
        return f'<div class="scroll"{focused}><table>\n'

    def formula(
        self, tokens: Sequence[Token], place: int, options: OptionsDict, env: EnvType
    ) -> str:
        token = tokens[place]
        if token.type != "math_block":
            shown = self.in_line(token.content, display=token.type == "math_inline_double")
            return (
                f'<span class="whole">{shown}{ends}</span>'
                if (ends := taken(tokens, place))
                else shown
            )
        shown = self.mathematics(token.content.strip(), display=True)
        focused = FOCUSED.format("Formula") if longest_line(shown) > NARROW else ""
        return f'<div class="math block"{focused}>\n{shown}\n</div>\n'

    def in_line(self, latex: str, display: bool = False) -> str:
        """A formula within a line."""
        shown = self.mathematics(latex.strip(), display)
        if longest_line(shown) <= NARROW:
            return shown
        return f'<span class="wide"{FOCUSED.format("Formula")}>{shown}</span>'

    def mathematics(self, latex: str, display: bool) -> str:
        """MathML, or the formula as it is."""
        try:
            if len(latex) > MAX_FORMULA or latex.count("{") > MAX_BRACES:
                raise LatexError("too long, or nested too deeply")
            found = self.converter.convert_with_local_state(plainly(latex), displaystyle=display)
            return ALONE.sub(r'<mo lspace="0" rspace="0">\1</mo>', found)  # y*, and not y *
        except LatexError as error:
            self.failed.append((latex, str(error.args[0] if error.args else error)))
            return f"<code>{escape(latex)}</code>"


def taken(tokens: Sequence[Token], place: int) -> str:
    """What ends a formula, taken from the text behind it, as no line begins with it."""
    after = tokens[place + 1] if place + 1 < len(tokens) else None
    found = PUNCTUATION.match(after.content) if after and after.type == "text" else None
    if after is None or found is None:
        return ""
    after.content = after.content[found.end() :]
    return found[0]


def plainly(latex: str) -> str:
    """Brackets around nothing tall keep their size; those that may grow stand farther off."""
    while (less := LOW.sub(r"(\1)", latex)) != latex:
        latex = less
    return latex


def longest_line(mathml: str) -> int:
    """The signs of the longest line of a formula; a matrix in it is as wide as its widest row."""
    while (less := INNERMOST.sub(lambda table: "0" * widest(table[0]), mathml)) != mathml:
        mathml = less
    return widest(mathml)


def widest(table: str) -> int:
    """The signs of the widest of some rows, whose cells stand apart."""
    rows = table.replace("<mtd", "  <mtd").split("</mtr>")
    return max(len(unescape(TAG.sub("", row))) for row in rows)


def least_width(table: Sequence[Token]) -> int:
    """The signs side by side in the rows of a table that breaks its lines wherever it can."""
    columns: dict[int, int] = {}
    column = 0
    for token in table:
        if token.type == "tr_open":
            column = 0
        elif token.type == "inline":
            words = max(map(len, token.content.split()), default=0)
            columns[column] = max(columns.get(column, 0), words + 2)
            column += 1
        elif token.type == "table_close":
            break
    return sum(columns.values())
