"""A scanned page: its picture, what its corners say, and where a millimetre of the sheet lies in the picture."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pypdfium2
import zxingcpp
from msgspec import Struct

from grader.errors import UsageError
from grader.pdf.answer_sheet import CODE, CORNERS, PAGE
from grader.pdf.codes import PageCode, read

Array = Any  # of floats
DPI = 200
INCH = 25.4
LONGEST = round(max(PAGE) * DPI / INCH)  # dots of a page, whatever size its file says it has
QR: Any = zxingcpp.BarcodeFormat.QRCode
LEAST = 3  # corners, or nobody knows where the middle of the page is
FAR = 0.5  # millimetres that a corner may be off, as on a page that is bent


class Page(Struct, frozen=True, eq=False, dict=True):
    """One page of a file: ``picture`` is grey from 0 to 255; ``corners``: code → its four corners in the picture."""

    file: str
    number: int
    picture: Array
    corners: tuple[tuple[PageCode, Array], ...]

    @property
    def name(self) -> str:
        return f"{self.file}, page {self.number}"

    @functools.cached_property
    def code(self) -> PageCode | None:
        """What its corners say together; nothing where none is ours, or they contradict each other."""
        said = {(one.quiz, one.code, one.page, one.pages, one.edition) for one, _ in self.corners}
        return self.corners[0][0] if len(said) == 1 else None

    @functools.cached_property
    def map(self) -> Array:
        """The homography from millimetres of the sheet to places of the picture."""
        on_sheet = [square(*CORNERS[one.corner]) for one, _ in self.corners]
        return homography(np.concatenate(on_sheet), np.concatenate([at for _, at in self.corners]))

    @property
    def problem(self) -> str:
        """Why its marks cannot be told; empty where they can."""
        if not self.corners:
            return "no code of an answer sheet can be read on it"
        if self.code is None:
            return "its corners are those of different pages"
        if len(self.corners) < LEAST:
            return f"only {len(self.corners)} of its four corners can be read"
        if self.off > FAR:
            return f"it is bent: its corners are {self.off:.1f} mm off"
        return ""

    @property
    def off(self) -> float:
        """How far the corner that fits worst is from its place, in millimetres."""
        back = np.linalg.inv(self.map)
        return max(
            float(np.abs(mapped(back, at) - square(*CORNERS[one.corner])).max())
            for one, at in self.corners
        )

    def at(self, points: Array) -> Array:
        """The picture at places of the sheet in millimetres, (n, 2) → (n); white outside."""
        places = mapped(self.map, points)
        x, y = np.floor(places).astype(int).T
        height, width = self.picture.shape
        inside = (x >= 0) & (y >= 0) & (x < width - 1) & (y < height - 1)
        x, y = np.where(inside, x, 0), np.where(inside, y, 0)
        right, down = (places - np.floor(places)).T
        grey = self.picture
        upper = grey[y, x] * (1 - right) + grey[y, x + 1] * right
        lower = grey[y + 1, x] * (1 - right) + grey[y + 1, x + 1] * right
        return np.where(inside, upper * (1 - down) + lower * down, 255.0)

    @functools.cached_property
    def black(self) -> float:
        """How dark print is on it."""
        places = [at.mean(axis=0) for _, at in self.corners]
        grid = np.stack(np.meshgrid(*[np.linspace(-8, 8, 40)] * 2), axis=-1).reshape(-1, 2)
        middles = [mapped(np.linalg.inv(self.map), one[None])[0] for one in places]
        return float(np.percentile(np.concatenate([self.at(one + grid) for one in middles]), 10))


def pages(path: Path) -> Iterator[Page]:
    """The pages of a PDF, one at a time.

    Raises:
        UsageError: it is no PDF.
    """
    try:
        document = pypdfium2.PdfDocument(path)
    except pypdfium2.PdfiumError as error:
        raise UsageError(f"{path}: expected a PDF ({error})") from None
    for number, page in enumerate(document, start=1):
        picture = page.render(scale=LONGEST / max(page.get_size()), grayscale=True).to_numpy()
        yield seen(path.name, number, picture.reshape(picture.shape[:2]))


def seen(file: str, number: int, picture: Array) -> Page:
    """A page with the codes that are found on it."""
    found = zxingcpp.read_barcodes(picture, formats=QR)
    corners = {}
    for one in found:
        code = read(one.text)
        if code is not None:
            corners[code] = corners_of(one.position)
    return Page(file, number, picture, tuple(sorted(corners.items(), key=lambda one: one[0].text)))


def corners_of(position: Any) -> Array:
    named = (position.top_left, position.top_right, position.bottom_right, position.bottom_left)
    return np.array([(one.x, one.y) for one in named], float)


def square(x: float, y: float) -> Array:
    """The corners of a code, in the order of :func:`corners_of`."""
    return np.array([(x, y), (x + CODE, y), (x + CODE, y + CODE), (x, y + CODE)])


def homography(start: Array, end: Array) -> Array:
    """The 3 × 3 matrix that takes points to points, by least squares (Hartley and Zisserman, Multiple View Geometry, 4.1)."""
    (one, start), (other, end) = normalised(start), normalised(end)
    rows = []
    for (x, y), (u, v) in zip(start, end, strict=True):
        rows += [[x, y, 1, 0, 0, 0, -u * x, -u * y, -u], [0, 0, 0, x, y, 1, -v * x, -v * y, -v]]
    found = np.linalg.svd(np.array(rows))[2][-1].reshape(3, 3)
    return np.linalg.inv(other) @ found @ one


def normalised(points: Array) -> tuple[Array, Array]:
    """Points moved to a mean of 0 and a distance of √2, and the matrix that does so."""
    mean = points.mean(axis=0)
    scale = np.sqrt(2) / np.linalg.norm(points - mean, axis=1).mean()
    matrix = np.array([[scale, 0, -scale * mean[0]], [0, scale, -scale * mean[1]], [0, 0, 1]])
    return matrix, mapped(matrix, points)


def mapped(matrix: Array, points: Array) -> Array:
    """Points (n, 2) under a homography."""
    found = np.concatenate([points, np.ones((len(points), 1))], axis=1) @ matrix.T
    return found[:, :2] / found[:, 2:]


def crop(page: Page, box: Sequence[float], dots: float = 8) -> Array:
    """A part of the sheet as a straight picture, ``dots`` a millimetre."""
    left, top, width, height = box
    x = left + np.arange(round(width * dots)) / dots
    y = top + np.arange(round(height * dots)) / dots
    points = np.stack(np.meshgrid(x, y), axis=-1)
    found = page.at(points.reshape(-1, 2)).reshape(points.shape[:2])
    return found.round().astype(np.uint8)
