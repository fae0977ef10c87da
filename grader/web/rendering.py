"""What exercises say, as pages show it: MathML without styles of its own, which a strict policy would refuse."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from jinja2 import Environment
from markupsafe import Markup

from grader import sheets
from grader.web import dates

SHOWN = ("markdown", "line", "formula")  # filters that make MathML
STYLE = re.compile(r'(<m[a-z]+)([^>]*?) style="([^"]*)"')


def environment(folder: Path) -> Environment:
    """The templates of a folder."""
    found = sheets.environment(folder)
    found.filters |= {name: unstyled(found.filters[name]) for name in SHOWN}
    found.filters |= {
        "lasting": dates.lasting,
        "spoken": dates.spoken,
        "clock": dates.clock,
        "day": dates.day,
    }
    found.trim_blocks = found.lstrip_blocks = True
    return found


def unstyled(shown: Callable[..., Markup]) -> Callable[..., Markup]:
    """A filter whose cells of tables are set by classes."""

    def told(*given: object) -> Markup:
        return Markup(STYLE.sub(classed, shown(*given)))

    return told


def classed(cell: re.Match[str]) -> str:
    """A cell on the side where its style has it."""
    side = re.search(r"text-align: (left|right)", cell[3])
    apart = " apart" if "padding-left:1em" in cell[3] else ""
    return f'{cell[1]}{cell[2]} class="{side[1] if side else "middle"}{apart}"'
