"""A class answers its papers and hands them in, as people and four tools do."""

import json
import random
import zipfile
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

from tests.term.ledger import ILLEGIBLE, PICK, TEXT, Ledger, Page, U, Z
from tests.term.people import Person

POPULAR = "77.7"  # a wrong number that many have
TOOLS = ("folder", "canvas", "moodle", "blackboard")
# What becomes of how many papers in a hundred; all others are handed in once, on time.
FATES = {"absent": 4, "late": 6, "changed": 5, "doubled": 4, "contradicting": 3, "broken": 3, "stray": 2, "borrowed": 2, "lent": 2, "odd": 4, "twice untouched": 3}  # fmt: skip


def answers(key: dict[str, str], rng: random.Random) -> dict[str, str]:
    """What a student writes: most of it is right."""
    found = {}
    for blank in (Z, U):
        more = one_more(key[blank])  # what a mended exercise takes for right
        found[blank] = rng.choices((key[blank], more, POPULAR, "", ILLEGIBLE), (70, 10, 8, 6, 6))[0]
    found[PICK] = rng.choices((key[PICK], rng.choice("abcd"), ""), (60, 30, 10))[0]
    found[TEXT] = rng.choice(("", f'Slopes are small, {rng.randrange(10**6)}; =and "many", çà\n王'))
    return found


def one_more(number: str) -> str:
    return f"{Decimal(number) + 1:f}"


def filled(paper: str, given: dict[str, str], odd: bool = False) -> str:
    """A notebook with answers typed into its cells; an odd one has a cell that belongs to no question."""
    content = json.loads(paper)
    for cell in content["cells"]:
        blank = cell["metadata"].get("gradmark", {}).get("blank")
        if blank in given:
            cell["source"] += given[blank]
    if odd:
        cell = {"cell_type": "code", "metadata": {}, "source": "print(2)", "outputs": []}
        content["cells"].insert(0, {**cell, "execution_count": None})
    return json.dumps(content)


class Pile:
    """What is handed in: files below a folder, and one archive from Moodle."""

    def __init__(self, folder: Path, quiz: str) -> None:
        self.folder, self.quiz = folder, quiz
        self.in_archive: dict[str, str] = {}
        self.files: dict[str, list[Path]] = {}
        folder.mkdir(parents=True)
        (folder / ".DS_Store").write_text("x")

    def put(
        self, who: Person, tool: str, text: str, *, attempt: int = 1, late: bool = False
    ) -> None:
        """One file, named as a tool names it."""
        squashed = f"student{who.number}x"
        match tool:
            case "folder":
                name = f"{who.login}/{self.quiz}{f' ({attempt})' * (attempt > 1)}.ipynb"
            case "canvas":
                name = f"canvas/{squashed}{'LATE' * late}_{50_000 + who.number}_{90_000 + attempt}_paper-{attempt}.ipynb"
            case "moodle":
                self.in_archive[
                    f"{who.name}_{who.number}_assignsubmission_file/{attempt}.ipynb"
                ] = text
                return
            case _:
                name = f"{self.quiz}_{who.login}_attempt_2026-11-{10 + attempt}-10-15-30_paper.ipynb.txt"
        self.files.setdefault(who.login, []).append(self.write(name, text))

    def write(self, name: str, text: str) -> Path:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    def close(self) -> None:
        with zipfile.ZipFile(self.folder / "moodle.zip", "w") as out:
            out.writestr("__MACOSX/._x.ipynb", "x")
            for name, text in self.in_archive.items():
                out.writestr(zipfile.ZipInfo(name), text)


def fates(students: list[Person], rng: random.Random) -> dict[str, str]:
    """Login → what becomes of the paper; every fate comes at least once."""
    order = rng.sample(students, len(students))
    found, place = {}, 0
    for fate, share in FATES.items():
        count = max(1, len(students) * share // 100)
        found |= {one.login: fate for one in order[place : place + count]}
        place += count
    return found


def hand_in(
    students: list[Person], keys: dict[str, dict[str, str]], papers: Path, pile: Pile, ledger: Ledger, rng: random.Random
) -> None:  # fmt: skip
    """All papers of a quiz are answered and handed in, and the ledger says who did what."""
    fate = fates(students, rng)
    plain = [one for one in students if one.login not in fate]
    given = {one.login: answers(keys[one.login], rng) for one in students}
    for one in students:
        ledger.pages[one.login] = Page(keys[one.login], given[one.login])

    def paper_of(one: Person) -> str:
        return (papers / f"{one.login}.ipynb").read_text("utf-8")

    for one in students:
        one_hands_in(one, fate.get(one.login, ""), paper_of, pile, ledger, plain, rng)
    pile.close()


def one_hands_in(
    who: Person,
    fate: str,
    paper_of: Callable[[Person], str],
    pile: Pile,
    ledger: Ledger,
    plain: list[Person],
    rng: random.Random,
) -> None:
    """One student's files."""
    page, paper = ledger.pages[who.login], paper_of(who)
    tool, text = rng.choice(TOOLS), filled(paper, page.answers)
    other = {**page.answers, U: "0.123"}
    match fate:
        case "absent":
            page.is_there = False
        case "late":
            page.is_late = True
            pile.put(who, "canvas", text, late=True)
        case "changed":
            pile.put(who, "blackboard", filled(paper, other))
            pile.put(who, "blackboard", text, attempt=2)
        case "doubled":
            pile.put(who, tool, text)
            pile.put(who, tool, text, attempt=2)
        case "contradicting":
            pile.put(who, "folder", text)
            pile.put(who, "folder", filled(paper, other), attempt=2)
            page.unread, page.odd = True, "files with different answers"
        case "broken":
            pile.put(who, rng.choice(("folder", "blackboard")), text[: len(text) // 2])
            page.unread, page.odd = True, "not a notebook"
        case "stray":
            name = f"scans/scan_{who.number}.ipynb"
            pile.write(name, text[: len(text) // 3])
            page.is_there = False
            ledger.strays.add(name)
        case "borrowed":  # hands in a paper of somebody who hands it in as well
            lender = rng.choice(plain)
            stolen = paper_of(lender)
            pile.put(who, "folder", filled(stolen, {Z: POPULAR}))
            page.unread, page.odd = True, f"the paper inside is that of '{lender.login}'"
        case "lent":  # somebody else hands it in, who has handed in a paper already
            friend = rng.choice(plain)
            name = f"{friend.login}/another {who.number}.ipynb"
            pile.write(name, text)
            page.unread, page.odd = True, f"the only paper is in a file of '{friend.login}'"
            ledger.strays.add(name)
        case "odd":
            pile.put(who, tool, filled(paper, page.answers, odd=True))
            page.odd = "belongs to no question"
        case "twice untouched":
            pile.put(who, tool, paper)
            pile.put(who, tool, text, attempt=2)
        case _:
            pile.put(who, tool, text)
