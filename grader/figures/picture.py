"""SVG as text: its elements, and a whole figure with what it says in words."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable, Sequence
from html import escape
from typing import Any

from msgspec import Struct

from grader.figures.labels import SMALL, Label

FONT = "'Times New Roman', 'Liberation Serif', Times, serif"
PAPER = ' color="#1a1a1a" style="background:#fff"'  # where no page gives both
ILLEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # in XML


class Figure(Struct, frozen=True):
    """A drawing with its text alternative; ``svg`` takes the colour of the text around it."""

    title: str
    description: str
    svg: str

    @property
    def width(self) -> float:
        """In pixels, at the size at which its letters are read best."""
        return self.length("width")

    @property
    def height(self) -> float:
        """In pixels, likewise."""
        return self.length("height")

    def length(self, name: str) -> float:
        found = re.search(rf' {name}="([\d.]+)"', self.svg)
        return float(found[1]) if found else 0.0

    @property
    def standalone(self) -> str:
        """The drawing as a file of its own, on white."""
        return self.svg.replace("<svg", f"<svg{PAPER}", 1)

    @property
    def address(self) -> str:
        """The drawing as the address of an image."""
        return "data:image/svg+xml;base64," + base64.b64encode(self.standalone.encode()).decode()

    @property
    def markdown(self) -> str:
        """The drawing as an image in Markdown, which notebooks show."""
        alternative = re.sub(r"([\\\[\]`*_$<>&!])", r"\\\1", " ".join(self.description.split()))
        return f"![{alternative}]({self.address})"


def figure(
    name: str, title: str, description: str, size: tuple[float, float], body: Iterable[str]
) -> Figure:
    """A whole drawing; ``name`` tells its ids from those of others on a page."""
    key = "figure-" + re.sub(r"[^A-Za-z0-9-]", "_", name)
    across, down = map(coordinate, size)
    head = element("title", escaped(title), id=f"{key}-title")
    head += "\n" + element("desc", escaped(description), id=f"{key}-desc")
    svg = element(
        "svg",
        "\n".join(["", head, *body, ""]),
        xmlns="http://www.w3.org/2000/svg",
        role="img",
        aria_labelledby=f"{key}-title {key}-desc",
        viewBox=f"0 0 {across} {down}",
        width=across,
        height=down,
        font_family=FONT,
        fill="currentColor",
        stroke="none",
    )
    return Figure(title, description, svg)


def element(tag: str, content: str = "", **attributes: str | float) -> str:
    """One element; the attribute font-size is given as ``font_size``."""
    shown = "".join(
        f" {name if name == 'viewBox' else name.replace('_', '-')}={as_value(value)}"
        for name, value in attributes.items()
    )
    return f"<{tag}{shown}>{content}</{tag}>" if content else f"<{tag}{shown}/>"


def as_value(value: str | float) -> str:
    """The value of an attribute; a number needs no escaping."""
    return quoted(value) if isinstance(value, str) else f'"{coordinate(value)}"'


def coordinate(value: float) -> str:
    """A tenth of a pixel is as fine as anyone sees, and the same on every machine."""
    return f"{round(value, 1) + 0.0:g}"


def escaped(text: str) -> str:
    return escape(ILLEGAL.sub("\ufffd", text), quote=False)


def quoted(text: str) -> str:
    """A text as the value of an attribute."""
    return '"' + escape(text, quote=False).replace('"', "&quot;").replace("\n", "&#10;") + '"'


def text(x: float, y: float, label: Label, size: float, anchor: str = "middle") -> str:
    """A label whose middle has the height ``y``."""
    parts, raised = [], 0.0
    for run in label:
        height = size * (SMALL if run.level else 1)
        wanted = -run.level * 0.3 * size
        attributes: dict[str, Any] = {}
        if wanted != raised:
            attributes["dy"] = wanted - raised
        if run.level:
            attributes["font_size"] = height
        if run.italic:
            attributes["font_style"] = "italic"
        inner = escaped(run.text)
        parts.append(element("tspan", inner, **attributes) if attributes else inner)
        raised = wanted
    return element(
        "text", "".join(parts), x=x, y=y + 0.33 * size, font_size=size, text_anchor=anchor
    )


def line(points: Sequence[tuple[float, float]], **style: str | float) -> str:
    """Straight strokes from point to point."""
    path = "M" + " L".join(f"{coordinate(x)} {coordinate(y)}" for x, y in points)
    return element("path", d=path, **stroked(**style))


def stroked(**style: str | float) -> dict[str, Any]:
    return {"fill": "none", "stroke": "currentColor", "stroke_width": 1.2, **style}


def arrowhead(x: float, y: float, direction: str = "right") -> str:
    """A filled tip at a point."""
    long, wide = 7, 3.2
    across = {"right": (-long, -wide, -long, wide), "up": (-wide, long, wide, long)}[direction]
    corners = [(x, y), (x + across[0], y + across[1]), (x + across[2], y + across[3])]
    return element(
        "polygon", points=" ".join(f"{coordinate(a)},{coordinate(b)}" for a, b in corners)
    )
