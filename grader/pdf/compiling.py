"""Typst → PDF: accessible (PDF/UA-1), with fonts that Typst brings along, and the same bytes each time."""

from __future__ import annotations

import hashlib
import io
import os
import re
import threading
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor

from grader.errors import UsageError

try:
    import pypdfium2
    import typst
except ImportError:
    raise UsageError("PDFs need Typst: pip install 'gradmark[paper]'") from None

IDENTITY = re.compile(rb"/ID\[(?:<[0-9A-F]{32}>){2}\]")  # PDFium makes both from the time
MADE = re.compile(rb"(?<=/CreationDate\(D:)[0-9]{14}")
NO_FONT = re.compile(r'text `(".*?")` could not be displayed')
AHEAD = 2  # sources for each thread that wait
own = threading.local()


def compiled(source: str) -> bytes:
    """A PDF.

    Raises:
        UsageError: there is a sign in a text that the fonts do not have.
        typst.TypstError: the source is wrong, which is our fault.
    """
    if not hasattr(own, "compiler"):
        own.compiler = typst.Compiler(ignore_system_fonts=True)
    try:
        pdf: bytes = own.compiler.compile(source.encode(), format="pdf", pdf_standards=["ua-1"])
    except typst.TypstError as error:
        strange = NO_FONT.search(str(error))
        if strange is None:
            raise
        raise UsageError(
            f"{strange[1]} in a text cannot be printed: no font of Typst has it"
        ) from None
    return pdf


def all_compiled(sources: Iterable[str]) -> Iterator[bytes]:
    """PDFs in order; while one is compiled, the next source is written."""
    threads = os.cpu_count() or 1
    with ThreadPoolExecutor(threads) as pool:
        waiting: list[Future[bytes]] = []
        for source in sources:
            waiting.append(pool.submit(compiled, source))
            if len(waiting) > AHEAD * threads:
                yield waiting.pop(0).result()
        yield from (one.result() for one in waiting)


def joined(pdfs: Sequence[bytes]) -> bytes:
    """PDFs one after the other for printing on both sides; each begins on a sheet of its own."""
    whole = pypdfium2.PdfDocument.new()
    for pdf in pdfs:
        part = pypdfium2.PdfDocument(pdf)
        whole.import_pages(part)
        if len(part) % 2:
            whole.new_page(*part[0].get_size())
        part.close()
    out = io.BytesIO()
    whole.save(out)
    name = b"<%s>" % hashlib.md5(b"".join(pdfs), usedforsecurity=False).hexdigest().encode()
    return MADE.sub(b"20000101000000", IDENTITY.sub(b"/ID[%s%s]" % (name, name), out.getvalue()))
