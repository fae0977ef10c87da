"""Markdown with LaTeX → HTML with MathML; no script, and any markup in it is shown, not obeyed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict
from math_core import LatexError, LatexToMathML
from mdit_py_plugins.dollarmath import dollarmath_plugin

from grader.figures import Figure

MAX_FORMULA = 4000
MAX_BRACES = 100  # the converter recurses once a brace

PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
body {{ font: 1.05rem/1.6 Georgia, serif; max-width: 46rem; margin: 2rem auto; padding: 0 1rem;
       color: #1a1a1a; background: #fff; }}
code {{ background: #f2f2f2; padding: 0 0.25em; overflow-wrap: anywhere; }}
math[display=block] {{ margin: 1rem 0; }}
svg {{ max-width: 100%; height: auto; }}
ul {{ padding-left: 1.5rem; }}
table {{ border-collapse: collapse; }}
th, td {{ border-bottom: 1px solid #ccc; padding: 0.1em 0.8em; text-align: left; }}
</style>
</head>
<body>
<main>
{body}</main>
</body>
</html>
"""


def page(markdown: str, title: str, figures: Sequence[Figure] = ()) -> str:
    """A whole page of one document."""
    return PAGE.format(title=escape(title), body=render(markdown, figures))


def render(markdown: str, figures: Sequence[Figure] = ()) -> str:
    """The body of a page; images of the ``figures`` become the figures themselves."""
    return rendered(markdown, figures)[0]


def rendered(markdown: str, figures: Sequence[Figure] = ()) -> tuple[str, list[tuple[str, str]]]:
    """As :func:`render`, and (formula, what is wrong) for each that stays as it is."""
    converter = LatexToMathML()
    failed: list[tuple[str, str]] = []

    def formula(latex: str, options: dict[str, bool]) -> str:
        display = options.get("display_mode", False)
        try:
            if len(latex) > MAX_FORMULA or latex.count("{") > MAX_BRACES:
                raise LatexError("too long, or nested too deeply")
            return converter.convert_with_local_state(latex, displaystyle=display)
        except LatexError as error:
            failed.append((latex, str(error.args[0] if error.args else error)))
            return f"<code>{escape(latex)}</code>"

    parser = Parser({figure.address: figure.svg for figure in figures})
    parser.enable("table")
    parser.use(dollarmath_plugin, renderer=formula, double_inline=True)
    return str(parser.render(markdown)), failed


class Parser(MarkdownIt):
    """Markdown without markup; the ``drawn`` figures, by address, stand in place of their images."""

    def __init__(self, drawn: Mapping[str, str]) -> None:
        super().__init__("commonmark", {"html": False})
        self.drawn = drawn
        self.add_render_rule("image", lambda _, *given: self.image(*given))

    def validateLink(self, url: str) -> bool:
        return url in self.drawn or super().validateLink(url)

    def image(self, tokens: Sequence[Token], place: int, options: OptionsDict, env: EnvType) -> str:
        svg = self.drawn.get(str(tokens[place].attrGet("src")))
        return svg or RendererHTML(self).image(tokens, place, options, env)
