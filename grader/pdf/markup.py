"""Markdown with LaTeX → Typst; whatever a text says, it is shown and never run."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterable, Sequence

from markdown_it.token import Token

from grader.figures import Figure
from grader.pdf.formulas import quoted, typeset
from grader.sheets import in_unicode, parsed

FONT = re.compile(r"font-family=\"[^\"]*\"")
SIZE = 0.75  # points of a pixel
NARROW = 50  # signs of a formula that fits on any page


def markup(markdown: str, figures: Sequence[Figure] = ()) -> str:
    """A text as Typst; images of the ``figures`` become the figures themselves.

    Raises:
        FormulaError: a formula cannot be printed.
    """
    return written(markdown, tuple(figures))


@functools.lru_cache(maxsize=5_000)
def written(markdown: str, figures: tuple[Figure, ...]) -> str:
    return Writer(figures).written(parsed(markdown, figures)).strip()


@functools.lru_cache(maxsize=5_000)
def line(markdown: str) -> str:
    """A text within a line."""
    return Writer(()).written(one for token in parsed(markdown) for one in token.children or ())


def text(words: str) -> str:
    """A text as it is.

    >>> text('1. "x" #y')
    '#"1. “x” #y";'
    """
    return f"#{quoted(with_quotes(words))};" if words else ""


def with_quotes(words: str) -> str:
    """Straight quotation marks as print has them."""
    words = re.sub(r"(^|[\s(\[])\"", r"\1“", words).replace('"', "”")
    return re.sub(r"(^|[\s(\[])'", r"\1‘", words).replace("'", "’")


@functools.lru_cache(maxsize=20_000)
def formula(latex: str, block: bool = False) -> str:
    """A formula with what a screen reader says in its place."""
    alt, shown = in_unicode(latex.strip()), f"${typeset(latex.strip())}$"
    if not block:
        return f"#formula({quoted(alt)}, {shown});"
    wide = max(map(len, alt.splitlines()), default=0) > NARROW
    return f"#block_of({quoted(alt)}, {str(wide).lower()}, {shown});"


def figure(of: Figure) -> str:
    """A drawing in the size at which its letters are read best, in a font that Typst has."""
    svg = FONT.sub('font-family="Libertinus Serif"', of.standalone)
    return f"#drawing({quoted(svg)}, {quoted(of.description)}, {of.width * SIZE:g}pt);"


OPENED = {
    "strong_open": "#strong[", "em_open": "#emph[", "bullet_list_open": "#list(", "ordered_list_open": "#enum(",
    "list_item_open": "[", "blockquote_open": "#quote(block: true)[", "heading_open": "#strong[",
    "th_open": "[", "td_open": "[",
}  # fmt: skip
CLOSED = {
    "strong_close": "];", "em_close": "];", "bullet_list_close": ");\n\n", "ordered_list_close": ");\n\n",
    "list_item_close": "], ", "blockquote_close": "];\n\n", "heading_close": "];\n\n",
    "th_close": "], ", "td_close": "], ", "table_close": ");\n\n", "thead_open": "table.header(", "thead_close": "), ",
    "paragraph_close": "\n\n", "softbreak": " ", "hardbreak": "#linebreak();", "hr": "",
}  # fmt: skip


class Writer:
    def __init__(self, figures: Sequence[Figure]) -> None:
        self.drawn = {figure.address: figure for figure in figures}
        self.leaves: dict[str, Callable[[Token], str]] = {
            "text": lambda token: text(token.content),
            "code_inline": lambda token: f"#raw({quoted(token.content)});",
            "code_block": lambda token: block_of_code(token.content),
            "fence": lambda token: block_of_code(token.content),
            "math_inline": lambda token: formula(token.content),
            "math_inline_double": lambda token: formula(token.content, True),
            "math_block": lambda token: formula(token.content, True) + "\n\n",
            "inline": lambda token: self.written(token.children or ()),
            "image": self.image,
        }

    def written(self, tokens: Iterable[Token]) -> str:
        listed = [*tokens]
        return "".join(self.one(token, listed[place:]) for place, token in enumerate(listed))

    def one(self, token: Token, after: Sequence[Token]) -> str:
        if token.type in self.leaves:
            return self.leaves[token.type](token)
        if token.type == "table_open":
            return f"#rows({columns(after)}, "
        if token.type == "paragraph_close" and token.hidden:
            return ""
        return OPENED.get(token.type, "") or CLOSED.get(token.type, "")

    def image(self, token: Token) -> str:
        found = self.drawn.get(str(token.attrGet("src")))
        return figure(found) if found else text(f"[{token.content}]")


def columns(table: Sequence[Token]) -> int:
    """How many columns a table has."""
    types = [token.type for token in table]
    return types[: types.index("tr_close")].count("th_open")


def block_of_code(code: str) -> str:
    return f"#raw({quoted(code.rstrip())}, block: true);\n\n"
