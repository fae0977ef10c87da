"""Files as students and platforms hand them in: below folders, behind links, in archives, under any name.

Nothing is unpacked to disk, and nothing is run. What is larger than it may be is told and not read.
"""

from __future__ import annotations

import io
import lzma
import os
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from msgspec import Struct

from grader.errors import Problem, SubmissionError, UsageError

MAX_BYTES = 10_000_000  # of one file
MAX_FILES = 20_000  # of one archive
MAX_ARCHIVE = 500_000_000
MAX_UNPACKED = 2_000_000_000  # of one archive
MAX_NESTED = 2  # archives within archives
# What editors and systems leave behind; any other name may be that of a submission.
LEFT_BEHIND = re.compile(
    r"__MACOSX|\.ipynb_checkpoints|__pycache__|\.git|\.DS_Store|Thumbs\.db|desktop\.ini|\._.*|~\$.*|\.~.*|.*\.part",
    re.IGNORECASE,
)
HANDED_IN = re.compile(r"\.(?:ipynb|zip|json)\b", re.IGNORECASE)
# What reading raises where a file is damaged, locked, or packed in a way that is not known.
UNREADABLE = (
    zipfile.BadZipFile, zlib.error, lzma.LZMAError, RuntimeError, NotImplementedError, EOFError, ValueError,
)  # fmt: skip
# When a file was handed in, as platforms write it into names: attempt_2026-11-27-10-15-30, 20261127_101530, 2026-11-27T10:15:30.
TIME = re.compile(
    r"(?<![0-9])(20[0-9]{2})[-_.]?([01][0-9])[-_.]?([0-3][0-9])[-_T. ]?([0-2][0-9])[-_.:]?([0-5][0-9])[-_.:]?([0-5][0-9])(?![0-9])"
)


class File(Struct, frozen=True):
    """One file; ``name`` is its path, for reports. ``at``: when it was handed in, by its name or else by its archive, if either says so."""

    name: str
    read: Callable[[], bytes]
    at: str = ""

    @property
    def bytes(self) -> bytes:
        """What it holds.

        Raises:
            SubmissionError: it cannot be read, or is too large.
        """
        try:
            data = self.read()
        except OSError as error:
            raise self.unusable(f"cannot be read: {error.strerror}") from None
        except UNREADABLE as error:
            raise self.unusable(str(error)) from None
        if len(data) > MAX_BYTES:
            raise self.unusable(f"too large: expected at most {MAX_BYTES} bytes")
        return data

    def unusable(self, message: str) -> SubmissionError:
        return SubmissionError(Problem(self.name, message))


def files(paths: Sequence[Path]) -> list[File]:
    """The files named, below folders, and in archives; what systems leave behind is left out.

    Raises:
        UsageError: a path that is not there.
    """
    found: list[File] = []
    for path in paths:
        if not path.exists():
            raise UsageError(f"no such file or folder: {path}")
        for name, one in below(path) if path.is_dir() else [(path.name, path)]:
            found += opened(File(readable(name), reader(one), time_in(name)), MAX_NESTED)
    return found


def below(folder: Path) -> Iterator[tuple[str, Path]]:
    """Files below a folder, with their names; links are followed, and no folder is read twice."""
    seen: set[str] = set()
    for where, folders, names in os.walk(folder, followlinks=True):
        real = os.path.realpath(where)
        if real in seen:
            folders.clear()
            continue
        seen.add(real)
        strange = [name for name in folders if name.casefold().endswith(".ipynb")]
        folders[:] = sorted(
            name for name in folders if not is_left_behind(name) and name not in strange
        )
        for name in sorted([*names, *strange]):
            if not is_left_behind(name):
                path = Path(where, name)
                yield str(path.relative_to(folder)), path


def is_left_behind(name: str) -> bool:
    """Is it no submission? A hidden file is one only if it is called like one."""
    hidden = name.startswith(".") and name != ".." and not HANDED_IN.search(name)
    return hidden or LEFT_BEHIND.fullmatch(name) is not None


def readable(name: str) -> str:
    """A file name that can be written out, whatever bytes it has."""
    return os.fsencode(name).decode("utf-8", "replace")


def reader(path: Path) -> Callable[[], bytes]:
    def read() -> bytes:
        if not path.is_file():
            raise ValueError("not a file" if path.exists() else "a link that leads nowhere")
        limit = MAX_ARCHIVE if zipfile.is_zipfile(path) else MAX_BYTES
        size = path.stat().st_size
        if size > limit:
            raise ValueError(f"too large: {size} bytes, expected at most {limit}")
        with path.open("rb") as file:
            return file.read(limit + 1)

    return read


def time_in(name: str) -> str:
    """The time in a name; nothing where there is none."""
    found = TIME.search(name)
    return "{}-{}-{} {}:{}:{}".format(*found.groups()) if found else ""


# Archives


def opened(file: File, depth: int) -> Iterator[File]:
    """A file, or what is in it if it is an archive."""
    if not file.name.casefold().endswith(".zip") or not depth:
        yield file
        return
    try:
        data = file.read()
        archive = zipfile.ZipFile(io.BytesIO(data))
        members = [one for one in archive.infolist() if not one.is_dir()]
        check(data, members)
    except (OSError, *UNREADABLE) as error:
        message = str(error)
        yield File(file.name, lambda: raising(message))
        return
    for one in members:
        parts = Path(one.filename).parts
        if any(is_left_behind(part) for part in parts):
            continue
        name = (
            f"{file.name}/{readable('/'.join(part for part in parts if part not in ('/', '..')))}"
        )
        at = time_in(one.filename) or file.at or stamped(one)
        yield from opened(File(name, member(archive, one), at), depth - 1)


def check(data: bytes, members: Sequence[zipfile.ZipInfo]) -> None:
    """An archive is not larger than it may be.

    Raises:
        ValueError: it is.
    """
    if len(data) > MAX_ARCHIVE:
        raise ValueError(f"too large an archive: expected at most {MAX_ARCHIVE} bytes")
    if len(members) > MAX_FILES:
        raise ValueError(f"an archive of {len(members)} files, expected at most {MAX_FILES}")
    if sum(one.file_size for one in members) > MAX_UNPACKED:
        raise ValueError(f"an archive of more than {MAX_UNPACKED} bytes once it is unpacked")


def raising(message: str) -> bytes:
    raise ValueError(message)


def member(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> Callable[[], bytes]:
    def read() -> bytes:
        if info.file_size > MAX_BYTES and not info.filename.casefold().endswith(".zip"):
            raise ValueError(f"too large: {info.file_size} bytes, expected at most {MAX_BYTES}")
        with archive.open(info) as file:
            return file.read(
                MAX_ARCHIVE if info.filename.casefold().endswith(".zip") else MAX_BYTES + 1
            )

    return read


def stamped(info: zipfile.ZipInfo) -> str:
    """When an archive says that a file was changed; nothing where it says the first day there is."""
    year, month, day, hour, minute, second = info.date_time
    if year <= 1980:
        return ""
    return f"{year}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}"
