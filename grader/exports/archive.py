"""Archives and XML that are the same bytes whenever they are written."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Collection, Mapping
from xml.etree import ElementTree

EPOCH = (1980, 1, 1, 0, 0, 0)


def zipped(files: Mapping[str, bytes], programs: Collection[str] = ()) -> bytes:
    """Files by their paths, in order of these; ``programs`` can be run."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(files):
            info = zipfile.ZipInfo(path, EPOCH)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = (0o755 if path in programs else 0o644) << 16
            archive.writestr(info, files[path])
    return out.getvalue()


def xml(root: ElementTree.Element) -> bytes:
    """A document, indented."""
    ElementTree.indent(root, " ")
    text: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return text + b"\n"


def flat(root: ElementTree.Element) -> bytes:
    """A document in one line, for readers to whom white space is content."""
    text: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return text + b"\n"


def below(
    parent: ElementTree.Element, tag: str, text: str = "", **attributes: str
) -> ElementTree.Element:
    """A new element below another one; an underscore in the name of an attribute is a hyphen."""
    named = {name.rstrip("_").replace("_", "-"): value for name, value in attributes.items()}
    found = ElementTree.SubElement(parent, tag, named)
    found.text = text or None
    return found
