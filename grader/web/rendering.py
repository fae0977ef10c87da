"""What exercises say, as pages show it: MathML without styles of its own, which a strict policy would refuse."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Hashable
from pathlib import Path

from jinja2 import Environment
from markupsafe import Markup

from grader import sheets
from grader.web import dates
from grader.words import counted

SHOWN = {
    "markdown": 500,
    "line": 5000,
    "formula": 5000,
}  # filters that make MathML, and how much of it is kept
ORDINALS = ("First", "Second", "Third", "Fourth", "Fifth", "Sixth")
MIDDLE = re.compile(r"</?main\b[^>]*>")
STYLE = re.compile(r'(<m[a-z]+)([^>]*?) style="([^"]*)"')


def environment(folder: Path) -> Environment:
    """The templates of a folder."""
    found = sheets.environment(folder)
    found.filters |= {name: unstyled(found.filters[name], kept) for name, kept in SHOWN.items()}
    found.filters |= {
        "lasting": dates.lasting,
        "spoken": dates.spoken,
        "clock": dates.clock,
        "day": dates.day,
        "second": dates.second,
        "typed": dates.typed,
        "counted": counted,
        "factor": "{:g}".format,
        "ordinal": ordinal,
        "short": short,
    }
    found.trim_blocks = found.lstrip_blocks = True
    found.auto_reload = False
    return found


def embedded(page: str) -> Markup:
    """What stands in the middle of a page that stands alone, without the styles of its cells."""
    return Markup(STYLE.sub(classed, MIDDLE.split(page)[1]))


def unstyled(shown: Callable[..., Markup], kept: int) -> Callable[..., Markup]:
    """A filter whose cells of tables are set by classes; what it gave last is kept."""

    @functools.lru_cache(kept)
    def told(*given: Hashable) -> Markup:
        return Markup(STYLE.sub(classed, shown(*given)))

    return lambda text, figures=(): told(text, *([tuple(figures)] if figures else []))


def classed(cell: re.Match[str]) -> str:
    """A cell on the side where its style has it."""
    side = re.search(r"text-align: (left|right)", cell[3])
    apart = " apart" if "padding-left:1em" in cell[3] else ""
    return f'{cell[1]}{cell[2]} class="{side[1] if side else "middle"}{apart}"'


def ordinal(number: int) -> str:
    """``First``, ``Second``, and so on; further ones in figures."""
    return ORDINALS[number - 1] if number <= len(ORDINALS) else f"{number}th"


def short(points: str) -> str:
    """Points in a narrow place."""
    return points.removesuffix(" points").removesuffix(" point")
