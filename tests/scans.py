"""Answer sheets are filled in, tilted, blurred and read back: ``python -m tests.scans 200`` for as many students, or ``make scan``.

Every blank comes back as it was filled in, or is given to a person. Marks that are plain are rarely given to one.
"""

from __future__ import annotations

import io
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np
import pypdfium2
from msgspec import Struct
from PIL import Image, ImageDraw, ImageFilter

from grader import bank, papers
from grader.pdf.answer_sheet import NONE, RADIUS, AnswerSheet, Circle, Field
from grader.pdf.compiling import all_compiled
from grader.pdf.documents import Printed, of_answers
from grader.pdf.labels import LABELS
from grader.pdf.making import all_printed
from grader.pdf.scanning.marks import Found, found
from grader.pdf.scanning.pages import DPI, INCH, Page, pages

DOTS = DPI / INCH  # a millimetre
QUIZ = """id: scanned
title: Marks on paper
text: Choices of all kinds.
pick: [optimizer-advantages, learning-rate-curves, validation-below-training, softmax-stability, data-sufficiency, linear-layers-collapse, read-the-curves, vanishing-gradients, lstm-memory, norm-three-paths]
"""
DOUBTFUL = ("faint", "dot")
STYLES = ("filled", "filled", "tick", "cross", "pencil", *DOUBTFUL)


class Filled(Struct, frozen=True):
    """What stands in a field: the answer that is meant, and whether its marks are plain."""

    answer: str
    plain: bool = True
    by_hand: bool = False


class Student:
    """Fills in pages at random."""

    def __init__(self, seed: int) -> None:
        self.random = np.random.default_rng(seed)

    def fill(self, picture: Image.Image, sheet: AnswerSheet, page: int) -> dict[str, Filled]:
        pen = ImageDraw.Draw(picture)
        return {
            one.blank: self.circles(pen, one) if one.circles else self.box(pen, one)
            for one in sheet.fields
            if one.page == page
        }

    def box(self, pen: ImageDraw.ImageDraw, field: Field) -> Filled:
        """Some strokes, or nothing."""
        if self.random.random() < 0.2:
            return Filled("", by_hand=True)
        left, top, _, height = field.box
        x = left + 3 + self.random.random() * 20
        for _ in range(int(self.random.integers(2, 9))):
            points = [
                ((x + dx) * DOTS, (top + height / 2 + dy) * DOTS)
                for dx, dy in self.random.uniform(-2.2, 2.2, (4, 2))
            ]
            pen.line(points, fill=int(self.random.integers(10, 120)), width=3, joint="curve")
            x += 4.5
        return Filled("", plain=False, by_hand=True)

    def circles(self, pen: ImageDraw.ImageDraw, field: Field) -> Filled:
        """One mark, several, one a line, now and then one too many, or none."""
        lines: dict[str, list[Circle]] = {}
        for one in field.circles:
            lines.setdefault(one.item, []).append(one)
        chosen: list[Circle] = []
        free = {one.letter for one in field.circles}
        for own in lines.values():
            most = 1 if field.single else len(own) - 1
            count = int(self.random.integers(0 if self.random.random() < 0.3 else 1, most + 1))
            open_ = [one for one in own if one.letter in free and one.letter != NONE]
            picked = self.random.permutation(len(open_))[:count]
            chosen += [open_[place] for place in sorted(picked)]
            if field.single:
                free -= {one.letter for one in chosen}
        if not chosen and not field.single and self.random.random() < 0.5:
            chosen = [field.circles[-1]]
        style = STYLES[int(self.random.integers(len(STYLES)))]
        for one in chosen:
            self.mark(pen, one, style)
        answer = ", ".join(one.item + one.letter for one in chosen)
        if field.single and chosen and self.random.random() < 0.06:
            others = [
                one for one in field.circles if one not in chosen and one.item == chosen[0].item
            ]
            self.mark(pen, others[0], "cross")
            return Filled(answer, plain=False)
        if self.random.random() < 0.04:
            self.remark(pen, field)
            return Filled(answer, plain=False)
        return Filled(answer, plain=not chosen or style not in DOUBTFUL)

    def remark(self, pen: ImageDraw.ImageDraw, field: Field) -> None:
        """Something is written to the right of the circles."""
        x = max(one.x for one in field.circles) + 18
        points = [
            ((x + dx) * DOTS, (field.y + 3.5 + dy) * DOTS)
            for dx, dy in self.random.uniform(-2, 2, (6, 2))
        ]
        pen.line(points, fill=40, width=3)

    def mark(self, pen: ImageDraw.ImageDraw, circle: Circle, style: str) -> None:
        x, y = (
            (circle.x + self.random.normal(0, 0.2)) * DOTS,
            (circle.y + self.random.normal(0, 0.2)) * DOTS,
        )
        r = RADIUS * DOTS
        dark = int(self.random.integers(0, 90))
        match style:
            case "filled":
                share = self.random.uniform(0.75, 1.1)
                pen.ellipse([x - r * share, y - r * share, x + r * share, y + r * share], fill=dark)
            case "pencil":
                pen.ellipse([x - r, y - r, x + r, y + r], fill=int(self.random.integers(110, 170)))
            case "tick":
                points = [(x - 0.7 * r, y), (x - 0.1 * r, y + 0.7 * r), (x + 1.2 * r, y - 1.3 * r)]
                pen.line(points, fill=dark, width=4, joint="curve")
            case "cross":
                pen.line([(x - r, y - r), (x + r, y + r)], fill=dark, width=4)
                pen.line([(x - r, y + r), (x + r, y - r)], fill=dark, width=4)
            case "faint":
                pen.ellipse([x - r, y - r, x + r, y + r], fill=int(self.random.integers(225, 250)))
            case "dot":
                pen.ellipse([x - 4, y - 4, x + 4, y + 4], fill=dark)

    def scanned(self, picture: Image.Image) -> Image.Image:
        """As a scanner sees it: tilted, out of true, shaded, blurred and noisy; now and then upside down."""
        if self.random.random() < 0.1:
            picture = picture.rotate(180)
        width, height = picture.size
        ends = np.array([(0, 0), (width, 0), (width, height), (0, height)], float)
        start = ends + self.random.uniform(-10, 10, ends.shape)
        angle = np.deg2rad(self.random.uniform(-2, 2))
        turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
        middle = np.array([width, height]) / 2
        start = (start - middle) @ turn.T * self.random.uniform(1.0, 1.03) + middle
        picture = picture.transform(
            picture.size,
            Image.Transform.PERSPECTIVE,
            perspective(ends, start),
            Image.Resampling.BILINEAR,
            fillcolor=255,
        )
        picture = picture.filter(ImageFilter.GaussianBlur(self.random.uniform(0, 1.2)))
        grey = np.asarray(picture, float)
        shade = np.linspace(self.random.uniform(0.8, 1), 1, width)[None, :]
        grey = grey * shade + self.random.normal(0, self.random.uniform(0, 14), grey.shape)
        return Image.fromarray(np.clip(grey, 0, 255).astype(np.uint8))


def perspective(start: np.ndarray, end: np.ndarray) -> list[float]:
    """What Pillow asks for: eight numbers of the map from the new picture to the old one."""
    rows, right = [], []
    for (x, y), (u, v) in zip(start, end, strict=True):
        rows += [[x, y, 1, 0, 0, 0, -u * x, -u * y], [0, 0, 0, x, y, 1, -v * x, -v * y]]
        right += [u, v]
    return np.linalg.solve(np.array(rows), np.array(right)).tolist()


def scans(
    pdf: bytes, sheet: AnswerSheet, seed: int
) -> Iterator[tuple[Image.Image, dict[str, Filled]]]:
    """The pages of an answer sheet, filled in and scanned, with what was filled in."""
    student = Student(seed)
    for number, page in enumerate(pypdfium2.PdfDocument(pdf), start=1):
        picture = page.render(scale=DPI / 72, grayscale=True).to_pil().convert("L")
        filled = student.fill(picture, sheet, number)
        yield student.scanned(picture), filled


def as_pdf(pictures: list[Image.Image]) -> bytes:
    out = io.BytesIO()
    pictures = [
        Image.fromarray(np.asarray(one)) for one in pictures
    ]  # Pillow notes in them what was saved
    pictures[0].save(
        out, "PDF", save_all=True, append_images=pictures[1:], resolution=DPI, quality=80
    )
    return out.getvalue()


def verdict(filled: Filled, read: Found) -> str:
    """What became of a blank."""
    if filled.by_hand:
        return "by hand" if bool(read.doubt) is not filled.plain else "WRONG"
    if read.doubt:
        return "doubt of a plain mark" if filled.plain else "doubtful mark to a person"
    return "right" if read.answer == filled.answer else "WRONG"


def run(students: int, folder: Path) -> Counter[str]:
    """Print, fill in, scan and read the sheets of a class."""
    known = bank.load_folder()
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "class.csv").write_text("student\n" + "\n".join(f"s{n:03}" for n in range(students)))
    (folder / "quiz.yaml").write_text(QUIZ)
    manifest = papers.make_quiz(
        folder / "quiz.yaml", folder / "class.csv", folder / "quiz", known
    ).manifest
    class_ = all_printed(manifest, manifest.papers, known)
    sources = (of_answers(one, LABELS["en"]) for one in class_)
    told: Counter[str] = Counter()
    for seed, (one, pdf) in enumerate(zip(class_, all_compiled(sources), strict=True)):
        pictures, filled = zip(*scans(pdf, one.answer_sheet, seed), strict=True)
        path = folder / "scan.pdf"
        path.write_bytes(as_pdf([*pictures]))
        for page, there in zip(pages(path), filled, strict=True):
            told.update(of_page(page, one, there))
    return told


def of_page(page: Page, of: Printed, filled: Mapping[str, Filled]) -> Iterator[str]:
    yield "pages"
    if page.problem:
        yield f"page to a person: {page.problem}"
        return
    assert page.code is not None
    fields = {one.blank: one for one in of.answer_sheet.fields if one.page == page.code.page}
    yield from (verdict(there, found(page, fields[blank])) for blank, there in filled.items())


if __name__ == "__main__":
    start = time.perf_counter()
    found_ = run(int(sys.argv[1]), Path(sys.argv[2]))
    for name, count in sorted(found_.items()):
        print(f"{count:7,} {name}")
    print(f"{time.perf_counter() - start:7.1f} seconds")
    sys.exit(found_["WRONG"] > 0)
