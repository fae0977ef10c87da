"""Scanned pages → lines of answers, a line an exercise of a student; whatever cannot be told waits for a person."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from grader.papers import Line, Manifest, Paper
from grader.pdf.answer_sheet import AnswerSheet
from grader.pdf.scanning.marks import Found, found
from grader.pdf.scanning.pages import Page
from grader.words import listed


class Sheets:
    """Gathers the pages of a class. ``sheets``: the answer sheet of each student."""

    def __init__(self, manifest: Manifest, sheets: Mapping[str, AnswerSheet]) -> None:
        self.manifest, self.sheets = manifest, sheets
        self.by_code = {paper.code: paper for paper in manifest.papers}
        self.seen: dict[tuple[str, int], list[dict[str, Found]]] = {}
        self.lost: list[Line] = []

    def add(self, page: Page) -> dict[str, Found]:
        """Read a page; return what was found on it, by blank."""
        paper = self.by_code.get(page.code.code) if page.code else None
        problem = page.problem or self.stranger(page, paper)
        if problem or paper is None or page.code is None:
            self.lost.append(Line("", 0, {}, odd=(f"{page.name}: {problem}",)))
            return {}
        fields = self.sheets[paper.student].fields
        read = {one.blank: found(page, one) for one in fields if one.page == page.code.page}
        self.seen.setdefault((paper.student, page.code.page), []).append(read)
        return read

    def stranger(self, page: Page, paper: Paper | None) -> str:
        """Why a page is none of this quiz; empty where it is one."""
        assert page.code is not None
        if page.code.quiz != self.manifest.quiz.lower():
            return f"it is a page of the quiz '{page.code.quiz}', expected '{self.manifest.quiz}'"
        if paper is None:
            return "its code belongs to no paper of this quiz"
        if page.code.edition != self.sheets[paper.student].edition:
            return "the answer sheet was arranged otherwise when it was printed: an exercise was changed since"
        return ""

    def lines(self) -> Iterator[Line]:
        """What everyone answered, then the pages that belong to nobody."""
        for paper in self.manifest.papers:
            pages = {number for student, number in self.seen if student == paper.student}
            if pages:
                yield from self.of_student(paper, pages)
        yield from self.lost

    def of_student(self, paper: Paper, pages: set[int]) -> Iterator[Line]:
        sheet = self.sheets[paper.student]
        missing = [one for one in range(1, sheet.pages + 1) if one not in pages]
        read: dict[str, Found] = {}
        odd: list[str] = []
        for number in range(1, sheet.pages + 1):
            blanks = [one.blank for one in sheet.fields if one.page == number]
            copies = self.seen.get((paper.student, number), [])
            if len(copies) > 1:
                odd.append(f"page {number} was scanned {len(copies)} times")
            read |= {one: agreed([own[one] for own in copies], number) for one in blanks}
        if missing:
            odd.append(
                f"no scan of page {listed([str(one) for one in missing])} of the answer sheet"
            )
        for place, item in enumerate(paper.items):
            name = item.draw.exercise
            own = {
                blank.removeprefix(f"{name}/"): one
                for blank, one in read.items()
                if blank.startswith(f"{name}/")
            }
            yield Line(
                name,
                item.draw.seed,
                {address: one.answer for address, one in own.items()},
                paper.student,
                {address: one.doubt for address, one in own.items() if one.doubt},
                tuple(odd) if place == 0 else (),
            )


def agreed(copies: Sequence[Found], page: int) -> Found:
    """What all scans of a page say of a blank."""
    if not copies:
        return Found(doubt=f"page {page} is missing")
    if any(one != copies[0] for one in copies):
        return Found(doubt="scanned more than once, with different marks")
    return copies[0]
