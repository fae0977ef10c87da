"""The page that says which program holds what, written from what each target says of itself: `make mapping`."""

from grader.exports import MODULES, carried
from grader.exports.targets import FEATURES, KINDS, target
from tests.pages import DOCS

PAGE = DOCS / "doors" / "mapping.md"
HEAD = """# Which program holds what

Written by `make mapping` from what each target says of itself.

F: marked as here. A: marked nearly as here. M: marked by a person. R: the program cannot hold it; accepted, a person marks it.
"""


def page():
    """The page as it is to be."""
    names = [*MODULES]
    rows = [["", *(target(name).title for name in names)], ["---"] * (len(names) + 1)]
    told = KINDS | FEATURES
    rows += [[told[kind], *(found[name] for name in names)] for kind, found in carried().items()]
    table = "\n".join(f"| {' | '.join(row)} |" for row in rows)
    parts = [HEAD, table + "\n"]
    for name in names:
        parts.append(f"## {target(name).title}\n")
        lines = [
            f"| {KINDS[kind]} | {one.shape} | {', '.join(f'`{code}`' for code in one.losses)} |"
            for kind, one in target(name).kinds.items()
        ]
        parts.append("\n".join(["| kind | written as | lost |", "|---|---|---|", *lines]) + "\n")
    return "\n".join(parts)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
