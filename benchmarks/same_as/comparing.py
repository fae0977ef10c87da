"""Two folders of what was printed: which files differ, and where first."""

from __future__ import annotations

from itertools import zip_longest
from pathlib import Path
from typing import NamedTuple

SHOWN = 20  # differences that are printed


class Difference(NamedTuple):
    """The first line of a file that is not the same."""

    before: str
    now: str


def compared(before: Path, now: Path) -> tuple[bool, str]:
    """Does a byte differ? And the first differences, each with the exercises and commands that show it first."""
    files = sorted({*below(before), *below(now)})
    found: dict[Difference, list[str]] = {}
    for path in files:
        old, new = read(before / path), read(now / path)
        if old != new:
            found.setdefault(first(old, new), []).append(str(path))
    differ = sum(map(len, found.values()))
    lines = []
    for difference, where in [*found.items()][:SHOWN]:
        more = f" and {len(where) - 3} more" if len(where) > 3 else ""
        lines += [", ".join(where[:3]) + more]
        lines += [f"  - {difference.before[:300]}", f"  + {difference.now[:300]}"]
    if len(found) > SHOWN:
        lines.append(f"and {len(found) - SHOWN} other differences")
    lines.append(f"{len(files) - differ} of {len(files)} files are the same")
    return differ > 0, "\n".join(lines)


def below(folder: Path) -> set[Path]:
    return {path.relative_to(folder) for path in folder.rglob("*") if path.is_file()}


def read(path: Path) -> bytes | None:
    return path.read_bytes() if path.exists() else None


def first(before: bytes | None, now: bytes | None) -> Difference:
    if before is None or now is None:
        return Difference(*("no file" if text is None else "a file" for text in (before, now)))
    both = zip_longest(before.splitlines(True), now.splitlines(True), fillvalue=b"(the end)")
    old, new = next(pair for pair in both if pair[0] != pair[1])
    return Difference(shown(old), shown(new))


def shown(line: bytes) -> str:
    return line.decode(errors="backslashreplace").rstrip("\n")
