"""Wheels that go along to where there is no network: for which Python they are, and that gradmark is among them."""

from __future__ import annotations

import email
import io
import re
import zipfile
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path

from msgspec import Struct

from grader.errors import UsageError
from grader.version import __version__

NAME = re.compile(
    r"(?P<name>[^-]+)-(?P<version>[^-]+)(?:-\d[^-]*)?-(?P<tag>[^-]+-[^-]+-[^-]+)\.whl"
)
BINARY = re.compile(r"cp3(\d+)-(?!abi3|none)[^-]+-.+")  # for one Python alone
REQUIRED = re.compile(r"[A-Za-z0-9._-]+")
OURS = "gradmark"
HOW = "make them with 'python3.X -m pip wheel --wheel-dir wheels gradmark', by the Python that will run them, on Linux"


class Wheel(Struct, frozen=True):
    """One wheel, ``tag`` for what, ``requires`` which others, with or without a condition."""

    file: str
    name: str
    version: str
    tag: str
    requires: tuple[str, ...]
    data: bytes


class Wheels(Struct, frozen=True):
    """Wheels by name, and the Python they are for, as ``3.12``."""

    python: str
    wheels: Mapping[str, Wheel]


def read(folder: Path | None) -> Wheels:
    """The wheels in a folder.

    Raises:
        UsageError: there is no folder; this gradmark is not in it, or what it needs; they are for several versions of Python, or not for Linux.
    """
    if folder is None:
        raise UsageError(f"name a folder of wheels with --wheels; {HOW}")
    found = [wheel(path) for path in sorted(folder.glob("*.whl"))]
    by_name = {one.name: one for one in found}
    ours = by_name.get(OURS)
    if ours is None or ours.version != __version__:
        seen = ours.file if ours else "none"
        raise UsageError(
            f"{folder}: expected a wheel of gradmark {__version__}, found {seen}; {HOW}"
        )
    missing = [name for name in ours.requires if name not in by_name]
    if missing:
        raise UsageError(f"{folder}: no wheel of {', '.join(missing)}; {HOW}")
    for one in found:
        place = one.tag.rpartition("-")[2]
        if place != "any" and not ("linux" in place and "x86_64" in place):
            raise UsageError(f"{folder / one.file}: expected a wheel for Linux on x86-64; {HOW}")
    return Wheels(python(folder, found), by_name)


def python(folder: Path, wheels: Sequence[Wheel]) -> str:
    """The one Python that all wheels are for."""
    versions = {match[1] for one in wheels if (match := BINARY.fullmatch(one.tag))}
    if len(versions) != 1:
        seen = ", ".join(f"3.{one}" for one in sorted(versions)) or "none"
        raise UsageError(f"{folder}: expected wheels for one version of Python, found {seen}")
    return f"3.{versions.pop()}"


def wheel(path: Path) -> Wheel:
    """One wheel.

    Raises:
        UsageError: it is none, or one that has to be installed and cannot just be unpacked.
    """
    parts, data = NAME.fullmatch(path.name), path.read_bytes()
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = archive.namelist()
            about = next(name for name in names if name.endswith(".dist-info/METADATA"))
            metadata = email.message_from_bytes(archive.read(about))
    except (zipfile.BadZipFile, StopIteration):
        raise UsageError(f"{path}: not a wheel") from None
    if parts is None or any(re.match(r"[^/]+\.data/(pure|plat)lib/", name) for name in names):
        raise UsageError(f"{path}: not a wheel that can be unpacked in its place")
    lines = [*map(str, metadata.get_all("Requires-Dist", []))]
    needed = (REQUIRED.match(line) for line in lines if "extra ==" not in line)
    return Wheel(
        path.name,
        plain(parts["name"]),
        parts["version"],
        parts["tag"],
        tuple(plain(one[0]) for one in needed if one),
        data,
    )


def plain(name: str) -> str:
    """A name of a distribution as all of its spellings have it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def needed(wheels: Mapping[str, Wheel], there: Collection[str]) -> list[Wheel]:
    """gradmark and all that it needs, where some distributions are there already, with all that they need."""
    seen: dict[str, None] = {}
    open_ones = [OURS]
    while open_ones:
        name = open_ones.pop()
        if name not in seen and name not in there and name in wheels:
            seen[name] = None
            open_ones += wheels[name].requires
    return [wheels[name] for name in sorted(seen)]


def unpacked(one: Wheel) -> Iterator[tuple[str, bytes]]:
    """The files of a wheel, without those that belong to a command."""
    with zipfile.ZipFile(io.BytesIO(one.data)) as archive:
        for name in archive.namelist():
            if not name.endswith("/") and not re.match(r"[^/]+\.data/", name):
                yield name, archive.read(name)
