"""Markdown with LaTeX → HTML with MathML; no script, and any markup in it is shown, not obeyed."""

from __future__ import annotations

from html import escape

from markdown_it import MarkdownIt
from math_core import LatexError, LatexToMathML
from mdit_py_plugins.dollarmath import dollarmath_plugin

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


def page(markdown: str, title: str) -> str:
    """A whole page of one document."""
    return PAGE.format(title=escape(title), body=render(markdown))


def render(markdown: str) -> str:
    """The body of a page."""
    converter = LatexToMathML()

    def formula(latex: str, options: dict[str, bool]) -> str:
        display = options.get("display_mode", False)
        if len(latex) > MAX_FORMULA or latex.count("{") > MAX_BRACES:
            return f"<code>{escape(latex)}</code>"
        try:
            return converter.convert_with_local_state(latex, displaystyle=display)
        except LatexError:
            return f"<code>{escape(latex)}</code>"

    parser = MarkdownIt("commonmark", {"html": False}).enable("table")
    parser.use(dollarmath_plugin, renderer=formula, double_inline=True)
    return str(parser.render(markdown))
