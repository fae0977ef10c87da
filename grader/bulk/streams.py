"""Where lines come from and go to: files, standard streams, compressed or not, and files of other formats."""

from __future__ import annotations

import bz2
import functools
import gzip
import importlib
import lzma
import sys
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import IO, Any

from msgspec import Struct

from grader.errors import UsageError

BLOCK = 1 << 18  # bytes that are read at a time
STANDARD = Path("-")
FORMATS = {  # suffix → the module here that makes JSON lines of it, and it of marks
    ".parquet": "parquet",
}


class Codec(Struct, frozen=True):
    """A way to compress; separately compressed parts can be joined."""

    opened: Callable[..., Any]
    compress: Callable[[bytes], bytes]


CODECS = {
    ".gz": Codec(gzip.open, functools.partial(gzip.compress, compresslevel=6, mtime=0)),
    ".bz2": Codec(bz2.open, bz2.compress),
    ".xz": Codec(lzma.open, lzma.compress),
}
BROKEN = (EOFError, zlib.error, lzma.LZMAError, gzip.BadGzipFile)


class Source(Struct):
    """The blocks of an input, and how many bytes of ``size`` have been read of it; 0 if nobody knows."""

    blocks: Iterator[bytes]
    size: int
    read: Callable[[], int]


@contextmanager
def source(path: Path) -> Iterator[Source]:
    """Open an input.

    Raises:
        UsageError: it is not there, or is damaged.
    """
    if path == STANDARD:
        yield Source(blocks(sys.stdin.buffer), 0, lambda: 0)
        return
    if not path.exists():
        raise UsageError(f"no such file: {path}")
    with path.open("rb") as file:
        try:
            yield Source(lines_of(path, file), path.stat().st_size, file.tell)
        except BROKEN as error:
            raise UsageError(f"{path}: damaged, or not what its name says ({error})") from None


def lines_of(path: Path, file: IO[bytes]) -> Iterator[bytes]:
    """The blocks of a file by its suffix."""
    if path.suffix in FORMATS:
        found: Iterator[bytes] = format_of(path).lines(path, file)
        return found
    codec = CODECS.get(path.suffix)
    return blocks(codec.opened(file) if codec else file)


def format_of(path: Path) -> ModuleType:
    """The module of a format, loaded when it is needed."""
    return importlib.import_module(f"{__package__}.{FORMATS[path.suffix]}")


def blocks(file: IO[bytes]) -> Iterator[bytes]:
    return iter(lambda: file.read(BLOCK), b"")


def compressed(data: bytes, suffix: str) -> bytes:
    """Marks as they stand in a file with this suffix."""
    return CODECS[suffix].compress(data) if suffix in CODECS else data
