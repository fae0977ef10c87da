"""The pages of the documentation, their blocks, and the files that they show."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
AUTHORING = DOCS / "authoring"
PAGES = [*sorted(ROOT.glob("*.md")), *sorted(DOCS.rglob("*.md"))]
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
FILE = re.compile(r"# file: (\S+)\n")


def name_of(page):
    return page.relative_to(ROOT).as_posix()


def blocks(page, *languages):
    """(language, text) of the blocks in some languages, in order."""
    return [block for block in BLOCK.findall(page.read_text()) if block[0] in languages]


def files(page):
    """Name → text of the files that a page shows."""
    found = {}
    for _, text in blocks(page, "yaml", "csv", "json"):
        match = FILE.match(text)
        assert match, f"a block of {page.name} has no file name: {text[:60]}"
        found[match.group(1)] = text[match.end() :]
    return found


def exercises():
    """Name → text of the exercises that the guide for authors shows."""
    pages = [*AUTHORING.glob("*.md"), DOCS / "mending.md"]
    shown = {name: text for page in sorted(pages) for name, text in files(page).items()}
    return {name: text for name, text in shown.items() if "\nquestions:" in text}
