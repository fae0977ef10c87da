"""What the codes in the corners of an answer sheet say."""

from __future__ import annotations

import re

from msgspec import Struct

FORM = re.compile(r"GM1/([^/]+)/([0-9A-F]{24})/([0-9]{1,2})/([0-9]{1,2})/([0-9A-F]{6})/([A-D])")


class PageCode(Struct, frozen=True):
    """Quiz, code of the paper, page and number of pages, arrangement of the sheet, and which corner it is."""

    quiz: str
    code: str
    page: int
    pages: int
    edition: str
    corner: str

    @property
    def text(self) -> str:
        """Without small letters, as these make a code larger."""
        parts = ("GM1", self.quiz, self.code, self.page, self.pages, self.edition, self.corner)
        return "/".join(map(str, parts)).upper()


def read(text: str) -> PageCode | None:
    """What a code says; nothing where it is not one of ours.

    >>> read("GM1/WEEK-5/0123456789ABCDEF01234567/1/2/00FF00/C").code
    '0123456789abcdef01234567'
    """
    found = FORM.fullmatch(text)
    if found is None:
        return None
    quiz, code, page, pages, edition, corner = found.groups()
    return PageCode(quiz.lower(), code.lower(), int(page), int(pages), edition.lower(), corner)
