"""Whole pages: templates, styles, one font. A page needs no other file and no script."""

from __future__ import annotations

import base64
import functools
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from grader.figures import Figure
from grader.sheets import html
from grader.words import counted, in_points, total

HERE = Path(__file__).parent
FONT = HERE / "style" / "mathematics.woff2"
PLACED = re.compile(r"(?<![\w;])([^\W\d_])_\{([^{};&]*[₀-₉,][^{};&]*)\}")  # as w_{x₁,h₁}


def page(template: str, **about: Any) -> str:
    """A page of a template in ``templates/``; texts given are inert, and the filter ``markdown`` reads one."""
    return own().get_template(f"{template}.html").render(about)


@functools.cache
def own() -> Environment:
    found = environment(HERE / "templates")
    found.globals |= {"style": style}
    return found


def environment(folder: Path) -> Environment:
    """The templates of a folder, with the filters that show what exercises say."""
    found = Environment(
        loader=FileSystemLoader(folder),
        autoescape=True,
        undefined=StrictUndefined,
        keep_trailing_newline=True,
    )
    found.filters |= {
        "markdown": markdown,
        "line": line,
        "formula": formula,
        "remark": remark,
        "points": points,
        "total": total,
    }
    return found


@functools.cache
def style(name: str) -> Markup:
    """A style of ``style/``, with the font in it where it names it."""
    css = (HERE / "style" / f"{name}.css").read_text(encoding="utf-8")
    font = base64.b64encode(FONT.read_bytes()).decode()
    return Markup(css.replace(FONT.name, f"data:font/woff2;base64,{font}"))


def markdown(text: str, figures: Sequence[Figure] = ()) -> Markup:
    return Markup(html.render(text, figures).strip())


def line(text: str) -> Markup:
    """A text within a line; its formulas are shown."""
    return Markup(html.line(text))


def formula(latex: str) -> Markup:
    """One formula in a line."""
    return Markup(html.formula(latex))


def remark(text: str) -> Markup:
    """A remark, with the places of a name below it, as on the sheet; what is quoted of an answer stays as it was typed."""
    return Markup(PLACED.sub(r"<i>\1</i><sub>\2</sub>", str(escape(text))))


def points(number: float | str) -> str:
    return counted(number if isinstance(number, str) else in_points(number), "point")
