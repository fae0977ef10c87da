"""Where things stand in a figure, read from its SVG alone."""

import re
from itertools import pairwise
from xml.etree import ElementTree

import numpy as np

SVG = "{http://www.w3.org/2000/svg}"
SHARES = np.linspace(0, 1, 41)[:, None]  # of a stroke
NUMBER = re.compile(r"-?\d+(?:\.\d+)?")


def parsed(svg):
    return ElementTree.fromstring(svg)


def shift(parents, node):
    """How far the groups around a node move it."""
    x = y = 0.0
    while node is not None:
        moved = NUMBER.findall(node.get("transform", ""))
        x, y = x + sum(map(float, moved[:1])), y + sum(map(float, moved[1:2]))
        node = parents.get(node)
    return x, y


def wide(text, size):
    """How wide a text is in Times: from the widths of its characters in thousandths."""
    narrow = sum(sign in "ijlt.,:;|'()[] /" for sign in text)
    large = sum(sign in "mwMW" or (sign.isupper() and sign not in "IJ") for sign in text)
    return size * (0.3 * narrow + 0.72 * large + 0.5 * (len(text) - narrow - large))


def boxes(root):
    """(left, top, right, bottom) and the text of every label."""
    parents = {child: parent for parent in root.iter() for child in parent}
    for node in root.iter(SVG + "text"):
        size = float(node.get("font-size"))
        parts = [(node.text or "", size)]
        for part in node:
            parts += [
                (part.text or "", float(part.get("font-size", size))),
                (part.tail or "", size),
            ]
        width = sum(wide(text, high) for text, high in parts)
        dx, dy = shift(parents, node)
        x, y = float(node.get("x")) + dx, float(node.get("y")) + dy
        left = x - width * {"start": 0, "middle": 0.5, "end": 1}[node.get("text-anchor")]
        lowest = 0.3 * size if len(node) else 0.2 * size
        yield (left, y - 0.7 * size, left + width, y + lowest), "".join(node.itertext())


def strokes(root):
    """Points on every line of a figure, close together: their places, a row each."""
    parents = {child: parent for parent in root.iter() for child in parent}
    for node in root.iter(SVG + "path"):
        yield points(node.get("d")) + shift(parents, node)


def points(path):
    here, found = np.zeros(2), []
    for command, given in re.findall(r"([MLHC])([^MLHC]*)", path):
        numbers = [float(number) for number in NUMBER.findall(given)]
        if command == "H":
            numbers.append(here[1])
        ends = np.array(numbers).reshape(-1, 2)
        found.append(ends if command == "M" else between([here, *ends]))
        here = ends[-1]
    return np.concatenate(found)


def between(ends):
    """Points on a line or curve: de Casteljau's way."""
    ends = [np.broadcast_to(end, (len(SHARES), 2)) for end in ends]
    while len(ends) > 1:
        ends = [one + SHARES * (other - one) for one, other in pairwise(ends)]
    return ends[0]


def faults(svg):
    """Labels that leave the picture, that overlap, or that a line runs through."""
    root = parsed(svg)
    *_, right, bottom = map(float, root.get("viewBox").split())
    found = []
    seen = []
    for box, text in boxes(root):
        if box[0] < 0 or box[1] < 0 or box[2] > right or box[3] > bottom:
            found.append(f"'{text}' leaves the picture")
        found += [f"'{text}' is upon '{other}'" for place, other in seen if upon(box, place)]
        seen.append((box, text))
    x0, y0, x1, y1 = np.array([box for box, _ in seen]).reshape(-1, 4).T
    for line in strokes(root):
        x, y = line.T
        if x.min() < 0 or x.max() > right or y.min() < 0 or y.max() > bottom:
            found.append("a line leaves the picture")
        near = (x0 < x.max()) & (x.min() < x1) & (y0 < y.max()) & (y.min() < y1)
        for at in np.flatnonzero(near):
            if ((x0[at] < x) & (x < x1[at]) & (y0[at] < y) & (y < y1[at])).any():
                found.append(f"a line runs through '{seen[at][1]}'")
    return found


def upon(one, other):
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
