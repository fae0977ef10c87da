"""Markdown with LaTeX → HTML as other programs take it: formulas as they are or as MathML, figures as files."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from enum import StrEnum
from html import escape

from markdown_it import MarkdownIt
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict
from mdit_py_plugins.dollarmath import dollarmath_plugin

from grader.figures import Figure
from grader.sheets import formula


class Formulas(StrEnum):
    """How formulas are written."""

    TEX = "tex"  # \( … \), for a program that runs MathJax
    MATHML = "mathml"


def html(
    markdown: str,
    formulas: Formulas,
    figures: Mapping[str, str] | None = None,
    inline: bool = False,
) -> str:
    """A text of a sheet.

    Args:
        figures: address of a figure in the text → where its file will be.
        inline: is it within a line, without paragraphs?
    """
    parser = Parser(formulas, figures or {})
    text = parser.renderInline(markdown) if inline else parser.render(markdown)
    return str(text).strip()


def named(figures: Sequence[Figure], stem: str) -> dict[str, tuple[str, Figure]]:
    """Address of each figure → the name of its file, which begins with a stem, and the figure."""
    return {
        figure.address: (f"{stem}-{place}.svg", figure)
        for place, figure in enumerate(figures, start=1)
    }


class Parser(MarkdownIt):
    """Markdown without markup of its own."""

    def __init__(self, formulas: Formulas, figures: Mapping[str, str]) -> None:
        super().__init__("commonmark", {"html": False, "xhtmlOut": True})
        self.formulas, self.figures = formulas, figures
        self.enable("table")
        self.use(dollarmath_plugin, double_inline=True)
        self.add_render_rule("image", lambda _, *given: self.image(*given))
        for kind in ("math_inline", "math_inline_double", "math_block"):
            self.add_render_rule(kind, lambda _, *given: self.formula(*given))

    def validateLink(self, url: str) -> bool:
        return url in self.figures or super().validateLink(url)

    def image(self, tokens: Sequence[Token], place: int, options: OptionsDict, env: EnvType) -> str:
        token = tokens[place]
        source = str(token.attrGet("src"))
        return f'<img src="{escape(self.figures.get(source, source))}" alt="{escape(token.content)}" />'

    def formula(
        self, tokens: Sequence[Token], place: int, options: OptionsDict, env: EnvType
    ) -> str:
        token = tokens[place]
        block = token.type == "math_block"
        latex = token.content.strip()
        if self.formulas is Formulas.TEX:
            shown = escape(f"\\[{latex}\\]" if block else f"\\({latex}\\)", quote=False)
            return f"<p>{shown}</p>\n" if block else shown
        shown = LEVEL.sub(r"\1", MATHML.sub(r"\1", formula(latex)))
        return f"<p>{shown.replace(MATH, BLOCK, 1)}</p>\n" if block else shown


MATH, BLOCK = "<math", '<math display="block"'
MATHML = re.compile(r"<span[^>]*>(.*)</span>", re.DOTALL)  # without what lets it scroll
LEVEL = re.compile(r"(?<=<mtable)([^>]*?) scriptlevel=\"0\"")  # which MathML 3 has not on tables


def leading_letters(texts: str, separator: str) -> list[str]:
    """The letters before texts that stand one behind the other, ``(a) first; (c) third``."""
    return re.findall(rf"(?:^|{separator}) ?\s*\(([a-z])\)", texts)


def pairs(texts: str) -> list[tuple[str, str]]:
    """The numbers and letters of pairs, ``(1)=>(b),(2)=>(a)``."""
    return re.findall(r"\(([0-9]+)\)\s*=>\s*\(([a-z])\)", texts)
