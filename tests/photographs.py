"""Answer sheets marked with strokes of many pens, then photographed or scanned: ``python -m tests.photographs 40``, or ``make scan``.

Nothing here is shared with ``tests.scans``, by which the limits of ``grader.pdf.scanning.marks`` were set, but the sheets. Pens are soft-edged
strokes; cameras stand askew over paper that curls, on a table, in the shadow of a hand; scanners have 150 to 300 dots an inch.
"""

import io
import sys
import tempfile
import time
from collections import Counter
from itertools import pairwise
from pathlib import Path

import numpy as np
import pypdfium2
from PIL import Image, ImageFilter

from grader import bank, papers
from grader.pdf.answer_sheet import NONE, PAGE, RADIUS
from grader.pdf.compiling import all_compiled
from grader.pdf.documents import of_answers
from grader.pdf.labels import LABELS
from grader.pdf.making import all_printed
from grader.pdf.scanning.marks import found
from grader.pdf.scanning.pages import pages

INCH = 25.4
DOTS = 300 / INCH  # a millimetre of the sheet before it is photographed
QUIZ = """id: photographed
title: Marks in the field
pick: [optimizer-advantages, learning-rate-curves, validation-below-training, data-sufficiency, vanishing-gradients, norm-three-paths, two-layer-numbers]
"""
PLAIN = ("disc", "scribble", "cross", "tick", "half", "slash")
UNCLEAR = ("pencil", "dot", "ringed", "letter", "beside")  # meant as marks; a person may look
BOXES = ("dash", "one", "word", "pencilled", "nothing", "nothing", "dust")


class Pen:
    """Ink on a sheet: ``ink`` is 0 where there is none and 1 where it is black; places are in millimetres."""

    def __init__(self, random):
        self.random = random
        self.ink = np.zeros([round(side * DOTS) for side in reversed(PAGE)], np.float32)

    def stroke(self, points, width=0.5, dark=0.9):
        """A line through some points with soft edges, drawn with an unsteady hand."""
        points = np.array(points) + self.random.normal(0, 0.08, (len(points), 2))
        low = np.floor((points.min(axis=0) - width) * DOTS).astype(int).clip(0)
        high = np.ceil((points.max(axis=0) + width) * DOTS).astype(int)
        x, y = np.meshgrid(*(np.arange(*ends) / DOTS for ends in zip(low, high, strict=True)))
        apart = np.full(x.shape, np.inf)
        for (ax, ay), (bx, by) in pairwise(points):
            length = (bx - ax) ** 2 + (by - ay) ** 2 or 1.0
            along = (((x - ax) * (bx - ax) + (y - ay) * (by - ay)) / length).clip(0, 1)
            apart = np.minimum(apart, np.hypot(x - ax - along * (bx - ax), y - ay - along * (by - ay)))  # fmt: skip
        self.add(low, dark * (0.5 + (width / 2 - apart) * DOTS).clip(0, 1))

    def add(self, low, ink):
        there = self.ink[low[1] : low[1] + ink.shape[0], low[0] : low[0] + ink.shape[1]]
        np.maximum(there, ink[: there.shape[0], : there.shape[1]], out=there)

    def blot(self, x, y, radius, dark, where=None):
        """A disc, or the part of one that a function of the place in it chooses."""
        low = np.floor((np.array([x, y]) - radius) * DOTS).astype(int)
        count = round(2 * radius * DOTS) + 2
        u, v = np.meshgrid(*(((np.arange(count) + at) / DOTS - of) for at, of in zip(low, (x, y), strict=True)))  # fmt: skip
        ink = dark * ((radius - np.hypot(u, v)) * DOTS + 0.5).clip(0, 1)
        self.add(low, ink if where is None else ink * where(u, v))

    def circle(self, x, y, radius, width, dark):
        turn = np.linspace(0, 2 * np.pi + 0.3, 24) + self.random.uniform(0, 6)
        self.stroke(np.stack([x + radius * np.cos(turn), y + radius * np.sin(turn)], 1), width, dark)  # fmt: skip

    def mark(self, style, circle):
        """A mark for one circle."""
        random = self.random
        x, y = random.normal([circle.x, circle.y], 0.25)
        r, width, dark = RADIUS, random.uniform(0.3, 0.8), random.uniform(0.6, 1.0)
        reach = r * random.uniform(0.75, 1.5)
        match style:
            case "disc":
                self.blot(x, y, r * random.uniform(0.65, 1.15), dark)
            case "half":
                angle = random.uniform(0, 2 * np.pi)
                self.blot(circle.x, circle.y, r * 0.95, dark, lambda u, v: u * np.cos(angle) + v * np.sin(angle) > 0)  # fmt: skip
            case "scribble":
                zigzag = [(x + s * 0.8 * r, y - 0.8 * r + 0.32 * r * at) for at, s in enumerate([-1, 1] * 3)]  # fmt: skip
                self.stroke(zigzag, width, dark)
            case "cross":
                self.stroke([(x - reach, y - reach), (x + reach, y + reach)], width, dark)
                self.stroke([(x + reach, y - reach), (x - reach, y + reach)], width, dark)
            case "slash":
                self.stroke([(x - reach, y + reach), (x + reach, y - reach)], width, dark)
            case "tick":
                tail = random.uniform(1.0, 2.6) * r
                self.stroke([(x - 0.8 * r, y - 0.1 * r), (x - 0.1 * r, y + 0.7 * r), (x + tail, y - 1.2 * tail)], width, dark)  # fmt: skip
            case "pencil":
                self.blot(x, y, r * random.uniform(0.6, 1), random.uniform(0.12, 0.45))
            case "dot":
                self.blot(x, y, random.uniform(0.35, 0.7), dark)
            case "ringed":
                self.circle(circle.x, circle.y, r * random.uniform(1.35, 1.9), width, dark)
            case "letter":
                off = 9.0 if circle.letter == NONE else 4.0
                self.circle(circle.x - r - off + 2.3, circle.y, r * random.uniform(1.0, 1.3), width, dark)  # fmt: skip
            case "beside":
                far = circle.x + r + 2.2
                self.stroke([(far - 1.4, y - 1.4), (far + 1.4, y + 1.4)], width, dark)
                self.stroke([(far + 1.4, y - 1.4), (far - 1.4, y + 1.4)], width, dark)
            case "erased":
                self.blot(x, y, r * random.uniform(0.8, 1.3), random.uniform(0.02, 0.1))

    def box(self, style, field):
        left, top, _, height = field.box
        x, y = left + self.random.uniform(3, 40), top + height / 2
        width, dark = self.random.uniform(0.3, 0.7), self.random.uniform(0.6, 1)
        match style:
            case "dash":
                self.stroke([(x, y), (x + self.random.uniform(2.5, 4), y)], width, dark)
            case "one":
                self.stroke([(x, y - 1.8), (x + 0.3, y + 1.8)], width, dark)
            case "word" | "pencilled":
                dark = dark if style == "word" else self.random.uniform(0.35, 0.6)
                for at in range(int(self.random.integers(2, 10))):
                    turns = self.random.uniform(-1.8, 1.8, (4, 2))
                    self.stroke(turns + np.array([x + 4 * at, y]), width, dark)
            case "dust":
                self.blot(x, y, self.random.uniform(0.1, 0.2), dark)


def filled(pen, field):
    """What a student means by a field: (answer, the styles of its marks); nothing is meant where a person must look anyway."""
    random = pen.random
    if not field.circles:
        style = BOXES[random.integers(len(BOXES))]
        pen.box(style, field)
        return "", (style,)
    lines = {}
    for one in field.circles:
        lines.setdefault(one.item, []).append(one)
    free, meant, styles = {one.letter for one in field.circles}, [], []
    style = [*PLAIN, *PLAIN, *UNCLEAR][random.integers(2 * len(PLAIN) + len(UNCLEAR))]
    for own in lines.values():
        able = [one for one in own if one.letter in free and one.letter != NONE]
        count = random.integers(0, 2) if field.single else random.integers(0, len(able) + 1)
        chosen = sorted(random.permutation(len(able))[:count])
        meant += [able[at] for at in chosen]
        free -= {able[at].letter for at in chosen} if len(lines) > 1 else set()
    if not meant and not field.single and random.random() < 0.5:
        meant = [one for one in field.circles if one.letter == NONE]
    for one in meant:
        pen.mark(style, one)
    styles = [style] if meant else ["empty"]
    others = [one for one in field.circles if one not in meant]
    if others and random.random() < 0.12:
        pen.mark("erased", others[random.integers(len(others))])
        styles.append("erased")
    return ", ".join(one.item + one.letter for one in meant), tuple(styles)


def taken(picture, random, photograph):
    """As a camera or a scanner sees a sheet, in grey; its dots an inch, and by how many millimetres the sheet curls."""
    dpi = float(random.choice([150, 200, 300]))
    frame = np.array(PAGE) * (random.uniform(1.0, 1.12) if photograph else 1.0)
    if not photograph and random.random() < 0.3:
        frame = np.array([215.9, 279.4])  # on paper of another size, to which it was fitted
    columns, rows = np.round(frame * dpi / INCH).astype(int)
    lean = random.uniform(-0.12, 0.12, 2) if photograph else random.uniform(-0.002, 0.002, 2)
    angle = np.deg2rad(random.uniform(-6, 6) if photograph else random.uniform(-2.5, 2.5))
    if random.random() < 0.1:
        angle += np.pi
    room = 1 + 2 * np.abs(lean).max() + 2 * abs(np.sin(2 * angle)) / 8
    scale = room * max(np.array(PAGE) / frame)
    u, v = np.meshgrid((np.arange(columns) + 0.5) / columns - 0.5, (np.arange(rows) + 0.5) / rows - 0.5)  # fmt: skip
    x, y = u * frame[0] * scale, v * frame[1] * scale
    x, y = x * np.cos(angle) - y * np.sin(angle), x * np.sin(angle) + y * np.cos(angle)
    deep = 1 + lean[0] * x / 105 + lean[1] * y / 148.5
    x, y = x / deep, y / deep
    curl = random.uniform(0, 2.5) if photograph and random.random() < 0.5 else 0.0
    y = y + curl * np.cos(np.pi * x / PAGE[0]) * np.cos(np.pi * y / PAGE[1])
    grey = bilinear(picture, (x + PAGE[0] / 2) * DOTS, (y + PAGE[1] / 2) * DOTS, random.uniform(40, 255))  # fmt: skip
    light = 1 + random.uniform(-0.25, 0) * (u + 0.5) + random.uniform(-0.2, 0) * (v + 0.5)
    if photograph and random.random() < 0.6:
        turn = random.uniform(0, 2 * np.pi)
        edge = (u * np.cos(turn) + v * np.sin(turn) - random.uniform(-0.3, 0.3)) / random.uniform(0.004, 0.1)  # fmt: skip
        light *= 1 - random.uniform(0.2, 0.5) / (1 + np.exp(-edge.clip(-50, 50)))
    low, high = random.uniform(0, 60), random.uniform(205, 255)
    grey = (low + grey * (high - low) / 255) * light
    shown = Image.fromarray(grey.clip(0, 255).astype(np.uint8))
    shown = shown.filter(ImageFilter.GaussianBlur(random.uniform(0, 0.16) * dpi / INCH))
    noisy = np.asarray(shown, float) + random.normal(0, random.uniform(0, 10), grey.shape)
    return Image.fromarray(noisy.clip(0, 255).astype(np.uint8)), dpi, curl


def bilinear(picture, x, y, outside):
    height, width = picture.shape
    within = (x >= 0) & (y >= 0) & (x < width - 1) & (y < height - 1)
    left, top = np.where(within, x, 0).astype(int), np.where(within, y, 0).astype(int)
    right, down = np.where(within, x, 0) - left, np.where(within, y, 0) - top
    upper = picture[top, left] * (1 - right) + picture[top, left + 1] * right
    lower = picture[top + 1, left] * (1 - right) + picture[top + 1, left + 1] * right
    return np.where(within, upper * (1 - down) + lower * down, outside)


def as_pdf(picture, dpi, random):
    """A PDF with a page, as a scanner or a telephone writes it."""
    out = io.BytesIO()
    picture.save(out, "PDF", resolution=dpi, quality=int(random.integers(45, 90)))
    return out.getvalue()


def verdict(meant, styles, read):
    """What became of a blank: WRONG only where it was not given to a person."""
    style = styles[0]
    if style in BOXES:
        empty = style in ("nothing", "dust")
        told = "to a person" if read.doubt else "empty"
        return f"box: {style}: {told}{'' if empty or read.doubt else ', WRONG'}"
    name = f"{style}{', and one erased' if 'erased' in styles else ''}"
    if read.doubt:
        return f"{name}: to a person"
    return f"{name}: right" if read.answer == meant else f"{name}: WRONG"


def run(students, seed, folder, keep=None):
    """Print, fill in, photograph and read the sheets of a class; ``keep``: where pages with a wrong reading are put."""
    known = bank.load_folder()
    (folder / "class.csv").write_text("student\n" + "\n".join(f"p{n:03}" for n in range(students)))
    (folder / "quiz.yaml").write_text(QUIZ)
    manifest = papers.make_quiz(folder / "quiz.yaml", folder / "class.csv", folder / "quiz", known).manifest  # fmt: skip
    class_ = all_printed(manifest, manifest.papers, known)
    told = Counter()
    sources = (of_answers(one, LABELS["en"]) for one in class_)
    for place, (one, pdf) in enumerate(zip(class_, all_compiled(sources), strict=True)):
        random = np.random.default_rng([seed, place])
        for number, page in enumerate(pypdfium2.PdfDocument(pdf), start=1):
            print_ = page.render(scale=DOTS * INCH / 72, grayscale=True).to_numpy()
            pen = Pen(random)
            fields = [field for field in one.answer_sheet.fields if field.page == number]
            meant = {field.blank: filled(pen, field) for field in fields}
            height, width = (min(a, b) for a, b in zip(print_.shape[:2], pen.ink.shape, strict=True))  # fmt: skip
            paper = print_.reshape(print_.shape[:2])[:height, :width].astype(np.float32)
            sheet = np.minimum(paper, 255 * (1 - pen.ink[:height, :width]))
            photograph = random.random() < 0.6
            picture, dpi, curl = taken(sheet, random, photograph)
            path = folder / "page.pdf"
            path.write_bytes(as_pdf(picture, dpi, random))
            [seen] = pages(path)
            kind = ("curled " if curl else "") + ("photograph" if photograph else "scan")
            told[f"{kind}: pages at {dpi:g} dots an inch"] += 1
            if seen.problem:
                told[f"{kind}: page to a person: {seen.problem.split(':')[0]}"] += 1
                continue
            for field in fields:
                said = verdict(*meant[field.blank], found(seen, field))
                told[said] += 1
                if "WRONG" in said and keep:
                    keep.mkdir(parents=True, exist_ok=True)
                    picture.save(keep / f"{place}-{number}.png")
                    print(f"{place}-{number} {field.blank} {said}: meant {meant[field.blank]}, read {found(seen, field)}; {kind}, {dpi:g}")  # fmt: skip
    return told


def main(students, seed=1, keep=None):
    start = time.process_time()
    with tempfile.TemporaryDirectory() as folder:
        told = run(students, seed, Path(folder), keep and Path(keep))
    for name, count in sorted(told.items()):
        print(f"{count:7,} {name}")
    blanks = {name: count for name, count in told.items() if "page" not in name}  # fmt: skip
    wrong = sum(count for name, count in blanks.items() if "WRONG" in name)
    asked = sum(count for name, count in blanks.items() if "to a person" in name)
    print(f"{sum(blanks.values()):,} blanks, {asked:,} to a person, {wrong} wrong; {time.process_time() - start:.0f} s")  # fmt: skip
    return wrong > 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), *map(int, sys.argv[2:3]), *sys.argv[3:]))
